"""Requests under an exception at the desk: the list of cases, asking, deciding as a second person, reading, closing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.desk.gate_forms import RequestForm, StepForm
from mingpu.desk.guards import mall_staff
from mingpu.desk.openings import NOBODY_KEEPS
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.desk.services import counting_guesses
from mingpu.governance.queries import Request, request_of, requests
from mingpu.governance.services import approve, ask, close, decline, read, withhold
from mingpu.lib.errors import MallError, NotFound
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.gates import gates
from mingpu.privacy.register import REGISTER


@require_GET
@mall_staff
def listed(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the eleven cases with what the law carries of each, and the newest requests."""
    facts = {"codes": list(exceptions().values()), "rows": requests()}
    return show(request, staff, "desk/requests.html", facts)


@require_http_methods(["GET", "POST"])
@mall_staff
def new(request: HttpRequest, staff: OnDuty, code: str) -> HttpResponse:
    """GET the form of one case of the law; POST it -> 303 to the request, or the form again."""
    known = exceptions().get(code)
    if known is None or not known.requestable:
        raise NotFound
    form, status = RequestForm(known, request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with counting_guesses(staff.known_as):
                    number = ask(form.wanted, requester=staff.known_as)
            except MallError as error:
                form.add_error(None, error.message)
                status = error.status
            else:
                return back("desk_request", number)
    return show(request, staff, "desk/request_new.html", {"code": known, "form": form}, status=status)


@require_GET
@mall_staff
def one(request: HttpRequest, staff: OnDuty, exception_no: str) -> HttpResponse:
    """GET one request; 404 for an unknown one."""
    return _page(request, staff, request_of(exception_no), StepForm())


@require_POST
@mall_staff
def step(request: HttpRequest, staff: OnDuty, exception_no: str) -> HttpResponse:
    """POST step=approve|decline|close|withhold -> 303 to the request, or its page with what was wrong."""
    form, it = StepForm(request.POST), request_of(exception_no)
    if not form.is_valid():
        return _page(request, staff, it, form, status=422)
    typed, by = form.cleaned_data, staff.known_as
    try:
        if typed["step"] == "approve":
            approve(exception_no=exception_no, by=by)
        elif typed["step"] == "decline":
            decline(exception_no=exception_no, by=by, why=typed["why"])
        elif typed["step"] == "close":
            close(exception_no=exception_no, by=by)
        else:
            withhold(exception_no=exception_no, until=typed["until"], order_ref=typed["order_ref"], by=by)
    except MallError as error:
        form.add_error(None, error.message)
        return _page(request, staff, it, form, status=error.status)
    return back("desk_request", exception_no, done="asked")


@require_POST
@mall_staff
def read_it(request: HttpRequest, staff: OnDuty, exception_no: str) -> HttpResponse:
    """POST -> what the request opened, in clear; 403 when it does not stand, 404 for who does not answer for it."""
    known = gates()
    found = [
        {"person": it["person"], "label": known[it["item"]].label, "rows": [_told(known[it["item"]].table, row) for row in it["rows"]]}
        for it in read(exception_no=exception_no, staff=staff.known_as)
    ]  # fmt: skip
    facts = {"it": request_of(exception_no), "found": found}
    response = show(request, staff, "desk/request_read.html", facts)
    response.headers["Cache-Control"] = NOBODY_KEEPS
    return response


def _told(table: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    columns = REGISTER.tables[table].columns
    return [
        {"label": columns[name].label or name, "value": "" if value is None else value}
        for name, value in row.items()
    ]


def _page(
    request: HttpRequest, staff: OnDuty, it: Request, form: StepForm, *, status: int = 200
) -> HttpResponse:
    me = staff.known_as
    facts = {
        "it": it,
        "form": form,
        "decides": it.state == "waiting" and it.requester != me,
        "reads": it.state == "open" and me in {it.requester, it.approver},
        "closes": it.state in {"waiting", "open"},
        "withholds": it.hidden_until is not None and it.state != "declined",
    }
    return show(request, staff, "desk/request.html", facts, status=status)
