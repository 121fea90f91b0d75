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
    """Take work names, and for whom they work."""
    parser.add_argument(
        "names",
        nargs="+",
        metavar="NAME[@MERCHANT]",
        help="the work name shown to shoppers in their record of uses",
    )
    parser.add_argument(
        "--merchant", default="", metavar="CODE", help="the merchant they work for, not the mall"
    )


def run(args: argparse.Namespace) -> int:
    """Make accounts with random passwords, kept in private files to be handed over; harmless where they exist.

    1 when there is no such merchant, or a name is taken by somebody who works for another.
    """
    named = [name.partition("@") for name in args.names]
    return max(_hire(name, merchant or args.merchant) for name, _, merchant in named)


def _hire(name: str, merchant: str) -> int:
    if merchant and merchant not in merchants([merchant]):
        print(f"no merchant {merchant}")
        return 1
    path = home() / "secrets" / f"desk-{name}.json"
    there = Staff.objects.filter(name=name).first()
    if there is None:
        password = secrets.token_urlsafe(12)
        write_private(path, json.dumps({"name": name, "password": password}))
        Staff.objects.create(
            name=name, password_hash=PasswordHasher().hash(password), duty_signed_at=now(), merchant=merchant
        )
    elif there.merchant != merchant:
        print(f"staff {name} works for {there.merchant or 'the mall'}; choose another name")
        return 1
    print(f"staff {name}: password in {path}")
    return 0
