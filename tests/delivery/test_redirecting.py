"""Changing where an order goes: until it is packed, not to where it is dearer, and nobody else's; what is kept of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection

from mingpu.accounts.services import save_address
from mingpu.adapters.courier import CourierFailed
from mingpu.adapters.courier.sf import SfCourier
from mingpu.delivery import services
from mingpu.delivery.errors import DearerThere, NowhereElse
from mingpu.delivery.queries import label_of
from mingpu.delivery.services import redirect
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.merchants.errors import NotDelivered
from mingpu.merchants.shipping import PIECE, WEIGHT, Free, Rate, Template
from mingpu.orders.models import Consignee, Event, Order
from mingpu.orders.rules import CAUSES, MOVABLE
from mingpu.orders.services import cancel
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.sharing import records_of
from tests.delivery.parcels import article, asked_of, buy, collected_of, report, ship
from tests.factories import TO, make_person
from tests.jobs import run_jobs, waiting
from tests.merchants.examples import make_merchant
from tests.payments.trading import Deal, paid
from tests.people import from_owner
from tests.support import zone
from tests.virtual.shop import bought

THERE = replace(
    TO, name="沈望舒", phone="13900000077", province="四川省", city="成都市", district="武侯区", street="人民南路 9 号"
)  # fmt: skip


def take_the_money(outside, it):
    """Have an order paid and nothing of what follows done yet."""
    paid(outside, Deal(it.buyer, it.skus[0], it.order_no))
    return it


def move(it, to=THERE, **more):
    redirect(person_id=it.buyer.id, order_no=it.order_no, **({"to": asdict(to)} if to else {}), **more)


def shown(it):
    return it.order.consignee.name, it.order.consignee.address


@pytest.fixture
def order(outside):
    """A paid order of the mall's own goods, of which nothing is packed."""
    return take_the_money(outside, buy({article(): 1}))


def test_a_paid_order_goes_where_it_is_sent_now_and_the_former_place_is_kept_nowhere(outside, order):
    move(order)
    assert shown(order) == ("沈**", "四川省成都市武侯区人民南路***")
    assert [(it.before, it.after, it.cause) for it in order.order.events][-1] == (
        "paid",
        "paid",
        "redirected",
    )
    assert waiting("notices.tell", person_id=str(order.buyer.id), kind="address") == 1
    run_jobs(order.buyer.id)
    [parcel] = order.parcels
    told = json.dumps(asked_of(outside, parcel), ensure_ascii=False)
    assert "沈望舒" in told
    assert "人民南路 9 号" in told
    assert "林知夏" not in told
    assert "文三路" not in told
    kept = [json.dumps(it.payload, ensure_ascii=False) for it in records_of(order.buyer.id) if it.payload]
    assert any("沈望舒" in text for text in kept)
    assert not any("林知夏" in text for text in kept)
    rows = from_owner("SELECT count(*) FROM orders_consignee WHERE order_no = %s", [order.order_no])
    assert rows == [(1,)]


def test_an_entry_of_the_address_book_will_do_and_the_town_is_in_the_street(order):
    given = {**asdict(THERE), "town": "浆洗街街道"}
    entry = save_address(person_id=order.buyer.id, **given)
    move(order, None, address_id=entry)
    with processing(Purpose.ORDER_LOOKUP, subject=order.buyer.id, reading=True):
        row = Consignee.objects.values("name", "phone", "street").get(order_no=order.order_no)
    assert row == {"name": "沈望舒", "phone": "13900000077", "street": "浆洗街街道人民南路 9 号"}


def test_one_place_is_named_and_all_of_it(order):
    for wrong in ({}, {"to": asdict(THERE), "address_id": uuid4()}):
        with pytest.raises(Invalid):
            redirect(person_id=order.buyer.id, order_no=order.order_no, **wrong)
    with pytest.raises(Invalid):
        move(order, replace(THERE, phone="12"))
    assert shown(order)[0] == "林**"


def test_nobody_elses_order_and_to_nobody_elses_entry(order):
    stranger = make_person()
    with pytest.raises(NotFound):
        redirect(person_id=stranger.id, order_no=order.order_no, to=asdict(THERE))
    theirs = save_address(person_id=stranger.id, **asdict(THERE))
    with pytest.raises(NotFound):
        move(order, None, address_id=theirs)
    assert shown(order)[0] == "林**"
    assert waiting("notices.tell", person_id=str(stranger.id), kind="address") == 0


