"""After-sales: asking, deciding, and what the money and the goods do."""

import pytest

from mingpu.lib.errors import Invalid, NotFound
from mingpu.privacy.uses import uses_of
from mingpu.service import queries, services
from mingpu.service.errors import NotArrived, NotPossible, TooMuch, WrongCaseState
from tests.checkout.test_crowd import at_once
from tests.factories import make_person, stock_of
from tests.jobs import run_jobs
from tests.payments.trading import deal, paid
from tests.service.cases import ask, case_of, decide, report
from tests.support import zone


@pytest.fixture
def sold(outside):
    it = deal(stock=9, pieces=3)
    paid(outside, it)
    run_jobs(it.buyer.id)
    return it


@pytest.fixture
def delivered(outside, sold):
    report(outside, sold, "signed")
    return sold


def test_a_request_is_written_down_with_what_it_is_about(sold):
    case = ask(sold, 2, description=" 杯口有裂纹 ")
    assert (case.status, case.amount_fen) == ("seller_reviewing", 19_800)
    it = case_of(sold, case)
    assert (it.description, it.lines, it.actions) == ("杯口有裂纹", ((sold.sku, 2),), ["withdraw"])
    assert [one.case_no for one in queries.cases_of(person_id=sold.buyer.id, order_no=sold.order_no)] == [
        case.case_no
    ]
    assert queries.left_of(person_id=sold.buyer.id, order_no=sold.order_no) == {sold.sku: 1}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": "gift"}, Invalid),
        ({"reason": "because"}, Invalid),
        ({"pieces": 0}, Invalid),
        ({"pieces": 4}, TooMuch),
        ({"description": "长" * 501}, Invalid),
        ({"kind": "return"}, NotPossible),
    ],
)
def test_a_request_that_makes_no_sense_writes_nothing(sold, wrong, error):
    with pytest.raises(error):
        ask(sold, **wrong)
    assert queries.cases_of(person_id=sold.buyer.id, order_no=sold.order_no) == ()


def test_goods_of_another_order_are_refused(sold):
    with pytest.raises(TooMuch):
        services.open_case(
            person_id=sold.buyer.id, order_no=sold.order_no, kind="refund", lines={"other": 1}, reason="late"
        )


def test_no_more_pieces_than_were_bought_however_many_cases(sold):
    first = ask(sold, 2)
    with pytest.raises(TooMuch) as refused:
        ask(sold, 2)
    assert refused.value.facts == {"left": 1}
    services.withdraw(person_id=sold.buyer.id, case_no=first.case_no)
    assert ask(sold, 3).amount_fen == 29_700


def test_asking_many_times_at_once_never_exceeds_what_was_bought(sold):
    found = at_once(lambda _: ask(sold, 1), range(8))
    assert sum(isinstance(it, services.Opened) for it in found) == 3


def test_an_unpaid_order_has_nothing_to_refund(outside):
    with pytest.raises(NotPossible):
        ask(deal())


def test_everything_before_it_was_shipped_includes_the_delivery_fee(outside):
    it = deal(price_fen=1000)
    paid(outside, it)
    assert it.order.shipping_fen == 800
    case = ask(it)
    assert case.amount_fen == 1800
    decide(it, case)
    run_jobs(it.buyer.id)
    assert (it.order.status, it.order.refunded_fen) == ("closed", 1800)


def test_a_refund_before_shipping_returns_money_and_goods(outside, sold):
    case = ask(sold, 3)
    assert decide(sold, case, answer="已同意") == "refunding"
    run_jobs(sold.buyer.id)
    it = case_of(sold, case)
    assert (it.status, it.answer, it.actions) == ("refunded", "已同意", [])
    assert (sold.order.status, stock_of(sold.sku)) == ("closed", 9)


def test_a_refund_of_goods_that_left_the_house_keeps_them_out_of_stock(outside, sold):
    report(outside, sold, "picked_up")
    case = ask(sold, 3)
    decide(sold, case)
    run_jobs(sold.buyer.id)
    assert (sold.order.status, stock_of(sold.sku)) == ("closed", 6)


