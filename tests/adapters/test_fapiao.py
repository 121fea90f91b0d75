"""Electronic invoices: asked for, issued later, cancelled by red letter, refused, forged."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.wechatpay_wire import seal, sealed_headers
from mingpu.adapters.invoice import (
    MOST_LINES,
    InvoiceFailed,
    InvoiceLine,
    InvoiceRequest,
    InvoiceState,
    InvoiceStatus,
)
from mingpu.adapters.invoice.wechat import WeChatInvoices
from mingpu.adapters.payment import Forged
from mingpu.lib.payloads import flatten
from mingpu.privacy.register import REGISTER
from tests.adapters.conftest import QUICK, STUBBORN, Call, Mall, Side, free_port, unique, until
from tests.adapters.paying import Till, trade_of
from tests.adapters.test_wechatpay_callbacks import institution

LINES = (
    InvoiceLine(goods="日用品", quantity=2, amount_fen=3000),
    InvoiceLine(goods="图书", quantity=1, amount_fen=4200, tax_rate=900),
)


class Desk:
    """One client of the invoice service, with a webhook of its own."""

    def __init__(self, side: Side, mall: Mall, patience: Patience = QUICK, **changes: Any) -> None:
        self.side, self.mall = side, mall
        self.path = f"/webhooks/{unique()}"
        config = wiring.fapiao_config(side.keys, address=side.address, notify_url=mall.url(self.path))
        self.account = replace(config.account, **({"patience": patience} | changes))
        self.config = replace(config, account=self.account)
        self.issuer = WeChatInvoices(self.config)

    def asked(self, **changes: Any) -> InvoiceRequest:
        """Ask for an invoice; it may still be on its way."""
        request = invoice(**changes)
        self.issuer.issue(request)
        return request

    def issued(self, **changes: Any) -> InvoiceState:
        request = self.asked(**changes)
        return self.when(request, InvoiceStatus.ISSUED)

    def when(self, request: InvoiceRequest, status: InvoiceStatus) -> InvoiceState:
        """Where an invoice stands, once it stands there."""

        def found() -> InvoiceState | None:
            state = self.issuer.query(request.invoice_no, payment=request.payment)
            return state if state.status is status else None

        state: InvoiceState = until(found)
        return state

    def callbacks(self, count: int = 1) -> list[Call]:
        until(lambda: len(self.mall.at(self.path)) >= count)
        return self.mall.at(self.path)


def invoice(**changes: Any) -> InvoiceRequest:
    request = InvoiceRequest(invoice_no=unique("F"), title="张三", tax_no=None, total_fen=7200, lines=LINES)
    return replace(request, **changes)


@pytest.fixture
def desk(side: Side, mall: Mall) -> Desk:
    return Desk(side, mall)


def refused(call: Callable[[], object]) -> tuple[bool, str]:
    with pytest.raises(InvoiceFailed) as failed:
        call()
    return failed.value.permanent, failed.value.code


def test_an_invoice_is_issued_later_and_told(desk: Desk):
    request = desk.asked()
    assert desk.issuer.query(request.invoice_no).status is InvoiceStatus.ISSUING
    assert refused(lambda: desk.issuer.file(request.invoice_no, "pdf")) == (False, "not_issued")
    state = desk.when(request, InvoiceStatus.ISSUED)
    assert (state.invoice_no, len(state.number), state.code) == (request.invoice_no, 20, "")
    (call,) = desk.callbacks()
    assert desk.issuer.parse_callback(call.headers, call.body) == request.invoice_no
    assert b"original_type" not in call.body


def test_the_issuer_gets_title_amounts_and_a_category_word_and_nothing_else(desk: Desk):
    request = desk.asked(title="明铺科技有限公司", tax_no="91330100MA27XXXX0A")
    raw = next(one for one in desk.side.received("fapiao", request.invoice_no) if one["method"] == "POST")
    body = json.loads(raw["body"])
    flags = {"need_list": body["fapiao_information"][0].pop("need_list")}
    for item in body["fapiao_information"][0]["items"]:
        assert item.pop("discount") is False
    assert flags == {"need_list": False}
    assert body == desk.issuer.payload_for(request)
    assert body["buyer_information"] == {
        "type": "ORGANIZATION",
        "name": "明铺科技有限公司",
        "taxpayer_id": "91330100MA27XXXX0A",
    }
    assert [item["goods_name"] for item in body["fapiao_information"][0]["items"]] == ["日用品", "图书"]


@pytest.mark.parametrize("tax_no", [None, "91330100MA27XXXX0A"])
def test_the_longest_message_is_in_the_register_word_for_word(desk: Desk, tax_no):
    request = invoice(lines=LINES[:1] * MOST_LINES, total_fen=3000 * MOST_LINES, tax_no=tax_no)
    fields = REGISTER.recipients["fapiao"].fields
    payload = flatten(desk.issuer.payload_for(request))
    assert set(payload) <= set(fields)
    assert all(type(value) in {str, int} for value in payload.values())
    assert set(fields) - set(payload) <= {"buyer_information.taxpayer_id"}


@pytest.mark.parametrize(
    "change",
    [
        {"lines": ()},
        {"lines": LINES[:1] * (MOST_LINES + 1), "total_fen": 3000 * (MOST_LINES + 1)},
        {"total_fen": 7201},
        {"lines": (replace(LINES[0], amount_fen=0),), "total_fen": 0},
        {"lines": (replace(LINES[0], quantity=0),), "total_fen": 3000},
        {"lines": (replace(LINES[0], goods=""),), "total_fen": 3000},
        {"title": ""},
        {"title": "长" * 101},
        {"invoice_no": "a/../../b"},
        {"invoice_no": ""},
        {"payment": "4200/../x"},
    ],
)
def test_what_could_never_be_issued_never_leaves(desk: Desk, change):
    assert refused(lambda: desk.issuer.issue(invoice(**change))) == (True, "bad_request")


def test_a_bad_tax_number_is_refused_for_good(desk: Desk):
    assert refused(lambda: desk.asked(tax_no="12345")) == (True, "PARAM_ERROR")


def test_asking_twice_is_one_invoice_and_other_words_are_refused(desk: Desk):
    request = desk.asked()
    desk.issuer.issue(request)
    first = desk.when(request, InvoiceStatus.ISSUED)
    desk.issuer.issue(request)
    assert desk.issuer.query(request.invoice_no) == first
    more = replace(request, lines=LINES[:1], total_fen=3000)
    assert refused(lambda: desk.issuer.issue(more)) == (True, "RESOURCE_ALREADY_EXISTS")
    time.sleep(0.3)
    assert len(desk.callbacks()) == 1


def test_an_invoice_nobody_asked_for_is_absent(desk: Desk):
    assert desk.issuer.query(unique()).status is InvoiceStatus.ABSENT
    assert refused(lambda: desk.issuer.reverse(unique())) == (True, "not_reversible")


def test_documents_are_real_and_hold_what_was_asked(desk: Desk):
    state = desk.issued(title="李四")
    pdf = desk.issuer.file(state.invoice_no, "pdf")
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    for words in ("李四", state.number, "日用品", "¥72.00"):
        assert words.encode("utf-16-be").hex().encode() in pdf
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf[start:].startswith(b"xref\n")
    with zipfile.ZipFile(io.BytesIO(desk.issuer.file(state.invoice_no, "ofd"))) as ofd:
        assert ofd.testzip() is None
        page = ofd.read("Doc_0/Pages/Page_0/Content.xml").decode()
    assert all(words in page for words in ("李四", state.number, "图书"))


def test_a_payment_made_with_them_ties_the_invoice_to_it(desk: Desk, side: Side, mall: Mall):
    till = Till(side, mall)
    order = till.paid(7200)
    payment = till.gateway.query(trade_of(order)).transaction_id or ""
    request = desk.asked(payment=payment)
    desk.when(request, InvoiceStatus.ISSUED)
    assert desk.issuer.file(request.invoice_no, "pdf", payment=payment)
    (call,) = desk.callbacks()
    assert desk.issuer.parse_callback(call.headers, call.body) == request.invoice_no
    desk.issuer.reverse(request.invoice_no, payment=payment)
    desk.when(request, InvoiceStatus.REVERSED)
    strange = invoice(payment="4200000000000000000000000000")
    assert refused(lambda: desk.issuer.issue(strange)) == (True, "RESOURCE_NOT_EXISTS")
    small = till.paid(100)
    other = till.gateway.query(trade_of(small)).transaction_id or ""
    assert refused(lambda: desk.asked(payment=other)) == (True, "INVALID_REQUEST")


def test_a_red_letter_cancels_and_may_be_asked_for_again(unhurried: Side, mall: Mall):
    desk = Desk(unhurried, mall)
    request = desk.asked()
    assert refused(lambda: desk.issuer.reverse(request.invoice_no)) == (False, "not_issued")
    issued = desk.when(request, InvoiceStatus.ISSUED)
    desk.issuer.reverse(request.invoice_no)
    assert desk.issuer.query(request.invoice_no).status is InvoiceStatus.REVERSING
    desk.issuer.reverse(request.invoice_no)
    assert desk.when(request, InvoiceStatus.REVERSED).number == issued.number
    desk.issuer.reverse(request.invoice_no)
    told = [desk.issuer.parse_callback(one.headers, one.body) for one in desk.callbacks(2)]
    assert told == [request.invoice_no] * 2
    assert desk.issuer.file(request.invoice_no, "pdf")


def test_a_red_letter_may_be_refused(desk: Desk):
    state = desk.issued()
    desk.side.fault("fapiao", "not_reversible")
    assert refused(lambda: desk.issuer.reverse(state.invoice_no)) == (True, "not_reversible")
    assert desk.issuer.query(state.invoice_no) == state


def test_issuing_that_comes_to_nothing_is_told_by_asking_alone(desk: Desk):
    desk.side.fault("fapiao", "issue_failed")
    request = desk.asked()
    assert desk.when(request, InvoiceStatus.FAILED).number == ""
    assert refused(lambda: desk.issuer.reverse(request.invoice_no)) == (True, "not_reversible")
    assert refused(lambda: desk.issuer.file(request.invoice_no, "pdf")) == (False, "not_issued")
    time.sleep(0.2)
    assert not desk.mall.at(desk.path)


def test_after_a_timeout_it_was_asked_for_all_the_same(side: Side, mall: Mall):
    desk = Desk(side, mall)
    desk.issued()
    side.fault("fapiao", "timeout")
    request = invoice()
    assert refused(lambda: desk.issuer.issue(request)) == (False, "unanswered")
    desk.when(request, InvoiceStatus.ISSUED)
    side.fault("fapiao", "http_500")
    assert refused(lambda: desk.issuer.query(request.invoice_no)) == (False, "SYSTEM_ERROR")
    side.fault("fapiao", "http_500")
    stubborn = Desk(side, mall, STUBBORN)
    assert stubborn.issuer.query(request.invoice_no).status is InvoiceStatus.ISSUED


def test_an_answer_with_a_bad_signature_counts_for_nothing(desk: Desk):
    state = desk.issued()
    desk.side.fault("fapiao", "forge", on="answer")
    assert refused(lambda: desk.issuer.query(state.invoice_no)) == (False, "unsigned")


def test_callbacks_come_again_doubled_and_forged(desk: Desk):
    desk.issued()
    desk.callbacks()
    desk.mall.replies[desk.path] = [(503, b""), (204, b"")]
    request = desk.asked()
    assert len(desk.callbacks(3)) == 3
    desk.side.fault("fapiao", "duplicate")
    desk.issuer.reverse(desk.when(request, InvoiceStatus.ISSUED).invoice_no)
    assert {call.body for call in desk.callbacks(5)[3:]}
    desk.side.fault("fapiao", "forge", on="callback")
    last = desk.asked()
    forged, true = desk.callbacks(7)[5:7]
    with pytest.raises(Forged, match="signature"):
        desk.issuer.parse_callback(forged.headers, forged.body)
    assert desk.issuer.parse_callback(true.headers, true.body) == last.invoice_no


def word(desk: Desk, kind: str = "FAPIAO.ISSUED", **changes: Any) -> tuple[dict[str, str], bytes]:
    """A callback that the institution itself signed."""
    one = {"fapiao_id": "F1", "fapiao_status": "ISSUED"}
    plain = {"mchid": desk.account.mchid, "fapiao_apply_id": "F1", "fapiao_information": [one]} | changes
    resource = seal(json.dumps(plain), "fapiao", desk.account.apiv3_key)
    event = {"id": "e1", "event_type": kind, "resource_type": "encrypt-resource", "resource": resource}
    body = json.dumps(event)
    return sealed_headers(institution(desk.side), body), body.encode()


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("TRANSACTION.SUCCESS", {}, "kind"),
        ("FAPIAO.USER_APPLIED", {}, "kind"),
        ("FAPIAO.ISSUED", {"mchid": "1600000000"}, "merchant"),
        ("FAPIAO.ISSUED", {"fapiao_information": []}, "number"),
        ("FAPIAO.ISSUED", {"fapiao_information": [{"fapiao_id": "a/b"}]}, "number"),
        ("FAPIAO.ISSUED", {"fapiao_information": "F1"}, "number"),
    ],
)
def test_well_signed_but_not_for_us_or_not_in_shape(desk: Desk, kind, changes, code):
    assert desk.issuer.parse_callback(*word(desk)) == "F1"
    with pytest.raises(Forged) as forged:
        desk.issuer.parse_callback(*word(desk, kind, **changes))
    assert forged.value.code == code


def test_every_byte_of_a_callback_counts(desk: Desk):
    desk.issued()
    (call,) = desk.callbacks()
    desk.issuer.parse_callback(call.headers, call.body)
    for place in range(0, len(call.body), 7):
        changed = bytearray(call.body)
        changed[place] ^= 1
        with pytest.raises(Forged):
            desk.issuer.parse_callback(call.headers, bytes(changed))
    for body in (b"", b"\xff", call.body * 100):
        with pytest.raises(Forged):
            desk.issuer.parse_callback(call.headers, body)


def test_while_keys_cannot_be_fetched_a_callback_is_put_off(desk: Desk):
    headers, body = word(desk)
    account = replace(desk.account, gateway=f"http://127.0.0.1:{free_port()}")
    away = WeChatInvoices(replace(desk.config, account=account))
    assert refused(lambda: away.parse_callback(headers, body)) == (False, "no_certificates")
    assert away.callback_reply(ok=True).status == 204
    assert json.loads(away.callback_reply(ok=False).body)["code"] == "FAIL"


def test_a_tax_code_for_everything_is_needed_and_a_word_may_have_its_own(desk: Desk):
    with pytest.raises(ValueError, match="tax_codes"):
        WeChatInvoices(replace(desk.config, tax_codes={"图书": "1060201010000000000"}))
    codes = {"": "1000000000000000000", "图书": "1060201010000000000"}
    payload = WeChatInvoices(replace(desk.config, tax_codes=codes)).payload_for(invoice())
    assert [item["tax_code"] for item in payload["fapiao_information"][0]["items"]] == list(codes.values())


def test_titles_do_not_show(desk: Desk):
    request = invoice(title="张三", tax_no="91330100MA27XXXX0A")
    assert "张三" not in repr(request)
    assert "91330100MA27XXXX0A" not in repr(request)


def test_the_page_shows_what_was_issued_and_no_markup_of_others(desk: Desk):
    state = desk.issued(title="<b>某人</b>")
    shown = httpx.get(desk.side.address + "/fapiao", timeout=10).text
    assert state.number in shown
    assert "&lt;b&gt;某人" in shown
