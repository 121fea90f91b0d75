"""Whose things they are: every call without a token, with somebody else's, with the owner's; and the description."""

import json
import re
import secrets

import pytest
from django.test import Client

from mingpu.service.services import open_case
from tests.api.calling import call, lines, ordered, product_of, refused
from tests.factories import TO_JSON, make_person, make_product
from tests.invoices.desk import agree, title
from tests.jobs import run_jobs
from tests.payments.trading import deal, paid
from tests.promotions.shop import made
from tests.virtual.shop import bought, handed, work

FREE = {
    ("get", "/statement"), ("post", "/verification-codes"), ("post", "/accounts"), ("post", "/sessions"),
    ("post", "/password-resets"), ("get", "/products"), ("get", "/products/{product_id}"), ("get", "/products/{product_id}/related"), ("get", "/products/compare"), ("get", "/suggestions"), ("get", "/suggestions/trending"),
    ("get", "/categories"), ("get", "/brands"), ("get", "/divisions"), ("post", "/passkeys/options"), ("post", "/sessions/second"), ("get", "/statistics"),
    ("get", "/functions"), ("get", "/functions/{name}"), ("get", "/statement/versions"), ("get", "/statement/changes"),
    ("get", "/certificates/public-key"), ("get", "/certificates/{certificate_id}"),
    ("get", "/sign-in-services"), ("post", "/sign-in-services/{service}/rounds"), ("post", "/sign-in-services/{service}/answers"),
    ("post", "/relatives/requests"), ("post", "/relatives/status"), ("post", "/relatives/copy"),
}  # fmt: skip
NOBODYS = {"order_no": "M" + "2" * 16, "case_no": "C" + "2" * 16, "number": "V" + "2" * 16}
NO_ID = "5f1c7c0e-27a4-4f57-9f0e-0d2b1f2a9c11"


@pytest.fixture(scope="module")
def described():
    answer = Client(SERVER_NAME="127.0.0.1").get("/api/v1/openapi.json")
    return json.loads(answer.content)


def test_nothing_of_anybodys_is_answered_without_a_token(described):
    asked = 0
    for path, calls in described["paths"].items():
        bare = path.removeprefix("/api/v1")
        for method in calls:
            if (method, bare) in FREE:
                continue
            filled = re.sub(r"\{\w+\}", NO_ID, bare.replace("/uses/{number}", "/uses/1"))
            answer = call(Client(SERVER_NAME="127.0.0.1"), method.upper(), filled, {})
            assert answer.status_code == 401, (method, bare, answer.content)
            refused(answer, 401, "unauthenticated")
            asked += 1
    assert asked > 60


def test_every_call_is_described_and_takes_nothing_unknown(described):
    assert described["openapi"].startswith("3.1")
    schemas = described["components"]["schemas"]
    names = set()
    for path, calls in described["paths"].items():
        for method, it in calls.items():
            assert it.get("summary"), (method, path)
            body = it.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            names |= {
                ref.rpartition("/")[2] for ref in re.findall(r"#/components/schemas/\w+", json.dumps(body))
            }
    assert {
        "NewOrder",
        "NewQuote",
        "NewPayment",
        "NewCase",
        "NewReturn",
        "NewAppeal",
        "NewCard",
        "TitleIn",
    } <= names
    assert not [name for name in names if schemas[name].get("additionalProperties") is not False]
    everything = json.dumps(described)
    assert not [ref for ref in re.findall(r"#/components/schemas/(\w+)", everything) if ref not in schemas]


@pytest.fixture
def theirs(outside):
    """Everything one person can have, by the names that addresses use."""
    it = deal(stock=9, pieces=2)
    agree(it.buyer)
    paid(outside, it)
    run_jobs(it.buyer.id)
    card = bought(outside, "ecard")
    work(card)
    unpaid = ordered(it.buyer, {"lines": lines(it.sku)})["order_no"]
    case = open_case(
        person_id=it.buyer.id, order_no=it.order_no, kind="refund", lines={it.sku: 1}, reason="late"
    )
    [piece] = handed(card)
    return {
        "owner": it.buyer, "order_no": it.order_no, "unpaid": unpaid, "sku": it.sku, "case_no": case.case_no,
        "title_id": str(title(it.buyer)), "card": card, "delivery_no": piece.delivery_no,
    }  # fmt: skip


