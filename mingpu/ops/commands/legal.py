"""Read one order's record where the law requires it. The reading is in the record of uses."""

import argparse
import json

from mingpu.lib.errors import NotFound
from mingpu.privacy.vault import order_record


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the order, the authority's case and who reads."""
    parser.add_argument("order_no")
    parser.add_argument("--case", required=True, help="number of the authority's case")
    parser.add_argument("--by", required=True, help="who reads it")


def run(args: argparse.Namespace) -> int:
    """Print the record as JSON; 1 when there is no such order."""
    try:
        found = order_record(args.order_no, case=args.case, by=args.by)
    except NotFound:
        print("no such order")
        return 1
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0
