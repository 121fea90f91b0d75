"""Cart, checkout, paying, orders and after-sales in the browser."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from mingpu.accounts.queries import addresses_of
from mingpu.cart.queries import cart_of
from mingpu.cart.services import add_line
from mingpu.orders.queries import orders_of
from mingpu.orders.services import cancel, expire
from mingpu.privacy.uses import uses_of
from mingpu.service.queries import cases_of
from mingpu.service.services import decide
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.delivery.test_delivery import follow, parcel_of
from tests.factories import TO_JSON, make_address, make_person, make_product, place, stock_of
from tests.jobs import run_jobs
from tests.payments.trading import deal, paid
from tests.statements import counted
from tests.support import zone

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture(autouse=True)
def _static():
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture
def buyer():
    return make_person()


@pytest.fixture
def visitor():
    return Client(SERVER_NAME="127.0.0.1")


def words(answer):
    """The text of a page, as it is read."""
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(text))


def field(answer, name):
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, name
    return unescape(found[1])


def to(answer, status=303):
    assert answer.status_code == status, words(answer)[:400]
    return answer["Location"]


# ---- cart ----


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


# ---- checkout ----


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
    assert "稀罕物只剩 0 件" in words(answer)
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


# ---- paying ----


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


# ---- orders ----


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


# ---- after-sales ----


@pytest.fixture
def sold(outside):
    it = deal(stock=9, pieces=3)
    paid(outside, it)
    run_jobs(it.buyer.id)
    return it


def asking(it, **given):
    return {"type": "refund", "line": it.sku, f"quantity:{it.sku}": "2", "reason": "damaged", **given}


def test_asking_following_and_taking_back(sold):
    browser = sold.buyer.browser()
    assert 'max="3"' in browser.get(f"/orders/{sold.order_no}/after-sales").content.decode()
    onward = to(browser.post(f"/orders/{sold.order_no}/after-sales", asking(sold, description="杯口有裂纹")))
    text = words(browser.get(onward))
    for said in ("审核中", "仅退款", "杯口有裂纹", "破损或有瑕疵", "申请已提交"):
        assert said in text, said
    assert 'max="1"' in browser.get(f"/orders/{sold.order_no}/after-sales").content.decode()
    assert to(browser.post(f"{onward}/withdraw")) == onward
    assert "已撤销" in words(browser.get(onward))
    assert browser.post(f"{onward}/withdraw").status_code == 409


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"line": ()}, "请至少选择一件"),
        ({"reason": ""}, "请填写"),
        ({"type": "exchange"}, "暂未提供换货"),
        ({"type": "return"}, "不能申请该类售后"),
        ({"type": ""}, "请填写"),
    ],
)
def test_a_request_that_cannot_be_keeps_what_was_typed(sold, change, said):
    browser = sold.buyer.browser()
    answer = browser.post(
        f"/orders/{sold.order_no}/after-sales", asking(sold, description="有裂纹", **change)
    )
    assert answer.status_code in {409, 422}
    assert said in words(answer)
    assert "有裂纹" in answer.content.decode()
    assert cases_of(person_id=sold.buyer.id, order_no=sold.order_no) == ()


@pytest.mark.parametrize("pieces", ["4", "0", "x", "-1", "9999"])
def test_a_number_of_pieces_that_cannot_be_is_refused(sold, pieces):
    browser = sold.buyer.browser()
    answer = browser.post(
        f"/orders/{sold.order_no}/after-sales", asking(sold, **{f"quantity:{sold.sku}": pieces})
    )
    assert answer.status_code == 422
    assert cases_of(person_id=sold.buyer.id, order_no=sold.order_no) == ()


def test_goods_are_sent_back_by_button(outside, sold):
    outside.push(parcel_of(sold).waybill_no, "80")
    follow(parcel_of(sold).waybill_no)
    browser = sold.buyer.browser()
    case = to(browser.post(f"/orders/{sold.order_no}/after-sales", asking(sold, type="return")))
    with zone("desk"):
        decide(
            person_id=sold.buyer.id,
            case_no=case.removeprefix("/cases/"),
            approve=True,
            staff="kefu",
            answer="请寄回",
        )
    assert "我已寄出" in words(browser.get(case))
    assert "请寄回" in words(browser.get(case))
    assert to(browser.post(f"{case}/sent-back")) == case
    assert "待验收" in words(browser.get(case))


# ---- other people's things, strange requests, cost ----


def test_another_persons_things_look_like_nothing_at_all(sold):
    other = make_person().browser()
    case = to(sold.buyer.browser().post(f"/orders/{sold.order_no}/after-sales", asking(sold)))
    number, none = sold.order_no, "M" + "2" * 16
    paths = [
        ("GET", f"/orders/{number}", f"/orders/{none}"),
        ("GET", f"/orders/{number}/pay", f"/orders/{none}/pay"),
        ("GET", f"/orders/{number}/pay/status", f"/orders/{none}/pay/status"),
        ("POST", f"/orders/{number}/cancel", f"/orders/{none}/cancel"),
        ("POST", f"/orders/{number}/receipt", f"/orders/{none}/receipt"),
        ("GET", f"/orders/{number}/after-sales", f"/orders/{none}/after-sales"),
        ("POST", f"/orders/{number}/after-sales", f"/orders/{none}/after-sales"),
        ("GET", case, "/cases/CNOBODYHASTHISNO"),
        ("POST", f"{case}/withdraw", "/cases/CNOBODYHASTHISNO/withdraw"),
        ("POST", f"{case}/sent-back", "/cases/CNOBODYHASTHISNO/sent-back"),
    ]
    for method, theirs, nothing in paths:
        first, second = (other.generic(method, path) for path in (theirs, nothing))
        assert first.status_code == second.status_code == 404, theirs
        assert neutral(first, number, case) == neutral(second, none, "/cases/CNOBODYHASTHISNO"), theirs
    assert sold.order.status == "paid"


def neutral(answer, number, case):
    text = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return text.replace(number, "N").replace(case, "C")


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
    for buyer, basket in ((small, {make_product(): 1}), (large, lines)):
        for sku in basket:
            buyer.browser().post("/cart/add", {"sku": sku})
        numbers.append(place(buyer, basket).order_no)
    seen = {}
    for buyer, number in ((small, numbers[0]), (large, numbers[1])):
        browser = buyer.browser()
        for path in ("/cart", "/orders", f"/orders/{number}"):
            browser.get(path)
            with counted() as asked:
                assert browser.get(path).status_code == 200
            seen.setdefault(path.replace(number, "N"), []).append(len(asked))
    assert seen == {"/cart": [2, 2], "/orders": [3, 3], "/orders/N": [8, 8]}
    sku, browser = make_product(), small.browser()
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
