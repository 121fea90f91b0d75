"""Add a member of staff to the desk: of the mall, or of one of its merchants."""

import argparse
import json
import secrets

from argon2 import PasswordHasher

from mingpu.desk.models import Staff
from mingpu.home import home, write_private
from mingpu.lib.clock import now
from mingpu.merchants.queries import merchants


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the work name, and for whom they work."""
    parser.add_argument("name", help="the work name shown to shoppers in their record of uses")
    parser.add_argument(
        "--merchant", default="", metavar="CODE", help="the merchant they work for, not the mall"
    )


def run(args: argparse.Namespace) -> int:
    """Make the account with a random password, kept in a private file to be handed over; harmless if it exists.

    1 when there is no such merchant, or the name is taken by somebody who works for another.
    """
    if args.merchant and args.merchant not in merchants([args.merchant]):
        print(f"no merchant {args.merchant}")
        return 1
    path = home() / "secrets" / f"desk-{args.name}.json"
    there = Staff.objects.filter(name=args.name).first()
    if there is None:
        password = secrets.token_urlsafe(12)
        write_private(path, json.dumps({"name": args.name, "password": password}))
        Staff.objects.create(
            name=args.name, password_hash=PasswordHasher().hash(password), duty_signed_at=now(),
            merchant=args.merchant,
        )  # fmt: skip
    elif there.merchant != args.merchant:
        print(f"staff {args.name} works for {there.merchant or 'the mall'}; choose another name")
        return 1
    print(f"staff {args.name}: password in {path}")
    return 0
