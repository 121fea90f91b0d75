"""SF Express: its order service, and the route events it pushes."""

import base64
import hashlib
import json
import secrets
import sqlite3
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import parse_qs, quote_plus, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.postman import Envelope
from mingpu.adapters.counterparts.world import World

PARTY: Final = "sf"
CHINA: Final = timezone(timedelta(hours=8))
SENDER, RECEIVER = 1, 2  # contactType
_WINDOW: Final = 600  # seconds a request stays valid; from knowledge
_LONGEST_CODE: Final = 5

# What a courier's machine writes beside an operation; places are ours. opCode -> (place, remark).
STEPS: Final = {
    "50": ("深圳南山营业点", "顺丰速运 已收取快件"),
    "30": ("深圳中转场", "快件在【深圳中转场】完成分拣，准备发往下一站"),
    "36": ("深圳中转场", "快件已发车"),
    "31": ("目的地中转场", "快件到达【目的地中转场】"),
    "44": ("目的地营业点", "快件正在派送途中，请您准备签收"),
    "80": ("目的地", "已签收，感谢使用顺丰"),
    "70": ("目的地", "派送不成功，等待再次派送"),
    "33": ("目的地营业点", "派件异常，正在处理"),
    "99": ("目的地营业点", "应客户要求，快件正在转寄或退回"),
    "648": ("目的地营业点", "快件退回中"),
}


