"""What staff type to see a value in full, or to ask for one under an exception."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.functional import lazystr

from mingpu.desk.forms import MomentField
from mingpu.governance.rules import LONGEST_NOTE, REASONS
from mingpu.governance.services.exceptions import LABELS, Wanted
from mingpu.lib.text import Text
from mingpu.privacy.exceptions import ExceptionCode
from mingpu.privacy.gates import gates, gates_of

LONGEST = 120
CHOOSE = Text("请选择", "Please choose")


class LookForm(forms.Form):
    """Which value, why; in words for "something else"."""

    note = forms.CharField(
        label=lazystr(Text("说明", "In words")),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=lazystr(
            Text("顾客会看到；请勿写个人信息", "The customer reads it; nothing personal, please")
        ),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="look_%s")  # it stands beside another form
        nothing = ("", str(CHOOSE))
        items = [nothing, *((it.id, str(it.label)) for it in gates_of("reveal"))]
        reasons = [nothing, *((name, str(label)) for name, label in REASONS.items())]
        self.fields["item"] = forms.ChoiceField(label=str(Text("看哪一项", "Which value")), choices=items)
        self.fields["reason"] = forms.ChoiceField(label=str(Text("理由", "Reason")), choices=reasons)


class RequestForm(forms.Form):
    """A request under one case of the law, with what it may reach at most."""

    case_no = forms.CharField(label=lazystr(Text("案号", "Case number")), max_length=LONGEST)
    authority = forms.CharField(label=lazystr(Text("调取机关", "Authority")), max_length=LONGEST)
    order_ref = forms.CharField(
        label=lazystr(Text("书面文书编号", "Reference of the written order")), max_length=LONGEST
    )
    order_hash = forms.CharField(
        label=lazystr(Text("文书的 SHA-256", "SHA-256 of the order")),
        max_length=64,
        help_text=lazystr(
            Text("文书扫描件的指纹，64 位小写十六进制", "Of its scan: 64 small hexadecimal digits")
        ),
    )
    article = forms.CharField(
        label=lazystr(Text("法律条文", "Article of law")), required=False, max_length=LONGEST
    )
    reason = forms.CharField(label=lazystr(Text("事由", "Reason")), max_length=LONGEST_NOTE)
    keys = forms.CharField(
        label=lazystr(Text("涉及的订单号或登录手机号", "Order numbers or phones of accounts")),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazystr(
            Text("每行一个；只用来找到账户，不会保存", "One a line; used to find the accounts, and not kept")
        ),
    )

    def __init__(self, code: ExceptionCode, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        self.code = code
        known = gates()
        self.fields["items"] = forms.MultipleChoiceField(
            label=str(Text("要哪几项", "Which items")),
            widget=forms.CheckboxSelectMultiple,
            choices=[(it, str(known[it].label)) for it in code.items],
        )
        self.fields["days"] = forms.IntegerField(
            label=str(Text("有效天数", "Days it stands")), min_value=1, max_value=code.days
        )
        if code.clause == "3.11":
            self.fields["article"].required = True

    @property
    def wanted(self) -> Wanted:
        """What was asked for, once it is valid."""
        typed = self.cleaned_data
        return Wanted(
            code=self.code.clause, items=tuple(typed["items"]), keys=tuple(typed["keys"].split()),
            **{name: typed[name] for name in ("case_no", "authority", "order_ref", "order_hash", "article", "reason", "days")},
        )  # fmt: skip


class StepForm(forms.Form):
    """What is decided about a request, and why, or by which order and until when it is kept from the person."""

    step = forms.ChoiceField(choices=[(it, it) for it in ("approve", "decline", "close", "withhold")])
    why = forms.CharField(label=lazystr(LABELS["reason"]), required=False, max_length=LONGEST_NOTE)
    order_ref = forms.CharField(
        label=lazystr(Text("要求保密的文书编号", "Order that demands secrecy")),
        required=False,
        max_length=LONGEST,
    )
    until = MomentField(label=lazystr(Text("保密至", "Until")), required=False)

    def clean(self) -> dict[str, object]:
        """Ask for a date where the telling is put off."""
        said: dict[str, object] = super().clean() or {}
        if said.get("step") == "withhold" and not isinstance(said.get("until"), datetime):
            self.add_error("until", str(Text("请填写日期和时间", "A date and time, please")))
        return said