def table(it):
    """(method, address, body, what the owner gets); addresses name what is theirs."""
    one = [{"sku": it["sku"], "quantity": 1}]
    return [
        ("GET", "/orders/{order_no}", None, 200),
        ("GET", "/orders/{order_no}/invoices", None, 200),
        ("POST", "/orders/{order_no}/again", None, 200),
        ("POST", "/orders/{unpaid}/payments", {"method": "wechatpay"}, 201),
        ("POST", "/orders/{unpaid}/payments", {"method": "wallet"}, 201),
        ("POST", "/orders/{unpaid}/payments", {"method": "wechatpay", "use_balance": True}, 201),
        ("POST", "/orders/{unpaid}/receipt", None, 409),
        ("POST", "/orders/{unpaid}/cancel", None, 200),
        ("POST", "/orders/{order_no}/after-sales", {"type": "refund", "lines": one, "reason": "late"}, 201),
        ("POST", "/orders/{order_no}/invoice", {"title_id": it["title_id"]}, 201),
        ("GET", "/orders/{order_no}/invoice/file?kind=pdf", None, 404),  # not issued yet
        ("GET", "/after-sales/{case_no}", None, 200),
        ("GET", "/after-sales/{case_no}/evidence/" + NOBODYS["number"], None, 404),
        ("DELETE", "/after-sales/{case_no}/evidence/" + NOBODYS["number"], None, 404),
        ("POST", "/after-sales/{case_no}/sent-back", None, 409),
        ("POST", "/after-sales/{case_no}/return", {"by": "courier"}, 409),
        ("POST", "/after-sales/{case_no}/arbitration", {"appeal": ""}, 409),
        ("POST", "/after-sales/{case_no}/withdraw", None, 200),
        ("PUT", "/me/invoice-titles/{title_id}", {"kind": "person", "title": "林知夏"}, 200),
        ("DELETE", "/me/invoice-titles/{title_id}", None, 204),
    ]


def test_somebody_elses_things_answer_as_things_that_do_not_exist(theirs):
    other = make_person()
    agree(other)
    nobodys = {**NOBODYS, "unpaid": NOBODYS["order_no"], "title_id": NO_ID}
    for method, path, body, owners in table(theirs):
        strangers = call(other, method, path.format(**theirs), body)
        none = call(other, method, path.format(**nobodys), body)
        refused(strangers, 404, "not_found")
        assert strangers.content == none.content, path
        mine = call(theirs["owner"], method, path.format(**theirs), body)
        assert mine.status_code == owners, (method, path, mine.content)


def test_a_cards_code_is_for_its_buyer_alone(theirs):
    card, number = theirs["card"], theirs["delivery_no"]
    path = f"/orders/{card.order_no}/handovers/{number}/code"
    for who in (theirs["owner"], make_person()):
        refused(call(who, "GET", path), 404, "not_found")
    said = call(card.buyer, "GET", path).json()
    assert (said["delivery_no"], len(said["code"])) == (number, 19)
    refused(
        call(card.buyer, "GET", f"/orders/{NOBODYS['order_no']}/handovers/{number}/code"), 404, "not_found"
    )
    shown = call(card.buyer, "GET", f"/orders/{card.order_no}")
    assert said["code"] not in shown.content.decode()
    assert [(it["delivery_no"], it["has_code"]) for it in shown.json()["handovers"]] == [(number, True)]
    assert shown.json()["consignee"] is None


def test_lists_hold_ones_own_alone(theirs):
    offer = made("coupon", scope={"skus": [theirs["sku"]]})
    call(theirs["owner"], "POST", f"/offers/{offer}/claim")
    call(theirs["owner"], "PUT", f"/me/favourites/{product_of(theirs['sku'])}")
    other = make_person()
    agree(other)
    for path in ("/orders", "/me/coupons", "/me/favourites", "/me/invoice-titles"):
        assert call(theirs["owner"], "GET", path).json()["total"] > 0, path
        assert call(other, "GET", path).json()["total"] == 0, path
    assert call(other, "GET", "/me/wallet").json()["movements"]["total"] == 0


def test_invoices_wait_for_consent(outside):
    it = deal()
    paid(outside, it)
    title_in = {"kind": "person", "title": "林知夏"}
    refused(call(it.buyer, "POST", "/me/invoice-titles", title_in), 403, "consent_needed")
    said = call(it.buyer, "GET", f"/orders/{it.order_no}/invoices").json()
    assert said == {"agreed": False, "due_fen": 0, "items": []}
    agree(it.buyer)
    key = call(it.buyer, "POST", "/me/invoice-titles", title_in).json()["id"]
    assert call(it.buyer, "GET", f"/orders/{it.order_no}/invoices").json()["due_fen"] > 0
    asked = call(it.buyer, "POST", f"/orders/{it.order_no}/invoice", {"title_id": key})
    again = call(it.buyer, "POST", f"/orders/{it.order_no}/invoice", {"title_id": key})
    assert (asked.status_code, asked.json()) == (201, again.json())
    [one] = call(it.buyer, "GET", f"/orders/{it.order_no}/invoices").json()["items"]
    assert call(it.buyer, "GET", f"/orders/{it.order_no}").json()["invoices"] == []  # passed on by then
    assert (one["status"], one["title"], one["has_file"]) == ("requested", "林**", False)


def test_a_top_up_names_its_phone_masked(outside):
    it = bought(outside, "topup")
    said = call(it.buyer, "GET", f"/orders/{it.order_no}").json()
    assert said["recharge"] == "138****5678"
    refused(
        call(
            it.buyer, "POST", "/orders",
            {"lines": lines(it.sku), "payment": "wechatpay", "consignee": TO_JSON},
            **{"Idempotency-Key": secrets.token_hex(8)},
        ),
        422, "invalid",
    )  # fmt: skip
    assert make_product()
