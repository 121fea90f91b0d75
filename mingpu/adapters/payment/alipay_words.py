"""What Alipay's messages say, read strictly: fields of a callback, a trade, amounts and times.

Readers take a `failure`, which makes what is raised: `Forged` for a callback, `unreadable` for an answer.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl

from mingpu.adapters.payment import Forged, PaymentFailed, PaymentState, PaymentStatus
from mingpu.adapters.payment.alipay_core import read_time
from mingpu.lib.money import to_fen

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_HIDDEN: Final = re.compile(r"&[A-Za-z0-9_]+=")
_YUAN: Final = re.compile(r"(?:0|[1-9]\d{0,8})\.\d{2}")
_LARGEST_CALLBACK: Final = 64 * 1024
_MOST_FIELDS: Final = 100
_LONGEST_TEXT: Final = 256
_TRADE: Final = {
    "WAIT_BUYER_PAY": PaymentStatus.UNPAID,
    "TRADE_SUCCESS": PaymentStatus.SUCCEEDED,
    "TRADE_FINISHED": PaymentStatus.SUCCEEDED,  # the same money; only refunds are over
    "TRADE_CLOSED": PaymentStatus.CLOSED,  # or REFUNDED, when it had been paid
}

Failure = Callable[[str], PaymentFailed]


def unreadable(code: str) -> PaymentFailed:
    """Make the failure for an answer of the institution that does not say what was asked."""
    return PaymentFailed(permanent=False, code=f"unreadable_{code}")


def fields_of(body: bytes) -> dict[str, str]:
    """Read the form of a callback so that its signed text can be taken apart in one way only. Raises Forged.

    The signature covers `a=1&b=2` after decoding: a value that held `&b=` would hide the field b in a.
    """
    if len(body) > _LARGEST_CALLBACK:
        raise Forged("too_large")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise Forged("unreadable") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Forged("duplicate")
    if not all(_NAME.fullmatch(name) and not _HIDDEN.search(value) for name, value in pairs):
        raise Forged("ambiguous")
    return found


def told_payment(told: Mapping[str, str]) -> PaymentState:
    """Read the trade of a genuine callback; one that tells of money given back is REFUNDED. Raises Forged."""
    if told.get("notify_type") != "trade_status_sync" or told.get("trade_status") not in _TRADE:
        raise Forged("kind")
    returned = "gmt_refund" in told or told.get("refund_fee", "0.00") != "0.00"
    paid = returned or told["trade_status"] in {"TRADE_SUCCESS", "TRADE_FINISHED"}
    at = told.get("gmt_payment") or (told.get("notify_time") if paid else None)
    return payment(told, paid_at=at, returned=returned, failure=Forged)


def payment(body: Mapping[str, Any], *, paid_at: object, returned: bool, failure: Failure) -> PaymentState:
    """Read a trade. paid_at: as written, none where it never was paid; returned: some of it went back."""
    if body.get("trans_currency", "CNY") != "CNY":
        raise failure("currency")
    number = text(body, "out_trade_no", failure=failure)
    status = _TRADE.get(str(body.get("trade_status")), PaymentStatus.UNKNOWN)
    if returned or (status is PaymentStatus.CLOSED and paid_at):
        status = PaymentStatus.REFUNDED
    if status not in {PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED}:
        return PaymentState(out_trade_no=number, status=status)
    return PaymentState(
        out_trade_no=number,
        status=status,
        amount_fen=fen(body.get("total_amount"), failure=failure),
        transaction_id=text(body, "trade_no", failure=failure),
        paid_at=moment(paid_at, failure=failure),
    )


def same(answer: Mapping[str, Any], name: str, expected: str) -> None:
    """Refuse an answer about something else than was asked for. Raises PaymentFailed."""
    if answer.get(name) != expected:
        raise unreadable(name)


def text(
    body: Mapping[str, Any], name: str, *, failure: Failure = unreadable, longest: int = _LONGEST_TEXT
) -> str:
    """Return a field that must be a text of 1 to `longest` characters."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise failure(name)
    return value


def fen(value: object, *, failure: Failure) -> int:
    """Return an amount > 0, written in yuan with two decimals, as fen."""
    if not isinstance(value, str) or not _YUAN.fullmatch(value) or not to_fen(Decimal(value)):
        raise failure("amount")
    return to_fen(Decimal(value))


def in_yuan(amount_fen: int) -> str:
    """Write an amount >= 0 as the institution reads it: yuan, two decimals, no separators."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def moment(value: object, *, failure: Failure) -> datetime:
    """Return a time that the institution wrote, as UTC."""
    try:
        return read_time(value)
    except ValueError:
        raise failure("time") from None
