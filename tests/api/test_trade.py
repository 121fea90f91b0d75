"""Cart, orders, payments and after-sales as programs see them: shapes, refusals, whose they are."""

import secrets
from uuid import uuid4

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as pace
from hypothesis import strategies as st

from mingpu.orders.services import cancel, expire
from tests.api.calling import PROBLEM, call, order, refused
from tests.factories import TO_JSON, Buyer, make_address, make_person, make_product, stock_of
from tests.jobs import run_jobs
from tests.payments.trading import deal, paid, take


@pytest.fixture(autouse=True)
def _static():
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture
def buyer():
    return make_person()


# ---- cart ----


def test_the_cart_shows_lines_with_todays_price(buyer):
    sku = make_product(price_fen=2500, stock=3)
    assert call(buyer, "GET", "/cart").json() == {
        "lines": [],
        "merchants": [],
        "total_fen": 0,
        "shipping_fen": 0,
        "orderable": False,
    }
    cart = call(buyer, "PUT", f"/cart/lines/{sku}", {"quantity": 2}).json()
    assert (cart["total_fen"], cart["shipping_fen"], cart["orderable"]) == (5000, 800, True)
    [line] = cart["lines"]
    assert line["sku"] == sku
    assert (line["quantity"], line["price_fen"], line["subtotal_fen"], line["available"], line["problem"]) == (
        2, 2500, 5000, 3, None,
    )  # fmt: skip
    cart = call(buyer, "PUT", f"/cart/lines/{sku}", {"quantity": 4}).json()
    assert (cart["lines"][0]["problem"], cart["total_fen"]) == ("只剩 3 件", 0)
    for _ in range(2):
        assert call(buyer, "DELETE", f"/cart/lines/{sku}").json()["lines"] == []


@pytest.mark.parametrize(
    "body",
    [
        {}, {"quantity": 0}, {"quantity": -1}, {"quantity": 1000}, {"quantity": "2"}, {"quantity": 1.5},
        {"quantity": True}, {"quantity": None}, {"quantity": 10**30}, {"quantity": 1, "price_fen": 1}, [], "x",
    ],
)  # fmt: skip
def test_a_quantity_is_a_whole_number_and_nothing_else_is_taken(buyer, body):
    sku = make_product()
    refused(call(buyer, "PUT", f"/cart/lines/{sku}", body), 422, "invalid")
    assert call(buyer, "GET", "/cart").json()["lines"] == []


def test_what_cannot_be_bought_does_not_enter_the_cart(buyer):
    refused(call(buyer, "PUT", "/cart/lines/no-such-sku", {"quantity": 1}), 409, "not_buyable")
    refused(
        call(buyer, "PUT", f"/cart/lines/{make_product(for_sale=False)}", {"quantity": 1}), 409, "not_buyable"
    )


def test_nothing_works_without_a_token(buyer):
    stranger = make_person().browser()  # signed in as a browser: a cookie counts for nothing here
    for method, path in [("GET", "/cart"), ("GET", "/orders"), ("POST", "/orders"), ("GET", "/orders/M1")]:
        refused(call(stranger, method, path, {} if method == "POST" else None), 401, "unauthenticated")


# ---- placing ----


def test_an_order_of_lines(buyer):
    sku = make_product(stock=5, price_fen=6000)
    answer = order(buyer, {"lines": [{"sku": sku, "quantity": 2}]})
    assert answer.status_code == 201
    said = answer.json()
    assert set(said) == {
        "order_no", "status", "total_fen", "discount_fen", "shipping_fen", "left_to_pay_fen", "lines",
    }  # fmt: skip
    assert (said["status"], said["total_fen"]) == ("pending_payment", 12_000)
    assert [(line["sku"], line["quantity"]) for line in said["lines"]] == [(sku, 2)]
    assert stock_of(sku) == 3


def test_an_order_of_the_cart_to_the_address_book(buyer):
    sku = make_product(stock=5)
    call(buyer, "PUT", f"/cart/lines/{sku}", {"quantity": 2})
    answer = call(
        buyer, "POST", "/orders", {"address_id": str(make_address(buyer)), "payment": "wechatpay"},
        **{"Idempotency-Key": "a-key-of-mine"},
    )  # fmt: skip
    assert answer.status_code == 201
    assert call(buyer, "GET", "/cart").json()["lines"] == []


def test_an_article_named_twice_counts_together(buyer):
    sku = make_product(stock=5)
    said = order(buyer, {"lines": [{"sku": sku, "quantity": 2}, {"sku": sku, "quantity": 1}]}).json()
    assert [(line["sku"], line["quantity"]) for line in said["lines"]] == [(sku, 3)]


