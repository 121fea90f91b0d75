"""Passkeys: signing in with a face, a finger or a screen lock; adding and removing them."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from mingpu.accounts import passkey_rules, services
from mingpu.accounts.errors import WrongPasskey
from mingpu.accounts.queries import passkeys_of
from mingpu.accounts.services import step_up
from mingpu.lib.errors import MallError
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.web.context import MARK_COOKIE, notify
from mingpu.web.pages import SeeOther, asked_next, me, signed_in, why
from mingpu.web.pages.account_forms import PasskeyForm, read_credential
from mingpu.web.pages.accounts import let_in
from mingpu.web.pages.stepping import proven

ADDED = Text("通行密钥已添加，下次登录可以直接用它", "Passkey added: next time, log in with it")
REMOVED = Text("通行密钥已移除", "Passkey removed")
REASONS = why(passkey_name="accounts_passkey.name identity_check")


@require_GET
@signed_in
def passkeys(request: MallRequest) -> HttpResponseBase:
    """GET the passkeys there are and the form for another."""
    return _page(request, PasskeyForm())


@require_POST
@signed_in
def passkey_options(request: MallRequest) -> HttpResponseBase:
    """POST -> JSON: the options by which the browser makes a passkey, or why not."""
    try:
        step_up.require(person_id=me(request), token=request.token, act="passkeys")
        options = services.begin_passkey(person_id=me(request))
    except MallError as refused:
        return JsonResponse({"problem": refused.message}, status=refused.status)
    return JsonResponse({"options": options})


@sensitive_post_parameters()
@require_POST
@signed_in
@proven("passkeys")
def passkey_add(request: MallRequest) -> HttpResponseBase:
    """POST credential and name -> 303 to the list, or the form again."""
    form = PasskeyForm(request.POST)
    if form.is_valid():
        with form.telling():
            typed = form.cleaned_data
            services.add_passkey(
                person_id=me(request),
                credential=read_credential(typed["credential"]),
                name=typed["passkey_name"] or "",
            )
            response = SeeOther(reverse("passkeys"))
            notify(response, ADDED)
            return response
    return _page(request, form)


@sensitive_post_parameters()
@require_POST
@signed_in
@proven("passkeys")
def passkey_remove(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 to the list, without it. 404 for what is not theirs."""
    services.remove_passkey(person_id=me(request), passkey_id=pk)
    response = SeeOther(reverse("passkeys"))
    notify(response, REMOVED)
    return response


@require_POST
def login_options(request: MallRequest) -> HttpResponseBase:  # noqa: ARG001 -- they are the same for everybody
    """POST -> JSON: the options by which a browser proves a passkey, whosever it is."""
    return JsonResponse({"options": passkey_rules.options_to_sign_in()})


@sensitive_post_parameters()
@require_POST
def login_passkey(request: MallRequest) -> HttpResponseBase:
    """POST credential -> 303 signed in, or back to the login page with why not."""
    marks = request.COOKIES.get(MARK_COOKIE, "")
    try:
        credential = read_credential(request.POST.get("credential", ""))
        return let_in(request, services.sign_in_by_passkey(credential=credential, kind="web", marks=marks))
    except WrongPasskey:
        response = SeeOther(f"{reverse('login')}?{urlencode({'next': asked_next(request)})}")
        notify(response, Text(WrongPasskey.zh, str(WrongPasskey.__doc__)), kind="error")
        return response


def _page(request: MallRequest, form: PasskeyForm) -> HttpResponse:
    facts = {
        "passkeys": passkeys_of(me(request)), "form": form, "why": REASONS, "host": passkey_rules.host(),
        "proven": step_up.standing(person_id=me(request), token=request.token).recent,
    }  # fmt: skip
    return render(request, "passkeys.html", facts, status=form.status if form.errors else 200)


urlpatterns = [
    path("account/passkeys", passkeys, name="passkeys"),
    path("account/passkeys/options", passkey_options, name="passkey_options"),
    path("account/passkeys/add", passkey_add, name="passkey_add"),
    path("account/passkeys/<uuid:pk>/remove", passkey_remove, name="passkey_remove"),
    path("login/passkey/options", login_options, name="login_options"),
    path("login/passkey", login_passkey, name="login_passkey"),
]
