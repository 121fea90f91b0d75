"""What goes into which parcel: the mall's own goods by themselves, a merchant's when it sends them, and for cases."""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from mingpu.catalog.queries import skus
from mingpu.delivery.errors import NotItsCourier, NotReady, OneParcelOnly, TooManyPieces
from mingpu.delivery.models import Parcel, Shipment
from mingpu.delivery.queries import person_of_part
from mingpu.delivery.rules import HOMEWARD, OUTWARD, PENDING, choose_courier
from mingpu.delivery.rules.packing import Goods, Packed, all_in_one, left_over
from mingpu.delivery.rules.packing import pack as packed
from mingpu.delivery.services.couriers import locked, new_parcel_no, pack, tell_courier
from mingpu.delivery.services.shelves import hold
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.merchants.queries import shop
from mingpu.merchants.rules import OWN_SHOP
from mingpu.orders.models import Line, Order, Part
from mingpu.orders.rules import PART_LABELS, TO_SHIP
from mingpu.privacy.purposes import Purpose, processing

log = logging.getLogger(__name__)
COD: Final = "cod"
CARRIED: Final = "goods"  # the kind of goods that parcels are for
READY: Final = ("to_ship", "partly_sent")
_NUMBER: Final = re.compile(r"D[2-9A-Z]{16}")


def book(*, person_id: UUID, order_no: str) -> None:
    """Pack what is left of the mall's own goods of an order and have it picked up; safe to repeat at any point.

    Raises CourierFailed when a courier does not answer.
    """
    for parcel_no in _pack_own(person_id, order_no):
        tell_courier(person_id=person_id, parcel_no=parcel_no)


def _pack_own(person_id: UUID, order_no: str) -> list[str]:
    """Write the parcels of the mall's own goods; return those that no courier knows yet."""
    used = shop(OWN_SHOP).merchant.couriers
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no):
        order = locked(person_id, order_no)
        part = Part.objects.filter(order_no=order_no, merchant=OWN_SHOP, ended_at=None)
        part_no = part.values_list("part_no", flat=True).first()
        if order is None or order["status"] not in TO_SHIP or part_no is None:
            return []
        left = _left(order_no, OWN_SHOP)
        hold([it.sku for it in left])
        at_door = order["payment"] == COD
        for it in [all_in_one(left)] if at_door and left else packed(left):
            pack(
                person_id,
                _parcel(
                    order, part_no, OWN_SHOP, it, courier=choose_courier(wished=order["courier"], used=used)
                ),
            )
        waiting = Shipment.objects.filter(part_no=part_no, status=PENDING, case_no="")
        return list(waiting.order_by("created_at", "parcel_no").values_list("parcel_no", flat=True))


def _parcel(
    order: Mapping[str, Any], part_no: str, merchant: str, it: Packed, *, courier: str, parcel_no: str = ""
) -> Parcel:
    """Return a parcel of goods of an order; what is left to be paid at the door is collected with it."""
    due = (
        order["total_fen"] - order["refunded_fen"] if order["payment"] == COD and not order["paid_at"] else 0
    )
    return Parcel(
        parcel_no=parcel_no or new_parcel_no(), order_no=order["order_no"], part_no=part_no, merchant=merchant,
        courier=courier, lines=it.lines, cod_fen=due or None, real_name=it.real_name,
    )  # fmt: skip


def _left(order_no: str, merchant: str) -> list[Goods]:
    """Return the goods of a merchant's part that are in no parcel yet."""
    rows = Line.objects.filter(order_no=order_no, merchant=merchant, kind=CARRIED).order_by("position")
    return [
        Goods(row["sku"], row["quantity"] - row["sent"], row["grams"], row["real_name"])
        for row in rows.values("sku", "quantity", "sent", "grams", "real_name")
        if row["quantity"] > row["sent"]
    ]


def ship(
    *,
    part_no: str,
    merchant: str,
    lines: Mapping[str, int] | None = None,
    courier: str = "",
    parcel_no: str = "",
) -> str:
    """Have pieces of a merchant's part sent, at the desk; returns the parcel's number. The worker packs and books.

    merchant: for whom who asks works, by code. lines: SKU -> pieces; None for all that is left. courier: one that
    the merchant uses; "" takes the buyer's choice. parcel_no: drawn for the form by `new_parcel_no`, so that one
    sent twice is one parcel. Raises NotFound for a part that is not the merchant's, NotReady, TooManyPieces,
    NotItsCourier, OneParcelOnly.
    """
    person_id = person_of_part(part_no)
    if courier and courier not in shop(merchant).merchant.couriers:
        raise NotItsCourier
    number = parcel_no if _NUMBER.fullmatch(parcel_no) else new_parcel_no()
    with processing(Purpose.MERCHANT_ORDER, subject=person_id, reference=part_no, merchant=merchant):
        part = Part.objects.filter(part_no=part_no, merchant=merchant).values("order_no", "state").first()
        if part is None:
            raise NotFound
        if part["state"] not in READY:
            raise NotReady(state=PART_LABELS[part["state"]])
        left = {it.sku: it.pieces for it in _left(part["order_no"], merchant)}
        wanted = dict(left if lines is None else lines)
        if not wanted:
            raise NotReady(state=PART_LABELS[part["state"]])
        if short := left_over(wanted, left):
            raise TooManyPieces(sku=short, left=left.get(short, 0))
        payment = Order.objects.filter(order_no=part["order_no"]).values_list("payment", flat=True).get()
        if payment == COD and wanted != left:
            raise OneParcelOnly
        enqueue(
            "delivery.ship", person_id=str(person_id), part_no=part_no, parcel_no=number, lines=wanted, courier=courier
        )  # fmt: skip
    return number


