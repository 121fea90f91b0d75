"""The institution's books: trades and refunds, checked as the institution would check them."""

import re
import secrets
import sqlite3
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import urlsplit

from mingpu.adapters.counterparts.keys import WeChatPayKeys
from mingpu.adapters.counterparts.store import Store
from mingpu.adapters.counterparts.wechatpay_wire import Refused

_NUMBER: Final = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
_REFUND_NUMBER: Final = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
_CHINA: Final = timezone(timedelta(hours=8))
_LONGEST: Final = 127
SETTLING: Final = 2.0  # seconds until a refund settles, scaled by pace
_STATES: Final = {"NOTPAY": "订单未支付", "SUCCESS": "支付成功", "CLOSED": "订单已关闭", "REFUND": "转入退款"}


def moment(at: float | None = None) -> str:
    """Write a Unix time, now by default, as the institution does: RFC 3339, China time."""
    when = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    return when.astimezone(_CHINA).isoformat(timespec="seconds")


class Ledger:
    """Trades by out_trade_no, refunds by out_refund_no, of one merchant."""

    def __init__(self, keys: WeChatPayKeys, store: Store, *, pace: float) -> None:
        self._keys = keys
        self._store = store
        self._pace = pace

    def create(self, body: dict[str, Any]) -> str:
        """Announce a trade; return its code_url, the same for a repeat. Raises Refused."""
        number, total, expires = self._check_order(body)
        known = self._store.one("SELECT * FROM trade WHERE out_trade_no = ?", number)
        if known:
            if known["state"] == "CLOSED":
                raise Refused(400, "ORDER_CLOSED", "该订单已关闭")
            if known["state"] != "NOTPAY":
                raise Refused(400, "ORDERPAID", "该订单已支付")
            same = (total, body["description"], body["notify_url"])
            if (known["total"], known["description"], known["notify_url"]) != same:
                raise Refused(403, "OUT_TRADE_NO_USED", "商户订单号重复：请求重入时，参数与首次请求时不一致")
            return str(known["code_url"])
        code_url = "weixin://wxpay/bizpayurl?pr=" + secrets.token_urlsafe(7).replace("-", "x") + "zz"
        self._store.run(
            "INSERT INTO trade (out_trade_no, code_url, total, description, notify_url, expires, state, at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'NOTPAY', ?)",
            number,
            code_url,
            total,
            body["description"],
            body["notify_url"],
            expires,
            time.time(),
        )
        return code_url

    def _check_order(self, body: dict[str, Any]) -> tuple[str, int, float | None]:
        """Return number, amount in fen and Unix time of expiry. Raises Refused."""
        if body.get("mchid") != self._keys.mchid:
            raise Refused(400, "MCH_NOT_EXISTS", "商户号不存在")
        if body.get("appid") != self._keys.appid:
            raise Refused(400, "APPID_MCHID_NOT_MATCH", "商户号与appid不匹配")
        number, amount = body.get("out_trade_no"), body.get("amount")
        need(isinstance(number, str) and _NUMBER.fullmatch(number), "out_trade_no")
        description = body.get("description")
        need(isinstance(description, str) and 0 < len(description) <= _LONGEST, "description")
        need(is_notify_url(body.get("notify_url")), "notify_url")
        need(isinstance(amount, dict), "amount")
        assert isinstance(amount, dict)
        total = amount.get("total")
        need(type(total) is int and total > 0, "amount.total")
        need(amount.get("currency", "CNY") == "CNY", "amount.currency")
        return str(number), int(str(total)), _expiry(body.get("time_expire"))

    def trade(self, number: str) -> dict[str, Any]:
        """Return a trade as queries and callbacks show it. Raises Refused, 404."""
        row = self._row(number)
        paid = row["state"] in {"SUCCESS", "REFUND"}
        view: dict[str, Any] = {
            "appid": self._keys.appid,
            "mchid": self._keys.mchid,
            "out_trade_no": number,
            "trade_state": row["state"],
            "trade_state_desc": _STATES[row["state"]],
            "attach": "",
            "promotion_detail": [],
            "amount": {"total": row["total"], "currency": "CNY", "payer_currency": "CNY"},
        }
        if paid:
            view["amount"]["payer_total"] = row["total"]
            view |= {
                "transaction_id": row["transaction_id"],
                "trade_type": "NATIVE",
                "bank_type": "OTHERS",
                "success_time": row["success_time"],
                "payer": {"openid": row["openid"]},
            }
        return view

    def close(self, number: str) -> None:
        """Close an unpaid trade. Raises Refused."""
        row = self._row(number)
        if row["state"] == "CLOSED":
            raise Refused(400, "ORDER_CLOSED", "该订单已关闭")
        if row["state"] != "NOTPAY":
            raise Refused(400, "ORDERPAID", "该订单已支付，不能发起关单")
        self._store.run("UPDATE trade SET state = 'CLOSED' WHERE out_trade_no = ?", number)

    def pay(self, code_url: str, *, late: bool = False) -> sqlite3.Row:
        """The shopper pays; return the trade's row. late: even though closed or expired.

        Raises Refused, 404 for an unknown code, 409 when it cannot be paid.
        """
        row = self._store.one("SELECT * FROM trade WHERE code_url = ?", code_url)
        if row is None:
            raise Refused(404, "ORDER_NOT_EXIST", "二维码无效")
        if row["state"] in {"SUCCESS", "REFUND"}:
            raise Refused(409, "ORDERPAID", "该订单已支付")
        expired = row["expires"] is not None and time.time() > row["expires"]
        if not late and (row["state"] == "CLOSED" or expired):
            raise Refused(409, "ORDER_CLOSED", "该订单已关闭或已过期")
        self._store.run(
            "UPDATE trade SET state = 'SUCCESS', transaction_id = ?, success_time = ?, openid = ?"
            " WHERE out_trade_no = ?",
            _serial("4200"),
            moment(),
            "o" + secrets.token_urlsafe(20),
            row["out_trade_no"],
        )
        return self._row(row["out_trade_no"])

    def refund(self, body: dict[str, Any], *, outcome: str) -> dict[str, Any]:
        """Take a refund order; return the refund. outcome: SUCCESS or ABNORMAL, once settled.

        Raises Refused.
        """
        number, amount = body.get("out_refund_no"), body.get("amount")
        need(isinstance(number, str) and _REFUND_NUMBER.fullmatch(number), "out_refund_no")
        need(isinstance(amount, dict), "amount")
        assert isinstance(amount, dict)
        asked, total = amount.get("refund"), amount.get("total")
        need(type(asked) is int and asked > 0, "amount.refund")
        need(amount.get("currency") == "CNY", "amount.currency")
        trade = self._row(str(body.get("out_trade_no")), "RESOURCE_NOT_EXISTS")
        if trade["state"] not in {"SUCCESS", "REFUND"}:
            raise Refused(403, "TRADE_STATE_ERROR", "订单未支付，不能退款")
        known = self._store.one("SELECT * FROM refund WHERE out_refund_no = ?", number)
        if known:
            if (known["out_trade_no"], known["amount"]) != (trade["out_trade_no"], asked):
                raise Refused(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试")
            return self.refund_view(str(number))
        spent = self._store.value(
            "SELECT coalesce(sum(amount), 0) FROM refund WHERE out_trade_no = ? AND status <> 'CLOSED'",
            trade["out_trade_no"],
        )
        if total != trade["total"] or spent + asked > trade["total"]:
            raise Refused(400, "INVALID_REQUEST", "退款金额大于可退金额，或订单总金额不符")
        self._add_refund(str(number), trade, int(str(asked)), body.get("notify_url"), outcome)
        return self.refund_view(str(number))

    def _add_refund(self, number: str, trade: sqlite3.Row, amount: int, url: object, outcome: str) -> None:
        self._store.run(
            "INSERT INTO refund VALUES (?, ?, ?, ?, ?, ?, 'PROCESSING', ?, ?, NULL)",
            number,
            _serial("5030"),
            trade["out_trade_no"],
            amount,
            url if is_notify_url(url) else trade["notify_url"],
            moment(),
            outcome,
            time.time() + SETTLING * self._pace,
        )

    def refund_view(self, number: str) -> dict[str, Any]:
        """Return a refund as answers show it. Raises Refused, 404."""
        row = self._store.one("SELECT * FROM refund WHERE out_refund_no = ?", number)
        if row is None:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        trade = self._row(row["out_trade_no"])
        view = {
            "refund_id": row["refund_id"],
            "out_refund_no": number,
            "transaction_id": trade["transaction_id"],
            "out_trade_no": row["out_trade_no"],
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": row["create_time"],
            "status": row["status"],
            "funds_account": "AVAILABLE",
            "amount": _refund_amount(row["amount"], trade["total"]) | {"currency": "CNY"},
        }
        return view | ({"success_time": row["success_time"]} if row["success_time"] else {})

    def settle(self, now: float) -> tuple[list[sqlite3.Row], float | None]:
        """Settle refunds that are due; return their rows and when the next is due."""
        due = self._store.all("SELECT * FROM refund WHERE status = 'PROCESSING' AND due <= ?", now)
        for row in due:
            done = moment() if row["outcome"] == "SUCCESS" else None
            self._store.run(
                "UPDATE refund SET status = outcome, success_time = ? WHERE out_refund_no = ?",
                done,
                row["out_refund_no"],
            )
            if done:
                self._store.run(
                    "UPDATE trade SET state = 'REFUND' WHERE out_trade_no = ?", row["out_trade_no"]
                )
        return due, self._store.value("SELECT min(due) FROM refund WHERE status = 'PROCESSING'")

    def refund_notice(self, number: str) -> dict[str, Any]:
        """Return a refund as callbacks show it. Raises Refused, 404."""
        view = self.refund_view(number)
        total = self._row(view["out_trade_no"])["total"]
        kept = ("out_trade_no", "transaction_id", "out_refund_no", "refund_id", "user_received_account")
        notice = {"mchid": self._keys.mchid} | {name: view[name] for name in kept}
        notice |= {"refund_status": view["status"], "amount": _refund_amount(view["amount"]["refund"], total)}
        return notice | ({"success_time": view["success_time"]} if "success_time" in view else {})

    def _row(self, number: str, code: str = "ORDER_NOT_EXIST") -> sqlite3.Row:
        row = self._store.one("SELECT * FROM trade WHERE out_trade_no = ?", number)
        if row is None:
            raise Refused(404, code, "订单不存在")
        return row


def need(holds: object, name: str) -> None:
    """Refuse a request whose field is not as the documents say. Raises Refused, 400."""
    if not holds:
        raise Refused(400, "PARAM_ERROR", f"参数错误:{name}")


def is_notify_url(url: object) -> bool:
    """The real one wants https too; a mall on this machine has http."""
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query


def _expiry(text: object) -> float | None:
    """Return time_expire as Unix time, None when not given. Raises Refused."""
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        raise Refused(400, "PARAM_ERROR", "参数错误:time_expire") from None
    need(when.tzinfo is not None and when.timestamp() > time.time(), "time_expire")
    return when.timestamp()


def _refund_amount(amount: int, total: int) -> dict[str, Any]:
    return {"total": total, "refund": amount, "payer_total": total, "payer_refund": amount}


def _serial(prefix: str) -> str:
    """Return 28 digits like the institution's own numbers."""
    day = datetime.now(_CHINA).strftime("%Y%m%d")
    return f"{prefix}{day}{secrets.randbelow(10**16):016d}"
