"""Issue E-cards. The codes are printed once and kept nowhere."""

import argparse
from datetime import date
from decimal import Decimal, InvalidOperation

from mingpu.lib.money import to_fen
from mingpu.wallet.rules import MOST_FACE_FEN
from mingpu.wallet.services import issue_cards


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the one verb."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    issue = verbs.add_parser("issue", help="print new codes")
    issue.add_argument("--face", type=_face, required=True, help="what a card is worth, in yuan: 100.00")
    issue.add_argument("--count", type=int, default=1, help="how many, 1 to 1000")
    issue.add_argument("--batch", default="", help="a name to know them by; the day, when left out")


def run(args: argparse.Namespace) -> int:
    """Issue, a code a line."""
    if not 1 <= args.count <= 1000:  # noqa: PLR2004 -- said in the help
        print("--count is 1 to 1000")
        return 2
    batch = args.batch or date.today().isoformat()  # noqa: DTZ011 -- a name, the operator's day
    print("\n".join(issue_cards(face_fen=args.face, count=args.count, batch=batch)))
    return 0


def _face(text: str) -> int:
    try:
        fen = to_fen(Decimal(text))
    except (InvalidOperation, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount in yuan") from error
    if not 0 < fen <= MOST_FACE_FEN:
        raise argparse.ArgumentTypeError("a card without a name is worth 0.01 to 1,000.00 yuan")
    return fen
