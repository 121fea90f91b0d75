"""Real-name verification on the wire: what is sent, how it is signed, what an answer is believed to say."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.identity import Answer, IdentityCheckFailed, IdentityQuestion
from mingpu.adapters.identity.tencent import TencentIdentity, authorization
from mingpu.privacy.register import REGISTER
from tests.accounts.id_numbers import new_number
from tests.adapters.conftest import QUICK, Side, free_port


def client(side: Side, **changes: Any) -> TencentIdentity:
    config = wiring.identity_config(side.keys, address=side.address)
    return TencentIdentity(replace(config, **({"patience": QUICK} | changes)))


def asked(**changes: str) -> IdentityQuestion:
    return IdentityQuestion(**({"name": "林知夏", "number": new_number()} | changes))


def test_a_name_and_its_number_match_and_another_name_does_not(side: Side):
    question = asked()
    found = client(side).check(question)
    assert found.answer is Answer.MATCH
    assert found.reference
    assert client(side).check(question).answer is Answer.MATCH  # the same again
    assert client(side).check(replace(question, name="林知秋")).answer is Answer.MISMATCH
    assert client(side).check(asked(number=new_number(order="000"))).answer is Answer.UNKNOWN


def test_the_service_gets_name_and_number_and_nothing_else(side: Side):
    question = asked()
    client(side).check(question)
    (raw,) = side.received("identity", question.number)
    assert json.loads(raw["body"]) == client(side).payload_for(question)
    assert set(json.loads(raw["body"])) == set(REGISTER.recipients["identity_check"].fields)
    assert question.number not in json.dumps(raw["headers"]) + raw["path"]
    assert question.number not in repr(question)
    assert side.keys.identity.secret_key not in repr(side.keys)


@pytest.mark.parametrize(
    ("kind", "permanent", "code"),
    [
        ("timeout", False, "unanswered"), ("http_500", False, "http_500"), ("limit", False, "busy"),
        ("garbled", False, "unreadable_answer"), ("trouble", False, "result_-4"), ("no_more_today", True, "no_more_today"),
    ],
    ids=["timeout", "http-500", "limit", "garbled", "trouble", "no-more-today"],
)  # fmt: skip
def test_an_answer_that_says_nothing_of_the_question(side: Side, kind, permanent, code):
    side.fault("identity", kind, times=1 if permanent else QUICK.attempts)
    with pytest.raises(IdentityCheckFailed) as failed:
        client(side).check(asked())
    assert (failed.value.permanent, failed.value.code) == (permanent, code)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("mismatch", Answer.MISMATCH), ("absent", Answer.UNKNOWN)],
    ids=["mismatch", "absent"],
)
def test_a_no_is_an_answer(side: Side, kind, answer):
    side.fault("identity", kind)
    assert client(side).check(asked()).answer is answer


def test_what_is_not_signed_by_us_is_refused(side: Side):
    with pytest.raises(IdentityCheckFailed) as failed:
        client(side, secret_key="another").check(asked())
    assert (failed.value.permanent, failed.value.code) == (True, "AuthFailure.SignatureFailure")


def test_nobody_there(side: Side):
    with pytest.raises(IdentityCheckFailed) as failed:
        client(side, url=f"http://127.0.0.1:{free_port()}/").check(asked())
    assert failed.value.code == "unanswered"


def test_a_signature_covers_body_time_and_host():
    of = ("id", "key", ("faceid.tencentcloudapi.com", "/"), 1_700_000_000, b"{}")
    made = authorization(*of)
    assert made.startswith("TC3-HMAC-SHA256 Credential=id/2023-11-14/faceid/tc3_request, SignedHeaders=")
    for index, other in enumerate(("id", "key2", ("other", "/"), 1_700_000_001, b"{ }")):
        if other != of[index]:
            assert (
                authorization(*of[:index], other, *of[index + 1 :]).rpartition("=")[2]
                != made.rpartition("=")[2]
            )
