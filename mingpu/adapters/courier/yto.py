"""YTO Express (圆通开放平台): our own client. The courier learns nothing of the goods."""

import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final, Self

import httpx

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.courier import (
    BookingRequest,
    CollectedLine,
    CourierFailed,
    ForgedPush,
    RouteEvent,
    Waybill,
)
from mingpu.adapters.courier.reading import PAGE, asked_number, open_push, parcel_number, pushed, statement
from mingpu.adapters.courier.yto_wire import (
    CANCEL,
    CREATE,
    FIND,
    PUSH,
    STATEMENT,
    TRACKS,
    order_message,
    read_step,
    read_waybill,
    sign,
)

# Refusals by code. None of these numbers was seen in a document; they are our reading of the platform.
_NO_SUCH_ORDER: Final = "B03"
_TOO_LATE: Final = "B04"
_OFF_BEFORE: Final = "B05"
_UNDELIVERABLE: Final = "B06"
_PASSING: Final = frozenset({"S07", "S09", "S99"})  # out of date, throttled, service down


@dataclass(frozen=True, slots=True, kw_only=True)
class YtoInterface:
    """Our credentials for one interface: the platform gives each its own."""

    app_key: str
    client_code: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class YtoConfig:
    """Our account with YTO.

    interfaces: method -> credentials, those of `yto_wire.INTERFACES`. push_secret: the part of our push path
    only YTO knows. source_address: which of our addresses calls leave from, where YTO's list of allowed ones
    names one of several.
    """

    interfaces: Mapping[str, YtoInterface]
    push_secret: str = field(repr=False)
    source_address: str | None = None
    url: str = "https://openapi.yto.net.cn/open"
    patience: Patience = field(default_factory=Patience)

    @classmethod
    def from_account(
        cls, *, interfaces: Mapping[str, Mapping[str, str]], push_secret: str, **more: Any
    ) -> Self:
        """Build it from plain data: interfaces is method -> {app_key, client_code, secret}."""
        credentials = {method: YtoInterface(**one) for method, one in interfaces.items()}
        return cls(interfaces=credentials, push_secret=push_secret, **more)


