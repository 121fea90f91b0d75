import hashlib
import hmac
import time
import traceback
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.sms_texts import TEXTS
from mingpu.adapters.sms import TEMPLATES, SmsFailed
from mingpu.adapters.sms.aliyun import AliyunSms
from tests.adapters.conftest import QUICK, Side, free_port, until

NUMBERS = iter(range(13800000000, 13900000000))


@pytest.fixture
def phone() -> str:
    return str(next(NUMBERS))


@pytest.fixture
def sender(side: Side) -> AliyunSms:
    config = wiring.aliyun_config(side.keys, endpoint=f"127.0.0.1:{side.port}")
    return AliyunSms(replace(config, patience=QUICK))


def send(sender: AliyunSms, phone: str, code: str = "402917") -> str:
    return sender.send(phone=phone, template="verify_login", parameters={"code": code}, reference="ref-1")


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_template_reaches_the_phone_in_both_languages(side: Side, sender, phone, name, language):
    parameters = dict.fromkeys(TEMPLATES[name], "402917")
    assert sender.send(phone=phone, template=name, parameters=parameters, reference="r", language=language)
    (message,) = side.get("/inbox", to=phone)
    assert message["channel"] == "sms"
    assert message["to"] == phone
    assert message["text"].startswith("【明铺】")
    assert ("402917" in message["text"]) == bool(parameters)
    assert "$" not in message["text"]


def test_every_template_has_its_words():
    assert {(text.name, text.language) for text in TEXTS.values()} == {
        (name, language) for name in TEMPLATES for language in ("zh-hans", "en")
    }


@pytest.mark.parametrize("prefix", ["", "86", "+86"])
def test_a_mainland_number_may_carry_its_country(side: Side, sender, phone, prefix):
    send(sender, prefix + phone)
    assert len(side.get("/inbox", to=f"+86{phone}")) == 1


def test_the_provider_gets_exactly_the_payload(side: Side, sender, phone):
    send(sender, phone)
    (raw,) = side.received("sms", phone)
    sent = {name: values[0] for name, values in parse_qs(urlsplit(raw["path"]).query).items()}
    assert raw["body"] == ""
    assert sent == sender.payload_for(
        phone=phone, template="verify_login", parameters={"code": "402917"}, reference="ref-1"
    )
    assert set(sent) == {"PhoneNumbers", "SignName", "TemplateCode", "TemplateParam", "OutId"}


@pytest.mark.parametrize(
    ("phone", "template", "parameters", "code"),
    [
        ("12345", "verify_login", {"code": "1"}, "bad_number"),
        ("+15551234567", "verify_login", {"code": "1"}, "bad_number"),
        ("13800138000,13900139000", "verify_login", {"code": "1"}, "bad_number"),
        ("13800138000", "nothing", {}, "bad_template"),
        ("13800138000", "verify_login", {}, "bad_template"),
        ("13800138000", "verify_login", {"code": "1", "name": "x"}, "bad_template"),
        ("13800138000", "no_account", {"code": "1"}, "bad_template"),
    ],
)
def test_what_cannot_be_sent_never_leaves(sender, phone, template, parameters, code):
    with pytest.raises(SmsFailed) as failed:
        sender.send(phone=phone, template=template, parameters=parameters, reference="r")
    assert (failed.value.permanent, failed.value.code) == (True, code)


def test_the_share_of_one_number_is_limited(side: Side, sender, phone):
    for _ in range(10):
        send(sender, phone)
    with pytest.raises(SmsFailed) as failed:
        send(sender, phone)
    assert (failed.value.permanent, failed.value.code) == (False, "isv.BUSINESS_LIMIT_CONTROL")
    send(sender, str(next(NUMBERS)))
    assert len(side.get("/inbox", to=phone)) == 10


def test_a_limit_can_be_arranged(side: Side, sender, phone):
    side.fault("sms", "limit")
    with pytest.raises(SmsFailed, match="BUSINESS_LIMIT_CONTROL"):
        send(sender, phone)
    send(sender, phone)


def test_their_trouble_may_pass(side: Side, sender, phone):
    side.fault("sms", "http_500")
    with pytest.raises(SmsFailed) as failed:
        send(sender, phone)
    assert (failed.value.permanent, failed.value.code) == (False, "InternalError")
    assert side.get("/inbox", to=phone) == []


def test_without_an_answer_it_may_have_been_sent_and_is_not_repeated(side: Side, sender, phone):
    side.fault("sms", "timeout")
    with pytest.raises(SmsFailed) as failed:
        send(sender, phone)
    assert (failed.value.permanent, failed.value.code) == (False, "unanswered")
    assert len(until(lambda: side.get("/inbox", to=phone))) == 1
    assert len(side.received("sms", phone)) == 1


@pytest.mark.parametrize(("kind", "count"), [("drop", 0), ("duplicate", 2)])
def test_acceptance_is_not_delivery(side: Side, sender, phone, kind, count):
    side.fault("sms", kind)
    assert send(sender, phone)
    assert len(side.get("/inbox", to=phone)) == count


