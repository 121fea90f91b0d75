"""Statistics: count a quarter for the analysts, propose, approve and publish one, show what there is and the budget."""

import argparse
import os
from decimal import Decimal, InvalidOperation
from importlib import import_module
from typing import Any
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import MallError
from mingpu.statistics.errors import OwnApproval
from mingpu.statistics.queries import STATES, Proposal, budget, cells, publications
from mingpu.statistics.rules import LIMITS, STATISTICS, last_quarter, quarter, quarter_name
from mingpu.statistics.services import close, decide, propose, publish

NOT_INSTALLED = "先运行 make statistics / run `make statistics` first"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the six verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    look = verbs.add_parser("look", help="what an analyst sees of a quarter; counts it when it is new")
    verbs.add_parser("list", help="every publication and how far it has come")
    verbs.add_parser("budget", help="what is spent of the privacy budget")
    ask = verbs.add_parser("propose", help="measure statistics and put them before somebody else")
    ask.add_argument("statistic", choices=[*STATISTICS, "all"])
    ask.add_argument("--epsilon", default="0.25", help="the share of the budget each takes")
    for it in (look, ask):
        it.add_argument("--quarter", default=quarter_name(last_quarter(now().date())), help="such as 2026Q3")
    let = verbs.add_parser("approve", help="let a publication go, or not")
    let.add_argument("--no", action="store_true", help="do not let it go")
    go = verbs.add_parser(
        "publish", help="draw the counts of an approved publication and publish them with error"
    )
    for it in (let, go):
        it.add_argument("id", type=UUID)
    for it in (ask, let):
        it.add_argument("--by", default=os.environ.get("USER", ""), help="who you are")


def run(args: argparse.Namespace) -> int:
    """Run the verb; 1 when something was refused, with its code."""
    verbs = {"look": _look, "list": _list, "budget": _budget, "propose": _propose, "approve": _approve}
    try:
        return verbs.get(args.verb, _publish)(args)
    except MallError as refused:
        print(f"未接受 / refused: {refused.message} ({refused.code})")
        return 1
    except ModuleNotFoundError:
        print(NOT_INSTALLED)
        return 1


def _look(args: argparse.Namespace) -> int:
    since = quarter(args.quarter)
    close(since)
    found = cells(since)
    for it in found:
        print(f"{it.statistic:20} {it.cell:16} {it.n:8,} {it.people:8,}")
    if not found:
        print(f"每格都不足 {LIMITS.k} 人 / no cell has {LIMITS.k} people")
    return 0


def _list(args: argparse.Namespace) -> int:
    del args
    for it in publications():
        print(_line(it))
    return 0


def _line(it: Proposal) -> str:
    measures = it.measures
    return (
        f"{it.id} {it.quarter} {it.statistic:20} ε={it.epsilon} k={measures.k} l={measures.l} t={measures.t:.2f} "
        f"risk≤{measures.worst:.2f} {STATES[it.state]} ({it.asked_by} → {it.decided_by or '?'})"
    )


def _budget(args: argparse.Namespace) -> int:
    del args
    spent = budget()
    print(f"{spent.year}: {spent.spent} / {spent.total}")
    for since, sum_ in sorted(spent.quarters.items()):
        print(f"{quarter_name(since)}: {sum_} / {LIMITS.epsilon_period}")
    return 0


def _propose(args: argparse.Namespace) -> int:
    try:
        epsilon = Decimal(args.epsilon)
    except InvalidOperation:
        print(f"不是数字 / no number: {args.epsilon}")
        return 1
    measure = _library("attacks").measure
    since, refused = quarter(args.quarter), 0
    for name in STATISTICS if args.statistic == "all" else [args.statistic]:
        try:
            made = propose(statistic=name, since=since, epsilon=epsilon, by=args.by, measure=measure)
            print(f"{name}: {made}")
        except MallError as reason:
            refused += 1
            print(f"{name}: {reason.message} ({reason.code})")
    return int(refused > 0)


def _approve(args: argparse.Namespace) -> int:
    if not args.by:
        raise OwnApproval
    decide(args.id, by=args.by, granted=not args.no)
    return 0


def _publish(args: argparse.Namespace) -> int:
    publish(args.id, noise=_library("noise").laplace)
    print(_line(next(it for it in publications() if it.id == args.id)))
    return 0


def _library(name: str) -> Any:
    """Load what measures; raises ModuleNotFoundError where it is not installed."""
    return import_module(f"mingpu.statistics.{name}")
