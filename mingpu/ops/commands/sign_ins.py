"""End sign-ins as the operator: of one person, of everybody, of the staff. Whoever it was signs in again."""

import argparse

from mingpu.accounts.queries import find, login_key
from mingpu.accounts.services import end_other_sessions
from mingpu.ops.database import connect_admin, database_name
from mingpu.privacy.purposes import acting

TABLES = {"everybody": "accounts_session", "staff": "desk_staffsession"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take whose."""
    verbs = parser.add_subparsers(dest="whose", required=True)
    one = verbs.add_parser("end", help="those of one person")
    one.add_argument("login", help="their username, number or e-mail")
    verbs.add_parser("everybody", help="those of every shopper")
    verbs.add_parser("staff", help="those of everybody at the desk")


def run(args: argparse.Namespace) -> int:
    """End them; 1 when nobody is called so."""
    if args.whose != "end":
        with connect_admin(database_name()) as admin:
            ended = admin.execute(f"DELETE FROM {TABLES[args.whose]}".encode()).rowcount  # noqa: S608 -- a name of ours
        print(f"{ended} sign-ins ended")
        return 0
    person_id = find(*login_key(args.login))
    if person_id is None:
        print("nobody is called so")
        return 1
    with acting("system"):
        print(f"{end_other_sessions(person_id=person_id, token='')} sign-ins ended")
    return 0
