"""Finding my orders again: search, filters, the file of all, the order in full."""

import csv
import io
import json

import pytest

from mingpu.api.order_shapes import OrderDetail, OrderList
from mingpu.orders.services import cancel
from tests.api.calling import call, lines, ordered, refused, shelf
from tests.factories import make_person, make_product
from tests.jobs import run_jobs
from tests.merchants.examples import make_merchant
from tests.payments.trading import deal, paid


@pytest.fixture
def buyer():
    return make_person()


def numbers(who, query):
    answer = call(who, "GET", f"/orders{query}")
    assert answer.status_code == 200, answer.content
    OrderList.model_validate(answer.json())
    return [it["order_no"] for it in answer.json()["items"]]


def test_orders_are_found_by_words_number_state_and_shop(buyer):
    other = make_merchant()
    kettle = ordered(buyer, {"lines": lines(make_product(title="手冲咖啡壶 大号"))})["order_no"]
    mixed = ordered(
        buyer, {"lines": [*lines(make_product(title="棉麻桌布")), *lines(*shelf(1, merchant=other))]}
    )
    mixed = mixed["order_no"]
    gone = ordered(buyer, {"lines": lines(make_product(title="Coffee Mug 100%"))})["order_no"]
    cancel(person_id=buyer.id, order_no=gone)
    theirs = ordered(make_person(), {"lines": lines(make_product(title="手冲咖啡壶"))})["order_no"]
    assert numbers(buyer, "") == [gone, mixed, kettle]
    assert numbers(buyer, "?q=咖啡壶") == [kettle]
    assert numbers(buyer, "?q=大号 咖啡") == [kettle]
    assert numbers(buyer, "?q=coffee") == [gone]
    assert numbers(buyer, "?q=100%25") == [gone]
    assert numbers(buyer, "?q=%25") == [gone]  # a sign like any other
    assert numbers(buyer, "?q=_") == []
    assert numbers(buyer, f"?q={mixed[:9].lower()}") == [mixed]
    assert numbers(buyer, f"?q={theirs}") == []
    assert numbers(buyer, f"?merchant={other}") == [mixed]
    assert numbers(buyer, "?status=cancelled") == [gone]
    assert numbers(buyer, "?status=cancelled&q=咖啡壶") == []
    counts = call(buyer, "GET", "/orders?q=o").json()["counts"]
    assert counts == {"cancelled": 1}


@pytest.mark.parametrize("query", ["?x=1", "?status=lost", f"?q={'x' * 101}", "?page=0", "?page_size=101"])
def test_a_search_of_another_shape_is_refused(buyer, query):
    refused(call(buyer, "GET", f"/orders{query}"), 422, "invalid")


def body_of(answer):
    return b"".join(answer.streaming_content).decode()


def test_all_orders_as_a_file(buyer):
    first = ordered(buyer, {"lines": lines(make_product(title="=1+1"), make_product())})
    second = ordered(buyer, {"lines": lines(make_product(title="＝1+1"))})
    ordered(make_person(), {"lines": lines(make_product())})
    answer = call(buyer, "GET", "/orders/export", **{"Accept-Language": "en"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    text = body_of(answer)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0][:3] == ["Order number", "Status", "Placed at"]
    assert [row[0] for row in rows[1:]] == [second["order_no"], first["order_no"], first["order_no"]]
    assert (rows[1][5], rows[2][5]) == ("'＝1+1", "'=1+1")  # no spreadsheet runs it
    assert rows[1][1] == "To be paid"
    chinese = body_of(call(buyer, "GET", "/orders/export"))
    assert chinese[1:].startswith("订单号,状态")
    answer = call(buyer, "GET", "/orders/export?format=jsonl")
    found = [json.loads(row) for row in body_of(answer).splitlines()]
    assert [(it["order_no"], len(it["lines"])) for it in found] == [
        (second["order_no"], 1), (first["order_no"], 2),
    ]  # fmt: skip
    refused(call(buyer, "GET", "/orders/export?format=xml"), 422, "invalid")
    uses = call(buyer, "GET", "/me/privacy/uses?purpose=order_lookup").json()["items"]
    assert {use["actor_kind"] for use in uses if use["reference"] == "export"} == {"person"}


def test_the_order_in_full(outside):
    it = deal(pieces=2, price_fen=9_900)
    paid(outside, it)
    run_jobs(it.buyer.id)
    said = call(it.buyer, "GET", f"/orders/{it.order_no}").json()
    OrderDetail.model_validate(said)
    [part] = said["parts"]
    assert (part["merchant"]["code"], part["state_label"], part["pieces"]) == ("mingpu", "已发货", 2)
    [payment] = said["payments"]
    assert (payment["method_label"], payment["clearing_label"]) == ("微信支付", "网联清算")
    [parcel] = said["shipments"]
    assert parcel["lines"] == [{"sku": it.sku, "quantity": 2}]
    assert said["left_to_pay_fen"] == 0
    course = [(step["machine"], step["text"]) for step in said["course"]]
    assert ("order", "支付成功") in course
    assert ("payment", "支付：已支付") in course
    assert [machine for machine, _ in course].count("shipment") >= 1
    english = call(it.buyer, "GET", f"/orders/{it.order_no}", **{"Accept-Language": "en"}).json()
    assert "Payment: Paid" in [step["text"] for step in english["course"]]


def test_looking_at_an_order_is_one_use_of_it(buyer):
    number = ordered(buyer, {"lines": lines(make_product())})["order_no"]
    call(buyer, "GET", f"/orders/{number}")
    uses = call(buyer, "GET", "/me/privacy/uses?purpose=order_lookup").json()["items"]
    assert [use["reference"] for use in uses] == [number]
