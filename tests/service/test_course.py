"""The whole course of cases: deadlines, the mall as arbiter, goods that come back, are replaced, mended or kept."""

import pytest

from mingpu.catalog.models import Sku
from mingpu.lib.errors import Invalid, NotFound
from mingpu.service import queries, services
from mingpu.service.errors import (
    CourierComes,
    NotAlike,
    NotPaid,
    NotReturnable,
    SeveralSellers,
    TooMuch,
    WrongCaseState,
)
from tests.delivery.parcels import article, buy
from tests.factories import make_person, stock_of
from tests.jobs import run_jobs, waiting
from tests.merchants.examples import make_merchant
from tests.people import from_owner
from tests.service.cases import arbitrate, ask, case_of, decide, due, late, report, sku_of, steps
from tests.support import zone


def sibling(sku, *, stock=5, price_fen=9900):
    """Make another variant of an article."""
    with zone("worker"):
        product = Sku.objects.get(code=sku).product
        return Sku.objects.create(code=f"{sku}-2", product=product, price_fen=price_fen, stock=stock).code


def arrive(outside, it, case):
    """Have a courier fetch the goods of a case and bring them to the seller."""
    services.choose_return(person_id=it.buyer.id, case_no=case.case_no, way="courier")
    run_jobs(it.buyer.id)
    report(outside, it, "signed", case_no=case.case_no, direction="return")
    run_jobs(it.buyer.id)


# ---- deadlines ----


def test_a_seller_who_does_not_answer_has_agreed(sold):
    case = ask(sold)
    due(sold, case)
    assert case_of(sold, case).status == "seller_reviewing"  # there is time
    late(case)
    due(sold, case)
    due(sold, case)
    run_jobs(sold.buyer.id)
    assert case_of(sold, case).status == "refunded"
    assert sold.order.refunded_fen == 9900
    assert [cause for _, _, cause in steps(case)] == [
        "asked", "handed_to_seller", "review_overdue", "money_back",
    ]  # fmt: skip


def test_every_wait_has_its_job(sold):
    case = ask(sold)
    assert waiting("service.due", case_no=case.case_no) == 1
    decide(sold, case, approve=False, answer="不符合")
    assert waiting("service.due", case_no=case.case_no) == 2
    assert case_of(sold, case).due_at is not None


def test_goods_that_are_not_sent_back_in_time_end_the_case_and_free_the_pieces(had):
    case = ask(had, 3, kind="return")
    decide(had, case)
    late(case)
    due(had, case)
    assert case_of(had, case).status == "closed_timeout"
    assert ask(had, 3, kind="return").amount_fen == 29_700


def test_goods_a_courier_has_are_waited_for_and_those_it_lost_count_as_sent(outside, had):
    case = ask(had, kind="return")
    decide(had, case)
    services.choose_return(person_id=had.buyer.id, case_no=case.case_no, way="courier")
    run_jobs(had.buyer.id)
    report(outside, had, "picked_up", case_no=case.case_no, direction="return")
    late(case)
    due(had, case)
    assert case_of(had, case).status == "awaiting_return"
    report(outside, had, "lost", case_no=case.case_no, direction="return")
    late(case)
    due(had, case)
    assert case_of(had, case).status == "awaiting_inspection"


def test_goods_nobody_inspects_count_as_accepted(outside, had):
    case = ask(had, kind="return")
    decide(had, case)
    arrive(outside, had, case)
    assert case_of(had, case).status == "awaiting_inspection"
    late(case)
    due(had, case)
    run_jobs(had.buyer.id)
    assert case_of(had, case).status == "refunded"
    assert stock_of(sku_of(had)) == 6  # nobody has looked at them, so they are not sold again


# ---- the mall as arbiter ----


def test_the_mall_upholds_and_the_money_goes_back(sold):
    case = ask(sold)
    decide(sold, case, approve=False, answer="人为损坏")
    assert case_of(sold, case).actions == ["ask_arbitration"]
    services.ask_arbitration(person_id=sold.buyer.id, case_no=case.case_no, appeal="收到就是坏的")
    with zone("desk"):
        it = queries.desk_case(case_no=case.case_no)
    assert (it.case.appeal, it.actions) == ("收到就是坏的", ("uphold", "dismiss"))
    with pytest.raises(WrongCaseState):
        decide(sold, case)  # the seller has had its say
    assert arbitrate(sold, case) == "refunding"
    run_jobs(sold.buyer.id)
    assert (case_of(sold, case).status, sold.order.refunded_fen) == ("refunded", 9900)


def test_the_mall_dismisses_and_that_is_the_last_word(sold):
    case = ask(sold)
    decide(sold, case, approve=False, answer="人为损坏")
    services.ask_arbitration(person_id=sold.buyer.id, case_no=case.case_no)
    assert arbitrate(sold, case, uphold=False) == "closed"
    with pytest.raises(WrongCaseState):
        services.ask_arbitration(person_id=sold.buyer.id, case_no=case.case_no)
    assert case_of(sold, case).actions == []


