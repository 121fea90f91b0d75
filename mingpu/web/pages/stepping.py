"""Asking once more who it is: on the very page where it is needed, going on with what was being done.

What was sent is carried along in the page, so that nothing is typed twice; it goes back to the same address only.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.functional import lazystr
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mingpu.accounts import proof_rules, rules
from mingpu.accounts.errors import BadField, CodeNotSent, ProofNeeded, TooMany
from mingpu.accounts.proof_rules import Proven
from mingpu.accounts.queries import phone_of
from mingpu.accounts.services import send_code, step_up
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import current_language
from mingpu.web.context import MARK_COOKIE
from mingpu.web.pages import SeeOther, me, next_of, signed_in
from mingpu.web.pages.account_forms import LONGEST_CREDENTIAL, NEEDED, MallForm, Typed, read_credential

P = ParamSpec("P")
View = Callable[Concatenate[MallRequest, P], HttpResponseBase]
FIELDS: Final = {
    "passkey": "credential", "totp_code": "totp_code", "recovery_code": "recovery_code", "password": "proof_password",
    "phone_code": "phone_code",
}  # fmt: skip
# Names of this page's own; what else was sent is carried along. A password is not written into a page: it is typed again.
_OWN: Final = frozenset({*FIELDS.values(), "csrfmiddlewaretoken", "intent", "step_up", "step_up_by", "step_up_send", "password", "new_password"})  # fmt: skip
_SAFE: Final = frozenset({"GET", "HEAD"})
MOST_CARRIED: Final = 100  # values


class StepForm(MallForm):
    """One proof, of the way that was chosen."""

    def __init__(self, *args: Any, way: str, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.way = way
        self.places = {"wrong_login": FIELDS[way], "wrong_code": FIELDS[way]}  # type: ignore[misc]  # of this form alone
        self.fields[FIELDS[way]] = _field(way)

    def prove(self, request: MallRequest) -> None:
        """Take the proof and remember it. Raises WrongSignIn, WrongCode, WrongPasskey, TooMany."""
        typed = self.cleaned_data[FIELDS[self.way]]
        given = {self.way: read_credential(typed) if self.way == "passkey" else typed}
        step_up.prove(
            person_id=me(request), token=request.token, address=request.address,
            marks=request.COOKIES.get(MARK_COOKIE, ""), **given,
        )  # fmt: skip


def _field(way: str) -> forms.CharField:
    if way == "passkey":
        return forms.CharField(
            widget=forms.HiddenInput, max_length=LONGEST_CREDENTIAL, error_messages={"required": NEEDED}
        )
    label = proof_rules.LABELS[way] if way != "phone_code" else rules.LABELS["phone_code"]
    if way == "password":
        return forms.CharField(
            label=lazystr(label), strip=False, widget=forms.PasswordInput, error_messages={"required": NEEDED}
        )
    return Typed(None, label, max_length=40)


def proven(act: str, *, reading: bool = False, again: bool = False) -> Callable[[View[P]], View[P]]:
    """Let only those through who showed of late that it is them; others are asked here, and go on.

    act: of `proof_rules.ACTS`. reading: ask before the page is shown, and not only before it is sent. again: signing in
    is not enough. Goes below `signed_in`.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def check(request: MallRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in _SAFE and not reading:
                return view(request, *args, **kwargs)
            it = step_up.standing(person_id=me(request), token=request.token)
            proof_rules.check_held(it, act)
            asked = request.method == "POST" and "step_up" in request.POST
            if not asked and _enough(it, act, again=again):
                return view(request, *args, **kwargs)
            if not asked or not _try(request, form := _form(request, it, bound=True)):
                return _page(request, it, act, form if asked else _form(request, it, bound=False))
            return (
                SeeOther(request.get_full_path())
                if request.POST["step_up"] == "look"
                else view(request, *args, **kwargs)
            )

        return check

    return guard


def asks_to_pay(request: MallRequest, *, stored: bool = False) -> HttpResponse | None:
    """Return the page that asks who pays from a device that never did; None where the view may go on.

    For a view that finds only on its way that something is to be paid. A proof that came along is taken.
    stored: with balance or E-cards. Raises AccountHeld.
    """
    if "step_up" in request.POST:
        it = step_up.standing(person_id=me(request), token=request.token)
        if not _try(request, form := _form(request, it, bound=True)):
            return _page(request, it, "first_payment", form)
        if request.POST["step_up"] == "look":
            return SeeOther(request.get_full_path())
    try:
        step_up.require_to_pay(person_id=me(request), token=request.token, stored=stored)
    except ProofNeeded as needed:
        it = step_up.standing(person_id=me(request), token=request.token)
        return _page(request, it, needed.act, _form(request, it, bound=False))
    return None


def _enough(it: Proven, act: str, *, again: bool) -> bool:
    if again and not it.again:
        return False
    try:
        proof_rules.check(it, act)
    except ProofNeeded:
        return False
    return True


def _form(request: MallRequest, it: Proven, *, bound: bool) -> StepForm:
    """Return the form of the way that was chosen, or of the best there is without a device's help."""
    typed = [way for way in it.ways if way != "passkey"] or list(it.ways)
    chosen = request.POST.get("step_up_by", "")
    way = chosen if chosen in it.ways else typed[0]
    sent = bound and chosen in it.ways and FIELDS[way] in request.POST and "step_up_send" not in request.POST
    return StepForm(request.POST if sent else None, way=way)


def _try(request: MallRequest, form: StepForm) -> bool:
    if not form.is_valid():
        return False
    with form.telling():
        form.prove(request)
        return True
    return False


def _page(request: MallRequest, it: Proven, act: str, form: StepForm) -> HttpResponse:
    """Draw the question. 403 where nothing was tried yet, the form's own status after a wrong proof."""
    kind = proof_rules.ACTS.get(act, proof_rules.ACTS["account"])
    facts: dict[str, Any] = {
        "act": kind, "step_up": "look" if request.method in _SAFE or request.POST.get("step_up") == "look" else act,
        "action": request.get_full_path(), "carried": _carried(request), "form": form, "way": form.way,
        "ways": [(way, proof_rules.LABELS[way]) for way in it.ways if way != "passkey"], "passkey": "passkey" in it.ways,
        "minutes": int(proof_rules.RECENT.total_seconds() // 60),
    }  # fmt: skip
    if "step_up_send" in request.POST:
        facts |= _send(request)
    return render(request, "prove.html", facts, status=form.status if form.errors else 403)


def _carried(request: MallRequest) -> list[tuple[str, str]]:
    """Return what was sent, to be sent again with the proof."""
    if request.method in _SAFE:
        return []
    found = [(name, value) for name, values in request.POST.lists() if name not in _OWN for value in values]
    return [(name, str(value)) for name, value in found[:MOST_CARRIED]]


def _send(request: MallRequest) -> dict[str, Any]:
    """Send a code to the person's own number, for browsers without scripts; return the note beside the button."""
    given: dict[str, Any] = {"code_sent": True}
    try:
        given["retry_after"] = send_code(
            channel="sms", to=phone_of(me(request)), intent="confirm", address=request.address,
            language=current_language(), marks=request.COOKIES.get(MARK_COOKIE, ""),
        )  # fmt: skip
    except (BadField, TooMany, CodeNotSent) as refused:
        given["problem"] = refused.message
    if settings.COUNTERPARTS and "problem" not in given:
        host = urlsplit(settings.PUBLIC_ADDRESS).hostname
        given["outbox_url"] = f"http://{host}:{settings.COUNTERPARTS_PORT}/inbox"
    return given


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven("account", reading=True, again=True)
def prove(request: MallRequest) -> HttpResponseBase:
    """GET ?next= -> the question, or on where it was answered of late; POST a proof -> 303 on."""
    return SeeOther(next_of(request, "account"))


urlpatterns = [path("account/prove", prove, name="prove")]
