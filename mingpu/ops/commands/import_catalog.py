"""Take a catalogue in from a file or folder, or our own demo catalogue; safe to repeat."""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TextIO

from django.db import Error as DatabaseFailure

from mingpu.catalog.demo_feed import count_demo, read_demo
from mingpu.catalog.feed import FeedItem, Refusal, count_lines, read_feed
from mingpu.catalog.services import ImportReport, import_feed
from mingpu.lib.errors import MallError
from mingpu.lib.text import Text
from mingpu.merchants.demo import ensure_demo_merchants
from mingpu.promotions.demo import ensure_demo_offers
from mingpu.search.services import catch_up

PLAIN_SECONDS = 2.0  # between two lines of progress where no terminal shows one moving line


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to read and where to write refusals."""
    parser.add_argument("path", help="a .jsonl, .csv or .tsv file, a folder of them, or `demo`")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write every refusal as a line of JSON")


def run(args: argparse.Namespace) -> int:
    """Import, then bring the search index up to date; 1 when nothing could be taken or something broke."""
    begun = time.monotonic()
    items, lines = _source(args.path)
    try:
        if args.path == "demo":
            ensure_demo_merchants()
        with ExitStack() as stack:
            out = stack.enter_context(args.report.open("w", encoding="utf-8")) if args.report else None
            progress = Progress(lines, sys.stdout)
            report = import_feed(items, progress=progress, refused=partial(_tell, out) if out else None)
            progress.end()
        if args.path == "demo":
            ensure_demo_offers()
        read = time.monotonic() - begun
        indexed = catch_up()
    except OSError as reason:
        print(f"无法写入 / cannot be written: {reason.filename}")
        return 1
    except (DatabaseFailure, MallError) as reason:
        words = reason.message if isinstance(reason, MallError) else type(reason).__name__
        print(f"没有完成，可以再运行一次 / not finished, run it again: {words}")
        return 1
    for line in table(report):
        print(line)
    print(f"  {read:.1f} s; 索引 / index: {indexed} ({time.monotonic() - begun - read:.1f} s)")
    return 0 if report.taken or not report.refused else 1


def _source(path: str) -> tuple[Iterable[FeedItem | Refusal], int]:
    """Return what to read, and how many lines it has."""
    return (read_demo(), count_demo()) if path == "demo" else (read_feed(path), count_lines(path))


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


def table(report: ImportReport) -> Iterator[str]:
    """Yield the lines of an import's outcome, in both languages."""
    yield f"  共读 / rows read: {report.rows:,}"
    yield (
        f"  收录 / taken: {report.taken:,}  (新增 / new {report.new:,}, 更新 / changed {report.changed:,}, "
        f"未变 / unchanged {report.unchanged:,})"
    )
    yield from _reasons("其中不出售 / of these not for sale", report.not_for_sale, report.texts)
    yield from _reasons("拒收 / refused", report.refused, report.texts)
    yield from _reasons("收录但有提示 / taken, with a note", report.notes, report.texts)


def _reasons(heading: str, counts: Mapping[str, int], texts: Mapping[str, Text]) -> Iterator[str]:
    yield f"  {heading}: {sum(counts.values()):,}"
    for code, many in sorted(counts.items(), key=lambda it: (-it[1], it[0])):
        yield f"    {many:>7,}  {code:20} {texts[code].zh} / {texts[code].en}"


def _tell(out: TextIO, it: Refusal) -> None:
    """Write a refusal as a line of JSON."""
    facts = {
        "file": it.file, "line": it.line, "external_id": it.external_id, "code": it.code, "zh": it.text.zh,
        "en": it.text.en,
    }  # fmt: skip
    out.write(json.dumps(facts, ensure_ascii=False) + "\n")
