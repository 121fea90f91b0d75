"""Add a member of staff to the desk."""

import argparse
import json
import secrets

from argon2 import PasswordHasher

from mingpu.desk.models import Staff
from mingpu.home import home, write_private
from mingpu.lib.clock import now


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the work name."""
    parser.add_argument("name", help="the work name shown to shoppers in their record of uses")


def run(args: argparse.Namespace) -> int:
    """Make the account with a random password, kept in a private file to be handed over; harmless if it exists."""
    path = home() / "secrets" / f"desk-{args.name}.json"
    if not Staff.objects.filter(name=args.name).exists():
        password = secrets.token_urlsafe(12)
        write_private(path, json.dumps({"name": args.name, "password": password}))
        Staff.objects.create(
            name=args.name, password_hash=PasswordHasher().hash(password), duty_signed_at=now()
        )
    print(f"staff {args.name}: password in {path}")
    return 0
