"""Codes: sent to anybody alike, counted, redeemed once, guessed never."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from mingpu.accounts import rules, services
from mingpu.accounts.errors import BadField, CodeNotSent, TooMany, WrongCode
from mingpu.accounts.models import Code
from mingpu.accounts.queries import destination_index, find, phone_index
from mingpu.accounts.services.codes import redeem
from mingpu.lib.clock import now
from mingpu.privacy import keys, sharing
from mingpu.privacy.models import Share
from mingpu.privacy.purposes import Purpose, processing
from tests.jobs import waiting
from tests.people import App, code_in, from_owner, later, messages, network, number, wrong
from tests.support import zone

pytestmark = pytest.mark.usefixtures("outside")


def send(
    to: str, intent: str = "login", *, address: str = "", channel: str = "sms", language: str = "zh-hans"
) -> int:
    return services.send_code(
        channel=channel, to=to, intent=intent, address=address or network(), language=language
    )


@pytest.mark.parametrize("intent", ["register", "login", "reset", "cancel"])
@pytest.mark.parametrize("known", [True, False])
def test_who_may_have_a_code_for_what(person: App, intent, known):
    to = person.phone if known else number()
    if known:
        later(to, 61)
    before = len(messages(to, 0))
    assert send(to, intent) == 60
    said = messages(to, before + 1)[-1]["text"]
    has_code = any(sign.isdigit() for sign in said)
    assert has_code == (known == (intent != "register"))
    assert ("已有账号" in said) == (known and intent == "register")
    assert ("还没有账号" in said) == (not known and intent != "register")


def test_a_message_speaks_the_readers_language(app: App):
    to = number()
    send(to, "register", language="en")
    assert "is your code to register" in messages(to)[0]["text"]


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_known_and_unknown_get_the_same_answer_for_the_same_work(person: App, channel):
    """Status, body, headers, statements, keys made: all alike; only what reaches the phone differs."""
    if channel == "email":
        address = f"{uuid4().hex}@example.com"
        person.call(
            "PUT", "/me/email", {"email": address, "email_code": person.code(address, "register", "email")}
        )
        known, unknown = address, f"{uuid4().hex}@example.com"
    else:
        known, unknown = person.phone, number()
    later(known, 61)
    seen = {}
    for to in (known, unknown):
        app, made = App(network()), _keys_made()
        with CaptureQueriesContext(connection) as asked:
            answer = app.call(
                "POST", "/verification-codes", {"channel": channel, "to": to, "intent": "login"}
            )
        headers = {name: value for name, value in answer.headers.items() if name != "Date"}
        seen[to] = (
            answer.status_code,
            answer.content,
            headers,
            [re.sub(r"'[^']*'|\s*-?\d+", "?", it["sql"]) for it in asked],
            _keys_made() - made,
        )
    assert seen[known] == seen[unknown]
    assert seen[known][0] == 202
    assert json.loads(seen[known][1]) == {"retry_after": 60}


def _keys_made() -> int:
    return int(keys._store().execute("SELECT count(*) FROM keys").fetchone()[0])


@pytest.mark.parametrize(
    ("channel", "to", "intent"),
    [
        ("sms", "12345", "login"),
        ("email", "x", "login"),
        ("pigeon", "13812345678", "login"),
        ("sms", "13812345678", "fun"),
    ],
)
def test_nonsense_is_refused_before_anything_is_done(channel, to, intent):
    with pytest.raises(BadField):
        send(to, intent, channel=channel)


def test_one_a_minute(app: App):
    to = number()
    send(to)
    with pytest.raises(TooMany) as early:
        send(f"+86 {to}", "register")  # however it is written, whatever it is for
    assert 55 <= early.value.facts["retry_after"] <= 61
    later(to, 61)
    send(to)


def test_eight_a_day(app: App):
    to = number()
    for _ in range(8):
        send(to)
        later(to, 61)
    with pytest.raises(TooMany) as enough:
        send(to)
    assert 23 * 3600 < enough.value.facts["retry_after"] <= 24 * 3600 + 1
    later(to, 24 * 3600)
    send(to)


def test_thirty_an_hour_from_one_address(app: App):
    address = network()
    for _ in range(30):
        send(number(), address=address)
    with pytest.raises(TooMany):
        send(number(), address=address)
    send(number(), address=network())


def test_side_by_side_only_one_is_sent(app: App):
    to = number()

    def ask(_: int) -> str:
        try:
            send(to)
        except TooMany:
            return "refused"
        finally:
            connections.close_all()
        return "sent"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert sorted(answers) == ["refused"] * 5 + ["sent"]
    assert len(messages(to)) == 1


def test_a_code_opens_once(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    services.sign_in_by_code(phone=person.phone, phone_code=code, address=network(), kind="web")
    with pytest.raises(WrongCode):
        services.sign_in_by_code(phone=person.phone, phone_code=code, address=network(), kind="web")


def test_a_code_is_good_for_what_it_was_sent_for(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "cancel")
    with pytest.raises(WrongCode):
        services.sign_in_by_code(phone=person.phone, phone_code=code, address=network(), kind="web")
    services.confirm_person(person_id=person.person_id, address=network(), phone_code=code)


def test_a_newer_code_replaces_the_older(person: App):
    later(person.phone, 61)
    older = person.code(person.phone, "login")
    later(person.phone, 61)
    newer = person.code(person.phone, "login")
    with pytest.raises(WrongCode):
        services.sign_in_by_code(
            phone=person.phone,
            phone_code=older if older != newer else wrong(older),
            address=network(),
            kind="web",
        )
    services.sign_in_by_code(phone=person.phone, phone_code=newer, address=network(), kind="web")
    with pytest.raises(WrongCode):
        services.sign_in_by_code(phone=person.phone, phone_code=older, address=network(), kind="web")


def test_after_ten_minutes_it_is_too_late(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    from_owner(
        "UPDATE accounts_code SET expires_at = now() - interval '1 second' WHERE to_index = %s",
        [destination_index(f"+86{person.phone}")],
    )
    with pytest.raises(WrongCode):
        services.sign_in_by_code(phone=person.phone, phone_code=code, address=network(), kind="web")


def test_five_tries_and_no_more(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    for _ in range(5):
        with pytest.raises(WrongCode):
            services.sign_in_by_code(
                phone=person.phone, phone_code=wrong(code), address=network(), kind="web"
            )
    with pytest.raises(WrongCode):
        services.sign_in_by_code(phone=person.phone, phone_code=code, address=network(), kind="web")


def test_what_is_no_code_costs_no_try(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    for typed in ("", "12345", "abcdef", "1234567") * 3:
        with pytest.raises(WrongCode):
            services.sign_in_by_code(phone=person.phone, phone_code=typed, address=network(), kind="web")
    services.sign_in_by_code(
        phone=person.phone, phone_code=f" {code[:3]} {code[3:]} ", address=network(), kind="web"
    )


def test_guesses_side_by_side_are_five_too(person: App):
    """Many at once over real connections: never more than five are compared, and the right one opens once at most."""
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    guesses = [f"{(int(code) + n) % 10**6:06d}" for n in range(1, 21)]

    def guess(typed: str) -> bool:
        try:
            services.sign_in_by_code(phone=person.phone, phone_code=typed, address=network(), kind="web")
        except WrongCode:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(guess, guesses))
    ((left,),) = from_owner(
        "SELECT tries_left FROM accounts_code WHERE to_index = %s ORDER BY created_at DESC LIMIT 1",
        [destination_index(f"+86{person.phone}")],
    )
    assert left == 0
    assert not guess(code)


def test_the_right_code_side_by_side_opens_once(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")

    def use(_: int) -> bool:
        try:
            services.sign_in_by_code(phone=person.phone, phone_code=code, address=network(), kind="web")
        except WrongCode:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(use, range(6))) == 1


def test_nothing_in_the_row_gives_the_code_away(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    (row,) = from_owner(
        "SELECT to_jsonb(c)::text FROM accounts_code c WHERE to_index = %s ORDER BY created_at DESC LIMIT 1",
        [destination_index(f"+86{person.phone}")],
    )
    assert code not in row[0]
    assert person.phone not in row[0]
    assert not any(code in json.dumps(it.payload) for it in sharing.records_of(person.person_id))


def test_a_stranger_cannot_redeem_anothers_code(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    with processing(Purpose.IDENTITY_CHECK, subject=uuid4()):
        assert not redeem(intent="login", code=code)
        assert not Code.objects.exists()


def test_the_message_is_on_record_without_the_code(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    last = sharing.records_of(person.person_id)[-1]
    payload = json.loads(last.payload)
    assert payload["PhoneNumbers"] == person.phone
    assert payload["TemplateParam"] == '{"code": "******"}'
    assert code not in last.payload
    assert last.recipient == "sms_gateway"


def test_a_provider_that_fails_is_told_of_and_nothing_else_is_said(app: App, outside, caplog):
    to = number()
    outside.side.fault("sms", "http_500")
    with pytest.raises(CodeNotSent):
        send(to)
    assert to not in caplog.text
    answer = app.call("POST", "/verification-codes", {"channel": "sms", "to": to, "intent": "login"})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61


def test_a_number_that_opens_no_account_is_forgotten(app: App):
    to = number()
    app.code(to, "register")
    subject = find("destination", destination_index(f"+86{to}"))
    assert subject is not None
    assert waiting("accounts.forget_unclaimed", person_id=str(subject)) == 1
    with zone("worker"):
        services.forget_unclaimed(person_id=subject)  # too early: asked for again, later
        assert keys.fetch(subject, "share")
    assert waiting("accounts.forget_unclaimed", person_id=str(subject)) == 2
    later(to, 24 * 3600 + 1)
    with zone("worker"):
        services.forget_unclaimed(person_id=subject)
    assert keys.fetch(subject, "share") is None
    assert not from_owner("SELECT 1 FROM accounts_code WHERE subject_id = %s", [subject])
    assert not from_owner("SELECT 1 FROM privacy_share WHERE person_id = %s", [subject])


def test_a_number_with_an_account_is_not_forgotten(person: App):
    later(person.phone, 24 * 3600 + 1)
    with zone("worker"):
        services.forget_unclaimed(person_id=person.person_id)
    assert keys.fetch(person.person_id, "share")
    assert sharing.records_of(person.person_id)


def test_asking_again_keeps_one_name_so_that_the_record_is_whole(app: App):
    to = number()
    send(to, "login")
    later(to, 61)
    app.register(phone=to)
    payloads = [json.loads(it.payload) for it in sharing.records_of(app.person_id)]
    assert len(payloads) == 2
    assert {it["PhoneNumbers"] for it in payloads} == {to}


def test_mail_says_what_it_must(app: App):
    to = f"{uuid4().hex}@example.com"
    send(to, "register", channel="email", language="en")
    (mail,) = messages(to)
    assert mail["channel"] == "mail"
    assert mail["subject"] == "Mingpu: confirm your e-mail"
    assert len(code_in(mail)) == 6
    other = f"{uuid4().hex}@example.com"
    send(other, "login", channel="email")
    assert "没有" in messages(other)[0]["text"]
    assert "code" not in messages(other)[0]["text"]


def test_the_day_is_counted_from_the_rows_whoever_they_belong_to(person: App):
    """The count sees rows of strangers under one number, and nothing of them but how many and when."""
    key = destination_index(f"+86{person.phone}")
    with processing(Purpose.IDENTITY_CHECK, subject=uuid4()), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mingpu.count_codes_to(%s, %s)", [key, now() - timedelta(days=1)])
        assert [it.name for it in cursor.description] == ["total", "earliest", "latest"]
        assert cursor.fetchone()[0] == 1
        assert not Share.objects.model.objects.none().exists()


def test_rules_and_words_agree():
    assert rules.CODE_MINUTES == 10
    assert find("phone", phone_index(f"+86{number()}")) is None
