"""Restore the database from a backup, or a lost key store from its own; who was erased since stays erased."""

import argparse
import shutil
from pathlib import Path

from django.conf import settings

from mingpu.ops import backups


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to restore."""
    parser.add_argument("path", type=Path, nargs="?", help="the backup: a folder that `mingpu backup` made")
    parser.add_argument(
        "--without-journal",
        action="store_true",
        help="restore though the journal of deletions is lost: single things deleted since come back",
    )
    parser.add_argument("--keys", type=Path, help="a backup of the key store, for when the key store is lost")


def run(args: argparse.Namespace) -> int:
    """Restore and say what was carried out again; 1 when the backup is not whole or would replace keys."""
    if args.keys and settings.KEY_STORE.exists():
        print("there is a key store: it is newer than any backup of it, and stays")
        return 1
    if args.keys:
        settings.KEY_STORE.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(args.keys, settings.KEY_STORE)
        settings.KEY_STORE.chmod(0o600)
        print(f"key store restored; keys of people erased since, destroyed anew: {backups.forget_keys()}")
    if args.path is None:
        return 0
    try:
        done = backups.restore(args.path, without_journal=args.without_journal)
    except backups.NotABackup as error:
        print(f"not restored: {error}")
        return 1
    print(f"database restored; erased anew: {len(done.erased)} people, {done.keys} keys")
    if done.again is None:
        print("without the journal: single things deleted since this backup are back")
        print(f"consents switched off, for nobody knows who has said no since: {done.consents} people")
    else:
        print(f"deleted or taken back since, done again: {done.again} rows")
    print("every sign-in has ended; packages for other malls that waited are stopped")
    print("now `mingpu setup`, then start the parts")
    return 0
