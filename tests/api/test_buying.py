"""What a purchase would cost, paying with stored value, buying again."""

from uuid import uuid4

import pytest

from mingpu.api.order_shapes import OrderDetail, OrderPlaced, PaymentStarted
from mingpu.api.quote import QuoteOut
from mingpu.orders.queries import order_of
from mingpu.orders.services import cancel
from mingpu.promotions.services import claim
from mingpu.wallet.queries import purse_of
from tests.api.calling import call, lines, order, ordered, quoted, refused, shelf
from tests.factories import TO_JSON, make_address, make_person, make_product, stock_of
from tests.merchants.examples import make_merchant
from tests.promotions.shop import goods, made, sale
from tests.wallet.conftest import new_card, top_up


@pytest.fixture
def buyer():
    return make_person()


# ---- the quote ----


def test_a_quote_says_what_the_order_will_cost(buyer):
    [flash] = sale(stock=5, per_person=2)  # 100.00 yuan, 60.00 for two pieces
    other = make_product(price_fen=4_000)
    offer = made("coupon", scope={"skus": [flash]})  # 10 off on 99 or more
    coupon = str(claim(person_id=buyer.id, offer_id=offer))
    body = {"lines": [*lines(flash, quantity=3), *lines(other)]}
    said = quoted(buyer, body)
    QuoteOut.model_validate(said)
    assert (said["goods_fen"], said["discount_fen"], said["total_fen"]) == (34_000, 9_000, 25_000)
    assert said["left_to_pay_fen"] == 25_000
    first, second = said["lines"]
    assert [(one["kind"], one["fen"]) for one in first["reductions"]] == [("flash", 8_000), ("coupon", 1_000)]
    assert (first["payable_fen"], second["payable_fen"], second["reductions"]) == (21_000, 4_000, [])
    [known] = said["coupons"]
    assert (known["id"], known["chosen"], known["best"], known["usable"]) == (coupon, True, True, True)
    [share] = said["merchants"]
    assert (share["merchant"]["code"], share["payable_fen"]) == ("mingpu", 25_000)
    placed = ordered(buyer, {**body, "coupons": [coupon]})
    OrderPlaced.model_validate(placed)
    assert placed["total_fen"] == said["total_fen"]
    assert [(it["payable_fen"], it["reductions"]) for it in placed["lines"]] == [
        (it["payable_fen"], it["reductions"]) for it in said["lines"]
    ]
    assert placed["discount_fen"] + placed["total_fen"] - placed["shipping_fen"] == 34_000


def test_reductions_are_told_in_the_readers_language(buyer):
    [flash] = sale()
    for language, word in (("zh-Hans", "试"), ("en", "Trial")):
        answer = call(
            buyer, "POST", "/orders/quote", {"lines": lines(flash)}, **{"Accept-Language": language}
        )
        assert [it["label"] for it in answer.json()["lines"][0]["reductions"]] == [word]


def test_coupons_that_do_not_help_say_why(buyer):
    sku, [elsewhere] = make_product(price_fen=5_000), goods()
    near, far = made("coupon", scope={"skus": [sku]}), made("coupon", scope={"skus": [elsewhere]})
    for offer in (near, far):
        claim(person_id=buyer.id, offer_id=offer)
    said = {it["offer_id"]: it for it in quoted(buyer, {"lines": lines(sku)})["coupons"]}
    assert (said[near]["usable"], said[near]["problem"]) == (False, "还差 ¥49.00")
    assert (said[far]["usable"], said[far]["problem"]) == (False, "没有适用的商品")
    asked = {"lines": lines(sku, quantity=2), "coupons": []}
    [it] = [it for it in quoted(buyer, asked)["coupons"] if it["offer_id"] == near]
    assert (it["chosen"], it["best"], it["usable"]) == (False, True, True)


