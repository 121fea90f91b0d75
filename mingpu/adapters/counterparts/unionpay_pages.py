"""UnionPay's pages for people: what waits to be paid, the page to pay on, and the way back to the shop."""

import base64
import hashlib
import sqlite3
import time
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.responses import Response

from mingpu.adapters.counterparts.html import button, card, empty, page, show, yuan
from mingpu.lib.text import Text

_NAME: Final = Text("银联", "UnionPay")
_TITLE: Final = Text("银联付款", "Pay with UnionPay")
_GO: Final = "document.forms[0].submit()"
_GO_HASH: Final = base64.b64encode(hashlib.sha256(_GO.encode()).digest()).decode()


def trades(rows: Iterable[sqlite3.Row]) -> Response:
    """GET /unionpay: payments, newest first."""
    found = "".join(
        card(
            f'<p class="state">{show(_state(row))}</p>',
            f'<h2><a href="/unionpay/pay?code_url={quote(row["code_url"], safe="")}">{yuan(row["amount"])}</a></h2>',
            f'<p class="meta">{show(row["order_id"])}</p>',
        )
        for row in rows
    )
    nothing = card(empty(Text("还没有订单。", "No orders yet.")))
    return page(_NAME, found or nothing, theme="unionpay")


def pay(row: sqlite3.Row) -> Response:
    """Show one payment, with the button that pays it while that is possible."""
    parts = [
        f'<p class="amount">{yuan(row["amount"])}</p>',
        f'<p class="middle meta">{show(row["order_id"])}</p>',
    ]
    if row["query_id"] is None and row["expires"] >= time.time():
        parts.append(
            button("/unionpay/scan", Text("付款", "Pay"), [("code_url", row["code_url"])], strong=True)
        )
    else:
        parts.append(f'<p class="middle state" role="status">{show(_state(row))}</p>')
    response = page(_TITLE, card(*parts), theme="unionpay")
    if row["front_url"]:
        _allow(response, row["front_url"])
    return response


def go_back(row: sqlite3.Row, fields: Mapping[str, str]) -> Response:
    """Send the browser back to the shop: a form that posts itself, with a button where scripts are off."""
    done = f'<p class="middle state" role="status">{show(_state(row))}</p>'
    back = button(row["front_url"], Text("返回商户", "Back to the shop"), sorted(fields.items()), strong=True)
    response = page(_TITLE, card(done, back) + f"<script>{_GO}</script>", theme="unionpay")
    _allow(response, row["front_url"])
    return response


def refused(words: str, *, status: int = 400) -> Response:
    """Say why there is nothing to pay."""
    return page(_TITLE, card(empty(Text(words, words))), status=status, theme="unionpay")


def _state(row: sqlite3.Row) -> Text:
    if row["query_id"]:
        return Text("已支付", "Paid")
    if row["expires"] < time.time():
        return Text("已过期，不能付款。", "Expired: it cannot be paid.")
    return Text("待支付", "To be paid")


def _allow(response: Response, url: str) -> None:
    """Let the page's form go to the shop's address, and its one script run."""
    parts = urlsplit(url)
    policy = response.headers["Content-Security-Policy"]
    policy = policy.replace("form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}")
    response.headers["Content-Security-Policy"] = f"{policy}; script-src 'sha256-{_GO_HASH}'"
