"""The eleven cases without consent: what the source says, what the law carries, and the requests under them."""

import argparse

from mingpu.governance.queries import requests
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.gates import gates


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to list."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="print the cases and how far each reaches")
    verbs.add_parser("requests", help="print the newest requests and where they stand")


def run(args: argparse.Namespace) -> int:
    """Print the list; always 0."""
    if args.verb == "requests":
        for request in requests():
            times = f"until {request.expires_at:%Y-%m-%d %H:%M}" if request.expires_at else "not approved"
            print(
                f"{request.exception_no}  {request.code.clause}  {request.state:9} {request.persons} persons  "
                f"{request.requester} > {request.approver or '-'}  {times}  {request.authority}  {request.case_no}"
            )
        return 0
    known = gates()
    for it in exceptions().values():
        print(f"{it.clause}  {it.title}  [{it.way}]\n      {it.source}\n      {it.law}")
        if it.requestable:
            print(
                f"      至多 {it.days} 天；到期后 {it.notice_days} 天告知；"
                f"{'、'.join(str(known[item].label) for item in it.items)}"
            )
        if it.instead.zh:
            print(f"      {it.instead}")
    return 0
