"""Notifications of UnionPay, without a network: what is taken for its word, and what never is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingpu.adapters.counterparts.unionpay_certs import (
    OWNER,
    SIGNER_NAME,
    Identity,
    UnionPayKeys,
    issue,
    load_identity,
    make_unionpay,
)
from mingpu.adapters.counterparts.unionpay_wire import FORGERIES, Seal
from mingpu.adapters.payment import Forged, PaymentStatus, RefundStatus
from mingpu.adapters.payment.unionpay import UnionPayConfig, UnionPayGateway
from mingpu.adapters.payment.unionpay_wire import read_text, signed_text

PAID = {
    "accNo": "6216***********0018", "accessType": "0", "bizType": "000201", "currencyCode": "156",
    "orderId": "N202601010000001", "queryId": "202601010830001234567", "respCode": "00",
    "respMsg": "成功[0000000]", "settleAmt": "1990", "settleCurrencyCode": "156", "settleDate": "0101",
    "traceNo": "123456", "traceTime": "0101083001", "txnAmt": "1990", "txnSubType": "01",
    "txnTime": "20260101083000", "txnType": "01",
}  # fmt: skip
BACK = PAID | {"txnType": "04", "txnSubType": "00", "orderId": "R202601010000001", "txnAmt": "90",
               "origQryId": "202601010830001234567"}  # fmt: skip


class Desk:
    """The institution's seal, and our client that is to be convinced."""

    def __init__(self, keys: UnionPayKeys) -> None:
        self.keys = keys
        self.seal = Seal(keys)
        self.middle = load_identity(keys.middle_private_key_pem, keys.middle_certificate_pem)
        self.config = UnionPayConfig(
            mer_id=keys.mer_id,
            certificate_pem=keys.merchant_certificate_pem,
            private_key_pem=keys.merchant_private_key_pem,
            root_pem=keys.root_certificate_pem,
            middle_pem=keys.middle_certificate_pem,
            notify_url="https://mall.example/webhooks/unionpay",
            owner=OWNER,
        )
        self.gateway = UnionPayGateway(self.config)

    def signed(self, changes: dict[str, Any] | None = None, *, by: Identity | None = None) -> dict[str, str]:
        told = PAID | {"merId": self.keys.mer_id} | (changes or {})
        return self.seal.sign({name: value for name, value in told.items() if value is not None}, by=by)

    def refused(self, fields: dict[str, str] | bytes) -> str:
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        with pytest.raises(Forged) as forged:
            self.gateway.parse_callback({}, body)
        return forged.value.code

    def event(self, fields: dict[str, str]):
        return self.gateway.parse_callback({}, urlencode(fields).encode())


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(make_unionpay())


def test_a_payment_and_a_refund_are_told_apart(desk: Desk):
    paid = desk.event(desk.signed())
    assert paid.refund is None
    assert paid.payment is not None
    assert paid.payment.status is PaymentStatus.SUCCEEDED
    assert (paid.payment.out_trade_no, paid.payment.amount_fen) == ("N202601010000001", 1990)
    assert paid.payment.transaction_id == "202601010830001234567"
    assert paid.payment.paid_at == datetime(2026, 1, 1, 0, 30, 1, tzinfo=UTC)
    assert paid.event_id == "20260101083000123456701"
    back = desk.event(desk.signed(BACK))
    assert back.payment is None
    assert back.refund is not None
    assert back.refund.status is RefundStatus.SUCCEEDED
    assert (back.refund.out_refund_no, back.refund.amount_fen) == ("R202601010000001", 90)
    assert back.event_id != paid.event_id


def test_only_a_success_is_a_success(desk: Desk):
    for code, status in (
        ("A6", PaymentStatus.SUCCEEDED),
        ("03", PaymentStatus.PAYING),
        ("05", PaymentStatus.PAYING),
        ("01", PaymentStatus.FAILED),
        ("42", PaymentStatus.CLOSED),
    ):
        payment = desk.event(desk.signed({"respCode": code})).payment
        assert payment is not None
        assert payment.status is status
        assert (payment.amount_fen is not None) == (code == "A6")
    refund = desk.event(desk.signed(BACK | {"respCode": "61"})).refund
    assert refund is not None
    assert refund.status is RefundStatus.ABNORMAL


