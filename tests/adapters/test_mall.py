"""Handing a package to another mall: once for its number, signed both ways, whatever goes wrong on the way."""

import json
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import pytest

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.mall import HandoverFailed, Package
from mingpu.adapters.mall.handover import HandlerConfig, Handover
from mingpu.privacy.register import REGISTER
from tests.adapters.conftest import QUICK, STUBBORN, Side, free_port


def client(side: Side, patience: Patience = QUICK, **changes) -> Handover:
    config = wiring.mall_config(side.keys, address=side.address)
    return Handover(replace(config, **({"patience": patience} | changes)))


def package(content: bytes = b"PK a package") -> Package:
    digest = sha256(content).hexdigest()
    return Package(transfer_no=str(uuid4()), content=content, sha256=digest, tables="accounts_address")


def refused(call) -> tuple[bool, str]:
    with pytest.raises(HandoverFailed) as failed:
        call()
    return failed.value.permanent, failed.value.code


def test_a_repeat_is_answered_with_the_same_receipt(side: Side):
    it = package()
    first = client(side).hand_over(it)
    assert first.accepted
    assert first.number
    assert client(side).hand_over(it) == first


def test_exactly_the_registers_fields_are_sent(side: Side):
    it = package()
    client(side).hand_over(it)
    (raw,) = side.received("mall", it.transfer_no)
    sent = json.loads(raw["body"])
    assert sent == client(side).payload_for(it)
    assert set(sent) == set(REGISTER.recipients["other_mall"].fields)
    assert b64decode(sent["package"]) == it.content
    assert b"PK" not in repr(it).encode()
    assert side.keys.mall.secret not in repr(side.keys)
    assert side.keys.mall.seed not in repr(side.keys)


def test_another_package_under_the_same_number_is_refused_for_good(side: Side):
    it = package()
    client(side).hand_over(it)
    other = replace(package(b"something else"), transfer_no=it.transfer_no)
    assert refused(lambda: client(side).hand_over(other)) == (True, "transfer_no_used")


def test_a_package_that_is_not_what_it_says_is_refused(side: Side):
    assert refused(lambda: client(side).hand_over(replace(package(), sha256="0" * 64))) == (True, "bad_hash")
    assert refused(lambda: client(side).hand_over(replace(package(), transfer_no="../x"))) == (
        True,
        "bad_request",
    )


def test_a_refusal_gives_its_reason(side: Side):
    side.fault("mall", "refused")
    answer = client(side).hand_over(package())
    assert (answer.accepted, answer.number, answer.reason) == (False, "", "not_our_customer")


@pytest.mark.parametrize(
    ("kind", "code"), [("http_500", "http_500"), ("forge", "unsigned"), ("timeout", "unanswered")]
)
def test_what_may_pass_is_not_for_good_and_a_stubborn_client_gets_through(side: Side, kind: str, code: str):
    it = package()
    side.fault("mall", kind, times=QUICK.attempts)
    assert refused(lambda: client(side).hand_over(it)) == (False, code)
    side.fault("mall", kind)
    assert client(side, STUBBORN).hand_over(it).accepted


def test_nobody_there_and_a_stranger(side: Side):
    gone = client(side, url=f"http://127.0.0.1:{free_port()}")
    assert refused(lambda: gone.hand_over(package())) == (False, "unanswered")
    assert refused(lambda: client(side, secret="x").hand_over(package())) == (False, "unsigned")


def test_an_operator_writes_a_mall_down_in_two_languages():
    it = HandlerConfig.from_account(code="x", zh="邻家", en="Next door", contact="a@b", account="M", secret="s", url="https://x")  # fmt: skip
    assert (it.name.zh, it.name.en, it.public_key) == ("邻家", "Next door", "")
    assert "secret" not in repr(it)