def test_who_does_not_ask_the_mall_in_time_has_let_it_be(sold):
    case = ask(sold)
    decide(sold, case, approve=False, answer="人为损坏")
    late(case)
    due(sold, case)
    with pytest.raises(WrongCaseState):
        services.ask_arbitration(person_id=sold.buyer.id, case_no=case.case_no)


def test_declined_pieces_that_another_case_took_cannot_be_argued_about(sold):
    case = ask(sold, 2)
    decide(sold, case, approve=False, answer="不符合")
    ask(sold, 2)
    with pytest.raises(TooMuch):
        services.ask_arbitration(person_id=sold.buyer.id, case_no=case.case_no)
    assert case_of(sold, case).status == "rejected"


def test_an_arbitration_that_is_overdue_is_shown_first_and_still_waits_for_a_person(sold):
    other, case = ask(sold), ask(sold)
    late(other)
    decide(sold, case, approve=False, answer="不符合")
    services.ask_arbitration(person_id=sold.buyer.id, case_no=case.case_no)
    late(case)
    due(sold, case)
    with zone("desk"):
        first = queries.queue()[0]
    assert (first["status"], first["overdue"]) == ("arbitration", True)
    assert case_of(sold, case).status == "arbitration"


# ---- goods that come back ----


def test_a_courier_fetches_the_goods_and_they_are_inspected(outside, had):
    case = ask(had, kind="return")
    decide(had, case)
    assert case_of(had, case).actions[0] == "choose_return"
    arrive(outside, had, case)
    it = case_of(had, case)
    assert (it.status, it.way, it.freight) == ("awaiting_inspection", "courier", "seller")
    decide(had, case, seen=("awaiting_inspection",))
    run_jobs(had.buyer.id)
    assert (case_of(had, case).status, stock_of(sku_of(had))) == ("refunded", 7)
    assert waiting("service.refunded", case_no=case.case_no) == 0


def test_goods_not_fit_for_sale_stay_out_of_stock(outside, had):
    case = ask(had, kind="return")
    decide(had, case)
    arrive(outside, had, case)
    decide(had, case, resale=False)
    run_jobs(had.buyer.id)
    assert (case_of(had, case).status, stock_of(sku_of(had))) == ("refunded", 6)


def test_who_sends_goods_themselves_says_with_whom(had):
    case = ask(had, kind="return", reason="changed_mind")
    decide(had, case)
    who = {"person_id": had.buyer.id, "case_no": case.case_no}
    with pytest.raises(Invalid):
        services.choose_return(**who, way="own", courier="中通", waybill_no="1")
    with pytest.raises(Invalid):
        services.choose_return(**who, way="balloon")
    assert services.choose_return(**who, way="own") == "awaiting_return"
    assert services.choose_return(**who, way="own", courier="中通", waybill_no="ZT12345678") == (
        "awaiting_inspection"
    )
    it = case_of(had, case)
    assert (it.return_courier, it.waybill_no, it.freight) == ("中通", "ZT12345678", "buyer")


def test_a_booked_pick_up_is_not_changed_or_withdrawn(outside, had):
    case = ask(had, kind="return")
    decide(had, case)
    who = {"person_id": had.buyer.id, "case_no": case.case_no}
    services.choose_return(**who, way="courier")
    for verb in (services.withdraw, services.sent_back):
        with pytest.raises(CourierComes):
            verb(**who)
    assert case_of(had, case).actions == []


def test_goods_that_fail_the_inspection_come_back_when_the_mall_agrees(outside, had):
    case = ask(had, kind="return")
    decide(had, case)
    arrive(outside, had, case)
    decide(had, case, approve=False, answer="已使用")
    services.ask_arbitration(person_id=had.buyer.id, case_no=case.case_no)
    assert arbitrate(had, case, uphold=False) == "closed"
    assert waiting("delivery.send_again", case_no=case.case_no, lines={sku_of(had): 1}) == 1


def test_an_empty_promise_is_not_sent_back(had):
    case = ask(had, kind="return")
    decide(had, case)
    services.sent_back(person_id=had.buyer.id, case_no=case.case_no)
    decide(had, case, approve=False, arrived=False, answer="未收到")
    late(case)
    due(had, case)
    assert case_of(had, case).status == "closed"
    assert waiting("delivery.send_again", case_no=case.case_no) == 0


# ---- exchange and repair ----


def test_an_exchange_takes_another_variant_out_of_stock_and_sends_it(outside, had):
    other = sibling(sku_of(had))
    case = ask(had, 2, kind="exchange", swap={sku_of(had): other})
    decide(had, case)
    arrive(outside, had, case)
    decide(had, case)
    run_jobs(had.buyer.id)
    assert case_of(had, case).status == "exchanged"
    assert (stock_of(other), stock_of(sku_of(had))) == (3, 8)
    [sent] = [one for one in had.parcels if one.case_no == case.case_no and one.direction == "out"]
    assert sent.lines == ((other, 2),)
    assert had.order.refunded_fen == 0
    assert ask(had, 3, kind="return").amount_fen == 29_700  # what replaced them may come back, too


