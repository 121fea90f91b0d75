"""Erase a person whose cooling-off is over; what the job does, by hand and with its steps shown."""

import argparse
from uuid import UUID

from mingpu.deletion.services import tell
from mingpu.privacy import erasure


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take whose data."""
    parser.add_argument("person", type=UUID, help="the person's account id")


def run(args: argparse.Namespace) -> int:
    """Erase; 1 when the person has not asked for it or may still change their mind."""
    certificate_id = erasure.erase(args.person, step=lambda name: print(f"  {name}"), tell=tell)
    if certificate_id is None:
        print("nothing is due: not asked for, withdrawn, still cooling off, or already erased")
        return 1
    print(f"certificate {certificate_id}")
    return 0
