"""What every call shares: tokens, problems, unknown fields, the published description."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.people import PASSWORD, App, name, number

PROBLEM = "application/problem+json"


def said(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == PROBLEM, answer.content
    body: dict[str, Any] = json.loads(answer.content)
    assert {"type", "title", "status", "detail", "code"} <= body.keys()
    assert body["status"] == answer.status_code
    return body


MINE = [
    ("GET", "/me/profile"), ("PATCH", "/me/profile"), ("PUT", "/me/email"), ("GET", "/me/addresses"), ("POST", "/me/addresses"),
    ("DELETE", "/sessions/current"), ("GET", "/me/privacy/permissions"), ("PUT", "/me/privacy/permissions/camera"),
    ("GET", "/me/privacy/consents"), ("PUT", "/me/privacy/consents/search_history"),
    ("GET", "/me/addresses/5f1c7c0e-27a4-4f57-9f0e-0d2b1f2a9c11"), ("DELETE", "/me/addresses/5f1c7c0e-27a4-4f57-9f0e-0d2b1f2a9c11"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), MINE)
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp4", "bearer  ", "x"])
def test_without_a_good_token_nothing_is_answered(app: App, method, path, header):
    answer = app.call(method, path, {"granted": True}, **({"Authorization": header} if header else {}))
    body = said(answer)
    assert (answer.status_code, body["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_browsers_cookie_is_no_token(person: App):
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["mingpu_session"] = person.token
    assert client.get("/api/v1/me/profile").status_code == 401


def test_a_call_needs_no_csrf_token(person: App):
    client = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    answer = client.patch(
        "/api/v1/me/profile",
        {"nickname": "知夏"},
        content_type="application/json",
        headers={"authorization": f"Bearer {person.token}"},
    )
    assert answer.status_code == 200


BODIES: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "POST",
        "/verification-codes",
        {"channel": "sms", "to": "13812345678", "intent": "login", "imei": "8612"},
        "imei",
    ),
    ("POST", "/accounts", {"username": "a", "idcard": "110"}, "idcard"),
    ("POST", "/sessions", {"login": "x", "password": "y", "device": "z"}, "device"),
    ("POST", "/password-resets", {"to": "x", "code": "y", "password": "z", "hint": "q"}, "hint"),
    ("PATCH", "/me/profile", {"username": "x"}, "username"),
    ("POST", "/me/addresses", {"name": "x", "person_id": "y"}, "person_id"),
    ("PUT", "/me/privacy/permissions/camera", {"granted": True, "forever": True}, "forever"),
]


@pytest.mark.parametrize(("method", "path", "body", "field"), BODIES)
def test_an_unknown_field_is_refused(person: App, method, path, body, field):
    answer = person.call(method, path, body)
    assert answer.status_code == 422
    it = said(answer)
    assert it["code"] == "invalid"
    assert field in it["fields"]


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_refusal_names_fields_and_never_values(app: App, language):
    values = {
        "username": {"secret": "13812345678"},
        "password": 12345678,
        "phone": ["13812345678"],
        "email": 7,
    }
    answer = app.call("POST", "/accounts", values, **{"Accept-Language": language})
    it = said(answer)
    assert set(it["fields"]) >= {"username", "password", "phone", "phone_code", "agreed_statement", "email"}
    for value in ("13812345678", "12345678", "secret"):
        assert value not in answer.content.decode()
    assert it["detail"].startswith("请检查" if language == "zh-Hans" else "Please check")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"1",
        b"{'a': 1}",
        b'{"login": "x", "password": NaN}',
        b'{"login": "\\ud800", "password": "x"}',
        b"[" * 10_000,
    ],
)
def test_what_is_no_json_of_ours_is_refused(app: App, raw):
    for path in ("/sessions", "/accounts", "/verification-codes"):
        answer = app.client.generic("POST", f"/api/v1{path}", raw, content_type="application/json")
        assert answer.status_code in {400, 422}
        said(answer)


def test_a_fields_name_that_is_no_name_is_not_repeated(app: App):
    answer = app.call("POST", "/sessions", {"login": "x", "password": "y", "张三 13812345678": 1})
    assert answer.status_code == 422
    assert "13812345678" not in answer.content.decode()


def test_an_address_that_leads_nowhere(app: App):
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/me/addresses/not-an-id", 404),
        ("PUT", "/accounts", 405),
        ("GET", "/sessions", 405),
    ):
        answer = app.call(method, path)
        assert answer.status_code == status
        said(answer)


def test_an_oversized_body(app: App):
    answer = app.call("POST", "/accounts", {"username": "x" * 300_000})
    assert (answer.status_code, said(answer)["code"]) == (413, "too_large")


def test_answers_speak_the_callers_language(app: App):
    for language, word in (("zh-Hans", "请先登录"), ("en-GB, zh;q=0.3", "Log in")):
        assert word in said(app.call("GET", "/me/profile", **{"Accept-Language": language}))["detail"]


def test_nothing_personal_is_kept_by_anybody_between(person: App):
    answer = person.call("GET", "/me/profile")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in answer.headers["Vary"]


def test_the_description_is_openapi_31_and_says_how_calls_are_refused(app: App):
    answer = app.call("GET", "/openapi.json")
    assert answer.status_code == 200
    it = json.loads(answer.content)
    assert it["openapi"].startswith("3.1")
    assert it["paths"]["/api/v1/accounts"]["post"]["responses"]["201"]
    for calls in it["paths"].values():
        for call in calls.values():
            assert PROBLEM in call["responses"]["default"]["content"]
    taken = [
        it["components"]["schemas"][name]
        for name in ("NewAccount", "AddressIn", "Answer", "ByPassword", "ByCode")
    ]
    assert not any(schema["additionalProperties"] for schema in taken)
    opened = {
        (path, verb)
        for path, calls in it["paths"].items()
        for verb, call in calls.items()
        if not call.get("security")
    }
    assert {(path.removeprefix("/api/v1"), verb) for path, verb in opened} >= {
        ("/verification-codes", "post"), ("/accounts", "post"), ("/sessions", "post"), ("/password-resets", "post"),
    }  # fmt: skip
    assert not [path for path, _ in opened if "/me/" in path]


def test_either_way_of_signing_in_and_no_mixture(person: App):
    good = {"login": person.username, "password": PASSWORD}
    assert person.call("POST", "/sessions", good).status_code == 201
    for body in (
        {},
        {"login": name()},
        {"phone": number()},
        {**good, "phone": number(), "phone_code": "123456"},
        {"login": None, "password": None},
    ):
        answer = person.call("POST", "/sessions", body)
        assert answer.status_code == 422
        said(answer)
