"""What an import comes to: counts, and what is said of single rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mingpu.catalog.feed_values import FeedItem, Note, Refusal
from mingpu.catalog.rules import NOT_FOR_SALE
from mingpu.lib.text import Text

REFUSED: Final = "refused"
OFF_SALE: Final = "not_for_sale"
NOTED: Final = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing said of one row, or of a whole file (line 0). kind: `REFUSED`, `OFF_SALE` or `NOTED`."""

    file: str
    line: int
    external_id: str | None
    code: str
    kind: str
    text: Text


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    rows: read in all. new, changed, unchanged: items taken, by what they meant. The rest counts by code:
    refused rows, items taken that are not for sale, and what else was noted about items taken. texts: one
    sentence for each code.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    not_for_sale: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        """Items that are in the catalogue now."""
        return self.new + self.changed + self.unchanged


class Tally:
    """Counts while an import goes on, from what an earlier run of it came to."""

    def __init__(self, before: ImportReport) -> None:
        self.rows = 0  # read by this run, those that were taken before included
        self.new, self.changed, self.unchanged = before.new, before.changed, before.unchanged
        kinds = {REFUSED: before.refused, OFF_SALE: before.not_for_sale, NOTED: before.notes}
        self._counts = {kind: Counter(counts) for kind, counts in kinds.items()}
        self._texts = dict(before.texts)
        self._remarks: list[Remark] = []

    def refuse(self, refusal: Refusal) -> None:
        """Count a row that is not taken."""
        self._say(
            Remark(
                refusal.file, refusal.line, refusal.external_id, refusal.code, REFUSED, refusal.text
            )
        )  # fmt: skip

    def note(self, item: FeedItem, it: Note) -> None:
        """Count something about an item that is taken."""
        kind = OFF_SALE if it.code in NOT_FOR_SALE else NOTED
        self._say(Remark(item.file, item.line, item.external_id, it.code, kind, it.text))

    def count(self, *, new: int, changed: int, unchanged: int) -> None:
        """Count items that are taken."""
        self.new += new
        self.changed += changed
        self.unchanged += unchanged

    def remarks(self) -> list[Remark]:
        """Return what was said since the last call, in the order of the rows."""
        said, self._remarks = self._remarks, []
        files = {name: place for place, name in enumerate(dict.fromkeys(it.file for it in said))}
        return sorted(said, key=lambda it: (files[it.file], it.line))

    def report(self) -> ImportReport:
        """Return the counts as they are now."""
        refused, off_sale, notes = (dict(self._counts[kind]) for kind in (REFUSED, OFF_SALE, NOTED))
        return ImportReport(
            self.rows, self.new, self.changed, self.unchanged, refused, off_sale, notes, dict(self._texts)
        )

    def _say(self, it: Remark) -> None:
        self._counts[it.kind][it.code] += 1
        self._texts.setdefault(it.code, it.text)
        self._remarks.append(it)
