"""What the operator types about categories, brands and attributes."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.functional import lazystr

from mingpu.catalog.attributes import KINDS, Definition
from mingpu.catalog.structure import BrandView
from mingpu.catalog.tree import Category
from mingpu.lib.text import Text

LONGEST_NAME = 60
LONGEST_LIST = 20_000
MOST = 1_000_000
TOP, EVERYWHERE = Text("（顶级）", "(top)"), Text("（所有类目）", "(everywhere)")
A_LINE_EACH = Text("每行一个", "One a line")


class NamesForm(forms.Form):
    """How a category is called."""

    zh = forms.CharField(label=lazystr(Text("名称", "Name")), max_length=LONGEST_NAME)
    en = forms.CharField(label=lazystr(Text("英文名", "In English")), max_length=LONGEST_NAME, required=False)


class MoveForm(forms.Form):
    """Below which category another one goes; "" for the top."""

    def __init__(
        self, places: Iterable[Category], data: QueryDict | None = None, *, now: int | None = None
    ) -> None:
        super().__init__(data, initial={"parent": now or ""})
        self.fields["parent"] = forms.ChoiceField(
            label=str(Text("上级类目", "Below")),
            required=False,
            choices=[("", str(TOP)), *((it.row.id, " › ".join(it.path)) for it in places)],
        )

    @property
    def parent(self) -> int | None:
        """The id that was chosen, None for the top, once it is valid."""
        said = self.cleaned_data["parent"]
        return int(said) if said else None


class BrandForm(forms.Form):
    """A brand's name and its other spellings, one a line."""

    name = forms.CharField(label=lazystr(Text("名称", "Name")), max_length=LONGEST_NAME)
    en = forms.CharField(label=lazystr(Text("英文名", "In English")), max_length=LONGEST_NAME, required=False)
    aliases = forms.CharField(
        label=lazystr(Text("别名", "Other spellings")), required=False, max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=lazystr(A_LINE_EACH),
    )  # fmt: skip

    @classmethod
    def of(cls, it: BrandView) -> "BrandForm":
        """Return the form filled with a brand as it is."""
        return cls(initial={"name": it.name, "en": it.en, "aliases": "\n".join(it.aliases)})


class AttributeForm(forms.Form):
    """What an attribute means."""

    name = forms.CharField(label=lazystr(Text("名称", "Name")), max_length=LONGEST_NAME)
    en = forms.CharField(label=lazystr(Text("英文名", "In English")), max_length=LONGEST_NAME, required=False)
    kind = forms.ChoiceField(label=lazystr(Text("类型", "Kind")))
    unit = forms.CharField(
        label=lazystr(Text("单位", "Unit")), max_length=LONGEST_NAME, required=False,
        help_text=lazystr(Text("仅数值：ml、kg、cm、W、件……", "For numbers: ml, kg, cm, W or a word of your own")),
    )  # fmt: skip
    unit_aliases = forms.CharField(
        label=lazystr(Text("单位的其他写法", "Other spellings of the unit")), required=False, max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=lazystr(A_LINE_EACH),
    )  # fmt: skip
    choices = forms.CharField(
        label=lazystr(Text("可选的值", "What it is one of")), required=False, max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazystr(Text("仅选项：每行一个，留空为任意值", "For choices: one a line, any value when empty")),
    )  # fmt: skip
    facet = forms.BooleanField(
        label=lazystr(Text("可用于筛选", "Lists can be filtered by it")), required=False
    )
    position = forms.IntegerField(
        label=lazystr(Text("次序", "Position")), min_value=0, max_value=MOST, required=False,
        help_text=lazystr(Text("小的在前，0 为最后", "Small ones come first, 0 comes last")),
    )  # fmt: skip

    def __init__(
        self, places: Iterable[Category], data: QueryDict | None = None, *, now: Definition | None = None
    ) -> None:
        super().__init__(data, initial=_initial(now) if now else {"kind": "text"})
        self._paths = {str(it.row.id): it.path for it in places}
        self.fields["kind"] = forms.ChoiceField(
            label=str(Text("类型", "Kind")), choices=[(key, str(label)) for key, label in KINDS.items()]
        )
        self.fields["category"] = forms.ChoiceField(
            label=str(Text("适用类目", "Holds for")),
            required=False,
            choices=[("", str(EVERYWHERE)), *((key, " › ".join(path)) for key, path in self._paths.items())],
        )
        if now:
            self.initial["category"] = next(
                (key for key, path in self._paths.items() if path == now.category), ""
            )

    @property
    def definition(self) -> Definition:
        """What was typed, once it is valid."""
        said = self.cleaned_data
        return Definition(
            name=said["name"], en=said["en"], kind=said["kind"], unit=said["unit"],
            unit_aliases=lines(said["unit_aliases"]), choices=lines(said["choices"]), facet=said["facet"],
            category=self._paths.get(said["category"], ()), position=said["position"] or 0,
        )  # fmt: skip


def lines(text: str) -> tuple[str, ...]:
    """Return what was typed one a line."""
    return tuple(filter(None, (line.strip() for line in text.splitlines())))


def _initial(it: Definition) -> dict[str, object]:
    return {
        "name": it.name, "en": it.en, "kind": it.kind, "unit": it.unit, "unit_aliases": "\n".join(it.unit_aliases),
        "choices": "\n".join(it.choices), "facet": it.facet, "position": it.position,
    }  # fmt: skip
