"""The books: their sums, and whether anything stored disagrees with them."""

import argparse
from datetime import date

from mingpu.lib.money import yuan
from mingpu.wallet.queries import trial_balance, verify


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the two verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    trial = verbs.add_parser("trial", help="print the sums of every account")
    trial.add_argument("--day", type=date.fromisoformat, help="of one day in Beijing, YYYY-MM-DD")
    checked = verbs.add_parser("verify", help="hold balances and cards against their movements")
    checked.add_argument(
        "orders", nargs="*", help="numbers of finished orders, which must have come out even"
    )


def run(args: argparse.Namespace) -> int:
    """Print; 1 when something disagrees."""
    return _trial(args.day) if args.verb == "trial" else _verify(args.orders)


def _trial(day: date | None) -> int:
    trial = trial_balance(day)
    print(f"{'account':40} {'debit':>16} {'credit':>16} {'net':>16}")
    for it in trial.accounts:
        print(f"{it.account:40} {yuan(it.debit_fen):>16} {yuan(it.credit_fen):>16} {yuan(it.net_fen):>16}")
    debit, credit = (sum(getattr(it, side) for it in trial.accounts) for side in ("debit_fen", "credit_fen"))
    print(f"{'sum':40} {yuan(debit):>16} {yuan(credit):>16} {yuan(debit - credit):>16}")
    return int(not trial.balanced)


def _verify(orders: list[str]) -> int:
    found = verify(orders)
    for it in found:
        print(f"{it.what} {it.reference}: {yuan(it.expected_fen)} stored, {yuan(it.booked_fen)} by the books")
    print(f"{len(found)} differences" if found else "the books agree")
    return int(bool(found))
