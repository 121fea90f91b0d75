"""The form of an address: who, and where in four levels that are chosen one below the other."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.functional import lazystr

from mingpu.accounts import rules
from mingpu.lib.divisions import Place, atlas
from mingpu.lib.text import Text
from mingpu.web.pages.account_forms import MallForm, Typed

REGION: Final = ("province", "city", "district", "town")
CHOOSE: Final = Text("请选择", "Choose")


class AddressForm(MallForm):
    """An entry of the address book; town, landline and e-mail may stay blank.

    What can be chosen at each level follows from what is chosen above it. A name that the table does not have, as one
    of former times, stays and can be kept.
    """

    is_default = forms.BooleanField(label=lazystr(Text("设为默认地址", "Use as my default")), required=False)

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        for name in rules.ENTRY:
            self.fields[name] = _field(name)
        offered = atlas().choices(Place(**{name: self._said(name) for name in REGION}))
        for name in REGION:
            said, them = self._said(name), offered[name]
            choices = [*([said] if said and said not in them else []), *them]
            self.fields[name].widget.choices = [("", lazystr(CHOOSE)), *((one, one) for one in choices)]

    def _said(self, name: str) -> str:
        return str((self.data if self.is_bound else self.initial).get(name) or "")


def settled(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the levels as chosen, without what does not lie below the level above; the only city is chosen at once."""
    kept = dict.fromkeys(REGION, "")
    for name in REGION:
        them = atlas().choices(Place(**kept))[name]
        said = chosen.get(name, "")
        alone = them[0] if name == "city" and len(them) == 1 else ""
        kept[name] = said if said in them else alone
    return kept


def _field(name: str) -> Typed:
    optional = name in {"landline", "email", "district", "town"}
    return Typed(
        lambda value: rules.address_field(name, value) or "",
        rules.LABELS[name],
        required=not optional,
        widget=_widget(name),
    )


def _widget(name: str) -> forms.Widget:
    if name in REGION:
        return forms.Select()
    if name == "street":
        return forms.Textarea(attrs={"rows": 2})
    return forms.TextInput(attrs={"type": "tel"} if name in {"phone", "landline"} else {})
