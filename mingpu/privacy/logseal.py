"""Seals over the record of uses: a chain of SHA-256 roots, so that a line taken out, added or changed shows.

A leaf is the hash of a row's number, time, purpose, kind of actor and a *tag*. The tag is a keyed hash of whose
data it was, who acted and on what reference. When a person is erased their rows lose person, actor and reference
and keep the tag in the place of the reference, so the seals go on holding while the link to the person is gone.
The key lies outside the database (secrets/oversight.json): without it a tag tells nothing, and no tag can be
made up. Who holds the key could only confirm a person's number that they already know; after erasure it is kept
nowhere.

A root covers the root before it, so the newest one stands for the whole record; each certificate of erasure
carries it out of the house. Rows past their retention leave with their seals unchecked.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from hmac import digest
from uuid import UUID

from django.db import connection

from mingpu.home import secret
from mingpu.lib.clock import now
from mingpu.privacy.models import AccessLog, LogSeal
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.rows import settle

MARK = "sealed:"
LONGEST = 5000  # rows under one seal
YOUNGEST = timedelta(seconds=60)  # a row this fresh may still have an older neighbour on its way
LOCK = 0x6D706C6F  # one sealer at a time
START = "0" * 64
FIELDS = ("id", "at", "subject", "purpose", "actor_kind", "actor", "reference")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the record as it lies in the database."""

    id: int
    at: datetime
    subject: UUID | None
    purpose: str
    actor_kind: str
    actor: str
    reference: str


@cache
def _key() -> bytes:
    known = secret("oversight", "log")
    if not known:
        raise RuntimeError("the mall is not set up: no key for the record of uses")
    return bytes.fromhex(known)


def _json(*parts: object) -> bytes:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


def tag(row: Row) -> str:
    """Return a row's tag, 64 hexadecimal digits: made of its person, or the one it kept when that was erased."""
    if row.subject is None and row.reference.startswith(MARK):
        return row.reference.removeprefix(MARK)
    whom = str(row.subject) if row.subject else ""
    return digest(_key(), _json(row.id, whom, row.actor, row.reference), sha256).hex()


def leaf(row: Row) -> bytes:
    """Return the hash of one row, 32 bytes."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(_json(row.id, at, row.purpose, row.actor_kind, tag(row))).digest()


def root(before: str, first: int, last: int, rows: Iterable[Row]) -> tuple[str, int]:
    """Return the root over rows numbered `first` to `last` on top of the root `before`, and how many there were."""
    chain, count = sha256(_json(before, first, last)), 0
    for row in rows:
        chain.update(leaf(row))
        count += 1
    return chain.hexdigest(), count


def newest_root() -> str:
    """Return the newest root, or the start of the chain."""
    return LogSeal.objects.order_by("-id").values_list("root", flat=True).first() or START


def seal() -> int:
    """Seal what has come to rest since the last seal; return how many rows. Runs in the worker's zone.

    Only rows whose older neighbours are surely written or surely not are sealed. While another process is
    sealing nothing is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _seal()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _seal() -> int:
    with processing(Purpose.OVERSIGHT, subject=None, reading=True):
        fresh = AccessLog.objects.filter(at__lt=now() - YOUNGEST)
        horizon = fresh.order_by("-id").values_list("id", flat=True).first() or 0
    settle()
    total = 0
    while rows := _next(horizon):
        before, last = _last()
        first = last + 1
        made, count = root(before, first, rows[-1].id, rows)
        LogSeal.objects.create(
            at=now(), first_id=first, last_id=rows[-1].id, rows=count, first_at=rows[0].at, root=made
        )
        total += count
    return total


def _last() -> tuple[str, int]:
    known = LogSeal.objects.order_by("-id").values_list("root", "last_id").first()
    return known or (START, 0)


def _next(horizon: int) -> list[Row]:
    _, last = _last()
    with processing(Purpose.OVERSIGHT, subject=None, reading=True):
        rows = AccessLog.objects.filter(id__gt=last, id__lte=horizon).order_by("id")[:LONGEST]
        return [Row(*it) for it in rows.values_list(*FIELDS)]


def verify() -> Iterator[str]:
    """Yield what does not hold: a broken chain, rows missing, added or changed under a seal.

    Runs where the purpose `oversight` may be used: the worker's zone or the owner's.
    """
    before, last = START, 0
    kept_since = now() - timedelta(days=366 * int(REGISTER.raw["retention"]["log"]["years"]))
    for it in LogSeal.objects.order_by("id"):
        if it.first_id != last + 1:
            yield f"seal {it.id}: a seal before it is missing"
        elif it.first_at >= kept_since:
            made, count = root(before, it.first_id, it.last_id, _between(it.first_id, it.last_id))
            if count != it.rows:
                yield f"seal {it.id}: {it.rows} rows were sealed, {count} are there"
            elif made != it.root:
                yield f"seal {it.id}: a row between {it.first_id} and {it.last_id} was changed"
        before, last = it.root, it.last_id


def _between(first: int, last: int) -> list[Row]:
    with processing(Purpose.OVERSIGHT, subject=None, reading=True):
        rows = AccessLog.objects.filter(id__gte=first, id__lte=last).order_by("id").values_list(*FIELDS)
        return [Row(*it) for it in rows]


def detach(person_id: UUID, most: int) -> int:
    """Take the person out of up to `most` of their rows, inside a block of erasure; return how many."""
    rows = AccessLog.objects.filter(subject=person_id).order_by("id")[:most]
    found = [Row(*it) for it in rows.values_list(*FIELDS)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE privacy_accesslog l SET subject = NULL, actor = '', reference = v.tag "
            "FROM unnest(%s::bigint[], %s::text[]) AS v (id, tag) WHERE l.id = v.id",
            [[row.id for row in found], [MARK + tag(row) for row in found]],
        )
    return len(found)
