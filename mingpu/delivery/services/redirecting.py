"""Sending an order somewhere else than was said when it was placed, while nothing of it is packed.

The order's row is locked first, as it is by whatever packs: so a parcel is told either of the old place, and then
nothing is changed, or of the new one. The former consignee is written over and kept nowhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from mingpu.accounts import rules
from mingpu.accounts.queries import address_of
from mingpu.accounts.services import warn
from mingpu.delivery.errors import DearerThere, NowhereElse
from mingpu.delivery.models import Shipment
from mingpu.delivery.rules import CANCELLED
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.money import yuan
from mingpu.lib.text import Text, current_language
from mingpu.merchants.errors import NotDelivered
from mingpu.merchants.queries import shop
from mingpu.merchants.shipping import Template, fee
from mingpu.orders.models import Consignee, Event, Line, Order, Part, Step
from mingpu.orders.rules import LABELS, MOVABLE
from mingpu.privacy.purposes import Purpose, processing

CARRIED: Final = "goods"
Place = tuple[str, str]  # province, city


def redirect(
    *,
    person_id: UUID,
    order_no: str,
    address_id: UUID | None = None,
    to: Mapping[str, str | None] | None = None,
) -> None:
    """Send an order to an entry of the address book, or to a consignee as `accounts.rules.CONSIGNEE` names it.

    Every channel is told. Whoever calls has made sure that it is the person. Raises NotFound for an order or an entry
    that is not theirs, and for goods that are not carried anywhere; Invalid, BadField, NotDelivered, DearerThere, NowhereElse.
    """
    if (address_id is None) == (to is None):
        zh, en = "请选择或填写一个", "choose one or fill one in"
        raise Invalid(field=Text("收货地址", "address"), problem=Text(zh, en))
    whom = rules.consignee(to) if to is not None else _entry(person_id, address_id)
    with processing(Purpose.REDIRECTING, subject=person_id, reference=order_no):
        status = _held(person_id, order_no)
        if (
            status not in MOVABLE
            or Shipment.objects.filter(order_no=order_no).exclude(status=CANCELLED).exists()
        ):
            raise NowhereElse(status=LABELS[status])
        rows = Consignee.objects.filter(order_no=order_no, person_id=person_id)
        was = rows.values_list("province", "city").first()
        if was is None:
            raise NotFound
        if more := _dearer(
            order_no, (was[0] or "", was[1] or ""), (whom["province"] or "", whom["city"] or "")
        ):
            raise DearerThere(more=yuan(more))
        rows.update(**whom)
        step = Step(machine="order", reference=order_no, before=status, after=status, cause="redirected")
        Event.objects.log(order_no, person_id, [step])
        warn(person_id, "notice_address", current_language())


def _entry(person_id: UUID, address_id: UUID | None) -> dict[str, Any]:
    it = address_of(person_id, address_id or UUID(int=0))
    found = {name: getattr(it, name) for name in rules.CONSIGNEE}
    return {**found, "street": rules.street_of(it.town, it.street)}


def _held(person_id: UUID, order_no: str) -> str:
    """Lock the order's row by writing to it; return its state. Raises NotFound."""
    rows = Order.objects.filter(order_no=order_no, person_id=person_id)
    if not rows.update(redirected_at=now()):
        raise NotFound
    return str(rows.values_list("status", flat=True).get())


def _dearer(order_no: str, was: Place, there: Place) -> int:
    """Return by how many fen delivery of what is still to be sent costs more than before, and than was paid.

    What an offer carried free of charge is free there too. Raises NotDelivered.
    """
    more = 0
    for part in Part.objects.filter(order_no=order_no, ended_at=None).values("merchant", "shipping_fen"):
        lines = Line.objects.filter(order_no=order_no, merchant=part["merchant"], kind=CARRIED)
        goods = list(lines.values_list("quantity", "grams", "payable_fen"))
        if not goods:
            continue
        terms, paid = shop(part["merchant"]).terms, part["shipping_fen"]
        fresh = _fee(terms, there, goods)
        if fresh <= paid:
            continue
        try:
            usual = _fee(terms, was, goods)
        except NotDelivered:  # the shop has given the former place up since
            usual = paid
        by_offer = usual > 0 and paid == 0
        more += 0 if by_offer else max(0, fresh - max(usual, paid))
    return more


def _fee(terms: Template, place: Place, goods: Sequence[tuple[int, int, int]]) -> int:
    """goods: pieces, grams of one, fen for all, line by line."""
    return fee(
        terms, province=place[0], city=place[1], pieces=sum(pieces for pieces, _, _ in goods),
        grams=sum(pieces * grams for pieces, grams, _ in goods), payable_fen=sum(fen for _, _, fen in goods),
    ).fen  # fmt: skip
