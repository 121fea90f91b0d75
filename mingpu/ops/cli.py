"""The `mingpu` command. Each command is a module of `mingpu.ops.commands` and names the zone it runs in."""

import argparse
import os
import sys
from importlib import import_module

import django

from mingpu.home import home

# Command -> (login it runs as, what it does). The zone is fixed before settings are read; without one a command
# needs neither settings nor database, or starts processes that bring their own.
COMMANDS = {
    "run": ("", "set everything up and start the mall (what `make run` does)"),
    "setup": ("", "make secrets, database, roles and tables"),
    "serve": ("", "serve pages and API"),
    "desk": ("", "serve the staff desk"),
    "worker": ("worker", "run background jobs"),
    "counterparts": ("", "play the outside world: payment, courier, SMS, mail"),
    "import-catalog": ("worker", "take a catalogue from a folder or file"),
    "categories": ("worker", "take in or list the tree of categories"),
    "export-catalog": ("worker", "write the catalogue, or a part of it, as a file that import-catalog takes"),
    "merchants": ("worker", "list, add or close the companies that sell on the mall"),
    "offers": ("worker", "list, add or stop promotions"),
    "search": ("worker", "hold the search index against the catalogue, or write it anew"),
    "words": ("worker", "take in or write out the words the operator teaches search"),
    "statistics": ("worker", "count a quarter, propose, approve and publish statistics, or show the budget"),
    "ledger": ("worker", "print the trial balance, or hold stored value and orders against the books"),
    "cards": ("worker", "issue E-cards at the mall's cost"),
    "statement": ("owner", "check, show or try the statement against the database"),
    "export": ("worker", "write a person's data as a zip"),
    "erase": ("worker", "erase a person whose cooling-off is over"),
    "keys": ("worker", "show when keys were renewed, renew one, or forget what it was before"),
    "sign-ins": ("storefront", "end the sign-ins of one person, of everybody, or of the staff"),
    "backup": ("owner", "back the database up, and the key store apart from it"),
    "restore": ("owner", "restore a backup; who was erased since stays erased"),
    "tidy": ("owner", "clear away what deleted rows leave in the database's files"),
    "verify-certificate": ("", "check a certificate of erasure, offline"),
    "legal": ("vault", "read a sealed order record for a lawful case"),
    "audit": ("auditor", "try what must be refused, in every purpose of every login"),
    "roots": ("worker", "print the daily roots of the record of uses, or hold the record against kept ones"),
    "exceptions": ("worker", "list the cases without consent, and the requests under them"),
    "staff": ("owner", "add a member of staff to the desk"),
    "reconcile": ("worker", "compare a day's bills with the books"),
    "jobs": ("worker", "list background jobs that gave up, or have them tried again"),
    "doctor": ("owner", "look for what is not as it should be"),
}
# What opens the mall, or makes a database where there is none: not while a restore is half done.
OPENING = {"run", "setup", "serve", "desk", "worker"}
ZONE_OF = {"serve": "storefront", "desk": "desk", "setup": "owner"}
# Verbs of a command that are another login's: counting is the analyst's, letting a publication go the desk's.
ZONE_OF_VERB = {
    "statistics look": "analyst",
    "statistics approve": "desk",
    "sign-ins everybody": "owner",
    "sign-ins staff": "owner",
}


def main() -> None:
    """Run one command and exit with its status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingpu.settings")
    name = sys.argv[1] if sys.argv[1:] else ""
    if name not in COMMANDS:
        print("mingpu COMMAND [...]\n")
        for command, (_, what) in COMMANDS.items():
            print(f"  {command:20} {what}")
        sys.exit(0 if sys.argv[1:] in ([], ["--help"], ["-h"]) else 2)
    if name in OPENING and (home() / "restoring").exists():
        print("a restore has begun and is not done: run `mingpu restore` again before anything starts")
        sys.exit(1)
    zone, what = COMMANDS[name]
    zone = ZONE_OF_VERB.get(" ".join(sys.argv[1:3]), zone)
    os.environ["MINGPU_ZONE"] = zone or ZONE_OF.get(name, "none")
    if zone:
        django.setup()
    module = import_module(f"mingpu.ops.commands.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(prog=f"mingpu {name}", description=what)
    module.arguments(parser)
    sys.exit(module.run(parser.parse_args(sys.argv[2:])))
