"""Forms about a person: each field is held against the same rule that the verb holds it against."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.utils.functional import lazystr

from mingpu.accounts import rules
from mingpu.accounts.errors import BadField, WrongPasskey
from mingpu.lib.errors import MallError
from mingpu.lib.text import Text

LONGEST_CREDENTIAL = 20_000  # characters of a browser's answer
NEEDED = lazystr(Text("请填写", "Please fill this in"))  # each time in the language of whoever reads it


class Typed(forms.CharField):
    """One line of text under a rule of the room; blank is None."""

    def __init__(self, rule: Callable[[str], str] | None, label: Text, **extra: Any) -> None:
        extra.setdefault("error_messages", {"required": NEEDED})
        super().__init__(label=lazystr(label), **extra)
        self.rule = rule

    def clean(self, value: Any) -> str | None:
        """Return what is typed as it is kept."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.rule(text) if self.rule else text
        except BadField as bad:
            raise forms.ValidationError(str(bad.problem)) from None


def read_credential(text: str) -> dict[str, Any]:
    """Return a browser's answer about a passkey. Raises WrongPasskey for what is none."""
    try:
        credential = json.loads(text[: LONGEST_CREDENTIAL + 1])
    except (ValueError, RecursionError):
        raise WrongPasskey from None
    if not isinstance(credential, dict):
        raise WrongPasskey
    return credential


class MallForm(forms.Form):
    """A form that also shows what a verb refuses, at the field it is about."""

    places: ClassVar[dict[str, str]] = {}  # an error's code -> the field it is about
    status = 422

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Run the verb inside; what it refuses stands in the form afterwards, and `status` is its own."""
        try:
            yield
        except BadField as bad:
            self.add_error(bad.name if bad.name in self.fields else None, str(bad.problem))
        except MallError as error:
            self.status = error.status if error.status in {429, 503} else 422
            self.add_error(self.places.get(error.code), error.message)


def _secret(name: str = "password", **extra: Any) -> forms.CharField:
    return forms.CharField(
        label=lazystr(rules.LABELS[name]),
        strip=False,
        widget=forms.PasswordInput,
        error_messages={"required": NEEDED},
        **extra,
    )


def _phone() -> Typed:
    return Typed(rules.phone, rules.LABELS["phone"], widget=forms.TextInput(attrs={"type": "tel"}))


class RegisterForm(MallForm):
    """Opening an account; e-mail may stay blank."""

    places: ClassVar = {
        "wrong_code": "phone_code", "username_taken": "username", "number_taken": "phone",
        "email_taken": "email", "statement_changed": "agreed_statement",
    }  # fmt: skip
    phone = _phone()
    phone_code = Typed(None, rules.LABELS["phone_code"], max_length=20)
    username = Typed(
        rules.username, rules.LABELS["username"], max_length=100,
        help_text=Text("3–32 个文字、数字、_ 或 -", "3–32 letters, digits, _ or -"),
    )  # fmt: skip
    password = _secret(
        help_text=Text("至少 8 位，别太容易猜", "8 characters at least, and not easily guessed")
    )
    email = Typed(rules.email, rules.LABELS["email"], required=False, widget=forms.EmailInput)
    email_code = Typed(None, rules.LABELS["email_code"], required=False, max_length=20)
    agreed_statement = forms.CharField(
        error_messages={"required": lazystr(Text("注册前请阅读并勾选", "Please read it and tick the box"))}
    )

    def clean_password(self) -> str:
        """Hold the password against the rule, with the other words the person typed."""
        known = [self.cleaned_data.get(name) or "" for name in ("username", "phone", "email")]
        try:
            return rules.password(self.cleaned_data["password"], known=known)
        except BadField as bad:
            raise forms.ValidationError(str(bad.problem)) from None


class LoginForm(MallForm):
    """Signing in by password."""

    login = Typed(None, Text("账户名、手机号或邮箱", "Username, phone or e-mail"), max_length=254)
    password = _secret()


class PasskeyForm(MallForm):
    """A browser's new passkey and its name."""

    passkey_name = Typed(rules.passkey_name, rules.LABELS["passkey_name"], required=False, max_length=32)
    credential = forms.CharField(
        widget=forms.HiddenInput, max_length=LONGEST_CREDENTIAL, error_messages={"required": NEEDED}
    )


class CodeLoginForm(MallForm):
    """Signing in by a code."""

    places: ClassVar = {"wrong_code": "phone_code"}
    phone = _phone()
    phone_code = Typed(None, rules.LABELS["phone_code"], max_length=20)


class ProfileForm(MallForm):
    """What a person says about themselves; all but the nickname may stay blank."""

    nickname = Typed(rules.nickname, rules.LABELS["nickname"], required=False)
    birthday = Typed(
        rules.birthday,
        rules.LABELS["birthday"],
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    gender = forms.ChoiceField(
        label=lazystr(rules.LABELS["gender"]), required=False, widget=forms.RadioSelect
    )
    interests = forms.MultipleChoiceField(
        label=lazystr(rules.LABELS["interests"]), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, interests: list[tuple[str, Text | str]], **extra: Any) -> None:
        super().__init__(*args, **extra)
        blank = [("", Text("不填", "Blank"))]
        self.fields["gender"].choices = [*blank, *rules.GENDERS.items()]  # type: ignore[attr-defined]
        self.fields["interests"].choices = interests  # type: ignore[attr-defined]
