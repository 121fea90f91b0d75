"""Balance, cards, coupons, favourites and invoices in the browser."""

import re

import pytest

from mingpu.cart.queries import favourites_of
from mingpu.promotions.queries import coupons_of
from mingpu.web.addresses import product_url
from tests.factories import make_person, make_product
from tests.invoices.desk import TAX_NO, TITLE, seen, when, work
from tests.payments.trading import deal, paid
from tests.promotions.shop import made, sale
from tests.wallet.conftest import new_codes, top_up
from tests.web.reading import close, statements, to, words
from tests.web.test_cart_pages import cart_product

pytestmark = pytest.mark.usefixtures("outside")


# ---- wallet ----


def test_a_card_is_bound_and_movements_are_listed(buyer):
    browser = buyer.browser()
    assert "还没有明细" in words(browser.get("/account/wallet"))
    [code] = new_codes(10_000)
    assert to(browser.post("/account/wallet", {"code": f" {code.lower()} "})) == "/account/wallet"
    top_up(buyer.id, 2_500)
    page = browser.get("/account/wallet")
    assert "¥100.00" in close(page)
    assert "¥25.00" in close(page)
    assert code not in page.content.decode()
    assert code[-4:] in words(page)


def test_a_wrong_code_is_said_at_its_field_and_then_has_to_wait(buyer):
    browser = buyer.browser()
    for _ in range(5):
        answer = browser.post("/account/wallet", {"code": "ABCD-EFGH-2345-6789"})
        assert answer.status_code == 422
        assert 'id="id_code-error"' in answer.content.decode()
    assert browser.post("/account/wallet", {"code": "ABCD-EFGH-2345-6789"}).status_code == 429


# ---- coupons ----


def test_a_coupon_is_claimed_once_and_is_among_mine(buyer, visitor):
    title = {"zh": "早鸟券", "en": "Early bird"}
    offer = made("coupon", title=title, per_person=1, total=5)
    assert "早鸟券" in words(visitor.get("/coupons"))
    assert to(visitor.post(f"/coupons/{offer}/claim"), 302).startswith("/login")
    browser = buyer.browser()
    assert to(browser.post(f"/coupons/{offer}/claim")) == "/coupons"
    assert browser.post(f"/coupons/{offer}/claim").status_code == 409
    assert "早鸟券" in words(browser.get("/account/coupons"))
    assert "早鸟券" not in words(browser.get("/account/coupons?state=used"))
    assert "Early bird" in words(browser.get("/account/coupons", headers={"accept-language": "en"}))
    assert [it.offer.id for it in coupons_of(person_id=buyer.id)] == [offer]
    assert browser.post("/coupons/nothing/claim").status_code == 409


# ---- favourites, prices of one's own ----


def test_a_heart_keeps_a_product_and_lets_it_go(buyer, visitor):
    sku = make_product(title="青釉杯")
    product = cart_product(sku)
    browser, page = buyer.browser(), product_url(product, "青釉杯")
    assert 'aria-pressed="false"' in browser.get(page).content.decode()
    assert to(browser.post(f"/favourites/{product}", {"marked": "true", "next": page})) == page
    assert "已收藏" in words(browser.get(page))
    assert "青釉杯" in words(browser.get("/account/favourites"))
    to(browser.post(f"/favourites/{product}", {"marked": "false"}))
    assert favourites_of(owner_id=buyer.id).total == 0
    assert "还没有收藏" in words(browser.get("/account/favourites"))
    in_list = browser.post(f"/favourites/{product}", {"marked": "true"}, headers={"HX-Request": "true"})
    assert in_list.status_code == 204
    assert to(visitor.post(f"/favourites/{product}"), 302).startswith("/login")
    assert browser.post("/favourites/00000000-0000-0000-0000-000000000000").status_code == 404


def test_flash_and_member_prices_say_whose_and_until_when(buyer, visitor):
    [flash] = sale(stock=5, per_person=2, price_fen=6_000)
    page = visitor.get(f"/products/{cart_product(flash)}", follow=True)
    assert "限时抢购" in words(page)
    assert "¥60.00" in close(page)
    assert re.search(r"至 \d{4}-\d\d-\d\d", words(page))
    assert "每人限 2 件" in words(page)
    sku = make_product(price_fen=10_000)
    made("member_price", prices={sku: {"price_fen": 8_000}})
    address = to(visitor.get(f"/products/{cart_product(sku)}"), 301)
    assert "会员价 ¥80.00，登录就是会员" in words(visitor.get(address))
    assert "¥80.00" in close(buyer.browser().get(address))
    assert "登录就是会员" not in words(buyer.browser().get(address))


# ---- invoices ----


def test_an_invoice_is_asked_for_only_after_a_consent_of_its_own(outside):
    it = deal(price_fen=9900)
    paid(outside, it)
    browser = it.buyer.browser()
    order, asking = f"/orders/{it.order_no}", f"/orders/{it.order_no}/invoice"
    assert "关于发票" in words(browser.get(order))  # where to say yes, and not the question again
    page = browser.get(asking)
    assert "开具电子发票" in words(page)
    assert 'name="tax_no"' not in page.content.decode()
    assert browser.post(
        asking, {"title_id": "new", "kind": "company", "title": TITLE, "tax_no": TAX_NO}
    ).status_code in {403, 422}
    assert to(browser.post("/privacy/consents/invoicing", {"granted": "true", "next": asking})) == asking
    wrong = browser.post(asking, {"title_id": "new", "kind": "company", "title": TITLE, "tax_no": "12"})
    assert (wrong.status_code, "15–20 位" in words(wrong)) == (422, True)
    assert (
        to(browser.post(asking, {"title_id": "new", "kind": "company", "title": TITLE, "tax_no": TAX_NO}))
        == order
    )
    [asked] = seen(it).items
    work(it)
    when(it, asked.invoice_no, "issued")
    assert "已开具" in words(browser.get(order))
    document = browser.get(f"/invoices/{asked.invoice_no}.pdf")
    assert document["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF")
    assert make_person().browser().get(f"/invoices/{asked.invoice_no}.pdf").status_code in {403, 404}
    assert TITLE in words(browser.get("/account/invoice-titles"))
    to(browser.post("/privacy/consents/invoicing", {"granted": "false"}))
    assert TITLE not in words(browser.get("/account/invoice-titles"))
    assert browser.get(f"/invoices/{asked.invoice_no}.pdf").status_code == 403


def test_pages_of_ones_own_cost_the_same_however_much_there_is(buyer):
    browser = buyer.browser()
    before = [statements(browser, path) for path in ("/account/wallet", "/account/coupons", "/coupons")]
    for _ in range(3):
        top_up(buyer.id, 100)
        browser.post(f"/coupons/{made('coupon', per_person=1)}/claim")
        browser.post("/account/wallet", {"code": new_codes(1_000)[0]})
    after = [statements(browser, path) for path in ("/account/wallet", "/account/coupons", "/coupons")]
    assert before == after == [4, 1, 1]