def test_the_year_turns_between_asking_and_paying(desk: Desk):
    told = desk.event(desk.signed({"txnTime": "20251231235950", "traceTime": "0101000005"}))
    assert told.created_at == datetime(2025, 12, 31, 16, 0, 5, tzinfo=UTC)
    assert desk.refused(desk.signed({"traceTime": "0230000000"})) == "time"


# --- every field counts


@pytest.mark.parametrize("name", sorted({*PAID, "merId", "version", "encoding", "signMethod"}))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(max_size=30))
def test_every_field_of_a_notification_counts(desk: Desk, name, value):
    genuine = desk.signed()
    if value != genuine[name]:
        assert desk.refused(genuine | {name: value})
    assert desk.refused({key: was for key, was in genuine.items() if key != name})
    assert desk.refused(genuine | {name + "x": genuine[name]}) == "signature"
    assert desk.refused(genuine | {name.swapcase(): genuine[name]}) == "signature"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), change=st.characters(codec="ascii"))
def test_every_character_of_signature_and_certificate_counts(desk: Desk, place, change):
    genuine = desk.signed()
    for name in ("signature", "signPubKeyCert"):
        value = genuine[name]
        at = place % len(value)
        if value[at] != change:
            assert desk.refused(genuine | {name: value[:at] + change + value[at + 1 :]})


def test_a_signature_has_one_spelling(desk: Desk):
    genuine = desk.signed()
    good = genuine["signature"]
    twin = good[:-3] + chr(ord(good[-3]) + 1) + "=="  # other unused bits
    for changed in (good + "=", good.rstrip("="), good[:9] + "\n" + good[9:], f" {good}", twin, ""):
        assert desk.refused(genuine | {"signature": changed}) == "signature"


def test_fields_cannot_be_cut_otherwise_than_they_were_signed(desk: Desk):
    """The signed text has no escapes: `a=1&b=2` could be two fields, or one whose value is `1&b=2`."""
    genuine = desk.signed()
    names = sorted(set(genuine) - {"signature"})
    for one, two in pairwise(names):
        merged = {name: value for name, value in genuine.items() if name != two}
        merged[one] = f"{genuine[one]}&{two}={genuine[two]}"
        assert signed_text(merged) == signed_text(genuine)
        assert desk.refused(merged) in {"shape", "method"}
    shifted = {name: value for name, value in genuine.items() if name != "respMsg"}
    assert desk.refused(desk.signed({"respMsg": "a&txnAmt=1"})) == "shape"
    assert desk.refused(shifted | {"respMsg=成功": ""}) == "shape"
    assert desk.refused(urlencode([*genuine.items(), ("txnAmt", "1")]).encode()) == "unreadable"


@settings(max_examples=200, deadline=None)
@given(
    fields=st.dictionaries(st.from_regex(r"[a-zA-Z]{1,4}", fullmatch=True), st.text("ab=+/ \n"), min_size=1)
)
def test_what_is_signed_reads_back_as_it_was(fields):
    assert read_text(signed_text(fields)) == fields


@pytest.mark.parametrize("text", ["a", "a=1&a=2", "a={1", "a=1}", "a=[1}", "a=1&", "&a=1"])
def test_what_can_be_read_in_two_ways_is_not_read(text):
    with pytest.raises(ValueError, match=r"fields|brackets"):
        read_text(text)


def test_values_in_brackets_may_hold_ampersands(desk: Desk):
    told = desk.event(desk.signed({"payerInfo": "{accNo=6216&payCardType=01}"}))
    assert told.payment is not None


# --- whose certificate


def stranger(*, middle_name: str = "UnionPay Counterpart OCA1") -> Identity:
    root = issue("UnionPay Counterpart Root", authority=True)
    return issue(SIGNER_NAME, by=issue(middle_name, by=root, authority=True))


def test_a_valid_signature_by_an_untrusted_certificate_is_worthless(desk: Desk):
    assert desk.refused(desk.signed(by=stranger())) == "chain"
    assert desk.refused(desk.signed(by=issue(SIGNER_NAME))) == "chain"
    merchant = load_identity(desk.keys.merchant_private_key_pem, desk.keys.merchant_certificate_pem)
    assert desk.refused(desk.signed(by=issue(SIGNER_NAME, by=merchant))) == "chain"
    assert desk.refused(desk.signed(by=desk.middle)) == "chain"  # an authority signs certificates, not this
    assert desk.refused(desk.signed(by=issue(SIGNER_NAME, by=desk.middle, authority=True))) == "chain"