def test_what_is_carried_nowhere_has_no_address_to_change(outside):
    it = bought(outside, kind="topup")
    with pytest.raises(NotFound):
        redirect(person_id=it.buyer.id, order_no=it.order_no, to=asdict(THERE))


# Where an order stands -> whether it can still be sent elsewhere.
STANDS = {
    "to be paid": True, "paid": True, "to be confirmed": True, "confirmed": True, "cancelled": False, "packed": False,
    "booked": False, "called off": True, "on its way": False, "delivered": False,
}  # fmt: skip


def _silent(*_):
    raise CourierFailed(permanent=False, code="unanswered")


def standing(outside, where):
    """An order that stands there."""
    cod = where in {"to be confirmed", "confirmed"}
    merchant = make_merchant(cod=True)
    it = buy(
        {article(merchant=merchant): 1}, payment="cod" if cod else "wechatpay", confirmed=where == "confirmed"
    )
    if where == "cancelled":
        cancel(person_id=it.buyer.id, order_no=it.order_no)
    if where in {"to be paid", "cancelled"} or cod:
        return it
    take_the_money(outside, it)
    if where == "paid":
        return it
    if where == "packed":
        number, part_no = services.new_parcel_no(), it.part(merchant).part_no
        with pytest.MonkeyPatch.context() as away, zone("worker"), pytest.raises(CourierFailed):
            away.setattr(SfCourier, "book", _silent)
            services.dispatch(person_id=it.buyer.id, part_no=part_no, parcel_no=number, lines={it.skus[0]: 1})
        return it
    run_jobs(it.buyer.id)
    ship(it, merchant)
    [parcel] = it.parcels
    if where == "called off":
        with zone("worker"):
            services.call_off(person_id=it.buyer.id, order_no=it.order_no, parcels=[parcel.parcel_no])
    elif where != "booked":
        report(outside, parcel, "picked_up" if where == "on its way" else "signed")
    return it


@pytest.mark.parametrize("where", STANDS)
def test_until_something_is_packed(outside, where):
    it = standing(outside, where)
    before = shown(it)
    if STANDS[where]:
        move(it)
        assert shown(it)[0] == "沈**"
    else:
        with pytest.raises(NowhereElse) as refused:
            move(it)
        assert it.order.status_label.zh in refused.value.message
        assert shown(it) == before
        assert not any(step.cause == "redirected" for step in it.order.events)


def test_the_table_and_the_words_know_it():
    assert set(MOVABLE) == {"pending_payment", "pending_confirmation", "paid", "confirmed"}
    assert CAUSES["redirected"]


FAR = Rate(("四川省",), 1, 1_500, 1, 300)
NEAR = Rate((), 1, 800, 1, 0)
# What delivery costs -> by how many fen it would be dearer there; None: not at all.
TERMS = {
    "the same everywhere": (Template(name="t", basis=PIECE, default=NEAR), None),
    "dearer there": (Template(name="t", basis=PIECE, default=NEAR, rates=(FAR,)), 1_000),
    "cheaper there": (Template(name="t", basis=PIECE, default=FAR, rates=(Rate(("四川省",), 1, 100, 1, 0),)), None),
    "free everywhere": (Template(name="t", basis=PIECE, default=NEAR, rates=(FAR,), free=Free(from_fen=1)), None),
    "free here alone": (
        Template(name="t", basis=PIECE, default=NEAR, rates=(FAR,), free=Free(from_fen=1, regions=("浙江省",))), 1_800,
    ),
    "by weight": (Template(name="t", basis=WEIGHT, default=NEAR, rates=(Rate(("四川省",), 1000, 900, 1000, 0),)), 100),
}  # fmt: skip


@pytest.mark.parametrize("terms", TERMS)
def test_not_to_where_delivery_costs_more(outside, terms):
    template, more = TERMS[terms]
    merchant = make_merchant(template=template)
    it = take_the_money(outside, buy({article(merchant=merchant, price_fen=1000): 2}))
    before = it.order.total_fen
    if more is None:
        move(it)
    else:
        with pytest.raises(DearerThere) as refused:
            move(it)
        assert f"{more / 100:.2f}" in refused.value.message
    assert shown(it)[0] == ("沈**" if more is None else "林**")
    assert it.order.total_fen == before, "nothing is paid back, nothing is charged"


