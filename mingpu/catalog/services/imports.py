"""Imports as rows: begun, advanced with every batch, resumed after the last one, called off, done.

A batch and the note of it are one transaction, and the note is refused unless the rows before it are those this run
knows of: whoever dies, is called off or is overtaken leaves nothing half done and counts nothing twice.
"""

import json
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from mingpu.catalog.errors import CatalogueTooLarge, ImportOpen, ImportOver, ImportOvertaken, NotACatalogue
from mingpu.catalog.feed import count_lines, files_of, read_feed
from mingpu.catalog.feed_values import FeedItem, Refusal
from mingpu.catalog.import_rules import (
    CANCELLED,
    CHECKED,
    CHECKING,
    DONE,
    FAILED,
    GOING,
    KEPT,
    MAX_REMARKS,
    MAX_UPLOAD,
    OPEN,
    TAKING,
    WAITS,
    file_name,
)
from mingpu.catalog.models import Import
from mingpu.catalog.models.imports import REMARK
from mingpu.catalog.queries.imports import report_of
from mingpu.catalog.services.importing import import_feed
from mingpu.catalog.tally import ImportReport, Remark
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue

log = logging.getLogger(__name__)
JOB: Final = "catalog.imports"
_TURN: Final = (
    0x6D70_696D  # the advisory lock of whoever takes files in; one at a time leaves the others their jobs
)
_BLOCK: Final = 1 << 20


def take_upload(*, by: str, merchant: str, name: str, content: Iterable[bytes]) -> UUID:
    """Keep a file that staff sent and have it checked; returns the import's id.

    by: a work name. merchant: whose goods alone it may hold, "" for the operator's. Raises NotACatalogue,
    CatalogueTooLarge, and ImportOpen while another of this shop's is open. The file goes when the import ends.
    """
    called = file_name(name)
    if not called:
        raise NotACatalogue
    open_now = Import.objects.filter(merchant=merchant, state__in=OPEN).exclude(by="")
    if (other := open_now.values_list("name", flat=True).first()) is not None:
        raise ImportOpen(name=other)
    it = Import(id=uuid4(), by=by, merchant=merchant, name=called, state=CHECKING)
    try:
        it.size, it.hash = _keep(_folder(it.id) / called, content)
        with transaction.atomic():
            it.save(force_insert=True)
            enqueue(JOB, once=JOB)
    except BaseException:
        _drop(it.id)
        raise
    return it.id


def agree(*, import_id: UUID, merchant: str) -> None:
    """Have an import that was checked taken in. Raises NotFound for another shop's, ImportOver in any other state."""
    with transaction.atomic():
        _move(import_id, merchant, (CHECKED,), TAKING)
        enqueue(JOB, once=JOB)


def call_off(*, import_id: UUID, merchant: str) -> None:
    """End an import; what was taken in stays, as it is whole. Raises NotFound, and ImportOver when it has ended."""
    _move(import_id, merchant, OPEN, CANCELLED)
    _drop(import_id)


def import_path(
    path: Path,
    items: Callable[[], Iterable[FeedItem | Refusal]],
    *,
    lines: int,
    progress: Callable[[int], None],
) -> tuple[UUID, ImportReport]:
    """Take in a file or folder that lies on this machine; returns the import's id and what came of it.

    items: reads it from its beginning. When the last import that anybody began was of the same content and broke
    off, it is gone on with. Raises ImportOvertaken when another process is at it.
    """
    size, digest = _measure(path)
    last = Import.objects.order_by("-at", "id").first()
    if last is None or (last.by, last.state, last.hash) != ("", TAKING, digest):
        last = Import.objects.create(
            name=path.name, size=size, hash=digest, lines=lines, state=TAKING, started_at=now()
        )
    return last.id, _run(last, items(), progress)


def run_imports() -> None:
    """Check and take in what staff sent, oldest first, one at a time in the whole mall.

    Runs in the worker's zone; killed, it goes on where it was when it is run again.
    """
    while _turn():
        pass


def sweep_imports() -> int:
    """Call off imports nobody went on with, forget old ones; returns how many were forgotten."""
    stale = Import.objects.filter(state__in=OPEN, at__lt=now() - WAITS)
    for it in list(stale.values_list("id", flat=True)):
        Import.objects.filter(id=it, state__in=OPEN).update(state=CANCELLED, finished_at=now())
        _drop(it)
    there = {it.hex for it in Import.objects.filter(state__in=OPEN).values_list("id", flat=True)}
    oldest = (now() - WAITS).timestamp()  # a younger one may be about to get its row
    for folder in _home().glob("*"):
        if folder.name not in there and folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
    old = Import.objects.filter(at__lt=now() - KEPT).exclude(state__in=OPEN)
    gone = list(old.values_list("id", flat=True))
    old.delete()
    return len(gone)


def _turn() -> bool:
    """Work through what waits, unless another does; says whether something came while this one stopped."""
    with _alone() as alone:
        if not alone:
            return False
        while (it := _waiting().order_by("at", "id").first()) is not None:
            _attend(it)
    return _waiting().exists()


