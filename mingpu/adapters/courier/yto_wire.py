"""YTO Express: how its messages are written, signed and read."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from mingpu.adapters.courier import BookingRequest, Contact, CourierFailed, RouteEvent, RouteStatus, Waybill
from mingpu.adapters.courier.reading import (
    meaning,
    parcel_number,
    step_of,
    told_number,
    yuan_of,
)

CREATE: Final = "privacy_create_adapter"  # the waybill whose printed label is masked
CANCEL: Final = "korder_cancel_adapter"
TRACKS: Final = "track_query_adapter"
FIND: Final = "order_query_adapter"  # our reading: no public document of such a question was seen
STATEMENT: Final = "cod_statement_adapter"  # our reading, as above
PUSH: Final = "track_push_adapter"  # what a push to us is signed as; our reading
INTERFACES: Final = (CREATE, CANCEL, TRACKS, FIND, STATEMENT, PUSH)

_VERSION: Final = "v1"
_COD: Final = 1  # type of an increment: money to be collected
_LONGEST_CODE: Final = 32

# From knowledge of the platform, not verified. A refusal at the door and a loss come as FAILED with words
# that say so, see `meaning`. REAL_NAME and RETURN_SIGNED are names of our own for what contracts call otherwise.
OPERATIONS: Final = {
    "ACCEPT": RouteStatus.OTHER,
    "GOT": RouteStatus.PICKED_UP,
    "ARRIVAL": RouteStatus.IN_TRANSIT,
    "DEPARTURE": RouteStatus.IN_TRANSIT,
    "PACKAGE": RouteStatus.IN_TRANSIT,
    "SENT_SCAN": RouteStatus.OUT_FOR_DELIVERY,
    "INBOUND": RouteStatus.OUT_FOR_DELIVERY,  # in a locker or at a station
    "SIGNED": RouteStatus.SIGNED,
    "FAILED": RouteStatus.EXCEPTION,
    "TMS_RETURN": RouteStatus.RETURNING,
    "FORWARDING": RouteStatus.RETURNING,
    "RETURN_SIGNED": RouteStatus.RETURNED,
    "REAL_NAME": RouteStatus.OTHER,
}


def sign(param: str, method: str, secret: str) -> str:
    """Return the proof of a message: Base64(MD5(param + method + version + secret)).

    Two public clients agree on it, a third writes the digest in hex; not verified.
    """
    text = param + method + _VERSION + secret
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


def order_message(request: BookingRequest) -> dict[str, Any]:
    """Return the param of `CREATE`: names, phones, addresses. The optional list of goods is never sent.

    An amount is in it only when one is to be collected at the door. Raises CourierFailed, permanent, for a
    parcel number or an amount the courier cannot take.
    """
    message: dict[str, Any] = {
        "logisticsNo": parcel_number(request.parcel_no),
        **_contact("sender", request.sender),
        **_contact("recipient", request.consignee),
        "productCode": "PK",  # the ordinary service
    }
    if request.cod_fen is not None:
        message["increments"] = [{"type": _COD, "amount": yuan_of(request.cod_fen)}]
    if request.real_name:
        message["realNameCheck"] = "1"  # our name for what the contract calls otherwise
    return message


def _contact(who: str, contact: Contact) -> dict[str, str]:
    """Write a contact; who: `sender` or `recipient`."""
    fields = {
        f"{who}Name": contact.name,
        f"{who}ProvinceName": contact.province,
        f"{who}CityName": contact.city,
        f"{who}CountyName": contact.district,
        f"{who}Address": contact.street,
        f"{who}Mobile": contact.phone,
    }
    if contact.landline:
        fields[f"{who}Phone"] = contact.landline
    return fields


def read_waybill(answer: Mapping[str, Any], parcel_no: str) -> Waybill:
    """Read waybill number and sorting code of a parcel. Raises CourierFailed."""
    try:
        if answer["logisticsNo"] != parcel_no:
            raise CourierFailed(permanent=False, code="unreadable")
        if not answer.get("mailNo"):
            raise CourierFailed(permanent=False, code="no_waybill")
        return Waybill(
            waybill_no=told_number(answer["mailNo"]),
            parcel_no=parcel_no,
            sorting_code=str(answer.get("shortAddress") or "")[:_LONGEST_CODE],
        )
    except (KeyError, TypeError, ValueError):
        raise CourierFailed(permanent=False, code="unreadable") from None


def read_step(track: Mapping[str, Any]) -> RouteEvent:
    """Read one step, pushed or asked for. Raises KeyError, TypeError or ValueError."""
    place = (str(track.get("city") or "") + str(track.get("district") or ""))[:200]
    code = str(track["infoContent"])[:_LONGEST_CODE]
    status = meaning(OPERATIONS.get(code, RouteStatus.OTHER), track.get("processInfo"))
    number = told_number(track["waybill_No"])
    return step_of(number, track, at=track["upload_Time"], place=place, code=code, status=status)
