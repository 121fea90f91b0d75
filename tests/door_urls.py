"""Addresses that do what the guard must survive, beside the pages that failures link to."""

import time

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import Http404, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from mingpu.accounts.errors import TooMany
from mingpu.accounts.models import Profile
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import current_language
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from tests.web.mall_urls import PATHS, nobody

SECRET = "13812345678"


def ok(request: MallRequest) -> HttpResponse:
    return HttpResponse(f"{current_language()} {request.person_id} {request.address}")


def owner(request: MallRequest) -> HttpResponse:
    return HttpResponse(str(request.owner_id))


def known_owner(request: MallRequest) -> HttpResponse:
    return HttpResponse(str(request.known_owner_id))


def boom(request: MallRequest) -> HttpResponse:
    raise ValueError(SECRET)


def half_way(request: MallRequest) -> HttpResponse:
    assert request.person_id
    with processing(Purpose.PROFILE, subject=request.person_id):
        Profile.objects.filter(person_id=request.person_id).update(nickname="half")
        raise ValueError(SECRET)


def mine(request: MallRequest) -> HttpResponse:
    with processing(Purpose.PROFILE, subject=request.person_id, reading=True):
        names = list(Profile.objects.values_list("nickname", flat=True))
    return HttpResponse(",".join(map(str, names)))


def left(request: MallRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, coalesce(current_setting('app.subject', true), '')")
        return HttpResponse("|".join(cursor.fetchone()))


def raising(error: Exception):
    def view(request: MallRequest) -> HttpResponse:
        raise error

    return view


def slow(request: MallRequest, who: str) -> HttpResponse:
    time.sleep(0.05)
    return HttpResponse("slow")


def echo(request: MallRequest) -> HttpResponse:
    return HttpResponse(repr(dict(request.POST.items())) + repr(dict(request.GET.items())))


VIEWS = {
    "ok": ok, "owner": owner, "known-owner": known_owner, "boom": boom, "half-way": half_way, "mine": mine, "left": left,
    "too-many": raising(TooMany(retry_after=42)), "frozen": raising(AccountFrozen()), "echo": echo, "slow/<str:who>": slow,
    "missing": raising(Http404(SECRET)), "denied": raising(PermissionDenied(SECRET)),
    "odd": raising(SuspiciousOperation(SECRET)), "down": raising(OperationalError(SECRET)), "only-post": require_POST(ok),
}  # fmt: skip
urlpatterns = [
    *(path(prefix + route, view) for prefix in ("", "api/v1/") for route, view in VIEWS.items()),
    *(path(route, nobody, name=name) for name, route in PATHS.items()),
]
handler400 = "mingpu.web.failures.bad_request"
handler404 = "mingpu.web.failures.not_found"
handler500 = "mingpu.web.failures.broken"
