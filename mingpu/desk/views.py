"""The staff desk: signing in and out, and the page to begin with."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.desk import services
from mingpu.desk.cases import show_queue
from mingpu.desk.forms import SignInForm
from mingpu.desk.guards import COOKIE, any_staff
from mingpu.desk.queries import OnDuty
from mingpu.lib.errors import MallError
from mingpu.lib.requests import MallRequest


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """GET the form; POST -> 303 to the queue, or the form again with what was wrong."""
    form = SignInForm(request.POST or None)
    onward = request.POST.get("next") or request.GET.get("next", "")
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            token = services.sign_in(
                name=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                address=cast("MallRequest", request).address,
            )
        except MallError as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            return _signed_in(onward, token)
    elif request.method == "POST":
        status = 422
    return render(request, "desk/login.html", {"form": form, "next": onward}, status=status)


def _signed_in(onward: str, token: str) -> HttpResponse:
    safe = url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    response = HttpResponse(
        status=303, headers={"Location": iri_to_uri(onward) if safe else reverse("desk_home")}
    )
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=settings.SECURE)
    return response


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """POST -> 303 to the form."""
    services.sign_out(token=request.COOKIES.get(COOKIE, ""))
    response = HttpResponse(status=303, headers={"Location": reverse("desk_login")})
    response.delete_cookie(COOKIE, samesite="Strict")
    return response


@require_GET
@any_staff
def home(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the page that a member of staff begins with: the queue, or 302 to what is to be sent for a merchant's."""
    return redirect("desk_parts") if staff.merchant else show_queue(request, staff)
