"""The institution's books: payments, refunds and the file of a day, checked as it would check them."""

import re
import secrets
import sqlite3
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import urlsplit

from mingpu.adapters.counterparts.store import Store
from mingpu.adapters.counterparts.unionpay_wire import Fields, Refused

SETTLING: Final = 2.0  # seconds until a refund settles, scaled by pace
_CHINA: Final = timezone(timedelta(hours=8))
_NUMBER: Final = re.compile(r"[0-9A-Za-z]{8,40}")
_MOMENT: Final = re.compile(r"[0-9]{14}")
_AMOUNT: Final = re.compile(r"[1-9][0-9]{0,11}")
_PRODUCTS: Final = {("01", "000201", "07"): "page", ("07", "000000", "08"): "qr"}
_TRADES: Final = """
CREATE TABLE IF NOT EXISTS unionpay_trade (
    order_id TEXT NOT NULL, txn_time TEXT NOT NULL, code_url TEXT NOT NULL UNIQUE, product TEXT NOT NULL,
    amount INTEGER NOT NULL, back_url TEXT NOT NULL, front_url TEXT NOT NULL, expires REAL NOT NULL,
    query_id TEXT, trace_no TEXT, paid_at REAL, at REAL NOT NULL, PRIMARY KEY (order_id, txn_time))
"""
_REFUNDS: Final = """
CREATE TABLE IF NOT EXISTS unionpay_refund (
    order_id TEXT NOT NULL, txn_time TEXT NOT NULL, query_id TEXT NOT NULL, orig_query_id TEXT NOT NULL,
    amount INTEGER NOT NULL, back_url TEXT NOT NULL, code TEXT NOT NULL, outcome TEXT NOT NULL,
    due REAL NOT NULL, trace_no TEXT NOT NULL, settled_at REAL, PRIMARY KEY (order_id, txn_time))
"""


