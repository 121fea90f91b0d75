"""Promotions: list them, make them from a file, stop one."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from mingpu.lib.clock import now
from mingpu.lib.errors import MallError
from mingpu.promotions.demo import ensure_demo_offers
from mingpu.promotions.queries import OfferView, all_offers
from mingpu.promotions.rules import COUPON, KINDS
from mingpu.promotions.services import make_offer, stop_offer


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the three verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="show every offer, the one that lasts longest first")
    add = verbs.add_parser("add", help="make the offers of a file")
    add.add_argument("path", help="a JSON file (docs/offers.md has the shape), or `demo`")
    stop = verbs.add_parser("stop", help="end an offer now; coupons that were claimed stay good")
    stop.add_argument("id")


def run(args: argparse.Namespace) -> int:
    """Run the verb; 1 when something was refused."""
    if args.verb == "list":
        for line in table():
            print(line)
        return 0
    if args.verb == "stop":
        try:
            stop_offer(args.id)
        except MallError as refused:
            return _refused(args.id, refused)
        print(f"已停止 / stopped: {args.id}")
        return 0
    if args.path == "demo":
        ensure_demo_offers()
        return 0
    return _add(Path(args.path))


def table() -> Iterator[str]:
    """Yield two lines for each offer, in both languages."""
    for it in all_offers():
        kind, offer = KINDS[it.offer.kind], it.offer
        yield f"  {offer.id:24} {kind.zh} / {kind.en}: {offer.title.zh} / {offer.title.en}  {_state(it)}"
        yield f"  {'':24} {_facts(it)}; {it.starts_at:%Y-%m-%d %H:%M} – {it.ends_at:%Y-%m-%d %H:%M} UTC"


def _state(it: OfferView) -> str:
    if not it.active:
        return "已停止 / stopped"
    moment = now()
    if it.starts_at > moment:
        return "未开始 / to come"
    return "进行中 / going on" if it.ends_at > moment else "已结束 / over"


def _facts(it: OfferView) -> str:
    facts = [it.offer.merchant or "平台 / the mall", *(f"{step.zh} / {step.en}" for step in it.offer.terms)]
    if it.offer.kind == COUPON:
        facts.append(f"已领 / claimed {it.claimed}" + (f" of {it.total}" if it.total is not None else ""))
    if it.prices:
        facts.append(f"{it.prices} SKU")
    return "; ".join(facts)


def _add(path: Path) -> int:
    """Make what can be made and name what cannot."""
    try:
        given = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        print(f"无法读取 / cannot be read: {path}")
        return 1
    status = 0
    for number, it in enumerate(given if isinstance(given, list) else [given], 1):
        try:
            print(f"已添加 / added: {make_offer(it)}")
        except MallError as refused:
            status = _refused(f"#{number}", refused)
    return status


def _refused(place: str, refused: MallError) -> int:
    print(f"拒收 / refused: {place}: {refused.message} ({refused.code})")
    return 1