class Refused(Exception):
    """The service refuses: business error code and message."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


class Sf:
    """The courier: takes orders, tells routes, pushes them."""

    name = PARTY
    batch = 10
    # That it sends again until it reads 0000 is documented; how often and when is our assumption.
    waits: Sequence[float] = (60, 120, 300, 600, 1800, 3600, 7200, 14400)

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys = world.config.keys.sf
        world.postman.serve(self)

    async def service(self, request: Request) -> Response:
        """POST /std/service, a form."""

        async def answer(body: bytes, _: Fault | None) -> Response:
            return JSONResponse(self._answer(body))

        def broken() -> Response:
            return Response("Internal Server Error", 500, media_type="text/plain")

        return await self._world.receive(PARTY, request, answer, broken=broken)

    def _answer(self, body: bytes) -> dict[str, Any]:
        """Return the outer answer; business data goes into it as a JSON text."""
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        platform = self._check(form)
        if platform:
            return _outer(*platform)
        acts = {
            "EXP_RECE_CREATE_ORDER": self._create,
            "EXP_RECE_SEARCH_ORDER_RESP": self._search_order,
            "EXP_RECE_SEARCH_ROUTES": self._search_routes,
        }
        act = acts.get(form["serviceCode"])
        if act is None:
            return _outer("A1004", "无对应服务权限")
        try:
            return _inner("S0000", None, act(_message(form["msgData"])))
        except Refused as refused:
            return _inner(refused.code, refused.message, None)

    def _check(self, form: dict[str, str]) -> tuple[str, str] | None:
        """Return the platform's refusal of a call that is not our client's, None when it is."""
        needed = ("partnerID", "requestID", "serviceCode", "timestamp", "msgDigest", "msgData")
        if any(not form.get(name) for name in needed):
            return "A1001", "必传参数不可为空"
        if form["partnerID"] != self._keys.partner_id:
            return "A1004", "无对应服务权限"
        text = form["msgData"] + form["timestamp"] + self._keys.checkword
        encoded = quote_plus(text, safe="*").replace("~", "%7E")  # as Java's URLEncoder
        proof = base64.b64encode(hashlib.md5(encoded.encode(), usedforsecurity=False).digest()).decode()
        if not secrets.compare_digest(proof, form["msgDigest"]):
            return "A1006", "数字签名无效"
        stamp = form["timestamp"]
        seconds = int(stamp) / (1000 if len(stamp) > 11 else 1) if stamp.isdigit() else 0  # noqa: PLR2004
        if abs(time.time() - seconds) > _WINDOW:
            return "A1002", "请求时效已过期"
        if not self._world.store.fresh(PARTY, form["requestID"]):
            return "A1007", "请求不可重复"
        return None

    def _create(self, message: dict[str, Any]) -> dict[str, Any]:
        """Take an order; refuses one taken before with 8016."""
        order_no = _text(message, "orderId")
        cargo, contacts = message.get("cargoDetails"), message.get("contactInfoList")
        if not isinstance(cargo, list) or not cargo or not all(_text(one, "name") for one in cargo):
            raise Refused("S0002", "必填参数cargoDetails为空")
        if not isinstance(contacts, list):
            raise Refused("S0002", "必填参数contactInfoList为空")
        for kind in (SENDER, RECEIVER):
            contact = next((one for one in contacts if _is_contact(one, kind)), None)
            if contact is None:
                raise Refused("S0002", "必填参数contactInfoList为空")
            for name in ("contact", "province", "city", "address"):
                _text(contact, name)
            if not contact.get("mobile") and not contact.get("tel"):
                raise Refused("S0002", "必填参数mobile为空")
        if self._order(order_no):
            raise Refused("8016", "重复下单")
        number = f"SF{secrets.randbelow(10**13):013d}"
        self._world.store.run(
            "INSERT INTO waybill VALUES (?, ?, ?, ?)",
            number,
            order_no,
            json.dumps(message, ensure_ascii=False),
            time.time(),
        )
        return _order_view(order_no, number)

    def _search_order(self, message: dict[str, Any]) -> dict[str, Any]:
        order_no = _text(message, "orderId")
        row = self._order(order_no)
        if row is None:
            raise Refused("8018", "未获取到订单信息")
        return _order_view(order_no, row["waybill_no"])

    def _search_routes(self, message: dict[str, Any]) -> dict[str, Any]:
        numbers = message.get("trackingNumber")
        if not isinstance(numbers, list) or not numbers:
            raise Refused("S0002", "必填参数trackingNumber为空")
        responses = []
        for number in numbers:
            rows = self._world.store.all("SELECT * FROM route WHERE waybill_no = ? ORDER BY at, id", number)
            routes = [
                {
                    "acceptTime": row["at"],
                    "acceptAddress": row["place"],
                    "opCode": row["op_code"],
                    "remark": row["remark"],
                }
                for row in rows
            ]
            responses.append({"mailNo": number, "routes": routes})
        return {"routeResps": responses}

    def push(
        self, waybill_no: str, op_code: str, place: str = "", at: datetime | None = None
    ) -> dict[str, Any]:
        """Something happened to a parcel; a push follows. Return the route as pushed.

        at: now by default, aware. Raises Refused for an unknown waybill or a malformed code.
        """
        row = self._world.store.one("SELECT * FROM waybill WHERE waybill_no = ?", waybill_no)
        if row is None:
            raise Refused("8018", "未获取到订单信息")
        if not op_code.isdigit() or len(op_code) > _LONGEST_CODE:
            raise Refused("S0002", "opCode")
        usual, remark = STEPS.get(op_code, ("", ""))
        when = (at or datetime.now(CHINA)).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
        where = place or usual
        with self._world.store.together():
            number = self._world.store.add(
                "INSERT INTO route (waybill_no, at, place, op_code, remark) VALUES (?, ?, ?, ?, ?)",
                waybill_no,
                when,
                where,
                op_code,
                remark,
            )
            route = {
                "id": f"{int(time.time() * 1000)}{number:06d}",
                "mailno": waybill_no,
                "orderid": row["order_no"],
                "acceptTime": when,
                "acceptAddress": where,
                "opCode": op_code,
                "remark": remark,
                "reasonCode": "",
                "reasonName": "",
            }
            self._world.postman.post(PARTY, "", route)
        return route

    def compose(self, letters: Sequence[dict[str, Any]], url: str, lie: Fault | None) -> Envelope:
        """Write one push of up to ten routes; see `postman.Sender`."""
        url = self._world.config.sf_push_url
        routes = [dict(one) for one in letters]
        if lie and lie.turn % 2 == 0:  # the right path, but a delivery that never happened
            routes = [
                one | {"opCode": "80", "id": "9" + one["id"], "acceptAddress": "他处"} for one in routes
            ]
        elif lie:  # the true routes, from someone who does not know the path
            parts = urlsplit(url)
            path = parts.path.replace(self._keys.push_secret, secrets.token_urlsafe(24))
            url = urlunsplit(parts._replace(path=path))
        body = json.dumps({"Body": {"WaybillRoute": routes}}, ensure_ascii=False).encode()
        return Envelope(url=url, headers={"Content-Type": "application/json;charset=UTF-8"}, body=body)

    def taken(self, status: int, body: bytes) -> bool:
        """Tell whether the receiver said 0000; anything else is sent again."""
        try:
            return status == 200 and json.loads(body)["return_code"] == "0000"  # noqa: PLR2004
        except (ValueError, KeyError, TypeError):
            return False

    def waybills(self) -> list[sqlite3.Row]:
        """Return the latest waybills, newest first."""
        return self._world.store.all("SELECT * FROM waybill ORDER BY at DESC, rowid DESC LIMIT 200")

    def routes(self, waybill_no: str) -> list[sqlite3.Row]:
        """Return what happened to one parcel, oldest first."""
        return self._world.store.all("SELECT * FROM route WHERE waybill_no = ? ORDER BY id", waybill_no)

    def _order(self, order_no: str) -> sqlite3.Row | None:
        return self._world.store.one("SELECT * FROM waybill WHERE order_no = ?", order_no)


def _message(text: str) -> dict[str, Any]:
    """Read msgData. Raises Refused."""
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise Refused("S0001", "非法的JSON格式")
    return message


def _is_contact(one: object, kind: int) -> bool:
    return isinstance(one, dict) and one.get("contactType") == kind


def _text(message: object, name: str) -> str:
    value = message.get(name) if isinstance(message, dict) else None
    if not isinstance(value, str) or not value:
        raise Refused("S0002", f"必填参数{name}为空")
    return value


def _order_view(order_no: str, waybill_no: str) -> dict[str, Any]:
    return {
        "orderId": order_no,
        "originCode": "755",
        "destCode": "010",
        "filterResult": 2,
        "remark": "",
        "waybillNoInfoList": [{"waybillType": 1, "waybillNo": waybill_no}],
    }


def _outer(code: str, message: str, data: str = "") -> dict[str, Any]:
    identity = uuid.uuid4().hex.upper()
    return {
        "apiErrorMsg": message,
        "apiResponseID": identity,
        "apiResultCode": code,
        "apiResultData": data,
    }


def _inner(code: str, message: str | None, data: dict[str, Any] | None) -> dict[str, Any]:
    inner = {"success": code == "S0000", "errorCode": code, "errorMsg": message, "msgData": data}
    return _outer("A1000", "", json.dumps(inner, ensure_ascii=False))
