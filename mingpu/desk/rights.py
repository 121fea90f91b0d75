"""Requests about rights at the desk: the queue by time left, one request, relatives of the dead, looks at children's data."""

from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.functional import lazystr
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.desk.guards import any_staff, mall_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.lib.errors import MallError
from mingpu.lib.text import Text
from mingpu.rights import rules
from mingpu.rights.queries import desk_kin, desk_request, queue
from mingpu.rights.services import (
    answer,
    approvals,
    approve_kin,
    approve_look,
    ask_approval,
    refuse_kin,
    take,
)

GRANT: Final = Text("办理（同意）", "Done (granted)")


class AnswerForm(forms.Form):
    """The answer; a refusal names one of the reasons the law knows."""

    reason = forms.ChoiceField(
        label=lazystr(Text("结果", "Outcome")), required=False, choices=[("", GRANT), *rules.REASONS.items()]
    )
    words = forms.CharField(
        label=lazystr(Text("给本人的答复", "Answer to the person")), max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class LookForm(forms.Form):
    """Which request or case of a child's is to be looked at."""

    reference = forms.CharField(label=lazystr(Text("请求编号或售后单号", "Number of the request or case")), max_length=40)  # fmt: skip


@require_GET
@mall_staff
def rights(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET what waits for an answer, least time left first, overdue marked; numbers only, no persons."""
    rows = queue()
    return show(
        request, staff, "desk/rights.html", {"rows": rows, "overdue": sum(row["overdue"] for row in rows)}
    )


@require_http_methods(["GET", "POST"])
@mall_staff
def right(request: HttpRequest, staff: OnDuty, no: str) -> HttpResponse:
    """GET one request; POST act=take, or an answer -> 303 back. A child's needs an approval first (403)."""
    form = AnswerForm(request.POST if "words" in request.POST else None)
    if request.method == "POST" and request.POST.get("act") == "take":
        take(no=no, staff=staff.known_as)
        return back("desk_right", no, done="asked")
    if request.method == "POST" and form.is_valid():
        answer(no=no, staff=staff.known_as, **form.cleaned_data)
        return back("desk_right", no, done="asked")
    facts = {"it": desk_request(no), "form": form}
    return show(request, staff, "desk/right.html", facts, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@mall_staff
def kin(request: HttpRequest, staff: OnDuty, no: str) -> HttpResponse:
    """GET a relative's request; POST reason "" says yes as one of two, another one says no -> 303 back."""
    if request.method == "POST":
        if reason := request.POST.get("reason", ""):
            refuse_kin(no=no, staff=staff.known_as, reason=reason)
        else:
            approve_kin(no=no, staff=staff.known_as)
        return back("desk_kin", no, done="asked")
    return show(request, staff, "desk/kin.html", {"it": desk_kin(no), "reasons": rules.KIN_REASONS.items()})


@require_http_methods(["GET", "POST"])
@any_staff
def minors(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET who waits for a yes to look at a child's data; POST a number asks for one -> 303 back."""
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_approval(reference=form.cleaned_data["reference"], staff=staff.known_as)
        except MallError as refused:
            form.add_error("reference", refused.message)
        else:
            return back("desk_minors", done="asked")
    facts = {"rows": [] if staff.merchant else approvals(), "form": form, "me": staff.known_as}
    return show(request, staff, "desk/minors.html", facts, status=422 if form.errors else 200)


@require_POST
@mall_staff
def minor_approve(request: HttpRequest, staff: OnDuty, approval_id: UUID) -> HttpResponse:
    """POST -> 303 back; a colleague may look for a day. 409 for one's own."""
    del request
    approve_look(approval_id=approval_id, staff=staff.known_as)
    return back("desk_minors", done="asked")
