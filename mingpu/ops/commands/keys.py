"""Renew the keys that can be renewed while the mall runs: nobody is signed out, everything sealed still opens."""

import argparse
from datetime import date, timedelta

from mingpu.home import forget_former, former, renew, renewed_on
from mingpu.lib.clock import now
from mingpu.privacy import keys
from mingpu.privacy.key_backups import days

# What an operator calls a key -> the file and the name it has there.
KEYS = {"cookies": ("common", "django"), "wrapping": ("kek", "key")}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the verbs, and the key."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("show", help="when each key was renewed, and how many former ones are still known")
    for verb, what in (
        ("renew", "make the key anew; the former one still opens"),
        ("forget", "forget the former ones"),
    ):
        verbs.add_parser(verb, help=what).add_argument("key", choices=KEYS)


def run(args: argparse.Namespace) -> int:
    """Do it; 1 where a former key is still needed."""
    if args.verb == "show":
        for name, place in KEYS.items():
            print(f"{name}: renewed {renewed_on(*place) or 'never'}, {len(former(*place))} former")
        return 0
    return _renew(args.key) if args.verb == "renew" else _forget(args.key)


def _renew(name: str) -> int:
    renew(*KEYS[name], now().date().isoformat())
    print(f"{name}: made anew; restart the parts one after the other")
    if name == "wrapping":
        print(f"{keys.rewrap()} keys of the store wrapped anew")
    return 0


def _forget(name: str) -> int:
    """Forget what a key was; the wrapping key's former ones only when no backup of the store needs them."""
    place = KEYS[name]
    if name == "wrapping" and former(*place):
        keys.rewrap()  # what a process that had not been restarted still wrapped under the former one
        since = date.fromisoformat(renewed_on(*place))
        until = since + timedelta(days=days() + 1)
        if now().date() < until:
            print(f"{name}: backups of the key store need the former one until {until}")
            return 1
    print(f"{name}: {forget_former(*place)} former forgotten")
    return 0
