"""Orders in the browser; other people's things, strange requests, what a page costs."""

import re

import pytest
from django.test import Client

from mingpu.cart.queries import cart_of
from mingpu.lib.text import Text
from mingpu.orders.services import cancel
from mingpu.privacy.uses import uses_of
from mingpu.promotions.queries import special_skus
from tests.delivery.parcels import article
from tests.delivery.test_delivery import follow, parcel_of
from tests.factories import make_person, make_product, place
from tests.jobs import run_jobs
from tests.merchants.examples import make_merchant
from tests.payments.trading import deal, paid
from tests.statements import counted
from tests.virtual.shop import bought, handed
from tests.web.reading import close, statements, to, words

pytestmark = pytest.mark.usefixtures("outside")


def test_the_list_shows_states_and_turns_pages(buyer):
    sku = make_product(stock=50, title="青釉杯")
    numbers = [place(buyer, {sku: 1}).order_no for _ in range(12)]
    cancel(person_id=buyer.id, order_no=numbers[0])
    browser = buyer.browser()
    first = words(browser.get("/orders"))
    assert numbers[-1] in first
    assert numbers[0] not in first
    assert numbers[0] in words(browser.get("/orders?page=2"))
    assert numbers[1] not in words(browser.get("/orders?status=cancelled"))
    for query in ("?page=x", "?page=0", "?page=999999", "?status=nonsense"):
        assert browser.get(f"/orders{query}").status_code == 200


def test_an_order_shows_its_whole_way(outside):
    it = deal()
    paid(outside, it)
    run_jobs(it.buyer.id)
    number = parcel_of(it).waybill_no
    for code in ("50", "80"):
        outside.push(number, code)
        follow(number)
    page = it.buyer.browser().get(f"/orders/{it.order_no}")
    text = words(page)
    for said in ("已签收", number, "顺丰速运", "包裹已签收", "林**", "138****0042", "微信支付", "支付成功"):
        assert said in text, said
    for secret in ("林知夏", "13800000042", "188 号"):
        assert secret not in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"


def test_cancelling_and_confirming_by_button(outside):
    it = deal()
    browser = it.buyer.browser()
    assert to(browser.post(f"/orders/{it.order_no}/cancel")) == f"/orders/{it.order_no}"
    assert "订单已取消" in words(browser.get(f"/orders/{it.order_no}"))
    again = browser.post(f"/orders/{it.order_no}/cancel")
    assert again.status_code == 409
    assert "已取消" in words(again)
    sent = deal()
    paid(outside, sent)
    run_jobs(sent.buyer.id)
    outside.push(parcel_of(sent).waybill_no, "50")
    follow(parcel_of(sent).waybill_no)
    assert to(sent.buyer.browser().post(f"/orders/{sent.order_no}/receipt")) == f"/orders/{sent.order_no}"
    assert sent.order.status == "completed"


def test_every_page_of_a_persons_own_asks_to_log_in(visitor):
    for path in (
        "/checkout",
        "/orders",
        "/orders/M1",
        "/orders/M1/pay",
        "/orders/M1/after-sales",
        "/cases/C1",
    ):
        assert to(visitor.get(path), 302).startswith("/login?next=")
    for path in ("/checkout/place", "/orders/M1/cancel", "/cases/C1/withdraw"):
        assert to(visitor.post(path), 302).startswith("/login?next=")


def test_forms_need_our_own_page(buyer):
    strict = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    strict.cookies["mingpu_session"] = buyer.token
    for path in ("/cart/add", "/cart/set", "/cart/remove", "/checkout/place", "/orders/M1/cancel"):
        assert strict.post(path, {}).status_code == 403


