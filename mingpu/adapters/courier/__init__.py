"""Couriers: the port, its values and its errors. Time is UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
    """One parcel to carry. order_no: ours, 1-64 of [0-9A-Za-z_-]; a repeat is the same parcel."""

    order_no: str
    consignee: Contact
    sender: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Waybill:
    """A parcel the courier has taken on."""

    waybill_no: str
    order_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteEvent:
    """One step of a parcel. event_id: the same for the same step, whether pushed or asked for.

    The courier's remark is left out: it may name the person who delivers, and their phone.
    """

    event_id: str
    waybill_no: str
    at: datetime
    place: str
    op_code: str
    status: RouteStatus


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

    def find(self, order_no: str) -> Waybill | None:
        """Return the waybill of our order number, None when there is none. Raises CourierFailed."""
        ...

    def routes(self, waybill_no: str) -> list[RouteEvent]:
        """Return all steps so far, oldest first. The truth about a parcel. Raises CourierFailed."""
        ...

    def parse_push(self, headers: Mapping[str, str], path_secret: str, body: bytes) -> list[RouteEvent]:
        """Read a push; steps may be repeated, late and out of order.

        Pushes carry no signature, so a push is a hint that something happened: ask `routes` and believe
        that. path_secret: the part of the path only the courier knows. Raises ForgedPush.
        """
        ...

    def push_reply(self, *, ok: bool) -> tuple[str, bytes]:
        """Return content type and body that tell the courier to stop (ok) or to send it again."""
        ...
