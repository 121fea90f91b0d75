"""Requests as their person sees them, and as staff do: the queue without persons, one request with its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from mingpu.adapters.providers import handlers
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.uses import Listing
from mingpu.rights import rules
from mingpu.rights.calendar import calendar
from mingpu.rights.models import Kin, Request, Step, Transfer

MOST: Final = 200
WHO: Final = {
    "person": Text("您", "You"),
    "staff": Text("工作人员", "Staff"),
    "system": Text("系统", "The system"),
}
_SHORT: Final = (
    "no",
    "kind",
    "state",
    "opened_at",
    "due_at",
    "certain",
    "taken_by",
    "decided_at",
    "closed_at",
)
_WAITING: Final = ("no", "kind", "state", "opened_at", "due_at", "taken_by", "reminded_at")
_KIN: Final = ("no", "sought", "state", "opened_at", "due_at", "first_by")


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request. days_left: working days, negative once overdue, None when it is answered."""

    no: str
    kind: str
    kind_label: Text
    about: str
    about_label: str
    words: str
    state: str
    state_label: Text
    opened_at: datetime
    due_at: datetime
    certain: bool
    days_left: int | None
    taken_by: str
    decided_at: datetime | None
    reason: str
    reason_label: str
    answer: str
    closed_at: datetime | None
    steps: Sequence[Mapping[str, Any]] = ()

    @property
    def overdue(self) -> bool:
        """Whether it should have been answered by now."""
        return self.state in rules.OPEN and self.due_at <= now()

    @property
    def actions(self) -> tuple[str, ...]:
        """What its person can do now: withdraw | accept."""
        able = {"withdraw": rules.WITHDRAWN, "accept": rules.CLOSED}
        return tuple(name for name, after in able.items() if rules.allowed(self.state, after, "person"))


def requests_of(person_id: UUID, *, page: int = 1, page_size: int = 20) -> Listing[RequestView]:
    """Return a person's requests, newest first, without their courses."""
    start = (max(page, 1) - 1) * page_size
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = Request.objects.filter(person_id=person_id)
        total = rows.count()
        found = list(rows.order_by("-opened_at", "no").values(*_SHORT, "about", "words", "reason", "answer")[start : start + page_size])  # fmt: skip
    return Listing(total, [_view(row) for row in found], page, page_size)


def request_of(person_id: UUID, no: str) -> RequestView:
    """Return one request with every step; raises NotFound for another's."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True, reference=no):
        return _whole(person_id, no)


def desk_request(no: str) -> RequestView:
    """Return one request for staff; raises NotFound, and ApprovalNeeded for a child's."""
    person_id = owner_of(no)
    with processing(Purpose.RIGHTS_CASE, subject=person_id, reading=True, reference=no):
        return _whole(person_id, no)


def owner_of(no: str) -> UUID:
    """Return whose request a number is, at the desk; raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_rights_request(%s)", [no])
        found: UUID | None = cursor.fetchone()[0]
    if found is None:
        raise NotFound
    return found


def case_of(no: str) -> UUID:
    """Return the matter that a relative's request is, at the desk; raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_rights_kin(%s)", [no])
        found: UUID | None = cursor.fetchone()[0]
    if found is None:
        raise NotFound
    return found


