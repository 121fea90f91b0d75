"""Write a person's copy of their data to a file, for a request that came by letter."""

import argparse
import os
from pathlib import Path
from uuid import UUID

from mingpu.privacy import export
from mingpu.privacy.purposes import Purpose, acting, processing


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take whose data, where to, who asks and why."""
    parser.add_argument("person", type=UUID, help="the person's account id")
    parser.add_argument("--out", type=Path, required=True, help="the zip to write; must not exist yet")
    parser.add_argument(
        "--case", required=True, help="number of the request; the person sees it in their record"
    )
    parser.add_argument("--by", required=True, help="who does it; the person sees the name")


def run(args: argparse.Namespace) -> int:
    """Write the zip, readable by its writer only; 1 when there is no such person."""
    with acting("staff", args.by), processing(Purpose.RIGHTS, subject=args.person, reference=args.case):
        found = export.gather(args.person)
    if not found["accounts_person"]:
        print("no such person")
        return 1
    try:
        target = os.open(args.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        print(f"{args.out} is there already")
        return 1
    with os.fdopen(target, "wb") as file:
        file.write(export.archive(found))
    print(f"{sum(map(len, found.values()))} rows of {sum(map(bool, found.values()))} tables in {args.out}")
    return 0
