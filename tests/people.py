"""Persons who register and sign in as people do, over HTTP, reading their codes from the phone."""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pyotp
import pytest
from django.conf import settings
from django.test import Client, override_settings

from mingpu.accounts.queries import destination_index, token_hash
from mingpu.accounts.rules import is_phone, phone
from mingpu.ops.database import connect_admin, database_name
from mingpu.privacy.register import REGISTER
from tests import unique
from tests.adapters.conftest import until
from tests.counterparts import Outside, outside

PASSWORD = "wise-otter-Lantern-93"
WEB = "tests.mall_urls"
NOBODY = UUID(int=0)


def number() -> str:
    """A mobile number nobody had before."""
    return unique.phone()


def name(prefix: str = "u") -> str:
    return prefix + secrets.token_hex(6)


def network() -> str:
    """A network address nobody counted before."""
    return unique.network()


def messages(to: str, count: int = 1) -> list[dict[str, Any]]:
    """What reached a phone or mailbox, once there are `count`."""

    def found() -> Any:
        there = outside().side.get("/inbox", to=to)
        return (there,) if len(there) >= count else None

    return list(until(found)[0])


def code_in(message: dict[str, Any]) -> str:
    found = re.search(r"(?<!\d)\d{6}(?!\d)", message["text"])
    assert found, message
    return found[0]


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code) + 1) % 10**6:06d}"


def wrong_totp(secret: str, moment: datetime) -> str:
    """A code that a secret does not give about this time."""
    near = {pyotp.TOTP(secret).at(moment, counter_offset=steps) for steps in range(-2, 3)}
    return next(it for it in (f"{n}00000" for n in range(6)) if it not in near)


def later(to_index_of: str, seconds: float) -> None:
    """Make the codes of a destination `seconds` older, as if the time had passed."""
    from_owner(
        "UPDATE accounts_code SET created_at = created_at - make_interval(secs => %s) WHERE to_index = %s",
        [seconds, _index(to_index_of)],
    )


def from_owner(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """Run a statement as the administrator, who is not bound by policies: to look, or to turn a clock."""
    with connect_admin(database_name()) as admin:
        cursor = admin.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def still() -> Iterator[None]:
    """Let the clock of one-time codes stand in the middle of a step."""
    moment = datetime.fromtimestamp(time() // 30 * 30 + 15, UTC)
    with patch("mingpu.accounts.services.second_step.now", lambda: moment):
        yield


def unproven(token: str) -> None:
    """Let eleven minutes pass since somebody signed in or showed that it is them."""
    from_owner(
        "UPDATE accounts_session SET created_at = created_at - interval '11 minutes', "
        "proven_at = proven_at - interval '11 minutes' WHERE token_hash = %s",
        [token_hash(token)],
    )


def _index(to: str) -> bytes:
    return destination_index(phone(to) if is_phone(to) else to)


@dataclass
class App:
    """One app on one network."""

    address: str
    token: str = ""
    person_id: UUID = NOBODY
    phone: str = ""
    username: str = ""
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="127.0.0.1"))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        data = json.dumps(body) if body is not None else ""
        return self.client.generic(
            method,
            f"/api/v1{path}",
            data,
            content_type="application/json",
            headers=headers,
            REMOTE_ADDR=self.address,
        )

    def code(self, to: str, intent: str, channel: str = "sms") -> str:
        before = len(outside().side.get("/inbox", to=to))
        answer = self.call("POST", "/verification-codes", {"channel": channel, "to": to, "intent": intent})
        assert answer.status_code == 202, answer.content
        return code_in(messages(to, before + 1)[-1])

    def register(self, **changes: Any) -> "App":
        self.phone, self.username = changes.pop("phone", number()), changes.pop("username", name())
        body = {
            "username": self.username, "password": PASSWORD, "phone": self.phone,
            "phone_code": self.code(self.phone, "register"), "agreed_statement": REGISTER.version, **changes,
        }  # fmt: skip
        answer = self.call("POST", "/accounts", body)
        assert answer.status_code == 201, answer.content
        made = answer.json()
        self.token, self.person_id = made["token"], UUID(made["person_id"])
        return self


@pytest.fixture
def app(outside: Outside, web: None) -> App:
    """An app on a network of its own; the outside world behaves."""
    return App(network())


@pytest.fixture
def person(app: App) -> App:
    """Somebody with an account, signed in with an app."""
    return app.register()


@pytest.fixture
def web(outside: Outside) -> Iterator[None]:
    """The addresses of accounts and API, whatever other rooms have yet."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF=WEB):
        yield
