"""What a buyer types about an order."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.functional import lazystr

from mingpu.accounts import rules
from mingpu.lib.text import Text
from mingpu.merchants.rules import COURIERS
from mingpu.payments.rules import CHOICES
from mingpu.service.rules import EXCHANGE, REASONS, TYPES
from mingpu.service.services import LONGEST_DESCRIPTION
from mingpu.web.pages.account_forms import NEEDED, MallForm, Typed
from mingpu.web.pages.address_forms import AddressForm


def _choices(words: Mapping[str, Text]) -> list[tuple[str, Any]]:
    """Return what may be chosen, each in the reader's language when it is drawn."""
    return [(name, lazystr(text)) for name, text in words.items()]


class CheckoutForm(AddressForm):
    """Where an order goes and how it is paid.

    The fields of the address count only when a new one is asked for, the phone to recharge only for a top-up;
    otherwise what they hold is kept and not looked at.
    """

    places: ClassVar = {"not_delivered_there": "province", "cod_not_offered": "payment"}
    save_address = forms.BooleanField(
        label=lazystr(Text("存到地址簿，下次不用再填", "Keep it in my address book")), required=False
    )
    payment = forms.ChoiceField(choices=_choices(CHOICES), error_messages={"required": lazystr(NEEDED)})
    courier = forms.ChoiceField(choices=[("", ""), *_choices(COURIERS)], required=False)
    use_cards = forms.BooleanField(required=False)
    use_balance = forms.BooleanField(required=False)

    def __init__(self, *args: Any, new_address: bool = True, topup: bool = False, **extra: Any) -> None:
        super().__init__(*args, **extra)
        del self.fields["is_default"]
        if not new_address:
            for name in rules.ENTRY:
                self.fields[name] = forms.CharField(
                    label=lazystr(rules.LABELS[name]), required=False, widget=self.fields[name].widget
                )
        self.fields["recharge"] = Typed(
            (lambda value: rules.mobile("recharge", value)) if topup else None, Text("充值号码", "Phone to top up"),
            required=topup,
            widget=forms.TextInput(attrs={"type": "tel"}),
        )  # fmt: skip


class AfterSalesForm(MallForm):
    """What is wrong with an order, and with which goods of it."""

    places: ClassVar = {
        "after_sales_not_possible": "type", "after_sales_not_paid": "type", "after_sales_too_many": "lines",
        "after_sales_not_arrived": "lines", "after_sales_several_sellers": "lines", "not_returnable": "lines",
        "exchange_not_alike": "lines",
    }  # fmt: skip
    type = forms.ChoiceField(choices=_choices(TYPES), error_messages={"required": lazystr(NEEDED)})
    lines = forms.Field(required=False)  # filled from `line` and `quantity:<sku>`
    reason = forms.ChoiceField(
        label=lazystr(Text("原因", "Reason")),
        choices=[("", lazystr(Text("请选择", "Choose one"))), *_choices(REASONS)],
        error_messages={"required": lazystr(NEEDED)},
    )
    description = forms.CharField(
        label=lazystr(Text("补充说明", "Anything else")),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazystr(
            Text("请勿填写身份证号、银行卡号等", "Please leave out numbers of identity or bank cards")
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Read which pieces are meant; complain when there are none or a number is none."""
        said: dict[str, Any] = super().clean() or {}
        lines: dict[str, int] = {}
        for sku in self.data.getlist("line"):  # type: ignore[attr-defined]
            pieces = str(self.data.get(f"quantity:{sku}", "1"))
            if not (pieces.isascii() and pieces.isdigit() and 0 < len(pieces) < 4):  # noqa: PLR2004 -- at most 999
                self.add_error("lines", str(Text("请填写件数", "Please say how many pieces")))
                return said
            lines[sku] = int(pieces)
        if not lines:
            self.add_error("lines", str(Text("请至少选择一件商品", "Choose at least one article")))
        said["lines"] = lines
        wished = {sku: str(self.data.get(f"swap:{sku}", "")) for sku in lines}
        said["swap"] = (
            {sku: other for sku, other in wished.items() if other} if said.get("type") == EXCHANGE else {}
        )
        return said
