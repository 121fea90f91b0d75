"""What waits for the mall's own staff: cash on delivery, stuck refunds, differences, offers."""

from datetime import date

import pytest

from mingpu.lib.clock import now
from mingpu.payments.models import Difference
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.queries import all_offers
from tests.desk.shops import at_desk
from tests.invoices.desk import OURS as INVOICES
from tests.invoices.desk import TAX_NO, TITLE, issued
from tests.jobs import run_jobs, waiting
from tests.payments.trading import deal, paid
from tests.promotions.shop import made
from tests.support import zone


def shown(desk, path):
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.fixture
def large(outside):
    """A large order that is to be paid at the door."""
    it = deal(price_fen=300_000, payment="cod")
    run_jobs(it.buyer.id, names=("payments.review_cod",))
    return it


@pytest.mark.parametrize(("decision", "status"), [("accept", "confirmed"), ("decline", "cancelled")])
def test_cash_on_delivery_is_decided(large, desk, decision, status):
    at_desk(desk)
    page = shown(desk, "/cod")
    assert large.order_no in page
    assert "3,000.00" in page
    assert "林" not in page
    assert desk.post(f"/cod/{large.order_no}", {"decision": "perhaps"}).status_code == 422
    assert desk.post(f"/cod/{large.order_no}", {"decision": decision})["Location"] == "/cod?done=asked"
    run_jobs(large.buyer.id, names=(f"payments.{'confirm' if decision == 'accept' else 'decline'}_cod",))
    assert large.order_no not in shown(desk, "/cod")
    again = desk.post(f"/cod/{large.order_no}", {"decision": decision})
    assert again.status_code in {404, 409}
    with zone("storefront"):
        assert large.order.status == status


@pytest.fixture
def stuck(outside):
    """A refund that the buyer's account cannot take."""
    it = deal()
    paid(outside, it)
    [asked] = it.ask(9900, "case:C1")
    outside.side.fault("wechatpay", "abnormal")
    run_jobs(it.buyer.id, names=("payments.refund",))
    return it, asked.out_refund_no


def test_a_stuck_refund_goes_to_the_balance(stuck, desk):
    it, number = stuck
    at_desk(desk)
    page = shown(desk, "/refunds")
    assert number in page
    assert "99.00" in page
    assert desk.post(f"/refunds/{number}", {"way": "mine"}).status_code == 422
    assert desk.post("/refunds/RNOBODY", {"way": "same"}).status_code == 404
    assert desk.post(f"/refunds/{number}", {"way": "balance"}).status_code == 303
    run_jobs(it.buyer.id, names=("payments.refund", "payments.mend_refund"))
    assert number not in shown(desk, "/refunds")
    with zone("storefront"):
        assert it.wallet.balance_fen == 9900
    assert desk.post(f"/refunds/{number}", {"way": "same"}).status_code == 409


def test_a_stuck_refund_is_tried_again(stuck, desk):
    number = stuck[1]
    at_desk(desk)
    assert desk.post(f"/refunds/{number}", {"way": "same"}).status_code == 303
    assert waiting("payments.mend_refund", out_refund_no=number, way="same") == 1


def test_differences_show_both_sides(outside, desk):
    number = f"M{now():%H%M%S%f}01"
    with zone("worker"), processing(Purpose.RECONCILIATION, subject=None):
        Difference.objects.create(
            day=date(2026, 11, 20), provider="sf", what="other_amount", kind="collected", number=number,
            ours_fen=12_345, theirs_fen=None, found_at=now(),
        )  # fmt: skip
    at_desk(desk)
    page = shown(desk, "/differences")
    for word in (number, "2026-11-20", "顺丰速运", "123.45", "金额不一致"):
        assert word in page


def test_a_stuck_invoice_is_tried_again(outside, desk):
    with zone("storefront"):
        it, invoice = issued(outside)
        outside.side.fault("fapiao", "not_reversible")
        it.ask(9900, "case:C1")
        run_jobs(it.buyer.id, names=("payments.refund", *INVOICES))
    at_desk(desk)
    page = shown(desk, "/invoices")
    assert invoice.invoice_no in page
    assert "198.00" in page
    for hidden in (TITLE, TAX_NO):
        assert hidden not in page
    assert desk.post(f"/invoices/{invoice.invoice_no}")["Location"] == "/invoices?done=asked"
    assert waiting("invoices.try_again", invoice_no=invoice.invoice_no) == 1
    assert desk.post("/invoices/F-nobody").status_code == 404


def test_an_offer_is_stopped(desk):
    key = made("coupon")
    at_desk(desk)
    assert key in shown(desk, "/offers")
    assert desk.post(f"/offers/{key}/stop")["Location"] == "/offers?done=asked"
    assert desk.post("/offers/none-such/stop").status_code == 404
    run_jobs(names=("promotions.stop",))
    assert [it.active for it in all_offers() if it.offer.id == key] == [False]


def test_a_word_after_a_step_is_one_of_ours(desk):
    at_desk(desk)
    assert "后台正在办理" in shown(desk, "/cod?done=asked")
    assert "<script" not in shown(desk, "/cod?done=<script>alert(1)</script>").partition("<main")[2]
