"""What a person agreed to, receipt by receipt, and what is new in the statement; the versions, for everybody."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.privacy import changes, consent, news, optout, receipts, versions
from mingpu.privacy.notices import notice_of
from mingpu.web.head import Head, same
from mingpu.web.pages import SeeOther, me, signed_in
from mingpu.web.pages.consents import asked

_VERSIONS = Text("隐私声明的各个版本", "Versions of the privacy statement")


@require_GET
@signed_in
def receipts_page(request: MallRequest) -> HttpResponseBase:
    """GET the person's receipts, each with its withdrawal, and every yes and no there ever was."""
    facts = {"receipts": receipts.receipts_of(me(request)), "history": consent.history_of(me(request))}
    return render(request, "privacy/receipts.html", facts)


@require_GET
@signed_in
def receipt_file(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """GET one receipt, signed. 404 for another's."""
    response = HttpResponse(receipts.receipt_file(me(request), pk), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{pk.hex[:8]}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def news_page(request: MallRequest) -> HttpResponseBase:
    """GET what is new since the version the person knows; POST -> 303 back, it counts as read and agrees to nothing."""
    if request.method == "POST":
        news.read(me(request))
        return SeeOther(reverse("news"))
    found = news.news_of(me(request))
    decisions = consent.decisions_of(me(request))
    asks = [asked(notice_of(name), decisions[name]) for name in found.asks]
    return render(request, "privacy/news.html", {"news": found, "asks": asks})


@require_safe
def versions_page(request: MallRequest) -> HttpResponseBase:
    """GET every version of the statement and how each differs from the one before."""
    facts = {
        "versions": [
            {"version": it.version, "hash": it.hash, "url": f"{reverse('api:published')}?version={it.version}"}
            for it in versions.kept()[::-1]
        ],
        "steps": changes.steps(),
        "head": Head(str(_VERSIONS), same(reverse("versions"))),
    }  # fmt: skip
    return render(request, "versions.html", facts)


@require_safe
def opt_out_support(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """GET how the mall takes the signal `Sec-GPC`."""
    response = JsonResponse(optout.support())
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


urlpatterns = [
    path("privacy/receipts", receipts_page, name="receipts"),
    path("privacy/receipts/<uuid:pk>", receipt_file, name="receipt_file"),
    path("privacy/news", news_page, name="news"),
    path("statement/versions", versions_page, name="versions"),
    path(".well-known/gpc.json", opt_out_support, name="opt_out_support"),
]
