"""The operator's words for search: take them in from a file, or write them out."""

import argparse
import sys
from pathlib import Path

from mingpu.lib.errors import Invalid, MallError
from mingpu.search.queries import word_lines
from mingpu.search.services import take_words
from mingpu.search.words import Line, own_lines, read_lines, write_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the two verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    take = verbs.add_parser("import", help="add the words of a file to those there are; all or none")
    take.add_argument("path", help='a file of JSON lines ({"kind": "same", "words": [...]}, '
                      '{"kind": "stop" or "offensive", "word": ...}), or `own` for those every mall may begin with')  # fmt: skip
    give = verbs.add_parser("export", help="write all words to a file, in the same shape")
    give.add_argument("path", help="where to, or - to print them")


def run(args: argparse.Namespace) -> int:
    """Run the verb; 1 when something was refused, and then nothing was taken in."""
    try:
        return _export(args.path) if args.verb == "export" else _import(args.path)
    except (OSError, UnicodeDecodeError):
        print(f"无法读写 / cannot be read or written: {args.path}")
        return 1


def _export(path: str) -> int:
    lines = list(write_lines(word_lines()))
    text = "".join(f"{line}\n" for line in lines)
    if path == "-":
        sys.stdout.write(text)
        return 0
    Path(path).write_text(text, encoding="utf-8")
    print(f"已写出 / written: {len(lines)}")
    return 0


def _import(path: str) -> int:
    found = own_lines() if path == "own" else list(read_lines(Path(path).read_text(encoding="utf-8-sig")))
    refused: list[MallError] = [it for it in found if isinstance(it, Invalid)]
    try:
        taken = 0 if refused else take_words([it for it in found if isinstance(it, Line)])
    except MallError as reason:
        refused.append(reason)
    for it in refused:
        print(f"拒收 / refused: {it.message} ({it.code})")
    if refused:
        return 1
    print(f"已收录 / taken: {taken}")
    return 0
