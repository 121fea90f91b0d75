"""Proof that it is the person, in forms: a password, or a code sent to their phone."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import lazystr

from mingpu.accounts import rules
from mingpu.accounts.services import confirm_person
from mingpu.lib.requests import MallRequest
from mingpu.web.pages import me
from mingpu.web.pages.account_forms import NEEDED, MallForm, Typed

PROOFS = ("password", "phone_code")


class ProofForm(MallForm):
    """A form that ends with a proof; `?by=code` asks for a code in place of the password."""

    places: ClassVar = {"wrong_login": "password", "wrong_code": "phone_code"}

    def __init__(self, *args: Any, by_code: bool = False, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.by_code = by_code
        if by_code:
            self.fields["phone_code"] = Typed(None, rules.LABELS["phone_code"], max_length=20)
        else:
            self.fields["password"] = forms.CharField(
                label=lazystr(rules.LABELS["password"]), strip=False, widget=forms.PasswordInput,
                error_messages={"required": NEEDED},
            )  # fmt: skip

    def prove(self, request: MallRequest) -> None:
        """Make sure that it is the person. Raises WrongSignIn, WrongCode, TooMany."""
        given = {name: self.cleaned_data[name] for name in PROOFS if name in self.cleaned_data}
        confirm_person(person_id=me(request), address=request.address, **given)


def by_code(request: MallRequest) -> bool:
    """Tell whether the page is to ask for a code."""
    return request.GET.get("by") == "code"