def test_an_expired_certificate_and_one_to_come_are_worthless(desk: Desk):
    old = issue(SIGNER_NAME, by=desk.middle, ends=timedelta(seconds=-1))
    assert desk.refused(desk.signed(by=old)) == "expired"
    genuine = urlencode(desk.signed()).encode()
    for days in (-30, 6 * 365):
        later = UnionPayGateway(desk.config, clock=lambda days=days: datetime.now(UTC) + timedelta(days=days))
        with pytest.raises(Forged, match="expired"):
            later.parse_callback({}, genuine)


@pytest.mark.parametrize(
    "name",
    [
        "041@8310000000083040@别家公司@00016493",
        f"041@{OWNER}@别家公司@00016493",
        f"041@8310000000083040@{OWNER} @00016493",
        f"041@8310000000083040 {OWNER}",
        OWNER,
        "00040000:SIGN",
    ],
)
def test_another_name_by_the_same_authority_is_worthless(desk: Desk, name):
    assert desk.refused(desk.signed(by=issue(name, by=desk.middle))) == "owner"


def test_a_renewed_certificate_of_the_institution_is_taken(desk: Desk):
    assert desk.event(desk.signed(by=issue(SIGNER_NAME, by=desk.middle))).payment


def test_a_certificate_swapped_in_does_not_fit_the_signature(desk: Desk):
    genuine, other = desk.signed(), desk.signed(by=issue(SIGNER_NAME, by=desk.middle))
    assert desk.refused(genuine | {"signPubKeyCert": other["signPubKeyCert"]}) == "signature"
    assert desk.refused(genuine | {"signature": other["signature"]}) == "signature"
    for pem in ("", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"):
        assert desk.refused(genuine | {"signPubKeyCert": pem}) == "certificate"


def test_all_the_forgeries_of_the_counterpart_are_refused(desk: Desk):
    told = PAID | {"merId": desk.keys.mer_id}
    codes = [desk.refused(desk.seal.forge(told, turn)) for turn in range(FORGERIES)]
    assert codes == ["chain", "expired", "owner", "merchant", "signature"]


# --- well signed, but not for us or not in shape


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"merId": "777290000000001"}, "merchant"),
        ({"merId": None}, "merchant"),
        ({"currencyCode": "840"}, "currency"),
        ({"currencyCode": None}, "currency"),
        ({"txnAmt": "0"}, "amount"),
        ({"txnAmt": "-5"}, "amount"),
        ({"txnAmt": "01990"}, "amount"),
        ({"txnAmt": "19.90"}, "amount"),
        ({"txnAmt": "１９９０"}, "amount"),
        ({"txnAmt": None}, "amount"),
        ({"txnType": "00"}, "kind"),  # an answer to a query, handed on
        ({"txnType": "31"}, "kind"),
        ({"queryId": None}, "queryId"),  # an answer to an application: accepted is not paid
        ({"traceTime": None}, "time"),
        ({"txnTime": "now"}, "time"),
        ({"respCode": None}, "respCode"),
        ({"orderId": ""}, "orderId"),
    ],
)
def test_well_signed_but_not_for_us_or_not_in_shape(desk: Desk, change, code):
    assert desk.refused(desk.signed(change)) == code


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_noise_is_refused_and_never_breaks_anything(desk: Desk, body):
    assert desk.refused(body)


def test_a_huge_body_is_not_even_read(desk: Desk):
    assert desk.refused(b"a=" + b"x" * 70_000) == "too_large"


def test_pins_that_do_not_fit_together_are_refused_at_the_start(desk: Desk):
    other = make_unionpay()
    for change in (
        {"root_pem": other.root_certificate_pem},
        {"middle_pem": desk.keys.signing_certificate_pem},
        {"root_pem": desk.keys.middle_certificate_pem},
        {"private_key_pem": other.merchant_private_key_pem},
        {"gateway": "https://gateway.95516.com/gateway/api"},
    ):
        with pytest.raises(ValueError, match=r"must|needed"):
            UnionPayGateway(replace(desk.config, **change))
    assert x509.load_pem_x509_certificate(desk.keys.root_certificate_pem.encode())
    assert "PRIVATE KEY" not in repr(desk.keys) + repr(desk.config)
