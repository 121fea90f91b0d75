"""Clear away what deleted rows leave in the database's files; `mingpu backup` does it first."""

import argparse

from mingpu.ops.tidy import tidy


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take how thorough to be."""
    parser.add_argument("--everything", action="store_true", help="also tables that seem clean")


def run(args: argparse.Namespace) -> int:
    """Do it and say what was done; 1 when a table was in use."""
    found = list(tidy(everything=args.everything))
    for it in found:
        print(f"  {it.done:9} {it.dead:8}  {it.table}")
    return int(any(it.done == "busy" for it in found))
