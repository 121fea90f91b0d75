"""Random cases about discounted lines: never more than was paid, and all of it when everything goes back."""

import json
import random

import pytest

from mingpu.lib.errors import MallError
from mingpu.service import queries, services
from tests.delivery.parcels import article, buy
from tests.jobs import run_jobs
from tests.people import from_owner
from tests.service.cases import arbitrate, ask, decide


def reduce_by(it, fens):
    """Take so many fen off lines of an unpaid order, as the shop's own promotion does."""
    total = sum(fens.values())
    for sku, fen in fens.items():
        label = {"zh": "满减", "en": "Reduction"}
        why = [{"kind": "full", "rule": "r", "label": label, "fen": fen, "funder": "mingpu"}]
        from_owner(
            "UPDATE orders_line SET payable_fen = payable_fen - %s, reductions = %s WHERE order_no = %s AND sku = %s",
            [fen, json.dumps(why), it.order_no, sku],
        )
    from_owner(
        "UPDATE orders_part SET discount_fen = discount_fen + %s, own_discount_fen = own_discount_fen + %s "
        "WHERE order_no = %s",
        [total, total, it.order_no],
    )
    from_owner(
        "UPDATE orders_order SET discount_fen = discount_fen + %s, total_fen = total_fen - %s WHERE order_no = %s",
        [total, total, it.order_no],
    )


@pytest.mark.parametrize("seed", range(4))
def test_random_cases_never_refund_more_than_was_paid_and_add_up(outside, seed):
    chance = random.Random(seed)
    lines = {article(price_fen=chance.randint(200, 3_000)): chance.randint(1, 5) for _ in range(2)}
    it = buy(lines)
    reduce_by(it, {sku: chance.randint(1, 150) for sku in lines})
    it.pay(outside)
    order = it.order
    for _ in range(6):
        left = {
            sku: n
            for sku, n in queries.left_of(person_id=it.buyer.id, order_no=it.order_no).items()
            if n and chance.random() < 0.7
        }
        if left:
            case = ask(it, lines={sku: chance.randint(1, n) for sku, n in left.items()})
            end = chance.choice(["approve", "approve", "reject", "withdraw", "argue"])
            if end == "withdraw":
                services.withdraw(person_id=it.buyer.id, case_no=case.case_no)
            else:
                decide(it, case, approve=end == "approve", answer="x")
            if end == "argue":
                services.ask_arbitration(person_id=it.buyer.id, case_no=case.case_no)
    run_jobs(it.buyer.id)
    assert it.order.refunded_fen <= order.total_fen
    for case in queries.cases_of(person_id=it.buyer.id, order_no=it.order_no):
        if case.status == "arbitration":
            arbitrate(it, case)
    rest = {sku: n for sku, n in queries.left_of(person_id=it.buyer.id, order_no=it.order_no).items() if n}
    if rest:
        decide(it, ask(it, lines=rest))
    run_jobs(it.buyer.id)
    assert (it.order.status, it.order.refunded_fen) == ("closed", order.total_fen)
    with pytest.raises(MallError):
        ask(it)
