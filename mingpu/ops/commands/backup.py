"""Back the database up into a folder, and the key store apart from it."""

import argparse
from pathlib import Path

from mingpu.ops import backups
from mingpu.ops.tidy import tidy
from mingpu.privacy import key_backups


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take where to."""
    parser.add_argument("path", type=Path, help="the folder that backups lie in")
    parser.add_argument("--no-keys", action="store_true", help="leave the key store to the daily job")


def run(args: argparse.Namespace) -> int:
    """Write it and say where everything lies and how long it may."""
    for it in tidy():
        if it.done == "busy":
            print(f"in use, left for the next time: {it.table}")
    print(f"database: {backups.back_up(args.path)}")
    if not args.no_keys:
        print(f"key store: {key_backups.make()}, destroyed after {key_backups.days()} days")
        key_backups.expire()
    print(
        "without the key store and the key-encryption key (secrets/kek.json) nothing sealed in it can be read"
    )
    return 0
