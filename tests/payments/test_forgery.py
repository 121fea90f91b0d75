"""Callbacks that are not what they say: whatever is altered, replayed or signed by a stranger, the books stay as they are."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from mingpu.adapters.counterparts.alipay_wire import load_rsa, signed_text
from mingpu.adapters.counterparts.alipay_wire import sign as alipay_sign
from mingpu.adapters.counterparts.keys import new_rsa
from mingpu.adapters.counterparts.unionpay_certs import SIGNER_NAME, issue
from mingpu.adapters.counterparts.unionpay_wire import FORGERIES, Seal
from mingpu.adapters.counterparts.wechatpay_wire import SigningKey, notification, sealed_headers
from mingpu.adapters.payment import PaymentFailed, PaymentState, PaymentStatus
from mingpu.payments.services import settle
from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet.models import Transfer
from tests.counterparts import Letter, outside
from tests.payments.trading import METHODS, Deal, deal, letters_about, scan, take
from tests.support import zone

SIGNED = (
    "Wechatpay-Signature",
    "Wechatpay-Timestamp",
    "Wechatpay-Nonce",
    "Wechatpay-Serial",
    "Wechatpay-Signature-Type",
)


def bought(method: str) -> tuple[Deal, Letter]:
    """Return an order that was paid, and the callback about it, which has not come yet."""
    it = deal()
    begun = it.start(method)
    scan(begun)
    return it, letters_about(method, begun.out_trade_no)[0]


def touched(it: Deal) -> Any:
    """Return all that a payment could change."""
    with zone("worker"), processing(Purpose.RECONCILIATION, subject=None, reading=True):
        moved = Transfer.objects.filter(order_no=it.order_no).count()
    attempts = [(one.method, one.status, one.amount_fen) for one in it.attempts]
    return it.order.status, it.paths, attempts, it.refunds, moved


def accepted(letters: Iterator[Letter]) -> tuple[int, int]:
    """Hand letters in; return how many there were, and how many were taken for genuine."""
    tried = taken = 0
    for letter in letters:
        tried += 1
        try:
            take(letter)
        except PaymentFailed:
            continue
        taken += 1
    return tried, taken


def form(letter: Letter) -> dict[str, str]:
    return dict(parse_qsl(letter.body.decode(), keep_blank_values=True, strict_parsing=True))


def written(letter: Letter, fields: dict[str, str]) -> Letter:
    return replace(letter, body=urlencode(fields).encode())


def altered(letter: Letter, other: Letter) -> Iterator[Letter]:
    """Yield a callback with every field changed, emptied, dropped, and taken from another order's."""
    if letter.path.endswith("wechatpay"):
        yield from _altered_json(letter, other)
        return
    fields, theirs = form(letter), form(other)
    for name, value in fields.items():
        for changed in (
            value + "1",
            "",
            value[:-1] + ("0" if value[-1:] != "0" else "1"),
            theirs.get(name, "x"),
        ):
            if changed != value:
                yield written(letter, fields | {name: changed})
        yield written(letter, {key: it for key, it in fields.items() if key != name})
    yield written(letter, fields | {"extra": "1"})
    yield replace(letter, body=letter.body + b"&" + letter.body)


def _altered_json(letter: Letter, other: Letter) -> Iterator[Letter]:
    for name in SIGNED:
        value = next(it for key, it in letter.headers.items() if key.lower() == name.lower())
        theirs = next(it for key, it in other.headers.items() if key.lower() == name.lower())
        rest = {key: it for key, it in letter.headers.items() if key.lower() != name.lower()}
        for changed in (value + "1", "", value[:-1], theirs):  # a serial may lose a leading nought
            if changed != value:
                yield replace(letter, headers=rest | {name: changed})
        yield replace(letter, headers=rest)
    said, theirs = json.loads(letter.body), json.loads(other.body)
    places = [(said, theirs, name) for name in said] + [
        (said["resource"], theirs["resource"], name) for name in said["resource"]
    ]
    for inside, source, name in places:
        before = inside[name]
        for changed in ("1", "", source[name]):
            if changed != before:
                inside[name] = changed
                yield replace(letter, body=json.dumps(said).encode())
        inside.pop(name)
        yield replace(letter, body=json.dumps(said).encode())
        inside[name] = before
    yield replace(letter, body=other.body)
    yield replace(letter, headers=other.headers)
    yield replace(letter, body=letter.body + b" ")


@pytest.mark.parametrize("method", METHODS)
def test_every_field_altered_swapped_or_dropped_is_refused(outside, method):
    (it, letter), (other, theirs) = bought(method), bought(method)
    before, before_other = touched(it), touched(other)
    tried, taken = accepted(altered(letter, theirs))
    assert tried > 40
    assert taken == 0
    assert (touched(it), touched(other)) == (before, before_other)
    take(letter)
    assert it.order.status == "paid"
    assert touched(other) == before_other


