"""From the cart to an order, in the browser."""

import re
from uuid import uuid4

import pytest

from mingpu.accounts.queries import addresses_of
from mingpu.cart.queries import cart_of
from mingpu.lib.text import Text
from mingpu.merchants.shipping import Rate, Template
from mingpu.orders.queries import orders_of
from mingpu.privacy.consent import give
from mingpu.promotions.queries import coupons_of
from mingpu.promotions.services import claim
from tests.delivery.parcels import article
from tests.factories import TO_JSON, make_address, make_person, make_product, place, stock_of
from tests.jobs import run_jobs
from tests.merchants.examples import make_merchant
from tests.payments.trading import fund
from tests.promotions.shop import made
from tests.virtual.shop import virtual
from tests.web.reading import close, field, to, words

pytestmark = pytest.mark.usefixtures("outside")


def checkout(browser, query=""):
    page = browser.get(f"/checkout{query}")
    assert page.status_code == 200, page.get("Location")
    return page


def placing(page, **given):
    return {"key": field(page, "key"), "address_id": "new", "payment": "wechatpay", **TO_JSON, **given}


def test_a_visitor_logs_in_first_and_comes_back(visitor):
    visitor.post("/cart/add", {"sku": make_product()})
    assert to(visitor.get("/checkout"), 302) == "/login?next=%2Fcheckout"


def test_a_cart_becomes_an_order_and_the_address_is_kept(buyer):
    browser, sku = buyer.browser(), make_product(stock=5, price_fen=6000)
    browser.post("/cart/add", {"sku": sku, "quantity": "2"})
    onward = to(browser.post("/checkout/place", placing(checkout(browser), save_address="on")))
    [it] = orders_of(person_id=buyer.id).items
    assert onward == f"/orders/{it.order_no}/pay"
    assert (it.total_fen, stock_of(sku), browser.cookies["mingpu_cart"].value) == (12_000, 3, "0")
    assert [one.name for one in addresses_of(buyer.id, masked=False)] == ["林知夏"]


def test_the_same_form_sent_twice_is_one_order(buyer):
    browser, sku = buyer.browser(), make_product(stock=5)
    browser.post("/cart/add", {"sku": sku})
    form = placing(checkout(browser), save_address="on")
    assert to(browser.post("/checkout/place", form)) == to(browser.post("/checkout/place", form))
    assert (orders_of(person_id=buyer.id).total, stock_of(sku), len(addresses_of(buyer.id))) == (1, 4, 1)


def test_buying_now_goes_past_the_cart(buyer):
    browser, sku, other = buyer.browser(), make_product(stock=5, price_fen=9900), make_product()
    browser.post("/cart/add", {"sku": other})
    onward = to(browser.post("/cart/add", {"sku": sku, "quantity": "2", "buy": "now"}))
    page = checkout(browser, onward.removeprefix("/checkout"))
    assert "198.00" in words(page).replace(" ", "")
    to(
        browser.post(
            "/checkout/place", placing(page, sku=field(page, "sku"), quantity=field(page, "quantity"))
        )
    )
    assert stock_of(sku) == 3
    assert [line.sku for line in cart_of(owner_id=buyer.id).lines] == [other]


