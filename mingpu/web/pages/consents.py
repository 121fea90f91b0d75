"""The five permissions and the consents: one tap for yes, one for no, in force from the next read."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text, current_language
from mingpu.privacy import consent
from mingpu.privacy.register import REGISTER
from mingpu.privacy.statement import Collected, collected
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, asked_next, me, signed_in

ON, OFF = Text("已开启", "Switched on"), Text("已关闭，即刻生效", "Switched off, as of now")
YES, NO = (
    Text("已记下您的同意", "Your yes is recorded"),
    Text("已记下，我们不会再用", "Recorded; we stop as of now"),
)


@require_GET
@signed_in
def permissions(request: MallRequest) -> HttpResponseBase:
    """GET the five switches."""
    return render(request, "privacy/permissions.html", {"permissions": _rows(request, permissions=True)})


@require_POST
@signed_in
def permission_set(request: MallRequest, name: str) -> HttpResponseBase:
    """POST granted (true | false) -> 303 back to the switch. 404 for another name."""
    if name not in REGISTER.permissions:
        raise NotFound
    granted = _give(request, name)
    return _back("permissions", f"permission-{name}", ON if granted else OFF)


@require_GET
@signed_in
def consents(request: MallRequest) -> HttpResponseBase:
    """GET what can be agreed to."""
    return render(request, "privacy/consents.html", {"consents": _rows(request, permissions=False)})


@require_POST
@signed_in
def consent_set(request: MallRequest, purpose: str) -> HttpResponseBase:
    """POST granted (true | false), next -> 303 there, or back to the matter. 404 for another purpose."""
    if purpose in REGISTER.permissions:
        raise NotFound
    granted = _give(request, purpose)
    onward, words = asked_next(request), YES if granted else NO
    if not onward:
        return _back("consents", f"consent-{purpose}", words)
    response = SeeOther(onward)
    notify(response, words)
    return response


def matter(person_id: UUID, name: str) -> dict[str, Any]:
    """Return one consent as a page shows it where it is asked for by itself."""
    return next(it for it in _matters(person_id, permissions=False) if it["name"] == name)


def _rows(request: MallRequest, *, permissions: bool) -> list[dict[str, Any]]:
    return _matters(me(request), permissions=permissions)


def _matters(person_id: UUID, *, permissions: bool) -> list[dict[str, Any]]:
    decisions = consent.decisions_of(person_id)
    return [
        {
            "name": it.name, "purpose": it.name, "label": it.title, "why": it.why, "clauses": it.clauses,
            "collected": _collected(it.name), "at": decisions[it.name].at,
            "granted": decisions[it.name].granted if decisions[it.name].at or permissions else None,
        }
        for it in consent.matters()
        if it.permission == permissions
    ]  # fmt: skip


def _collected(name: str) -> list[Collected]:
    """Return what a yes lets be used, table by table; nothing for a permission, which no purpose is named after."""
    purpose = REGISTER.purposes.get(name)
    return collected(purpose) if purpose else []


def _give(request: MallRequest, name: str) -> bool:
    answer = request.POST.get("granted")
    if answer not in {"true", "false"}:
        raise Invalid(field="granted", problem=Text("应为 true 或 false", "true or false"))
    consent.give(me(request), name, answer == "true", current_language())
    return answer == "true"


def _back(page: str, row: str, text: Text) -> HttpResponse:
    response = SeeOther(f"{reverse(page)}#{row}")
    notify(response, text)
    return response


urlpatterns = [
    path("privacy/permissions", permissions, name="permissions"),
    path("privacy/permissions/<str:name>", permission_set, name="permission_set"),
    path("privacy/consents", consents, name="consents"),
    path("privacy/consents/<str:purpose>", consent_set, name="consent_set"),
]
