"""Accounts over HTTP, as apps use them."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from mingpu.privacy.register import REGISTER
from tests.people import PASSWORD, App, later, name, network, number

TO = {
    "name": "林知夏", "phone": "13800000042", "province": "浙江省", "city": "杭州市", "district": "西湖区",
    "street": "文三路 188 号 3 幢 502",
}  # fmt: skip


def test_registering_as_the_contract_says(app: App):
    phone, username = number(), name()
    body = {
        "username": username, "password": PASSWORD, "phone": phone, "phone_code": app.code(phone, "register"),
        "agreed_statement": REGISTER.version,
    }  # fmt: skip
    answer = app.call("POST", "/accounts", body)
    assert answer.status_code == 201
    made = answer.json()
    assert UUID(made["person_id"])
    app.token = made["token"]
    profile = app.call("GET", "/me/profile").json()
    assert profile == {
        "username": username, "nickname": username, "gender": None, "birthday": None, "interests": [],
        "phone": f"{phone[:3]}****{phone[-4:]}", "email": None,
    }  # fmt: skip
    again = app.call("POST", "/accounts", body)
    assert (again.status_code, again.json()["code"]) == (422, "wrong_code")


@pytest.mark.parametrize(
    ("changes", "status", "code", "fields"),
    [
        ({"username": "x"}, 422, "invalid", ["username"]), ({"password": "password1"}, 422, "invalid", ["password"]),
        ({"phone": "010-62345678"}, 422, "invalid", ["phone"]), ({"agreed_statement": "1999"}, 409, "statement_changed", None),
        ({"phone_code": "000000"}, 422, "wrong_code", None), ({"email": "x"}, 422, "invalid", ["email"]),
    ],
)  # fmt: skip
def test_refusals_at_registration(app: App, changes, status, code, fields):
    body = {
        "username": name(),
        "password": PASSWORD,
        "phone": number(),
        "phone_code": "123456",
        "agreed_statement": REGISTER.version,
    }
    answer = app.call("POST", "/accounts", {**body, **changes})
    said = answer.json()
    assert (answer.status_code, said["code"], said.get("fields")) == (status, code, fields)


def test_a_name_that_is_taken(person: App):
    other = App(network())
    phone = number()
    body = {
        "username": person.username.upper(), "password": PASSWORD, "phone": phone,
        "phone_code": other.code(phone, "register"), "agreed_statement": REGISTER.version, "email": "", "email_code": "",
    }  # fmt: skip
    answer = other.call("POST", "/accounts", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")
    assert other.call("POST", "/accounts", {**body, "username": name()}).status_code == 201


def test_signing_in_by_password_and_by_code(person: App):
    app = App(network())
    answer = app.call("POST", "/sessions", {"login": person.username, "password": PASSWORD})
    assert answer.status_code == 201
    until = datetime.fromisoformat(answer.json()["expires_at"])
    assert timedelta(days=29) < until - datetime.now(UTC) <= timedelta(days=30)
    assert until.utcoffset() == timedelta(0)
    later(person.phone, 61)
    answer = app.call(
        "POST", "/sessions", {"phone": person.phone, "phone_code": app.code(person.phone, "login")}
    )
    assert answer.status_code == 201
    app.token = answer.json()["token"]
    assert app.call("GET", "/me/profile").json()["username"] == person.username


def test_signing_out(person: App):
    assert person.call("DELETE", "/sessions/current").status_code == 204
    assert person.call("GET", "/me/profile").status_code == 401


def test_a_wrong_password_and_too_many(person: App):
    app = App(network())
    wrong = {"login": person.username, "password": "not the password"}
    for _ in range(5):
        answer = app.call("POST", "/sessions", wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_login")
    answer = app.call("POST", "/sessions", wrong)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 1 <= int(answer.headers["Retry-After"]) <= 16


def test_names_nobody_has_answer_exactly_alike(person: App):
    answers = [
        App(network()).call("POST", "/sessions", {"login": login, "password": "not the password"})
        for login in (person.username, name(), person.phone, number())
    ]
    assert len({(it.status_code, it.content, tuple(sorted(it.headers.items()))) for it in answers}) == 1


def test_a_code_again_too_soon(app: App):
    asked = {"channel": "sms", "to": number(), "intent": "login"}
    answer = app.call("POST", "/verification-codes", asked)
    assert (answer.status_code, answer.json()) == (202, {"retry_after": 60})
    answer = app.call("POST", "/verification-codes", asked)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")


def test_the_profile_changes_field_by_field(person: App):
    change = {"nickname": "知夏", "gender": "female", "birthday": "1990-05-17", "interests": ["居家", "数码"]}
    answer = person.call("PATCH", "/me/profile", change)
    assert answer.status_code == 200
    assert {field: answer.json()[field] for field in change} == change
    person.call("PATCH", "/me/profile", {"gender": None, "interests": ""})
    after = person.call("GET", "/me/profile").json()
    assert (after["nickname"], after["gender"], after["birthday"], after["interests"]) == (
        "知夏",
        None,
        "1990-05-17",
        [],
    )
    assert person.call("PATCH", "/me/profile", {}).json() == after
    answer = person.call("PATCH", "/me/profile", {"birthday": "17.5.1990"})
    assert (answer.status_code, answer.json()["fields"]) == (422, ["birthday"])


def test_the_e_mail(person: App):
    email = f"zhang-{uuid4().hex}@example.com"
    code = person.code(email, "register", "email")
    answer = person.call("PUT", "/me/email", {"email": email, "email_code": code})
    assert answer.json()["email"] == "z***@example.com"
    answer = person.call("PUT", "/me/email", {"email": "other@example.com", "email_code": "123456"})
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_code")
    assert person.call("PUT", "/me/email", {"email": None}).json()["email"] is None


def test_the_address_book(person: App):
    answer = person.call("POST", "/me/addresses", TO)
    assert answer.status_code == 201
    made = answer.json()
    assert {key: value for key, value in made.items() if key != "id"} == {
        **TO,
        "town": None,
        "landline": None,
        "email": None,
        "is_default": True,
    }
    path = f"/me/addresses/{made['id']}"
    listing = person.call("GET", "/me/addresses").json()
    assert (listing["total"], listing["page"], listing["items"]) == (1, 1, [made])
    (masked,) = person.call("GET", "/me/addresses?masked=true").json()["items"]
    assert (masked["name"], masked["phone"], masked["street"]) == ("林**", "138****0042", "文三路***")
    assert (
        person.call("PATCH", path, {"street": "文一西路 969 号", "landline": ""}).json()["street"]
        == "文一西路 969 号"
    )
    assert person.call("GET", path).json()["name"] == "林知夏"
    answer = person.call("PATCH", path, {"phone": "1"})
    assert (answer.status_code, answer.json()["fields"]) == (422, ["phone"])
    assert person.call("DELETE", path).status_code == 204
    assert person.call("GET", path).status_code == 404
    assert person.call("GET", "/me/addresses").json()["items"] == []


def test_another_persons_address_answers_as_one_that_does_not_exist(person: App):
    theirs = person.call("POST", "/me/addresses", TO).json()["id"]
    stranger = App(network()).register()
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        answers = [stranger.call(method, f"/me/addresses/{it}", body) for it in (theirs, uuid4())]
        assert [it.status_code for it in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    assert person.call("GET", f"/me/addresses/{theirs}").json()["name"] == "林知夏"


def test_five_permissions_all_off_at_first(person: App):
    listing = person.call("GET", "/me/privacy/permissions").json()
    assert [it["name"] for it in listing["items"]] == [
        "location",
        "camera",
        "album",
        "microphone",
        "contacts",
    ]
    assert not any(it["granted"] for it in listing["items"])
    for granted in (True, False):
        answer = person.call("PUT", "/me/privacy/permissions/camera", {"granted": granted})
        assert (answer.status_code, answer.json()["granted"]) == (200, granted)
        items = person.call("GET", "/me/privacy/permissions").json()["items"]
        assert [it["name"] for it in items if it["granted"]] == ["camera"] * granted


def test_consents_say_what_why_and_how_long(person: App):
    for language, word in (("zh-Hans", "搜索词"), ("en", "Keywords")):
        items = person.call("GET", "/me/privacy/consents", **{"Accept-Language": language}).json()["items"]
        open_ones = {it.id for it in REGISTER.purposes.values() if it.basis == "consent"} & set(
            REGISTER.consents()
        )
        assert {it["purpose"] for it in items} == open_ones
        assert "search_history" in open_ones
        (history,) = [it for it in items if it["purpose"] == "search_history"]
        assert word in history["items"]
        assert not history["granted"]
        assert history["decided_at"] is None
        assert all(history[field] for field in ("label", "why", "retention", "clauses"))
    answer = person.call("PUT", "/me/privacy/consents/search_history", {"granted": True})
    assert answer.json()["granted"]
    assert answer.json()["decided_at"]


@pytest.mark.parametrize(
    "path",
    [
        "permissions/fingerprint",
        "permissions/search_history",
        "consents/camera",
        "consents/ordering",
        "consents/x",
    ],
)
def test_there_is_nothing_else_to_switch(person: App, path):
    assert person.call("PUT", f"/me/privacy/{path}", {"granted": True}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"granted": None}, {"granted": "maybe"}, {"granted": 2}])
def test_an_answer_is_yes_or_no(person: App, body):
    assert person.call("PUT", "/me/privacy/permissions/camera", body).status_code == 422


def test_a_new_password_by_code(person: App):
    later(person.phone, 61)
    fresh = "seven-quiet-Harbours-11"
    body = {"to": person.phone, "code": person.code(person.phone, "reset"), "password": fresh}
    waits = person.call("POST", "/password-resets", body)
    assert (waits.status_code, set(waits.json())) == (202, {"due_at"}), "one channel alone waits"
    assert person.call("GET", "/me/recovery").json()["state"] == "waiting"
    assert person.call("POST", "/sessions", {"login": person.phone, "password": fresh}).status_code == 401
    assert person.call("DELETE", "/me/recovery").status_code == 204
    assert person.call("GET", "/me/recovery").json()["state"] == "stopped"
    assert person.call("DELETE", "/me/recovery").json()["code"] == "nothing_begun"
    assert person.call("PUT", "/me/password", {"password": fresh}).status_code == 204
    assert person.call("POST", "/sessions", {"login": person.phone, "password": fresh}).status_code == 201


def test_no_answer_holds_more_than_it_says(person: App):
    email = f"zhang-{uuid4().hex}@example.com"
    person.call("PUT", "/me/email", {"email": email, "email_code": person.code(email, "register", "email")})
    everything = json.dumps(
        [
            person.call("GET", path).json()
            for path in ("/me/profile", "/me/privacy/consents", "/me/privacy/permissions")
        ]
    )
    for value in (person.phone, email, PASSWORD, "argon2"):
        assert value not in everything


def test_a_pasted_line_is_read_and_not_kept(person: App):
    line = "收货人：林知夏 电话 13800000042 浙江杭州西湖区文三路 188 号"
    answer = person.call("POST", "/me/addresses/parse", {"text": line})
    assert answer.status_code == 200
    found = answer.json()
    confidence, written = found.pop("confidence"), found.pop("written")
    assert found == {
        "name": "林知夏", "phone": "13800000042", "landline": "", "email": "", "postcode": "", "province": "浙江省",
        "city": "杭州市", "district": "西湖区", "town": "", "street": "文三路 188 号",
    }  # fmt: skip
    assert set(confidence) == {name for name, value in found.items() if value}
    assert written == {"province": "浙江", "city": "杭州", "district": "西湖区"}
    assert person.call("GET", "/me/addresses").json()["total"] == 0


@pytest.mark.parametrize(
    "body", [{}, {"text": "长" * 501}, {"text": "x", "keep": True}], ids=["none", "long", "unknown"]
)
def test_what_cannot_be_read(person: App, body):
    assert person.call("POST", "/me/addresses/parse", body).status_code == 422


def test_a_line_is_read_for_persons_only(app: App):
    assert app.call("POST", "/me/addresses/parse", {"text": "x"}).status_code == 401


def test_divisions_level_by_level(app: App):
    provinces = app.call("GET", "/divisions").json()
    assert provinces["total"] == 34
    at = {one["name"]: one for one in provinces["items"]}
    cities = app.call("GET", f"/divisions?parent={at['浙江省']['code']}").json()["items"]
    assert ("330100", "杭州市", 2, False) in [tuple(one.values()) for one in cities]
    assert app.call("GET", f"/divisions?parent={at['上海市']['code']}").json()["items"][0]["level"] == 3
    towns = app.call("GET", "/divisions?parent=330106").json()["items"]
    assert {one["level"] for one in towns} == {4}
    assert all(one["leaf"] for one in towns)
    assert app.call("GET", f"/divisions?parent={towns[0]['code']}").json()["items"] == []
    assert app.call("GET", "/divisions?parent=999999").status_code == 404


def test_an_entry_has_a_town_where_one_is_said(person: App):
    made = person.call("POST", "/me/addresses", {**TO, "town": "翠苑街道"}).json()
    assert made["town"] == "翠苑街道"
    changed = person.call("PATCH", f"/me/addresses/{made['id']}", {"town": None}).json()
    assert changed["town"] is None