def test_an_entry_of_the_address_book_is_chosen_masked(buyer):
    browser, entry = buyer.browser(), make_address(buyer)
    browser.post("/cart/add", {"sku": make_product()})
    page = checkout(browser)
    assert "138****0042" in words(page)
    assert "13800000042" not in page.content.decode()
    assert re.search(rf'value="{entry}"\s+checked', page.content.decode())
    to(
        browser.post(
            "/checkout/place", {"key": field(page, "key"), "address_id": str(entry), "payment": "wechatpay"}
        )
    )
    assert orders_of(person_id=buyer.id).total == 1


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(buyer):
    browser, sku = buyer.browser(), make_product(stock=5)
    browser.post("/cart/add", {"sku": sku})
    form = placing(checkout(browser), phone="12345", street="", landline="x", email="nobody")
    answer = browser.post("/checkout/place", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    for name in ("phone", "street", "landline", "email"):
        assert f'id="id_{name}-error"' in page, name
    assert 'value="12345"' in page
    assert 'value="林知夏"' in page
    assert field(answer, "key") == form["key"]
    assert orders_of(person_id=buyer.id).total == 0


def test_out_of_stock_shows_the_form_again_with_everything(buyer):
    browser, sku = buyer.browser(), make_product(stock=1, title="稀罕物")
    browser.post("/cart/add", {"sku": sku})
    form = placing(checkout(browser), street="南京路 1 号")
    place(make_person(), {sku: 1})
    answer = browser.post("/checkout/place", form)
    assert answer.status_code in {409, 422}
    assert "稀罕物：已售罄" in words(answer)
    assert "南京路 1 号" in answer.content.decode()
    assert (orders_of(person_id=buyer.id).total, cart_of(owner_id=buyer.id).count) == (0, 1)


def test_another_persons_address_is_not_found(buyer):
    browser, theirs = buyer.browser(), make_address(make_person())
    browser.post("/cart/add", {"sku": make_product()})
    for address in (theirs, uuid4(), "nonsense"):
        form = placing(checkout(browser), address_id=str(address))
        answer = browser.post("/checkout/place", form)
        assert answer.status_code in {404, 422}
        assert "没有找到" in words(answer)
    assert orders_of(person_id=buyer.id).total == 0


def test_an_empty_cart_has_no_checkout(buyer):
    assert to(buyer.browser().get("/checkout")) == "/cart"
    answer = buyer.browser().post(
        "/checkout/place", {"key": "k" * 12, "address_id": "new", "payment": "wechatpay", **TO_JSON}
    )
    assert answer.status_code in {409, 422}
    assert "没有可以下单的商品" in words(answer)


# ---- what it costs, and why ----


def coupon_of(buyer, sku, off=1_000, **more):
    offer = made(
        "coupon", scope={"skus": [sku]}, steps=[{"threshold_fen": 0, "off": off}], per_person=1, **more
    )
    return claim(person_id=buyer.id, offer_id=offer)


def chosen(page, name="coupon:"):
    """Which coupon is marked."""
    found = re.search(rf'name="{name}" value="([^"]*)" checked', page.content.decode())
    return found and found[1]


def test_the_best_coupon_is_marked_and_one_tap_takes_it_out(buyer):
    sku = make_product(price_fen=20_000)
    small, large = coupon_of(buyer, sku, 500), coupon_of(buyer, sku, 900)
    browser = buyer.browser()
    browser.post("/cart/add", {"sku": sku})
    page = checkout(browser)
    assert chosen(page) == str(large)
    assert "-¥9.00" in words(page)
    form = placing(page, coupons_shown="1", **{"coupon:": str(large)})
    none = browser.post("/checkout", {**form, "best": "0"})
    assert (none.status_code, chosen(none)) == (200, "")
    assert "¥200.00" in close(none)
    assert chosen(browser.post("/checkout", {**form, "best": "1"})) == str(large)
    assert chosen(browser.post("/checkout", {**form, "coupon:": str(small)})) == str(small)
    to(browser.post("/checkout/place", {**form, "coupon:": ""}))
    assert orders_of(person_id=buyer.id).items[0].discount_fen == 0


def test_a_coupon_is_used_with_the_order_and_every_fen_is_explained(buyer):
    sku = make_product(price_fen=20_000)
    mine = coupon_of(buyer, sku)
    browser = buyer.browser()
    page = checkout(browser, f"?sku={sku}&quantity=1")
    onward = to(
        browser.post(
            "/checkout/place",
            placing(page, sku=sku, quantity="1", coupons_shown="1", **{"coupon:": str(mine)}),
        )
    )
    [it] = orders_of(person_id=buyer.id).items
    assert (it.discount_fen, it.total_fen) == (1_000, 19_000)
    assert "优惠 ¥10.00，看明细" in words(browser.get(onward.removesuffix("/pay")))
    assert "已使用" in words(browser.get("/account/coupons?state=used"))


def test_a_dearer_sum_is_shown_before_it_is_asked_for(buyer):
    sku = make_product(price_fen=20_000)
    mine = coupon_of(buyer, sku)
    browser = buyer.browser()
    page = checkout(browser, f"?sku={sku}&quantity=1")
    form = placing(page, sku=sku, quantity="1", coupons_shown="1", seen_fen=field(page, "seen_fen"))
    assert form["seen_fen"] == "19000"
    answer = browser.post("/checkout/place", {**form, "coupon:": ""})
    assert answer.status_code == 422
    assert "应付金额有变动" in words(answer)
    assert orders_of(person_id=buyer.id).total == 0
    to(browser.post("/checkout/place", {**form, "coupon:": "", "seen_fen": field(answer, "seen_fen")}))
    assert mine not in {it.id for it in coupons_of(person_id=buyer.id, state="used")}


def test_cards_and_balance_pay_what_is_asked_of_them(buyer):
    fund(buyer, balance=3_000, cards=(5_000,))
    sku, browser = make_product(price_fen=20_000), buyer.browser()
    page = checkout(browser, f"?sku={sku}&quantity=1")
    form = placing(page, sku=sku, quantity="1", payment="alipay")
    both = browser.post("/checkout", {**form, "use_cards": "on", "use_balance": "on"})
    assert "本单抵 ¥50.00" in words(both)
    assert "还需付¥120.00" in close(both)
    onward = to(browser.post("/checkout/place", {**form, "use_cards": "on"}))
    assert "E 卡已付" in words(browser.get(onward))
    assert "¥150.00" in close(browser.get(onward))
    to(browser.post(onward, {"use_balance": "on"}))
    assert "¥120.00" in close(browser.get(onward))


def test_stored_value_alone_pays_at_once_or_says_what_is_missing(buyer):
    sku, browser = make_product(price_fen=20_000), buyer.browser()
    fund(buyer, balance=19_000)
    page = checkout(browser, f"?sku={sku}&quantity=1")
    form = placing(page, sku=sku, quantity="1", payment="wallet")
    answer = browser.post("/checkout/place", form)
    assert answer.status_code == 422
    assert "还差 ¥10.00" in words(answer)
    fund(buyer, balance=1_000)
    onward = to(browser.post("/checkout/place", form))
    assert "支付成功" in words(browser.get(onward))


def test_cash_on_delivery_waits_for_its_confirmation(buyer):
    sku, browser = make_product(price_fen=20_000), buyer.browser()
    page = checkout(browser, f"?sku={sku}&quantity=1")
    onward = to(browser.post("/checkout/place", placing(page, sku=sku, quantity="1", payment="cod")))
    assert "货到付款，等待确认" in words(browser.get(onward))
    assert browser.get(f"{onward}/status").status_code == 204
    run_jobs(buyer.id)
    assert "货到付款已确认" in words(browser.get(f"{onward}/status"))
    assert "签收时付给快递员 ¥200.00" in words(browser.get(onward.removesuffix("/pay")))


def test_goods_of_two_shops_have_two_fees_and_no_cash_at_the_door(buyer):
    far = Template(name="远", basis="piece", default=Rate((), 1, 1_500, 1, 0), no_delivery=("西藏",))
    other = make_merchant(name=Text("木森家居", "Musen Home"), template=far)
    browser = buyer.browser()
    for sku in (article(price_fen=20_000), article(price_fen=3000, merchant=other)):
        browser.post("/cart/add", {"sku": sku})
    page = checkout(browser)
    assert "每单 15.00 元" in words(page) or "1 件以内 15.00 元" in words(page)
    assert "商品来自多家店铺" in words(page)
    assert re.search(r'value="cod" disabled', page.content.decode())
    form = placing(page, province="西藏自治区", city="拉萨市")
    assert "不配送至西藏" in words(browser.post("/checkout", form))
    answer = browser.post("/checkout/place", form)
    assert answer.status_code == 422
    assert "不配送至西藏" in words(answer)
    assert browser.post("/checkout/place", placing(page, payment="cod")).status_code == 422
    assert orders_of(person_id=buyer.id).total == 0


def test_a_top_up_asks_for_a_number_and_no_address(buyer):
    sku, browser = virtual("topup"), buyer.browser()
    page = checkout(browser, f"?sku={sku}&quantity=1")
    assert 'name="street"' not in page.content.decode()
    assert "data-contacts" not in page.content.decode()  # the switch is off, as all are at first
    form = {
        "key": field(page, "key"),
        "sku": sku,
        "quantity": "1",
        "payment": "wechatpay",
        "address_id": "none",
    }
    assert "请填写" in words(browser.post("/checkout/place", form))
    assert browser.post("/checkout/place", {**form, "recharge": "123"}).status_code == 422
    picked = browser.post("/checkout/place", {**form, "recharge": "13812345678", "picked": "1"})
    assert picked.status_code in {403, 422}
    assert orders_of(person_id=buyer.id).total == 0
    give(buyer.id, "contacts", granted=True, language="zh-hans")
    assert "data-contacts" in checkout(browser, f"?sku={sku}&quantity=1").content.decode()
    to(browser.post("/checkout/place", {**form, "recharge": "138 1234 5678", "picked": "1"}))
    assert orders_of(person_id=buyer.id).total == 1
