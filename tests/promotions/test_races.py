"""Many at once: no coupon too many, none used twice, the sale's stock is its stock, limits are limits."""

import random
from collections import Counter
from uuid import UUID, uuid4

from mingpu.privacy.purposes import Purpose
from mingpu.promotions.errors import CouponGone, CouponLimit
from mingpu.promotions.models import Coupon, Flash
from mingpu.promotions.queries import coupons_of
from mingpu.promotions.services import claim
from tests.promotions.shop import at_once, claimed, left, made, sale, within


def test_a_hundred_claim_thirty_coupons():
    offer, people = made("coupon", total=30), [uuid4() for _ in range(100)]
    found = at_once(lambda who: claim(person_id=who, offer_id=offer), people)
    assert sum(isinstance(it, UUID) for it in found) == 30
    assert found.count(CouponGone) == 70
    assert claimed(offer) == 30 == sum(len(coupons_of(person_id=who)) for who in people)


def test_one_person_claims_at_once_and_gets_what_one_may_have():
    offer, who = made("coupon", per_person=3), uuid4()
    found = at_once(lambda _: claim(person_id=who, offer_id=offer), range(16))
    assert (sum(isinstance(it, UUID) for it in found), found.count(CouponLimit)) == (3, 13)
    assert (claimed(offer), len(coupons_of(person_id=who))) == (3, 3)


def test_a_coupon_in_many_orders_at_once_is_used_in_one():
    offers, who = [made("coupon") for _ in range(3)], uuid4()
    ids = [claim(person_id=who, offer_id=it) for it in offers]

    def order(number: int) -> set[UUID]:
        mine = ids[:]
        random.Random(number).shuffle(mine)
        return within(who, lambda: Coupon.objects.use(who, mine, f"M{number}"))

    found = [it for it in at_once(order, range(16)) if it]
    assert sorted(it for used in found for it in used) == sorted(ids)
    assert len(found) == 1  # locked in one order, so the first has them all


def test_a_coupon_comes_back_once_and_is_used_again_once():
    offer, who = made("coupon"), uuid4()
    coupon = claim(person_id=who, offer_id=offer)
    for _ in range(3):
        at_once(lambda n: within(who, lambda: Coupon.objects.use(who, [coupon], f"M{n}")), range(6))
        [it] = coupons_of(person_id=who)
        assert it.state == "used"
        back = at_once(
            lambda _, it=it: within(who, lambda: Coupon.objects.give_back(who, it.order_no)), range(6)
        )
        assert sorted(map(len, back)) == [0, 0, 0, 0, 0, 1]
    back = it.order_no
    late = lambda _: within(who, lambda: Coupon.objects.use_again(who, back), Purpose.SETTLEMENT)  # noqa: E731
    other = lambda _: within(who, lambda: bool(Coupon.objects.use(who, [coupon], "OTHER")))  # noqa: E731
    found = at_once(lambda n: ("late", late(n)) if n % 2 else ("other", other(n)), range(8))
    [it] = coupons_of(person_id=who)
    if it.order_no == "OTHER":
        assert not any(done for kind, done in found if kind == "late")
        assert sum(done for kind, done in found if kind == "other") == 1
    else:
        assert it.order_no == back
        assert all(done for kind, done in found if kind == "late")
        assert not any(done for kind, done in found if kind == "other")


def test_sixty_buyers_and_twenty_pieces_at_the_flash_price():
    [sku], people = sale(stock=20, per_person=1), [uuid4() for _ in range(60)]
    found = at_once(lambda who: within(who, lambda: Flash.objects.take(who, {sku: 1}, f"M{who.hex}")), people)
    assert Counter(map(bool, found)) == {True: 20, False: 40}
    assert left(sku) == 0


def test_one_buyer_in_many_orders_at_once_gets_no_more_than_one_may():
    [sku], who = sale(stock=50, per_person=5), uuid4()
    found = at_once(lambda n: within(who, lambda: Flash.objects.take(who, {sku: 2}, f"M{n}")), range(16))
    assert sum(bool(it) for it in found) == 2
    assert left(sku) == 46


def test_taking_and_giving_back_in_any_order_never_loses_a_piece():
    skus, people = sale(stock=12, per_person=2, count=4), [uuid4() for _ in range(10)]

    def shop(who: UUID) -> int:
        chance, holding = random.Random(who.int), 0
        for number in range(6):
            basket = chance.sample(skus, 3)
            taken = within(
                who, lambda b=basket, n=number: Flash.objects.take(who, dict.fromkeys(b, 1), f"{who}{n}")
            )
            holding += sum(taken.values())
            if number % 2:
                for _ in range(2):
                    back = within(who, lambda n=number: Flash.objects.give_back(who, f"{who}{n}"))
                    holding -= sum(back.values())
        return holding

    assert sum(at_once(shop, people)) + sum(map(left, skus)) == 48
