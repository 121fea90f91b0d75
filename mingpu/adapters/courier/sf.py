"""SF Express (丰桥 open platform): our own client. The courier learns nothing of the goods."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

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
from mingpu.adapters.courier.reading import (
    PAGE,
    asked_number,
    open_push,
    parcel_number,
    pushed,
    statement,
    told_number,
)
from mingpu.adapters.courier.sf_wire import compact_json, digest, order_message, read_step, read_waybill

_DUPLICATE: Final = "8016"
_NO_SUCH_ORDER: Final = frozenset({"8018", "8024"})
_OFF_BEFORE: Final = frozenset({"8037", "8253"})  # called off already
_TOO_LATE: Final = frozenset({"8019", "8044", "8252"})  # confirmed or on its way
_DONE: Final = "2"  # resStatus of an order that was changed
# Platform refusals that a later try may pass: out of date, throttled, service down. From knowledge.
_PASSING: Final = frozenset({"A1002", "A1005", "A1009", "A1099"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SfConfig:
    """Our account with SF. url: of the service; push_secret: the part of our push path only SF knows.

    real_name_service: what our contract calls the reading of the taker's identity card on the certified
    device; the name here is a stand-in, since no public document was seen that gives it.
    """

    partner_id: str
    checkword: str = field(repr=False)
    push_secret: str = field(repr=False)
    monthly_card: str | None = None
    real_name_service: str = "REALNAME"
    url: str = "https://sfapi.sf-express.com/std/service"
    patience: Patience = field(default_factory=Patience)


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
        """Return the message of EXP_RECE_CREATE_ORDER; see `order_message`. Raises CourierFailed."""
        return order_message(
            request,
            monthly_card=self._config.monthly_card,
            real_name_service=self._config.real_name_service,
        )

    def book(self, request: BookingRequest) -> Waybill:
        """Order a pick-up. See `Courier.book`."""
        payload = self.payload_for(request)
        try:
            answer = self._ask("EXP_RECE_CREATE_ORDER", payload)
        except CourierFailed as failed:
            if failed.code != _DUPLICATE:
                raise
            known = self.find(request.parcel_no)  # ordered before, perhaps by a call we got no answer to
            if known is None:
                raise CourierFailed(permanent=False, code="no_waybill") from None
            return known
        if str(answer.get("filterResult")) == "3":
            raise CourierFailed(permanent=True, code="undeliverable")
        return read_waybill(answer, request.parcel_no)

    def cancel(self, waybill: Waybill) -> bool:
        """Call the pick-up off. See `Courier.cancel`.

        A number called off stays used: booking it again finds the dead waybill, so take a new parcel number.
        """
        number = {"waybillType": 1, "waybillNo": asked_number(waybill.waybill_no)}
        message = {
            "language": "zh-CN",
            "orderId": parcel_number(waybill.parcel_no),
            "dealType": 2,  # 1 confirms, 2 calls off
            "waybillNoInfoList": [number],
        }
        try:
            answer = self._ask("EXP_RECE_UPDATE_ORDER", message)
        except CourierFailed as failed:
            if failed.code in _OFF_BEFORE:
                return True
            if failed.code in _TOO_LATE:
                return False
            raise
        if str(answer.get("resStatus")) != _DONE:
            raise CourierFailed(permanent=True, code="mismatch")
        return True

    def find(self, parcel_no: str) -> Waybill | None:
        """Return the waybill of our parcel number. See `Courier.find`."""
        question = {"language": "zh-CN", "orderId": parcel_number(parcel_no), "searchType": "1"}
        try:
            return read_waybill(self._ask("EXP_RECE_SEARCH_ORDER_RESP", question), parcel_no)
        except CourierFailed as failed:
            if failed.code in _NO_SUCH_ORDER:
                return None
            raise

    def routes(self, waybill_no: str) -> list[RouteEvent]:
        """Return all steps so far, oldest first. See `Courier.routes`."""
        question = {
            "language": "0",
            "trackingType": "1",
            "trackingNumber": [asked_number(waybill_no)],
            "methodType": "1",
        }
        answer = self._ask("EXP_RECE_SEARCH_ROUTES", question)
        events: list[RouteEvent] = []
        try:
            for response in answer.get("routeResps") or []:
                if response["mailNo"] == waybill_no:
                    events += [read_step(waybill_no, one) for one in response.get("routes") or []]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CourierFailed(permanent=False, code="unreadable") from None
        return sorted(events, key=lambda event: event.at)

    def collected(self, day: date) -> list[CollectedLine]:
        """Return the courier's statement of `day`. See `Courier.collected`.

        SF settles money taken at doors under a contract whose documents were not seen; this is our reading.
        Service EXP_RECE_QUERY_COD_STATEMENT, message `{handoverDate: YYYY-MM-DD (Beijing), pageNo: 1…,
        pageSize}`, msgData `{total, codList: [{mailNo, orderId, codAmount: yuan with two decimals}]}`.
        A day that is not over may still grow.
        """

        def page(number: int) -> tuple[int, list[dict[str, Any]]]:
            question = {"handoverDate": day.isoformat(), "pageNo": number, "pageSize": PAGE}
            answer = self._ask("EXP_RECE_QUERY_COD_STATEMENT", question)
            return int(answer["total"]), list(answer["codList"])

        return statement(page, waybill="mailNo", parcel="orderId")

    def parse_push(self, headers: Mapping[str, str], path_secret: str, body: bytes) -> list[RouteEvent]:
        """Read a push. See `Courier.parse_push`."""
        message = open_push(headers, given=path_secret, secret=self._config.push_secret, body=body)
        try:
            found = message["Body"]["WaybillRoute"]
        except (KeyError, TypeError):
            raise ForgedPush("unreadable") from None
        return pushed(found, lambda one: read_step(told_number(one["mailno"]), one))

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
