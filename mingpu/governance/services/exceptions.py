"""Requests under an exception: asked for, decided by a second person, read while they stand, closed, told.

The law's cases are the register's, a closed list. A request names people by their order number or the phone of their
account; nobody's name or number is kept in it. For every person and gate an act is written that opens only when the
request is approved; what it may reach and for how long the database holds too (`privacy.gates`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from mingpu.accounts.queries import phone_index
from mingpu.accounts.rules import is_phone, phone
from mingpu.governance import gate
from mingpu.governance.errors import AlreadyDecided, BeyondCode, NobodyFound, NotCarried, NotOpen, SamePerson
from mingpu.governance.models import ExceptionRequest, Opening
from mingpu.governance.rules import LONGEST_NOTE, MOST_PERSONS
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.privacy.exceptions import ExceptionCode, exceptions
from mingpu.privacy.gates import gates
from mingpu.privacy.purposes import Purpose, processing

FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)  # until the request says when it may be told
HASH: Final = re.compile(r"[0-9a-f]{64}")
NEEDED: Final = Text("必填", "needed")
LABELS: Final = {
    "case_no": Text("案号", "case number"),
    "authority": Text("调取机关", "authority"),
    "order_ref": Text("文书编号", "order's reference"),
    "reason": Text("事由", "reason"),
    "article": Text("法律条文", "article of law"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. keys: order numbers or phones of accounts, one a person; items: ids of gates.

    order_hash: SHA-256 of the written order, hexadecimal; article: of the law, needed under 3.11.
    """

    code: str
    case_no: str
    authority: str
    order_ref: str
    order_hash: str
    reason: str
    items: tuple[str, ...]
    keys: tuple[str, ...]
    days: int
    article: str = ""


def ask(wanted: Wanted, *, requester: str) -> str:
    """Write a request down and return its number; nothing can be read before a second person approves.

    Raises NotCarried for a case the law does not carry or that needs no request, BeyondCode for an item or a term
    beyond it, NobodyFound, Invalid.
    """
    code = _checked(wanted)
    number = public_number("X")
    with processing(Purpose.GATE_DESK, subject=None, reference=number):
        people = _people(wanted.keys)
        ExceptionRequest.objects.create(
            exception_no=number, code=code.clause, article=wanted.article.strip(), case_no=wanted.case_no.strip(),
            authority=wanted.authority.strip(), order_ref=wanted.order_ref.strip(), order_hash=wanted.order_hash,
            reason=wanted.reason.strip()[:LONGEST_NOTE], items=" ".join(wanted.items), days=wanted.days,
            persons=len(people), requester=requester, requested_at=now(),
        )  # fmt: skip
        Opening.objects.put_all(
            [
                _act(number, wanted, person_id=it, item=item, order_no=order_no, staff=requester)
                for it, order_no in people
                for item in wanted.items
            ]
        )
    return number


def _checked(wanted: Wanted) -> ExceptionCode:
    code = exceptions().get(wanted.code)
    if code is None:
        raise NotFound
    if not code.requestable:
        raise NotCarried(clause=code.clause, law=str(code.law), instead=str(code.instead))
    for name in ("case_no", "authority", "order_ref", "reason"):
        if not getattr(wanted, name).strip():
            raise Invalid(field=LABELS[name], problem=NEEDED)
    if code.clause == "3.11" and not wanted.article.strip():
        raise Invalid(field=LABELS["article"], problem=NEEDED)
    if not HASH.fullmatch(wanted.order_hash):
        raise Invalid(
            field=Text("文书指纹", "order's hash"), problem=Text("应为 SHA-256", "should be SHA-256")
        )
    if not wanted.items or set(wanted.items) - set(code.items):
        known = gates()
        raise BeyondCode(clause=code.clause, most="、".join(str(known[it].label) for it in code.items))
    if not 1 <= wanted.days <= code.days:
        raise BeyondCode(clause=code.clause, most=Text(f"{code.days} 天", f"{code.days} days"))
    if not 1 <= len(wanted.keys) <= MOST_PERSONS:
        raise Invalid(field=Text("涉及的人", "persons"), problem=NEEDED)
    return code


def _people(keys: Sequence[str]) -> list[tuple[UUID, str]]:
    """Return whom the keys belong to, each with the order they were named by ("" for a phone)."""
    found, missing = [], []
    with connection.cursor() as cursor:
        for key in dict.fromkeys(it.strip() for it in keys):
            if is_phone(key):
                cursor.execute("SELECT mingpu.lookup_phone(%s)", [phone_index(phone(key))])
            else:
                cursor.execute("SELECT mingpu.lookup_order(%s)", [key.upper()])
            row = cursor.fetchone()
            if row is None or row[0] is None:
                missing.append(key[:3] + "…")
            else:
                found.append((UUID(str(row[0])), "" if is_phone(key) else key.upper()))
    if missing:
        raise NobodyFound(keys=" ".join(missing))
    return found


def _act(number: str, wanted: Wanted, *, person_id: UUID, item: str, order_no: str, staff: str) -> Opening:
    return Opening(
        number=public_number("V"), person_id=person_id, purpose="exception", exception_no=number, item=item,
        order_no=order_no, reference=wanted.case_no.strip(), reason=wanted.code, staff=staff, at=now(),
        hidden_until=FOREVER,
    )  # fmt: skip


