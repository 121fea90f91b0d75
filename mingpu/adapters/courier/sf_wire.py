"""SF Express: how its messages are written, signed and read."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus

from mingpu.adapters.courier import BookingRequest, Contact, CourierFailed, RouteEvent, RouteStatus, Waybill
from mingpu.adapters.courier.reading import (
    meaning,
    parcel_number,
    step_of,
    told_number,
    yuan_of,
)

CARGO: Final = "日用品"  # mandatory field; the same for every parcel, so that it says nothing of the goods
_LONGEST_CODE: Final = 16

# From public lists of the platform's operations; what each means for a shipment is our reading. A refusal at
# the door and a loss have no operation of their own: 33, 70 or 72 with words that say so, see `meaning`.
# The check of an identity card comes as 135, "information", which moves nothing.
OPERATIONS: Final = {
    "50": RouteStatus.PICKED_UP,
    "54": RouteStatus.PICKED_UP,
    "655": RouteStatus.PICKED_UP,
    "30": RouteStatus.IN_TRANSIT,
    "31": RouteStatus.IN_TRANSIT,
    "36": RouteStatus.IN_TRANSIT,
    "3036": RouteStatus.IN_TRANSIT,
    "44": RouteStatus.OUT_FOR_DELIVERY,
    "125": RouteStatus.OUT_FOR_DELIVERY,  # in a locker
    "130": RouteStatus.OUT_FOR_DELIVERY,  # at the courier's own shop
    "678": RouteStatus.OUT_FOR_DELIVERY,  # at a station
    "80": RouteStatus.SIGNED,
    "8000": RouteStatus.SIGNED,
    "128": RouteStatus.SIGNED,  # taken from the locker
    "658": RouteStatus.SIGNED,
    "679": RouteStatus.SIGNED,
    "33": RouteStatus.EXCEPTION,
    "70": RouteStatus.EXCEPTION,
    "72": RouteStatus.EXCEPTION,
    "99": RouteStatus.RETURNING,
    "631": RouteStatus.RETURNING,
    "648": RouteStatus.RETURNING,
    "215": RouteStatus.RETURNED,
    "660": RouteStatus.RETURNED,
    "135": RouteStatus.OTHER,
}


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


def order_message(
    request: BookingRequest, *, monthly_card: str | None, real_name_service: str
) -> dict[str, Any]:
    """Return the message of EXP_RECE_CREATE_ORDER: names, phones, addresses; a constant as the cargo.

    An amount is in it only when one is to be collected at the door. Raises CourierFailed, permanent, for a
    parcel number or an amount the courier cannot take.
    """
    message: dict[str, Any] = {
        "language": "zh-CN",
        "orderId": parcel_number(request.parcel_no),
        "cargoDetails": [{"name": CARGO}],
        "contactInfoList": [_contact(1, request.sender), _contact(2, request.consignee)],
        "payMethod": 1,  # the sender pays
        "expressTypeId": 2,  # 标快; from knowledge
        "isReturnRoutelabel": 0,  # no label: it would hold the consignee's data once more
    }
    services: list[dict[str, str]] = []
    if request.cod_fen is not None:
        services.append({"name": "COD", "value": yuan_of(request.cod_fen)})
    if request.real_name:
        services.append({"name": real_name_service})
    if services:
        message["serviceList"] = services
    if monthly_card:
        message["monthlyCard"] = monthly_card
    return message


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


def read_waybill(answer: Mapping[str, Any], parcel_no: str) -> Waybill:
    """Read the parent waybill (type 1) of an order. Raises CourierFailed."""
    try:
        for one in answer.get("waybillNoInfoList") or []:
            if str(one["waybillType"]) == "1" and answer.get("orderId") == parcel_no:
                return Waybill(
                    waybill_no=told_number(one["waybillNo"]),
                    parcel_no=parcel_no,
                    sorting_code=str(answer.get("destCode") or "")[:_LONGEST_CODE],
                )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise CourierFailed(permanent=False, code="unreadable") from None
    raise CourierFailed(permanent=False, code="no_waybill")


def read_step(waybill_no: str, route: Mapping[str, Any]) -> RouteEvent:
    """Read one step, pushed or asked for. Raises KeyError, TypeError or ValueError."""
    at = route["acceptTime"]
    place = str(route.get("acceptAddress") or "")[:200]
    code = str(route["opCode"])[:_LONGEST_CODE]
    status = meaning(OPERATIONS.get(code, RouteStatus.OTHER), route.get("remark"), route.get("reasonName"))
    return step_of(waybill_no, route, at=at, place=place, code=code, status=status)
