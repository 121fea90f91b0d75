"""The record of uses: filtered, explained line by line, and taken along as a table; the record of shares as one."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from mingpu.lib.requests import MallRequest
from mingpu.privacy import ledger
from mingpu.privacy.register import REGISTER
from mingpu.web.pages import me, page_number, signed_in

PAGES: Final = {"M": "order", "C": "case"}  # what the first letter of a reference stands for
FILTERS: Final = ("purpose", "actor_kind", "item", "reference", "since", "until")


@require_GET
@signed_in
def uses_page(request: MallRequest) -> HttpResponseBase:
    """GET every use of the person's data; by `purpose`, `actor_kind`, `item`, `reference`, `since`, `until`, `page`."""
    chosen = ledger.wanted(request.GET)
    found = ledger.lines(me(request), chosen, page=page_number(request))
    typed = {name: request.GET.get(name, "")[:64] for name in FILTERS}
    words = urlencode({name: value for name, value in typed.items() if value})
    items = [{"number": number, **asdict(use)} for number, use in found.items]
    pages = {
        f"{side}_url": f"?{words}&page={found.page + step}" for side, step in (("before", -1), ("after", 1))
    }
    last = found.page * found.page_size >= found.total
    facts = {
        "listing": {
            "items": items, "total": found.total, "page": found.page, "page_size": found.page_size,
            "before_url": pages["before_url"] if found.page > 1 else "",
            "after_url": "" if last else pages["after_url"],
        },
        "purposes": _choices({it.id: it.title for it in REGISTER.purposes.values() if it.open}, chosen.purpose),
        "kinds": _choices(ledger.KINDS, chosen.actor_kind),
        "items": _choices(REGISTER.categories, chosen.item),
        "typed": typed,
        "file_url": f"{reverse('uses_file')}?{words}",
    }  # fmt: skip
    return render(request, "privacy/uses.html", facts)


def _choices(labels: Mapping[str, Any], chosen: str) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": str(label), "active": value == chosen} for value, label in labels.items()
    ]


@require_GET
@signed_in
def use_page(request: MallRequest, number: int) -> HttpResponseBase:
    """GET one line in plain words, with the order or case it was for. 404 for another's."""
    it = ledger.explain(me(request), number)
    name = PAGES.get(it.use.reference[:1], "")
    facts = {
        "it": it,
        "kind": str(ledger.KINDS.get(it.use.actor_kind, "")),
        "onward": reverse(name, args=[it.use.reference]) if name and it.use.reference.isalnum() else "",
    }
    return render(request, "privacy/use.html", facts)


@require_GET
@signed_in
def uses_file(request: MallRequest) -> HttpResponseBase:
    """GET the lines of the same filters as CSV."""
    return _table(ledger.uses_csv(me(request), ledger.wanted(request.GET)), "uses")


@require_GET
@signed_in
def shares_file(request: MallRequest) -> HttpResponseBase:
    """GET what left in the person's name as CSV."""
    return _table(ledger.shares_csv(me(request)), "shares")


def _table(lines: Iterable[str], name: str) -> HttpResponseBase:
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="mingpu-{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("privacy/uses", uses_page, name="uses"),
    path("privacy/uses.csv", uses_file, name="uses_file"),
    path("privacy/uses/<int:number>", use_page, name="use"),
    path("privacy/shares.csv", shares_file, name="shares_file"),
]
