"""The second step: shown when signing in, turned on with proof that it works, turned off by itself alone."""

from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import lazystr
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.accounts import proof_rules, rules, second_step_rules, services
from mingpu.accounts.errors import NothingBegun, SignInAgain, WrongPasskey
from mingpu.accounts.queries import profile_of
from mingpu.accounts.services import step_up
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.web.context import HALF_COOKIE, MARK_COOKIE, drop, notify
from mingpu.web.pages import SeeOther, asked_next, me, next_of, signed_in
from mingpu.web.pages.account_forms import (
    LONGEST_CREDENTIAL,
    NEEDED,
    MallForm,
    Typed,
    read_credential,
)
from mingpu.web.pages.accounts import let_in
from mingpu.web.pages.paying import qr_svg
from mingpu.web.pages.stepping import proven

OFF: Final = Text("两步验证已关闭", "The second step is off")
FIELDS: Final = {"passkey": "credential", "totp_code": "totp_code", "recovery_code": "recovery_code", "password": "password"}  # fmt: skip


class SecondForm(MallForm):
    """The second half of signing in: one field, of the way that was chosen."""

    def __init__(self, *args: Any, way: str, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.way = way
        name = FIELDS[way]
        self.places = {"wrong_login": name, "wrong_code": name}  # type: ignore[misc]  # of this form alone
        if way == "passkey":
            self.fields[name] = forms.CharField(
                widget=forms.HiddenInput, max_length=LONGEST_CREDENTIAL, error_messages={"required": NEEDED}
            )
        elif way == "password":
            self.fields[name] = forms.CharField(
                label=lazystr(rules.LABELS["password"]), strip=False, widget=forms.PasswordInput,
                error_messages={"required": NEEDED},
            )  # fmt: skip
        else:
            self.fields[name] = Typed(None, proof_rules.LABELS[way], max_length=40)

    def given(self) -> dict[str, Any]:
        """Return what was typed, as the verb takes it. Raises WrongPasskey for what is no answer of a browser."""
        typed = self.cleaned_data[FIELDS[self.way]]
        return {self.way: read_credential(typed) if self.way == "passkey" else typed}


class TotpForm(MallForm):
    """The first code of an authenticator app."""

    places: ClassVar = {"wrong_code": "totp_code"}
    totp_code = Typed(None, proof_rules.LABELS["totp_code"], max_length=20)


# ---- signing in ----


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def login_second(request: MallRequest) -> HttpResponseBase:
    """GET what is asked for; POST it -> 303 signed in, or the form again; back to the first half where it is over."""
    if request.person_id:
        return SeeOther(next_of(request))
    half = request.COOKIES.get(HALF_COOKIE, "")
    try:
        it = services.half_of(half)
        typed = [way for way in it.ways if way != "passkey"]
        chosen = request.POST.get("by") or request.GET.get("by", "")
        way = chosen if chosen in it.ways else (typed or list(it.ways))[0]
        sent = request.method == "POST" and FIELDS[way] in request.POST
        form = SecondForm(request.POST if sent else None, way=way)
        if sent and form.is_valid():
            with form.telling():
                marks = request.COOKIES.get(MARK_COOKIE, "")
                new = services.finish(half=half, address=request.address, marks=marks, **form.given())
                response = let_in(request, new)
                drop(response, HALF_COOKIE)
                return response
            services.half_of(half)
    except SignInAgain as over:
        return _again(request, over)
    facts = {
        "form": form, "way": way, "passkey": "passkey" in it.ways, "next": asked_next(request),
        "ways": [(name, proof_rules.LABELS[name]) for name in typed], "away": "password" in it.ways,
    }  # fmt: skip
    return render(request, "login_second.html", facts, status=form.status if form.errors else 200)


def _again(request: MallRequest, over: SignInAgain) -> HttpResponse:
    onward = asked_next(request)
    response = SeeOther(reverse("login") + (f"?{urlencode({'next': onward})}" if onward else ""))
    drop(response, HALF_COOKIE)
    notify(response, Text(over.zh, str(SignInAgain.__doc__)), kind="error")
    return response


# ---- turning it on and off ----


@require_safe
@signed_in
def second_step(request: MallRequest) -> HttpResponseBase:
    """GET how it stands, and the ways of turning it on."""
    return _page(request)


@require_POST
@signed_in
@proven("second_step")
def totp_begin(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 to the secret for an authenticator app."""
    services.begin_totp(person_id=me(request))
    return SeeOther(reverse("second_step_totp"))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven("second_step", reading=True)
def totp(request: MallRequest) -> HttpResponseBase:
    """GET the secret, drawn and written; POST its first code -> on, with the recovery codes this once."""
    try:
        secret = services.waiting_totp(me(request))
    except NothingBegun:
        return SeeOther(reverse("second_step"))
    form = TotpForm(request.POST if "totp_code" in request.POST and "step_up" not in request.POST else None)
    if form.is_bound and form.is_valid():
        with form.telling():
            made = services.turn_on_totp(person_id=me(request), code=form.cleaned_data["totp_code"])
            step_up.remember(person_id=me(request), token=request.token, by="totp_code")
            return _page(request, codes=made, fresh=True)
    address = second_step_rules.address_of(secret, profile_of(me(request)).username)
    facts = {"form": form, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), "qr_svg": qr_svg(address), "address": address}  # fmt: skip
    return _unkept(
        render(request, "second_step_totp.html", facts, status=form.status if form.errors else 200)
    )


@sensitive_post_parameters()
@require_POST
@signed_in
@proven("second_step")
def passkeys_on(request: MallRequest) -> HttpResponseBase:
    """POST the answer of a passkey -> on, with the recovery codes this once."""
    try:
        made = services.turn_on_passkeys(
            person_id=me(request), passkey=read_credential(request.POST.get("credential", ""))
        )
    except WrongPasskey:
        response = SeeOther(reverse("second_step"))
        notify(response, Text(WrongPasskey.zh, str(WrongPasskey.__doc__)), kind="error")
        return response
    step_up.remember(person_id=me(request), token=request.token, by="passkey")
    return _page(request, codes=made, fresh=True)


@require_POST
@signed_in
@proven("second_step")
def codes_renew(request: MallRequest) -> HttpResponseBase:
    """POST -> ten new recovery codes, this once; the ones before are void."""
    return _page(request, codes=services.renew_recovery_codes(person_id=me(request)))


@require_POST
@signed_in
@proven("second_step")
def off(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 back, off."""
    services.turn_off(person_id=me(request))
    response = SeeOther(reverse("second_step"))
    notify(response, OFF)
    return response


def _page(request: MallRequest, *, codes: tuple[str, ...] = (), fresh: bool = False) -> HttpResponse:
    """Draw the page; codes: recovery codes to be shown this once; fresh: it has just been turned on."""
    facts = {"it": services.second_step_of(me(request)), "codes": codes, "fresh": fresh}
    return _unkept(render(request, "second_step.html", facts))


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("login/second", login_second, name="login_second"),
    path("account/second-step", second_step, name="second_step"),
    path("account/second-step/app/begin", totp_begin, name="second_step_begin"),
    path("account/second-step/app", totp, name="second_step_totp"),
    path("account/second-step/passkeys", passkeys_on, name="second_step_passkeys"),
    path("account/second-step/codes", codes_renew, name="second_step_codes"),
    path("account/second-step/off", off, name="second_step_off"),
]
