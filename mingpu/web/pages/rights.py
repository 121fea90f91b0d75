"""Rights in the privacy centre: what is held, how long, what rules decided, what was asked for."""

from typing import Any, Final

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import lazystr
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.lib.clock import now
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.privacy import decisions, held
from mingpu.privacy.register import REGISTER
from mingpu.rights import rules
from mingpu.rights.queries import RequestView, about_label, request_of, requests_of
from mingpu.rights.services import accept, ask, delete_item, needs_proof, withdraw
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, page_number, signed_in
from mingpu.web.pages.account_forms import MallForm
from mingpu.web.pages.proof import ProofForm, by_code
from mingpu.web.pages.stepping import proven

DELETED: Final = Text("已删除", "Deleted")
ASKED: Final = Text("已收到您的请求", "Your request is received")
# Where a kind of item is corrected by its owner; everything else is corrected on request.
FORMS: Final = {
    "accounts_profile": "account", "accounts_address": "addresses", "accounts_contact": "account",
    "invoices_title": "invoice_titles", "privacy_consentevent": "consents", "privacy_standing": "consents",
    "rights_wish": "after_death",
}  # fmt: skip


class AskForm(MallForm):
    """What is asked for, in the person's own words."""

    kind = forms.ChoiceField(
        label=lazystr(Text("您要求什么", "What you ask")), choices=list(rules.KINDS.items()), widget=forms.RadioSelect
    )  # fmt: skip
    about = forms.CharField(required=False, widget=forms.HiddenInput, max_length=80)
    words = forms.CharField(
        label=lazystr(Text("说明", "In your words")), required=False, max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


@require_GET
@signed_in
def rights_page(request: MallRequest) -> HttpResponseBase:
    """GET every right with the page it is used on."""
    open_ones = [it for it in requests_of(me(request)).items if it.state in rules.OPEN]
    return render(request, "privacy/rights.html", {"open": len(open_ones)})


@require_GET
@signed_in
def data(request: MallRequest) -> HttpResponseBase:
    """GET every kind of item that is held."""
    return render(
        request, "privacy/data.html", {"kinds": [it for it in held.things_of(me(request)) if it.count]}
    )


@require_GET
@signed_in
def retention(request: MallRequest) -> HttpResponseBase:
    """GET the clock: how long each kind stays, and why; those that go first at the top."""
    kinds = [_timed(it) for it in held.things_of(me(request)) if it.count]
    kinds.sort(key=lambda it: (it["days_left"] is None, it["days_left"] or 0))
    return render(request, "privacy/retention.html", {"kinds": kinds})


def _timed(it: held.Held) -> dict[str, Any]:
    left = max(0, (it.first_end - now()).days) if it.first_end else None
    term = REGISTER.raw["retention"][REGISTER.tables[it.table].retention]
    days = int(term.get("days", 0)) or 366 * int(term.get("years", 0))
    return {
        "kind": it, "days_left": left, "share": min(100, round(100 * left / days)) if days and left is not None else None,
        "end_label": held.end_label(it),
    }  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def items(request: MallRequest, table: str) -> HttpResponseBase:
    """GET the items of a kind, masked; POST a proof -> the same in clear, this once."""
    kind = next((it for it in held.things_of(me(request)) if it.table == held.table_of(table).name), None)
    form, revealed = ProofForm(request.POST or None, request=request, by_code=by_code(request)), False
    if request.method == "POST" and form.is_valid():
        with form.telling():
            form.prove(request)
            revealed = True
    listing = held.rows_of(me(request), table, page=page_number(request), revealed=revealed)
    facts = {
        "kind": kind, "listing": listing, "form": form, "mode": "code" if form.by_code else "password",
        "revealed": revealed, "hidden": any(cell.hidden for it in listing.items for cell in it.cells),
        "form_url": reverse(FORMS[table]) if table in FORMS else "",
    }  # fmt: skip
    return _private(render(request, "privacy/items.html", facts, status=form.status if form.errors else 200))


@require_POST
@signed_in
def item_delete(request: MallRequest, table: str, key: str) -> HttpResponseBase:
    """POST -> 303 to the list, without it. 404 for another's, 409 for what cannot go alone.

    What opens the account goes after a proof that it is the person.
    """
    act = needs_proof(table)
    return proven(act)(_delete)(request, table, key) if act else _delete(request, table, key)


def _delete(request: MallRequest, table: str, key: str) -> HttpResponseBase:
    delete_item(person_id=me(request), table=table, key=key, proven=bool(needs_proof(table)))
    response = SeeOther(reverse("items", args=[table]))
    notify(response, DELETED)
    return response


@require_GET
@signed_in
def decisions_page(request: MallRequest) -> HttpResponseBase:
    """GET what rules decided about the person."""
    listing = decisions.decisions_of(me(request), page=page_number(request))
    return render(request, "privacy/decisions.html", {"listing": listing})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def requests(request: MallRequest) -> HttpResponseBase:
    """GET the person's requests and the form for a new one; POST -> 303 to it, or the form again.

    `?kind=` and `?about=` fill the form in.
    """
    given = {name: request.GET.get(name, "") for name in ("kind", "about")}
    form = AskForm(request.POST or None, initial={**given, "kind": given["kind"] or rules.OTHER})
    if request.method == "POST" and form.is_valid():
        with form.telling():
            no = ask(person_id=me(request), **form.cleaned_data)
            response = SeeOther(reverse("rights_request", args=[no]))
            notify(response, ASKED)
            return response
    about = form["about"].value() or ""
    facts = {
        "listing": requests_of(me(request), page=page_number(request)), "form": form,
        "about_label": about_label(about) if about.partition(":")[0] in rules.ABOUT_KINDS else "",
    }  # fmt: skip
    return render(request, "privacy/requests.html", facts, status=form.status if form.errors else 200)


@require_GET
@signed_in
def request_page(request: MallRequest, no: str) -> HttpResponseBase:
    """GET one request with every step. 404 for another's."""
    it: RequestView = request_of(me(request), no)
    return render(request, "privacy/request.html", {"it": it})


@require_POST
@signed_in
def request_act(request: MallRequest, no: str) -> HttpResponseBase:
    """POST act=withdraw|accept -> 303 to the request."""
    if request.POST.get("act") == "accept":
        accept(person_id=me(request), no=no)
    else:
        withdraw(person_id=me(request), no=no)
    response = SeeOther(reverse("rights_request", args=[no]))
    notify(response, rules.LABELS[request_of(me(request), no).state])
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("privacy/rights", rights_page, name="rights"),
    path("privacy/data", data, name="data"),
    path("privacy/data/<slug:table>", items, name="items"),
    path("privacy/data/<slug:table>/<str:key>/delete", item_delete, name="item_delete"),
    path("privacy/retention", retention, name="retention"),
    path("privacy/decisions", decisions_page, name="decisions"),
    path("privacy/requests", requests, name="rights_requests"),
    path("privacy/requests/<str:no>", request_page, name="rights_request"),
    path("privacy/requests/<str:no>/act", request_act, name="rights_request_act"),
]