def test_a_quote_needs_no_address_and_knows_places(buyer):
    far = make_merchant()
    [sku] = shelf(1, price_fen=3_000, merchant=far)
    mine = make_product(price_fen=3_000)
    said = quoted(buyer, {"lines": lines(sku, mine)})
    assert {it["merchant"]["code"]: it["shipping_fen"] for it in said["merchants"]}.keys() == {far, "mingpu"}
    assert all(it["shipping_reason"] for it in said["merchants"])
    methods = {it["method"]: it["problem"] for it in said["payment_methods"]}
    assert methods["wechatpay"] is methods["alipay"] is methods["unionpay"] is None
    assert methods["cod"] == "商品来自多家店铺"
    assert methods["wallet"].startswith("余额与 E 卡还差")
    assert {it["courier"] for it in said["couriers"]} == {"sf", "yto"}
    for whereto in (
        {"province": "浙江省", "city": "杭州市"},
        {"consignee": TO_JSON},
        {"address_id": str(make_address(buyer))},
    ):
        assert quoted(buyer, {"lines": lines(sku, mine), **whereto})["total_fen"] == said["total_fen"]


def test_a_quote_says_what_cannot_be_had(buyer):
    scarce = make_product(stock=1)
    said = quoted(buyer, {"lines": lines(scarce, quantity=2)})
    assert (said["orderable"], said["lines"][0]["problem"]) == (False, "只剩 1 件")
    refused(call(buyer, "POST", "/orders/quote", {"lines": lines("no-such")}), 409, "not_for_sale")
    refused(call(buyer, "POST", "/orders/quote", {}), 422, "empty_order")
    assert stock_of(scarce) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"total_fen": 1}, {"coupons": ["x"]}, {"coupons": [str(uuid4())] * 21}, {"use_balance": "yes"},
        {"use_cards": ["x"]}, {"courier": "owl"}, {"payment": "cash"}, {"province": 1},
        {"use_balance": True, "payment": "cod"},
    ],
)  # fmt: skip
def test_a_quote_of_another_shape_is_refused(buyer, change):
    refused(call(buyer, "POST", "/orders/quote", {"lines": lines(make_product()), **change}), 422, "invalid")


# ---- coupons ----


def test_a_coupon_is_used_once(buyer):
    sku = make_product(price_fen=12_000)
    coupon = str(claim(person_id=buyer.id, offer_id=made("coupon", scope={"skus": [sku]})))
    first = ordered(buyer, {"lines": lines(sku), "coupons": [coupon]})
    assert first["discount_fen"] == 1_000
    body = {"lines": lines(sku), "coupons": [coupon]}
    refused(order(buyer, body, key="another-key"), 409, "coupon_unusable")
    cancel(person_id=buyer.id, order_no=first["order_no"])
    assert ordered(buyer, body)["discount_fen"] == 1_000


def test_somebody_elses_coupon_is_one_that_does_not_exist(buyer):
    sku = make_product(price_fen=12_000)
    theirs = claim(person_id=make_person().id, offer_id=made("coupon", scope={"skus": [sku]}))
    answers = [order(buyer, {"lines": lines(sku), "coupons": [str(it)]}) for it in (theirs, uuid4())]
    for answer in answers:
        refused(answer, 409, "coupon_unusable")
    assert answers[0].content == answers[1].content


# ---- stored value ----


def test_cards_come_first_then_balance_and_the_rest_is_left(outside, buyer):
    top_up(buyer.id, 3_000)
    card = new_card(buyer.id, 5_000)
    sku = make_product(price_fen=20_000)
    asked = {"lines": lines(sku), "use_balance": True, "use_cards": True}
    said = quoted(buyer, asked)
    assert said["stored"] == {
        "balance_fen": 3_000, "cards_fen": 5_000, "use_balance_fen": 3_000, "use_cards_fen": 5_000,
    }  # fmt: skip
    assert said["left_to_pay_fen"] == 12_000
    placed = ordered(buyer, asked)
    assert (placed["status"], placed["left_to_pay_fen"]) == ("pending_payment", 12_000)
    shown = call(buyer, "GET", f"/orders/{placed['order_no']}").json()
    OrderDetail.model_validate(shown)
    assert shown["left_to_pay_fen"] == 12_000
    assert {(it["method"], it["amount_fen"], it["status"]) for it in shown["payments"]} == {
        ("ecard", 5_000, "succeeded"), ("balance", 3_000, "succeeded"),
    }  # fmt: skip
    begun = call(buyer, "POST", f"/orders/{placed['order_no']}/payments", {"method": "wechatpay"}).json()
    PaymentStarted.model_validate(begun)
    assert begun["amount_fen"] == 12_000
    cancel(person_id=buyer.id, order_no=placed["order_no"])
    assert card


