"""Proof that it is the person, in forms: a password, or a code sent to their phone; where they have one, their second step."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import lazystr

from mingpu.accounts import proof_rules, rules
from mingpu.accounts.errors import ProofNeeded
from mingpu.accounts.services import confirm_person, step_up
from mingpu.lib.requests import MallRequest
from mingpu.web.context import MARK_COOKIE
from mingpu.web.pages import me
from mingpu.web.pages.account_forms import NEEDED, MallForm, Typed


class ProofForm(MallForm):
    """A form that ends with a proof; `?by=code` asks for the other of the two there are.

    Where the person showed within this sign-in, and of late, that it is them, nothing is asked: `way` is "" then.
    """

    places: ClassVar = {
        "wrong_login": "password", "wrong_code": "phone_code",
    }  # fmt: skip

    def __init__(self, *args: Any, request: MallRequest, by_code: bool = False, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.by_code = by_code
        self.it = step_up.standing(person_id=me(request), token=request.token)
        typed = [way for way in self.it.ways if way != "passkey"]
        self.way = "" if self.it.again or not typed else typed[-1] if by_code else typed[0]
        self.second = self.it.second and not self.it.again
        if self.way == "password":
            self.fields["password"] = forms.CharField(
                label=lazystr(rules.LABELS["password"]), strip=False, widget=forms.PasswordInput,
                error_messages={"required": NEEDED},
            )  # fmt: skip
        elif self.way:
            label = rules.LABELS["phone_code"] if self.way == "phone_code" else proof_rules.LABELS[self.way]
            self.fields[self.way] = Typed(None, label, max_length=40)
            self.places = {"wrong_code": self.way}  # type: ignore[misc]  # of this form alone

    def prove(self, request: MallRequest, act: str = "account") -> None:
        """Make sure that it is the person. act: of `proof_rules.ACTS`.

        Raises WrongSignIn, WrongCode, TooMany, ProofNeeded for a passkey alone, AccountHeld for what waits after a recovery.
        """
        proof_rules.check_held(self.it, act)
        if self.it.again:
            return
        if not self.way:
            raise ProofNeeded(act="account", ways=self.it.ways)
        confirm_person(
            person_id=me(request), address=request.address, marks=request.COOKIES.get(MARK_COOKIE, ""),
            **{self.way: self.cleaned_data[self.way]},
        )  # fmt: skip


def by_code(request: MallRequest) -> bool:
    """Tell whether the page is to ask for a code."""
    return request.GET.get("by") == "code"
