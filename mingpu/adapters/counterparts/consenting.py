"""What the services people sign in through have in common: the page that asks, and the codes that come of a yes."""

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse, Response

from mingpu.adapters.counterparts.faults import Faults
from mingpu.adapters.counterparts.html import card, empty, note, page, show
from mingpu.adapters.counterparts.store import Store
from mingpu.lib.text import Text

CODE_LIFE: Final = 600.0  # seconds
FIRST: Final = "小满"  # who the page offers to be
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS login_code (
    code TEXT PRIMARY KEY, party TEXT NOT NULL, name TEXT NOT NULL, client TEXT NOT NULL, scope TEXT NOT NULL,
    redirect TEXT NOT NULL, nonce TEXT NOT NULL, challenge TEXT NOT NULL, at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0)
"""
_TOKENS: Final = """
CREATE TABLE IF NOT EXISTS login_token (
    token TEXT PRIMARY KEY, party TEXT NOT NULL, name TEXT NOT NULL, client TEXT NOT NULL, scope TEXT NOT NULL, at REAL NOT NULL)
"""
_ASKED: Final = ("client", "redirect", "scope", "state", "nonce", "challenge")


class Consenting:
    """One service's page and codes. A name typed there is a person there: the same name, the same person."""

    def __init__(self, party: str, title: Text, store: Store, faults: Faults, *, allow: str) -> None:
        """allow: where the page posts the answer to."""
        self._party, self._title, self._allow = party, title, allow
        self._store, self._faults = store, faults
        for table in (_TABLE, _TOKENS):
            store.run(table)

    def ask(self, asked: Mapping[str, str]) -> Response:
        """Show who asks for what, with a button for yes and one for no. asked: of `_ASKED`."""
        if not self._returns(asked["redirect"]):
            return self.refuse("redirect_uri")
        hidden = "".join(
            f'<input type="hidden" name="{it}" value="{show(asked.get(it, ""))}">' for it in _ASKED
        )
        who = f'<label>{show(Text("以谁的身份", "As whom"))}<input name="name" value="{FIRST}" required maxlength="60"></label>'
        buttons = (
            f'<button class="strong" name="granted" value="yes">{show(Text("允许", "Allow"))}</button> '
            f'<button class="strong" name="granted" value="no">{show(Text("拒绝", "Deny"))}</button>'
        )
        words = note(Text("明铺想知道您的头像和昵称。", "Mingpu asks for your avatar and nickname."))
        form = f'<form method="post" action="{self._allow}">{hidden}{who}<p></p>{buttons}</form>'
        response = page(self._title, card(words, form), theme=self._party)
        parts = urlsplit(asked["redirect"])
        policy = response.headers["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = policy.replace(
            "form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}"
        )
        return response

    def back(
        self, asked: Mapping[str, str], *, declined: Mapping[str, str], more: Mapping[str, str]
    ) -> Response:
        """Send the browser back: with a code after a yes. declined: what goes along after a no; more: in any case."""
        if not self._returns(asked.get("redirect", "")):
            return self.refuse("redirect_uri")
        answered = {"code": self._code(asked)} if asked.get("granted") == "yes" else dict(declined)
        said = {**answered, "state": asked.get("state", "")}
        if self._faults.take(self._party, "back", frozenset({"other_state"})):
            said["state"] = secrets.token_urlsafe(32)
        return RedirectResponse(f"{asked['redirect']}?{urlencode({**said, **more})}", 303)

    def redeem(self, code: str, client: str) -> sqlite3.Row | None:
        """Return what a code was given for, once; None for one that is used, old, or another client's."""
        row = self._store.one("SELECT * FROM login_code WHERE code = ? AND party = ?", code, self._party)
        old = self._faults.take(self._party, "code", frozenset({"expired_code"})) is not None
        if row is None or row["client"] != client or old or time.time() - row["at"] > CODE_LIFE:
            return None
        first = self._store.run("UPDATE login_code SET used = 1 WHERE code = ? AND used = 0", code)
        return row if first else None

    def used(self, code: str) -> bool:
        """Tell whether a code was redeemed before."""
        return bool(self._store.value("SELECT used FROM login_code WHERE code = ?", code))

    def token(self, row: sqlite3.Row) -> str:
        """Return a token for what a code was given for."""
        token = secrets.token_urlsafe(32)
        self._store.run(
            "INSERT INTO login_token VALUES (?, ?, ?, ?, ?, ?)", token, self._party, row["name"], row["client"],
            row["scope"], time.time(),
        )  # fmt: skip
        return token

    def holder(self, token: str) -> sqlite3.Row | None:
        """Return whose a token is."""
        return self._store.one("SELECT * FROM login_token WHERE token = ? AND party = ?", token, self._party)

    def refuse(self, what: str) -> Response:
        """Say that a round cannot begin."""
        return page(
            self._title,
            card(empty(Text(f"参数不对:{what}", f"Wrong: {what}"))),
            status=400,
            theme=self._party,
        )

    def _code(self, asked: Mapping[str, str]) -> str:
        code = secrets.token_urlsafe(24)
        self._store.run(
            "INSERT INTO login_code (code, party, name, client, scope, redirect, nonce, challenge, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            code, self._party, asked["name"], asked["client"], asked["scope"], asked["redirect"],
            asked.get("nonce", ""), asked.get("challenge", ""), time.time(),
        )  # fmt: skip
        return code

    def _returns(self, redirect: str) -> bool:
        """Whether an address is one that we registered: the page of the mall, or of its app."""
        return (
            redirect == app_return(self._party) or urlsplit(redirect).path == f"/login/by/{self._party}/back"
        )


def app_return(party: str) -> str:
    """Return where rounds of the mall's app come back to."""
    return f"https://app.mingpu.example/signed-in/{party}"


def known_as(*words: str) -> str:
    """Return what a service calls somebody: the same for the same words."""
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:28]
