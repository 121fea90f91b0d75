"""YTO Express: its open platform, and the tracks it pushes."""

import asyncio
import json
import secrets
import sqlite3
import time
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

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
from mingpu.adapters.courier.yto_wire import CANCEL, CREATE, FIND, PUSH, STATEMENT, TRACKS, sign

PARTY: Final = "yto"
_WINDOW: Final = 600  # seconds a request stays valid; assumed
_COD: Final = 1  # type of an increment
_LOOKS: Final = 25
_LOOK_EVERY: Final = 0.02  # seconds; together half a second, well within a client's patience

# What a courier's machine writes beside an operation; places are ours.
STEPS: Final = (
    Step("ACCEPT", "accepted", "浙江省杭州市", "已接单，等待揽收"),
    Step("GOT", "picked_up", "浙江省杭州市余杭公司", "已收件"),
    Step("DEPARTURE", "in_transit", "杭州转运中心", "已发出 下一站 目的地转运中心"),
    Step("ARRIVAL", "in_transit", "目的地转运中心", "已收入"),
    Step("PACKAGE", "in_transit", "杭州转运中心", "已打包"),
    Step("SENT_SCAN", "out_for_delivery", "目的地公司", "派件中"),
    Step("INBOUND", "at_station", "目的地驿站", "快件已暂存，请凭取件码领取"),
    Step("SIGNED", "signed", "目的地", "已签收，感谢使用圆通速递"),
    Step("FAILED", "exception", "目的地公司", "派件失败，等待再次派送"),
    Step("FAILED", "refused", "目的地", "客户拒收"),
    Step("FAILED", "lost", "目的地转运中心", "快件遗失"),
    Step("TMS_RETURN", "returning", "目的地公司", "快件退回中"),
    Step("FORWARDING", "returning", "目的地公司", "快件转寄中"),
    Step("RETURN_SIGNED", "returned", "浙江省杭州市余杭公司", "退件已签收"),
    Step("REAL_NAME", "check", "目的地", "实名查验"),
)
# How it says no: our reading of the platform.
_ERRORS: Final = {
    "invalid": ("B01", "参数错误"),
    "unknown": ("B03", "订单不存在"),
    "moved": ("B04", "已揽收，不可取消"),
    "cancelled": ("B05", "订单已取消"),
}


