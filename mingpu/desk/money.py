"""Money that waits for the mall's staff: cash on delivery, stuck refunds and invoices, bills that disagree."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from mingpu.desk.guards import mall_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.invoices.queries import stuck_invoices
from mingpu.invoices.services import retry_reversal
from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.merchants.rules import COURIERS
from mingpu.payments.queries import cod_reviews, differences, stuck_refunds
from mingpu.payments.refunds import retry, to_balance
from mingpu.payments.rules import METHODS
from mingpu.payments.services import decide_cod

PARTIES = {**METHODS, **COURIERS}  # whose bills are compared
UNCLEAR = Text("请重新选择", "please choose again")


@require_GET
@mall_staff
def cod(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the orders with cash on delivery that wait for staff: number, amount and why."""
    return show(request, staff, "desk/cod.html", {"rows": cod_reviews()})


@require_POST
@mall_staff
def cod_decide(request: HttpRequest, staff: OnDuty, order_no: str) -> HttpResponse:
    """POST decision=accept|decline -> 303 to the queue; the worker carries it out."""
    decision = request.POST.get("decision")
    if decision not in {"accept", "decline"}:
        raise Invalid(field=Text("决定", "decision"), problem=UNCLEAR)
    decide_cod(order_no=order_no, accept=decision == "accept", staff=staff.known_as)
    return back("desk_cod", done="asked")


@require_GET
@mall_staff
def refunds(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the refunds that wait for a person."""
    rows = [{"it": it, "path": METHODS[it.path]} for it in stuck_refunds()]
    return show(request, staff, "desk/refunds.html", {"rows": rows})


@require_POST
@mall_staff
def refund_mend(request: HttpRequest, staff: OnDuty, out_refund_no: str) -> HttpResponse:
    """POST way=same|balance -> 303 to the list; the worker carries it out."""
    way = request.POST.get("way")
    if way not in {"same", "balance"}:
        raise Invalid(field=Text("办法", "way"), problem=UNCLEAR)
    mend = to_balance if way == "balance" else retry
    mend(out_refund_no=out_refund_no, staff=staff.known_as)
    return back("desk_refunds", done="asked")


@require_GET
@mall_staff
def reconciliation(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET what bills and our books disagree about."""
    rows = [{"it": it, "party": PARTIES[it.provider]} for it in differences()]
    return show(request, staff, "desk/differences.html", {"rows": rows})


@require_GET
@mall_staff
def invoices(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the invoices whose red letter was refused."""
    return show(request, staff, "desk/invoices.html", {"rows": stuck_invoices()})


@require_POST
@mall_staff
def invoice_retry(request: HttpRequest, staff: OnDuty, invoice_no: str) -> HttpResponse:  # noqa: ARG001 -- the guard's
    """POST -> 303 to the list; the worker asks for the red letter again."""
    retry_reversal(invoice_no=invoice_no, staff=staff.known_as)
    return back("desk_invoices", done="asked")
