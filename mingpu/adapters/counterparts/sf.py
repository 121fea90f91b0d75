"""SF Express: its order service, and the route events it pushes."""

import base64
import hashlib
import json
import secrets
import sqlite3
import time
import uuid
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs, quote_plus, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.parcels import (
    Asked,
    Parcels,
    Refused,
    Report,
    Step,
    extras,
    fen,
    page_of,
    yuan,
)
from mingpu.adapters.counterparts.postman import Envelope
from mingpu.adapters.counterparts.world import World

PARTY: Final = "sf"
SENDER, RECEIVER = 1, 2  # contactType
REAL_NAME: Final = "REALNAME"  # the service by which an identity card is read on the certified device
_WINDOW: Final = 600  # seconds a request stays valid; from knowledge

# What a courier's machine writes beside an operation; places are ours.
STEPS: Final = (
    Step("50", "picked_up", "深圳南山营业点", "顺丰速运 已收取快件"),
    Step("54", "picked_up", "深圳南山营业点", "上门收件"),
    Step("655", "picked_up", "深圳南山合作点", "合作点收件"),
    Step("30", "in_transit", "深圳中转场", "快件在【深圳中转场】完成分拣，准备发往下一站"),
    Step("36", "in_transit", "深圳中转场", "快件已发车"),
    Step("31", "in_transit", "目的地中转场", "快件到达【目的地中转场】"),
    Step("3036", "in_transit", "目的地中转场", "快件准备送往下一站"),
    Step("44", "out_for_delivery", "目的地营业点", "快件正在派送途中，请您准备签收"),
    Step("678", "at_station", "目的地驿站", "快件到达驿站，请凭取件码领取"),
    Step("125", "in_locker", "目的地快递柜", "快递员派件至丰巢"),
    Step("130", "at_shop", "目的地顺丰站", "快件到达顺丰店/站"),
    Step("80", "signed", "目的地", "已签收，感谢使用顺丰"),
    Step("8000", "signed", "目的地", "可查看签收人信息"),
    Step("128", "signed", "目的地快递柜", "客户从丰巢取件成功"),
    Step("658", "signed", "目的地合作点", "合作点已派件"),
    Step("679", "signed", "目的地驿站", "驿站完成派件"),
    Step("70", "exception", "目的地", "派送不成功，等待再次派送"),
    Step("33", "exception", "目的地营业点", "派件异常，正在处理"),
    Step("70", "refused", "目的地", "由于收方拒收 派件不成功"),
    Step("72", "lost", "目的地中转场", "标记异常：快件遗失"),
    Step("99", "returning", "目的地营业点", "应客户要求，快件正在转寄或退回"),
    Step("631", "returning", "目的地营业点", "新单退回"),
    Step("648", "returning", "目的地营业点", "快件退回中"),
    Step("660", "returned", "深圳南山合作点", "合作点退件给客户"),
    Step("215", "returned", "深圳南山营业点", "退件给客户"),
    Step("135", "check", "目的地", "信息记录"),
)
# How it says no, by our reasons; from public lists of its errors.
_ERRORS: Final = {"unknown": "8018", "cancelled": "8037", "moved": "8019", "invalid": "S0002"}