def test_goods_on_their_way_can_be_refunded_but_not_returned(outside, sold):
    report(outside, sold, "picked_up")
    for kind in ("return", "exchange", "repair"):
        with pytest.raises(NotArrived):
            ask(sold, kind=kind)
    assert ask(sold).status == "seller_reviewing"


def test_a_return_waits_for_the_goods(outside, delivered):
    case = ask(delivered, 1, kind="return")
    assert decide(delivered, case) == "awaiting_return"
    run_jobs(delivered.buyer.id)
    assert delivered.refunds == ()
    services.sent_back(person_id=delivered.buyer.id, case_no=case.case_no)
    assert decide(delivered, case, seen=("awaiting_inspection",)) == "refunding"
    run_jobs(delivered.buyer.id)
    assert (case_of(delivered, case).status, delivered.order.refunded_fen, stock_of(delivered.sku)) == (
        "refunded", 9900, 7,
    )  # fmt: skip


def test_a_no_says_why_and_frees_the_pieces(sold):
    case = ask(sold, 3)
    assert decide(sold, case, approve=False, answer="照片看不清") == "rejected"
    assert case_of(sold, case).answer == "照片看不清"
    assert ask(sold, 3).status == "seller_reviewing"


def test_a_decision_is_made_once(sold):
    case = ask(sold)
    decide(sold, case)
    for approve in (True, False):
        with pytest.raises(WrongCaseState):
            decide(sold, case, approve=approve)
    assert len(sold.refunds) == 1


def test_a_decision_for_another_state_than_was_seen_is_refused(delivered):
    case = ask(delivered, kind="return")
    decide(delivered, case)
    services.sent_back(person_id=delivered.buyer.id, case_no=case.case_no)
    with pytest.raises(WrongCaseState):
        decide(delivered, case, seen=("seller_reviewing",))
    assert delivered.refunds == ()


def test_deciding_and_withdrawing_at_once_do_not_both_happen(sold):
    case = ask(sold)
    services.withdraw(person_id=sold.buyer.id, case_no=case.case_no)
    with pytest.raises(WrongCaseState):
        decide(sold, case)
    with pytest.raises(WrongCaseState):
        services.withdraw(person_id=sold.buyer.id, case_no=case.case_no)
    assert sold.refunds == ()


def test_another_persons_case_does_not_exist(sold):
    case, other = ask(sold), make_person()
    for verb in (queries.case_of, services.withdraw, services.sent_back):
        with pytest.raises(NotFound) as theirs:
            verb(person_id=other.id, case_no=case.case_no)
        with pytest.raises(NotFound) as none:
            verb(person_id=sold.buyer.id, case_no="CNOBODYHASTHISNO")
        assert theirs.value.message == none.value.message
    with pytest.raises(NotFound):
        services.open_case(
            person_id=other.id, order_no=sold.order_no, kind="refund", lines={sold.sku: 1}, reason="late"
        )
    assert queries.cases_of(person_id=other.id, order_no=sold.order_no) == ()
    assert queries.left_of(person_id=other.id, order_no=sold.order_no) == {}
    assert case_of(sold, case).status == "seller_reviewing"


def test_the_desk_sees_one_order_masked_and_the_buyer_sees_that_it_did(sold):
    case = ask(sold, description="有裂纹")
    with zone("desk"):
        it = queries.desk_case(case_no=case.case_no)
        waiting = {row["case_no"]: row for row in queries.queue()}
    assert (it.case.order_no, it.case.description) == (sold.order_no, "有裂纹")
    assert (it.consignee, it.phone, it.address) == ("林**", "138****0042", "浙江省杭州市西湖区文三路***")
    assert "****" in it.contact_phone
    assert set(waiting[case.case_no]) == {
        "case_no", "type", "reason", "status", "amount_fen", "created_at", "due_at", "merchant", "type_label",
        "reason_label", "status_label", "overdue",
    }  # fmt: skip
    seen = [use for use in uses_of(sold.buyer.id).items if use.purpose == "service"]
    assert [use.reference for use in seen] == [case.case_no]


def test_the_desk_finds_no_case_that_is_not_there(outside):
    with zone("desk"), pytest.raises(NotFound):
        queries.desk_case(case_no="CNOBODYHASTHISNO")
