"""What staff type."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.functional import lazystr

from mingpu.catalog.feed_values import RefusedError
from mingpu.catalog.places import SEATS
from mingpu.catalog.publication import moment_field
from mingpu.catalog.rich_text import MAX_WRITTEN
from mingpu.catalog.warehouses import CODE, LONGEST
from mingpu.desk.queries.parts import PartLine
from mingpu.lib.text import Text
from mingpu.merchants.rules import COURIERS

LONGEST_NOTE = 300
NOES = ("reject", "missing", "give_up", "dismiss")
MOST_PIECES = 1_000_000
BUYERS_CHOICE = Text("按买家的选择", "As the buyer chose")


class SignInForm(forms.Form):
    """Work name and password."""

    username = forms.CharField(label=lazystr(Text("工号", "Work name")), max_length=64)
    password = forms.CharField(
        label=lazystr(Text("密码", "Password")), max_length=256, strip=False, widget=forms.PasswordInput
    )


class DecisionForm(forms.Form):
    """What is decided about a case, with a short answer; a no says why. resale: fit to be sold again."""

    decision = forms.ChoiceField(
        choices=[(it, it) for it in ("approve", "received", "mended", "uphold", *NOES)]
    )
    note = forms.CharField(
        label=lazystr(Text("给顾客的答复", "Answer to the customer")),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazystr(Text("不同意时必填；请勿写个人信息", "Needed for a no; nothing personal, please")),
    )
    resale = forms.BooleanField(
        label=lazystr(Text("商品完好，可再次销售", "Undamaged, can be sold again")), required=False
    )

    def clean(self) -> dict[str, object]:
        """Ask for a reason where the answer is no."""
        said: dict[str, object] = super().clean() or {}
        if said.get("decision") in NOES and not said.get("note"):
            self.add_error(
                "note", str(Text("请写明理由，顾客会看到", "Please say why; the customer reads it"))
            )
        return said


class LookupForm(forms.Form):
    """The case number a customer gives, and the order they speak of."""

    case_no = forms.CharField(label=lazystr(Text("售后单号", "Case number")), max_length=40)
    order_no = forms.CharField(label=lazystr(Text("订单号", "Order number")), max_length=40, required=False)


class ShipForm(forms.Form):
    """How many pieces of each line go into a parcel, and by whom. parcel_no: drawn beforehand, so that it is one."""

    parcel_no = forms.CharField(max_length=40, widget=forms.HiddenInput())

    def __init__(
        self,
        lines: Iterable[PartLine],
        couriers: Iterable[str],
        data: QueryDict | None = None,
        *,
        parcel_no: str = "",
    ) -> None:
        super().__init__(data, initial={"parcel_no": parcel_no})
        self.lines: Sequence[PartLine] = [line for line in lines if line.left]
        for number, line in enumerate(self.lines):
            self.fields[f"pieces{number}"] = forms.IntegerField(
                label=line.title, min_value=0, max_value=line.left, initial=line.left
            )
        self.fields["courier"] = forms.ChoiceField(
            label=str(Text("配送公司", "Courier")),
            required=False,
            choices=[("", str(BUYERS_CHOICE)), *((it, str(COURIERS[it])) for it in couriers)],
        )

    @property
    def rows(self) -> list[tuple[PartLine, forms.BoundField]]:
        """The lines with their fields."""
        return [(line, self[f"pieces{number}"]) for number, line in enumerate(self.lines)]

    @property
    def wanted(self) -> dict[str, int]:
        """What was asked for: SKU -> pieces, once it is valid."""
        found = {line.sku: self.cleaned_data[f"pieces{n}"] for n, line in enumerate(self.lines)}
        return {sku: pieces for sku, pieces in found.items() if pieces}

    def clean(self) -> dict[str, object]:
        """Ask for a piece at least."""
        said: dict[str, object] = super().clean() or {}
        if not self.errors and not self.wanted:
            raise forms.ValidationError(str(Text("请至少发出一件", "Please send one piece at least")))
        return said


class MomentField(forms.CharField):
    """A date and time in Beijing, or nothing."""

    def clean(self, value: object) -> datetime | None:
        """Return the moment; raises ValidationError for what is none."""
        try:
            return moment_field(super().clean(value), "")
        except RefusedError:
            raise forms.ValidationError(str(Text("请填写日期和时间", "A date and time, please"))) from None


class PublishForm(forms.Form):
    """From when and until when an article is shown; empty for always."""

    begin = MomentField(required=False)
    end = MomentField(required=False)


class DescriptionForm(forms.Form):
    """What an article's page says of it: plain text, or markup that is made safe."""

    written = forms.CharField(
        label=lazystr(Text("商品介绍", "Description")), required=False, max_length=MAX_WRITTEN,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=lazystr(
            Text(
                "纯文本，或带标签的文字：p、ul、li、strong、h3、table……脚本、样式和外部图片会被去掉",
                "Plain text, or markup: p, ul, li, strong, h3, table … Scripts, styles and pictures from elsewhere are taken out",
            )
        ),
    )  # fmt: skip


class StockForm(forms.Form):
    """How many pieces of a SKU there are, and the number that was counted against."""

    sku = forms.CharField(max_length=200, widget=forms.HiddenInput())
    pieces = forms.IntegerField(min_value=0, max_value=MOST_PIECES)
    seen = forms.IntegerField(min_value=-MOST_PIECES, max_value=2**31 - 1, widget=forms.HiddenInput())
    warehouse = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput())


class WarehouseForm(forms.Form):
    """A warehouse to be opened."""

    code = forms.CharField(
        label=lazystr(Text("编号", "Code")),
        max_length=32,
        help_text=lazystr(
            Text("小写字母、数字和连字符，例如 wuhan-1", "Small letters, digits and hyphens, such as wuhan-1")
        ),
    )
    name = forms.CharField(label=lazystr(Text("名称", "Name")), max_length=LONGEST)
    name_en = forms.CharField(
        label=lazystr(Text("英文名称", "English name")), required=False, max_length=LONGEST
    )
    province = forms.ChoiceField(label=lazystr(Text("省份", "Province")), choices=[(it, it) for it in SEATS])

    def clean_code(self) -> str:
        """Take a code as rules know it."""
        code = str(self.cleaned_data["code"])
        if not CODE.fullmatch(code):
            raise forms.ValidationError(
                str(Text("只能用小写字母、数字和连字符", "Small letters, digits and hyphens only"))
            )
        return code
