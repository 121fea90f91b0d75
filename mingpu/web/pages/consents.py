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
from mingpu.privacy.notices import PERMISSION, Notice, notice_of
from mingpu.privacy.optout import refused_now
from mingpu.privacy.register import REGISTER
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, asked_next, me, signed_in
from mingpu.web.policy import DEVICES, device_policy

ON, OFF = Text("已开启", "Switched on"), Text("已关闭，即刻生效", "Switched off, as of now")
YES, NO = (
    Text("已记下您的同意", "Your yes is recorded"),
    Text("已记下，我们不会再用", "Recorded; we stop as of now"),
)


@require_GET
@signed_in
def permissions(request: MallRequest) -> HttpResponseBase:
    """GET the five switches; the header that holds the browser's own switches follows them on this page."""
    rows = _rows(request, permissions=True)
    response = render(request, "privacy/permissions.html", {"permissions": rows})
    response.headers[DEVICES] = device_policy([it["name"] for it in rows if it["granted"]])
    return response


@require_POST
@signed_in
def permission_set(request: MallRequest, name: str) -> HttpResponseBase:
    """POST granted (true | false), next -> 303 there, or back to the switch. 404 for another name."""
    if name not in REGISTER.permissions:
        raise NotFound
    granted = _give(request, name)
    return _on(request, "permissions", f"permission-{name}", ON if granted else OFF)


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
    return _on(request, "consents", f"consent-{purpose}", YES if granted else NO)


def matter(person_id: UUID, name: str) -> dict[str, Any]:
    """Return one consent as a page shows it where it is asked for by itself."""
    return next(it for it in _matters(person_id, permissions=False) if it["name"] == name)


def matters(person_id: UUID) -> list[dict[str, Any]]:
    """Return everything that can be switched, permissions first, as pages show it."""
    return [*_matters(person_id, permissions=True), *_matters(person_id, permissions=False)]


def _rows(request: MallRequest, *, permissions: bool) -> list[dict[str, Any]]:
    return _matters(me(request), permissions=permissions)


def _matters(person_id: UUID, *, permissions: bool) -> list[dict[str, Any]]:
    decisions = consent.decisions_of(person_id)
    return [
        asked(notice_of(name), decisions[name])
        for name in REGISTER.consents()
        if (name in REGISTER.permissions) == permissions
    ]


def asked(notice: Notice, decision: consent.Decision) -> dict[str, Any]:
    """Return a matter as pages show it: its notice, whole, and what the person said; granted None for nothing yet."""
    permission = notice.document["kind"] == PERMISSION
    said = decision.at is not None and not decision.outdated
    return {
        "name": notice.name, "purpose": notice.name, "label": notice.text("title"), "why": notice.text("why"),
        "clauses": notice.document["clauses"], "collected": notice.collected, "sensitive": notice.sensitive,
        "effect": notice.text("effect"), "recipients": notice.recipients, "withdrawal": notice.text("withdrawal"),
        "version": notice.version, "hash": notice.hash, "at": decision.at, "outdated": decision.outdated,
        "signalled": refused_now(notice.name), "permission": permission,
        "granted": decision.granted if said or permission else None,
    }  # fmt: skip


def _give(request: MallRequest, name: str) -> bool:
    answer = request.POST.get("granted")
    if answer not in {"true", "false"}:
        raise Invalid(field="granted", problem=Text("应为 true 或 false", "true or false"))
    consent.give(me(request), name, answer == "true", current_language(), "page")
    return answer == "true"


def _on(request: MallRequest, page: str, row: str, text: Text) -> HttpResponse:
    response = SeeOther(asked_next(request) or f"{reverse(page)}#{row}")
    notify(response, text)
    return response


urlpatterns = [
    path("privacy/permissions", permissions, name="permissions"),
    path("privacy/permissions/<str:name>", permission_set, name="permission_set"),
    path("privacy/consents", consents, name="consents"),
    path("privacy/consents/<str:purpose>", consent_set, name="consent_set"),
]