def dispatch(
    *, person_id: UUID, part_no: str, parcel_no: str, lines: Mapping[str, int], courier: str = ""
) -> None:
    """Pack what a merchant asked to be sent, unless it is not there to be sent any more, and have it picked up.

    Safe to repeat: the number is the parcel's. Raises CourierFailed when a courier does not answer.
    """
    _pack_asked(person_id, part_no, parcel_no, lines, courier)
    tell_courier(person_id=person_id, parcel_no=parcel_no)


def _pack_asked(
    person_id: UUID, part_no: str, parcel_no: str, lines: Mapping[str, int], courier: str
) -> None:
    with processing(Purpose.DELIVERY, subject=person_id, reference=part_no):
        part = (
            Part.objects.filter(part_no=part_no, person_id=person_id).values("order_no", "merchant").first()
        )
        order = locked(person_id, part["order_no"]) if part else None
        if part is None or order is None or Shipment.objects.filter(parcel_no=parcel_no).exists():
            return
        ready = Part.objects.filter(part_no=part_no, state__in=READY).exists()
        left = {it.sku: it for it in _left(part["order_no"], part["merchant"])}
        short = left_over(lines, {sku: it.pieces for sku, it in left.items()})
        if order["status"] not in TO_SHIP or not ready or short or not lines:
            log.warning("parcel %s is not packed: its goods are not there to be sent any more", parcel_no)
            return
        it = all_in_one(Goods(sku, n, left[sku].grams, left[sku].real_name) for sku, n in lines.items())
        used = shop(part["merchant"]).merchant.couriers
        by = choose_courier(wished=courier or order["courier"], used=used)
        pack(person_id, _parcel(order, part_no, part["merchant"], it, courier=by, parcel_no=parcel_no))


def book_return(*, person_id: UUID, case_no: str, order_no: str, lines: Mapping[str, int]) -> None:
    """Have goods fetched from the consignee and brought to their merchant, for a case; safe to repeat.

    lines: SKU -> pieces of one merchant. Raises CourierFailed when a courier does not answer.
    """
    _carry_for_case(person_id, case_no, order_no, lines, HOMEWARD)


def send_again(
    *, person_id: UUID, case_no: str, order_no: str, lines: Mapping[str, int], own: bool = False
) -> None:
    """Send pieces in place of others, or mended ones, for a case; they do not count as goods of the order.

    lines: SKU -> pieces of one merchant, also of SKUs that were not bought. own: they are the buyer's own, mended or
    not. Safe to repeat. Raises CourierFailed.
    """
    _carry_for_case(person_id, case_no, order_no, lines, OUTWARD, own=own)


def _carry_for_case(
    person_id: UUID,
    case_no: str,
    order_no: str,
    lines: Mapping[str, int],
    direction: str,
    *,
    own: bool = False,
) -> None:
    parcel_no = _pack_for_case(person_id, case_no, order_no, lines, direction, own=own)
    if parcel_no:
        tell_courier(person_id=person_id, parcel_no=parcel_no)


def _pack_for_case(
    person_id: UUID, case_no: str, order_no: str, lines: Mapping[str, int], direction: str, *, own: bool
) -> str:
    """Write the parcel of a case, once for each way; returns its number, "" when there is nothing to carry."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=case_no):
        order = locked(person_id, order_no)
        if order is None or not lines:
            return ""
        if known := Shipment.objects.of_case(case_no, direction):
            return known
        bought = Line.objects.filter(order_no=order_no, sku__in=lines)
        goods = {row["sku"]: row for row in bought.values("sku", "merchant", "real_name")}
        for sku, it in skus([sku for sku in lines if sku not in goods]).items():
            goods[sku] = {"sku": sku, "merchant": it.merchant, "real_name": it.real_name}
        merchant = next((row["merchant"] for row in goods.values()), OWN_SHOP)
        part = Part.objects.filter(order_no=order_no, merchant=merchant)
        part_no = part.values_list("part_no", flat=True).first()
        if part_no is None:
            log.error("case %s is about nothing of its order", case_no)
            return ""
        checked = direction == OUTWARD and any(row["real_name"] for row in goods.values())
        by = choose_courier(wished=order["courier"], used=shop(merchant).merchant.couriers)
        return pack(
            person_id,
            Parcel(
                parcel_no=new_parcel_no(), order_no=order_no, part_no=part_no, merchant=merchant, courier=by,
                lines=lines, real_name=checked, direction=direction, case_no=case_no,
            ),
            own=own,
        )  # fmt: skip
