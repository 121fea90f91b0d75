"""Seeing one value in full: asked for on a case's page, shown for ten minutes, approved by a second person beyond ten."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from mingpu.desk.gate_forms import LookForm
from mingpu.desk.guards import mall_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.governance.errors import CaseClosed
from mingpu.governance.queries import stands, waiting_looks
from mingpu.governance.rules import REVEALS_A_DAY
from mingpu.governance.services import approve_look, ask_look, look
from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.service import rules
from mingpu.service.queries import DeskCase, desk_case, person_of_case

NOBODY_KEEPS: Final = "private, no-store"


@require_GET
@mall_staff
def openings(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the looks that wait for a second person."""
    rows = [{"it": it, "mine": it.staff == staff.known_as} for it in waiting_looks()]
    return show(request, staff, "desk/openings.html", {"rows": rows, "a_day": REVEALS_A_DAY})


@require_POST
@mall_staff
def look_ask(request: HttpRequest, staff: OnDuty, case_no: str) -> HttpResponse:
    """POST item, reason and note -> 303 to the case, where it can be looked at; 409 for a finished case."""
    person_id = person_of_case(case_no)
    it = desk_case(case_no=case_no)
    if it.case.status in rules.FINAL:
        raise CaseClosed
    form = LookForm(request.POST)
    if not form.is_valid():
        raise Invalid(field=Text("项目或理由", "value or reason"), problem=Text("请选择", "please choose"))
    act = ask_look(
        person_id=person_id, order_no=it.case.order_no, reference=case_no, staff=staff.known_as,
        **form.cleaned_data,
    )  # fmt: skip
    return back("desk_case", case_no, done="look" if act.open else "waits")


@require_POST
@mall_staff
def look_show(request: HttpRequest, staff: OnDuty, number: str) -> HttpResponse:
    """POST -> the value, in clear, once; 403 when it is not open, 404 for another's."""
    facts = {"value": look(number=number, staff=staff.known_as)}
    response = show(request, staff, "desk/look.html", facts)
    response.headers["Cache-Control"] = NOBODY_KEEPS
    return response


@require_POST
@mall_staff
def look_approve(request: HttpRequest, staff: OnDuty, number: str) -> HttpResponse:  # noqa: ARG001 -- Django gives it
    """POST -> 303 to the list; 403 for one's own."""
    approve_look(number=number, by=staff.known_as)
    return back("desk_openings", done="asked")


def looks_at(it: DeskCase, staff: OnDuty) -> dict[str, Any]:
    """Return what a case's page offers the mall's staff of values in full: a form and what stands; else nothing."""
    if staff.merchant or it.case.status in rules.FINAL:
        return {"look_form": None, "looks": []}
    return {"look_form": LookForm(), "looks": stands(reference=it.case.case_no, staff=staff.known_as)}
