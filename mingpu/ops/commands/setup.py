"""Make secrets, database, roles and tables; safe to repeat."""

import argparse
import os
import subprocess
import sys

from django.core.management import call_command
from django.db import connection

from mingpu.home import make_secrets
from mingpu.ops import postgres
from mingpu.ops.database import make_roles_and_database


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""
    del parser


def run(args: argparse.Namespace) -> int:
    """Bring everything up to date; the embedded server is left running."""
    del args
    fresh = [
        sys.executable,
        "-m",
        "mingpu.ops.fresh",
    ]  # a process of its own: settings need the secrets made first
    return subprocess.run(fresh, check=False).returncode


def prepare() -> None:
    """Make what is missing: secrets, server, roles, database, tables."""
    make_secrets()
    if not os.environ.get("DATABASE_URL"):
        postgres.start()
    make_roles_and_database()


def migrate() -> None:
    """Run the migrations as the owner; needs Django set up in the owner's zone."""
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
