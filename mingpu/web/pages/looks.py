"""Who saw a value of mine in full, and why; what I was told of incidents; what others would see of me."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingpu.governance.queries import Look, looks_of, mirror_of, notices_of
from mingpu.governance.services import ask_mirror
from mingpu.lib.clock import now
from mingpu.lib.requests import MallRequest
from mingpu.web.pages import SeeOther, me, signed_in

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


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mirror(request: MallRequest) -> HttpResponseBase:
    """GET what others would see of the person, as it was made last; POST has it made anew -> 303 back."""
    if request.method == "POST":
        ask_mirror(me(request))
        return SeeOther(reverse("mirror"))
    return render(request, "privacy/mirror.html", {"it": mirror_of(me(request))})


urlpatterns = [
    path("privacy/looks", looks, name="looks"),
    path("privacy/mirror", mirror, name="mirror"),
]
