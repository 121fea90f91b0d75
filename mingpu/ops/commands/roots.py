"""Roots over the record of uses: print them, or hold the record against those that somebody kept."""

import argparse
from pathlib import Path

from mingpu.privacy.roots import daily_roots, kept_in, verify


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the two verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("show", help="print the last root of each day")
    check = verbs.add_parser("verify", help="hash the record anew and compare")
    check.add_argument("file", nargs="?", type=Path, help="roots that were kept, as `show` prints them")


def run(args: argparse.Namespace) -> int:
    """Print; 1 when something does not hold, 2 for a file that is none."""
    if args.verb == "show":
        for it in daily_roots():
            print(it)
        return 0
    try:
        kept = kept_in(args.file) if args.file else []
    except (OSError, ValueError):
        print("no file of roots")
        return 2
    wrong = list(verify(kept))
    for line in wrong:
        print(line)
    print(f"{len(wrong)} findings" if wrong else f"the record holds, and {len(kept)} kept roots with it")
    return int(bool(wrong))