def test_what_stored_value_covers_is_paid_at_once_and_answered_alike_again(buyer):
    top_up(buyer.id, 20_000)
    sku = make_product(price_fen=12_000, stock=5)
    body = {"lines": lines(sku), "payment": "wallet"}
    first = order(buyer, body)
    assert first.status_code == 201
    assert (first.json()["status"], first.json()["left_to_pay_fen"]) == ("paid", 0)
    again = order(buyer, body)
    assert (again.status_code, again.content) == (201, first.content)
    assert purse_of(person_id=buyer.id).balance_fen == 8_000
    assert stock_of(sku) == 4


def test_a_wallet_that_is_too_small_leaves_the_rest_to_be_paid(buyer):
    top_up(buyer.id, 2_000)
    placed = ordered(buyer, {"lines": lines(make_product(price_fen=12_000)), "payment": "wallet"})
    assert (placed["status"], placed["left_to_pay_fen"]) == ("pending_payment", 10_000)
    top_up(buyer.id, 10_000)
    said = call(buyer, "POST", f"/orders/{placed['order_no']}/payments", {"method": "wallet"})
    assert said.status_code == 201
    PaymentStarted.model_validate(said.json())
    assert (said.json()["status"], said.json()["left_to_pay_fen"], said.json()["attempt_id"]) == (
        "succeeded", 0, None,
    )  # fmt: skip
    assert order_of(person_id=buyer.id, order_no=placed["order_no"]).status == "paid"


def test_only_the_cards_named_are_used_and_never_somebody_elses(buyer):
    first, second = new_card(buyer.id, 1_000), new_card(buyer.id, 2_000)
    theirs = new_card(make_person().id, 5_000)
    body = {"lines": lines(make_product(price_fen=12_000)), "use_cards": [str(second), str(theirs)]}
    assert ordered(buyer, body)["left_to_pay_fen"] == 10_000
    left = {card.id: card.balance_fen for card in purse_of(person_id=buyer.id).cards}
    assert left == {first: 1_000, second: 0}


def test_cash_on_delivery_is_collected_whole(buyer):
    body = {"lines": lines(make_product()), "payment": "cod", "use_balance": True}
    refused(order(buyer, body), 422, "invalid")
    placed = ordered(buyer, {"lines": lines(make_product(price_fen=12_000)), "payment": "cod"})
    assert (placed["status"], placed["left_to_pay_fen"]) == ("pending_confirmation", 12_000)


@pytest.mark.parametrize("method", ["alipay", "unionpay"])
def test_an_institutions_own_page(outside, buyer, method):
    placed = ordered(buyer, {"lines": lines(make_product(price_fen=12_000)), "payment": method})
    path = f"/orders/{placed['order_no']}/payments"
    said = call(buyer, "POST", path, {"method": method, "via": "page"})
    assert said.status_code == 201, said.content
    PaymentStarted.model_validate(said.json())
    assert said.json()["page"]["url"].startswith("http")
    assert said.json()["code_url"] == ""
    code = call(buyer, "POST", path, {"method": method}).json()
    assert code["code_url"]
    refused(call(buyer, "POST", path, {"method": "wechatpay", "via": "page"}), 409, "nothing_to_pay")
    refused(call(buyer, "POST", path, {"method": method, "via": "app"}), 422, "invalid")


# ---- again ----


def test_buying_again_brings_what_can_be_had(buyer):
    plenty, scarce, gone = make_product(stock=9), make_product(stock=3), make_product(stock=2)
    body = {"lines": [*lines(plenty, scarce, quantity=2), *lines(gone, quantity=2)]}
    placed = ordered(buyer, body)
    said = call(buyer, "POST", f"/orders/{placed['order_no']}/again").json()
    assert said["added"] == [{"sku": plenty, "quantity": 2}, {"sku": scarce, "quantity": 1}]
    assert [(it["sku"], it["quantity"], it["problem"]) for it in said["left"]] == [
        (scarce, 1, "只剩 1 件"), (gone, 2, "已售罄"),
    ]  # fmt: skip
    cart = call(buyer, "GET", "/cart").json()
    assert [(line["sku"], line["quantity"]) for line in cart["lines"]] == [(plenty, 2), (scarce, 1)]
    assert cart["orderable"]