def test_the_same_key_gets_the_same_words_whatever_happened_since(buyer):
    sku = make_product(stock=5)
    first = order(buyer, {"lines": [{"sku": sku, "quantity": 2}]})
    cancel(person_id=buyer.id, order_no=first.json()["order_no"])
    again = order(buyer, {"lines": [{"sku": sku, "quantity": 2}]})
    assert (again.status_code, again.content) == (201, first.content)
    assert stock_of(sku) == 5
    refused(order(buyer, {"lines": [{"sku": sku, "quantity": 1}]}), 422, "idempotency_key_reused")


def test_a_key_is_needed(buyer):
    body = {"lines": [{"sku": make_product(), "quantity": 1}], "consignee": TO_JSON, "payment": "wechatpay"}
    said = refused(call(buyer, "POST", "/orders", body), 422, "idempotency_key_missing")
    assert "Idempotency-Key" in said["detail"]
    english = call(buyer, "POST", "/orders", body, **{"Accept-Language": "en"}).json()
    assert "of your own making" in english["detail"]
    for key in ("short", "x" * 129):
        refused(order(buyer, {"lines": body["lines"]}, key=key), 422, "invalid")


def test_out_of_stock_writes_nothing(buyer):
    plenty, scarce = make_product(stock=9), make_product(stock=1)
    lines = [{"sku": plenty, "quantity": 1}, {"sku": scarce, "quantity": 2}]
    said = refused(order(buyer, {"lines": lines}), 409, "out_of_stock")
    assert "1 件" in said["detail"]
    assert (stock_of(plenty), stock_of(scarce)) == (9, 1)
    assert call(buyer, "GET", "/orders").json()["total"] == 0


@pytest.mark.parametrize("payment", ["cash", "balance", "ecard", "", None, 1])
def test_ways_of_paying_that_are_none(buyer, payment):
    sku = make_product(stock=5)
    answer = order(buyer, {"lines": [{"sku": sku, "quantity": 1}], "payment": payment})
    refused(answer, 422, "invalid")
    assert stock_of(sku) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"unknown": 1},
        {"total_fen": 1},
        {"lines": []},
        {"lines": [{"sku": "x"}]},
        {"lines": [{"sku": "x", "quantity": 1, "price_fen": 1}]},
        {"lines": [{"sku": "", "quantity": 1}]},
        {"lines": [{"sku": "x" * 300, "quantity": 1}]},
        {"lines": [{"sku": "x", "quantity": 1}] * 501},
        {"address_id": "not-an-id"},
        {"address_id": str(uuid4())},  # and a consignee: which of the two?
        {"consignee": None},
        {"consignee": {**TO_JSON, "id_card": "x"}},
        {"consignee": {**TO_JSON, "phone": "12345"}},
        {"consignee": {**TO_JSON, "name": ""}},
        {"consignee": {key: value for key, value in TO_JSON.items() if key != "street"}},
    ],
)
def test_a_body_of_another_shape_is_refused_whole(buyer, change):
    sku = make_product(stock=5)
    answer = order(buyer, {"lines": [{"sku": sku, "quantity": 1}], **change})
    refused(answer, 422, "invalid")
    assert stock_of(sku) == 5
    assert call(buyer, "GET", "/orders").json()["total"] == 0


def test_an_empty_cart_cannot_be_ordered(buyer):
    refused(order(buyer, {"lines": None}), 422, "empty_order")


def test_a_refusal_names_fields_and_never_values(buyer):
    answer = order(
        buyer, {"lines": [{"sku": "x", "quantity": 1}], "consignee": {**TO_JSON, "phone": "SECRET-7"}}
    )
    said = refused(answer, 422, "invalid")
    assert said["fields"] == ["phone"]
    assert "SECRET-7" not in answer.content.decode()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b'{"payment": "\xff\xfe"}', 400),
        (b'{"lines": [{"sku": "\\u0000", "quantity": 1}]}', 400),
        (b'{"lines": [{"sku": "\\ud800", "quantity": 1}], "payment": "wechatpay"}', 422),
        (b'{"payment": "' + b"x" * 300_000 + b'"}', 413),
        (b"[" * 20_000, 400),
    ],
)
def test_bytes_that_cannot_be_read_are_refused(buyer, raw, status):
    answer = buyer.api().generic(
        "POST", "/api/v1/orders", raw, content_type="application/json", headers={"Idempotency-Key": "k" * 8}
    )
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)


@pace(max_examples=40, deadline=None)
@given(
    body=st.dictionaries(
        st.sampled_from(["lines", "address_id", "consignee", "payment", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
            ),
            max_leaves=6,
        ),
    )
)
def test_nonsense_is_never_a_failure_of_ours(body):
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    answer = call(SOMEBODY[0], "POST", "/orders", body, **{"Idempotency-Key": secrets.token_hex(8)})
    assert 400 <= answer.status_code < 500, answer.content
    assert answer["Content-Type"] == PROBLEM


