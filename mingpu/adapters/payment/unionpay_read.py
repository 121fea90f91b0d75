"""UnionPay's fields as our values: codes, amounts and times. Trust is settled before anything is read here."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Final
from urllib.parse import parse_qsl

from mingpu.adapters.payment import (
    Forged,
    PaymentFailed,
    PaymentState,
    PaymentStatus,
    RefundState,
    RefundStatus,
)

CHINA: Final = timezone(timedelta(hours=8))  # the protocol's times carry no zone
YUAN: Final = "156"
DONE: Final = frozenset({"00", "A6"})
PENDING: Final = frozenset({"03", "04", "05"})
_PASSING: Final = frozenset({"02", "06", "37", "64"})  # closed for a while, busy, asked too often, no funds
_MEANING: Final = {"64": "not_enough"} | dict.fromkeys(PENDING, "unanswered")
_PAYMENT: Final = {"42": PaymentStatus.CLOSED} | dict.fromkeys(PENDING, PaymentStatus.PAYING)  # 42: too late
_REFUND: Final = {
    **dict.fromkeys(PENDING, RefundStatus.PROCESSING),
    **dict.fromkeys(("61", "73"), RefundStatus.ABNORMAL),  # the card is not valid (any more)
}
_LONGEST_TEXT: Final = 2048
_MOST_FIELDS: Final = 100
_AMOUNT: Final = re.compile(r"[1-9][0-9]{0,11}")
_TIME: Final = re.compile(r"[0-9]{14}")
_TRACE_TIME: Final = re.compile(r"[0-9]{10}")

Failure = Callable[[str], PaymentFailed]


def refused(code: str) -> PaymentFailed:
    """Make the failure for a respCode that is not a success; pending ones mean that nothing is known."""
    passing = code in _PASSING or code in PENDING
    return PaymentFailed(permanent=not passing, code=_MEANING.get(code, code))


def unreadable(code: str) -> PaymentFailed:
    """Make the failure for an answer of the institution that does not say what was asked."""
    return PaymentFailed(permanent=False, code=f"unreadable_{code}")


def china_time(moment: datetime) -> str:
    """Write an aware time as the protocol does: yyyyMMddHHmmss, Beijing. Raises PaymentFailed."""
    if moment.tzinfo is None:
        raise PaymentFailed(permanent=True, code="bad_request")
    return moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


def form(body: bytes) -> dict[str, str]:
    """Read the body of a form post. Raises Forged for anything else, and for a name that comes twice."""
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
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Forged("unreadable")
    return fields


def payment_of(fields: Mapping[str, str], *, code: str, failure: Failure) -> PaymentState:
    """Read a payment whose outcome is `code`; once paid, it must be in yuan. Raises what `failure` makes."""
    number = text(fields, "orderId", failure=failure)
    if code not in DONE:
        return PaymentState(out_trade_no=number, status=_PAYMENT.get(code, PaymentStatus.FAILED))
    return PaymentState(
        out_trade_no=number,
        status=PaymentStatus.SUCCEEDED,
        amount_fen=_fen(fields, failure=failure),
        transaction_id=text(fields, "queryId", failure=failure),
        paid_at=booked_at(fields, failure=failure),
    )


def refund_of(
    fields: Mapping[str, str], *, code: str, failure: Failure, trade: str = "", total: int | None = None
) -> RefundState:
    """Read a refund whose outcome is `code`; trade, total: of its payment, which the fields do not name."""
    number = text(fields, "orderId", failure=failure)
    if code not in DONE:
        return RefundState(
            out_trade_no=trade,
            out_refund_no=number,
            status=_REFUND.get(code, RefundStatus.CLOSED),
            refund_id=fields.get("queryId") or None,
            total_fen=total,
        )
    return RefundState(
        out_trade_no=trade,
        out_refund_no=number,
        status=RefundStatus.SUCCEEDED,
        refund_id=text(fields, "queryId", failure=failure),
        amount_fen=_fen(fields, failure=failure),
        total_fen=total,
        settled_at=booked_at(fields, failure=failure),
    )


def text(fields: Mapping[str, str], name: str, *, failure: Failure) -> str:
    """Return a field that must be there and not be empty."""
    value = fields.get(name, "")
    if not 0 < len(value) <= _LONGEST_TEXT:
        raise failure(name)
    return value


def booked_at(fields: Mapping[str, str], *, failure: Failure) -> datetime:
    """Return when the institution booked it: traceTime, MMddHHmmss, in the year that follows txnTime."""
    asked, traced = fields.get("txnTime", ""), fields.get("traceTime", "")
    if not _TIME.fullmatch(asked) or not _TRACE_TIME.fullmatch(traced):
        raise failure("time")
    for year in (int(asked[:4]), int(asked[:4]) + 1):
        try:
            start = datetime.strptime(asked, "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
            moment = datetime.strptime(f"{year:04d}{traced}", "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
        except ValueError:
            continue  # no such day in that year, or at all
        if moment >= start - timedelta(days=1):  # their clock need not be ours
            return moment
    raise failure("time")


def _fen(fields: Mapping[str, str], *, failure: Failure) -> int:
    """Return txnAmt, which must be a positive whole number of fen, in yuan."""
    if fields.get("currencyCode") != YUAN:
        raise failure("currency")
    if not _AMOUNT.fullmatch(fields.get("txnAmt", "")):
        raise failure("amount")
    return int(fields["txnAmt"])
