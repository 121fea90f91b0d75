"""The records of uses and of shares: filtered, explained line by line, and taken along as tables."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from mingpu.lib.requests import MallRequest
from mingpu.privacy import deletion, ledger, sent
from mingpu.privacy.register import REGISTER
from mingpu.privacy.uses import Listing
from mingpu.web.pages import me, page_number, signed_in

PAGES: Final = {"M": "order", "C": "case"}  # what the first letter of a reference stands for
FILTERS: Final = ("purpose", "actor_kind", "item", "reference", "since", "until")
SHARE_FILTERS: Final = ("recipient", "purpose", "item", "reference", "since", "until")


@require_GET
@signed_in
def uses_page(request: MallRequest) -> HttpResponseBase:
    """GET every use of the person's data; by `purpose`, `actor_kind`, `item`, `reference`, `since`, `until`, `page`."""
    chosen = ledger.wanted(request.GET)
    found = ledger.lines(me(request), chosen, page=page_number(request))
    typed, words = _typed(request, FILTERS)
    items = [{"number": number, **asdict(use)} for number, use in found.items]
    facts = {
        "listing": _page_of(found, items, words),
        "purposes": _choices({it.id: it.title for it in REGISTER.purposes.values() if it.open}, chosen.purpose),
        "kinds": _choices(ledger.KINDS, chosen.actor_kind),
        "items": _choices(REGISTER.categories, chosen.item),
        "typed": typed,
        "file_url": f"{reverse('uses_file')}?{words}",
    }  # fmt: skip
    return render(request, "privacy/uses.html", facts)


def _typed(request: MallRequest, names: Iterable[str]) -> tuple[dict[str, str], str]:
    """Return what was typed into the filters, and the same as an address has it."""
    typed = {name: request.GET.get(name, "")[:64] for name in names}
    return typed, urlencode({name: value for name, value in typed.items() if value})


def _page_of(found: Listing[Any], items: list[Any], words: str) -> dict[str, Any]:
    """Return a page of a record, its neighbours under the same filters."""
    last = found.page * found.page_size >= found.total
    return {
        "items": items, "total": found.total, "page": found.page, "page_size": found.page_size,
        "before_url": f"?{words}&page={found.page - 1}" if found.page > 1 else "",
        "after_url": "" if last else f"?{words}&page={found.page + 1}",
    }  # fmt: skip


def _choices(labels: Mapping[str, Any], chosen: str) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": str(label), "active": value == chosen} for value, label in labels.items()
    ]


@require_GET
@signed_in
def use_page(request: MallRequest, number: int) -> HttpResponseBase:
    """GET one line in plain words, with the order or case it was for. 404 for another's."""
    it = ledger.explain(me(request), number)
    kind = str(ledger.KINDS.get(it.use.actor_kind, ""))
    facts = {"it": it, "kind": kind, "onward": _onward(it.use.reference)}
    return render(request, "privacy/use.html", facts)


@require_GET
@signed_in
def uses_file(request: MallRequest) -> HttpResponseBase:
    """GET the lines of the same filters as CSV."""
    return _table(ledger.uses_csv(me(request), ledger.wanted(request.GET)), "uses")


@require_GET
@signed_in
def shares_page(request: MallRequest) -> HttpResponseBase:
    """GET what left in the person's name; by `recipient`, `purpose`, `item`, `reference`, `since`, `until`, `page`."""
    chosen = sent.wanted(request.GET)
    found = sent.lines(me(request), chosen, page=page_number(request))
    typed, words = _typed(request, SHARE_FILTERS)
    purposes = {name for it in REGISTER.recipients.values() for name in it.purposes}
    facts = {
        "listing": _page_of(found, found.items, words),
        "recipients": _choices({it.id: it.title for it in REGISTER.recipients.values()}, chosen.recipient),
        "purposes": _choices({it.id: it.title for it in REGISTER.purposes.values() if it.id in purposes}, chosen.purpose),
        "items": _choices(REGISTER.categories, chosen.item),
        "typed": typed,
        "filtered": bool(words),
        "file_url": f"{reverse('shares_file')}?{words}",
        "told": () if words or found.page > 1 else deletion.of_person(me(request)),
    }  # fmt: skip
    return render(request, "privacy/shares.html", facts)


@require_GET
@signed_in
def share_page(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """GET one message in plain words: to whom, what it may receive at all, and why. 404 for another's."""
    it = sent.explain(me(request), pk)
    facts = {"it": it, "onward": _onward(it.sent.reference)}
    return render(request, "privacy/share.html", facts)


@require_GET
@signed_in
def shares_file(request: MallRequest) -> HttpResponseBase:
    """GET the messages of the same filters as CSV."""
    return _table(sent.csv(me(request), sent.wanted(request.GET)), "shares")


def _onward(reference: str) -> str:
    """Return the address of the order or case that a reference names, "" for one that names none."""
    name = PAGES.get(reference[:1], "")
    return reverse(name, args=[reference]) if name and reference.isalnum() else ""


def _table(lines: Iterable[str], name: str) -> HttpResponseBase:
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="mingpu-{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("privacy/uses", uses_page, name="uses"),
    path("privacy/uses.csv", uses_file, name="uses_file"),
    path("privacy/uses/<int:number>", use_page, name="use"),
    path("privacy/shares", shares_page, name="shares"),
    path("privacy/shares/<uuid:pk>", share_page, name="share"),
    path("privacy/shares.csv", shares_file, name="shares_file"),
]
