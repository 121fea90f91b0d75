"""What somebody would try who wants both the goods and the money."""

import pytest

from mingpu.lib.errors import Invalid
from mingpu.service import queries, services
from mingpu.service.errors import NotArrived, TooMuch
from tests.delivery import parcels
from tests.delivery.parcels import article, buy
from tests.jobs import run_jobs
from tests.service.cases import ask, case_of, decide, due, late, report
from tests.service.test_course import arrive


def test_goods_that_the_seller_has_cannot_be_refunded_by_a_second_case(outside):
    it = buy({article(stock=9): 3}).pay(outside)
    report(outside, it, "signed")
    first = ask(it, 3, kind="return")
    decide(it, first)
    arrive(outside, it, first)
    decide(it, first, approve=False, answer="已使用")
    assert case_of(it, first).status == "rejected"
    assert queries.left_of(person_id=it.buyer.id, order_no=it.order_no) == {it.skus[0]: 0}
    with pytest.raises(TooMuch):
        ask(
            it, 1
        )  # it would be paid back when the seller does not answer, and then the goods go back to the buyer
    late(first)
    due(it, first)
    run_jobs(it.buyer.id)
    assert (case_of(it, first).status, it.order.refunded_fen) == ("closed", 0)
    assert ask(it, 1, kind="return").status == "seller_reviewing"  # the buyer has them again


def test_one_piece_that_arrived_is_brought_back_once(outside):
    sku = article(grams=20_000)
    it = buy({sku: 2}).pay(outside)
    first, _ = it.parcels
    parcels.report(outside, first, "signed")
    assert ask(it, 1, kind="return").amount_fen == 9900
    for kind in ("return", "exchange", "repair"):
        with pytest.raises(NotArrived):
            ask(it, 1, kind=kind)
    assert ask(it, 1, kind="refund").amount_fen > 0


def test_the_name_of_a_courier_is_text(outside):
    it = buy({article(): 1}).pay(outside)
    report(outside, it, "signed")
    case = ask(it, kind="return")
    decide(it, case)
    for name in ("顺\0丰", "顺\n丰", "顺" * 21):
        with pytest.raises(Invalid):
            services.sent_back(person_id=it.buyer.id, case_no=case.case_no, courier=name)