def test_a_delayed_message_comes_later(side: Side, sender, phone):
    side.fault("sms", "delay", seconds=0.5)
    begun = time.monotonic()
    send(sender, phone)
    assert until(lambda: side.get("/inbox", to=phone))
    assert time.monotonic() - begun >= 0.4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"access_key_secret": "x" * 30}, "SignatureDoesNotMatch"),
        ({"access_key_id": "LTAIstranger"}, "InvalidAccessKeyId.NotFound"),
        ({"sign_name": "别家"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"templates": {"verify_login.zh-hans": "SMS_1"}}, "isv.SMS_TEMPLATE_ILLEGAL"),
    ],
)
def test_a_stranger_is_turned_away_for_good(side: Side, sender, phone, change, code):
    with pytest.raises(SmsFailed) as failed:
        send(AliyunSms(replace(sender._config, **change)), phone)
    assert (failed.value.permanent, failed.value.code) == (True, code)
    assert side.get("/inbox", to=phone) == []


def test_no_failure_carries_number_or_code(side: Side, sender, phone):
    away = AliyunSms(replace(sender._config, endpoint=f"127.0.0.1:{free_port()}"))
    side.fault("sms", "timeout")
    for client in (away, sender):
        with pytest.raises(SmsFailed, match="unanswered") as failed:
            send(client, phone)
        assert failed.value.__context__ is None
        shown = "".join(traceback.format_exception(failed.value))
        assert phone not in shown
        assert "402917" not in shown


def test_nothing_personal_is_logged(sender, phone, caplog):
    caplog.set_level("DEBUG")
    send(sender, phone)
    assert phone not in caplog.text
    assert "402917" not in caplog.text


def replayed(side: Side, raw: dict[str, Any], **headers: str) -> httpx.Response:
    """Send a recorded request once more, with some headers changed."""
    sent = {name: value for name, value in raw["headers"].items() if name.lower() != "content-length"}
    return httpx.post(side.address + raw["path"], headers=sent | headers)


def test_the_provider_refuses_a_replay_and_an_alteration(side: Side, sender, phone):
    send(sender, phone)
    (raw,) = side.received("sms", phone)
    assert replayed(side, raw).json()["Code"] == "SignatureNonceUsed"
    assert (
        replayed(side, raw, **{"x-acs-signature-nonce": "0" * 32}).json()["Code"] == "SignatureDoesNotMatch"
    )
    altered = raw | {"path": raw["path"].replace("402917", "000000")}
    assert replayed(side, altered).json()["Code"] == "SignatureDoesNotMatch"
    assert httpx.post(side.address + "/?PhoneNumbers=1").json()["Code"] == "MissingAuthorization"
    assert len(side.get("/inbox", to=phone)) == 1


def signed(side: Side, query: str, **change: str) -> dict[str, str]:
    """Headers of a request signed by hand: an independent reading of the signature's definition."""
    keys = side.keys.sms
    headers = {
        "host": f"127.0.0.1:{side.port}",
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2026-01-01T00:00:00Z",
        "x-acs-signature-nonce": "n" * 32,
        "x-acs-version": "2017-05-25",
    } | change
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{headers['x-acs-content-sha256']}"
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    proof = hmac.new(keys.access_key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    auth = f"ACS3-HMAC-SHA256 Credential={keys.access_key_id},SignedHeaders={names},Signature={proof}"
    return headers | {"authorization": auth}


def test_an_old_request_is_refused_though_well_signed(side: Side):
    headers = signed(side, "OutId=1")
    assert (
        httpx.post(side.address + "/?OutId=1", headers=headers).json()["Code"] == "InvalidTimeStamp.Expired"
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"x-acs-action": "SendBatchSms"}, "InvalidAction.NotFound"),
        ({"x-acs-date": "today"}, "InvalidTimeStamp.Format"),
    ],
)
def test_other_well_signed_requests_are_refused(side: Side, change, code):
    headers = signed(
        side, "", **({"x-acs-date": stamp(), "x-acs-signature-nonce": uuid.uuid4().hex} | change)
    )
    assert httpx.post(side.address + "/", headers=headers).json()["Code"] == code


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ("{", "isv.INVALID_JSON_PARAM"),
        ("[]", "isv.INVALID_JSON_PARAM"),
        ('{"code": "' + "1" * 36 + '"}', "isv.PARAM_LENGTH_LIMIT"),
        ('{"code": 5}', "isv.PARAM_LENGTH_LIMIT"),
        ("{}", "isv.TEMPLATE_MISSING_PARAMETERS"),
    ],
)
def test_the_provider_checks_parameters(side: Side, sender, phone, parameters, code):
    """Our client never sends these, so the provider is asked directly."""
    payload = sender.payload_for(
        phone=phone, template="verify_login", parameters={"code": "1"}, reference="r"
    ) | {"TemplateParam": parameters}
    with pytest.raises(SmsFailed) as failed:
        raise sender._call(payload)
    assert (failed.value.permanent, failed.value.code) == (True, code)


def stamp() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
