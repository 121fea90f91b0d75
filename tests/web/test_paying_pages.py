"""Paying in the browser."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from mingpu.orders.services import cancel, expire
from tests.payments.trading import deal, letters_about, paid, scan, take
from tests.web.reading import to, words

pytestmark = pytest.mark.usefixtures("outside")


def test_the_code_is_shown_and_the_page_notices_the_payment(outside):
    it = deal(price_fen=9900)
    browser = it.buyer.browser()
    page = browser.get(f"/orders/{it.order_no}/pay")
    assert page.status_code == 200
    assert "<svg" in page.content.decode()
    assert "99.00" in words(page).replace(" ", "")
    assert "style=" not in re.search(r"<div class=\"qr\".*?</div>", page.content.decode(), re.DOTALL)[0]
    link = unescape(
        re.search(r'href="(http://127\.0\.0\.1:\d+/wechatpay/pay\?[^"]+)"', page.content.decode())[1]
    )
    assert f":{outside.side.port}/" in link
    asked = browser.get(f"/orders/{it.order_no}/pay/status", headers={"HX-Request": "true"})
    assert (asked.status_code, asked.content) == (204, b"")
    paid(outside, it)
    told = browser.get(f"/orders/{it.order_no}/pay/status")
    assert "支付成功" in words(told)
    assert "hx-trigger" not in told.content.decode()
    assert "支付成功" in words(browser.get(f"/orders/{it.order_no}/pay"))
    assert len(it.attempts) == 1


def test_no_link_to_the_pretend_till_where_there_is_none(monkeypatch):
    it = deal()
    it.start()
    monkeypatch.setattr(settings, "COUNTERPARTS", False)
    page = it.buyer.browser().get(f"/orders/{it.order_no}/pay")
    assert "/wechatpay/pay?" not in page.content.decode()


@pytest.mark.parametrize("end", [cancel, expire])
def test_paying_what_is_over_says_so(end):
    it = deal()
    end(person_id=it.buyer.id, order_no=it.order_no)
    browser = it.buyer.browser()
    assert "已超时关闭" in words(browser.get(f"/orders/{it.order_no}/pay"))
    assert "已超时关闭" in words(browser.get(f"/orders/{it.order_no}/pay/status"))
    assert it.attempts == ()


def test_an_institution_that_is_silent_leaves_the_order(outside):
    it = deal()
    outside.side.fault("wechatpay", "http_500", on="answer", times=2)
    answer = it.buyer.browser().get(f"/orders/{it.order_no}/pay")
    assert answer.status_code == 503
    assert "订单已保留" in words(answer)
    assert it.buyer.browser().get(f"/orders/{it.order_no}/pay").status_code == 200


# ---- another way, the institution's own page, and coming back from it ----


def test_another_way_is_chosen_by_a_button_and_only_that_one_is_called():
    it = deal(price_fen=9900)
    browser = it.buyer.browser()
    pay = f"/orders/{it.order_no}/pay"
    browser.get(pay)
    assert [one.method for one in it.attempts] == ["wechatpay"]
    assert to(browser.post(pay, {"method": "unionpay"})) == pay
    page = browser.get(pay)
    assert "请用云闪付／银联扫码付款" in words(page)
    assert "/unionpay/pay?" in page.content.decode()
    browser.get(f"{pay}?method=alipay")  # a link chooses nothing
    assert [one.method for one in it.attempts] == ["wechatpay", "unionpay"]
    assert browser.post(pay, {"method": "nobody"}).status_code == 303
    assert len(it.attempts) == 2


@pytest.mark.parametrize("method", ["alipay", "unionpay"])
def test_the_page_that_leads_to_an_institution_may_send_its_form_there_alone(method):
    it = deal(price_fen=9900)
    answer = it.buyer.browser().post(f"/orders/{it.order_no}/pay/page", {"method": method})
    html = answer.content.decode()
    [[action, inside]] = re.findall(r'<form[^>]*action="(http[^"]+)"[^>]*>(.*?)</form>', html, re.DOTALL)
    policy = answer["Content-Security-Policy"]
    parts = urlsplit(unescape(action))
    assert f"form-action 'self' {parts.scheme}://{parts.netloc}" in policy
    assert "default-src 'self'" in policy
    assert "csrf" not in inside
    assert f"{it.order_no}01" in inside or f"{it.order_no}01" in action
    assert [one.method for one in it.attempts] == [method]
    plain = it.buyer.browser().get(f"/orders/{it.order_no}")
    assert plain["Content-Security-Policy"].endswith("form-action 'self'")


def test_a_link_to_that_page_calls_nobody():
    it = deal()
    browser = it.buyer.browser()
    assert to(browser.get(f"/orders/{it.order_no}/pay/page")) == f"/orders/{it.order_no}/pay"
    assert browser.post(f"/orders/{it.order_no}/pay/page", {"method": "wechatpay"}).status_code == 409
    assert it.attempts == ()


def test_what_a_browser_brings_back_proves_nothing(outside):
    it = deal(price_fen=9900)
    browser = it.buyer.browser()
    browser.post(f"/orders/{it.order_no}/pay/page", {"method": "unionpay"})
    back = f"/orders/{it.order_no}/pay/back"
    stranger = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)  # across sites no cookie comes along
    assert to(stranger.post(back, {"respCode": "00", "respMsg": "success", "txnAmt": "9900"})) == back
    thanks = stranger.get(back)
    assert "正在核对付款" in words(thanks)
    assert "99.00" not in words(thanks)
    assert it.order.status == "pending_payment"
    onward = to(browser.get(back))
    page = browser.get(onward)
    assert "核对中" in words(page)
    assert "hx-trigger" in page.content.decode()
    assert browser.get(f"/orders/{it.order_no}/pay/status").status_code == 204
    assert stranger.get("/orders/MNOBODYHASTHISNO/pay/back").status_code == 200  # it tells nobody what exists
    begun = it.start("unionpay")
    scan(begun)
    take(letters_about("unionpay", begun.out_trade_no)[0])
    assert "支付成功" in words(browser.get(onward))