SOMEBODY: list[Buyer] = []


@pytest.fixture(autouse=True, scope="module")
def _somebody():
    SOMEBODY.append(make_person())


# ---- looking, paying, ending ----


def test_the_list_and_the_order_in_full(outside, buyer):
    it = deal(pieces=2)
    paid(outside, it)
    run_jobs(it.buyer.id)
    listed = call(it.buyer, "GET", "/orders?page=1&page_size=5").json()
    assert (listed["total"], listed["page"], listed["page_size"]) == (1, 1, 5)
    [item] = listed["items"]
    assert (item["order_no"], item["status"], item["total_fen"]) == (it.order_no, "paid", 19_800)
    said = call(it.buyer, "GET", f"/orders/{it.order_no}").json()
    assert [(one["method"], one["status"], one["amount_fen"]) for one in said["payments"]] == [
        ("wechatpay", "succeeded", 19_800)
    ]
    assert [one["status"] for one in said["shipments"]] == ["label_created"]
    assert [(one["before"], one["after"], one["cause"]) for one in said["events"]] == [
        ("", "pending_payment", "placed"), ("pending_payment", "paid", "paid"),
    ]  # fmt: skip
    assert said["consignee"] == {
        "name": "林**", "phone": "138****0042", "address": "浙江省杭州市西湖区文三路***", "landline": "", "email": "",
    }  # fmt: skip
    assert (said["refunds"], said["cases"], said["actions"]) == ([], [], ["after_sales"])
    assert said["placed_at"].endswith("Z")
    assert call(it.buyer, "GET", "/orders?status=cancelled").json()["total"] == 0


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=101", "page_size=0", "status=nonsense"])
def test_a_page_that_does_not_exist_is_refused(buyer, query):
    refused(call(buyer, "GET", f"/orders?{query}"), 422, "invalid")


def test_paying_gives_a_code_to_scan(outside):
    it = deal()
    answer = call(it.buyer, "POST", f"/orders/{it.order_no}/payments", {"method": "wechatpay"})
    assert answer.status_code == 201
    said = answer.json()
    assert said["code_url"].startswith("weixin://")
    assert (said["method"], said["amount_fen"]) == ("wechatpay", 9900)
    again = call(it.buyer, "POST", f"/orders/{it.order_no}/payments", {"method": "wechatpay"}).json()
    assert again == said
    refused(
        call(it.buyer, "POST", f"/orders/{it.order_no}/payments", {"method": "cod"}), 409, "nothing_to_pay"
    )
    refused(
        call(it.buyer, "POST", f"/orders/{it.order_no}/payments", {"method": "wechatpay", "x": 1}),
        422,
        "invalid",
    )
    outside.scan(said["code_url"])
    take(outside.callbacks(it.order_no)[0])
    refused(
        call(it.buyer, "POST", f"/orders/{it.order_no}/payments", {"method": "wechatpay"}),
        409,
        "nothing_to_pay",
    )


def test_an_institution_that_does_not_answer_is_503(outside):
    it = deal()
    outside.side.fault("wechatpay", "http_500", on="answer", times=2)
    answer = call(it.buyer, "POST", f"/orders/{it.order_no}/payments", {"method": "wechatpay"})
    refused(answer, 503, "payment_unavailable")


def test_cancelling_and_confirming(outside):
    it = deal()
    refused(call(it.buyer, "POST", f"/orders/{it.order_no}/receipt"), 409, "wrong_state")
    said = call(it.buyer, "POST", f"/orders/{it.order_no}/cancel").json()
    assert said == {"order_no": it.order_no, "status": "cancelled"}
    refused(call(it.buyer, "POST", f"/orders/{it.order_no}/cancel"), 409, "wrong_state")


def test_an_order_that_expired_says_so(outside):
    it = deal()
    expire(person_id=it.buyer.id, order_no=it.order_no)
    assert call(it.buyer, "GET", f"/orders/{it.order_no}").json()["status"] == "expired"


# ---- other people's things ----


def test_another_persons_address_answers_as_one_that_does_not_exist(buyer):
    sku, theirs = make_product(stock=5), make_address(make_person())
    answers = [
        call(
            buyer, "POST", "/orders",
            {"lines": [{"sku": sku, "quantity": 1}], "address_id": str(address), "payment": "wechatpay"},
            **{"Idempotency-Key": "a-key-of-mine"},
        )
        for address in (theirs, uuid4())
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert stock_of(sku) == 5


@pytest.mark.parametrize(
    "number", ["%00", "%ff", "..%2f", "x" * 3000, "林", "'; DROP TABLE orders_order; --"]
)
def test_a_number_that_is_none_is_not_found(buyer, number):
    answer = call(buyer, "GET", f"/orders/{number}")
    assert answer.status_code in {400, 404}
    assert answer["Content-Type"] == PROBLEM
