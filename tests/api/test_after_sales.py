"""After-sales as programs see them."""

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingpu.api.after_sales import CaseOut
from tests.api.calling import call, refused
from tests.factories import make_person
from tests.jobs import run_jobs
from tests.payments.trading import deal, paid
from tests.people import from_owner
from tests.service.cases import decide


@pytest.fixture
def sold(outside):
    it = deal(stock=9, pieces=3)
    paid(outside, it)
    run_jobs(it.buyer.id)
    return it


def ask(it, **change):
    body = {"type": "refund", "lines": [{"sku": it.sku, "quantity": 1}], "reason": "damaged", **change}
    return call(it.buyer, "POST", f"/orders/{it.order_no}/after-sales", body)


def test_asking_for_a_refund_and_taking_it_back(sold):
    answer = ask(sold, description="杯口有裂纹")
    assert answer.status_code == 201
    said = answer.json()
    assert (said["status"], said["amount_fen"]) == ("seller_reviewing", 9900)
    case = call(sold.buyer, "GET", f"/after-sales/{said['case_no']}").json()
    assert (case["order_no"], case["description"], case["actions"]) == (
        sold.order_no,
        "杯口有裂纹",
        ["withdraw"],
    )
    CaseOut.model_validate(case)
    assert case["lines"] == [{"sku": sold.sku, "quantity": 1, "swap": ""}]
    assert case["due_at"]
    shown = call(sold.buyer, "GET", f"/orders/{sold.order_no}").json()["cases"]
    assert [one["case_no"] for one in shown] == [said["case_no"]]
    refused(call(sold.buyer, "POST", f"/after-sales/{said['case_no']}/sent-back"), 409, "wrong_case_state")
    gone = call(sold.buyer, "POST", f"/after-sales/{said['case_no']}/withdraw").json()
    assert gone["status"] == "withdrawn"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"type": "exchange"}, 409, "after_sales_not_possible"),
        ({"type": "repair"}, 409, "after_sales_not_possible"),
        ({"type": "gift"}, 422, "invalid"),
        ({"type": "return"}, 409, "after_sales_not_possible"),
        ({"lines": []}, 422, "invalid"),
        ({"lines": [{"sku": "other", "quantity": 1}]}, 422, "after_sales_too_many"),
        ({"reason": "because"}, 422, "invalid"),
        ({"description": "长" * 501}, 422, "invalid"),
        ({"amount_fen": 1}, 422, "invalid"),
    ],
)
def test_a_request_that_makes_no_sense_opens_no_case(sold, change, status, code):
    refused(ask(sold, **change), status, code)
    assert call(sold.buyer, "GET", f"/orders/{sold.order_no}").json()["cases"] == []


# ---- the way back, the mall's word ----


@pytest.fixture
def arrived(sold):
    from_owner(
        "UPDATE orders_order SET pieces_sent = pieces, pieces_signed = pieces, delivered_at = now() "
        "WHERE order_no = %s",
        [sold.order_no],
    )
    return sold


class Opened:
    """A case's number, as the desk's verbs take it."""

    def __init__(self, case_no):
        self.case_no = case_no


def opened(it, **change):
    answer = ask(it, **change)
    assert answer.status_code == 201, answer.content
    return Opened(answer.json()["case_no"])


def act(it, case, what, body=None):
    return call(it.buyer, "POST", f"/after-sales/{case.case_no}/{what}", body)


def test_goods_come_back_with_a_waybill_of_ones_own(arrived):
    case = opened(arrived, type="return")
    refused(act(arrived, case, "return", {"by": "self"}), 409, "wrong_case_state")
    decide(arrived, case)
    shown = call(arrived.buyer, "GET", f"/after-sales/{case.case_no}").json()
    assert (shown["status"], shown["actions"][0], shown["freight"]) == (
        "awaiting_return", "choose_return", "seller",
    )  # fmt: skip
    for body in ({"by": "owl"}, {"by": "self", "waybill_no": "?"}, {"by": "self", "x": 1}, {}):
        refused(act(arrived, case, "return", body), 422, "invalid")
    said = act(arrived, case, "return", {"by": "self", "courier": "圆通", "waybill_no": "YT1234567890"})
    assert said.json() == {"case_no": case.case_no, "status": "awaiting_inspection"}
    shown = call(arrived.buyer, "GET", f"/after-sales/{case.case_no}").json()
    assert (shown["by"], shown["courier"], shown["waybill_no"]) == ("self", "圆通", "YT1234567890")


def test_a_courier_can_fetch_them(arrived):
    case = opened(arrived, type="return")
    decide(arrived, case)
    assert act(arrived, case, "return", {"by": "courier"}).json()["status"] == "awaiting_return"
    refused(act(arrived, case, "return", {"by": "self"}), 409, "return_is_booked")


def test_the_mall_is_asked_to_decide(sold):
    case = opened(sold)
    refused(act(sold, case, "arbitration", {"appeal": "杯子是破的"}), 409, "wrong_case_state")
    decide(sold, case, approve=False)
    refused(act(sold, case, "arbitration", {"appeal": "长" * 501}), 422, "invalid")
    assert act(sold, case, "arbitration", {"appeal": "杯子是破的"}).json()["status"] == "arbitration"
    shown = call(sold.buyer, "GET", f"/after-sales/{case.case_no}").json()
    assert (shown["appeal"], shown["actions"]) == ("杯子是破的", [])


# ---- evidence ----


def photo(*, told: bytes = b"", size: int = 0):
    """A picture of one pixel, with a remark inside and as large as wanted."""

    def block(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = b"\x89PNG\r\n\x1a\n" + block(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    remark = block(b"tEXt", b"Comment\0" + told) if told else b""
    filler = block(b"IDAT", b"\0" * size) if size else b""
    picture = block(b"IDAT", zlib.compress(b"\0\0\0\0"))
    return head + remark + picture + filler + block(b"IEND", b"")


def send(who, case, content, name="a.png"):
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return who.api().post(f"/api/v1/after-sales/{case.case_no}/evidence", {"file": file})


def test_a_photo_is_taken_without_what_it_tells_and_shown_to_its_owner(sold):
    case = opened(sold)
    answer = send(sold.buyer, case, photo(told=b"GPS 30.27 120.15", size=2_000_000))
    assert answer.status_code == 201, answer.content
    number = answer.json()["number"]
    [it] = call(sold.buyer, "GET", f"/after-sales/{case.case_no}").json()["evidence"]
    assert (it["number"], it["kind"], it["media_type"]) == (number, "photo", "image/png")
    path = f"/after-sales/{case.case_no}/evidence/{number}"
    shown = call(sold.buyer, "GET", path)
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/png", "private, no-store")
    assert b"GPS" not in shown.content
    other = make_person()
    for method in ("GET", "DELETE"):
        refused(call(other, method, path), 404, "not_found")
    refused(send(other, case, photo()), 404, "not_found")
    assert call(sold.buyer, "DELETE", path).status_code == 204
    refused(call(sold.buyer, "GET", path), 404, "not_found")


def test_what_is_no_photo_or_too_large_is_refused(sold):
    case = opened(sold)
    refused(send(sold.buyer, case, b"<script>"), 422, "evidence_unreadable")
    refused(send(sold.buyer, case, photo(size=6_000_000)), 413, "evidence_too_large")
    refused(send(sold.buyer, case, b"x" * (22 * 1024 * 1024)), 413, "too_large")
    refused(act(sold, case, "evidence", {"file": "x"}), 422, "invalid")
