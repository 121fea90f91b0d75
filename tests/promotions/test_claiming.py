"""Coupons and flash sales through their life: claimed, used, given back, used again, expired, stopped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from mingpu.catalog.queries import skus
from mingpu.lib.clock import now
from mingpu.privacy.purposes import Purpose
from mingpu.promotions.errors import CouponGone, CouponLimit, CouponOver
from mingpu.promotions.models import Coupon, Flash, FlashUse, Offer
from mingpu.promotions.pricing import price
from mingpu.promotions.queries import (
    claimable,
    coupon_offers,
    coupons_of,
    flash_views,
    flashes,
    member_prices,
    offers_for,
    to_items,
    usable_coupons,
)
from mingpu.promotions.services import claim, stop_offer
from tests.people import from_owner
from tests.promotions.shop import claimed, goods, left, made, sale, within
from tests.support import zone
from tests.virtual.shop import virtual


@pytest.fixture
def who():
    return uuid4()


def states(who) -> list[str]:
    return [it.state for it in coupons_of(person_id=who)]


def test_a_coupon_is_claimed_as_often_as_one_may(who):
    offer = made("coupon", per_person=2, total=3)
    assert claim(person_id=who, offer_id=offer) != claim(person_id=who, offer_id=offer)
    with pytest.raises(CouponLimit) as refused:
        claim(person_id=who, offer_id=offer)
    assert refused.value.message == "每人限领 2 张，您已领取。"
    claim(person_id=uuid4(), offer_id=offer)
    with pytest.raises(CouponGone):
        claim(person_id=uuid4(), offer_id=offer)
    assert claimed(offer) == 3
    assert states(who) == ["usable", "usable"]


def test_a_coupon_that_is_refused_leaves_nothing_behind(who):
    offer = made("coupon", total=1)
    claim(person_id=uuid4(), offer_id=offer)
    with pytest.raises(CouponGone):
        claim(person_id=who, offer_id=offer)
    assert coupons_of(person_id=who) == ()


def test_outside_its_time_and_once_stopped_it_cannot_be_claimed(who):
    hour = timedelta(hours=1)
    early = made("coupon", starts_at=(now() + hour).isoformat())
    late = made("coupon", starts_at=(now() - 2 * hour).isoformat(), ends_at=(now() - hour).isoformat())
    stopped = made("coupon", per_person=5)
    kept = claim(person_id=who, offer_id=stopped)
    with zone("worker"):
        stop_offer(stopped)
    for offer in (early, late, stopped, "nothing", made("full_reduction")):
        with pytest.raises(CouponOver):
            claim(person_id=who, offer_id=offer)
    assert within(who, lambda: Coupon.objects.use(who, [kept], "M1")) == {kept}  # a promise given stays


def test_a_coupon_lasts_its_days_or_until_its_offer_ends(who):
    for days in (None, 7):
        claim(person_id=who, offer_id=made("coupon", valid_days=days))
    short, long = coupons_of(person_id=who)
    assert timedelta(hours=23) < short.expires_at - now() < timedelta(days=1)
    assert timedelta(days=6) < long.expires_at - now() < timedelta(days=7)


def test_what_expired_or_is_anothers_cannot_be_used(who):
    coupon = claim(person_id=who, offer_id=made("coupon"))
    theirs = claim(person_id=uuid4(), offer_id=made("coupon"))
    assert within(who, lambda: Coupon.objects.use(who, [theirs, uuid4()], "M1")) == set()
    assert within(who, lambda: coupon_offers(who, [coupon, theirs]))[0].id == coupon
    from_owner(
        "UPDATE promotions_coupon SET expires_at = now() - interval '1 second' WHERE id = %s", [coupon]
    )
    assert within(who, lambda: Coupon.objects.use(who, [coupon], "M1")) == set()
    assert within(who, lambda: (coupon_offers(who, [coupon]), usable_coupons(who))) == ((), ())
    assert states(who) == ["expired"]


def test_a_coupon_comes_back_from_a_cancelled_order_once(who):
    one, two = (claim(person_id=who, offer_id=made("coupon")) for _ in range(2))
    assert within(who, lambda: Coupon.objects.use(who, [one, two], "M1")) == {one, two}
    assert within(who, lambda: Coupon.objects.use(who, [one], "M2")) == set()
    assert within(who, lambda: Coupon.objects.give_back(who, "M1")) == {one, two}
    assert within(who, lambda: Coupon.objects.give_back(who, "M1")) == set()
    assert states(who) == ["usable", "usable"]
    assert within(who, lambda: Coupon.objects.use(who, [one], "M2")) == {one}
    assert within(who, lambda: Coupon.objects.give_back(who, "M1")) == set()  # M2 has it now
    assert sorted(states(who)) == ["usable", "used"]


def test_a_late_payment_takes_its_coupons_again_all_or_none(who):
    one, two = (claim(person_id=who, offer_id=made("coupon")) for _ in range(2))

    def again(order_no: str) -> bool:
        return within(who, lambda: Coupon.objects.use_again(who, order_no), Purpose.SETTLEMENT)

    assert again("M1")  # had none
    within(who, lambda: Coupon.objects.use(who, [one, two], "M1"))
    within(who, lambda: Coupon.objects.give_back(who, "M1"))
    within(who, lambda: Coupon.objects.use(who, [two], "M2"))
    assert not again("M1")
    assert {it.order_no for it in coupons_of(person_id=who)} == {"", "M2"}
    within(who, lambda: Coupon.objects.give_back(who, "M2"))
    from_owner("UPDATE promotions_coupon SET expires_at = now() - interval '1 second' WHERE id = %s", [one])
    assert [again("M1"), again("M1")] == [True, True]
    assert {it.order_no for it in coupons_of(person_id=who)} == {"M1"}
    assert not again("M2")


def test_flash_pieces_come_back_once_and_a_late_payment_takes_them_again(who):
    skus_ = sale(stock=3, per_person=2, count=2)
    wanted = dict.fromkeys(skus_, 2)
    assert within(who, lambda: Flash.objects.take(who, wanted, "M1")) == wanted
    assert within(who, lambda: Flash.objects.give_back(who, "M1")) == wanted
    assert within(who, lambda: Flash.objects.give_back(who, "M1")) == {}
    assert [left(it) for it in skus_] == [3, 3]

    def again() -> bool:
        return within(who, lambda: Flash.objects.take_again(who, "M1"), Purpose.SETTLEMENT)

    other = uuid4()
    within(other, lambda: Flash.objects.take(other, {skus_[1]: 2}, "M2"))
    assert not again()
    assert [left(it) for it in skus_] == [3, 1]
    within(other, lambda: Flash.objects.give_back(other, "M2"))
    within(who, lambda: Flash.objects.take(who, {skus_[0]: 1}, "M3"))
    assert not again()  # two of two for one person, and one is bought
    within(who, lambda: Flash.objects.give_back(who, "M3"))
    assert [again(), again()] == [True, True]
    assert [left(it) for it in skus_] == [1, 1]


def test_a_flash_price_shows_what_one_may_still_have(who):
    [sku] = sale(stock=5, per_person=3)
    assert flashes([sku, "none"])[sku].pieces == 3
    within(who, lambda: Flash.objects.take(who, {sku: 2}, "M1"))
    assert within(who, lambda: flashes([sku], person_id=who))[sku].pieces == 1
    other = uuid4()
    assert within(other, lambda: Flash.objects.take(other, {sku: 3}, "M2")) == {sku: 3}
    assert within(other, lambda: Flash.objects.take(other, {sku: 1}, "M3")) == {}
    assert flashes([sku]) == {}
    assert (flash_views([sku])[sku].stock, flash_views([sku])[sku].per_person) == (0, 3)


def test_a_sale_that_is_over_or_stopped_sells_nothing(who):
    [sku] = sale()
    offer = Flash.objects.values_list("offer_id", flat=True).get(sku=sku)
    with zone("worker"):
        stop_offer(offer)
    assert within(who, lambda: Flash.objects.take(who, {sku: 1}, "M1")) == {}
    assert flashes([sku]) == {}
    with zone("worker"):
        Offer.objects.filter(id=offer).update(active=True)
    assert flashes([sku], at=now() + timedelta(days=2)) == {}


def test_a_basket_is_priced_from_what_is_in_the_tables(who):
    [fast], [member] = sale(per_person=1), goods()
    made("member_price", prices={member: {"price_fen": 9_000}})
    reduction = made("full_reduction", scope={"skus": [member]}, steps=[{"threshold_fen": 9_000, "off": 500}])
    coupon = claim(person_id=who, offer_id=made("coupon", scope={"skus": [fast]}))
    known = skus([fast, member])
    basket = to_items({fast: 2, member: 1}, known, member_fen=member_prices(known), flash=flashes(known))
    chosen = within(who, lambda: coupon_offers(who, [coupon]))
    going = [it for it in offers_for(["mingpu"]) if it.id == reduction]
    quote = price(basket, member=True, offers=going, coupons=chosen)
    assert (quote.goods_fen, quote.payable_fen) == (30_000, 6_000 + 10_000 - 1_000 + 9_000 - 500)
    assert (quote.used, dict(quote.flash)) == ((coupon,), {fast: 1})
    guest = price(basket, member=False, offers=going)
    assert guest.payable_fen == 6_000 + 10_000 + 9_500


def test_no_coupon_is_shown_as_good_for_stored_value():
    card = virtual("ecard")
    [item] = to_items({card: 1}, skus([card]), member_fen={}, flash={})
    assert not item.reducible


def test_what_can_be_claimed_says_how_many_are_left(who):
    offer = made("coupon", total=2, per_person=1)
    seen = lambda person: next(it for it in claimable(person_id=person) if it.offer.id == offer)  # noqa: E731
    assert (seen(None).left, seen(None).mine, seen(who).open) == (2, 0, True)
    claim(person_id=who, offer_id=offer)
    assert (seen(who).left, seen(who).mine, seen(who).open, seen(None).open) == (1, 1, False, True)
    theirs = {it.offer.merchant for it in claimable(merchants=["nobody"])}
    assert theirs <= {"", "nobody"}


def test_reading_is_one_statement_whatever_the_size():
    codes = sale(count=3)
    for read in (
        flashes, member_prices, lambda _: offers_for(["mingpu"]),
        lambda _: claimable(),
    ):  # fmt: skip
        for some in (codes[:1], codes):
            with CaptureQueriesContext(connection) as seen:
                read(some)
            assert len(seen) == 1


@pytest.mark.parametrize("purpose", [Purpose.DELIVERY, Purpose.AFTER_SALES, Purpose.PROFILE])
def test_other_purposes_see_no_coupons(who, purpose):
    for rows in (Coupon.objects, FlashUse.objects):
        with pytest.raises(ProgrammingError):
            within(who, lambda rows=rows: rows.count(), purpose)


def test_a_shopper_cannot_mark_a_coupon_unused(who):
    claim(person_id=who, offer_id=made("coupon"))
    with pytest.raises(ProgrammingError):
        within(who, lambda: Coupon.objects.update(state="held", order_no=""), Purpose.SHOPPING)
