"""Several parcels to an order, and merchants who send by themselves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from mingpu.adapters.courier import CourierFailed
from mingpu.adapters.courier.sf import SfCourier
from mingpu.adapters.providers import courier
from mingpu.delivery import services
from mingpu.delivery.errors import NotItsCourier, NotReady, TooManyPieces
from mingpu.delivery.queries import couriers_for, label_of, parcels_of
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import public_number
from mingpu.orders.services import cancel
from mingpu.privacy.uses import uses_of
from tests.delivery.parcels import article, asked_of, buy, parcel_of, report, ship
from tests.jobs import run_jobs, waiting
from tests.merchants.examples import make_merchant
from tests.payments.trading import Deal, letters_about, scan, take
from tests.support import zone

# ---- the mall's own goods ----


def test_goods_that_are_too_heavy_or_checked_go_in_parcels_of_their_own(outside):
    heavy, knife = article(grams=12_000), article(real_name=True)
    it = buy({heavy: 3, knife: 2}).pay(outside)
    packed = sorted((parcel.real_name, parcel.lines) for parcel in it.parcels)
    assert packed == [(False, ((heavy, 1),)), (False, ((heavy, 2),)), (True, ((knife, 2),))]
    assert all(parcel.status == "label_created" for parcel in it.parcels)
    checks = {parcel.real_name: asked_of(outside, parcel)[0].get("serviceList") for parcel in it.parcels}
    assert checks == {False: None, True: [{"name": "REALNAME"}]}


def test_an_order_is_on_its_way_parcel_by_parcel_and_delivered_with_the_last(outside):
    heavy = article(grams=20_000)
    it = buy({heavy: 2}).pay(outside)
    first, second = it.parcels
    for parcel, status, order in [
        (first, "picked_up", "partially_shipped"),
        (first, "signed", "partially_shipped"),
        (second, "in_transit", "shipped"),
        (second, "signed", "delivered"),
    ]:
        report(outside, parcel, status)
        assert it.order.status == order
    assert waiting("delivery.receipt_due", order_no=it.order_no) == 1


def test_the_device_answers_yes_or_no_and_only_where_it_was_asked(outside):
    it = buy({article(real_name=True): 1}).pay(outside)
    report(outside, it.parcels[0], "", real_name=False, receipt="DR-1")
    assert (it.parcels[0].status, it.parcels[0].real_name_ok) == ("label_created", False)
    report(outside, it.parcels[0], "signed")
    assert it.parcels[0].real_name_ok is True
    plain = buy({article(): 1}).pay(outside)
    report(outside, plain.parcels[0], "signed")
    assert plain.parcels[0].real_name_ok is None


def test_a_place_the_courier_does_not_serve_is_brought_by_the_next(outside, monkeypatch):
    def not_there(*_):
        raise CourierFailed(permanent=True, code="undeliverable")

    merchant = make_merchant(couriers=("sf", "yto"))
    it = buy({article(merchant=merchant): 2}).pay(outside)
    with monkeypatch.context() as away:
        away.setattr(SfCourier, "book", not_there)
        ship(it, merchant)
    given_up, taken = it.parcels
    assert (given_up.courier, given_up.status, taken.courier, taken.status) == (
        "sf", "cancelled", "yto", "label_created",
    )  # fmt: skip
    assert it.part(merchant).pieces_sent == 2


# ---- merchants ----


def test_a_merchant_sends_when_and_as_much_as_it_likes(outside):
    merchant = make_merchant(couriers=("yto", "sf"))
    sku, own = article(merchant=merchant), article()
    it = buy({own: 1, sku: 3}).pay(outside)
    [ours] = it.parcels
    assert (ours.merchant, ours.lines) == ("mingpu", ((own, 1),))
    ship(it, merchant, {sku: 1}, courier="sf")
    ship(it, merchant)
    _, one, rest = it.parcels
    assert (one.courier, one.lines, rest.courier, rest.lines) == ("sf", ((sku, 1),), "yto", ((sku, 2),))
    assert (it.part(merchant).state, it.line(sku).sent, it.order.status) == ("sent", 3, "paid")
    [asked] = asked_of(outside, rest)
    assert (asked["senderName"], asked["recipientName"]) == ("木森仓库", "林知夏")
    assert it.order_no not in str(asked)
    for parcel in it.parcels:
        report(outside, parcel, "signed")
    assert it.order.status == "delivered"


def test_the_buyers_courier_is_taken_where_the_merchant_uses_it(outside):
    both, one = make_merchant(couriers=("sf", "yto")), make_merchant(couriers=("sf",))
    it = buy({article(merchant=both): 1, article(merchant=one): 1}, courier="yto").pay(outside)
    ship(it, both)
    ship(it, one)
    assert {parcel.merchant: parcel.courier for parcel in it.parcels} == {both: "yto", one: "sf"}
    choices = couriers_for([both, one])
    assert [(it.code, it.merchants) for it in choices] == [
        ("sf", tuple(sorted((both, one)))),
        ("yto", (both,)),
    ]


def test_a_merchant_sends_its_own_ready_goods_and_nothing_else(outside):
    merchant, other = make_merchant(couriers=("sf",)), make_merchant()
    sku = article(merchant=merchant)
    it = buy({sku: 2})
    part_no = it.part(merchant).part_no
    with zone("desk"):
        with pytest.raises(NotReady):
            services.ship(part_no=part_no, merchant=merchant)
        with pytest.raises(NotFound):
            services.ship(part_no="P" + "2" * 16, merchant=merchant)
    it.pay(outside)
    with zone("desk"):
        with pytest.raises(NotFound):
            services.ship(part_no=part_no, merchant=other)
        with pytest.raises(TooManyPieces):
            services.ship(part_no=part_no, merchant=merchant, lines={sku: 3})
        with pytest.raises(TooManyPieces):
            services.ship(part_no=part_no, merchant=merchant, lines={sku: 0})
        with pytest.raises(TooManyPieces):
            services.ship(part_no=part_no, merchant=merchant, lines={"another": 1})
        with pytest.raises(NotItsCourier):
            services.ship(part_no=part_no, merchant=merchant, courier="yto")
    assert "delivery.ship" not in run_jobs(it.buyer.id)
    assert it.parcels == ()


def test_a_form_sent_twice_is_one_parcel(outside):
    merchant = make_merchant()
    sku = article(merchant=merchant)
    it = buy({sku: 4}).pay(outside)
    number = services.new_parcel_no()
    for _ in range(2):
        assert ship(it, merchant, {sku: 2}, parcel_no=number) == number
    assert [(parcel.parcel_no, parcel.pieces) for parcel in it.parcels] == [(number, 2)]


def test_parcels_never_hold_more_than_was_bought_whoever_is_faster(outside):
    merchant = make_merchant()
    sku, second = article(merchant=merchant), article(merchant=merchant)
    it = buy({sku: 3, second: 2}).pay(outside)
    part_no = it.part(merchant).part_no

    def racer(number):
        wanted = {sku: 1 + number % 2} if number % 3 else {second: 1, sku: 1}
        try:
            services.dispatch(
                person_id=it.buyer.id, part_no=part_no, parcel_no=services.new_parcel_no(), lines=wanted
            )
        finally:
            connection.close()

    with zone("worker"), ThreadPoolExecutor(6) as pool:
        list(pool.map(racer, range(12)))
    packed = dict.fromkeys(it.skus, 0)
    for parcel in it.parcels:
        for code, pieces in parcel.lines:
            packed[code] += pieces
    assert packed == {code: it.line(code).sent for code in it.skus}
    assert packed[sku] <= 3
    assert packed[second] <= 2
    assert it.part(merchant).pieces_sent == sum(packed.values())
    if sum(packed.values()) < 5:
        ship(it, merchant)
    assert (it.part(merchant).pieces_sent, it.part(merchant).state) == (5, "sent")


def test_the_desk_sees_parcels_without_a_person_and_a_label_that_is_logged(outside):
    merchant, other = make_merchant(), make_merchant()
    it = buy({article(merchant=merchant): 1}).pay(outside)
    number = ship(it, merchant)
    part_no = it.part(merchant).part_no
    with zone("desk"):
        [parcel] = parcels_of(merchant=merchant, part_nos=[part_no])[part_no]
        assert (parcel.parcel_no, parcel.status) == (number, "label_created")
        assert parcels_of(merchant=other, part_nos=[part_no]) == {}
        printed = label_of(part_no=part_no, merchant=merchant, parcel_no=number)
        with pytest.raises(NotFound):
            label_of(part_no=part_no, merchant=other, parcel_no=number)
    assert (printed.to.name, printed.to.phone) == ("林**", "138******42")
    assert printed.to.address == "浙江省杭州市西湖区文三路***"
    assert (printed.waybill_no, printed.cod_fen, bool(printed.sorting_code)) == (
        parcel.waybill_no,
        None,
        True,
    )
    used = uses_of(it.buyer.id)
    assert any(use.purpose == "merchant_order" and use.reference == part_no for use in used.items)


# ---- what comes back, and what is called off ----


def test_what_a_cancelling_calls_off_is_not_the_parcel_of_an_order_that_was_paid_late(outside):
    it = buy({article(): 1})
    begun = Deal(it.buyer, it.skus[0], it.order_no).start()
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    scan(begun, late=True)
    take(letters_about(begun.method, begun.out_trade_no)[0])
    services.book(person_id=it.buyer.id, order_no=it.order_no)
    run_jobs(it.buyer.id, names=("delivery.call_off",))
    assert ([parcel.status for parcel in it.parcels], it.order.status) == (["label_created"], "paid")


@pytest.mark.parametrize("end", ["returned", "lost"])
def test_a_paid_parcel_that_does_not_arrive_is_told_to_service(outside, end):
    heavy = article(grams=20_000)
    it = buy({heavy: 2}).pay(outside)
    first, second = it.parcels
    report(outside, first, "signed")
    report(outside, second, "refused")
    assert (it.parcels[1].status, it.order.status) == ("refused", "shipped")
    assert waiting("service.came_back", order_no=it.order_no) == 0
    report(outside, second, end)
    assert waiting("service.came_back", order_no=it.order_no, parcel_no=second.parcel_no) == 1
    assert it.order.status == "delivered"  # as far as it can be


@pytest.mark.parametrize("end", ["returned", "lost"])
def test_an_order_of_which_nothing_arrived_comes_to_its_end(outside, end):
    it = buy({article(price_fen=1000): 1}).pay(outside)
    fee = it.order.shipping_fen
    assert fee > 0
    report(outside, parcel_of(it), end)
    assert (it.order.status, it.order.events[-1].cause) == ("delivered", "came_back")
    run_jobs(it.buyer.id, ahead=timedelta(days=30))
    kept = fee if end == "returned" else 0  # what was lost is the seller's fault
    assert (it.order.status, it.order.refunded_fen) == ("completed" if kept else "closed", 1000 + fee - kept)
    assert Deal(it.buyer, it.skus[0], it.order_no).books_left() == {}


def test_what_has_not_been_picked_up_is_called_off(outside):
    it = buy({article(): 2}, payment="cod")
    parcel = parcel_of(it)
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    run_jobs(it.buyer.id, names=("delivery.call_off",))
    assert (parcel_of(it).status, it.line(it.skus[0]).sent, it.part().pieces_sent) == ("cancelled", 0, 0)
    assert outside.side.post("/sf/push", waybill_no=parcel.waybill_no, op_code="50").status_code == 422
    with zone("worker"):
        services.call_off(person_id=it.buyer.id, order_no=it.order_no, parcels=[parcel.parcel_no])
    assert it.part().pieces_sent == 0


def test_what_is_called_off_while_the_courier_is_being_told_is_taken_back(outside, monkeypatch):
    it = buy({article(): 1})
    book = SfCourier.book

    def interrupted(client, request):
        waybill = book(client, request)
        services.call_off(person_id=it.buyer.id, order_no=it.order_no, parcels=[request.parcel_no])
        return waybill

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(SfCourier, "book", interrupted)
        it.pay(outside)
    run_jobs(it.buyer.id)
    [parcel] = it.parcels
    assert (parcel.status, parcel.waybill_no, it.line(it.skus[0]).sent) == ("cancelled", None, 0)
    waybill = courier("sf").find(parcel.parcel_no)
    assert waybill
    pushed = outside.side.post("/sf/push", waybill_no=waybill.waybill_no, op_code="50")
    assert (pushed.status_code, "called off" in pushed.text) == (422, True)


def test_what_the_courier_has_already_goes_on_and_is_shown(outside):
    it = buy({article(): 1}).pay(outside)
    parcel = parcel_of(it)
    assert outside.side.post("/sf/push", waybill_no=parcel.waybill_no, status="picked_up").status_code == 202
    with zone("worker"):
        services.call_off(person_id=it.buyer.id, order_no=it.order_no, parcels=[parcel.parcel_no])
    assert parcel_of(it).status == "label_created"
    report(outside, parcel, "signed")
    assert (parcel_of(it).status, it.order.status) == ("signed", "delivered")


@pytest.mark.parametrize("by", ["sf", "yto"])
def test_a_return_is_fetched_at_the_door_and_brought_to_its_merchant(outside, by):
    merchant = make_merchant(couriers=(by,))
    sku = article(merchant=merchant, real_name=True)
    it = buy({sku: 2}).pay(outside)
    ship(it, merchant)
    report(outside, it.parcels[0], "signed")
    case_no = public_number("C")
    for _ in range(2):
        with zone("worker"):
            services.book_return(person_id=it.buyer.id, case_no=case_no, order_no=it.order_no, lines={sku: 1})
    _, back = it.parcels
    assert (back.coming_back, back.case_no, back.lines, back.cod_fen) == (True, case_no, ((sku, 1),), None)
    [asked] = asked_of(outside, back)
    names = (
        [asked["senderName"], asked["recipientName"]]
        if by == "yto"
        else [contact["contact"] for contact in asked["contactInfoList"]]
    )
    assert names == ["林知夏", "木森仓库"]
    report(outside, back, "signed")
    assert waiting("service.return_arrived", case_no=case_no, person_id=str(it.buyer.id)) == 1
    assert (it.line(sku).sent, it.order.status) == (2, "delivered")


def test_pieces_sent_again_are_a_parcel_that_does_not_count(outside):
    sku, other = article(), article()
    it = buy({sku: 1}).pay(outside)
    report(outside, it.parcels[0], "signed")
    case_no = public_number("C")
    for _ in range(2):
        with zone("worker"):
            services.send_again(
                person_id=it.buyer.id, case_no=case_no, order_no=it.order_no, lines={other: 1}
            )
    _, again = it.parcels
    assert (again.coming_back, again.case_no, again.lines) == (False, case_no, ((other, 1),))
    report(outside, again, "signed")
    assert (it.line(sku).sent, it.part().pieces_sent, it.order.status) == (1, 1, "delivered")
