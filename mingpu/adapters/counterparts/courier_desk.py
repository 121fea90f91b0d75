"""The couriers' consoles: parcels, what happened to them, and buttons for what may happen next."""

import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from starlette.responses import Response

from mingpu.adapters.counterparts.html import button, card, empty, page, show, yuan
from mingpu.adapters.counterparts.parcels import Parcels, Report
from mingpu.lib.text import Text

_TITLES: Final = {
    "sf": Text("顺丰：快递员", "SF: the courier"),
    "yto": Text("圆通：快递员", "YTO: the courier"),
}
_OPERATIONS: Final = (
    ("picked_up", Text("揽收", "Picked up")),
    ("in_transit", Text("发往下一站", "Left the depot")),
    ("out_for_delivery", Text("派送中", "Out for delivery")),
    ("at_station", Text("放入驿站", "At a station")),
    ("check", Text("核验证件：相符", "Identity card: yes")),
    ("signed", Text("签收", "Signed")),
    ("exception", Text("派送不成功", "Not delivered")),
    ("refused", Text("拒收", "Refused")),
    ("returning", Text("退回中", "Returning")),
    ("returned", Text("已退回", "Returned")),
    ("lost", Text("丢失", "Lost")),
)


class CourierSide(Protocol):
    """One courier, as its console sees it."""

    name: str
    parcels: Parcels

    def push(self, report: Report) -> dict[str, Any]:
        """Take down what happened and push it. Raises parcels.Refused."""
        ...


def courier_page(courier: CourierSide) -> Response:
    """GET /sf, GET /yto: parcels, newest first, with what may happen next."""
    books = courier.parcels
    found = "".join(_parcel(courier.name, row, books.steps(row["waybill_no"])) for row in books.latest())
    nothing = card(empty(Text("还没有运单。", "No waybills yet.")))
    return page(_TITLES[courier.name], found or nothing, theme=courier.name)


def _parcel(party: str, row: sqlite3.Row, steps: Sequence[sqlite3.Row]) -> str:
    number = row["waybill_no"]
    extra = []
    if row["cod"]:
        extra.append(Text(f"货到付款 {yuan(row['cod'])}", f"To collect: {yuan(row['cod'])}"))
    if row["real_name"]:
        extra.append(Text("需核验证件", "Identity card to be checked"))
    lines = "".join(
        f"<li>{show(one['at'])} {show(one['place'])} {show(one['remark'])} ({show(one['op_code'])})</li>"
        for one in steps
    )
    if row["state"] == "cancelled":
        acts = empty(Text("已取消。", "Cancelled."))
    else:
        acts = f'<div class="row">{"".join(_buttons(party, row))}</div>'
    return card(
        f"<h2>{show(number)}</h2>",
        f'<p class="meta">{show(row["parcel_no"])}</p>',
        f"<p>{_consignee(json.loads(row['message']))}</p>",
        "".join(f'<p class="state">{show(one)}</p>' for one in extra),
        f"<ol>{lines}</ol>" if lines else "",
        acts,
    )


def _buttons(party: str, row: sqlite3.Row) -> list[str]:
    found = []
    for status, label in _OPERATIONS:
        if status == "check" and not row["real_name"]:
            continue
        values = [("waybill_no", row["waybill_no"]), ("status", status)]
        if status == "check":
            values.append(("real_name", "true"))
        if status == "at_station":
            values.append(("pickup_code", f"{secrets.randbelow(100)}-{secrets.randbelow(10**4):04d}"))
        found.append(button(f"/{party}/push", label, values))
    return found


def _consignee(message: Mapping[str, Any]) -> str:
    """Show whom a parcel goes to, in either courier's words."""
    to: Mapping[str, Any] = next(
        (one for one in message.get("contactInfoList", ()) if one.get("contactType") == 2),  # noqa: PLR2004
        message,
    )
    who = [to.get("contact") or to.get("recipientName"), to.get("mobile") or to.get("recipientMobile")]
    names = ("province", "city", "county", "address")
    ours = ("recipientProvinceName", "recipientCityName", "recipientCountyName", "recipientAddress")
    where = "".join(str(to.get(name) or to.get(other) or "") for name, other in zip(names, ours, strict=True))
    return f"{show(' '.join(str(one) for one in who if one))}<br>{show(where)}"
