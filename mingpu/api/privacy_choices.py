"""The five permissions and the consents as JSON; in force from the next read, in every process."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from mingpu.api.base import Body, me, whole
from mingpu.lib.errors import NotFound
from mingpu.lib.text import current_language
from mingpu.privacy import consent
from mingpu.privacy.notices import notice_of
from mingpu.privacy.optout import refused_now
from mingpu.privacy.register import REGISTER

router = Router(tags=["privacy"])


class Answer(Body):
    """Yes or no."""

    granted: bool


class Choice(Schema):
    """A permission or consent as it stands. decided_at: null for one never decided, which counts as no.

    notice, notice_hash: what is to be shown before a yes, in both languages, and its fingerprint. outdated: the yes
    was to a notice that said less; it counts as a no. refused_by_signal: a no for as long as `Sec-GPC: 1` is sent.
    """

    name: str
    granted: bool
    label: str
    why: str
    clauses: list[str]
    items: list[str]
    retention: list[str]
    decided_at: datetime | None
    version: str
    notice: dict[str, Any]
    notice_hash: str
    sensitive: list[str]
    outdated: bool
    refused_by_signal: bool


class ConsentChoice(Choice):
    """A consent; it goes by the name of its purpose."""

    purpose: str


class Permissions(Schema):
    """The five switches."""

    total: int
    items: list[Choice]
    page: int
    page_size: int


class Consents(Schema):
    """What can be agreed to."""

    total: int
    items: list[ConsentChoice]
    page: int
    page_size: int


@router.get("/me/privacy/permissions", response=Permissions, summary="My permissions")
def permissions(request: HttpRequest) -> dict[str, Any]:
    """Return the five switches; all start off."""
    return whole(_choices(me(request), permissions=True))


@router.put("/me/privacy/permissions/{name}", response=Choice, summary="Switch a permission")
def set_permission(request: HttpRequest, name: str, answer: Answer) -> dict[str, Any]:
    """Switch one permission on or off. 404 for another name."""
    return _give(me(request), name, answer, permissions=True)


@router.get("/me/privacy/consents", response=Consents, summary="My consents")
def consents(request: HttpRequest) -> dict[str, Any]:
    """Return what can be agreed to, in the reader's language; nothing is agreed to at first."""
    return whole(_choices(me(request), permissions=False))


@router.put("/me/privacy/consents/{purpose}", response=ConsentChoice, summary="Agree or withdraw")
def set_consent(request: HttpRequest, purpose: str, answer: Answer) -> dict[str, Any]:
    """Agree to a purpose or withdraw; a no also deletes what rested on that yes alone. 404 for another purpose."""
    return _give(me(request), purpose, answer, permissions=False)


def _give(person_id: UUID, name: str, answer: Answer, *, permissions: bool) -> dict[str, Any]:
    if (name in REGISTER.permissions) != permissions:
        raise NotFound
    consent.give(person_id, name, answer.granted, current_language(), "api")
    return next(it for it in _choices(person_id, permissions=permissions) if it["name"] == name)


def _choices(person_id: UUID, *, permissions: bool) -> list[dict[str, Any]]:
    decisions = consent.decisions_of(person_id)
    return [choice(it, decisions[it.name]) for it in consent.matters() if it.permission == permissions]


def choice(it: consent.Matter, decision: consent.Decision) -> dict[str, Any]:
    """Return a matter with its notice and what the person said, in the reader's language."""
    notice = notice_of(it.name)
    return {
        "name": it.name, "purpose": it.name, "label": str(it.title), "why": str(it.why),
        "clauses": list(it.clauses), "items": [str(item) for item in it.items],
        "retention": [str(term) for term in it.retention],
        "granted": decision.granted, "decided_at": decision.at, "outdated": decision.outdated,
        "version": notice.version, "notice": dict(notice.document), "notice_hash": notice.hash,
        "sensitive": notice.sensitive, "refused_by_signal": refused_now(it.name),
    }  # fmt: skip
