"""Who saw a value of mine in full, and why; what I was told of incidents."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from mingpu.governance.queries import Look, looks_of, notices_of
from mingpu.lib.clock import now
from mingpu.lib.requests import MallRequest
from mingpu.web.pages import me, signed_in

MONTH: Final = timedelta(days=30)


@require_GET
@signed_in
def looks(request: MallRequest) -> HttpResponseBase:
    """GET the openings of the person's values, newest first, and how many people saw each this month."""
    found = looks_of(me(request))
    facts = {"looks": found, "month": summed(found), "notices": notices_of(me(request))}
    return render(request, "privacy/looks.html", facts)


def summed(found: Iterable[Look]) -> list[dict[str, Any]]:
    """Return how many people could see each value in the last 30 days: `[{label, people}]`."""
    people: dict[str, set[str]] = defaultdict(set)
    labels = {}
    for it in found:
        if it.at > now() - MONTH:
            people[it.item].add(it.staff)
            labels[it.item] = it.label
    return [{"label": labels[item], "people": len(names)} for item, names in people.items()]


urlpatterns = [path("privacy/looks", looks, name="looks")]