@pytest.mark.parametrize("method", METHODS)
def test_a_replay_changes_nothing_and_after_its_alterations_neither(outside, method):
    (it, letter), (_, theirs) = bought(method), bought(method)
    take(letter)
    once = touched(it)
    for _ in range(5):
        take(letter)
    assert accepted(altered(letter, theirs))[1] == 0
    assert touched(it) == once


def by_a_stranger(letter: Letter) -> Iterator[Letter]:
    """Yield the callback signed with keys that are not the institution's."""
    keys = outside().side.keys
    if letter.path.endswith("wechatpay"):
        serial = next(it for key, it in letter.headers.items() if key.lower() == "wechatpay-serial")
        body = letter.body.decode()
        for name in (serial, "7F" * 20, "PUB_KEY_ID_0000000000000000000000000000"):
            yield replace(letter, headers=sealed_headers(SigningKey(name, new_rsa()), body))
        event = json.loads(letter.body) | {"original_type": "transaction"}
        whole = notification(event, outside().said(letter), keys.wechatpay.apiv3_key)
        yield replace(letter, body=whole.encode())
    elif letter.path.endswith("alipay"):
        values = {name: value for name, value in form(letter).items() if name not in {"sign", "sign_type"}}
        merchant = load_rsa(keys.alipay.merchant_private_key_pem)
        for key in (new_rsa(), merchant):
            signature = alipay_sign(key, signed_text(values))
            yield written(letter, values | {"sign": signature, "sign_type": "RSA2"})
    else:
        seal, fields = Seal(keys.unionpay), form(letter)
        plain = {name: value for name, value in fields.items() if name != "signature"}
        for turn in range(FORGERIES):
            yield written(letter, seal.forge(plain, turn))
        yield written(letter, seal.sign(plain, by=issue(SIGNER_NAME)))


@pytest.mark.parametrize("method", METHODS)
def test_a_signature_by_a_stranger_is_worthless(outside, method):
    it, letter = bought(method)
    before = touched(it)
    tried, taken = accepted(by_a_stranger(letter))
    assert tried > 1
    assert taken == 0
    assert touched(it) == before


@pytest.mark.parametrize("method", METHODS)
def test_the_institutions_own_misbehaviour_is_refused(outside, method):
    outside.side.fault(method, "forge", on="callback")
    it, first = bought(method)
    before = touched(it)
    begun = it.attempts[0]
    assert accepted(iter([first]))[1] == 0
    assert touched(it) == before
    assert begun.status == "action_required"


def genuinely(method: str, letter: Letter, changes: dict[str, str]) -> Letter:
    """Return a callback that the institution itself would have signed with other content."""
    keys = outside().side.keys
    if method == "alipay":
        values = {
            name: value for name, value in form(letter).items() if name not in {"sign", "sign_type"}
        } | changes
        signature = alipay_sign(load_rsa(keys.alipay.platform_private_key_pem), signed_text(values))
        return written(letter, values | {"sign": signature, "sign_type": "RSA2"})
    plain = {name: value for name, value in form(letter).items() if name != "signature"} | changes
    return written(letter, Seal(keys.unionpay).sign(plain))


SPEAKING: dict[str, Callable[[str], dict[str, str]]] = {
    "alipay": lambda number: {"out_trade_no": number},
    "unionpay": lambda number: {"orderId": number},
}


@pytest.mark.parametrize("speaker", list(SPEAKING))
@pytest.mark.parametrize("method", METHODS)
def test_one_institution_cannot_speak_for_another(outside, speaker, method):
    if speaker == method:
        return
    it = deal()
    begun = it.start(method)
    before = touched(it)
    _, letter = bought(speaker)
    take(genuinely(speaker, letter, SPEAKING[speaker](begun.out_trade_no)))
    assert touched(it) == before


@pytest.mark.parametrize("speaker", list(SPEAKING))
def test_a_genuine_word_about_another_sum_is_not_a_payment(outside, speaker):
    it, letter = bought(speaker)
    before = touched(it)
    sums = {
        "alipay": {"total_amount": "0.01", "receipt_amount": "0.01"}, "unionpay": {"txnAmt": "1", "settleAmt": "1"},
    }[speaker]  # fmt: skip
    accepted(iter([genuinely(speaker, letter, sums)]))
    assert touched(it) == before


@pytest.mark.parametrize("method", METHODS)
def test_a_genuine_payment_of_one_order_pays_no_other(outside, method):
    (it, letter), (other, _) = bought(method), bought(method)
    before = touched(other)
    take(letter)
    assert it.order.status == "paid"
    assert touched(other) == before
    state = PaymentState(
        out_trade_no=f"{other.order_no}01", status=PaymentStatus.SUCCEEDED, amount_fen=9900, transaction_id=""
    )
    settle(state=state, method=method)
    assert touched(other) == before
