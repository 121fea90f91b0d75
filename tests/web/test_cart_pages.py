"""The cart in the browser."""

from uuid import uuid4

import pytest
from django.test import Client

from mingpu.cart.queries import cart_of
from mingpu.cart.services import add_line
from mingpu.lib.text import Text
from tests.delivery.parcels import article
from tests.factories import make_product
from tests.merchants.examples import make_merchant
from tests.promotions.shop import made
from tests.virtual.shop import virtual
from tests.web.reading import to, words

pytestmark = pytest.mark.usefixtures("outside")


def test_a_visitor_has_a_cart_that_a_cookie_finds_again(visitor):
    sku = make_product(title="青釉杯")
    assert "购物车还是空的" in words(visitor.get("/cart"))
    assert "mingpu_visitor" not in visitor.cookies  # looking makes nobody known
    assert to(visitor.post("/cart/add", {"sku": sku, "quantity": "2", "next": "/cart"})) == "/cart"
    assert visitor.cookies["mingpu_visitor"]["httponly"]
    page = words(visitor.get("/cart"))
    assert "青釉杯" in page
    assert "已加入购物车" in page
    assert visitor.cookies["mingpu_cart"].value == "2"
    assert "购物车还是空的" in words(Client(SERVER_NAME="127.0.0.1").get("/cart"))


def test_the_cart_is_changed_and_shown_again(visitor):
    sku = make_product(stock=5, price_fen=3000)
    visitor.post("/cart/add", {"sku": sku})
    assert to(visitor.post("/cart/set", {"sku": sku, "quantity": "2"})) == "/cart"
    assert to(visitor.post("/cart/set", {"sku": sku, "quantity": "2", "to": "3"})) == "/cart"
    assert "¥90.00" in words(visitor.get("/cart")).replace(" ", "")
    assert visitor.cookies["mingpu_cart"].value == "3"
    visitor.post("/cart/remove", {"sku": sku})
    assert "购物车还是空的" in words(visitor.get("/cart"))


@pytest.mark.parametrize(
    "given", [{"quantity": "0"}, {"quantity": "x"}, {"quantity": "-1"}, {"quantity": "99999"}]
)
def test_a_number_that_is_none_is_explained(visitor, given):
    answer = visitor.post("/cart/set", {"sku": make_product(), **given})
    assert answer.status_code == 422
    assert "数量" in words(answer)


def test_an_article_is_found_by_its_options_where_no_script_ran(visitor):
    sku = make_product()
    from_sku = cart_product(sku)
    assert to(visitor.post("/cart/add", {"product": from_sku, "sku": "", "option:颜色": "雾灰"})) == "/cart"
    for wrong in ({"option:颜色": "红"}, {}):
        assert visitor.post("/cart/add", {"product": from_sku, "sku": "", **wrong}).status_code == 422
    assert visitor.post("/cart/add", {"product": "nonsense"}).status_code == 422


def cart_product(sku):
    owner = uuid4()
    add_line(owner_id=owner, sku=sku, quantity=1)
    return str(cart_of(owner_id=owner).lines[0].product_id)


@pytest.mark.parametrize(
    "onward", ["//elsewhere.example", "https://elsewhere.example/", "javascript:alert(1)", ""]
)
def test_adding_never_leads_elsewhere(visitor, onward):
    assert to(visitor.post("/cart/add", {"sku": make_product(), "next": onward})) == "/cart"


def test_a_sold_out_line_keeps_the_cart_from_the_checkout(buyer):
    browser, sku = buyer.browser(), make_product(stock=1)
    browser.post("/cart/add", {"sku": sku, "quantity": "2"})
    assert "只剩 1 件" in words(browser.get("/cart"))
    assert to(browser.get("/checkout")) == "/cart"
    assert "只剩 1 件" in words(browser.get("/cart"))


def test_the_cart_is_grouped_by_shop_and_says_what_is_missing_to_offers(visitor):
    other = make_merchant(name=Text("木森家居", "Musen Home"))
    ours, theirs = article(price_fen=5000), article(price_fen=3000, merchant=other)
    made(
        "full_reduction",
        merchant=other,
        scope={"skus": [theirs]},
        steps=[{"threshold_fen": 4_200, "off": 400}],
    )
    for sku in (ours, theirs):
        visitor.post("/cart/add", {"sku": sku})
    page = words(visitor.get("/cart"))
    assert "木森家居" in page
    assert "还差 ¥12.00，满 ¥42 减 ¥4" in page
    visitor.post("/cart/set", {"sku": theirs, "quantity": "2"})
    page = words(visitor.get("/cart"))
    assert "还差 ¥12.00" not in page
    assert "-¥4.00" in page


def test_top_ups_and_goods_are_not_ordered_together(buyer):
    browser = buyer.browser()
    for sku in (make_product(), virtual("topup")):
        browser.post("/cart/add", {"sku": sku})
    page = browser.get("/cart")
    assert "请与实物分开下单" in words(page)
    assert 'href="/checkout"' not in page.content.decode()
    assert to(browser.get("/checkout")) == "/cart"
