"""SF Express (丰桥 open platform): our own client. The courier learns nothing of the goods."""

import base64
import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any, Final
from urllib.parse import quote_plus

import httpx

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.courier import (
    BookingRequest,
    Contact,
    CourierFailed,
    ForgedPush,
    RouteEvent,
    RouteStatus,
    Waybill,
)

CARGO: Final = "日用品"  # mandatory field; the same for every parcel, so that it says nothing of the goods
_CHINA: Final = timezone(timedelta(hours=8))  # the courier's times carry no zone
_ORDER_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_WAYBILL_NUMBER: Final = re.compile(r"[0-9A-Za-z]{6,32}")
_LARGEST_PUSH: Final = 256 * 1024
_MOST_EVENTS: Final = 100  # the courier promises at most ten in a push
_DUPLICATE: Final = "8016"
_NO_SUCH_ORDER: Final = frozenset({"8018", "8024"})  # from knowledge
# Platform refusals that a later try may pass: out of date, throttled, service down. From knowledge.
_PASSING: Final = frozenset({"A1002", "A1005", "A1009", "A1099"})

# 50 and 80 are named in documents seen; the others are from knowledge of the platform and not verified.
OPERATIONS: Final = {
    "50": RouteStatus.PICKED_UP,
    "54": RouteStatus.PICKED_UP,
    "30": RouteStatus.IN_TRANSIT,
    "31": RouteStatus.IN_TRANSIT,
    "36": RouteStatus.IN_TRANSIT,
    "44": RouteStatus.OUT_FOR_DELIVERY,
    "80": RouteStatus.SIGNED,
    "8000": RouteStatus.SIGNED,
    "33": RouteStatus.EXCEPTION,
    "70": RouteStatus.EXCEPTION,
    "99": RouteStatus.RETURNING,
    "648": RouteStatus.RETURNING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SfConfig:
    """Our account with SF. url: of the service; push_secret: the part of our push path only SF knows."""

    partner_id: str
    checkword: str = field(repr=False)
    push_secret: str = field(repr=False)
    monthly_card: str | None = None
    url: str = "https://sfapi.sf-express.com/std/service"
    patience: Patience = field(default_factory=Patience)


def compact_json(message: object) -> str:
    """Write JSON in ASCII without `*` and `~`.

    Java's URL encoding, which the digest is defined by, treats just these two differently from Python's.
    """
    text = json.dumps(message, ensure_ascii=True, separators=(",", ":"))
    return text.replace("*", "\\u002a").replace("~", "\\u007e")


def digest(message: str, timestamp: str, checkword: str) -> str:
    """Return msgDigest: Base64(MD5(urlencode(message + timestamp + checkword)))."""
    encoded = quote_plus(message + timestamp + checkword, safe="*").replace("~", "%7E")  # as Java does it
    return base64.b64encode(hashlib.md5(encoded.encode(), usedforsecurity=False).digest()).decode()


class SfCourier:
    """`Courier` by SF Express. Safe to share between threads; `close` when done with it."""

    def __init__(self, config: SfConfig, *, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._clock = clock
        patience = config.patience
        self._http = httpx.Client(timeout=httpx.Timeout(patience.read, connect=patience.connect))

    def close(self) -> None:
        """Drop the kept connections."""
        self._http.close()

    def payload_for(self, request: BookingRequest) -> dict[str, Any]:
        """Return the message of EXP_RECE_CREATE_ORDER: names, phones, addresses; a constant as the cargo.

        Raises CourierFailed, permanent, for an order number the courier cannot take.
        """
        if not _ORDER_NUMBER.fullmatch(request.order_no):
            raise CourierFailed(permanent=True, code="bad_request")
        message: dict[str, Any] = {
            "language": "zh-CN",
            "orderId": request.order_no,
            "cargoDetails": [{"name": CARGO}],
            "contactInfoList": [_contact(1, request.sender), _contact(2, request.consignee)],
            "payMethod": 1,  # the sender pays
            "expressTypeId": 2,  # 标快; from knowledge
            "isReturnRoutelabel": 0,  # no label: it would hold the consignee's data once more
        }
        if self._config.monthly_card:
            message["monthlyCard"] = self._config.monthly_card
        return message

    def book(self, request: BookingRequest) -> Waybill:
        """Order a pick-up. See `Courier.book`."""
        payload = self.payload_for(request)
        try:
            answer = self._ask("EXP_RECE_CREATE_ORDER", payload)
        except CourierFailed as failed:
            if failed.code != _DUPLICATE:
                raise
            known = self.find(request.order_no)  # ordered before, perhaps by a call we got no answer to
            if known is None:
                raise CourierFailed(permanent=False, code="no_waybill") from None
            return known
        if str(answer.get("filterResult")) == "3":
            raise CourierFailed(permanent=True, code="undeliverable")
        return _waybill(answer, request.order_no)

    def find(self, order_no: str) -> Waybill | None:
        """Return the waybill of our order number. See `Courier.find`."""
        if not _ORDER_NUMBER.fullmatch(order_no):
            raise CourierFailed(permanent=True, code="bad_request")
        question = {"language": "zh-CN", "orderId": order_no, "searchType": "1"}
        try:
            return _waybill(self._ask("EXP_RECE_SEARCH_ORDER_RESP", question), order_no)
        except CourierFailed as failed:
            if failed.code in _NO_SUCH_ORDER:
                return None
            raise

    def routes(self, waybill_no: str) -> list[RouteEvent]:
        """Return all steps so far, oldest first. See `Courier.routes`."""
        if not _WAYBILL_NUMBER.fullmatch(waybill_no):
            raise CourierFailed(permanent=True, code="bad_request")
        question = {
            "language": "0",
            "trackingType": "1",
            "trackingNumber": [waybill_no],
            "methodType": "1",
        }
        answer = self._ask("EXP_RECE_SEARCH_ROUTES", question)
        events: list[RouteEvent] = []
        try:
            for response in answer.get("routeResps") or []:
                if response["mailNo"] == waybill_no:
                    events += [_event(waybill_no, one) for one in response.get("routes") or []]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CourierFailed(permanent=False, code="unreadable") from None
        return sorted(events, key=lambda event: event.at)

    def parse_push(self, headers: Mapping[str, str], path_secret: str, body: bytes) -> list[RouteEvent]:
        """Read a push. See `Courier.parse_push`."""
        if not hmac.compare_digest(path_secret.encode(), self._config.push_secret.encode()):
            raise ForgedPush("path")
        kind = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
        if kind.partition(";")[0].strip().lower() != "application/json":
            raise ForgedPush("content_type")
        if len(body) > _LARGEST_PUSH:
            raise ForgedPush("too_large")
        try:
            found = json.loads(body.decode())["Body"]["WaybillRoute"]
            if not isinstance(found, list) or len(found) > _MOST_EVENTS:
                raise ForgedPush("unreadable")
            return [_event(_number(one["mailno"]), one) for one in found]
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise ForgedPush("unreadable") from None

    def push_reply(self, *, ok: bool) -> tuple[str, bytes]:
        """Return content type and body of the reply to a push. See `Courier.push_reply`."""
        code, word = ("0000", "成功") if ok else ("1000", "系统异常")
        return "application/json; charset=utf-8", json.dumps(
            {"return_code": code, "return_msg": word}, ensure_ascii=False
        ).encode()

    def _ask(self, service: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """Call one service, repeating it as configured; return its msgData. Raises CourierFailed."""
        attempts = self._config.patience.attempts
        return trying(partial(self._once, service, message), attempts=attempts, failure=CourierFailed)

    def _once(self, service: str, message: Mapping[str, Any]) -> dict[str, Any]:
        data = compact_json(message)
        timestamp = str(int(self._clock() * 1000))
        form = {
            "partnerID": self._config.partner_id,
            "requestID": str(uuid.uuid4()),  # a new one each try: the platform refuses a used one
            "serviceCode": service,
            "timestamp": timestamp,
            "msgDigest": digest(data, timestamp, self._config.checkword),
            "msgData": data,
        }
        try:
            response = self._http.post(self._config.url, data=form)
        except httpx.HTTPError:
            raise CourierFailed(permanent=False, code="unanswered") from None
        if response.status_code != httpx.codes.OK:
            status = response.status_code
            raise CourierFailed(permanent=not worth_another_try(status), code=f"http_{status}")
        return _read_answer(response)


def _read_answer(response: httpx.Response) -> dict[str, Any]:
    """Return msgData of a good answer. Raises CourierFailed."""
    try:
        outer = response.json()
        code = str(outer["apiResultCode"])
        if code != "A1000":
            raise CourierFailed(permanent=code not in _PASSING, code=code)
        inner = json.loads(outer["apiResultData"])  # a JSON text inside the JSON
        if not inner["success"] or inner["errorCode"] != "S0000":
            raise CourierFailed(permanent=True, code=str(inner["errorCode"]))
        data = inner["msgData"]
    except (KeyError, TypeError, ValueError):
        raise CourierFailed(permanent=False, code="unreadable") from None
    if not isinstance(data, dict):
        raise CourierFailed(permanent=False, code="unreadable")
    return data


def _contact(kind: int, contact: Contact) -> dict[str, Any]:
    """Write a contact: kind 1 sends, 2 receives."""
    fields: dict[str, Any] = {
        "contactType": kind,
        "contact": contact.name,
        "mobile": contact.phone,
        "country": "CN",
        "province": contact.province,
        "city": contact.city,
        "county": contact.district,
        "address": contact.street,
    }
    if contact.landline:
        fields["tel"] = contact.landline
    return fields


def _waybill(answer: Mapping[str, Any], order_no: str) -> Waybill:
    """Read the parent waybill (type 1) of an order. Raises CourierFailed."""
    try:
        for one in answer.get("waybillNoInfoList") or []:
            if str(one["waybillType"]) == "1" and answer.get("orderId") == order_no:
                return Waybill(waybill_no=_number(one["waybillNo"]), order_no=order_no)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise CourierFailed(permanent=False, code="unreadable") from None
    raise CourierFailed(permanent=False, code="no_waybill")


def _number(value: object) -> str:
    """Return a waybill number. Raises ValueError."""
    if not isinstance(value, str) or not _WAYBILL_NUMBER.fullmatch(value):
        raise ValueError("waybill number")
    return value


def _event(waybill_no: str, route: Mapping[str, Any]) -> RouteEvent:
    """Read one step. Raises KeyError, TypeError or ValueError.

    Pushes number their steps, answers do not; so both are named by what happened, when and where.
    """
    at = datetime.strptime(route["acceptTime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA)
    place = str(route.get("acceptAddress") or "")[:200]
    code = str(route["opCode"])[:16]
    name = "\n".join((waybill_no, route["acceptTime"], place, code))
    return RouteEvent(
        event_id=hashlib.sha256(name.encode()).hexdigest()[:32],
        waybill_no=waybill_no,
        at=at.astimezone(UTC),
        place=place,
        op_code=code,
        status=OPERATIONS.get(code, RouteStatus.OTHER),
    )
