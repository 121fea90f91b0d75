"""A merchant's parts of orders: what is to be sent, one part with its parcels, sending it, the label."""

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from mingpu.delivery.errors import NotReady
from mingpu.delivery.queries import label_of, parcels_of
from mingpu.delivery.services import new_parcel_no, ship
from mingpu.desk.forms import ShipForm
from mingpu.desk.guards import merchant_staff
from mingpu.desk.pages import back, page_number, show
from mingpu.desk.queries import OnDuty
from mingpu.desk.queries.parts import (
    ENDED,
    PARTLY,
    SENT,
    TO_SHIP,
    WAITING,
    PartRow,
    consignee_of,
    part_of,
    parts_of,
)
from mingpu.lib.errors import MallError
from mingpu.merchants.queries import merchant
from mingpu.orders.rules import PART_LABELS

TABS = (TO_SHIP, PARTLY, SENT, WAITING, ENDED)


@require_GET
@merchant_staff
def parts(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the parts of one state, those to be sent by default: goods, pieces and amounts, no person."""
    asked = request.GET.get("state", "")
    state = asked if asked in TABS else TO_SHIP
    listing = parts_of(merchant=staff.merchant, state=state, page=page_number(request))
    tabs = [
        {
            "label": PART_LABELS[it],
            "url": f"?state={it}",
            "active": it == state,
            "count": listing.counts.get(it),
        }
        for it in TABS
    ]
    return show(request, staff, "desk/parts.html", {"listing": listing, "tabs": tabs})


@require_GET
@merchant_staff
def part(request: HttpRequest, staff: OnDuty, part_no: str) -> HttpResponse:
    """GET one part: the shop's own lines, its parcels, and while it is to be sent the consignee, masked."""
    return _show(request, staff, part_of(merchant=staff.merchant, part_no=part_no))


@require_POST
@merchant_staff
def part_ship(request: HttpRequest, staff: OnDuty, part_no: str) -> HttpResponse:
    """POST pieces and courier -> 303 to the part; the page again with what was wrong."""
    it = part_of(merchant=staff.merchant, part_no=part_no)
    if not it.to_send:
        raise NotReady(state=it.state_label)
    form = ShipForm(it.lines, merchant(staff.merchant).couriers, request.POST)
    if not form.is_valid():
        return _show(request, staff, it, form, status=422)
    try:
        ship(
            part_no=part_no, merchant=staff.merchant, lines=form.wanted, courier=form.cleaned_data["courier"],
            parcel_no=form.cleaned_data["parcel_no"],
        )  # fmt: skip
    except MallError as refused:
        form.add_error(None, refused.message)
        return _show(request, staff, it, form, status=refused.status)
    return back("desk_part", part_no, done="ship")


@require_GET
@merchant_staff
def label(request: HttpRequest, staff: OnDuty, part_no: str, parcel_no: str) -> HttpResponse:
    """GET the masked label of one parcel, made to be printed on A6."""
    part_of(merchant=staff.merchant, part_no=part_no)
    it = label_of(part_no=part_no, merchant=staff.merchant, parcel_no=parcel_no)
    # Drawn by the library from the courier's number, which it takes as text.
    code = mark_safe(segno.make_qr(it.waybill_no, error="m").svg_inline(border=0, omitsize=True))  # noqa: S308
    return show(request, staff, "desk/label.html", {"label": it, "code": code, "part_no": part_no})


def _show(
    request: HttpRequest, staff: OnDuty, it: PartRow, form: ShipForm | None = None, *, status: int = 200
) -> HttpResponse:
    facts: dict[str, Any] = {
        "part": it,
        "parcels": parcels_of(merchant=staff.merchant, part_nos=[it.part_no]).get(it.part_no, ()),
        "consignee": None,
        "form": None,
    }
    if it.to_send:
        facts["consignee"] = consignee_of(merchant=staff.merchant, part_no=it.part_no)
        couriers = merchant(staff.merchant).couriers
        facts["form"] = form or ShipForm(it.lines, couriers, parcel_no=new_parcel_no())
    return show(request, staff, "desk/part.html", facts, status=status)