class _No(Exception):
    """The platform turns a call away: its code and message."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


class Yto:
    """The courier: takes orders, tells tracks, pushes them."""

    name = PARTY
    batch = 10
    # That it sends again until it is told 0, and when, is our assumption.
    waits: Sequence[float] = (60, 300, 600, 1800, 3600, 7200, 14400)

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys = world.config.keys.yto
        self.parcels = Parcels(world.store, world.faults, PARTY, STEPS)
        world.postman.serve(self)

    async def service(self, request: Request) -> Response:
        """POST /open/{method}/v1/{app_key}/{client_code}, JSON."""

        async def answer(body: bytes, fault: Fault | None) -> Response:
            blocked = fault is not None and fault.kind == "blocked"
            try:
                self._check(request, body, blocked=blocked)
            except _No as no:
                return JSONResponse(_refusal(no.code, no.message))
            return JSONResponse(await self._answer(request.path_params["method"], body))

        def broken() -> Response:
            return Response("Internal Server Error", 500, media_type="text/plain")

        return await self._world.receive(PARTY, request, answer, broken=broken)

    def _check(self, request: Request, body: bytes, *, blocked: bool) -> None:
        """Refuse a call from elsewhere, or not made with the credentials of the very interface. Raises _No."""
        host = request.client.host if request.client else ""
        if blocked or host not in self._world.config.yto_allowed:  # before anything else is looked at
            raise _No("S03", f"IP不在白名单：{host}")
        at = request.path_params
        ours = self._keys.interfaces.get(at["method"])
        if ours is None or at["method"] == PUSH:
            raise _No("S04", "接口不存在")
        if (at["app_key"], at["client_code"]) != (ours["app_key"], ours["client_code"]):
            raise _No("S05", "无接口权限")
        try:
            message = json.loads(body)
            if not secrets.compare_digest(
                sign(message["param"], at["method"], ours["secret"]), message["sign"]
            ):
                raise _No("S02", "签名校验失败")
            if abs(time.time() - int(message["timestamp"]) / 1000) > _WINDOW:
                raise _No("S07", "请求已过期")
            if message["format"] != "JSON" or not isinstance(json.loads(message["param"]), dict):
                raise _No("S01", "报文格式错误")
        except (ValueError, KeyError, TypeError):
            raise _No("S01", "报文格式错误") from None

    async def _answer(self, method: str, body: bytes) -> dict[str, Any]:
        param: dict[str, Any] = json.loads(json.loads(body)["param"])
        try:
            if method == CREATE:
                return await self._create(param)
            acts = {CANCEL: self._cancel, FIND: self._find, TRACKS: self._tracks, STATEMENT: self._statement}
            return acts[method](param)
        except Refused as refused:
            code, words = _ERRORS[refused.code]
            return _refusal(code, refused.message or words)

    async def _create(self, param: dict[str, Any]) -> dict[str, Any]:
        """Take an order; one taken before is answered with its waybill.

        It is told to us by a push before this call has returned: whoever is told must not rely on knowing it.
        """
        parcel_no = _text(param, "logisticsNo")
        for who in ("sender", "recipient"):
            for name in ("Name", "ProvinceName", "CityName", "Address"):
                _text(param, who + name)
            if not param.get(f"{who}Mobile") and not param.get(f"{who}Phone"):
                raise Refused("invalid", f"{who}Mobile为空")
        known = self.parcels.of_customer(parcel_no)
        if known is None:
            number = f"YT{secrets.randbelow(10**13):013d}"
            self.parcels.take(parcel_no=parcel_no, waybill_no=number, message=param, asked=_asked(param))
            await self._delivered(self._told(Report(waybill_no=number, operation="ACCEPT"))[1])
            known = self.parcels.of_customer(parcel_no)
        assert known is not None
        return _order_view(known)

    def _cancel(self, param: dict[str, Any]) -> dict[str, Any]:
        parcel_no = _text(param, "logisticsNo")
        self.parcels.call_off(parcel_no)
        return {"logisticsNo": parcel_no, "success": True}

    def _find(self, param: dict[str, Any]) -> dict[str, Any]:
        row = self.parcels.of_customer(_text(param, "logisticsNo"))
        if row is None:
            raise Refused("unknown")
        return _order_view(row)

    def _tracks(self, param: dict[str, Any]) -> dict[str, Any]:
        number = _text(param, "NUMBER")
        tracks = [_track(row) for row in self.parcels.steps(number)]
        if not tracks:
            return {"code": "1001", "map": {number: []}, "message": "查询结果为空。", "success": True}
        return {"code": "0", "map": {number: tracks}, "message": "", "success": True}

    def _statement(self, param: dict[str, Any]) -> dict[str, Any]:
        """Tell what was taken at doors and handed over on a day; our reading of a contract not seen."""
        lines = self.parcels.statement(_text(param, "handoverDate"))
        found = page_of(lines, param.get("pageNo"), param.get("pageSize"))
        items = [
            {"mailNo": number, "logisticsNo": ours, "codAmount": yuan(amount)}
            for number, ours, amount in found
        ]
        return {"success": True, "total": len(lines), "items": items}

    def push(self, report: Report) -> dict[str, Any]:
        """Something happened to a parcel; a push follows. Return the track as pushed. Raises Refused."""
        return self._told(report)[0]

    def _told(self, report: Report) -> tuple[dict[str, Any], int]:
        """Write down what happened and post it; return the track and the letter's id."""

        def tell(parcel: sqlite3.Row, step: sqlite3.Row) -> tuple[dict[str, Any], int]:
            track = {"logisticsNo": parcel["parcel_no"], **_track(step)}
            return track, self._world.postman.post(PARTY, "", track)

        return self.parcels.report(report, tell)

    async def _delivered(self, letter: int) -> None:
        """Wait, for a moment, until a letter has been tried."""
        sql = "SELECT 1 FROM letter WHERE id = ? AND state = 'pending' AND attempts = 0 AND fault IS NULL"
        for _ in range(_LOOKS):
            if not self._world.store.one(sql, letter):
                return
            await asyncio.sleep(_LOOK_EVERY)

    def compose(self, letters: Sequence[dict[str, Any]], url: str, lie: Fault | None) -> Envelope:
        """Write one push of up to ten tracks; see `postman.Sender`."""
        url = self._world.config.yto_push_url
        tracks = [dict(one) for one in letters]
        secret = self._keys.interfaces[PUSH]["secret"]
        if lie:  # someone who does not know the secret reports a delivery that never happened
            secret = secrets.token_urlsafe(12)
            tracks = [one | {"infoContent": "SIGNED", "city": "他处"} for one in tracks]
        if lie and lie.turn % 2:  # nor the path
            parts = urlsplit(url)
            path = parts.path.replace(self._keys.push_secret, secrets.token_urlsafe(24))
            url = urlunsplit(parts._replace(path=path))
        param = json.dumps({"tracks": tracks}, ensure_ascii=False)
        message = {
            "timestamp": str(int(time.time() * 1000)),
            "param": param,
            "format": "JSON",
            "sign": sign(param, PUSH, secret),
        }
        body = json.dumps(message, ensure_ascii=False).encode()
        return Envelope(url=url, headers={"Content-Type": "application/json;charset=UTF-8"}, body=body)

    def taken(self, status: int, body: bytes) -> bool:
        """Tell whether the receiver said 0; anything else is sent again."""
        try:
            return status == 200 and json.loads(body)["statusCode"] == 0  # noqa: PLR2004
        except (ValueError, KeyError, TypeError):
            return False


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("invalid", f"{name}为空")
    return value


def _asked(param: dict[str, Any]) -> Asked:
    """Read what is to be done at the door. Raises Refused."""
    cod = None
    for one in param.get("increments") or []:
        if not isinstance(one, dict) or one.get("type") != _COD:
            raise Refused("invalid", "increments")
        cod = fen(one.get("amount"))
    return Asked(cod_fen=cod, real_name=param.get("realNameCheck") == "1")


def _order_view(row: sqlite3.Row) -> dict[str, Any]:
    """Answer a booked parcel: its number and the three parts of the sorting code, the same each time."""
    digits = row["waybill_no"][-8:]
    return {
        "logisticsNo": row["parcel_no"],
        "mailNo": row["waybill_no"],
        "shortAddress": f"{digits[:3]}-{digits[3:5]}-{digits[5:]}",
        "success": True,
    }


def _track(row: sqlite3.Row) -> dict[str, Any]:
    """Write one step, as pushed and as answered."""
    return {
        "waybill_No": row["waybill_no"],
        "upload_Time": row["at"],
        "infoContent": row["op_code"],
        "processInfo": row["remark"],
        "city": row["place"],
        "district": "",
        **extras(row),
    }


def _refusal(code: str, message: str) -> dict[str, Any]:
    return {"success": False, "code": code, "message": message}
