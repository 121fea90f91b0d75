"""What becomes of the goods of a case: pieces that stay in the house, come back to stock, or are replaced.

All of it happens in the worker, in the block of after-sales, under the lock of the order's row: what delivery has
put into parcels, and what is kept back here, are counted in one place, `Line.sent`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import F, Sum

from mingpu.catalog.models import Shelf, Sku
from mingpu.catalog.queries import warehouses_of
from mingpu.delivery.models import ParcelLine, Shipment
from mingpu.delivery.rules import ENDS, LABELLED, OUTWARD, PENDING, RETURNED
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.orders.models import Line, Order, Part
from mingpu.orders.rules import CLOSED, DELIVERED
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.models import Case, CaseLine, Row

SOON: Final = timedelta(minutes=1)
MOST_TRIES: Final = 12


def keep_back(*, person_id: UUID, case_no: str, tries: int = 0) -> None:
    """Keep what is being refunded from being sent; safe to repeat.

    Pieces that are in a parcel which has not left are waited for: the courier is called off, and what else was in
    that parcel is packed anew. A parcel that leaves all the same leaves with its pieces. tries: how often it was
    waited for, each time twice as long.
    """
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        try:
            case = Case.objects.hold(person_id, case_no)
        except NotFound:
            return
        if case["status"] not in {rules.REFUNDING, rules.REFUNDED}:
            return
        who, order_no = str(person_id), case["order_no"]
        keep(person_id, case)
        if case["status"] == rules.REFUNDED:
            settle(person_id, case)
        parcels = _still_packed(case)
        if parcels and tries < MOST_TRIES:
            # By name: what is packed anew meanwhile is none of this.
            enqueue("delivery.call_off", person_id=who, order_no=order_no, parcels=parcels)
            again = now() + SOON * 2**tries
            enqueue("service.keep_back", at=again, person_id=who, case_no=case_no, tries=tries + 1)


def keep(person_id: UUID, case: Row) -> None:
    """Take pieces of a refund that are in no parcel out of what is to be sent.

    What else was in a parcel that was called off is packed anew.
    """
    if case["type"] != rules.REFUND or case["parcel_no"]:
        return
    mine = _wanting(case["case_no"])
    kept = 0
    lines = Line.objects.filter(order_no=case["order_no"], person_id=person_id, sku__in=mine)
    for line in lines.order_by("sku").values("id", "sku", "quantity", "sent"):
        if pieces := min(mine[line["sku"]], line["quantity"] - line["sent"]):
            Line.objects.filter(id=line["id"]).update(sent=F("sent") + pieces)
            own = CaseLine.objects.filter(case_no=case["case_no"], sku=line["sku"])
            own.update(kept=F("kept") + pieces)
            kept += pieces
    if kept:
        enqueue("delivery.book", person_id=str(person_id), order_no=case["order_no"])


def _wanting(case_no: str) -> dict[str, int]:
    """Return the pieces of a case that are not kept back: SKU -> pieces."""
    rows = CaseLine.objects.filter(case_no=case_no).values_list("sku", "quantity", "kept")
    return {sku: quantity - kept for sku, quantity, kept in rows if quantity > kept}


def _still_packed(case: Row) -> list[str]:
    """Return the parcels that have not left the house and hold pieces of a refund."""
    if case["type"] != rules.REFUND or case["parcel_no"]:
        return []
    parcels = Shipment.objects.filter(
        order_no=case["order_no"], direction=OUTWARD, case_no="", status__in=(PENDING, LABELLED)
    )
    numbers = dict(parcels.values_list("id", "parcel_no"))
    wanting = list(_wanting(case["case_no"]))
    lines = ParcelLine.objects.filter(shipment_id__in=list(numbers), sku__in=wanting)
    return sorted({numbers[shipment_id] for shipment_id in lines.values_list("shipment_id", flat=True)})


def settle(person_id: UUID, case: Row) -> None:
    """Give back to stock what a finished case has brought, each piece once.

    Pieces that were kept back are no more pieces of the order; what came back is sold again where somebody has found
    it fit for that.
    """
    rows = list(
        CaseLine.objects.filter(case_no=case["case_no"]).values("sku", "quantity", "kept", "restocked")
    )
    brought = _brought_back(case)
    whole = case["resale"] or brought
    back = {row["sku"]: (row["quantity"] if whole else row["kept"]) - row["restocked"] for row in rows}
    back = {sku: pieces for sku, pieces in back.items() if pieces > 0}
    if not back:
        return
    for sku, pieces in sorted(back.items()):
        own = CaseLine.objects.filter(case_no=case["case_no"], sku=sku)
        own.update(restocked=F("restocked") + pieces)
    left = Sku.objects.give_back(back)
    if not brought:  # else they are on their shelf since the parcel came back
        _onto_shelves(
            case["merchant"],
            {row["sku"]: _returned(row["kept"], row["restocked"], back.get(row["sku"], 0)) for row in rows},
        )
    if any(left[code] == back[code] for code in left):  # it was sold out and is not any more
        enqueue("search.refresh", once=f"refresh-{case['case_no']}", skus=sorted(left))
    if case["type"] == rules.REFUND and not case["parcel_no"]:
        _fewer(person_id, case, sum(back.values()))


def _returned(kept: int, before: int, back: int) -> int:
    """Return how many of the pieces given back now have been away: those kept back never left their shelf."""
    return max(0, before + back - kept) - max(0, before - kept)


def _onto_shelves(merchant: str, pieces: Mapping[str, int]) -> None:
    """Put what came back on shelves of its merchant's first warehouse, where it has any."""
    lying = Shelf.objects.hold([sku for sku, number in pieces.items() if number])
    first = next((it.code for it in warehouses_of(merchant)), "") if lying else ""
    if first:
        Shelf.objects.add({(sku, first): pieces[sku] for sku in lying})


def _brought_back(case: Row) -> bool:
    """Tell whether it is about a parcel that is back at the merchant."""
    parcel = Shipment.objects.filter(parcel_no=case["parcel_no"] or None, status=RETURNED)
    return parcel.exists()


def _fewer(person_id: UUID, case: Row, pieces: int) -> None:
    """Let an order go on without pieces that are not sent: what is left may have arrived already."""
    order_no = case["order_no"]
    order = Order.objects.filter(order_no=order_no).values("status", "pieces").get()
    if order["status"] == CLOSED:
        return
    Part.objects.filter(order_no=order_no, merchant=case["merchant"]).update(pieces=F("pieces") - pieces)
    Part.objects.filter(order_no=order_no, pieces=0, ended_at=None).update(ended_at=now())
    facts: dict[str, object] = {}
    left = order["pieces"] - pieces
    over = Shipment.objects.filter(order_no=order_no, direction=OUTWARD, case_no="", status__in=ENDS)
    if not left:
        facts["ended"] = CLOSED
    elif (over.aggregate(sum=Sum("pieces"))["sum"] or 0) >= left:
        facts["delivered_at"] = now()
    after = Order.objects.change(order_no, person_id, cause="taken_out", more={"pieces": -pieces}, **facts)
    if after == DELIVERED:
        until = now() + timedelta(days=settings.RECEIPT_DAYS)
        enqueue("delivery.receipt_due", at=until, person_id=str(person_id), order_no=order_no)
