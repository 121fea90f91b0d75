"""Asking, withdrawing, taking in hand, answering: every step is written down where its person sees it."""

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import as_uuid, public_number
from mingpu.lib.jobs import enqueue
from mingpu.privacy.models import AccessLog, Decision
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.rights import rules
from mingpu.rights.calendar import due_by
from mingpu.rights.errors import EnoughRequests, NothingAbout, ReasonNeeded, WrongState
from mingpu.rights.models import Request, Step
from mingpu.rights.queries import owner_of

log = logging.getLogger(__name__)
LONGEST_ABOUT: Final = 80
LONGEST_NUMBER: Final = 18  # digits


def ask(*, person_id: UUID, kind: str, about: str = "", words: str = "") -> str:
    """Open a request and return its number; it is to be answered within 15 working days.

    kind: of rules.KINDS; about: `kind:name` of what it is about, see rules.ABOUT; words: the person's own, <= 2000.
    The same asked again while the first is open is the first. Raises NothingAbout, EnoughRequests.
    """
    what, _, name = about.partition(":")
    if kind not in rules.KINDS or what not in rules.ABOUT[kind] or len(about) > LONGEST_ABOUT:
        raise NothingAbout
    moment = now()
    due = due_by(moment)
    with processing(Purpose.RIGHTS, subject=person_id):
        if not _there(person_id, what, name):
            raise NothingAbout
        mine = Request.objects.filter(person_id=person_id, state__in=rules.OPEN)
        if about and (known := mine.filter(kind=kind, about=about).values_list("no", flat=True).first()):
            return known
        if mine.count() >= rules.MOST_OPEN:
            raise EnoughRequests(most=rules.MOST_OPEN)
        no = public_number("Q")
        Request.objects.create(
            no=no, person_id=person_id, kind=kind, about=about, words=words.strip()[: rules.LONGEST_WORDS] or None,
            state=rules.RECEIVED, opened_at=moment, due_at=due.at, certain=due.certain,
        )  # fmt: skip
        _log(no, person_id, ("", rules.RECEIVED), "person")
        for before in rules.REMIND_BEFORE:
            enqueue("rights.remind", at=due.at - before, person_id=str(person_id), no=no)
    return no


def withdraw(*, person_id: UUID, no: str) -> None:
    """Take an open request back. Raises NotFound, WrongState."""
    _move_as(Purpose.RIGHTS, person_id, no, rules.WITHDRAWN, "person", closed_at=now())


def accept(*, person_id: UUID, no: str) -> None:
    """Close an answered request. Raises NotFound, WrongState."""
    _move_as(Purpose.RIGHTS, person_id, no, rules.CLOSED, "person", closed_at=now())


def close_old(*, person_id: UUID, no: str) -> None:
    """Close an answer that nobody came back to; nothing happens for one that is closed or asked about anew."""
    try:
        _move_as(Purpose.RIGHTS, person_id, no, rules.CLOSED, "system", closed_at=now())
    except (NotFound, WrongState):
        return


def remind(*, person_id: UUID, no: str) -> None:
    """Remind staff of a request that is not answered yet, and say loudly when its time is over."""
    with processing(Purpose.RIGHTS, subject=person_id, reference=no):
        rows = Request.objects.filter(person_id=person_id, no=no, state__in=rules.OPEN)
        due: datetime | None = rows.values_list("due_at", flat=True).first()
        if due is None:
            return
        rows.update(reminded_at=now())
        if due <= now():
            enqueue("notices.tell", person_id=str(person_id), kind="request_late", about=no)
    if due <= now():
        log.error("request %s is overdue", no)
    else:
        log.warning("request %s is due by %s", no, due.isoformat(timespec="minutes"))


# ---- at the desk ----


def take(*, no: str, staff: str) -> None:
    """Take a request in hand. Raises NotFound, WrongState."""
    _move_as(Purpose.RIGHTS_CASE, owner_of(no), no, rules.IN_HAND, "staff", name=staff, taken_by=staff)


def answer(*, no: str, staff: str, words: str, reason: str = "") -> None:
    """Answer a request that is in hand. reason: of rules.REASONS, for a refusal; "" grants it. words: to the person.

    Raises NotFound, WrongState, ReasonNeeded.
    """
    told = words.strip()[: rules.LONGEST_WORDS]
    if not told or (reason and reason not in rules.REASONS):
        raise ReasonNeeded
    after, person_id, moment = rules.REFUSED if reason else rules.ANSWERED, owner_of(no), now()
    _move_as(
        Purpose.RIGHTS_CASE, person_id, no, after, "staff", name=staff, answer=told, reason=reason,
        taken_by=staff, decided_at=moment,
    )  # fmt: skip


def _move_as(
    purpose: Purpose, person_id: UUID, no: str, after: str, who: str, *, name: str = "", **columns: object
) -> None:
    with processing(purpose, subject=person_id, reference=no):
        rows = Request.objects.filter(no=no, person_id=person_id)
        before = rows.select_for_update().values_list("state", flat=True).first()
        if before is None:
            raise NotFound
        if not rules.allowed(before, after, who):
            raise WrongState(status=rules.LABELS[before])
        rows.update(state=after, **columns)
        _log(no, person_id, (before, after), who, name)
        if after in {rules.ANSWERED, rules.REFUSED}:
            enqueue("rights.close_old", at=now() + rules.OPEN_FOR, person_id=str(person_id), no=no)
            mark = now().isoformat()  # asked about anew, it may be answered again
            enqueue("notices.tell", person_id=str(person_id), kind="request_answered", about=no, mark=mark)


def _log(no: str, person_id: UUID, move: tuple[str, str], who: str, name: str = "") -> None:
    before, after = move
    Step.objects.create(no=no, person_id=person_id, at=now(), before=before, after=after, who=who, name=name)


def _there(person_id: UUID, what: str, name: str) -> bool:
    """Tell whether what a request is about exists, and is the person's own; inside the block of rights."""
    match what:
        case "table":
            table = REGISTER.tables.get(name.partition(".")[0])
            found = bool(table and table.subject)
        case "purpose":
            found = name in REGISTER.purposes
        case "use":
            short = name.isascii() and name.isdigit() and len(name) <= LONGEST_NUMBER
            found = short and AccessLog.objects.filter(subject=person_id, id=int(name)).exists()
        case "decision":
            it = as_uuid(name)
            found = it is not None and Decision.objects.filter(person_id=person_id, id=it).exists()
        case "request":
            found = Request.objects.filter(person_id=person_id, no=name).exists()
        case _:
            found = not name
    return found
