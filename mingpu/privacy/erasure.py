"""Erasing a person: what the register says of each table, in slices that can be killed and resumed.

Every slice is one transaction that also counts what it did in the cancellation's `progress`, so that after a
kill at any point the next run goes on where the last one stopped and comes to the same end and certificate.
Order: notices to recipients, rows, a second look, keys, the notices' answers, then in one last transaction the record
of uses, the account's standing, a search of every table and the certificate itself.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.lib.clock import now
from mingpu.privacy import certificate, deletion, deletion_list, files, keys, logseal, models, purposes, rows
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Table

log = logging.getLogger(__name__)
SLICE = 200
# Who can still sign in can still write: those go first. What the work itself needs goes last.
FIRST = ("accounts_device", "accounts_session", "accounts_code", "accounts_credential")
LAST = ("privacy_accesslog", "privacy_standing", "privacy_cancellation")
FROZEN = "frozen"  # the standing of a vault's name
DID = {"delete": "deleted", "freeze": "frozen", "detach": "detached"}
TRIES = 3
Step = Callable[[str], None]


class NotErased(Exception):
    """Rows kept coming back while the person was being erased; nothing was certified. The job tries again."""


class _Gone(Exception):
    """The cancellation is no more: another run has finished, or the person withdrew."""


@dataclass(frozen=True, slots=True)
class _Leaving:
    person_id: UUID
    vault_id: UUID
    certificate_id: UUID


def _unwatched(name: str) -> None:
    """Take no notice of a step."""


def _later(notice_id: UUID) -> None:
    """Leave a notice to the job that was added with it."""


def erase(person_id: UUID, *, step: Step = _unwatched, tell: deletion.Tell = _later) -> UUID | None:
    """Erase a person whose cooling-off is over; return the certificate's id, None when there is nothing due.

    May be killed and called again at any point. step: told the name of each step before it is taken. tell: sends a
    notice to its recipient and takes the answer, and raises nothing for one that does not come. Raises NotErased, rows.StillBusy; both are for another try. Runs in the worker's zone.
    """
    leaving = _begin(person_id)
    if leaving is None:
        return None
    try:
        _shut_vault(leaving)
        _make_notices(leaving)
        rows.settle()  # what began before the account was closed ends before its rows are counted
        for _ in range(TRIES):
            _rows(leaving, step)
            step("second look")
            if not _left(leaving):
                break
        else:
            raise NotErased
        step("keys")
        _keys(leaving)
        for _ in deletion.telling(leaving.certificate_id, tell):
            step("notice")
        step("jobs")
        jobs = _jobs(person_id)
        while _slice_log(leaving):
            step("record of uses")
        step("certificate")
        _drop_empty_vault(leaving)
        _finish(leaving, jobs)
    except _Gone:
        log.info("erasure already finished")
    step("end")
    return leaving.certificate_id


def plan() -> list[Table]:
    """Return the tables in the order they are erased; the last three are handled at the end."""
    tables = {table.name: table for table in rows.persons_tables()}
    order = dict.fromkeys([*(name for name in FIRST if name in tables), *tables])
    return [tables[name] for name in order if name not in LAST]


def _begin(person_id: UUID) -> _Leaving | None:
    """Shut the account for good if its time has come."""
    with processing(Purpose.CANCELLATION, subject=person_id, reference="erasure"):
        found = models.Cancellation.objects.filter(person_id=person_id)
        row = found.values("until", "vault_id", "certificate_id").first()
        if row is None or row["until"] > now():
            return None
        standing = models.Standing.objects.filter(person_id=person_id, state__in=["cooling_off", "erasing"])
        if not standing.update(state="erasing"):
            return None
    return _Leaving(person_id, row["vault_id"], row["certificate_id"])


def _shut_vault(leaving: _Leaving) -> None:
    """Mark the name that frozen records go on under, before there are any: only lawful checks may enter it."""
    with processing(Purpose.ERASURE, subject=leaving.vault_id, reference="erasure"):
        vault = models.Standing.objects.filter(person_id=leaving.vault_id)
        if not vault.exists():
            models.Standing.objects.create(person_id=leaving.vault_id, state=FROZEN)


def _drop_empty_vault(leaving: _Leaving) -> None:
    with processing(Purpose.ERASURE, subject=leaving.person_id, reference="erasure", reading=True):
        if _progress(leaving).get("frozen"):
            return
    with processing(Purpose.ERASURE, subject=leaving.vault_id, reference="erasure"):
        models.Standing.objects.filter(person_id=leaving.vault_id).delete()


def _progress(leaving: _Leaving) -> dict[str, Any]:
    """Return how far it has come, and hold the row; raises _Gone when it is no more."""
    found = models.Cancellation.objects.select_for_update(of=("self",)).filter(person_id=leaving.person_id)
    progress = found.values_list("progress", flat=True).first()
    if progress is None:
        raise _Gone
    return dict(progress)


def _note(leaving: _Leaving, progress: dict[str, Any]) -> None:
    models.Cancellation.objects.filter(person_id=leaving.person_id).update(progress=progress)


def _make_notices(leaving: _Leaving) -> None:
    """Write once, before anything is wiped, what each recipient was sent and is to delete."""
    with processing(Purpose.ERASURE, subject=leaving.person_id, reference="erasure"):
        progress = _progress(leaving)
        if "shares" not in progress:
            sent = deletion.for_erasure(leaving.person_id, leaving.certificate_id)
            _note(leaving, {**progress, "shares": sent})


def _rows(leaving: _Leaving, step: Step) -> None:
    for table in plan():
        step(table.name)
        while _slice(table, leaving) == SLICE:
            step(table.name)


def _slice(table: Table, leaving: _Leaving) -> int:
    """Do up to SLICE rows of one table and count them, in one transaction."""
    verb = {"delete": _delete, "freeze": _freeze, "detach": _detach}[table.erase]
    with processing(Purpose.ERASURE, subject=leaving.person_id, reference="erasure"):
        progress = _progress(leaving)
        count = verb(table, leaving)
        if count:
            did = dict(progress.get(DID[table.erase], {}))
            did[table.name] = did.get(table.name, 0) + count
            gone = progress.get("files", 0) + (count if table.files else 0)
            _note(leaving, {**progress, DID[table.erase]: did, "files": gone})
    return count


def _chosen(table: Table) -> str:
    key = rows.key_of(table.name)
    return f"{key} IN (SELECT {key} FROM {table.name} WHERE {table.subject} = %s LIMIT {SLICE})"  # noqa: S608 -- names are the register's


def _delete(table: Table, leaving: _Leaving) -> int:
    """Delete rows, and before they are committed their files: killed in between, the rows still name them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table.name} WHERE {table.subject} = %s AND {_chosen(table)} "  # noqa: S608 -- names are the register's
            f"RETURNING {rows.key_of(table.name)}",
            [leaving.person_id, leaving.person_id],
        )
        found = [row[0] for row in cursor.fetchall()]
    files.remove_of(table, found)
    return len(found)


