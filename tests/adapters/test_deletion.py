"""Notices of deletion: one number is one notice for ever, and only the recipient's own signature is believed."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.deletion import DeletionNotice, NoticeFailed
from mingpu.adapters.deletion.signed import DeletionConfig, SignedDeletion
from mingpu.privacy import deletion_receipts
from tests.adapters.conftest import QUICK, STUBBORN, Side, until


def client(side: Side, patience: Patience = QUICK, **changes: Any) -> SignedDeletion:
    config = wiring.deletion_config(side.keys, address=side.address, recipients=("sf", "wechatpay"))
    return SignedDeletion(replace(config, **({"patience": patience} | changes)))


@pytest.fixture
def desk(side: Side) -> SignedDeletion:
    return client(side)


def notice(recipient: str = "sf", **changes: Any) -> DeletionNotice:
    number = uuid4()
    body = deletion_receipts.canonical(
        {"format": 1, "notice": str(number), "recipient": recipient, "references": ["M1", "M2"], **changes}
    )
    return DeletionNotice(
        id=number, recipient=recipient, body=body, digest=deletion_receipts.fingerprint(body)
    )


def check(side: Side, it: DeletionNotice, text: str | None) -> deletion_receipts.Receipt:
    assert text is not None
    key = side.keys.deletion.public_of(it.recipient)
    return deletion_receipts.check(
        text, public_key=key, notice=str(it.id), recipient=it.recipient, digest=it.digest
    )


def refused(desk: SignedDeletion, it: DeletionNotice) -> tuple[bool, str]:
    with pytest.raises(NoticeFailed) as failed:
        desk.send(it)
    return failed.value.permanent, failed.value.code


def fault(side: Side, kind: str, **more: Any) -> None:
    assert side.post("/faults", party="deletion", kind=kind, **more).status_code == 201


def test_a_recipient_deletes_and_signs(side: Side, desk: SignedDeletion):
    it = notice()
    said = check(side, it, desk.send(it))
    assert (said.outcome, said.records, said.kept_until, said.basis) == ("deleted", 2, None, "")
    assert desk.public_key("sf") == side.keys.deletion.public_of("sf") != desk.public_key("wechatpay")


def test_the_same_number_is_the_same_notice(side: Side, desk: SignedDeletion):
    it = notice()
    assert desk.send(it) == desk.send(it)
    body = it.body.replace(b"M1", b"M9")
    other = replace(it, body=body, digest=deletion_receipts.fingerprint(body))
    assert refused(desk, other) == (True, "notice_used")


def test_what_the_law_keeps_is_locked_away_with_its_end(side: Side, desk: SignedDeletion):
    fault(side, "keep")
    it = notice("wechatpay")
    said = check(side, it, desk.send(it))
    assert said.outcome == "kept_by_law"
    assert said.kept_until is not None
    assert said.basis


def test_one_that_takes_its_time_is_asked_again(side: Side, desk: SignedDeletion):
    fault(side, "later", seconds=2.0)
    it = notice()
    assert desk.send(it) is None
    assert until(lambda: desk.send(it))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("timeout", (False, "unanswered")), ("http_500", (False, "system_error")), ("forge", (False, "forged"))],
)
def test_what_may_pass_is_not_for_good(side: Side, desk: SignedDeletion, kind, expected):
    fault(side, kind)
    it = notice()
    assert refused(desk, it) == expected
    assert check(side, it, desk.send(it)).outcome == "deleted"


def test_a_stubborn_client_tries_once_more(side: Side):
    fault(side, "http_500")
    assert client(side, STUBBORN).send(notice())


def test_a_refusal_is_for_good(side: Side, desk: SignedDeletion):
    fault(side, "refuse")
    assert refused(desk, notice()) == (True, "refused")


def test_strangers_are_not_listened_to(side: Side, desk: SignedDeletion):
    it = notice()
    assert refused(client(side, seed="11" * 32), it) == (True, "sign_error")
    assert refused(client(side, account="mall-of-another"), it) == (True, "sign_error")
    desk.send(it)
    (sent,) = [
        raw
        for raw in side.received("deletion", str(it.id))
        if raw["headers"]["x-account"] == side.keys.deletion.account
    ][-1:]
    headers = {
        name: sent["headers"][name] for name in ("idempotency-key", "x-account", "x-timestamp", "x-signature")
    }
    to = side.address + sent["path"]
    for change in (
        {"idempotency-key": str(uuid4())},
        {"x-timestamp": str(int(headers["x-timestamp"]) - 1)},
        {"x-signature": "AAAA"},
    ):
        assert httpx.post(to, content=it.body, headers=headers | change, timeout=60).status_code == 401, (
            change
        )
    assert httpx.post(to, content=it.body + b" ", headers=headers, timeout=60).status_code == 401
    assert (
        httpx.post(to.replace("/sf/", "/yto/"), content=it.body, headers=headers, timeout=60).status_code
        == 401
    )
    assert httpx.post(to, content=it.body, headers=headers, timeout=60).status_code == 200  # as it was sent


def test_nobody_is_told_without_an_account(side: Side, desk: SignedDeletion):
    assert refused(desk, notice("yto")) == (False, "no_account")
    known = DeletionConfig.from_account(
        account="a", seed="22" * 32, recipients={"yto": {"url": "http://127.0.0.1:9", "public_key": "k"}}
    )
    assert SignedDeletion(known).public_key("yto") == "k"
    assert refused(SignedDeletion(known), notice("yto")) == (False, "unanswered")
    assert "22222222" not in repr(known)


KEY = Ed25519PrivateKey.generate()
TRUE: dict[str, Any] = {
    "kind": deletion_receipts.KIND, "format": 1, "notice": "n", "recipient": "sf", "digest": "d", "outcome": "deleted",
    "records": 1, "kept_until": None, "basis": "", "at": "2026-01-02T03:04:05+00:00",
}  # fmt: skip


def believed(said: dict[str, Any], key: Ed25519PrivateKey = KEY, mark: str = "") -> deletion_receipts.Receipt:
    from mingpu.adapters.counterparts.deletion_keys import public_text

    text = deletion_receipts.sign(said, key)
    if mark:
        whole = json.loads(text)
        whole["receipt"]["records"] = 2
        text = json.dumps(whole)
    return deletion_receipts.check(text, public_key=public_text(KEY), notice="n", recipient="sf", digest="d")


def test_a_receipt_is_read():
    assert believed(TRUE).records == 1
    kept = TRUE | {"outcome": "kept_by_law", "kept_until": "2029-01-01", "basis": "law"}
    assert str(believed(kept).kept_until) == "2029-01-01"


@pytest.mark.parametrize(
    "change",
    [
        {"notice": "other"}, {"recipient": "yto"}, {"digest": "e"}, {"kind": "x"}, {"format": 2}, {"outcome": "kept"},
        {"outcome": "kept_by_law"}, {"kept_until": "2029-01-01", "basis": "law"}, {"records": -1}, {"records": "1"},
        {"records": True}, {"at": "yesterday"}, {"at": None}, {"more": 1}, {"basis": None},
        {"outcome": "kept_by_law", "kept_until": "never", "basis": "law"},
    ],
)  # fmt: skip
def test_a_receipt_of_something_else_is_none(change):
    with pytest.raises(deletion_receipts.NotReceived):
        believed(TRUE | change)


def test_a_receipt_by_another_or_altered_is_none():
    with pytest.raises(deletion_receipts.NotReceived, match="signature"):
        believed(TRUE, Ed25519PrivateKey.generate())
    with pytest.raises(deletion_receipts.NotReceived, match="signature"):
        believed(TRUE, mark="altered")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"receipt": 1, "signature": "AAAA"}', "x" * 20_000, "{" * 9_000, "[" * 9_000],
)
def test_what_is_no_receipt_is_none(text):
    with pytest.raises(deletion_receipts.NotReceived):
        deletion_receipts.check(text, public_key="A" * 43 + "=", notice="n", recipient="sf", digest="d")
