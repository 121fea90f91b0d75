"""Compare a day's bills of institutions and couriers with our books."""

import argparse
from datetime import date

from mingpu.adapters.calls import CallFailed
from mingpu.lib.money import yuan
from mingpu.lib.text import Text
from mingpu.payments.services import reconciliation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the day and, where not all are meant, one of the parties."""
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="YYYY-MM-DD, a day in Beijing")
    parser.add_argument("--provider", choices=reconciliation.parties(), help="only this one")


def run(args: argparse.Namespace) -> int:
    """Print one report each, in both languages; 1 when something differs, 2 when a bill could not be had."""
    worst = 0
    for party in [args.provider] if args.provider else reconciliation.parties():
        try:
            report = reconciliation.reconcile(party=party, day=args.day)
        except CallFailed as failed:
            _say(
                Text(
                    f"{party} 账单暂不可得：{failed.code}", f"{party}: the bill cannot be had: {failed.code}"
                )
            )
            worst = 2
            continue
        _print(report)
        worst = max(worst, 1 if report.differences else 0)
    return worst


def _print(it: reconciliation.Report) -> None:
    charged, refunded = yuan(it.charged_fen), yuan(it.refunded_fen)
    _say(
        Text(
            f"{it.party} {it.day}：{it.lines} 笔，收 {charged} 元，退 {refunded} 元，补记 {it.healed} 笔，"
            f"差异 {len(it.differences)} 笔",
            f"{it.party} {it.day}: {it.lines} movements, {charged} yuan in, {refunded} yuan out, {it.healed} healed, "
            f"{len(it.differences)} differences",
        )
    )
    for one in it.differences:
        ours = "-" if one.ours_fen is None else yuan(one.ours_fen)
        theirs = "-" if one.theirs_fen is None else yuan(one.theirs_fen)
        numbers = f"{one.kind} {one.number} {one.provider_txn}".rstrip()
        label = one.label
        _say(
            Text(
                f"  {label.zh}：{numbers}，我方 {ours}，对方 {theirs}",
                f"  {label.en}: {numbers}, ours {ours}, theirs {theirs}",
            )
        )


def _say(text: Text) -> None:
    print(text.zh)
    print(text.en)
