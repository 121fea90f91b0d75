"""Incidents: written down, counted, told to the authority within four hours and to every person touched, once.

Counting and listing go through functions of the database that see the record of uses: the counts for whoever
handles the incident, the persons only after a second person approved, and then only to write their notices.
"""

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection

from mingpu.governance.errors import AlreadyDecided, NotOpen, SamePerson
from mingpu.governance.models import Incident
from mingpu.governance.rules import LEVELS, REPORT_HOURS
from mingpu.governance.wording import person_text, told
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.privacy.purposes import Purpose, processing

log = logging.getLogger(__name__)
PIECE: Final = 500  # persons in one transaction
FIRST: Final = UUID(int=0)
NAMES: Final = UUID("6d696e67-7075-4e6f-9469-63652d696421")  # namespace of notices' ids
LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an incident so far; all texts without personal data.

    level: of `rules.LEVELS`. since, until: when data was touched; purposes: ids, () for all; actor: a member of
    staff, "" for all.
    """

    level: str
    what: str
    kinds: str
    cause: str
    harm: str
    measures: str
    since: datetime
    until: datetime
    purposes: tuple[str, ...] = ()
    actor: str = ""


def open_incident(account: Account, *, noticed_at: datetime, by: str) -> str:
    """Write an incident down and start the clock of four hours; returns its number. Raises Invalid."""
    _check(account)
    number, due = public_number("I"), noticed_at + REPORT_HOURS
    with processing(Purpose.IMPACT, subject=None, reference=number):
        Incident.objects.create(
            incident_no=number, noticed_at=noticed_at, report_due_at=due, opened_by=by, **_columns(account)
        )
        enqueue("governance.clock", at=due + timedelta(seconds=1), incident_no=number)
    return number


def amend(incident_no: str, account: Account) -> None:
    """Write down what is known now; counts made before are gone. Raises NotFound, Invalid, AlreadyDecided."""
    _check(account)
    with processing(Purpose.IMPACT, subject=None, reference=incident_no):
        it = _held(incident_no)
        if it.approved_by or it.closed_at:
            raise AlreadyDecided
        _change(it, impact=[], persons=None, impact_at=None, asked_by="", **_columns(account))


def _check(account: Account) -> None:
    if account.level not in LEVELS:
        raise Invalid(field=Text("级别", "level"), problem=Text("请选择", "please choose"))
    if not account.what.strip() or not account.kinds.strip():
        raise Invalid(field=Text("经过和信息种类", "what happened and kinds"), problem=Text("必填", "needed"))
    if account.since >= account.until:
        raise Invalid(field=Text("时间范围", "time"), problem=Text("起止颠倒", "ends before it begins"))


def _columns(account: Account) -> dict[str, Any]:
    found = asdict(account)
    texts = {
        name: found[name].strip()[:LONGEST]
        for name in ("what", "kinds", "cause", "harm", "measures", "actor")
    }
    return {**found, **texts, "purposes": " ".join(account.purposes)}


def count_impact(incident_no: str) -> int:
    """Count whom an incident touched, by purpose and actor; returns how many persons. Raises NotFound."""
    with processing(Purpose.IMPACT, subject=None, reference=incident_no):
        it = _held(incident_no)
        with connection.cursor() as cursor:
            cursor.execute("SELECT mingpu.impact_counts(%s)::text", [incident_no])
            rows = [json.loads(row[0]) for row in cursor.fetchall()]
        whole = next((row for row in rows if row["purpose"] is None), {"persons": 0})
        parts = [row for row in rows if row["purpose"] is not None]
        parts.sort(key=lambda row: (-row["persons"], row["purpose"], row["actor"]))
        _change(it, impact=parts, persons=whole["persons"], impact_at=now())
    return int(whole["persons"])


def ask_list(incident_no: str, *, by: str) -> None:
    """Ask for the list of persons, to tell them. Raises NotFound, NotOpen before counting, AlreadyDecided."""
    with processing(Purpose.IMPACT, subject=None, reference=incident_no):
        it = _held(incident_no)
        if it.persons is None:
            raise NotOpen
        if it.approved_by:
            raise AlreadyDecided
        _change(it, asked_by=by)


def approve_list(incident_no: str, *, by: str) -> None:
    """Approve the list as the second person; every person on it is told. Raises NotFound, NotOpen, SamePerson."""
    with processing(Purpose.IMPACT, subject=None, reference=incident_no):
        it = _held(incident_no)
        if it.approved_by:
            raise AlreadyDecided
        if not it.asked_by:
            raise NotOpen
        if it.asked_by == by:
            raise SamePerson
        _change(it, approved_by=by, approved_at=now())
        enqueue("governance.list_persons", incident_no=incident_no)


def list_persons(incident_no: str, *, beyond: UUID = FIRST) -> int:
    """Write the notices of everybody an incident touched, a piece at a time; returns how many are new.

    Safe to repeat from anywhere: a person has one notice of an incident, and its id follows from both.
    """
    new = 0
    while True:
        with processing(Purpose.IMPACT, subject=None, reference=incident_no):
            it = _held(incident_no)
            with connection.cursor() as cursor:
                cursor.execute("SELECT mingpu.impact_persons(%s, %s, %s)", [incident_no, beyond, PIECE])
                found = [UUID(str(row[0])) for row in cursor.fetchall()]
            new += _write(it, found)
            if len(found) < PIECE:
                _change(it, listed_at=now())
                return new
        beyond = found[-1]


def _write(it: Incident, persons: list[UUID]) -> int:
    said = person_text(told(it))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO governance_notice (id, person_id, incident_no, text_zh, text_en, due_at, channel) "
            "VALUES (%s, %s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING",
            [
                (uuid5(NAMES, f"{it.incident_no}{one}"), one, it.incident_no, said.zh, said.en, now())
                for one in persons
            ],
        )
        new = max(int(cursor.rowcount), 0)
    for one in persons:
        enqueue(
            "governance.send_notice", once=f"notice-{it.incident_no}-{one}",
            person_id=str(one), notice_id=str(uuid5(NAMES, f"{it.incident_no}{one}")),
        )  # fmt: skip
    return new


def mark_reported(incident_no: str, *, reference: str, by: str) -> None:
    """Write down that the authority was told, by whom and under which reference. Raises NotFound, Invalid, AlreadyDecided."""
    if not reference.strip():
        raise Invalid(field=Text("回执编号", "reference"), problem=Text("必填", "needed"))
    with processing(Purpose.IMPACT, subject=None, reference=incident_no):
        it = _held(incident_no)
        if it.reported_at:
            raise AlreadyDecided
        _change(it, reported_at=now(), reported_by=by, report_ref=reference.strip()[:LONGEST])


def look_at_clock(incident_no: str) -> bool:
    """Say loudly that four hours went by without a report; returns whether they did. Safe to repeat."""
    with processing(Purpose.IMPACT, subject=None, reference=incident_no):
        it = _held(incident_no)
        late = it.reported_at is None and it.closed_at is None and it.report_due_at <= now()
        if late and it.overdue_at is None:
            _change(it, overdue_at=now())
    if late:
        log.critical("incident %s: four hours are over and the authority was not told", incident_no)
    return late


def close_incident(incident_no: str, *, by: str) -> None:
    """Close an incident. Raises NotFound, AlreadyDecided, NotOpen while the authority was not told."""
    with processing(Purpose.IMPACT, subject=None, reference=incident_no):
        it = _held(incident_no)
        if it.closed_at:
            raise AlreadyDecided
        if it.reported_at is None:
            raise NotOpen
        _change(it, closed_at=now(), closed_by=by)


def _held(incident_no: str) -> Incident:
    it = Incident.objects.select_for_update().filter(incident_no=incident_no).first()
    if it is None:
        raise NotFound
    return it


def _change(it: Incident, **columns: object) -> None:
    Incident.objects.filter(incident_no=it.incident_no).update(**columns)
