"""Help, and what makes the shop an app of its own: manifest, service worker, the page for when there is no net."""

from functools import cache
from hashlib import sha256

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from mingpu.lib.text import Text
from mingpu.merchants.queries import shop
from mingpu.merchants.rules import OWN_SHOP
from mingpu.privacy.register import REGISTER
from mingpu.web.head import Head, same
from mingpu.web.pages.lines import terms_in_words


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """GET /help -> how the shop works, with the figures that are in force."""
    facts = {
        "unpaid_minutes": settings.UNPAID_MINUTES,
        "receipt_days": settings.RECEIPT_DAYS,
        "cooling_off_days": settings.COOLING_OFF_DAYS,
        "delivery": terms_in_words(shop(OWN_SHOP).terms),
    }
    head = Head(str(Text("帮助中心", "Help")), same(reverse("help")))
    return render(request, "help.html", {"facts": facts, "operator": REGISTER.operator, "head": head})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """GET /offline -> what the service worker shows without a net."""
    return render(request, "offline.html")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """GET /manifest.webmanifest -> name, icons and colours of the installed app."""
    return render(request, "manifest.webmanifest", content_type="application/manifest+json")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """GET /sw.js -> the worker that keeps our own files and nothing else."""
    response = render(request, "sw.js", {"version": _version()}, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _version() -> str:
    """Return a name that changes whenever a static file does."""
    digest = sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}".encode())
    return digest.hexdigest()[:12]


urlpatterns = [
    path("help", help_page, name="help"),
    path("offline", offline, name="offline"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", service_worker, name="service_worker"),
]
