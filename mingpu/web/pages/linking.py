"""Signing in through another service, and the accounts that are linked: there, back, and the questions between.

The code a service sends along is in the address for one redirect only: the answer is always another page of ours.
"""

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from mingpu.accounts import services
from mingpu.accounts.errors import ProviderUnanswered, RoundOver
from mingpu.accounts.linking_rules import SECONDS, Arrival
from mingpu.lib.errors import Invalid, MallError, NotFound
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text, current_language
from mingpu.privacy.purposes import Purpose
from mingpu.web.context import MARK_COOKIE, drop, keep, notify
from mingpu.web.pages import SeeOther, asked_next, me, next_of, signed_in
from mingpu.web.pages.accounts import let_in, ways
from mingpu.web.pages.consents import matter
from mingpu.web.pages.stepping import proven

ROUND_COOKIE: Final = "mingpu_round"
ARRIVAL_COOKIE: Final = "mingpu_arrival"
LINKED = Text("已绑定，以后可以用它登录", "Linked: you can log in by it from now on")
UNLINKED = Text("已解绑，由此取得的信息已删除", "Unlinked, and what came with it is deleted")
LEFT = Text("没有绑定，什么也没有保存", "Not linked; nothing was kept")
_WORDS: Final = ("state", "code", "error", "iss")
_LONGEST: Final = 2000
_INSIDE: Final = "MicroMessenger"  # how WeChat's own browser calls itself


@require_GET
def login_by(request: MallRequest, provider: str) -> HttpResponseBase:
    """GET [next] -> 302 to the service, or back to the login page with why not. 404 for another service."""
    if request.person_id:
        return SeeOther(next_of(request))
    try:
        begun = services.begin_round(
            provider=provider, intent="login", kind="web", inside=_inside(request), onward=asked_next(request)
        )
    except NotFound:
        raise
    except MallError as refused:
        return _told(refused, _login(asked_next(request)))
    response = HttpResponseRedirect(begun.address)
    keep(response, ROUND_COOKIE, begun.ticket, SECONDS)
    return response


@require_GET
def login_by_back(request: MallRequest, provider: str) -> HttpResponseBase:
    """GET what a service sends along -> 303: signed in, to the question, or back with why not. Once for each round."""
    said = {name: request.GET[name][:_LONGEST] for name in _WORDS if name in request.GET}
    home = reverse("linked") if request.person_id else _login("")
    try:
        came = services.come_back(
            provider=provider, ticket=request.COOKIES.get(ROUND_COOKIE, ""), said=said, kind="web",
            address=request.address, marks=request.COOKIES.get(MARK_COOKIE, ""), person_id=request.person_id,
        )  # fmt: skip
    except NotFound:
        raise
    except MallError as refused:
        return _without(_told(refused, home), ROUND_COOKIE)
    if came.signed_in:
        return _without(let_in(request, came.signed_in, onward=came.onward), ROUND_COOKIE)
    if came.arrival:
        response: HttpResponse = SeeOther(reverse("linked_new"))
        keep(response, ARRIVAL_COOKIE, came.arrival, SECONDS)
        return _without(response, ROUND_COOKIE)
    response = SeeOther(reverse("linked"))
    notify(response, UNLINKED)
    return _without(response, ROUND_COOKIE)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def linked_new(request: MallRequest) -> HttpResponseBase:
    """GET who came back and is not known; POST granted (true | false) -> 303, or the question who it is.

    A visitor sees how to go on: log in or register first. Nothing of it is kept before a yes.
    """
    try:
        it = services.read_arrival(_arrival(request))
        known = request.person_id is not None and services.set_out(_arrival(request), me(request))
    except (RoundOver, NotFound) as over:
        response = _told(over, reverse("linked") if request.person_id else _login(""))
        return _without(response, ARRIVAL_COOKIE)
    if request.method != "POST":
        return _question(request, it)
    granted = request.POST.get("granted")
    if granted not in {"true", "false"}:
        raise Invalid(field="granted", problem=Text("应为 true 或 false", "true or false"))
    if granted == "false":
        return _left(request, it)
    if request.person_id is None:
        return SeeOther(_login(reverse("linked_new")))
    return _link(request) if known else _link_proven(request)


