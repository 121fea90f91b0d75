"""Couriers: the port, its values and its errors. Time is UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from mingpu.adapters.calls import CallFailed


class CourierFailed(CallFailed):
    """The courier did not do it, or did not answer; see `CallFailed`.

    Codes the callers decide by: `undeliverable` (not served by the courier), `unanswered` (state unknown:
    `find` tells), `no_waybill` (taken, but without a number yet). Any other code is the courier's own.
    """


class ForgedPush(CourierFailed):
    """A push that did not come from the courier, or cannot be read; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(permanent=True, code=code)


class RouteStatus(StrEnum):
    """What a route event means for the shipment."""

    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    SIGNED = "signed"
    REFUSED = "refused"  # the consignee would not take it
    RETURNED = "returned"  # back with the sender
    LOST = "lost"
    EXCEPTION = "exception"  # delivery was tried in vain; the parcel stays with the courier
    RETURNING = "returning"
    OTHER = "other"  # for the timeline only; moves no shipment


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person or shop at an address; nothing of it shows in a `repr`. landline and phone as dialled."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    province: str = field(repr=False)
    city: str = field(repr=False)
    district: str = field(repr=False)
    street: str = field(repr=False)
    landline: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """One parcel to carry. parcel_no: ours, 1-64 of [0-9A-Za-z_-]; a repeat is the same parcel.

    cod_fen: to be collected at the door, None when nothing is. real_name: the law wants the taker's identity
    card read on the courier's certified device; the device answers yes or no and nothing else reaches us.
    """

    parcel_no: str
    consignee: Contact
    sender: Contact
    cod_fen: int | None = None
    real_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waybill:
    """A parcel the courier has taken on. sorting_code: printed large on the label; may be empty."""

    waybill_no: str
    parcel_no: str
    sorting_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteEvent:
    """One step of a parcel. event_id: the same for the same step, whether pushed or asked for.

    The courier's remark is left out: it may name the person who delivers, and their phone.
    cod_fen: collected at the door. pickup_code: for a locker or station. real_name: the certified device's
    answer, with its receipt number in `device_receipt`.
    """

    event_id: str
    waybill_no: str
    at: datetime
    place: str
    op_code: str
    status: RouteStatus
    cod_fen: int | None = None
    pickup_code: str | None = field(default=None, repr=False)
    real_name: bool | None = None
    device_receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedLine:
    """Money collected at the door and handed over to us, as the courier's statement of a day says."""

    waybill_no: str
    parcel_no: str
    amount_fen: int


class Courier(Protocol):
    """Carries parcels. Every call is safe to repeat."""

    def payload_for(self, request: BookingRequest) -> dict[str, Any]:
        """Return the business message that `book` sends for `request`."""
        ...

    def book(self, request: BookingRequest) -> Waybill:
        """Order a pick-up; return the waybill, the earlier one when it was ordered before.

        Raises CourierFailed.
        """
        ...

    def cancel(self, waybill: Waybill) -> bool:
        """Call the pick-up off; True when it is off (also when it was before), False when it was too late.

        Raises CourierFailed.
        """
        ...

    def find(self, parcel_no: str) -> Waybill | None:
        """Return the waybill of our parcel number, None when there is none. Raises CourierFailed."""
        ...

    def routes(self, waybill_no: str) -> list[RouteEvent]:
        """Return all steps so far, oldest first. The truth about a parcel. Raises CourierFailed."""
        ...

    def collected(self, day: date) -> list[CollectedLine]:
        """Return what was collected at doors and handed over on `day` (Beijing time). Raises CourierFailed."""
        ...

    def parse_push(self, headers: Mapping[str, str], path_secret: str, body: bytes) -> list[RouteEvent]:
        """Read a push; steps may be repeated, late and out of order.

        A push is a hint that something happened, also where it is signed: ask `routes` and believe that.
        path_secret: the part of the path only the courier knows. Raises ForgedPush.
        """
        ...

    def push_reply(self, *, ok: bool) -> tuple[str, bytes]:
        """Return content type and body that tell the courier to stop (ok) or to send it again."""
        ...
