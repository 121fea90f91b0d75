"""Goods that are not sent: after 48 hours a buyer has the money back for the asking, after 15 days without asking.

Counted from when a part could be sent. A piece is sent when the courier has it; one in a parcel that nobody has fetched
is not, and that parcel is called off like that of any refund.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import F, Sum

from mingpu.delivery.models import ParcelLine, Shipment
from mingpu.delivery.rules import OUTWARD, WITH_COURIER
from mingpu.lib.clock import now
from mingpu.orders.models import Line, Part
from mingpu.orders.rules import SENT_WITHIN
from mingpu.service.models import CARRIED, CaseLine


def not_sent_in_time(order_no: str, merchant: str, lines: Mapping[str, int]) -> bool:
    """Tell whether a merchant should have sent these pieces (SKU -> number) by now and the courier has none of them.

    Before the case that asks for them is written. Inside the caller's block, the order's row locked.
    """
    if merchant not in late(order_no, SENT_WITHIN):
        return False
    left = unsent(order_no, merchant)
    return all(pieces <= left.get(sku, 0) for sku, pieces in lines.items())


def late(order_no: str, wait: timedelta) -> list[str]:
    """Return the merchants that have had something of an order to send for so long, in order."""
    ready = Part.objects.filter(order_no=order_no, ended_at=None, pieces_sent__lt=F("pieces"))
    return list(
        ready.filter(ready_at__lte=now() - wait).order_by("merchant").values_list("merchant", flat=True)
    )


def unsent(order_no: str, merchant: str) -> dict[str, int]:
    """Return the pieces of a merchant that no courier has and no case holds: SKU -> number, none of zero."""
    bought = Line.objects.filter(order_no=order_no, merchant=merchant, kind=CARRIED)
    found = dict(bought.values_list("sku", "quantity"))
    parcels = Shipment.objects.filter(
        order_no=order_no, direction=OUTWARD, case_no="", status__in=WITH_COURIER
    )
    sent = ParcelLine.objects.filter(shipment_id__in=list(parcels.values_list("id", flat=True)))
    for gone in (sent, CaseLine.objects.held(order_no)):
        for sku, pieces in gone.values_list("sku").annotate(Sum("quantity")):
            if sku in found:
                found[sku] -= pieces
    return {sku: pieces for sku, pieces in found.items() if pieces > 0}
