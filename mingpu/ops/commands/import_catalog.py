"""Take a catalogue in from a file or folder, or our own demo catalogue; safe to repeat, or only try it."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TextIO

from django.db import Error as DatabaseFailure

from mingpu.catalog.demo_feed import DEMO, count_demo, read_demo
from mingpu.catalog.feed import FeedItem, Refusal, count_lines, read_feed
from mingpu.catalog.queries import number
from mingpu.catalog.queries.imports import remarks_of
from mingpu.catalog.remark_files import remark_lines
from mingpu.catalog.services import ImportReport, Remark, ensure_demo_warehouses, import_feed
from mingpu.catalog.services.imports import import_path
from mingpu.lib.errors import MallError
from mingpu.lib.text import Text, current_language
from mingpu.merchants.demo import ensure_demo_merchants
from mingpu.merchants.rules import OWN_SHOP
from mingpu.promotions.demo import ensure_demo_offers
from mingpu.search.services import catch_up, ensure_own_words

PLAIN_SECONDS = 2.0  # between two lines of progress where no terminal shows one moving line


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to read, where to write what is said of rows, and whether it is only tried."""
    parser.add_argument("path", help="a .jsonl, .csv, .tsv or .xlsx file, a folder of them, or `demo`")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what is said of rows as CSV")
    parser.add_argument("--dry-run", action="store_true", help="write nothing, say what would come of it")


def run(args: argparse.Namespace) -> int:
    """Import, then bring the search index up to date; 1 when nothing could be taken or something broke."""
    begun = time.monotonic()
    demo = args.path == "demo"
    try:
        with _opened(args.report) as out:
            if demo and not args.dry_run:
                ensure_demo_merchants()
                ensure_demo_warehouses(OWN_SHOP)
            if not args.dry_run and not number():
                ensure_own_words()  # a mall's first goods
            report, remarks = (_try if args.dry_run else _take)(args.path)
            if out:
                out.writelines(remark_lines(remarks, current_language()))
        if demo and not args.dry_run:
            ensure_demo_offers()
        read = time.monotonic() - begun
        indexed = 0 if args.dry_run else catch_up()
    except OSError as reason:
        print(f"无法写入 / cannot be written: {reason.filename}")
        return 1
    except (DatabaseFailure, MallError) as reason:
        words = reason.message if isinstance(reason, MallError) else type(reason).__name__
        print(f"没有完成，可以再运行一次 / not finished, run it again: {words}")
        return 1
    for line in table(report, dry=args.dry_run):
        print(line)
    print(f"  {read:.1f} s; 索引 / index: {indexed} ({time.monotonic() - begun - read:.1f} s)")
    return 0 if report.taken or not report.refused else 1


def _opened(path: Path | None) -> AbstractContextManager[TextIO | None]:
    return path.open("w", encoding="utf-8", newline="") if path else nullcontext()


def _take(path: str) -> tuple[ImportReport, Iterable[Remark]]:
    """Import what `path` names; returns what came of it, and what was said of its rows."""
    place, read, lines = _source(path)
    progress = Progress(lines, sys.stdout)
    import_id, report = import_path(place, read, lines=lines, progress=progress)
    progress.end()
    return report, remarks_of(import_id)


def _try(path: str) -> tuple[ImportReport, Iterable[Remark]]:
    """Find out what importing `path` would come to, writing nothing."""
    said: list[Remark] = []

    def step(report: ImportReport, remarks: Sequence[Remark]) -> None:  # noqa: ARG001 -- the counts come at the end
        said.extend(remarks)

    _, read, lines = _source(path)
    progress = Progress(lines, sys.stdout)
    report = import_feed(read(), dry=True, step=step, progress=progress)
    progress.end()
    return report, said


def _source(path: str) -> tuple[Path, Callable[[], Iterable[FeedItem | Refusal]], int]:
    """Return where to read, how, and how many lines it has."""
    if path == "demo":
        return DEMO, read_demo, count_demo()
    return Path(path), partial(read_feed, path), count_lines(path)


class Progress:
    """Says how far an import is: one moving line on a terminal, else a line now and then.

    total: rows expected; 0 when unknown.
    """

    def __init__(self, total: int, out: TextIO) -> None:
        self._total, self._out = total, out
        self._moving = out.isatty()
        self._told = time.monotonic()

    def __call__(self, rows: int) -> None:
        """Say that `rows` rows were read."""
        share = f" / {self._total:,} ({min(100, rows * 100 // self._total)} %)" if self._total else ""
        line = f"  已读 / read: {rows:,}{share}"
        if self._moving:
            self._out.write(f"\r{line}")
        elif time.monotonic() - self._told >= PLAIN_SECONDS:
            self._told = time.monotonic()
            self._out.write(f"{line}\n")
        self._out.flush()

    def end(self) -> None:
        """Leave the line behind."""
        if self._moving:
            self._out.write("\n")


def table(report: ImportReport, *, dry: bool = False) -> Iterator[str]:
    """Yield the lines of an import's outcome, in both languages; dry: of one that was only tried."""
    if dry:
        yield "  只是试读，没有写入 / only tried, nothing was written"
    yield f"  共读 / rows read: {report.rows:,}"
    yield (
        f"  {'将收录 / would be taken' if dry else '收录 / taken'}: {report.taken:,}  (新增 / new {report.new:,}, 更新 / changed {report.changed:,}, "
        f"未变 / unchanged {report.unchanged:,})"
    )
    yield from _reasons("其中不出售 / of these not for sale", report.not_for_sale, report.texts)
    yield from _reasons("拒收 / refused", report.refused, report.texts)
    yield from _reasons("收录但有提示 / taken, with a note", report.notes, report.texts)


def _reasons(heading: str, counts: Mapping[str, int], texts: Mapping[str, Text]) -> Iterator[str]:
    yield f"  {heading}: {sum(counts.values()):,}"
    for code, many in sorted(counts.items(), key=lambda it: (-it[1], it[0])):
        yield f"    {many:>7,}  {code:20} {texts[code].zh} / {texts[code].en}"