def approve(*, exception_no: str, by: str) -> datetime:
    """Approve a request as the second person and return until when it stands; the telling falls due after that.

    Raises NotFound, SamePerson, AlreadyDecided.
    """
    with processing(Purpose.GATE_DESK, subject=None, reference=exception_no):
        it = _undecided(exception_no, by)
        moment = now()
        until = moment + timedelta(days=it.days)
        told = until + timedelta(days=exceptions()[it.code].notice_days)
        _change(it, approver=by, decided_at=moment, expires_at=until, hidden_until=told)
        Opening.objects.open_all(exception_no, by=by, until=until)
        _tell_at(exception_no, told)
    return until


def decline(*, exception_no: str, by: str, why: str) -> None:
    """Refuse a request; nothing of it ever opens. Raises NotFound, SamePerson, AlreadyDecided, Invalid."""
    if not why.strip():
        raise Invalid(field=LABELS["reason"], problem=NEEDED)
    with processing(Purpose.GATE_DESK, subject=None, reference=exception_no):
        it = _undecided(exception_no, by)
        _change(it, approver=by, decided_at=now(), declined=why.strip()[:LONGEST_NOTE], closed_at=now())


def read(*, exception_no: str, staff: str) -> list[dict[str, Any]]:
    """Read what a request opened: `[{person, item, rows}]`; each person's reading is a line of the sealed record.

    person: a number within the request, not who it is. Raises NotFound, NotOpen.
    """
    acts = _acts(exception_no, staff)
    numbers: dict[UUID, list[Mapping[str, Any]]] = {}
    for act in acts:
        numbers.setdefault(gate.person_of(act["number"]), []).append(act)
    found = []
    for place, (person_id, theirs) in enumerate(numbers.items(), 1):
        with processing(Purpose.EXCEPTION, subject=person_id, reference=exception_no):
            found += [
                {"person": place, "item": act["item"], "rows": gate.read(act["item"], act["number"])}
                for act in theirs
            ]
    return found


def _acts(exception_no: str, staff: str) -> list[Mapping[str, Any]]:
    """Return the acts of a request that stands, for one of the two who answer for it."""
    with processing(Purpose.GATE_DESK, subject=None, reference=exception_no, reading=True):
        it = ExceptionRequest.objects.filter(exception_no=exception_no).first()
        if it is None or staff not in {it.requester, it.approver}:
            raise NotFound
        if it.expires_at is None or it.expires_at <= now() or it.closed_at is not None:
            raise NotOpen
        rows = Opening.objects.filter(exception_no=exception_no).order_by("at", "number")
        return list(rows.values("number", "item"))


def close(*, exception_no: str, by: str) -> None:
    """End a request before its time; what the person is told falls due from now. Raises NotFound, AlreadyDecided."""
    with processing(Purpose.GATE_DESK, subject=None, reference=exception_no):
        it = _held(exception_no)
        if it.closed_at is not None:
            raise AlreadyDecided
        if it.expires_at is None:
            _change(it, closed_at=now(), closed_by=by)
            return
        told = min(it.expires_at, now()) + timedelta(days=exceptions()[it.code].notice_days)
        told = max(told, it.hidden_until) if it.hidden_by and it.hidden_until else told
        _change(it, closed_at=now(), closed_by=by, hidden_until=told)
        _tell_at(exception_no, told)


def withhold(*, exception_no: str, until: datetime, order_ref: str, by: str) -> None:
    """Put off telling the person because an order forbids it. order_ref: of that order; by: who enters it.

    Raises NotFound, Invalid without an order or for a time that is not later, AlreadyDecided once they were told.
    """
    with processing(Purpose.GATE_DESK, subject=None, reference=exception_no):
        it = _held(exception_no)
        if not order_ref.strip():
            raise Invalid(field=LABELS["order_ref"], problem=NEEDED)
        if it.hidden_until is None or it.hidden_until <= now():
            raise AlreadyDecided
        if until <= it.hidden_until:
            raise Invalid(field=Text("日期", "date"), problem=Text("应晚于原定日期", "should be later"))
        _change(it, hidden_until=until, hidden_by=f"{order_ref.strip()} ({by})")
        _tell_at(exception_no, until)


def tell(*, exception_no: str) -> bool:
    """Let the persons of a request read of it, when its time has come; False when it was put off. Safe to repeat."""
    with processing(Purpose.GATE_DESK, subject=None, reference=exception_no):
        it = _held(exception_no)
        if it.hidden_until is None or it.hidden_until > now():
            return False
        Opening.objects.filter(exception_no=exception_no).update(hidden_until=it.hidden_until)
    return True


def _tell_at(exception_no: str, at: datetime) -> None:
    enqueue("governance.tell", at=at + timedelta(seconds=1), exception_no=exception_no)


def _held(exception_no: str) -> ExceptionRequest:
    it = ExceptionRequest.objects.select_for_update().filter(exception_no=exception_no).first()
    if it is None:
        raise NotFound
    return it


def _undecided(exception_no: str, by: str) -> ExceptionRequest:
    it = _held(exception_no)
    if it.decided_at is not None or it.closed_at is not None:
        raise AlreadyDecided
    if it.requester == by:
        raise SamePerson
    return it


def _change(it: ExceptionRequest, **columns: object) -> None:
    ExceptionRequest.objects.filter(exception_no=it.exception_no).update(**columns)
