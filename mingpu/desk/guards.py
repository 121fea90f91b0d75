"""Who may open which page of the desk: the mall's own staff theirs, a merchant's staff theirs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from mingpu.desk.queries import OnDuty, staff_of
from mingpu.lib.errors import NotFound
from mingpu.privacy.purposes import acting

COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_desk"
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
StaffView = Callable[Concatenate[HttpRequest, OnDuty, P], HttpResponseBase]


def mall_staff(view: StaffView[P]) -> View[P]:
    """Let only the mall's own signed-in staff in; for a merchant's staff the page does not exist."""
    return _guarded(view, lambda staff: not staff.merchant)


def merchant_staff(view: StaffView[P]) -> View[P]:
    """Let only a merchant's signed-in staff in; the view goes by `staff.merchant` and nothing that was typed."""
    return _guarded(view, lambda staff: bool(staff.merchant))


def any_staff(view: StaffView[P]) -> View[P]:
    """Let every signed-in member of staff in; for pages that show nothing of their own."""
    return _guarded(view, lambda _: True)


def _guarded(view: StaffView[P], allowed: Callable[[OnDuty], bool]) -> View[P]:
    """Let in who is allowed, as who they are: the log of uses names them too."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        staff = staff_of(request.COOKIES.get(COOKIE, ""))
        if staff is None:
            here = urlencode({"next": request.path}) if request.method == "GET" else ""
            return redirect(f"{reverse('desk_login')}?{here}" if here else reverse("desk_login"))
        if not allowed(staff):
            raise NotFound
        with acting("staff", staff.known_as):
            return view(request, staff, *args, **kwargs)

    return guarded
