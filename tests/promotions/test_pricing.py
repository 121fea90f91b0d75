"""Prices: every fen is explained, adds up, and one more offer never makes anything dearer."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mingpu.lib.text import Text, speaking
from mingpu.promotions.errors import TooManyCoupons
from mingpu.promotions.pricing import best, price, unit_price
from mingpu.promotions.rules import (
    COUPON,
    FLASH,
    FREE_SHIPPING,
    FULL_REDUCTION,
    PERCENTAGE,
    Flash,
    Offer,
    Reduction,
    Scope,
    Step,
    apportion,
)
from tests.promotions.baskets import activities, coupons, held, item, items, money_off, offers

many = settings(max_examples=100, deadline=None)


# ---- splits ----


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(0, 400))
def test_a_split_adds_up_and_no_line_gives_more_than_it_has(weights, fen):
    names = [f"n{i}" for i in range(len(weights))]
    shares = apportion(fen, weights, names)
    assert sum(shares) == min(fen, sum(weights))
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))
    alike = [(a, b) for (a, x), (b, y) in combinations(zip(shares, weights, strict=True), 2) if x == y]
    assert all(abs(a - b) <= 1 for a, b in alike)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=7), st.integers(0, 150), st.randoms())
def test_a_split_does_not_depend_on_the_order_of_lines(weights, fen, chance):
    lines = [(f"n{i}", weight) for i, weight in enumerate(weights)]
    before = dict(
        zip([name for name, _ in lines], apportion(fen, weights, [n for n, _ in lines]), strict=True)
    )
    chance.shuffle(lines)
    after = apportion(fen, [weight for _, weight in lines], [name for name, _ in lines])
    assert dict(zip([name for name, _ in lines], after, strict=True)) == before


@given(st.lists(st.integers(0, 12), min_size=2, max_size=6), st.integers(0, 60), st.data())
@settings(max_examples=400)
def test_a_fen_less_on_one_line_leaves_no_line_with_more_to_pay(weights, fen, data):
    """What keeps a further offer from costing a fen elsewhere; largest remainders would not hold it."""
    names = [f"n{i}" for i in range(len(weights))]
    i = data.draw(st.integers(0, len(weights) - 1))
    fewer = [weight - (place == i and weight > 0) for place, weight in enumerate(weights)]
    left = [w - s for w, s in zip(weights, apportion(fen, weights, names), strict=True)]
    less = [w - s for w, s in zip(fewer, apportion(fen, fewer, names), strict=True)]
    assert all(b <= a for a, b in zip(left, less, strict=True))


def test_a_split_by_hand():
    assert apportion(100, [1, 1, 1], ["a", "b", "c"]) == [1, 1, 1]
    assert apportion(1000, [9900, 100, 5000], ["a", "b", "c"]) == [660, 7, 333]
    assert apportion(1, [500, 500], ["b", "a"]) == [0, 1]


# ---- whole baskets ----


@given(items(), activities(), coupons(), st.booleans())
@many
def test_every_fen_is_explained(basket, going, chosen, member):
    quote = price(basket, member=member, offers=going, coupons=chosen)
    for it, line in zip(basket, quote.lines, strict=True):
        assert (line.sku, line.merchant, line.quantity) == (it.sku, it.merchant, it.quantity)
        assert line.payable_fen == line.goods_fen - sum(cut.fen for cut in line.reductions)
        assert line.payable_fen >= 0
        assert all(cut.fen > 0 for cut in line.reductions)
    assert quote.goods_fen == sum(it.price_fen * it.quantity for it in basket)
    assert quote.payable_fen == sum(line.payable_fen for line in quote.lines)
    assert quote.discount_fen == quote.goods_fen - quote.payable_fen == sum(it.fen for it in quote.reductions)
    shares = quote.merchants
    assert sum(it.payable_fen for it in shares.values()) == quote.payable_fen
    assert all(it.goods_fen - it.discount_fen == it.payable_fen for it in shares.values())
    assert {*quote.used, *quote.missing} == {it.id for it in chosen}
    assert not {*quote.used} & quote.missing


@given(items(), activities(), coupons(), st.booleans(), st.randoms())
@many
def test_the_order_of_lines_and_offers_changes_nobodys_sum(basket, going, chosen, member, chance: Random):
    first = price(basket, member=member, offers=going, coupons=chosen)
    for them in (basket, going, chosen):
        chance.shuffle(them)
    second = price(basket, member=member, offers=going, coupons=chosen)
    by_sku = {line.sku: line for line in second.lines}
    assert all(by_sku[line.sku] == line for line in first.lines)
    assert (first.free_shipping, first.used, first.missing) == (
        second.free_shipping, second.used, second.missing,
    )  # fmt: skip


@given(items(), activities(), coupons(), offers("further"), st.booleans())
@settings(max_examples=250, deadline=None)
def test_a_further_activity_never_makes_it_dearer(basket, going, chosen, further, member):
    before = price(basket, member=member, offers=going, coupons=chosen)
    after = price(basket, member=member, offers=[*going, further], coupons=chosen)
    assert after.payable_fen <= before.payable_fen
    assert after.free_shipping >= before.free_shipping


@given(items(), activities(), coupons(), st.booleans(), st.data())
@many
def test_a_further_coupon_never_makes_it_dearer(basket, going, chosen, member, data):
    fewer = [it for it in chosen if data.draw(st.booleans())]
    before = price(basket, member=member, offers=going, coupons=fewer)
    assert price(basket, member=member, offers=going, coupons=chosen).payable_fen <= before.payable_fen


@given(items(), activities(), coupons())
@many
def test_a_member_never_pays_more(basket, going, chosen):
    guest = price(basket, member=False, offers=going, coupons=chosen)
    assert price(basket, member=True, offers=going, coupons=chosen).payable_fen <= guest.payable_fen


@given(items(), activities(), coupons(), st.booleans())
@many
def test_thresholds_caps_and_scopes_hold(basket, going, chosen, member):
    quote = price(basket, member=member, offers=going, coupons=chosen)
    known = {it.id: it for it in [*going, *(it.offer for it in chosen)]}
    prices = {FLASH, "member"}
    before = {
        line.sku: line.goods_fen - sum(cut.fen for cut in line.reductions if cut.kind in prices)
        for line in quote.lines
    }
    for cut in (cut for cut in quote.reductions if cut.kind not in prices):
        offer = known[cut.rule]
        covered = [it for it in basket if offer.covers(it)]
        worth = sum(before[it.sku] for it in covered)
        step = offer.reached(worth)
        assert step is not None
        assert worth >= offer.steps[0].threshold_fen
        most = worth * step.off // 100 if offer.form == PERCENTAGE else step.off
        assert cut.fen <= min(most, offer.cap_fen or most)
        assert cut.funder == (offer.merchant or "platform")
        touched = {line.sku for line in quote.lines for it in line.reductions if it.rule == cut.rule}
        assert touched <= {it.sku for it in covered}


@given(items(), activities(), coupons(at_most=5), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_best_coupons_are_the_cheapest_choice(basket, going, hand, member):
    choice = best(hand, basket, member=member, offers=going)
    quote = price(basket, member=member, offers=going, coupons=choice)
    assert not quote.missing
    for count in range(len(hand) + 1):
        for other in combinations(hand, count):
            assert quote.payable_fen <= price(basket, member=member, offers=going, coupons=other).payable_fen


# ---- by hand ----


def test_activities_then_coupons_the_merchants_before_the_malls():
    basket = [item("A", 20_000), item("B", 10_000, 2, merchant="north")]
    going = [money_off("mall", 30_000, 4_000), money_off("north-5", 15_000, 500, merchant="north")]
    coupon = money_off("ten", 9_900, 1_000, COUPON, scope=Scope(categories=(("家电",),)))
    quote = price(basket, member=False, offers=going, coupons=[held(coupon)])
    assert [(it.rule, it.fen, it.funder) for it in quote.reductions] == [
        ("mall", 4_000, "platform"), ("north-5", 500, "north"), ("ten", 1_000, "platform"),
    ]  # fmt: skip
    assert [cut.rule for cut in quote.lines[1].reductions] == ["north-5", "mall", "ten"]
    assert (quote.goods_fen, quote.payable_fen) == (40_000, 34_500)


def test_the_best_price_of_a_piece_counts_and_only_so_many_at_the_flash_price():
    basket = [item("A", 10_000, 5, member_price_fen=9_500, flash=Flash("f", 6_000, 2, Text("秒", "Flash")))]
    quote = price(basket, member=True)
    assert [(it.kind, it.rule, it.fen, it.funder) for it in quote.lines[0].reductions] == [
        ("flash", "f", 8_000, "mingpu"), ("member", "member", 1_500, "mingpu"),
    ]  # fmt: skip
    assert quote.flash == {"A": 2}
    guest = price(basket, member=False)
    assert guest.payable_fen == 2 * 6_000 + 3 * 10_000
    assert (unit_price(basket[0], member=True), unit_price(item("B"), member=True)) == (6_000, 10_000)
    dear = price([item("A", 5_000, flash=Flash("f", 6_000))], member=True)
    assert (dear.payable_fen, dear.flash) == (5_000, {})


def test_a_member_price_that_would_lose_a_coupon_is_left_aside():
    basket = [item("A", 10_000, member_price_fen=9_900)]
    fifty = held(money_off("fifty", 10_000, 5_000, COUPON))
    assert price(basket, member=True, coupons=[fifty]).payable_fen == 5_000
    assert price(basket, member=True).payable_fen == 9_900


def test_the_highest_step_reached_counts_and_a_percentage_stops_at_its_cap():
    tiers = Offer(
        "t", FULL_REDUCTION, Text("满减", "Tiers"), steps=(Step(10_000, 1_000), Step(20_000, 3_000))
    )
    paid = [
        price([item(price_fen=fen)], member=False, offers=[tiers]).payable_fen
        for fen in (9_999, 19_999, 20_000)
    ]
    assert paid == [9_999, 18_999, 17_000]
    folded = Offer("p", COUPON, Text("9 折", "10 %"), form=PERCENTAGE, steps=(Step(0, 10),), cap_fen=2_000)
    assert price([item(price_fen=9_999)], member=False, coupons=[held(folded)]).payable_fen == 9_000
    assert price([item(price_fen=99_900)], member=False, coupons=[held(folded)]).payable_fen == 97_900


def test_what_is_not_used_says_why():
    basket = [item("A", 8_700)]
    short, other = (
        money_off("ten", 9_900, 1_000, COUPON),
        money_off("food", 0, 100, scope=Scope((("食品",),))),
    )
    free = Offer("free", FREE_SHIPPING, Text("包邮", "Free"), "mingpu", steps=(Step(9_900),))
    quote = price(basket, member=False, offers=[other, free], coupons=[held(short, 7)])
    assert {it.offer.id: it.reason.zh for it in quote.unused} == {
        "ten": "还差 ¥12.00", "food": "没有适用的商品", "free": "还差 ¥12.00",
    }  # fmt: skip
    assert quote.missing == {held(short, 7).id}
    gone = price(
        basket,
        member=False,
        offers=[money_off("all", 0, 10_000)],
        coupons=[held(money_off("c", 0, 1, COUPON))],
    )
    assert (gone.payable_fen, gone.unused[0].reason.en) == (0, "There is nothing left to take off")


def test_free_delivery_looks_at_ordinary_prices_and_reaches_the_merchants_covered():
    mall = Offer("free", FREE_SHIPPING, Text("包邮", "Free"), steps=(Step(5_900),))
    own = Offer("own", FREE_SHIPPING, Text("包邮", "Free"), "north", steps=(Step(5_900),))
    basket = [item("A", 5_900, flash=Flash("f", 100)), item("B", 100, merchant="north")]
    assert price(basket, member=False, offers=[own]).free_shipping == frozenset()
    assert price(basket, member=False, offers=[own, mall]).free_shipping == {"mingpu", "north"}


def test_two_coupons_of_one_shop_are_refused_and_a_sku_stands_once():
    one, two = money_off("a", 0, 1, COUPON), money_off("b", 0, 2, COUPON)
    with pytest.raises(TooManyCoupons):
        price([item()], member=False, coupons=[held(one, 1), held(two, 2)])
    with pytest.raises(ValueError, match="twice"):
        price([item(), item()], member=False)


def test_of_equal_coupons_the_one_that_ends_first_is_chosen():
    ten = money_off("ten", 0, 1_000, COUPON)
    later, sooner = held(ten, 1, days=9), held(ten, 2, days=2)
    assert best([later, sooner], [item()], member=False) == (sooner,)
    assert best([later], [item(price_fen=5)], member=False, offers=[money_off("all", 0, 99)]) == ()


def test_a_large_basket_is_priced_soon():
    basket = [item(f"S{n}", 1_000 + n, merchant=f"m{n % 30}") for n in range(500)]
    hand = [held(money_off(f"c{n}", 0, 100 + n, COUPON, merchant=f"m{n % 30}"), n + 1) for n in range(60)]
    choice = best(hand, basket, member=True, offers=[money_off("mall", 30_000, 4_001)])
    quote = price(basket, member=True, offers=[money_off("mall", 30_000, 4_001)], coupons=choice)
    assert len(quote.used) == 30
    assert sum(it.fen for it in quote.reductions if it.kind == COUPON) == sum(100 + n for n in range(30, 60))


@given(
    st.builds(
        Reduction, st.text(), st.text(), st.builds(Text, st.text(), st.text()), st.integers(1), st.text()
    )
)
@example(Reduction("coupon", "ten", Text("十元券", "Ten off"), 1000, "platform"))
def test_a_reduction_comes_back_from_json(it):
    assert Reduction.from_json(it.to_json()) == it


def test_terms_are_said_in_both_languages():
    offer = Offer(
        "p",
        COUPON,
        Text("9 折", "x"),
        form=PERCENTAGE,
        steps=(Step(9_900, 10), Step(19_950, 15)),
        cap_fen=5_000,
    )
    assert [it.zh for it in offer.terms] == ["满 ¥99 打 9 折，最多减 ¥50", "满 ¥199.50 打 8.5 折，最多减 ¥50"]
    with speaking("en"):
        assert str(money_off("m", 30_000, 4_000).terms[0]) == "¥40 off on ¥300 or more"
    assert Offer("f", FREE_SHIPPING, Text("x", "x"), steps=(Step(0),)).terms[0].zh == "包邮"
