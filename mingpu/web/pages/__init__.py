"""The shop's pages, a module a room; and what several of them need."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from mingpu.lib.requests import MallRequest
from mingpu.privacy.register import REGISTER

P = ParamSpec("P")
MOST_PAGES = 10_000
View = Callable[Concatenate[MallRequest, P], HttpResponseBase]


class SeeOther(HttpResponseRedirect):
    """After a form was sent: look at this page, by GET."""

    status_code = 303


def signed_in(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only persons through; a visitor logs in first and comes back to where they were."""

    @wraps(view)
    def check(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        asked = cast("MallRequest", request)
        if asked.person_id is not None:
            return view(asked, *args, **kwargs)
        login = f"{reverse('login')}?{urlencode({'next': _back(asked)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": login})
        return redirect(login)

    return check


def me(request: MallRequest) -> UUID:
    """Return who is signed in; only behind `signed_in`."""
    assert request.person_id is not None
    return request.person_id


def next_of(request: HttpRequest, default: str = "home") -> str:
    """Return where to go on: the page named by `next` if it is one of ours, else the page called `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if _ours(wanted) else reverse(default)


def asked_next(request: HttpRequest) -> str:
    """Return `next` as the forms carry it on; '' for none or one that is not ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if _ours(wanted) else ""


def page_number(request: HttpRequest) -> int:
    """Return the page of a list that an address asks for; 1 for nonsense."""
    page = request.GET.get("page", "1")
    return max(1, min(int(page), MOST_PAGES)) if page.isascii() and page.isdigit() and len(page) < 6 else 1  # noqa: PLR2004


def why(**fields: str) -> Mapping[str, Mapping[str, Any]]:
    """Say beside form fields what they are asked for: field -> `table.column purpose` of the register."""
    found = {}
    for name, place in fields.items():
        where, purpose = place.split()
        table, column = where.split(".")
        text = REGISTER.purposes[purpose].why
        found[name] = {"text": text, "clauses": REGISTER.column(table, column).clauses}
    return found


def _back(request: HttpRequest) -> str:
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.get_full_path()
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    path = f"{page.path}?{page.query}" if page.query else page.path
    return path if page.netloc in {"", request.get_host()} and _ours(path) else reverse("home")


def _ours(path: str) -> bool:
    return (
        path.startswith("/") and len(path) < 500 and url_has_allowed_host_and_scheme(path, allowed_hosts=None)  # noqa: PLR2004
    )
