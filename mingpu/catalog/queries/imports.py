"""Imports as staff see them: how far, what came of them, what was said of single rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingpu.catalog.import_rules import CHECKED, CHECKING, GOING, LABELS, OPEN
from mingpu.catalog.models import Import, ImportRemark
from mingpu.catalog.tally import ImportReport, Remark
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text

_PAGE = 1000  # remarks read at a time


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import. by: a work name. size in bytes. lines: about how many rows there are, 0 when unknown.

    report: what came of it so far, or would come of it while it is being checked.
    """

    id: UUID
    at: datetime
    by: str
    merchant: str
    name: str
    size: int
    state: str
    lines: int
    finished_at: datetime | None
    report: ImportReport

    @property
    def label(self) -> Text:
        """Its state in words."""
        return LABELS[self.state]

    @property
    def going(self) -> bool:
        """Whether it gets on by itself."""
        return self.state in GOING

    @property
    def open(self) -> bool:
        """Whether it can be called off."""
        return self.state in OPEN

    @property
    def waits(self) -> bool:
        """Whether it waits for a yes."""
        return self.state == CHECKED

    @property
    def writes(self) -> bool:
        """Whether what it counts is in the catalogue, not only tried."""
        return self.state not in {CHECKED, CHECKING}

    @property
    def percent(self) -> int:
        """How far it is, of 100; 0 when that is not known."""
        return min(100, self.report.rows * 100 // self.lines) if self.lines else 0

    @property
    def to_write(self) -> int:
        """Items that a yes would write."""
        return self.report.new + self.report.changed

    @property
    def said(self) -> int:
        """How much was said of single rows."""
        it = self.report
        return sum(sum(counts.values()) for counts in (it.refused, it.not_for_sale, it.notes))


def report_of(it: Import) -> ImportReport:
    """Return what an import came to so far."""
    texts = {code: Text(*both) for code, both in it.texts.items()}
    return ImportReport(it.rows, it.new, it.changed, it.unchanged, **it.counts, texts=texts)


def imports_of(*, merchant: str, most: int = 20) -> list[ImportView]:
    """Return a shop's imports, or for "" those of the operator and of all shops, newest first; one statement."""
    rows = Import.objects.exclude(by="")
    own = rows.filter(merchant=merchant) if merchant else rows
    return [_view(it) for it in own.order_by("-at", "id")[:most]]


def import_of(*, import_id: UUID, merchant: str) -> ImportView:
    """Return one import; one statement. Raises NotFound for another shop's."""
    it = Import.objects.filter(id=import_id).exclude(by="").first()
    if it is None or (merchant and it.merchant != merchant):
        raise NotFound
    return _view(it)


def remarks_of(import_id: UUID, most: int | None = None) -> Iterator[Remark]:
    """Yield what was said of single rows, in their order, a thousand to a statement; all of it without `most`."""
    last, left = 0, most
    while left is None or left > 0:
        rows = ImportRemark.objects.filter(of_id=import_id, id__gt=last).order_by("id")
        page = list(rows[: _PAGE if left is None else min(_PAGE, left)])
        for it in page:
            yield Remark(it.file, it.line, it.external_id, it.code, it.kind, Text(it.zh, it.en))
        if len(page) < _PAGE:
            return
        last = page[-1].id
        left = None if left is None else left - len(page)


def _view(it: Import) -> ImportView:
    return ImportView(
        it.id, it.at, it.by, it.merchant, it.name, it.size, it.state, it.lines, it.finished_at, report_of(it)
    )
