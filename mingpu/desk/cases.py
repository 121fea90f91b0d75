"""After-sales at the desk: the queue, one case at a time, and what is decided; a shop's staff see and decide their own."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.desk.errors import TooManyTries
from mingpu.desk.forms import DecisionForm, LookupForm
from mingpu.desk.guards import any_staff, mall_staff
from mingpu.desk.incidents import urgent
from mingpu.desk.openings import looks_at
from mingpu.desk.queries import OnDuty
from mingpu.desk.services import counting_guesses
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.rules import OWN_SHOP
from mingpu.service import rules
from mingpu.service.queries import DeskCase, ParcelGlance, desk_case, desk_evidence, person_of_case, queue
from mingpu.service.services import arbitrate, decide

# Decision -> the state it is meant for, whether it is a yes, and the word on its button.
DECISIONS: Final = {
    "approve": (rules.REVIEWING, True, Text("同意", "Approve")),
    "received": (rules.INSPECTION, True, Text("已收到并验收", "Received and accepted")),
    "reject": ("", False, Text("不同意", "Refuse")),
    "missing": (rules.INSPECTION, False, Text("未收到退货", "Nothing arrived")),
    "mended": (rules.REPAIRING, True, Text("已修好，寄回", "Mended, send it back")),
    "give_up": (rules.REPAIRING, False, Text("无法修复，退款", "Beyond repair, refund")),
    "uphold": (rules.ARBITRATION, True, Text("支持顾客", "For the customer")),
    "dismiss": (rules.ARBITRATION, False, Text("支持商家", "For the seller")),
}
EITHER: Final = (rules.REVIEWING, rules.INSPECTION)  # where `reject` belongs
TABS: Final = (rules.REVIEWING, rules.INSPECTION, rules.REPAIRING, rules.ARBITRATION)
# A file of a customer's, opened by itself, may do nothing but be seen.
FILE_POLICY: Final = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; sandbox"
)


@require_GET
@any_staff
def cases(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the cases that wait for who asks, of all states or one."""
    return show_queue(request, staff)


