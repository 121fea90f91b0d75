"""The institution's books: trades and refunds of one merchant, checked as the institution would check them."""

import re
import secrets
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from mingpu.adapters.counterparts.alipay_wire import CHINA, Refused, china_time, unix_time, yuan
from mingpu.adapters.counterparts.store import Store

QR: Final = "alipay.trade.precreate"
PAGE: Final = "alipay.trade.page.pay"
_PRODUCTS: Final = {
    QR: frozenset({"QR_CODE_OFFLINE", "FACE_TO_FACE_PAYMENT", "OFFLINE_PAYMENT"}),
    PAGE: frozenset({"FAST_INSTANT_TRADE_PAY"}),
}
_NUMBER: Final = re.compile(r"[0-9A-Za-z_]{1,64}")
_YUAN: Final = re.compile(r"(\d{1,9})\.(\d{2})")
_SUBJECT: Final = re.compile(r"[^/=&]{1,256}")
REFUNDABLE: Final = 90 * 86400.0  # seconds after payment, scaled by pace
# ANNOUNCED is a QR code nobody has scanned: not a trade yet. The others are the institution's own words.
_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS alipay_trade (
    out_trade_no TEXT PRIMARY KEY, code_url TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, total INTEGER NOT NULL,
    subject TEXT NOT NULL, notify_url TEXT NOT NULL, return_url TEXT NOT NULL, expires REAL NOT NULL,
    state TEXT NOT NULL, at REAL NOT NULL, trade_no TEXT, paid_at REAL, finish_at REAL)""",
    "CREATE INDEX IF NOT EXISTS alipay_trade_at ON alipay_trade (at)",
    """CREATE TABLE IF NOT EXISTS alipay_refund (
    out_trade_no TEXT NOT NULL, out_request_no TEXT NOT NULL, amount INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (out_trade_no, out_request_no)) WITHOUT ROWID""",
)


class Ledger:
    """Trades by out_trade_no, refunds by it and out_request_no."""

    def __init__(self, store: Store, *, pace: float) -> None:
        self._store = store
        self._pace = pace
        for statement in _SCHEMA:
            store.run(statement)

    def announce(
        self, method: str, asked: dict[str, Any], *, notify_url: str, return_url: str
    ) -> sqlite3.Row:
        """Take an order by QR code or page; the same for a repeat. Raises Refused."""
        number, total, expires = self._check_order(method, asked)
        _need(_is_address(notify_url), "notify_url")
        _need(method == QR or _is_address(return_url), "return_url")
        known = self.find(number)
        if known:
            if known["state"] == "TRADE_CLOSED":
                raise Refused("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
            if known["paid_at"]:
                raise Refused("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
            if (known["total"], known["subject"], known["kind"]) != (total, asked["subject"], method):
                raise Refused("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
            return known
        self._store.run(
            "INSERT INTO alipay_trade (out_trade_no, code_url, kind, total, subject, notify_url, return_url,"
            " expires, state, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'ANNOUNCED', ?)",
            number,
            "https://qr.alipay.com/bax" + secrets.token_hex(12),
            method,
            total,
            asked["subject"],
            notify_url,
            return_url if method == PAGE else "",
            expires,
            time.time(),
        )
        return self._row(number)

    def _check_order(self, method: str, asked: dict[str, Any]) -> tuple[str, int, float]:
        """Return number, amount in fen and Unix time of expiry. Raises Refused."""
        number, subject = asked.get("out_trade_no"), asked.get("subject")
        _need(isinstance(number, str) and _NUMBER.fullmatch(number), "out_trade_no")
        _need(isinstance(subject, str) and _SUBJECT.fullmatch(subject), "subject")
        _need(asked.get("product_code") in _PRODUCTS[method], "product_code")
        try:
            expires = unix_time(asked.get("time_expire"))
        except ValueError:
            expires = 0.0
        _need(expires > time.time(), "time_expire")
        return str(number), _fen(asked.get("total_amount"), "total_amount"), expires

    def look(self, code_url: str) -> sqlite3.Row | None:
        """Scan a code, or open the cashier's page: now it is a trade. None for an unknown code."""
        self._store.run(
            "UPDATE alipay_trade SET state = 'WAIT_BUYER_PAY', trade_no = ?"
            " WHERE code_url = ? AND state = 'ANNOUNCED' AND expires > ?",
            _serial(),
            code_url,
            time.time(),
        )
        row = self._store.one("SELECT out_trade_no FROM alipay_trade WHERE code_url = ?", code_url)
        return self.find(row["out_trade_no"]) if row else None

    def find(self, number: str) -> sqlite3.Row | None:
        """Return what is known of a number; a trade that was not paid in time is closed by then."""
        self._store.run(
            "UPDATE alipay_trade SET state = 'TRADE_CLOSED'"
            " WHERE out_trade_no = ? AND state = 'WAIT_BUYER_PAY' AND expires <= ?",
            number,
            time.time(),
        )
        return self._store.one("SELECT * FROM alipay_trade WHERE out_trade_no = ?", number)

    def trade(self, number: str) -> sqlite3.Row:
        """Return a trade. Raises Refused when there is none, as before a code is scanned."""
        row = self.find(number)
        if row is None or row["state"] == "ANNOUNCED":
            raise Refused("ACQ.TRADE_NOT_EXIST", "交易不存在")
        return row

    def pay(self, code_url: str, *, late: bool = False) -> sqlite3.Row:
        """The buyer pays. late: even though closed or expired. Raises Refused."""
        row = self.look(code_url)
        if row is None:
            raise Refused("ACQ.TRADE_NOT_EXIST", "二维码无效")
        if row["paid_at"]:
            raise Refused("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
        expired = row["expires"] <= time.time()
        if not late and (row["state"] == "TRADE_CLOSED" or expired):
            raise Refused("ACQ.TRADE_HAS_CLOSE", "交易已经关闭或已过期")
        now = time.time()
        self._store.run(
            "UPDATE alipay_trade SET state = 'TRADE_SUCCESS', trade_no = coalesce(trade_no, ?), paid_at = ?,"
            " finish_at = ? WHERE out_trade_no = ?",
            _serial(),
            now,
            now + REFUNDABLE * self._pace,
            row["out_trade_no"],
        )
        return self._row(row["out_trade_no"])

    def close(self, number: str) -> sqlite3.Row:
        """Close an unpaid trade. Raises Refused."""
        row = self.trade(number)
        if row["state"] != "WAIT_BUYER_PAY":
            raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        self._store.run("UPDATE alipay_trade SET state = 'TRADE_CLOSED' WHERE out_trade_no = ?", number)
        return self._row(number)

    def refund(self, asked: dict[str, Any]) -> tuple[sqlite3.Row, int, bool]:
        """Give money back at once; return the trade, fen given back in all, and whether it moved now.

        Raises Refused.
        """
        number, amount = asked.get("out_request_no"), _fen(asked.get("refund_amount"), "refund_amount")
        _need(isinstance(number, str) and _NUMBER.fullmatch(number), "out_request_no")
        row = self.trade(str(asked.get("out_trade_no")))
        known = self.refund_of(row["out_trade_no"], str(number))
        if known:
            if known["amount"] != amount:
                raise Refused("ACQ.DISCORDANT_REPEAT_REQUEST", "同一笔退款请求的金额不一致")
            return row, self.returned(row["out_trade_no"]), False
        if not row["paid_at"] or row["state"] == "TRADE_CLOSED":
            raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        if row["state"] == "TRADE_FINISHED":
            raise Refused("ACQ.TRADE_HAS_FINISHED", "交易已完结，不能退款")
        returned = self.returned(row["out_trade_no"]) + amount
        if returned > row["total"]:
            raise Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
        self._store.run(
            "INSERT INTO alipay_refund VALUES (?, ?, ?, ?)", row["out_trade_no"], number, amount, time.time()
        )
        if returned == row["total"]:
            self._store.run(
                "UPDATE alipay_trade SET state = 'TRADE_CLOSED' WHERE out_trade_no = ?", row["out_trade_no"]
            )
        return self._row(row["out_trade_no"]), returned, True

    def refund_of(self, number: str, out_request_no: str) -> sqlite3.Row | None:
        """Return one refund of a trade."""
        sql = "SELECT * FROM alipay_refund WHERE out_trade_no = ? AND out_request_no = ?"
        return self._store.one(sql, number, out_request_no)

    def returned(self, number: str) -> int:
        """Return how much of a trade was given back, in fen."""
        sql = "SELECT coalesce(sum(amount), 0) FROM alipay_refund WHERE out_trade_no = ?"
        return int(self._store.value(sql, number))

    def finish(self, now: float, number: str | None = None) -> tuple[list[sqlite3.Row], float | None]:
        """End the time for refunds where it is over, for `number` at once; return them, and when the next ends."""
        due = self._store.all(
            "SELECT out_trade_no FROM alipay_trade WHERE state = 'TRADE_SUCCESS'"
            " AND (finish_at <= ? OR out_trade_no = ?)",
            now,
            number,
        )
        for row in due:
            self._store.run(
                "UPDATE alipay_trade SET state = 'TRADE_FINISHED' WHERE out_trade_no = ?", row["out_trade_no"]
            )
        sql = "SELECT min(finish_at) FROM alipay_trade WHERE state = 'TRADE_SUCCESS'"
        return [self._row(row["out_trade_no"]) for row in due], self._store.value(sql)

    def latest(self) -> list[sqlite3.Row]:
        """Return the newest hundred."""
        return self._store.all("SELECT * FROM alipay_trade ORDER BY at DESC LIMIT 100")

    def movements(self, since: float, until: float) -> list[sqlite3.Row]:
        """Return (at, fen, out_request_no or '', out_trade_no, trade_no, subject) between two Unix times."""
        return self._store.all(
            "SELECT paid_at AS at, total AS fen, '' AS out_request_no, out_trade_no, trade_no, subject"
            " FROM alipay_trade WHERE paid_at >= ?1 AND paid_at < ?2 UNION ALL"
            " SELECT r.at, -r.amount, r.out_request_no, r.out_trade_no, t.trade_no, t.subject"
            " FROM alipay_refund r JOIN alipay_trade t USING (out_trade_no)"
            " WHERE r.at >= ?1 AND r.at < ?2 ORDER BY 1",
            since,
            until,
        )

    def _row(self, number: str) -> sqlite3.Row:
        row = self._store.one("SELECT * FROM alipay_trade WHERE out_trade_no = ?", number)
        assert row is not None
        return row


def trade_view(row: sqlite3.Row) -> dict[str, str]:
    """Return a trade as a query shows it; the buyer is nobody real."""
    view = {"out_trade_no": row["out_trade_no"], "trade_no": row["trade_no"], "trade_status": row["state"]}
    view |= {"total_amount": yuan(row["total"]), "buyer_logon_id": "exa***@mingpu.example"}
    if row["paid_at"]:
        view |= {"send_pay_date": china_time(row["paid_at"]), "buyer_pay_amount": yuan(row["total"])}
        view |= {"receipt_amount": yuan(row["total"]), "buyer_user_id": "2088000000000001"}
    return view


def _need(holds: object, name: str) -> None:
    """Refuse a request whose field is not as the documents say. Raises Refused."""
    if not holds:
        raise Refused("ACQ.INVALID_PARAMETER", f"参数无效:{name}")


def _fen(text: object, name: str) -> int:
    """Read an amount. Raises Refused."""
    found = _YUAN.fullmatch(text) if isinstance(text, str) else None
    fen = int(found[1]) * 100 + int(found[2]) if found else 0
    _need(fen > 0, name)
    return fen


def _is_address(url: str) -> bool:
    """The real one wants https too; a mall on this machine has http."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _serial() -> str:
    """Return 28 digits like the institution's own numbers."""
    return f"{datetime.now(UTC).astimezone(CHINA):%Y%m%d}2200{secrets.randbelow(10**16):016d}"