def desk_kin(no: str) -> dict[str, Any]:
    """Return a relative's request for staff: names and numbers masked, documents and words as written. Raises NotFound."""
    fields = (*_KIN, "second_by", "reason", "applicant", "relation", "phone", "about", "documents", "words", "effect_at", "account")  # fmt: skip
    case_id = case_of(no)
    with processing(Purpose.RIGHTS_CASE, subject=case_id, reading=True, reference=no):
        row = Kin.objects.filter(case_id=case_id).values(*fields).get()
    return {
        **row, "applicant": mask("name", row["applicant"]), "phone": mask("phone", row["phone"]),
        "about": mask("name", row["about"]), "account": bool(row["account"]), "words": row["words"] or "",
        "wanted_label": rules.WANTED[row["sought"]], "state_label": rules.KIN_LABELS[row["state"]],
        "reason_label": rules.KIN_REASONS.get(row["reason"], ""),
        "open": row["state"] in {rules.RECEIVED, rules.ONCE},
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class TransferView:
    """A package on its way, or arrived. handler_label: the other mall's name; stoppable: it has not left yet."""

    id: UUID
    handler: str
    handler_label: str
    state: str
    state_label: Text
    asked_at: datetime
    send_at: datetime
    answered_at: datetime | None
    receipt: str
    code: str
    sha256: str
    bytes: int

    @property
    def stoppable(self) -> bool:
        """Whether it can still be called off."""
        return self.state == rules.WAITING


def transfers_of(person_id: UUID) -> list[TransferView]:
    """Return a person's transfers, newest first."""
    fields = ("id", "handler", "state", "asked_at", "send_at", "answered_at", "receipt", "code", "sha256", "bytes")  # fmt: skip
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = list(Transfer.objects.filter(person_id=person_id).order_by("-asked_at", "id").values(*fields))
    known = handlers()
    return [
        TransferView(
            **row, state_label=rules.TRANSFER_LABELS[row["state"]],
            handler_label=str(known[row["handler"]].name) if row["handler"] in known else row["handler"],
        )
        for row in rows
    ]  # fmt: skip


def queue() -> list[dict[str, Any]]:
    """Return the requests that wait, least time left first: numbers, kinds and times, no persons; at most 200."""
    with processing(Purpose.RIGHTS_QUEUE, subject=None, reading=True):
        rows = Request.objects.filter(state__in=rules.OPEN).order_by("due_at", "no")
        found = list(rows.values(*_WAITING)[:MOST])
        kin = Kin.objects.filter(state__in=(rules.RECEIVED, rules.ONCE)).order_by("due_at", "no")
        dead = list(kin.values(*_KIN)[:MOST])
    moment = now()
    waiting = [
        {**row, "kin": False, "kind_label": rules.KINDS[row["kind"]], "state_label": rules.LABELS[row["state"]]}
        for row in found
    ] + [
        {**row, "kin": True, "kind_label": rules.WANTED[row["sought"]], "state_label": rules.KIN_LABELS[row["state"]],
         "taken_by": row["first_by"]}
        for row in dead
    ]  # fmt: skip
    told = [
        {**row, "overdue": row["due_at"] <= moment, "days_left": calendar().left(moment, row["due_at"])}
        for row in waiting
    ]
    return sorted(told, key=lambda row: (row["due_at"], row["no"]))[:MOST]


def _whole(person_id: UUID, no: str) -> RequestView:
    row = Request.objects.filter(no=no, person_id=person_id).values(*_SHORT, "about", "words", "reason", "answer").first()  # fmt: skip
    if row is None:
        raise NotFound
    steps = Step.objects.filter(no=no, person_id=person_id).order_by("at", "id").values("at", "after", "who", "name")  # fmt: skip
    told = [{**step, "text": rules.LABELS[step["after"]], "who_label": WHO[step["who"]]} for step in steps]
    return _view(row, told)


def _view(row: Mapping[str, Any], steps: Sequence[Mapping[str, Any]] = ()) -> RequestView:
    waiting = row["state"] in rules.OPEN
    shown = {**row, "words": row["words"] or "", "answer": row["answer"] or ""}
    return RequestView(
        **shown, kind_label=rules.KINDS[row["kind"]], about_label=about_label(row["about"]),
        state_label=rules.LABELS[row["state"]], reason_label=str(rules.REASONS.get(row["reason"], "")),
        days_left=calendar().left(now(), row["due_at"]) if waiting else None, steps=steps,
    )  # fmt: skip


def about_label(about: str) -> str:
    """Return what a request is about in words."""
    what, _, name = about.partition(":")
    if what == "table":
        table, _, column = name.partition(".")
        known = REGISTER.tables.get(table)
        entry = known.columns.get(column) if known else None
        labels = [str(it.label) for it in (known, entry) if it is not None and it.label]
        return " · ".join(labels) or name
    if what == "purpose" and name in REGISTER.purposes:
        return str(REGISTER.purposes[name].title)
    words = {
        "use": Text("使用记录中的一行", "A line of the record of uses"),
        "decision": Text("一项自动作出的决定", "A decision made by a rule"),
        "request": Text("请求 {name}", "Request {name}"),
    }
    return str(words[what]).format(name=name) if what in words else ""