def show_queue(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """Draw the cases that wait for who asks, what is overdue at the mall first."""
    rows, state = queue(merchant=staff.merchant), request.GET.get("status", "")
    states = ["", *(it for it in TABS if not (staff.merchant and it == rules.ARBITRATION))]
    tabs = [
        {
            "label": rules.LABELS[it] if it else Text("待处理", "Waiting"),
            "url": f"?{urlencode({'status': it})}" if it else "?",
            "active": it == state,
            "count": sum(it in {"", row["status"]} for row in rows),
        }
        for it in states
    ]
    shown = [
        {**row, "refund_fen": row["amount_fen"], "opened_at": row["created_at"]}
        for row in rows
        if state in {"", row["status"]}
    ]
    listing = {"items": shown, "total": len(shown), "page": 1, "page_size": max(len(shown), 1)}
    facts = {"staff": staff, "tabs": tabs, "listing": listing, "urgent": [] if staff.merchant else urgent()}
    return render(request, "desk/cases.html", facts)


@require_GET
@any_staff
def case(request: HttpRequest, staff: OnDuty, case_no: str) -> HttpResponse:
    """GET one case with its one order, masked; 404 for another shop's."""
    with counting_guesses(staff.known_as):
        it = desk_case(case_no=case_no, merchant=staff.merchant)
    return _show(request, staff, it, DecisionForm())


@require_POST
@any_staff
def case_decide(request: HttpRequest, staff: OnDuty, case_no: str) -> HttpResponse:
    """POST decision and answer -> 303 to the case; 422 with what was typed where the answer is missing."""
    person_id = person_of_case(case_no, merchant=staff.merchant)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        it = desk_case(case_no=case_no, merchant=staff.merchant)
        return _show(request, staff, it, form, status=422)
    decision, answer = form.cleaned_data["decision"], form.cleaned_data["note"]
    state, yes, _ = DECISIONS[decision]
    if state == rules.ARBITRATION:
        if staff.merchant:
            raise NotFound
        arbitrate(person_id=person_id, case_no=case_no, uphold=yes, staff=staff.known_as, answer=answer)
    else:
        decide(
            person_id=person_id, case_no=case_no, approve=yes, staff=staff.known_as, answer=answer,
            seen=(state,) if state else EITHER, merchant=staff.merchant or OWN_SHOP,
            arrived=decision != "missing", resale=form.cleaned_data["resale"],
        )  # fmt: skip
    return HttpResponse(status=303, headers={"Location": reverse("desk_case", args=[case_no])})


@require_GET
@any_staff
def evidence(request: HttpRequest, staff: OnDuty, case_no: str, number: str) -> HttpResponse:  # noqa: ARG001 -- Django gives it
    """GET a photo or video of a case; the look is logged as the case's are."""
    media_type, content = desk_evidence(case_no=case_no, number=number, merchant=staff.merchant)
    headers = {"Content-Security-Policy": FILE_POLICY, "Content-Disposition": "inline", "Cache-Control": "private, no-store"}  # fmt: skip
    return HttpResponse(content, content_type=media_type, headers=headers)


@require_http_methods(["GET", "POST"])
@mall_staff
def orders(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the form; POST a case number -> the one order it is about, masked."""
    form, order, status = LookupForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            order = _looked_up(form, staff)
            status = 200 if order else 404
    return render(request, "desk/orders.html", {"staff": staff, "form": form, "order": order}, status=status)


def _looked_up(form: LookupForm, staff: OnDuty) -> dict[str, Any] | None:
    try:
        with counting_guesses(staff.known_as):
            it = desk_case(case_no=form.cleaned_data["case_no"].strip().upper())
    except (NotFound, TooManyTries) as error:
        form.add_error("case_no", error.message)
        return None
    named = form.cleaned_data["order_no"].strip().upper()
    if named and named != it.case.order_no:
        form.add_error("order_no", str(Text("与售后单不符", "The case is about another order")))
        return None
    return _order_facts(it)


def _show(
    request: HttpRequest, staff: OnDuty, it: DeskCase, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    facts = {
        "staff": staff, "case": _case_facts(it, staff), "order": _order_facts(it), "form": form,
        **looks_at(it, staff),
    }  # fmt: skip
    return render(request, "desk/case.html", facts, status=status)


def _case_facts(it: DeskCase, staff: OnDuty) -> dict[str, Any]:
    """Return a case as `desk/case.html` shows it, with what this member of staff can decide."""
    asked, swaps = dict(it.case.lines), dict(it.case.swaps)
    mine = it.case.merchant == (staff.merchant or OWN_SHOP)
    judges = it.case.status == rules.ARBITRATION and not staff.merchant
    allowed = it.actions if judges or (mine and it.case.status != rules.ARBITRATION) else ()
    return {
        "case_no": it.case.case_no,
        "type": it.case.type,
        "type_label": it.case.type_label,
        "status": it.case.status,
        "status_label": it.case.status_label,
        "reason_label": it.case.reason_label,
        "freight_label": rules.FREIGHT_OF_DESK[it.case.freight],
        "description": it.case.description,
        "appeal": it.case.appeal,
        "answer": it.case.answer,
        "merchant": it.case.merchant,
        "opened_at": it.case.created_at,
        "due_at": it.case.due_at,
        "refund_fen": it.case.amount_fen,
        "shipping_fen": it.case.shipping_fen,
        "return_courier": it.case.return_courier,
        "waybill_no": it.case.waybill_no,
        "way_label": rules.WAYS.get(it.case.way, ""),
        "lines": [
            {**_line(line, asked[line["sku"]]), "swap": swaps.get(line["sku"], "")}
            for line in it.goods
            if line["sku"] in asked
        ],
        "evidence": it.case.evidence,
        "events": [{"text": text, "at": at} for at, text in it.case.events],
        "parcels": [_parcel(one) for one in it.parcels if one.case_no == it.case.case_no],
        "refunds": [one for one in it.refunds if one.reason == f"case:{it.case.case_no}"],
        "actions": [
            {"name": name, "label": DECISIONS[name][2], "yes": DECISIONS[name][1]} for name in allowed
        ],
        "inspecting": it.case.status == rules.INSPECTION and it.case.type != rules.REPAIR,
    }


def _order_facts(it: DeskCase) -> dict[str, Any]:
    """Return an order as the desk shows it: masked."""
    return {
        "order_no": it.case.order_no,
        "status_label": it.order_status,
        "placed_at": it.placed_at,
        "total_fen": it.total_fen,
        "consignee": {"name": it.consignee, "phone": it.phone, "address": it.address},
        "lines": [_line(line, line["quantity"]) for line in it.goods],
        "shipments": [_parcel(one) for one in it.parcels if not one.case_no],
    }


def _parcel(one: ParcelGlance) -> dict[str, Any]:
    return {
        "courier": one.courier_label,
        "waybill_no": one.waybill_no or "",
        "direction": one.direction,
        "status_label": one.status_label,
    }


def _line(line: Mapping[str, Any], quantity: int) -> dict[str, Any]:
    return {**line, "quantity": quantity, "subtotal_fen": line["price_fen"] * quantity}
