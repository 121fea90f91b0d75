"""Coupons, balance and E-cards, favourites, the cart by shops."""

from uuid import uuid4

import pytest

from mingpu.api.cart import CartOut
from mingpu.api.favourites import Favourites
from mingpu.api.offers import ClaimableList, Coupons
from mingpu.api.wallet import WalletOut
from tests.api.calling import call, lines, ordered, product_of, refused, shelf
from tests.factories import make_person, make_product
from tests.merchants.examples import make_merchant
from tests.promotions.shop import made, sale
from tests.wallet.conftest import new_codes, top_up


@pytest.fixture
def buyer():
    return make_person()


# ---- coupons ----


def test_a_coupon_is_claimed_kept_and_used(buyer):
    sku = make_product(price_fen=12_000)
    offer = made("coupon", scope={"skus": [sku]}, per_person=1)
    found = call(buyer, "GET", "/offers/coupons").json()
    ClaimableList.model_validate(found)
    [it] = [it for it in found["items"] if it["offer_id"] == offer]
    assert (it["mine"], it["open"], it["merchant"], it["terms"]) == (0, True, None, ["满 ¥99 减 ¥10"])
    claimed = call(buyer, "POST", f"/offers/{offer}/claim")
    assert claimed.status_code == 201
    refused(call(buyer, "POST", f"/offers/{offer}/claim"), 409, "coupon_limit")
    mine = call(buyer, "GET", "/me/coupons").json()
    Coupons.model_validate(mine)
    assert [(it["id"], it["state"], it["order_no"]) for it in mine["items"]] == [
        (claimed.json()["id"], "usable", "")
    ]
    placed = ordered(buyer, {"lines": lines(sku), "coupons": [claimed.json()["id"]]})
    assert call(buyer, "GET", "/me/coupons?state=usable").json()["total"] == 0
    [used] = call(buyer, "GET", "/me/coupons?state=used").json()["items"]
    assert used["order_no"] == placed["order_no"]
    refused(call(buyer, "GET", "/me/coupons?state=lost"), 422, "invalid")


def test_coupons_of_a_shop_and_those_that_are_none(buyer):
    shop = make_merchant()
    offer, mall = made("coupon", merchant=shop), made("coupon", scope={"skus": [make_product()]})
    found = call(buyer, "GET", f"/offers/coupons?merchant={shop}").json()["items"]
    ids = {it["offer_id"] for it in found}
    assert {offer, mall} <= ids
    assert {it["merchant"]["code"] for it in found if it["merchant"]} == {shop}
    refused(call(buyer, "POST", "/offers/no-such/claim"), 409, "coupon_over")


# ---- stored value ----


def test_a_card_is_bound_once_and_shows_in_the_wallet(buyer):
    [code] = new_codes(5_000)
    top_up(buyer.id, 300)
    bound = call(buyer, "POST", "/me/wallet/cards", {"code": code.lower()})
    assert bound.status_code == 201
    refused(call(make_person(), "POST", "/me/wallet/cards", {"code": code}), 422, "wrong_card_code")
    ordered(buyer, {"lines": lines(make_product(price_fen=12_000)), "use_cards": True})
    said = call(buyer, "GET", "/me/wallet").json()
    WalletOut.model_validate(said)
    assert (said["balance_fen"], said["cards_fen"]) == (300, 0)
    assert said["cards"][0]["tail"] == code[-4:]
    moved = [(it["amount_fen"], it["card"], it["text"]) for it in said["movements"]["items"]]
    assert moved == [(-5_000, code[-4:], "支付订单"), (300, "", "充值")]
    page = call(buyer, "GET", "/me/wallet?page=2&page_size=1").json()["movements"]
    assert (page["total"], len(page["items"]), page["items"][0]["amount_fen"]) == (2, 1, 300)


def test_wrong_codes_are_slowed_down(buyer):
    for _ in range(5):
        refused(
            call(buyer, "POST", "/me/wallet/cards", {"code": "M234-5678-9ABC-DEFG"}), 422, "wrong_card_code"
        )
    answer = call(buyer, "POST", "/me/wallet/cards", {"code": new_codes(100)[0]})
    refused(answer, 429, "too_many_codes")
    assert int(answer["Retry-After"]) > 0
    refused(call(buyer, "POST", "/me/wallet/cards", {"code": "x", "face_fen": 1}), 422, "invalid")


# ---- favourites ----


def test_favourites_come_and_go(buyer):
    first, second = (product_of(sku) for sku in shelf(2))
    for product_id in (first, second, first):
        assert call(buyer, "PUT", f"/me/favourites/{product_id}").status_code == 204
    said = call(buyer, "GET", "/me/favourites").json()
    Favourites.model_validate(said)
    assert (said["total"], [it["product_id"] for it in said["items"]]) == (2, [str(second), str(first)])
    assert said["items"][0]["product"]["title"] == "搪瓷杯1"
    english = call(buyer, "GET", "/me/favourites", **{"Accept-Language": "en"}).json()
    assert english["items"][0]["product"]["title"] == "Enamel mug 1"
    for _ in range(2):
        assert call(buyer, "DELETE", f"/me/favourites/{first}").status_code == 204
    assert call(buyer, "GET", "/me/favourites").json()["total"] == 1
    assert call(make_person(), "GET", "/me/favourites").json()["total"] == 0
    refused(call(buyer, "PUT", f"/me/favourites/{uuid4()}"), 404, "not_found")


# ---- the cart ----


def test_the_cart_shows_shops_and_the_prices_that_hold(buyer):
    shop = make_merchant()
    [flash], [other] = sale(per_person=2), shelf(1, merchant=shop, price_fen=2_000)
    call(buyer, "PUT", f"/cart/lines/{other}", {"quantity": 1})
    cart = call(buyer, "PUT", f"/cart/lines/{flash}", {"quantity": 3}).json()
    CartOut.model_validate(cart)
    assert cart == call(buyer, "GET", "/cart").json()
    line = cart["lines"][0]
    assert (line["price_fen"], line["unit_price_fen"], line["subtotal_fen"]) == (10_000, 6_000, 22_000)
    assert [(it["merchant"]["code"], it["skus"], it["total_fen"]) for it in cart["merchants"]] == [
        ("mingpu", [flash], 22_000), (shop, [other], 2_000),
    ]  # fmt: skip
    assert cart["total_fen"] == 24_000


def test_prices_for_members_are_for_those_who_are_signed_in(buyer):
    sku = make_product(price_fen=5_000)
    made("member_price", prices={sku: {"price_fen": 4_500}})
    cart = call(buyer, "PUT", f"/cart/lines/{sku}", {"quantity": 2}).json()
    assert (cart["lines"][0]["unit_price_fen"], cart["total_fen"]) == (4_500, 9_000)