@require_GET
@signed_in
def linked(request: MallRequest) -> HttpResponseBase:
    """GET the accounts that are linked, and the services that could be."""
    mine = services.linked_of(me(request))
    held = {it.provider for it in mine}
    others = [it for it in ways() if it["id"] not in held]
    there = {it["id"] for it in ways()}
    return render(
        request, "linked.html", {"accounts": [{"it": it, "there": it.provider in there} for it in mine], "others": others}
    )  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven("binding", again=True)
def linked_one(request: MallRequest, provider: str) -> HttpResponseBase:
    """GET what linking or unlinking a service takes; POST, once proven, -> the way there. 404 for another service."""
    client = services.ways_in().get(provider)
    if client is None:
        raise NotFound
    mine = next((it for it in services.linked_of(me(request)) if it.provider == provider), None)
    begun, trouble = None, ""
    if request.method == "POST":
        try:
            begun = services.begin_round(
                provider=provider, intent="unlink" if mine else "link", kind="web", inside=_inside(request),
                person_id=me(request),
            )  # fmt: skip
        except ProviderUnanswered as refused:
            trouble = refused.message
    facts = {
        "id": provider, "title": client.title, "mine": mine, "address": begun.address if begun else "", "trouble": trouble,
        "consent": matter(me(request), Purpose.THIRD_PARTY_LOGIN),
    }  # fmt: skip
    response = render(request, "linked_one.html", facts, status=503 if trouble else 200)
    if begun:
        keep(response, ROUND_COOKIE, begun.ticket, SECONDS)
    return response


def _link(request: MallRequest) -> HttpResponseBase:
    """Link; back with why not otherwise."""
    arrival = _arrival(request)
    try:
        onward = services.read_arrival(arrival).onward
        services.link(
            person_id=me(request), arrival=arrival, agreed=True, language=current_language(), method="page"
        )
    except MallError as refused:
        return _without(_told(refused, reverse("linked")), ARRIVAL_COOKIE)
    response = SeeOther(onward or reverse("linked"))
    notify(response, LINKED)
    return _without(response, ARRIVAL_COOKIE)


_link_proven = proven("binding")(_link)  # where somebody else could have set out


def _left(request: MallRequest, it: Arrival) -> HttpResponseBase:
    response = SeeOther((it.onward or reverse("linked")) if request.person_id else _login(it.onward))
    notify(response, LEFT)
    return _without(response, ARRIVAL_COOKIE)


def _question(request: MallRequest, it: Arrival) -> HttpResponse:
    onward = urlencode({"next": reverse("linked_new")})
    facts: dict[str, Any] = {
        "it": it, "title": services.ways_in()[it.provider].title,
        "login_url": f"{reverse('login')}?{onward}", "register_url": f"{reverse('register')}?{onward}",
        "consent": matter(me(request), Purpose.THIRD_PARTY_LOGIN) if request.person_id else None,
    }  # fmt: skip
    return render(request, "linked_new.html", facts)


def _arrival(request: MallRequest) -> str:
    return request.COOKIES.get(ARRIVAL_COOKIE, "")


def _inside(request: MallRequest) -> bool:
    """Tell whether the page is open in WeChat's own browser, which cannot scan itself."""
    return _INSIDE in request.headers.get("User-Agent", "")


def _login(onward: str) -> str:
    return f"{reverse('login')}?{urlencode({'next': onward})}" if onward else reverse("login")


def _told(refused: MallError, where: str) -> HttpResponse:
    """Go on to a page of ours that says what was refused, in the reader's language."""
    response = SeeOther(where)
    notify(response, Text(refused.message, refused.message), kind="error")
    return response


def _without(response: HttpResponseBase, name: str) -> HttpResponseBase:
    drop(response, name)
    return response


urlpatterns = [
    path("login/by/<slug:provider>", login_by, name="login_by"),
    path("login/by/<slug:provider>/back", login_by_back, name="login_by_back"),
    path("account/linked", linked, name="linked"),
    path("account/linked/new", linked_new, name="linked_new"),
    path("account/linked/<slug:provider>", linked_one, name="linked_one"),
]
