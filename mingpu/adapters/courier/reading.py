"""What the clients of all couriers read and write alike: amounts, times, and what a step may carry."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from mingpu.adapters.courier import CollectedLine, CourierFailed, ForgedPush, RouteEvent, RouteStatus

CHINA: Final = timezone(timedelta(hours=8))  # the couriers' times carry no zone
PAGE: Final = 100  # lines of a statement in one answer
_PARCEL_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_WAYBILL_NUMBER: Final = re.compile(r"[0-9A-Za-z]{6,32}")
_YUAN: Final = re.compile(r"([0-9]{1,9})\.([0-9]{2})")
_PICKUP_CODE: Final = re.compile(r"[0-9A-Za-z-]{1,16}")
_RECEIPT: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_MOST_PAGES: Final = 1000
_LARGEST_PUSH: Final = 256 * 1024
_MOST_EVENTS: Final = 100  # the couriers promise at most ten in a push
# A parcel that could not be handed over is told by one operation; only the words say what became of it.
_WORDS: Final = (
    ("拒收", RouteStatus.REFUSED),
    ("遗失", RouteStatus.LOST),
    ("丢失", RouteStatus.LOST),
)


def yuan_of(fen: int) -> str:
    """Write an amount as the couriers want it: 1234 -> `12.34`. Raises CourierFailed for none."""
    if fen <= 0:
        raise CourierFailed(permanent=True, code="bad_request")
    return f"{fen // 100}.{fen % 100:02d}"


def fen_of(text: object) -> int:
    """Read an amount in yuan with two decimals. Raises ValueError for anything else."""
    found = _YUAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("amount")
    return int(found[1]) * 100 + int(found[2])


def parcel_number(value: str) -> str:
    """Return our own number. Raises CourierFailed for one that no courier takes."""
    if not _PARCEL_NUMBER.fullmatch(value):
        raise CourierFailed(permanent=True, code="bad_request")
    return value


def asked_number(value: str) -> str:
    """Return a waybill number we ask about. Raises CourierFailed."""
    if not _WAYBILL_NUMBER.fullmatch(value):
        raise CourierFailed(permanent=True, code="bad_request")
    return value


def told_number(value: object) -> str:
    """Return a waybill number we are told. Raises ValueError."""
    if not isinstance(value, str) or not _WAYBILL_NUMBER.fullmatch(value):
        raise ValueError("waybill number")
    return value


def moment(text: str) -> datetime:
    """Read a courier's time, Beijing's, as UTC. Raises ValueError or TypeError."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)


def meaning(status: RouteStatus, *words: object) -> RouteStatus:
    """Return what a step means, given the remark or reason told with it, which is then forgotten."""
    if status is RouteStatus.EXCEPTION:
        for word, means in _WORDS:
            if any(isinstance(one, str) and word in one for one in words):
                return means
    return status


def open_push(headers: Mapping[str, str], *, given: str, secret: str, body: bytes) -> dict[str, Any]:
    """Return the JSON object of a push that came by our secret path. Raises ForgedPush.

    given: the secret part of the path it came by; secret: what that part is.
    """
    if not hmac.compare_digest(given.encode(), secret.encode()):
        raise ForgedPush("path")
    kind = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != "application/json":
        raise ForgedPush("content_type")
    if len(body) > _LARGEST_PUSH:
        raise ForgedPush("too_large")
    try:
        found = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise ForgedPush("unreadable") from None
    if not isinstance(found, dict):
        raise ForgedPush("unreadable")
    return found


def pushed(found: object, read: Callable[[Any], RouteEvent]) -> list[RouteEvent]:
    """Read the steps of a push. Raises ForgedPush for anything but a list of some, each as it should be."""
    if not isinstance(found, list) or len(found) > _MOST_EVENTS:
        raise ForgedPush("unreadable")
    try:
        return [read(one) for one in found]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ForgedPush("unreadable") from None


def step_of(
    waybill_no: str, told: Mapping[str, Any], *, at: str, place: str, code: str, status: RouteStatus
) -> RouteEvent:
    """Make a step; `told` is what the courier said of it. Raises TypeError or ValueError.

    Pushes number their steps, answers do not; so both are named by what happened, when and where.
    """
    more = extras(told)
    told_apart = (str(more.get("cod_fen", "")), more.get("device_receipt", ""))  # two of one second
    facts = "\n".join((waybill_no, at, place, code, status.value, *told_apart))
    return RouteEvent(
        event_id=hashlib.sha256(facts.encode()).hexdigest()[:32],
        waybill_no=waybill_no,
        at=moment(at),
        place=place,
        op_code=code,
        status=status,
        **more,
    )


def extras(step: Mapping[str, Any]) -> dict[str, Any]:
    """Read what a step may carry besides time and place, for `RouteEvent`. Raises ValueError.

    codAmount: yuan taken at the door; pickupCode; realNameResult: `1` or `0`, with deviceReceipt, the number
    under which the certified device keeps its check. These names are our reading of contracts not seen.
    Nothing else of an identity card is looked at, should it be sent.
    """
    found: dict[str, Any] = {}
    if step.get("codAmount") is not None:
        found["cod_fen"] = fen_of(step["codAmount"])
    if step.get("pickupCode"):
        found["pickup_code"] = _matching(_PICKUP_CODE, step["pickupCode"])
    if step.get("realNameResult") is not None:
        found["real_name"] = {"1": True, "0": False}[_matching(re.compile("[01]"), step["realNameResult"])]
        if step.get("deviceReceipt"):
            found["device_receipt"] = _matching(_RECEIPT, step["deviceReceipt"])
    return found


def _matching(shape: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise ValueError(shape.pattern)
    return value


def statement(
    page: Callable[[int], tuple[int, Sequence[Mapping[str, Any]]]], *, waybill: str, parcel: str
) -> list[CollectedLine]:
    """Read a day's statement page by page.

    page: number from 1 -> (lines in all, lines of this page); waybill, parcel: the names of the numbers in
    a line, whose amount is `codAmount`. Raises CourierFailed, `unreadable` when the pages do not add up.
    """
    lines: list[CollectedLine] = []
    for number in range(1, _MOST_PAGES + 1):
        try:
            total, found = page(number)
            lines += [
                CollectedLine(
                    waybill_no=told_number(one[waybill]),
                    parcel_no=str(one[parcel])[:64],
                    amount_fen=fen_of(one["codAmount"]),
                )
                for one in found
            ]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CourierFailed(permanent=False, code="unreadable") from None
        if len(lines) == total:
            return lines
        if not found or len(lines) > total:
            break
    raise CourierFailed(permanent=False, code="unreadable")
