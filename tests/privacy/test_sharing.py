"""Nothing leaves beyond the list, nothing leaves unrecorded."""

import json
import logging
from uuid import uuid4

import pytest
from django.db import ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from mingpu.accounts.models import Person
from mingpu.lib.clock import now
from mingpu.privacy import sharing
from mingpu.privacy.models import Share, Standing
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests.people import from_owner

RECIPIENTS = sorted(REGISTER.recipients)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.binary(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.text()),
)


@pytest.fixture
def somebody():
    it = uuid4()
    with processing(Purpose.REGISTRATION, subject=it):
        Person.objects.create(id=it, created_at=now())
        Standing.objects.create(person_id=it)
    return it


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_every_listed_field_may_leave_alone_or_together(recipient):
    fields = REGISTER.recipients[recipient].fields
    sharing.check(recipient, dict.fromkeys(fields, "x"))
    for name in fields:
        sharing.check(recipient, {name: 1})
    sharing.check(recipient, {})


@given(st.sampled_from(RECIPIENTS), st.dictionaries(st.text(max_size=20), st.text(), min_size=1))
def test_a_name_that_is_not_listed_stops_the_call(recipient, payload):
    fields = REGISTER.recipients[recipient].fields
    if payload.keys() <= fields.keys():
        sharing.check(recipient, payload)
        return
    with pytest.raises(sharing.Overshare):
        sharing.check(recipient, {**dict.fromkeys(fields, "x"), **payload})


@given(st.sampled_from(RECIPIENTS), ANYTHING, st.data())
def test_a_value_that_could_hide_more_stops_the_call(recipient, value, data):
    name = data.draw(st.sampled_from(sorted(REGISTER.recipients[recipient].fields)))
    with pytest.raises(sharing.Overshare):
        sharing.check(recipient, {name: value})


def test_an_unknown_recipient_gets_nothing():
    for payload in ({}, {"phone": "x"}):
        with pytest.raises(sharing.Overshare):
            sharing.check("somebody", payload)


def test_the_alarm_names_fields_and_never_values(caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(sharing.Overshare) as stopped:
        sharing.check("sf", {"gift_note": "给阿姨的生日礼物", "张三 13812345678": "x", "orderId": "M1"})
    said = caplog.text + str(stopped.value) + repr(stopped.value)
    assert "gift_note" in said
    assert not any(it in said for it in ("生日", "张三", "13812345678", "M1"))
    assert caplog.records[0].levelno == logging.CRITICAL


def test_a_record_is_written_sealed_and_read_by_its_person_alone(somebody):
    payload: dict[str, str | int] = {"out_trade_no": "M2QQ", "amount.total": 12900}
    sharing.check("wechatpay", payload)
    with processing(Purpose.SETTLEMENT, subject=somebody):
        sharing.record(
            recipient="wechatpay",
            purpose=Purpose.SETTLEMENT,
            person_id=somebody,
            payload=payload,
            reference="M2QQ",
        )
    (it,) = sharing.records_of(somebody)
    assert json.loads(it.payload) == payload
    assert it.items == "amount.total out_trade_no"
    assert (it.recipient, it.purpose, it.reference) == ("wechatpay", "settlement", "M2QQ")
    assert it.digest == sharing.fingerprint(it.payload)
    assert not sharing.records_of(uuid4())
    ((raw,),) = from_owner("SELECT payload FROM privacy_share WHERE person_id = %s", [somebody])
    assert b"12900" not in raw


def test_a_one_time_code_is_not_kept_where_it_could_be_read(somebody):
    payload = {"PhoneNumbers": "13812345678", "TemplateParam": '{"code": "123456"}'}
    with processing(Purpose.IDENTITY_CHECK, subject=somebody):
        sharing.record(
            recipient="sms_gateway", purpose=Purpose.IDENTITY_CHECK, person_id=somebody, payload=payload,
            reference="r", secrets={"TemplateParam": "123456"},
        )  # fmt: skip
    (it,) = sharing.records_of(somebody)
    assert json.loads(it.payload) == {"PhoneNumbers": "13812345678", "TemplateParam": '{"code": "******"}'}


def test_a_record_that_would_say_too_much_is_not_written(somebody):
    with pytest.raises(sharing.Overshare), processing(Purpose.DELIVERY, subject=somebody):
        sharing.record(
            recipient="sf",
            purpose=Purpose.DELIVERY,
            person_id=somebody,
            payload={"title": "书"},
            reference="",
        )
    assert not sharing.records_of(somebody)


def test_records_can_be_added_and_never_changed(somebody):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        processing(Purpose.SETTLEMENT, subject=somebody),
    ):
        Share.objects.filter(person_id=somebody).update(reference="x")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        processing(Purpose.RIGHTS, subject=somebody),
    ):
        Share.objects.filter(person_id=somebody).delete()


def test_what_was_sent_before_there_was_an_account_comes_along(somebody):
    nobody = uuid4()
    with processing(Purpose.IDENTITY_CHECK, subject=nobody):
        sharing.record(
            recipient="mail_gateway",
            purpose=Purpose.IDENTITY_CHECK,
            person_id=nobody,
            payload={"to": "a@x.cn"},
            reference="r",
        )
    before = sharing.records_of(nobody)
    with processing(Purpose.REGISTRATION, subject=somebody):
        sharing.adopt(before, somebody)
    assert sharing.records_of(somebody) == before


@given(st.dictionaries(st.text(max_size=10), st.one_of(st.integers(), st.text(max_size=10))))
def test_the_same_content_is_the_same_text(payload):
    turned = dict(reversed(list(payload.items())))
    assert sharing.canonical(payload) == sharing.canonical(turned)
    assert json.loads(sharing.canonical(payload)) == payload
