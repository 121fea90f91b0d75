"""What staff type."""

from django import forms
from django.utils.functional import lazystr

from mingpu.lib.text import Text

LONGEST_NOTE = 300


class SignInForm(forms.Form):
    """Work name and password."""

    username = forms.CharField(label=lazystr(Text("工号", "Work name")), max_length=64)
    password = forms.CharField(
        label=lazystr(Text("密码", "Password")), max_length=256, strip=False, widget=forms.PasswordInput
    )


class DecisionForm(forms.Form):
    """Yes or no to a case, with a short answer; a no says why."""

    decision = forms.ChoiceField(choices=[(it, it) for it in ("approve", "received", "reject")])
    note = forms.CharField(
        label=lazystr(Text("给顾客的答复", "Answer to the customer")),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazystr(Text("不同意时必填;请勿写个人信息", "Needed for a no; nothing personal, please")),
    )

    def clean(self) -> dict[str, object]:
        """Ask for a reason where the answer is no."""
        said: dict[str, object] = super().clean() or {}
        if said.get("decision") == "reject" and not said.get("note"):
            self.add_error(
                "note", str(Text("请写明理由,顾客会看到", "Please say why; the customer reads it"))
            )
        return said


class LookupForm(forms.Form):
    """The case number a customer gives, and the order they speak of."""

    case_no = forms.CharField(label=lazystr(Text("售后单号", "Case number")), max_length=40)
    order_no = forms.CharField(label=lazystr(Text("订单号", "Order number")), max_length=40, required=False)