def test_only_to_where_it_is_delivered_and_one_shop_of_several_is_enough(outside):
    nowhere = make_merchant(template=Template(name="t", basis=PIECE, default=NEAR, no_delivery=("四川省",)))
    it = take_the_money(outside, buy({article(merchant=nowhere): 1, article(): 1}))
    with pytest.raises(NotDelivered) as refused:
        move(it)
    assert "四川" in refused.value.message
    assert shown(it)[0] == "林**"


def test_what_is_checked_and_paid_at_the_door_stays_so(outside):
    merchant = make_merchant(cod=True)
    it = buy({article(merchant=merchant, real_name=True): 1}, payment="cod")
    move(it)
    ship(it, merchant)
    [parcel] = it.parcels
    assert (parcel.real_name, parcel.cod_fen) == (True, it.order.total_fen)
    [asked] = asked_of(outside, parcel)
    assert collected_of(asked) == it.order.total_fen
    assert "沈望舒" in json.dumps(asked, ensure_ascii=False)
    part_no = it.part(merchant).part_no
    with zone("desk"):
        printed = label_of(part_no=part_no, merchant=merchant, parcel_no=parcel.parcel_no)
    assert (printed.to.name, printed.to.address) == ("沈**", "四川省成都市武侯区人民南路***")


# ---- the database holds it, whatever the program asks ----


def overwritten(order, purpose):
    with processing(purpose, subject=order.buyer.id, reference=order.order_no):
        return Consignee.objects.filter(order_no=order.order_no).update(street="偷来的地址 1 号")


def test_the_database_lets_nothing_be_written_over_once_it_is_packed(order):
    run_jobs(order.buyer.id)
    assert overwritten(order, Purpose.REDIRECTING) == 0


@pytest.mark.parametrize("purpose", ["ordering", "delivery", "order_lookup"])
def test_no_other_purpose_may(order, purpose):
    with pytest.raises(ProgrammingError) as refused:
        overwritten(order, Purpose(purpose))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda it: Order.objects.filter(order_no=it.order_no).update(paid_at=now()),
        lambda it: Consignee.objects.filter(order_no=it.order_no).update(order_no="M" + "2" * 16),
        lambda it: Consignee.objects.filter(order_no=it.order_no).delete(),
        lambda it: Event.objects.filter(order_no=it.order_no).delete(),
    ],
    ids=["the order", "its number", "no consignee", "the log"],
)
def test_this_purpose_may_nothing_else(order, wrong):
    with pytest.raises(ProgrammingError), processing(Purpose.REDIRECTING, subject=order.buyer.id):
        wrong(order)


def test_it_is_for_pages_alone(order):
    with zone("worker"), pytest.raises(DatabaseError, match="permission denied to set role"):
        overwritten(order, Purpose.REDIRECTING)


# ---- against shipping ----


def test_moved_or_packed_first_the_courier_is_told_where_the_order_says(outside):
    bought_ones = [take_the_money(outside, buy({article(): 1})) for _ in range(6)]
    ready = Barrier(2)

    def packing():
        with zone("worker"):
            connection.ensure_connection()
            for it in bought_ones:
                ready.wait(30)
                services.book(person_id=it.buyer.id, order_no=it.order_no)

    def moving():
        came = []
        for it in bought_ones:
            ready.wait(30)
            try:
                move(it)
                came.append(True)
            except NowhereElse:
                came.append(False)
        connection.close()
        return came

    with ThreadPoolExecutor(2) as pool:
        packed, moved = pool.submit(packing), pool.submit(moving)
        came = moved.result(120)
        packed.result(120)
    for it, went in zip(bought_ones, came, strict=True):
        [parcel] = it.parcels
        told = json.dumps(asked_of(outside, parcel), ensure_ascii=False)
        assert ("沈望舒" in told, "林知夏" in told) == (went, not went)
        assert shown(it)[0] == ("沈**" if went else "林**")


def test_two_at_once_leave_one_place_and_both_are_in_the_log(order):
    places = [THERE, replace(THERE, name="白居易", street="曲江池东路 3 号")]
    ready = Barrier(2)

    def one(place):
        ready.wait(30)
        move(order, place)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, places))
    assert shown(order) in {
        ("沈**", "四川省成都市武侯区人民南路***"), ("白**", "四川省成都市武侯区曲江池东路***"),
    }  # fmt: skip
    assert [it.cause for it in order.order.events].count("redirected") == 2