class Ledger:
    """Payments and refunds of one merchant, each known by number and time."""

    def __init__(self, mer_id: str, store: Store, *, pace: float) -> None:
        self._mer_id = mer_id
        self._store = store
        self._pace = pace
        for table in (_TRADES, _REFUNDS):
            store.run(table)

    def announce(self, asked: Mapping[str, str]) -> sqlite3.Row:
        """Take an application for a payment; return its row, the same for a repeat. Raises Refused."""
        product = _PRODUCTS.get(
            (asked.get("txnSubType", ""), asked.get("bizType", ""), asked.get("channelType", ""))
        )
        _need(product and asked.get("txnType") == "01", "txnSubType")
        number, at, amount = _common(asked)
        ends = _unix(asked.get("payTimeout", ""), "payTimeout")
        front = asked.get("frontUrl", "")
        _need(_is_url(front) if product == "page" else not front, "frontUrl")
        known = self._trade(number, at)
        if known:
            if known["query_id"] or (known["amount"], known["product"]) != (amount, product):
                raise Refused("12", "重复交易")
            return known
        if ends <= time.time():
            raise Refused("39", "交易不在受理时间范围内")
        code = "https://qr.95516.com/00010000/" + secrets.token_hex(16)
        self._store.run(
            "INSERT INTO unionpay_trade VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?)",
            number, at, code, product, amount, asked["backUrl"], front, ends, time.time(),
        )  # fmt: skip
        row = self._trade(number, at)
        assert row
        return row

    def by_code(self, code_url: str) -> sqlite3.Row | None:
        """Return the payment behind a code."""
        return self._store.one("SELECT * FROM unionpay_trade WHERE code_url = ?", code_url)

    def trades(self) -> list[sqlite3.Row]:
        """Return the newest payments, newest first."""
        return self._store.all("SELECT * FROM unionpay_trade ORDER BY at DESC LIMIT 100")

    def pay(self, code_url: str, *, late: bool = False) -> sqlite3.Row:
        """The shopper pays; return the row. late: even though the time is over.

        Raises Refused: 34 for an unknown code, 12 when already paid, 39 when too late.
        """
        row = self.by_code(code_url)
        if row is None:
            raise Refused("34", "二维码无效")
        if row["query_id"]:
            raise Refused("12", "该订单已支付")
        if not late and time.time() > row["expires"]:
            raise Refused("39", "该订单已过期")
        self._store.run(
            "UPDATE unionpay_trade SET query_id = ?, trace_no = ?, paid_at = ? WHERE code_url = ?",
            _serial(), _trace(), time.time(), code_url,
        )  # fmt: skip
        paid = self.by_code(code_url)
        assert paid
        return paid

    def refund(self, asked: Mapping[str, str], *, outcome: str) -> str:
        """Take a refund; return its queryId. outcome: the respCode it will end with. Raises Refused."""
        number, at, amount = _common(asked)
        paid = self._store.one("SELECT * FROM unionpay_trade WHERE query_id = ?", asked.get("origQryId", ""))
        if self._refund(number, at):
            raise Refused("12", "重复交易")
        if paid is None:
            raise Refused("35", "原交易不存在或状态不正确")
        spent = self._store.value(
            "SELECT coalesce(sum(amount), 0) FROM unionpay_refund"
            " WHERE orig_query_id = ? AND code IN ('00', '05')",
            paid["query_id"],
        )
        if spent + amount > paid["amount"]:
            raise Refused("36", "退货金额超过原交易金额")
        mine, due = _serial(), time.time() + SETTLING * self._pace
        self._store.run(
            "INSERT INTO unionpay_refund VALUES (?, ?, ?, ?, ?, ?, '05', ?, ?, ?, NULL)",
            number, at, mine, paid["query_id"], amount, asked["backUrl"], outcome, due, _trace(),
        )  # fmt: skip
        return mine

    def settle(self, now: float) -> tuple[list[sqlite3.Row], float | None]:
        """Settle refunds that are due; return the rows of those that worked, and when the next is due."""
        done = []
        for row in self._store.all("SELECT * FROM unionpay_refund WHERE code = '05' AND due <= ?", now):
            self._store.run(
                "UPDATE unionpay_refund SET code = outcome, settled_at = ? WHERE query_id = ?",
                now, row["query_id"],
            )  # fmt: skip
            settled = self._refund(row["order_id"], row["txn_time"])
            if settled and settled["code"] == "00":
                done.append(settled)
        return done, self._store.value("SELECT min(due) FROM unionpay_refund WHERE code = '05'")

    def find(self, asked: Mapping[str, str]) -> Fields:
        """Return what a query answers about a payment or a refund. Raises Refused, 34 when unknown."""
        number, at = asked.get("orderId", ""), asked.get("txnTime", "")
        trade, refund = self._trade(number, at), self._refund(number, at)
        if refund:
            return self.booking(refund, "04") | {"origRespCode": refund["code"]}
        if trade and trade["query_id"]:
            return self.booking(trade, "01") | {"origRespCode": "00"}
        if trade and trade["product"] == "qr":
            over = time.time() > trade["expires"]
            return {
                "origRespCode": "01" if over else "05",
                "origRespMsg": "交易失败" if over else "交易已受理",
            }
        raise Refused("34", "查无此交易")  # a page that was opened but not paid on is no transaction yet

    def booking(self, row: sqlite3.Row, kind: str) -> Fields:
        """Return a payment (01) or a refund (04) as notifications and queries show it."""
        booked = row["paid_at"] if kind == "01" else row["settled_at"]
        when = datetime.fromtimestamp(booked or time.time(), UTC).astimezone(_CHINA)
        page = kind == "04" or row["product"] == "page"
        fields = {
            "accessType": "0",
            "accNo": "6216***********0018",
            "bizType": "000201" if page else "000000",
            "currencyCode": "156",
            "merId": self._mer_id,
            "orderId": row["order_id"],
            "queryId": row["query_id"],
            "settleAmt": str(row["amount"]),
            "settleCurrencyCode": "156",
            "settleDate": f"{when:%m%d}",
            "traceNo": row["trace_no"],
            "traceTime": f"{when:%m%d%H%M%S}",
            "txnAmt": str(row["amount"]),
            "txnSubType": "00" if kind == "04" else "01" if page else "07",
            "txnTime": row["txn_time"],
            "txnType": kind,
        }
        return fields | ({"origQryId": row["orig_query_id"]} if kind == "04" else {})

    def booked(self, day: datetime) -> list[Fields]:
        """Return what was booked in the 24 hours from `day`: payments, then refunds, oldest first."""
        start, end = day.timestamp(), (day + timedelta(days=1)).timestamp()
        payments = self._store.all(
            "SELECT * FROM unionpay_trade WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at", start, end
        )
        refunds = self._store.all(
            "SELECT * FROM unionpay_refund WHERE code = '00' AND settled_at >= ? AND settled_at < ?"
            " ORDER BY settled_at",
            start,
            end,
        )
        return [self.booking(row, "01") for row in payments] + [self.booking(row, "04") for row in refunds]

    def _trade(self, number: str, at: str) -> sqlite3.Row | None:
        return self._store.one("SELECT * FROM unionpay_trade WHERE order_id = ? AND txn_time = ?", number, at)

    def _refund(self, number: str, at: str) -> sqlite3.Row | None:
        return self._store.one(
            "SELECT * FROM unionpay_refund WHERE order_id = ? AND txn_time = ?", number, at
        )


def _common(asked: Mapping[str, str]) -> tuple[str, str, int]:
    """Return number, time and amount of an application. Raises Refused."""
    number, at, amount = asked.get("orderId", ""), asked.get("txnTime", ""), asked.get("txnAmt", "")
    _need(_NUMBER.fullmatch(number), "orderId")
    _unix(at, "txnTime")
    _need(_AMOUNT.fullmatch(amount), "txnAmt")
    _need(asked.get("currencyCode") == "156", "currencyCode")
    _need(_is_url(asked.get("backUrl")), "backUrl")
    return number, at, int(amount)


def _need(holds: Any, name: str) -> None:
    if not holds:
        raise Refused("13", f"报文交易要素缺失:{name}")


def _unix(text: str, name: str) -> float:
    """Return a time of the protocol as Unix time. Raises Refused."""
    _need(_MOMENT.fullmatch(text), name)
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=_CHINA).timestamp()
    except ValueError:
        raise Refused("10", f"报文格式错误:{name}") from None


def _is_url(url: object) -> bool:
    """The real one wants an address it can reach; a mall on this machine has http."""
    parts = urlsplit(str(url or ""))
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _serial() -> str:
    """Return a queryId: 21 digits, the time first."""
    return f"{datetime.now(_CHINA):%Y%m%d%H%M%S}{secrets.randbelow(10**7):07d}"


def _trace() -> str:
    return f"{secrets.randbelow(10**6):06d}"
