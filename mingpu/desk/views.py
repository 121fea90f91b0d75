"""The staff desk: sign in, the queue of cases, one case at a time, yes or no."""

from collections.abc import Mapping
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.desk import services
from mingpu.desk.forms import DecisionForm, LookupForm, SignInForm
from mingpu.desk.guards import COOKIE, any_staff, mall_staff
from mingpu.desk.queries import OnDuty
from mingpu.lib.errors import MallError, NotFound
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.service.queries import DeskCase, desk_case, person_of_case, queue
from mingpu.service.rules import INSPECTION, REVIEWING
from mingpu.service.services import decide

# What staff can decide in which state.
ACTIONS: Final = {REVIEWING: ("approve", "reject"), INSPECTION: ("received", "reject")}
TABS: Final = {
    "": Text("待处理", "Waiting"),
    REVIEWING: Text("待审核", "To be looked at"),
    INSPECTION: Text("待验收", "To be inspected"),
}


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """GET the form; POST -> 303 to the queue, or the form again with what was wrong."""
    form = SignInForm(request.POST or None)
    onward = request.POST.get("next") or request.GET.get("next", "")
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            token = services.sign_in(
                name=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                address=cast("MallRequest", request).address,
            )
        except MallError as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            return _signed_in(onward, token)
    elif request.method == "POST":
        status = 422
    return render(request, "desk/login.html", {"form": form, "next": onward}, status=status)


def _signed_in(onward: str, token: str) -> HttpResponse:
    safe = url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    response = HttpResponse(status=303, headers={"Location": onward if safe else reverse("desk_home")})
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=settings.SECURE)
    return response


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """POST -> 303 to the form."""
    services.sign_out(token=request.COOKIES.get(COOKIE, ""))
    response = HttpResponse(status=303, headers={"Location": reverse("desk_login")})
    response.delete_cookie(COOKIE, samesite="Strict")
    return response


@require_GET
@any_staff
def home(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the page that a member of staff begins with: the queue, or 302 to what is to be sent for a merchant's."""
    return redirect("desk_parts") if staff.merchant else _queue(request, staff)


def _queue(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """Show the cases that wait, oldest first, of all states or one."""
    rows, state = queue(), request.GET.get("status", "")
    shown = [_row(row) for row in rows if state in {"", row["status"]}]
    tabs = [
        {
            "label": label,
            "url": f"?status={it}" if it else "?",
            "active": it == state,
            "count": sum(it in {"", row["status"]} for row in rows),
        }
        for it, label in TABS.items()
    ]
    listing = {"items": shown, "total": len(shown), "page": 1, "page_size": max(len(shown), 1)}
    return render(request, "desk/cases.html", {"staff": staff, "tabs": tabs, "listing": listing})


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "refund_fen": row["amount_fen"], "opened_at": row["created_at"]}


@require_GET
@mall_staff
def case(request: HttpRequest, staff: OnDuty, case_no: str) -> HttpResponse:
    """GET one case with its one order, masked."""
    return _show(request, staff, desk_case(case_no=case_no), DecisionForm())


@require_POST
@mall_staff
def case_decide(request: HttpRequest, staff: OnDuty, case_no: str) -> HttpResponse:
    """POST decision and answer -> 303 to the case; 422 with what was typed where the answer is missing."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, staff, desk_case(case_no=case_no), form, status=422)
    decision = form.cleaned_data["decision"]
    decide(
        person_id=person_of_case(case_no),
        case_no=case_no,
        approve=decision != "reject",
        staff=staff.name,
        answer=form.cleaned_data["note"],
        seen=tuple(state for state, ways in ACTIONS.items() if decision in ways),
    )
    return HttpResponse(status=303, headers={"Location": reverse("desk_case", args=[case_no])})


def _show(
    request: HttpRequest, staff: OnDuty, it: DeskCase, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    facts = {"staff": staff, "case": _case_facts(it), "order": _order_facts(it), "form": form}
    return render(request, "desk/case.html", facts, status=status)


@require_http_methods(["GET", "POST"])
@mall_staff
def orders(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the form; POST a case number -> the one order it is about, masked."""
    form, order, status = LookupForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            order = _looked_up(form)
            status = 200 if order else 404
    return render(request, "desk/orders.html", {"staff": staff, "form": form, "order": order}, status=status)


def _looked_up(form: LookupForm) -> dict[str, Any] | None:
    try:
        it = desk_case(case_no=form.cleaned_data["case_no"].strip().upper())
    except NotFound as error:
        form.add_error("case_no", error.message)
        return None
    named = form.cleaned_data["order_no"].strip().upper()
    if named and named != it.case.order_no:
        form.add_error("order_no", str(Text("与售后单不符", "The case is about another order")))
        return None
    return _order_facts(it)


def _case_facts(it: DeskCase) -> dict[str, Any]:
    """Return a case as `desk/case.html` shows it."""
    asked = dict(it.case.lines)
    return {
        "case_no": it.case.case_no,
        "type_label": it.case.type_label,
        "status": it.case.status,
        "status_label": it.case.status_label,
        "reason_label": it.case.reason_label,
        "description": it.case.description,
        "opened_at": it.case.created_at,
        "refund_fen": it.case.amount_fen,
        "lines": [_line(line, asked[line["sku"]]) for line in it.goods if line["sku"] in asked],
        "events": [
            {"text": Text("顾客提交了申请", "The customer sent the request"), "at": it.case.created_at}
        ],
        "actions": ACTIONS.get(it.case.status, ()),
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
        "shipments": (),
    }


def _line(line: Mapping[str, Any], quantity: int) -> dict[str, Any]:
    return {**line, "quantity": quantity, "subtotal_fen": line["price_fen"] * quantity}