def test_bytes_that_cannot_be_read_are_refused(buyer):
    browser = buyer.browser()
    for body in (b"sku=%FF%FE", b"sku=%00", b"sku=\xff"):
        answer = browser.post("/cart/add", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 400
    assert browser.get("/orders/%00").status_code in {400, 404}


def test_pages_speak_english(buyer):
    browser = buyer.browser()
    placed = place(buyer, {make_product(): 1})
    text = words(browser.get(f"/orders/{placed.order_no}", headers={"accept-language": "en"}))
    assert "To be paid" in text
    assert "Order placed" in text
    assert "待付款" not in text


def test_statements_per_page_are_fixed(outside):
    small, large = make_person(), make_person()
    place(small, {make_product(): 1})
    lines = {make_product(): 1 for _ in range(20)}
    numbers = []
    for one, basket in ((small, {make_product(): 1}), (large, lines)):
        for sku in basket:
            one.browser().post("/cart/add", {"sku": sku})
        numbers.append(place(one, basket).order_no)
    seen = {}
    for one, number in ((small, numbers[0]), (large, numbers[1])):
        browser = one.browser()
        for path in ("/cart", "/checkout", "/orders", "/orders?q=壶&merchant=mingpu", f"/orders/{number}"):
            seen.setdefault(path.replace(number, "N"), []).append(statements(browser, path))
    assert seen == {
        "/cart": [4, 4], "/checkout": [7, 7], "/orders": [3, 3], "/orders?q=壶&merchant=mingpu": [3, 3],
        "/orders/N": [9, 9],
    }  # fmt: skip
    sku, browser = make_product(), small.browser()
    special_skus()  # kept by every process for a second
    with counted() as adding:
        browser.post("/cart/add", {"sku": sku})
    assert len(adding) == 3


def test_looking_at_an_order_is_one_use_of_it():
    it = deal()
    before = uses_of(it.buyer.id).total
    it.buyer.browser().get(f"/orders/{it.order_no}")
    seen = uses_of(it.buyer.id)
    looks = [use for use in seen.items if use.purpose == "order_lookup"]
    assert [(use.actor_kind, use.reference) for use in looks] == [("person", it.order_no)]
    assert seen.total > before


# ---- finding, buying again, taking along, virtual goods ----


def test_orders_are_found_by_words_number_and_shop(buyer):
    other = make_merchant(name=Text("木森家居", "Musen Home"))
    cup, chair = make_product(title="青釉杯"), article(merchant=other)
    first, second = place(buyer, {cup: 1}).order_no, place(buyer, {chair: 1}).order_no
    browser = buyer.browser()
    for query, there, not_there in (
        ("q=青釉", first, second), (f"q={second}", second, first), (f"merchant={other}", second, first),
    ):  # fmt: skip
        page = words(browser.get(f"/orders?{query}"))
        assert there in page, query
        assert not_there not in page, query
    assert "没有符合条件的订单" in words(browser.get("/orders?q=没有这种东西"))
    assert "木森家居" in words(browser.get(f"/orders/{second}"))


def test_the_same_is_bought_again_as_far_as_it_can_be_had(buyer):
    gone, there = make_product(stock=1), make_product(stock=9)
    placed = place(buyer, {gone: 1, there: 2})
    browser = buyer.browser()
    assert to(browser.post(f"/orders/{placed.order_no}/again")) == "/cart"
    page = words(browser.get("/cart"))
    assert "1 种缺货或数量不足" in page
    assert [(line.sku, line.quantity) for line in cart_of(owner_id=buyer.id).lines] == [(there, 2)]


def test_all_orders_are_taken_along_as_a_table(buyer):
    number = place(buyer, {make_product(title="=1+1"): 2}).order_no
    answer = buyer.browser().get("/orders/export.csv", headers={"accept-language": "en"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Order number,Status")
    assert number in text
    assert "'=1+1" in text or "Gooseneck" in text
    assert "attachment" in answer["Content-Disposition"]


def test_a_card_shows_its_code_only_when_it_is_asked_for(outside):
    it = bought(outside, "ecard")
    run_jobs(it.buyer.id)
    [card] = handed(it)
    browser = it.buyer.browser()
    page = browser.get(f"/orders/{it.order_no}")
    assert "查看卡密" in words(page)
    path = f"/orders/{it.order_no}/cards/{card.delivery_no}"
    code = re.search(r"<code[^>]*>([^<]+)</code>", browser.post(path).content.decode())[1]
    assert code not in page.content.decode()
    assert to(browser.get(path)) == f"/orders/{it.order_no}"
    assert make_person().browser().post(path).status_code == 404
    assert to(browser.post("/account/wallet", {"code": code})) == "/account/wallet"
    assert "¥50.00" in close(browser.get("/account/wallet"))


def test_a_top_up_shows_where_it_stands(outside):
    it = bought(outside, "topup")
    page = words(it.buyer.browser().get(f"/orders/{it.order_no}"))
    assert "充值号码 138****5678" in page
    assert "收货人" not in page