def _detach(table: Table, leaving: _Leaving) -> int:
    fields = rows.options_of(table.name).concrete_fields
    emptied = [f"{table.subject} = NULL"]
    for name in (column.name for column in table.columns.values() if column.blank):
        field = next(it for it in fields if it.column == name)
        emptied.append(f"{name} = NULL" if field.null else f"{name} = ''")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table.name} SET {', '.join(emptied)} WHERE {table.subject} = %s AND {_chosen(table)}",  # noqa: S608 -- names are the register's
            [leaving.person_id, leaving.person_id],
        )
        return int(cursor.rowcount)


def _freeze(table: Table, leaving: _Leaving) -> int:
    """Give rows to the vault's name and seal their values anew under its key."""
    sealed = [column.name for column in table.columns.values() if column.sealed]
    with connection.cursor() as cursor:
        if not sealed:
            cursor.execute(
                f"UPDATE {table.name} SET {table.subject} = %s WHERE {table.subject} = %s AND {_chosen(table)}",  # noqa: S608 -- names are the register's
                [leaving.vault_id, leaving.person_id, leaving.person_id],
            )
            return int(cursor.rowcount)
        key = rows.key_of(table.name)
        cursor.execute(
            f"SELECT {key}, {', '.join(sealed)} FROM {table.name} WHERE {table.subject} = %s LIMIT {SLICE}",  # noqa: S608 -- names are the register's
            [leaving.person_id],
        )
        found = cursor.fetchall()
        change = ", ".join(f"{name} = %s" for name in (table.subject, *sealed))
        cursor.executemany(
            f"UPDATE {table.name} SET {change} WHERE {key} = %s",  # noqa: S608 -- names are the register's
            [
                [leaving.vault_id, *(_resealed(table.name, *pair, leaving) for pair in zip(sealed, row[1:], strict=True)), row[0]]
                for row in found
            ],
        )  # fmt: skip
        return len(found)


def _resealed(table: str, column: str, value: memoryview | None, leaving: _Leaving) -> bytes | None:
    """Seal one value for the vault; one that no key opens any more is dropped."""
    if value is None:
        return None
    try:
        return purposes.reseal_value(table, column, bytes(value), owner=leaving.vault_id)
    except keys.KeyErased:
        return b""


def _left(leaving: _Leaving) -> int:
    """Count the person's rows that are still there, but for those that go last."""
    with processing(Purpose.ERASURE, subject=leaving.person_id, reference="erasure", reading=True):
        return sum(rows.count(table, leaving.person_id) for table in plan())


def _keys(leaving: _Leaving) -> None:
    """Note how many keys there are, then destroy them: the note is not lost if we are killed in between."""
    kinds = tuple(
        dict.fromkeys(c.sealed for t in rows.persons_tables() for c in t.columns.values() if c.sealed)
    )
    there = sum(keys.fetch(leaving.person_id, kind) is not None for kind in kinds)
    with processing(Purpose.ERASURE, subject=leaving.person_id, reference="erasure"):
        progress = _progress(leaving)
        at = progress.get("keys_at") or now().isoformat(timespec="seconds").replace("+00:00", "Z")
        _note(leaving, {**progress, "keys": max(there, progress.get("keys", 0)), "keys_at": at})
    keys.erase(leaving.person_id, kinds)