def _waiting() -> QuerySet[Import]:
    return Import.objects.filter(~Q(by=""), state__in=GOING)


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the turn inside the block, when nobody else does; the database takes it back from whoever dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_TURN])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_TURN])


def _attend(it: Import) -> None:
    """Check or take in one file; what cannot be done is said in the row, so that the next gets its turn."""
    file = _folder(it.id) / it.name
    try:
        if not file.is_file() or _measure(file) != (it.size, it.hash):
            raise FileNotFoundError(it.name)
        if not it.lines:
            it.lines = count_lines(file)
            Import.objects.filter(id=it.id).update(lines=it.lines, started_at=now())
        _run(it, read_feed(file, merchant=it.merchant), None)
    except OperationalError:
        raise  # the database is away: the job comes again
    except ImportOvertaken:
        log.info("import %s was called off", it.id)
    except Exception as why:  # noqa: BLE001 -- one bad file must not keep the others from their turn
        log.error("import %s failed: %s", it.id, type(why).__name__)  # noqa: TRY400 -- a traceback holds values
        Import.objects.filter(id=it.id, state=it.state).update(state=FAILED, finished_at=now())
        _drop(it.id)


def _run(
    it: Import, items: Iterable[FeedItem | Refusal], progress: Callable[[int], None] | None
) -> ImportReport:
    """Go on with an import from its last batch to its end."""
    if not it.rows:
        it.remarks.all().delete()  # of the check before
    before = report_of(it)
    rows, told = before.rows, it.remarks.count()

    def step(report: ImportReport, remarks: Sequence[Remark]) -> None:
        nonlocal rows, told
        if not Import.objects.advance([*_figures(report), it.id, it.state, rows]):
            raise ImportOvertaken
        said = remarks[: MAX_REMARKS - told]
        _write_remarks(it.id, said)
        rows, told = report.rows, told + len(said)

    report = import_feed(
        items, merchant=it.merchant, dry=it.state == CHECKING, before=before, step=step, progress=progress
    )
    ended = CHECKED if it.state == CHECKING else DONE
    if not Import.objects.filter(id=it.id, state=it.state).update(state=ended, finished_at=now()):
        raise ImportOvertaken
    if ended == DONE:
        _drop(it.id)
    return report


def _figures(report: ImportReport) -> list[Any]:
    counts = {"refused": report.refused, "not_for_sale": report.not_for_sale, "notes": report.notes}
    texts = {code: [text.zh, text.en] for code, text in report.texts.items()}
    told = (json.dumps(counts), json.dumps(texts, ensure_ascii=False))
    return [report.rows, report.new, report.changed, report.unchanged, *told]


def _write_remarks(import_id: UUID, remarks: Sequence[Remark]) -> None:
    if not remarks:
        return
    rows = [{**asdict(it), "zh": it.text.zh, "en": it.text.en} for it in remarks]
    with connection.cursor() as cursor:
        cursor.execute(REMARK, [import_id, json.dumps(rows, ensure_ascii=False)])


def _move(import_id: UUID, merchant: str, states: Iterable[str], to: str) -> None:
    """Bring an import of a shop's into another state. Raises NotFound, ImportOver."""
    own = Import.objects.filter(id=import_id).exclude(by="")
    if merchant:
        own = own.filter(merchant=merchant)
    fresh = {
        "rows": 0,
        "new": 0,
        "changed": 0,
        "unchanged": 0,
        "counts": {},
        "texts": {},
        "finished_at": None,
    }
    values = fresh if to == TAKING else {"finished_at": now()}
    if not own.filter(state__in=list(states)).update(state=to, **values):
        raise ImportOver if own.exists() else NotFound


def _home() -> Path:
    return Path(settings.HOME) / "imports"


def _folder(import_id: UUID) -> Path:
    return _home() / import_id.hex


def _drop(import_id: UUID) -> None:
    shutil.rmtree(_folder(import_id), ignore_errors=True)


def _keep(place: Path, content: Iterable[bytes]) -> tuple[int, str]:
    """Write a file; returns its bytes and hash. Raises CatalogueTooLarge."""
    place.parent.mkdir(parents=True, mode=0o700)
    size, digest = 0, sha256()
    with place.open("xb") as file:
        for block in content:
            size += len(block)
            if size > MAX_UPLOAD:
                raise CatalogueTooLarge(mb=MAX_UPLOAD >> 20)
            digest.update(block)
            file.write(block)
    return size, digest.hexdigest()


def _measure(path: Path) -> tuple[int, str]:
    """Return (bytes, hash) of a file, or of a folder's files with their names; of nothing where nothing can be read."""
    size, digest = 0, sha256()
    for file in files_of(path):
        if path.is_dir():
            digest.update(file.name.encode(errors="surrogateescape") + b"\0")
        try:
            with file.open("rb") as opened:
                while block := opened.read(_BLOCK):
                    size += len(block)
                    digest.update(block)
        except OSError:
            continue  # reading says what is wrong with it
    return size, digest.hexdigest()
