"""Yes and no: the consents and the five permissions, in force from the very next read.

The state is one bit each in the person's standing, which the row policies read; the events beside it say when
and to which text. Nothing caches either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.privacy import deletion, forgetting, models
from mingpu.privacy.certificate import canonical
from mingpu.privacy.notices import notice_of
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Table
from mingpu.privacy.uses import touched
from mingpu.privacy.versions import flags_ever

# Statements that began before a withdrawal end within this time (statement_timeout is 15 s).
IN_FLIGHT = timedelta(seconds=30)
RECORDED: Final = ("id", "name", "granted", "statement_version", "notice_hash", "language", "method", "at")
STATEMENT: Final = {"statement": Text("《隐私声明》", "the privacy statement")}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands: active | cooling_off | erasing, and what they allow, all of it named."""

    state: str
    consents: Mapping[str, bool]
    permissions: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Decision:
    """The last yes or no on a matter; for one never decided granted is False and at None.

    granted: it is in force. outdated: the last word was a yes, to a notice that said less than today's: it counts
    as a no until given anew.
    """

    name: str
    granted: bool
    at: datetime | None
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One yes or no as it was recorded. method: page | api | guardian, "" where it is not known."""

    id: UUID
    name: str
    label: str
    permission: bool
    granted: bool
    version: str
    notice_hash: str
    language: str
    method: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Matter:
    """Something to say yes or no to: what it is for, which data it uses, how long that is kept."""

    name: str
    permission: bool
    title: Text
    why: Text
    clauses: tuple[str, ...]
    items: tuple[Text, ...]
    retention: tuple[Text, ...]


def give(person_id: UUID, name: str, granted: bool, language: str, method: str = "") -> None:  # noqa: FBT001 -- a yes or a no
    """Record a yes or no on a consent or permission, to the notice as it is now, and put it in force.

    name: a purpose whose basis is consent, or a permission. method: by which way it was said, page | api | guardian. A no also
    deletes what rested on that consent alone. Saying the same twice changes nothing. Raises NotFound for any other
    name.
    """
    bit = REGISTER.consents().get(name)
    if bit is None:
        raise NotFound
    with processing(Purpose.RIGHTS, subject=person_id):
        rows = models.Standing.objects.filter(person_id=person_id).select_for_update(of=("self",))
        known = models.NoticeText.objects.filter(hash=notice_of(name).hash)
        before, kept = rows.values_list("consents", Exists(known)).first() or (None, False)
        if before is None:
            raise NotFound
        if bool(before & bit) == granted and (granted or _last_word(person_id, name) is False):
            return
        if not kept:
            _keep_notice(name)
        models.Standing.objects.filter(person_id=person_id).update(
            consents=before | bit if granted else before & ~flags_ever(name), switches=F("switches") + 1
        )
        _record(person_id, name, language, method, granted=granted)
        if not granted:
            forgetting.note_no(
                person_id, name, REGISTER.version, REGISTER.digest, language, notice_of(name).hash, method
            )
            deletion.for_withdrawal(person_id, name)
        if not granted and _delete(person_id, name):
            enqueue("privacy.consent_withdrawn", at=now() + IN_FLIGHT, person_id=str(person_id), matter=name)


def _keep_notice(name: str) -> None:
    """Keep the notice that a yes or no is said to, word for word, once for everybody."""
    notice = notice_of(name)
    kept = models.NoticeText(
        hash=notice.hash, name=name, version=notice.version, body=canonical(notice.document).decode()
    )
    models.NoticeText.objects.bulk_create([kept], ignore_conflicts=True)


def _record(person_id: UUID, name: str, language: str, method: str, *, granted: bool) -> None:
    """Write down what was said, and to which notice."""
    notice = notice_of(name)
    models.ConsentEvent.objects.create(
        person_id=person_id, name=name, granted=granted, statement_version=REGISTER.version,
        statement_hash=REGISTER.digest, language=language, notice_hash=notice.hash, method=method, at=now(),
    )  # fmt: skip


def standing_of(person_id: UUID) -> Standing:
    """Return where a person stands now; raises NotFound for somebody without an account."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        row = models.Standing.objects.filter(person_id=person_id).values_list("state", "consents").first()
    if row is None:
        raise NotFound
    state, bits = row
    known = {name: bool(bits & bit) for name, bit in REGISTER.consents().items()}
    return Standing(
        state=state,
        consents={name: on for name, on in known.items() if name not in REGISTER.permissions},
        permissions={name: known[name] for name in REGISTER.permissions},
    )


