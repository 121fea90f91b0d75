"""Phone top-up: once for each number of ours, whatever goes wrong on the way."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.topup import TopUpFailed, TopUpRequest, TopUpStatus
from mingpu.adapters.topup.supplier import ORDERS, QUERIES, SupplierTopUp, signature
from mingpu.privacy.register import REGISTER
from tests.adapters.conftest import QUICK, SOON, STUBBORN, Side, free_port, unique, until


@pytest.fixture
def supplier(side: Side) -> SupplierTopUp:
    return client(side)


def client(side: Side, patience: Patience = QUICK, **changes: Any) -> SupplierTopUp:
    config = wiring.topup_config(side.keys, address=side.address)
    return SupplierTopUp(replace(config, **({"patience": patience} | changes)))


def order(**changes: Any) -> TopUpRequest:
    return replace(TopUpRequest(delivery_no=unique(), phone="13812345678", amount_fen=5000), **changes)


def refused(call: Callable[[], object]) -> tuple[bool, str]:
    with pytest.raises(TopUpFailed) as failed:
        call()
    return failed.value.permanent, failed.value.code


def orders_of(side: Side, request: TopUpRequest) -> int:
    """How many top-ups the supplier has of it: its page shows each once."""
    return httpx.get(side.address + "/topup", timeout=10).text.count(request.delivery_no)


def test_credit_arrives_a_little_later(unhurried: Side):
    request, supplier = order(), client(unhurried)
    assert supplier.query(request.delivery_no) is TopUpStatus.ABSENT
    assert supplier.send(request) is TopUpStatus.PROCESSING
    until(lambda: supplier.query(request.delivery_no) is TopUpStatus.DONE)
    assert supplier.send(request) is TopUpStatus.DONE  # a repeat tells where it stands


def test_the_supplier_gets_number_phone_and_amount_and_nothing_else(side: Side, supplier: SupplierTopUp):
    request = order(phone="+8613812345678")
    supplier.send(request)
    (raw,) = side.received("topup", request.delivery_no)
    expected = {
        "account": side.keys.topup.account,
        "order_no": request.delivery_no,
        "phone": "13812345678",
        "amount_fen": 5000,
    }
    assert json.loads(raw["body"]) == expected == supplier.payload_for(request)
    assert request.phone[-8:] not in raw["path"]
    assert set(expected) == set(REGISTER.recipients["topup_supplier"].fields)
    assert "1381234" not in repr(request)
    assert side.keys.topup.secret not in repr(side.keys)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"phone": "12345678901"}, "bad_number"),
        ({"phone": "1381234567"}, "bad_number"),
        ({"phone": "+85212345678"}, "bad_number"),
        ({"phone": ""}, "bad_number"),
        ({"amount_fen": 0}, "bad_request"),
        ({"amount_fen": -5}, "bad_request"),
        ({"delivery_no": "a/b"}, "bad_request"),
    ],
)
def test_what_can_never_be_done_never_leaves(side: Side, supplier: SupplierTopUp, change, code):
    before = len(side.get("/received", party="topup"))
    assert refused(lambda: supplier.send(order(**change))) == (True, code)
    assert len(side.get("/received", party="topup")) == before


def test_what_the_supplier_refuses_is_refused_for_good(supplier: SupplierTopUp):
    assert refused(lambda: supplier.send(order(phone="13812340000"))) == (True, "bad_number")
    assert refused(lambda: supplier.send(order(amount_fen=99))) == (True, "bad_amount")
    assert refused(lambda: supplier.send(order(amount_fen=50_001))) == (True, "bad_amount")


def test_a_number_of_ours_is_one_top_up_for_ever(side: Side, supplier: SupplierTopUp):
    request = order()
    supplier.send(request)
    for other in (replace(request, phone="13900001111"), replace(request, amount_fen=3000)):
        assert refused(partial(supplier.send, other)) == (True, "order_no_used")
    answers: list[TopUpStatus] = []
    patient = client(side, Patience(connect=5, read=5, attempts=1))
    threads = [threading.Thread(target=lambda: answers.append(patient.send(request))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert orders_of(side, request) == 1


def test_after_a_timeout_it_was_done_and_a_repeat_finds_it(side: Side, supplier: SupplierTopUp):
    request = order()
    side.fault("topup", "timeout")
    started = time.monotonic()
    assert refused(lambda: supplier.send(request)) == (False, "unanswered")
    assert time.monotonic() - started < SOON
    assert supplier.query(request.delivery_no) is not TopUpStatus.ABSENT
    other = order()
    side.fault("topup", "timeout")
    assert client(side, STUBBORN).send(other) in {TopUpStatus.PROCESSING, TopUpStatus.DONE}
    assert orders_of(side, other) == 1


def test_their_trouble_comes_before_anything_is_done(side: Side, supplier: SupplierTopUp):
    request = order()
    side.fault("topup", "http_500")
    assert refused(lambda: supplier.send(request)) == (False, "http_500")
    assert supplier.query(request.delivery_no) is TopUpStatus.ABSENT
    side.fault("topup", "http_500")
    assert client(side, STUBBORN).send(request) in {TopUpStatus.PROCESSING, TopUpStatus.DONE}
    assert orders_of(side, request) == 1


def test_a_top_up_may_fail_or_take_long(side: Side, supplier: SupplierTopUp):
    side.fault("topup", "failed")
    bad = order()
    supplier.send(bad)
    until(lambda: supplier.query(bad.delivery_no) is TopUpStatus.FAILED)
    side.fault("topup", "slow", seconds=1.0)
    late, begun = order(), time.monotonic()
    assert supplier.send(late) is TopUpStatus.PROCESSING
    until(lambda: supplier.query(late.delivery_no) is TopUpStatus.DONE)
    assert time.monotonic() - begun >= 0.9


def test_a_forged_answer_is_not_believed(side: Side, supplier: SupplierTopUp):
    request = order()
    side.fault("topup", "forge")
    assert refused(lambda: supplier.query(request.delivery_no)) == (False, "unsigned")
    assert supplier.query(request.delivery_no) is TopUpStatus.ABSENT


def test_a_stranger_is_turned_away_by_an_answer_we_cannot_believe(side: Side):
    assert refused(lambda: client(side, secret="guessed").send(order())) == (False, "unsigned")
    assert refused(lambda: client(side, account="MP0").send(order())) == (True, "sign_error")


@pytest.mark.parametrize(
    ("shift", "path", "extra"),
    [(-301, ORDERS, b""), (330, ORDERS, b""), (0, QUERIES, b""), (0, ORDERS, b" ")],
)
def test_the_supplier_believes_only_what_was_signed_just_now_for_that_path(side: Side, shift, path, extra):
    keys = side.keys.topup
    body = json.dumps(client(side).payload_for(order())).encode()
    stamp = str(int(time.time()) + shift)
    headers = {"X-Timestamp": stamp, "X-Signature": signature(keys.secret, stamp, path, body)}
    answer = httpx.post(side.address + ORDERS, content=body + extra, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"code": "SIGN_ERROR"})


def test_nobody_there_is_told_quickly(side: Side):
    started = time.monotonic()
    away = client(side, url=f"http://127.0.0.1:{free_port()}")
    assert refused(lambda: away.query(unique())) == (False, "unanswered")
    assert time.monotonic() - started < SOON
