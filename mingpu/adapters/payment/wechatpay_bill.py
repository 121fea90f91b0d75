"""WeChat Pay's bill of a day: a table as text, amounts in yuan, each value behind a back-tick."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from mingpu.adapters.payment import BillKind, BillLine, PaymentFailed

_CHINA: Final = timezone(timedelta(hours=8))
_READY: Final = time(10, tzinfo=_CHINA)  # of the next day: when a bill that is not there will never be
_YUAN: Final = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?")
_GONE: Final = frozenset({"CLOSED", "FAIL"})  # refunds that were booked back
_SUMMARY: Final = "总交易单数"


def may_still_come(day: date, now: datetime) -> bool:
    """Tell whether a bill that the institution does not have may yet be made. now: aware."""
    return now < datetime.combine(day + timedelta(days=1), _READY)


def check_hash(file: bytes, answer: Mapping[str, object]) -> None:
    """Hold a downloaded file against the checksum of the signed answer. Raises PaymentFailed."""
    found = hashlib.sha1(file, usedforsecurity=False).hexdigest()
    if answer.get("hash_type") != "SHA1" or str(answer.get("hash_value")).lower() != found:
        raise _unreadable("hash")


def read(file: bytes, mchid: str) -> list[BillLine]:
    """Read a bill of type ALL that must be ours and complete. Raises PaymentFailed.

    Names of goods may hold commas, never a comma and a back-tick; columns are found by their names.
    """
    try:
        lines = file.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise _unreadable("bill") from None
    places = [number for number, line in enumerate(lines) if line.startswith(_SUMMARY)]
    if len(places) != 1 or len(lines) <= places[0] + 1:
        raise _unreadable("bill")
    end = places[0]
    rows = [_row(lines[0], line) for line in lines[1:end] if line]
    _check_sums(_row(lines[end], lines[end + 1]), rows)
    found = [_line(row, mchid) for row in rows]
    return [line for line in found if line is not None]


def _row(names: str, line: str) -> dict[str, str]:
    """Return a line's values by name."""
    head, values = names.split(","), line.removeprefix("`").split(",`")
    if not line.startswith("`") or len(head) != len(values):
        raise _unreadable("bill")
    return dict(zip((name.strip() for name in head), (value.strip() for value in values), strict=True))


def _line(row: Mapping[str, str], mchid: str) -> BillLine | None:
    """Return a movement; None for a refund that came to nothing."""
    if row.get("商户号") != mchid or row.get("货币种类") != "CNY":
        raise _unreadable("merchant")
    match row.get("交易状态"):
        case "SUCCESS":
            number, theirs, amount = row.get("商户订单号"), row.get("微信订单号"), row.get("订单金额")
            kind = BillKind.CHARGE
        case "REFUND":
            if row.get("退款状态") in _GONE:
                return None
            number, theirs, amount = row.get("商户退款单号"), row.get("微信退款单号"), row.get("申请退款金额")
            kind = BillKind.REFUND
        case _:
            raise _unreadable("state")
    fen = _fen(amount)
    if not number or not theirs or not fen:
        raise _unreadable("bill")
    return BillLine(kind=kind, number=number, provider_txn=theirs, amount_fen=fen)


def _check_sums(summary: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> None:
    """Compare with the bill's own last line: a table cut short must not pass for a quiet day."""
    sums = {"订单总金额": "订单金额", "申请退款总金额": "申请退款金额"}
    right = summary.get(_SUMMARY) == str(len(rows))
    for total, column in sums.items():
        right = right and _fen(summary.get(total)) == sum(_fen(row.get(column)) for row in rows)
    if not right:
        raise _unreadable("sums")


def _fen(text: str | None) -> int:
    """Return yuan with up to two decimals as fen."""
    match = _YUAN.fullmatch(text or "")
    if not match:
        raise _unreadable("amount")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _unreadable(what: str) -> PaymentFailed:
    return PaymentFailed(permanent=False, code=f"unreadable_{what}")
