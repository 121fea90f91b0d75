"""Opening an account: all of it or nothing, one name once, nothing optional in the way."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections

from mingpu.accounts import services
from mingpu.accounts.errors import (
    BadField,
    EmailTaken,
    NumberTaken,
    StatementChanged,
    UsernameTaken,
    WrongCode,
)
from mingpu.accounts.queries import find, person_of, phone_index, profile_of, username_index
from mingpu.privacy import consent, sharing
from mingpu.privacy.register import REGISTER
from tests.people import PASSWORD, App, from_owner, later, name, number, wrong

pytestmark = pytest.mark.usefixtures("outside")
TABLES = (
    "accounts_credential",
    "accounts_contact",
    "accounts_profile",
    "accounts_session",
    "privacy_standing",
)


def register(app: App, phone: str, **changes):
    given = {
        "username": name(), "password": PASSWORD, "phone": phone, "agreed_statement": REGISTER.version,
        "language": "zh-hans", "kind": "web", **changes,
    }  # fmt: skip
    if "phone_code" not in given:
        given["phone_code"] = app.code(phone, "register")
    return services.register(**given)


def nothing_written(phone: str) -> bool:
    return find("phone", phone_index(f"+86{phone}")) is None


def test_a_number_is_enough(app: App):
    phone, username = number(), name()
    code = app.code(phone, "register")
    new = register(app, f"+86 {phone}", username=username, email="", email_code=" ", phone_code=code)
    it = profile_of(new.person_id)
    assert (it.username, it.nickname, it.phone) == (username, username, phone)
    assert (it.email, it.gender, it.birthday, it.interests) == (None, None, None, ())
    assert person_of(new.token) == new.person_id
    for table in TABLES:
        assert from_owner(f"SELECT count(*) FROM {table} WHERE person_id = %s", [new.person_id]) == [(1,)]


def test_agreeing_to_the_statement_is_recorded_with_its_version(app: App):
    new = register(app, number(), language="en")
    rows = from_owner(
        "SELECT name, granted, statement_version, statement_hash, language FROM privacy_consentevent WHERE person_id = %s",
        [new.person_id],
    )
    assert rows == [("statement", True, REGISTER.version, REGISTER.digest, "en")]


def test_all_extras_start_off(app: App):
    standing = consent.standing_of(register(app, number()).person_id)
    assert standing.state == "active"
    assert not any({**standing.consents, **standing.permissions}.values())
    assert len(standing.permissions) == 5


def test_nothing_typed_lies_in_the_clear(app: App):
    phone, username, email = number(), name("Zhixia"), f"{uuid4().hex}@example.com"
    code = app.code(email, "register", "email")
    new = register(app, phone, username=username, email=email, email_code=code)
    for table in ("accounts_credential", "accounts_contact", "accounts_profile"):
        (row,) = from_owner(f"SELECT to_jsonb(t)::text FROM {table} t WHERE person_id = %s", [new.person_id])
        for value in (phone, username, email, PASSWORD):
            assert value not in row[0]
            assert value.encode().hex() not in row[0]
    ((stored,),) = from_owner(
        "SELECT password_hash FROM accounts_credential WHERE person_id = %s", [new.person_id]
    )
    assert stored.startswith("$argon2id$")


def test_with_an_e_mail_both_codes_are_needed_and_used_up(app: App):
    email = f"{uuid4().hex}@example.com"
    code = app.code(email, "register", "email")
    phone = number()
    new = register(app, phone, email=email, email_code=code)
    assert profile_of(new.person_id).email == email
    with pytest.raises(WrongCode):
        services.change_email(person_id=new.person_id, email=email, email_code=code)


def test_the_record_of_shares_holds_both_messages(app: App):
    email = f"{uuid4().hex}@example.com"
    code = app.code(email, "register", "email")
    new = register(app, number(), email=email, email_code=code)
    records = sharing.records_of(new.person_id)
    assert sorted(it.recipient for it in records) == ["mail_gateway", "sms_gateway"]
    (mail,) = [json.loads(it.payload) for it in records if it.recipient == "mail_gateway"]
    assert mail["to"] == email
    assert "******" in mail["text"]
    assert code not in mail["text"]


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"username": "ab"}, BadField, "username"),
        ({"password": "password1"}, BadField, "password"),
        ({"phone": "12345"}, BadField, "phone"),
        ({"email": "x"}, BadField, "email"),
        ({"email": "a@example.com"}, BadField, "email_code"),
        ({"email": "a@example.com", "email_code": "000000"}, WrongCode, None),
        ({"agreed_statement": "2001-01-01"}, StatementChanged, None),
        ({"phone_code": "12345"}, WrongCode, None),
    ],
)
def test_what_is_refused_leaves_nothing_and_the_code_stays_good(app: App, changes, error, field):
    phone = number()
    code = app.code(phone, "register")
    with pytest.raises(error) as refused:
        register(app, **{"phone": phone, "phone_code": code, **changes})
    assert getattr(refused.value, "name", None) == field
    assert nothing_written(phone)
    register(app, phone, phone_code=code)


def test_without_a_code_there_is_no_account(app: App):
    phone = number()
    with pytest.raises(WrongCode):
        register(app, phone, phone_code="000000")
    assert nothing_written(phone)


def test_a_code_sent_to_one_number_opens_no_account_for_another(app: App):
    mine, theirs = number(), number()
    code = app.code(mine, "register")
    other = App(app.address).code(theirs, "register")
    with pytest.raises(WrongCode):
        register(app, theirs, phone_code=code if code != other else wrong(code))


def test_five_wrong_codes_end_it(app: App):
    phone = number()
    code = app.code(phone, "register")
    for _ in range(5):
        with pytest.raises(WrongCode):
            register(app, phone, phone_code=f"{(int(code) + 7) % 10**6:06d}")
    with pytest.raises(WrongCode):
        register(app, phone, phone_code=code)


@pytest.mark.parametrize("other", [str.upper, str.lower, lambda it: it.translate({ord("a"): "ａ"})])
def test_a_name_is_taken_in_any_case_and_width(app: App, other):
    username = name("Anna")
    register(app, number(), username=username)
    phone = number()
    code = app.code(phone, "register")
    with pytest.raises(UsernameTaken):
        register(app, phone, username=other(username), phone_code=code)
    assert nothing_written(phone)
    register(app, phone, phone_code=code)


def test_a_number_has_one_account(person: App, app: App):
    later(person.phone, 61)
    app.call("POST", "/verification-codes", {"channel": "sms", "to": person.phone, "intent": "register"})
    with pytest.raises(WrongCode):  # the phone was told that it has an account; no code went out
        register(app, person.phone, phone_code="000000")


def test_an_e_mail_belongs_to_one_account(app: App):
    email = f"{uuid4().hex}@example.com"
    first = register(app, number())
    code = app.code(email, "register", "email")
    services.change_email(person_id=first.person_id, email=email, email_code=code)
    later(email, 61)
    app.call("POST", "/verification-codes", {"channel": "email", "to": email.upper(), "intent": "register"})
    with pytest.raises(WrongCode):
        register(app, number(), email=email, email_code=code)


def at_once(works):
    """Run all of them side by side, each on a connection of its own; return results and refusals in order."""

    def run(work):
        try:
            return work()
        except Exception as error:  # noqa: BLE001 -- looked at by the test
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_ten_people_at_once_want_one_name_and_one_gets_it(app: App):
    username = name("crowd")
    phones = [number() for _ in range(10)]
    codes = [app.code(phone, "register") for phone in phones]
    results = at_once(
        [
            lambda phone=phone, code=code: register(app, phone, username=username, phone_code=code)
            for phone, code in zip(phones, codes, strict=True)
        ]
    )
    won = [it for it in results if isinstance(it, services.SignedIn)]
    assert len(won) == 1
    assert [type(it) for it in results if it not in won] == [UsernameTaken] * 9
    assert find("username", username_index(username)) == won[0].person_id
    for phone, code, result in zip(phones, codes, results, strict=True):
        if result not in won:
            assert nothing_written(phone)
            register(app, phone, phone_code=code)


def test_one_form_sent_five_times_at_once_opens_one_account(app: App):
    phone, username = number(), name()
    code = app.code(phone, "register")
    results = at_once([lambda: register(app, phone, username=username, phone_code=code)] * 5)
    assert sum(isinstance(it, services.SignedIn) for it in results) == 1
    assert all(isinstance(it, services.SignedIn | WrongCode | UsernameTaken | NumberTaken) for it in results)


def test_one_e_mail_for_two_at_once_goes_to_one(app: App):
    email = f"{uuid4().hex}@example.com"
    mail_code = app.code(email, "register", "email")
    phones = [number(), number()]
    codes = [app.code(phone, "register") for phone in phones]
    results = at_once(
        [
            lambda phone=phone, code=code: register(
                app, phone, phone_code=code, email=email, email_code=mail_code
            )
            for phone, code in zip(phones, codes, strict=True)
        ]
    )
    assert sum(isinstance(it, services.SignedIn) for it in results) == 1
    assert sum(isinstance(it, EmailTaken | WrongCode) for it in results) == 1
