"""Decisions that rules make about somebody without a person: which rule, on what, told in plain words.

Whoever decides writes the record in its own purpose; its owner reads it, and may have a person look at it again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.privacy import models
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.uses import Listing

OUTCOMES: Final = {"refused": Text("没有同意", "Refused"), "granted": Text("自动同意", "Granted")}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that decides. says: why, with the inputs by name; inputs: what each is called."""

    title: Text
    says: Text
    inputs: Mapping[str, Text]


RULES: Final[Mapping[str, Rule]] = {
    "trade.unpaid": Rule(
        Text("待付款订单过多", "Too many unpaid orders"),
        Text(
            "有 {unpaid} 个订单还没有付款，上限是 {most} 个，所以这一单没有受理。只数了订单个数，没有看姓名、电话和地址。",
            "{unpaid} orders were not paid yet and {most} is the limit, so this one was not taken. Only orders were counted; names, phones and addresses were not looked at.",
        ),
        {"unpaid": Text("未付款订单数", "Unpaid orders"), "most": Text("上限", "Limit")},
    ),
    "trade.pace": Rule(
        Text("下单过快", "Orders too fast"),
        Text(
            "一小时内下了 {orders_last_hour} 单，上限是 {most} 单，所以这一单没有受理。只数了订单个数。",
            "{orders_last_hour} orders came within an hour and {most} is the limit, so this one was not taken. Only orders were counted.",
        ),
        {"orders_last_hour": Text("一小时内订单数", "Orders within an hour"), "most": Text("上限", "Limit")},
    ),
    "order.cod": Rule(
        Text("不支持货到付款", "No cash on delivery"),
        Text(
            "货到付款只适用于同一家支持它的商家的商品；这一单不是，所以没有受理。",
            "Cash on delivery is for goods of one shop that takes it; this order is not, so it was not taken.",
        ),
        {},
    ),
    "delivery.area": Rule(
        Text("不送达该地区", "Not delivered there"),
        Text(
            "商家的配送范围不包括所填的地区，所以这一单没有受理。只比对了省和市。",
            "The shop does not deliver to the area given, so the order was not taken. Only province and city were compared.",
        ),
        {},
    ),
    "coupon.unusable": Rule(
        Text("优惠券不可用", "Coupon not usable"),
        Text(
            "所选的 {chosen} 张优惠券中有的不符合使用条件（时间、门槛、商品范围或已用过），所以这一单没有按它受理。",
            "Of the {chosen} coupons chosen, one does not meet its terms (time, threshold, goods, or used already), so the order was not taken with it.",
        ),
        {"chosen": Text("所选张数", "Coupons chosen")},
    ),
    "coupon.limit": Rule(
        Text("优惠券已领满", "As many coupons as one may have"),
        Text(
            "这种优惠券每人最多领 {limit} 张，您已经领满，所以没有再发。",
            "One person may claim {limit} of this coupon and you have, so no more was handed out.",
        ),
        {"limit": Text("每人上限", "Limit for one person")},
    ),
    "after_sales.silence": Rule(
        Text("商家逾期未处理", "The seller did not answer in time"),
        Text(
            "商家在期限内没有处理这张售后单，按规则自动同意。",
            "The seller did not deal with the case within its time, so it was granted by rule.",
        ),
        {"amount_fen": Text("金额（分）", "Amount in fen")},
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as its person reads it. inputs: what it went by, by label."""

    id: UUID
    at: datetime
    rule: str
    title: str
    outcome: str
    outcome_label: str
    why: str
    inputs: Mapping[str, str]
    reference: str


def record(
    person_id: UUID, rule: str, outcome: str, inputs: Mapping[str, int | str], *, reference: str = ""
) -> None:
    """Write a decision down inside the running block of the purpose that decided.

    rule: of `RULES`; inputs: exactly those it names. Raises KeyError and ValueError for anything else.
    """
    if inputs.keys() != RULES[rule].inputs.keys() or outcome not in OUTCOMES:
        raise ValueError(f"{rule} decides {outcome} by {sorted(inputs)}")
    text = json.dumps(inputs, ensure_ascii=False, sort_keys=True)
    models.Decision.objects.create(
        person_id=person_id, at=now(), rule=rule, outcome=outcome, inputs=text, reference=reference
    )


def decisions_of(person_id: UUID, *, page: int = 1, page_size: int = 20) -> Listing[Decision]:
    """Return what rules decided about a person, newest first."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = models.Decision.objects.filter(person_id=person_id)
        start = (max(page, 1) - 1) * page_size
        found = list(rows.order_by("-at", "id").values()[start : start + page_size])
        total = rows.count()
    return Listing(total, [_told(row) for row in found], page, page_size)


def decision_of(person_id: UUID, decision_id: UUID) -> Decision:
    """Return one decision; raises NotFound for another's."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        row = models.Decision.objects.filter(person_id=person_id, id=decision_id).values().first()
    if row is None:
        raise NotFound
    return _told(row)


def _told(row: Mapping[str, Any]) -> Decision:
    inputs: dict[str, int | str] = json.loads(row["inputs"])
    name = row["rule"]
    known = RULES.get(name)
    why = str(known.says).format(**inputs) if known and inputs.keys() == known.inputs.keys() else ""
    return Decision(
        id=row["id"], at=row["at"], rule=name, title=str(known.title) if known else name, outcome=row["outcome"],
        outcome_label=str(OUTCOMES.get(row["outcome"], row["outcome"])), why=why,
        inputs={str(known.inputs[key]) if known and key in known.inputs else key: str(value) for key, value in inputs.items()},
        reference=row["reference"],
    )  # fmt: skip