def test_an_exchange_without_stock_is_refunded(outside, had):
    case = ask(had, 2, kind="exchange")
    decide(had, case)
    arrive(outside, had, case)
    with zone("worker"):
        Sku.objects.filter(code=sku_of(had)).update(stock=1)
    decide(had, case)
    run_jobs(had.buyer.id)
    assert (case_of(had, case).status, had.order.refunded_fen, stock_of(sku_of(had))) == (
        "refunded",
        19_800,
        3,
    )


def test_only_alike_is_exchanged(had):
    dear, stranger = sibling(sku_of(had), price_fen=12_900), article()
    for other in (dear, stranger, "nothing"):
        with pytest.raises(NotAlike):
            ask(had, kind="exchange", swap={sku_of(had): other})
    with pytest.raises(NotAlike):
        ask(had, kind="return", swap={sku_of(had): dear})


def test_a_repair_comes_back_mended_or_is_refunded(outside, had):
    mended, hopeless = ask(had, kind="repair"), ask(had, kind="repair")
    for case in (mended, hopeless):
        decide(had, case)
        arrive(outside, had, case)
        assert decide(had, case) == "repairing"
    assert decide(had, mended) == "repaired"
    assert decide(had, hopeless, approve=False, answer="无法修复") == "refunding"
    run_jobs(had.buyer.id)
    assert [case_of(had, case).status for case in (mended, hopeless)] == ["repaired", "refunded"]
    assert had.order.refunded_fen == 9900
    assert any(one.case_no == mended.case_no and one.direction == "out" for one in had.parcels)


# ---- whose goods ----


def test_a_case_is_about_one_merchants_goods_and_only_that_merchant_decides(outside):
    shop, rival = make_merchant(), make_merchant()
    ours, theirs = article(), article(merchant=shop)
    it = buy({ours: 1, theirs: 1}).pay(outside)
    with pytest.raises(SeveralSellers):
        ask(it, lines={ours: 1, theirs: 1})
    case = ask(it, lines={theirs: 1})
    for other in (rival, "mingpu"):
        with pytest.raises(NotFound):
            decide(it, case, merchant=other)
    with zone("desk"):
        waits = {code: [row["case_no"] for row in queries.queue(merchant=code)] for code in (shop, rival)}
        assert waits == {shop: [case.case_no], rival: []}
        assert case.case_no not in [row["case_no"] for row in queries.queue()]
        with pytest.raises(NotFound):
            queries.desk_case(case_no=case.case_no, merchant=rival)
        seen = queries.desk_case(case_no=case.case_no, merchant=shop)
    assert [line["sku"] for line in seen.goods] == [theirs]
    assert seen.total_fen == 9900
    assert decide(it, case, merchant=shop) == "refunding"


def test_the_delivery_fee_goes_back_once_and_only_when_nothing_is_kept(outside):
    sku = article(price_fen=1_000)
    it = buy({sku: 3}).pay(outside)
    fee = it.part().shipping_fen
    assert fee > 0
    first, second = ask(it, 2), ask(it, 1)
    assert (first.amount_fen, second.amount_fen) == (2_000, 1_000 + fee)
    services.withdraw(person_id=it.buyer.id, case_no=first.case_no)
    assert ask(it, 2).amount_fen == 2_000


def test_the_delivery_fee_of_sent_goods_goes_back_by_the_sellers_fault_alone(outside):
    amounts = {}
    for reason in ("changed_mind", "damaged"):
        it = buy({article(price_fen=1_000): 1}).pay(outside)
        report(outside, it, "signed")
        amounts[reason] = ask(it, kind="return", reason=reason).amount_fen - 1_000 == it.part().shipping_fen
    assert amounts == {"changed_mind": False, "damaged": True}


def test_what_is_not_paid_yet_or_handed_over_at_once_is_refused(outside):
    it = buy({article(): 1}, payment="cod")
    report(outside, it, "picked_up")
    with pytest.raises(NotPaid):
        ask(it)
    other = buy({article(): 1}).pay(outside)
    from_owner("UPDATE orders_line SET kind = 'ecard' WHERE order_no = %s", [other.order_no])
    with pytest.raises(NotReturnable):
        ask(other)
    assert queries.left_of(person_id=other.buyer.id, order_no=other.order_no) == {}


def test_another_persons_case_cannot_be_argued_about_or_sent_back(had):
    case, other = ask(had, kind="return"), make_person()
    for verb, more in ((services.ask_arbitration, {}), (services.choose_return, {"way": "courier"})):
        with pytest.raises(NotFound):
            verb(person_id=other.id, case_no=case.case_no, **more)