def _jobs(person_id: UUID) -> int:
    """Drop the jobs that name the person, failed ones too, but for the one that runs this; return how many are left.

    The events of a job go with it.
    """
    with connection.cursor() as cursor:
        named = "strpos(concat_ws(' ', args, lock, queueing_lock), %s) > 0"
        cursor.execute(
            f"DELETE FROM procrastinate_jobs WHERE {named} AND status <> 'doing'",  # noqa: S608 -- a constant
            [str(person_id)],
        )
        cursor.execute(
            f"SELECT count(*) FROM procrastinate_jobs WHERE {named} AND task_name <> 'privacy.erase'",  # noqa: S608 -- a constant
            [str(person_id)],
        )
        return int(cursor.fetchone()[0])


def _slice_log(leaving: _Leaving) -> bool:
    """Detach a slice of the record of uses; False when the rest is small enough for the last transaction."""
    with processing(Purpose.ERASURE, subject=leaving.person_id, reference="erasure"):
        progress = _progress(leaving)
        count = logseal.detach(leaving.person_id, SLICE)
        did = dict(progress.get("detached", {}))
        did["privacy_accesslog"] = did.get("privacy_accesslog", 0) + count
        _note(leaving, {**progress, "detached": did})
    return count == SLICE


def _finish(leaving: _Leaving, jobs: int) -> None:
    """In one transaction: the last rows, a search of every table, the certificate."""
    with processing(Purpose.ERASURE, subject=leaving.person_id, reference="erasure"):
        progress = _progress(leaving)
        count = logseal.detach(leaving.person_id, SLICE)
        did = dict(progress.get("detached", {}))
        did["privacy_accesslog"] = did.get("privacy_accesslog", 0) + count
        checked, until = _frozen_values(leaving), _frozen_until(leaving)
        models.Standing.objects.filter(person_id=leaving.person_id).delete()
        models.Cancellation.objects.filter(person_id=leaving.person_id).delete()
        deleted = {**progress.get("deleted", {}), "privacy_standing": 1, "privacy_cancellation": 1}
        every = rows.persons_tables()
        if back := [table.name for table in every if rows.count(table, leaving.person_id)]:
            raise NotErased(f"rows came back: {back}")
        look = {"tables": len(every), "rows_found": 0, "jobs_found": jobs, "frozen_values_checked": checked}
        _certify(
            leaving, {**progress, "deleted": deleted, "detached": did, "rescan": look, "frozen_until": until}
        )


def _frozen_values(leaving: _Leaving) -> int:
    """Make sure that every frozen value opens under the vault's key alone; return how many there are."""
    checked = 0
    with connection.cursor() as cursor:
        for table in plan():
            for name in (c.name for c in table.columns.values() if c.sealed and table.erase == "freeze"):
                cursor.execute(
                    f"SELECT {name} FROM {table.name} WHERE {table.subject} = %s AND octet_length({name}) > 0",  # noqa: S608 -- names are the register's
                    [leaving.vault_id],
                )
                for (value,) in cursor.fetchall():
                    if not purposes.opens_for(table.name, name, bytes(value), owner=leaving.vault_id):
                        raise NotErased(f"a value of {table.name}.{name} is not under the vault's key")
                    checked += 1
    return checked


def _frozen_until(leaving: _Leaving) -> str | None:
    """Return the day by which the last frozen record is destroyed, None when nothing is frozen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(coalesce(completed_at, placed_at)) FROM orders_order WHERE person_id = %s",
            [leaving.vault_id],
        )
        (newest,) = cursor.fetchone()
    return rows.kept_until(newest).date().isoformat() if newest else None


def _certify(leaving: _Leaving, progress: dict[str, Any]) -> None:
    issued = now()
    body = {
        "kind": certificate.KIND,
        "format": certificate.ERASURE_FORMAT,
        "id": str(leaving.certificate_id),
        "issued_at": issued.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "statement": {"version": REGISTER.version, "hash": REGISTER.digest},
        "deleted": progress["deleted"],
        "frozen": progress.get("frozen", {}),
        "detached": progress["detached"],
        "frozen_until": progress["frozen_until"],
        "files": progress.get("files", 0),
        "keys_destroyed": progress.get("keys", 0),
        "keys_destroyed_at": progress["keys_at"],
        "notices": deletion.for_certificate(leaving.certificate_id),
        "rescan": progress["rescan"],
        "log_root": logseal.newest_root(),
    }
    text, signature = certificate.canonical(body).decode(), certificate.sign(body)
    deletion_list.add(
        leaving.person_id,
        at=body["issued_at"],
        certificate_id=leaving.certificate_id,
        body=text,
        signature=signature,
    )
    models.Certificate.objects.create(
        id=leaving.certificate_id, issued_at=issued, body=text, signature=signature
    )