class YtoCourier:
    """`Courier` by YTO Express. Safe to share between threads; `close` when done with it.

    Parcels that we book are followed without asking for it, so nothing is ever subscribed to.
    """

    def __init__(self, config: YtoConfig, *, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._clock = clock
        patience = config.patience
        wait = httpx.Timeout(patience.read, connect=patience.connect)
        source = config.source_address
        transport = httpx.HTTPTransport(local_address=source) if source else None
        self._http = httpx.Client(timeout=wait, transport=transport)

    def close(self) -> None:
        """Drop the kept connections."""
        self._http.close()

    def payload_for(self, request: BookingRequest) -> dict[str, Any]:
        """Return the param of privacy_create_adapter; see `order_message`. Raises CourierFailed."""
        return order_message(request)

    def book(self, request: BookingRequest) -> Waybill:
        """Order a pick-up. See `Courier.book`. The courier itself answers a repeat with the earlier waybill."""
        try:
            return read_waybill(self._ask(CREATE, self.payload_for(request)), request.parcel_no)
        except CourierFailed as failed:
            if failed.code == _UNDELIVERABLE:
                raise CourierFailed(permanent=True, code="undeliverable") from None
            raise

    def cancel(self, waybill: Waybill) -> bool:
        """Call the pick-up off. See `Courier.cancel`. A number called off stays used: take a new one."""
        message = {"logisticsNo": parcel_number(waybill.parcel_no), "cancelDesc": "订单取消"}
        try:
            answer = self._ask(CANCEL, message)
        except CourierFailed as failed:
            if failed.code in {_OFF_BEFORE, _TOO_LATE}:
                return failed.code == _OFF_BEFORE
            raise
        if answer.get("logisticsNo") != waybill.parcel_no:
            raise CourierFailed(permanent=False, code="unreadable")
        return True

    def find(self, parcel_no: str) -> Waybill | None:
        """Return the waybill of our parcel number. See `Courier.find`."""
        try:
            answer = self._ask(FIND, {"logisticsNo": parcel_number(parcel_no)})
        except CourierFailed as failed:
            if failed.code == _NO_SUCH_ORDER:
                return None
            raise
        return read_waybill(answer, parcel_no)

    def routes(self, waybill_no: str) -> list[RouteEvent]:
        """Return all steps so far, oldest first. See `Courier.routes`."""
        answer = self._ask(TRACKS, {"NUMBER": asked_number(waybill_no)})
        try:
            events = [read_step(one) for one in answer["map"].get(waybill_no) or []]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CourierFailed(permanent=False, code="unreadable") from None
        return sorted((one for one in events if one.waybill_no == waybill_no), key=lambda event: event.at)

    def collected(self, day: date) -> list[CollectedLine]:
        """Return the courier's statement of `day`. See `Courier.collected`.

        YTO settles money taken at doors under a contract whose documents were not seen; this is our reading.
        Method cod_statement_adapter, param `{handoverDate: YYYY-MM-DD (Beijing), pageNo: 1…, pageSize}`,
        answer `{total, items: [{mailNo, logisticsNo, codAmount: yuan with two decimals}]}`. A day that is not
        over may still grow.
        """

        def page(number: int) -> tuple[int, list[dict[str, Any]]]:
            question = {"handoverDate": day.isoformat(), "pageNo": number, "pageSize": PAGE}
            answer = self._ask(STATEMENT, question)
            return int(answer["total"]), list(answer["items"])

        return statement(page, waybill="mailNo", parcel="logisticsNo")

    def parse_push(self, headers: Mapping[str, str], path_secret: str, body: bytes) -> list[RouteEvent]:
        """Read a push: `{timestamp, param, format, sign}`, param a JSON text `{tracks: [step]}`; our reading.

        Steps look as in the answer of track_query_adapter. See `Courier.parse_push`.
        """
        message = open_push(headers, given=path_secret, secret=self._config.push_secret, body=body)
        try:
            param, proof = message["param"], message["sign"]
            expected = sign(param, PUSH, self._config.interfaces[PUSH].secret)
            if not hmac.compare_digest(expected.encode(), proof.encode()):
                raise ForgedPush("signature")
            found = json.loads(param)["tracks"]
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise ForgedPush("unreadable") from None
        return pushed(found, read_step)

    def push_reply(self, *, ok: bool) -> tuple[str, bytes]:
        """Return content type and body of the reply to a push. See `Courier.push_reply`."""
        code, word = (0, "成功") if ok else (1, "系统异常")
        body = json.dumps({"statusCode": code, "statusMessage": word}, ensure_ascii=False)
        return "application/json; charset=utf-8", body.encode()

    def _ask(self, method: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """Call one interface, repeating it as configured; return its answer. Raises CourierFailed."""
        attempts = self._config.patience.attempts
        return trying(partial(self._once, method, message), attempts=attempts, failure=CourierFailed)

    def _once(self, method: str, message: Mapping[str, Any]) -> dict[str, Any]:
        ours = self._config.interfaces.get(method)
        if ours is None:
            raise CourierFailed(permanent=True, code="no_credentials")
        param = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        body = {
            "timestamp": str(int(self._clock() * 1000)),
            "param": param,
            "format": "JSON",
            "sign": sign(param, method, ours.secret),
        }
        address = f"{self._config.url}/{method}/v1/{ours.app_key}/{ours.client_code}"
        try:
            response = self._http.post(address, json=body)
        except httpx.HTTPError:
            raise CourierFailed(permanent=False, code="unanswered") from None
        if response.status_code != httpx.codes.OK:
            status = response.status_code
            raise CourierFailed(permanent=not worth_another_try(status), code=f"http_{status}")
        return _read_answer(response)


def _read_answer(response: httpx.Response) -> dict[str, Any]:
    """Return a good answer. Raises CourierFailed, with the courier's code where it refuses."""
    try:
        answer = response.json()
    except ValueError:
        raise CourierFailed(permanent=False, code="unreadable") from None
    if not isinstance(answer, dict):
        raise CourierFailed(permanent=False, code="unreadable")
    if answer.get("success") in (False, "false"):
        code = str(answer.get("code") or "refused")[:32]
        raise CourierFailed(permanent=code not in _PASSING, code=code)
    return answer
