"""The tree of categories: take one in from a file, list it."""

import argparse
import time
from pathlib import Path

from mingpu.catalog.category_file import read_categories
from mingpu.catalog.queries.structure import read_tree
from mingpu.catalog.services import take_categories


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the two verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    take = verbs.add_parser("import", help="add the categories of a file that are not there yet")
    take.add_argument("path", type=Path, help="a .tsv, .csv or .jsonl file (docs/catalogue-feed.md)")
    verbs.add_parser("list", help="print the tree, with the names of addresses")


def run(args: argparse.Namespace) -> int:
    """Run the verb; 1 when the file cannot be read or a line of it was refused."""
    if args.verb == "import":
        return _take(args.path)
    for it in read_tree():
        row = it.row
        print(f"{'  ' * (len(it.path) - 1)}{row.zh}{f' / {row.en}' if row.en else ''}  ({row.slug})")
    return 0


def _take(path: Path) -> int:
    begun = time.monotonic()
    try:
        lines = list(read_categories(path))
    except (OSError, ValueError):
        print(f"无法读取，或没有 level1 列 / cannot be read, or has no column level1: {path}")
        return 1
    bad = [it for it in lines if isinstance(it, int)]
    added = take_categories(it for it in lines if not isinstance(it, int))
    print(f"  共读 / rows read: {len(lines):,}; 新增 / added: {added:,} ({time.monotonic() - begun:.1f} s)")
    for number in bad:
        print(f"  无法识别 / unreadable: {path.name}:{number}")
    return int(bool(bad))