def decisions_of(person_id: UUID) -> Mapping[str, Decision]:
    """Return the last decision on every consent and permission, in the register's order."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        return decided(person_id)


def decided(person_id: UUID) -> Mapping[str, Decision]:
    """Return what `decisions_of` does, inside a running block of `rights`."""
    rows = models.ConsentEvent.objects.filter(person_id=person_id, name__in=list(REGISTER.consents()))
    last = {
        name: (granted, at) for name, granted, at in rows.order_by("at").values_list("name", "granted", "at")
    }
    standing = models.Standing.objects.filter(person_id=person_id)
    bits = standing.values_list("consents", flat=True).first() or 0
    found = {}
    for name, bit in REGISTER.consents().items():
        said, at = last.get(name, (False, None))
        found[name] = Decision(name, bool(bits & bit), at, outdated=said and not bits & bit)
    return found


def history_of(person_id: UUID) -> list[Happening]:
    """Return every yes and no of a person, the newest first; what was done in between stays lawful and listed."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = models.ConsentEvent.objects.filter(person_id=person_id).order_by("-at", "-id")
        return [_happening(row) for row in rows.values(*RECORDED)]


def _happening(row: Mapping[str, Any]) -> Happening:
    it = REGISTER.permissions.get(row["name"]) or REGISTER.purposes.get(row["name"])
    return Happening(
        id=row["id"], name=row["name"], label=str(it.title if it else STATEMENT.get(row["name"], row["name"])),
        permission=row["name"] in REGISTER.permissions, granted=row["granted"], version=row["statement_version"],
        notice_hash=row["notice_hash"], language=row["language"], method=row["method"], at=row["at"],
    )  # fmt: skip


@cache
def matters() -> tuple[Matter, ...]:
    """Return everything that can be agreed to, consents first, as the register has it."""
    found = []
    for name in REGISTER.consents():
        it = REGISTER.permissions.get(name) or REGISTER.purposes[name]
        tables = [table for table in REGISTER.tables.values() if table.subject and name in table.grants]
        kept = dict.fromkeys(table.retention for table in tables)
        items = tuple(label for labels in touched(name).values() for label in labels)
        times = tuple(REGISTER.retention[term] for term in kept)
        found.append(Matter(name, name in REGISTER.permissions, it.title, it.why, it.clauses, items, times))
    return tuple(found)


def resting_on(name: str) -> tuple[Table, ...]:
    """Return the tables that are kept for nothing but the consent `name`: they go when it does."""
    return tuple(
        table
        for table in REGISTER.tables.values()
        if table.subject and name in table.grants and not set(table.grants) - {name, Purpose.RIGHTS}
    )


def sweep(person_id: UUID, name: str) -> None:
    """Delete once more what rests on a consent that is still off, for statements that were under way."""
    with processing(Purpose.RIGHTS, subject=person_id):
        row = models.Standing.objects.filter(person_id=person_id).values_list("consents", flat=True).first()
        if row is not None and not row & REGISTER.consents()[name]:
            _delete(person_id, name)


def _last_word(person_id: UUID, name: str) -> bool | None:
    """Return the last yes or no on a matter; None for one never decided."""
    rows = models.ConsentEvent.objects.filter(person_id=person_id, name=name)
    return rows.order_by("-at").values_list("granted", flat=True).first()


def _delete(person_id: UUID, name: str) -> bool:
    """Delete what rests on a consent alone, inside the running block; say whether there is such a table."""
    tables = resting_on(name)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table.name} WHERE {table.subject} = %s", [person_id])  # noqa: S608 -- names are the register's
    return bool(tables)