class _No(Exception):
    """The service refuses: its own error code and message."""

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
        self.parcels = Parcels(world.store, world.faults, PARTY, STEPS)
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
            "EXP_RECE_UPDATE_ORDER": self._update,
            "EXP_RECE_SEARCH_ORDER_RESP": self._search_order,
            "EXP_RECE_SEARCH_ROUTES": self._search_routes,
            "EXP_RECE_QUERY_COD_STATEMENT": self._statement,
        }
        act = acts.get(form["serviceCode"])
        if act is None:
            return _outer("A1004", "无对应服务权限")
        try:
            return _inner("S0000", None, act(_message(form["msgData"])))
        except _No as no:
            return _inner(no.code, no.message, None)
        except Refused as refused:
            return _inner(_ERRORS[refused.code], refused.message, None)

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
            raise _No("S0002", "必填参数cargoDetails为空")
        if not isinstance(contacts, list):
            raise _No("S0002", "必填参数contactInfoList为空")
        for kind in (SENDER, RECEIVER):
            contact = next((one for one in contacts if _is_contact(one, kind)), None)
            if contact is None:
                raise _No("S0002", "必填参数contactInfoList为空")
            for name in ("contact", "province", "city", "address"):
                _text(contact, name)
            if not contact.get("mobile") and not contact.get("tel"):
                raise _No("S0002", "必填参数mobile为空")
        if self.parcels.of_customer(order_no):
            raise _No("8016", "重复下单")
        number = f"SF{secrets.randbelow(10**13):013d}"
        self.parcels.take(parcel_no=order_no, waybill_no=number, message=message, asked=_asked(message))
        return _order_view(order_no, number)

    def _update(self, message: dict[str, Any]) -> dict[str, Any]:
        """Cancel an order; nothing else of it can be changed here. A cancelled number stays used."""
        order_no = _text(message, "orderId")
        row = self.parcels.of_customer(order_no)
        if message.get("dealType") != 2:  # noqa: PLR2004 - the protocol's word for cancelling
            raise _No("S0002", "dealType")
        named = [one.get("waybillNo") for one in message.get("waybillNoInfoList") or []]
        if row and named and row["waybill_no"] not in named:
            return {"orderId": order_no, "waybillNoInfoList": [], "resStatus": 1}
        self.parcels.call_off(order_no)
        return {"orderId": order_no, "waybillNoInfoList": message.get("waybillNoInfoList"), "resStatus": 2}

    def _search_order(self, message: dict[str, Any]) -> dict[str, Any]:
        order_no = _text(message, "orderId")
        row = self.parcels.of_customer(order_no)
        if row is None:
            raise _No("8018", "未获取到订单信息")
        return _order_view(order_no, row["waybill_no"])

    def _search_routes(self, message: dict[str, Any]) -> dict[str, Any]:
        numbers = message.get("trackingNumber")
        if not isinstance(numbers, list) or not numbers:
            raise _No("S0002", "必填参数trackingNumber为空")
        responses = []
        for number in numbers:
            rows = self.parcels.steps(str(number))
            responses.append({"mailNo": number, "routes": [_route(row) for row in rows]})
        return {"routeResps": responses}

    def _statement(self, message: dict[str, Any]) -> dict[str, Any]:
        """Tell what was taken at doors and handed over on a day; our reading of a contract not seen."""
        lines = self.parcels.statement(_text(message, "handoverDate"))
        found = page_of(lines, message.get("pageNo"), message.get("pageSize"))
        return {
            "total": len(lines),
            "codList": [
                {"mailNo": number, "orderId": ours, "codAmount": yuan(amount)}
                for number, ours, amount in found
            ],
        }

    def push(self, report: Report) -> dict[str, Any]:
        """Something happened to a parcel; a push follows. Return the route as pushed. Raises Refused."""

        def tell(parcel: sqlite3.Row, step: sqlite3.Row) -> dict[str, Any]:
            route = {
                "id": f"{int(time.time() * 1000)}{step['id']:06d}",
                "mailno": step["waybill_no"],
                "orderid": parcel["parcel_no"],
                **_route(step),
                "reasonCode": "",
                "reasonName": "拒收" if step["meaning"] == "refused" else "",
            }
            self._world.postman.post(PARTY, "", route)
            return route

        return self.parcels.report(report, tell)

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


def _route(row: sqlite3.Row) -> dict[str, Any]:
    """Write one step, as pushed and as answered."""
    return {
        "acceptTime": row["at"],
        "acceptAddress": row["place"],
        "opCode": row["op_code"],
        "remark": row["remark"],
        **extras(row),
    }


def _asked(message: dict[str, Any]) -> Asked:
    """Read the services that are asked for beyond carrying. Raises _No or Refused."""
    cod, real_name = None, False
    for one in message.get("serviceList") or []:
        name = _text(one, "name")
        if name == "COD":
            cod = fen(one.get("value"))
        elif name == REAL_NAME:
            real_name = True
        else:
            raise _No("8025", "未传入服务或不提供该服务")
    return Asked(cod_fen=cod, real_name=real_name)


def _message(text: str) -> dict[str, Any]:
    """Read msgData. Raises Refused."""
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise _No("S0001", "非法的JSON格式")
    return message


def _is_contact(one: object, kind: int) -> bool:
    return isinstance(one, dict) and one.get("contactType") == kind


def _text(message: object, name: str) -> str:
    value = message.get(name) if isinstance(message, dict) else None
    if not isinstance(value, str) or not value:
        raise _No("S0002", f"必填参数{name}为空")
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
