"""The institution's bill of a day, written from its own books."""

import re
from datetime import date, datetime
from typing import Final

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.keys import WeChatPayKeys
from mingpu.adapters.counterparts.store import Store
from mingpu.adapters.counterparts.wechatpay_ledger import moment
from mingpu.adapters.counterparts.wechatpay_wire import Refused

LIES: Final = frozenset({"wrong_amount", "missing_line", "extra_line"})
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_HEAD: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
_SUMMARY: Final = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
Movement = tuple[str, str, str, str, str, str, int, str]  # as `_movements` selects them


def asked_day(text: str | None, kind: str | None) -> date:
    """Return the day a bill is asked for; the real one has no bill of today yet, this one a part of it.

    Raises Refused.
    """
    try:
        day = date.fromisoformat(text) if text and _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day > datetime.fromisoformat(moment()).date():
        raise Refused(400, "PARAM_ERROR", "参数错误:bill_date")
    if kind not in {None, "ALL"}:
        raise Refused(400, "PARAM_ERROR", "参数错误:bill_type")
    return day


def bill_of(keys: WeChatPayKeys, store: Store, day: date, lie: Fault | None) -> bytes:
    """Write the bill of type ALL of `day`; `lie` is a fault of kind `LIES`. Raises Refused: nothing happened."""
    rows = _told(_movements(store, day), lie)
    if not rows:
        raise Refused(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    charged = sum(row[6] for row in rows if not row[4])
    refunded = sum(row[6] for row in rows if row[4])
    sums = [str(len(rows)), _yuan(charged), _yuan(refunded), "0.00", "0.00000", _yuan(charged)]
    lines = [_HEAD, *(_line(keys, row) for row in rows), _SUMMARY, _ticked([*sums, _yuan(refunded)])]
    return ("\ufeff" + "".join(f"{line}\r\n" for line in lines)).encode()


def _movements(store: Store, day: date) -> list[Movement]:
    """Select time, their number, ours, payer, refund numbers ('' for a charge), fen, description."""
    like = f"{day.isoformat()}T%"
    charges = store.all(
        "SELECT success_time, transaction_id, out_trade_no, openid, '', '', total, description FROM trade"
        " WHERE success_time LIKE ?",
        like,
    )
    refunds = store.all(
        "SELECT refund.success_time, transaction_id, trade.out_trade_no, openid, refund_id, out_refund_no,"
        " amount, description FROM refund JOIN trade USING (out_trade_no) WHERE refund.success_time LIKE ?",
        like,
    )
    return sorted((tuple(row) for row in (*charges, *refunds)), reverse=True)


def _told(rows: list[Movement], lie: Fault | None) -> list[Movement]:
    """Return the rows as the bill tells them: the newest one off, left out, or told of a stranger's too."""
    if not rows or lie is None:
        return rows
    first, rest = rows[0], rows[1:]
    if lie.kind == "missing_line":
        return rest
    if lie.kind == "wrong_amount":
        return [(*first[:6], first[6] + 1, first[7]), *rest]
    stranger = (first[0], first[1][:-8] + "00000000", f"X{first[2][1:]}", first[3], "", "", 100, first[7])
    return [stranger, *rows]


def _line(keys: WeChatPayKeys, row: Movement) -> str:
    at, theirs, ours, payer, refund_id, out_refund_no, fen, description = row
    when = at[:19].replace("T", " ")
    head = [when, keys.appid, keys.mchid, "0", "", theirs, ours, payer, "NATIVE"]
    if refund_id:
        state = ["REFUND", "OTHERS", "CNY", "0.00", "0.00", refund_id, out_refund_no, _yuan(fen), "0.00"]
        return _ticked(
            [
                *head,
                *state,
                "ORIGINAL",
                "SUCCESS",
                description,
                "",
                "0.00000",
                "0.00%",
                "0.00",
                _yuan(fen),
                "",
            ]
        )
    state = ["SUCCESS", "OTHERS", "CNY", _yuan(fen), "0.00", "0", "0", "0.00", "0.00"]
    return _ticked([*head, *state, "", "", description, "", "0.00000", "0.00%", _yuan(fen), "0.00", ""])


def _ticked(values: list[str]) -> str:
    return ",".join(f"`{value}" for value in values)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
