"""What a person was told, how they want to be told, and the way out of marketing that every such mail holds."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text, current_language
from mingpu.notices import services
from mingpu.notices.kinds import CHANNELS, GROUPS, OFFERS
from mingpu.notices.queries import Preferences, Row, Told, notice_of, notices_of, preferences_of, unread_of
from mingpu.notices.rules import ZONES
from mingpu.notices.unsubscribing import owner_of
from mingpu.web.context import notify, remember_bell
from mingpu.web.pages import SeeOther, me, page_number, signed_in
from mingpu.web.pages.consents import matter

PAGE_SIZE: Final = 20
NAMED: Final = ("order", "case", "rights_request")  # pages that go by the number a notice is about
HOUR: Final = 60
SAVED = Text("已保存，下一条通知起生效", "Saved; it counts from the next notice")
LANGUAGES: Final = (("zh-hans", "中文"), ("en", "English"))


@require_GET
@signed_in
def notices(request: MallRequest) -> HttpResponseBase:
    """GET [?page=&only=unread] -> what the person was told, the newest first."""
    unread = request.GET.get("only") == "unread"
    listing = notices_of(me(request), page=page_number(request), page_size=PAGE_SIZE, unread=unread)
    facts = {"listing": listing, "unread_only": unread, "groups": GROUPS, "bell": listing.unread}
    response = render(request, "notices.html", facts)
    remember_bell(response, listing.unread)
    return response


@require_GET
@signed_in
def notices_count(request: MallRequest) -> HttpResponseBase:
    """GET -> what stands in the bell."""
    unread = unread_of(me(request))
    response = render(request, "parts/bell.html", {"bell": unread})
    remember_bell(response, unread)
    return response


@require_POST
@signed_in
def notice_open(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 to what the notice is about, which is read by that. 404 for anybody else's."""
    it = notice_of(me(request), pk)
    services.read(person_id=me(request), notice_id=pk)
    return _counted(request, SeeOther(_target(it)))


@require_POST
@signed_in
def notice_read(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST read (true | false) -> 303 to the list. 404 for anybody else's."""
    services.read(person_id=me(request), notice_id=pk, read=request.POST.get("read") == "true")
    return _counted(request, SeeOther(reverse("notices")))


@require_POST
@signed_in
def notice_delete(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 to the list, without it. 404 for anybody else's."""
    services.delete(person_id=me(request), notice_id=pk)
    return _counted(request, SeeOther(reverse("notices")))


@require_POST
@signed_in
def notices_read(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 to the list, all of it read."""
    services.read_all(person_id=me(request))
    return _counted(request, SeeOther(reverse("notices")))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def notice_settings(request: MallRequest) -> HttpResponseBase:
    """GET the settings; POST way=kind.channel…, quiet_from, quiet_to, zone, language -> 303. 422 for what cannot be set."""
    if request.method == "POST":
        services.choose(person_id=me(request), **_chosen(preferences_of(me(request)), request.POST))
        response = SeeOther(reverse("notice_settings"))
        notify(response, SAVED)
        return response
    return render(request, "notice_settings.html", _settings(request, preferences_of(me(request))))


@csrf_exempt  # mail programs tap for the person (RFC 8058): the sealed address is what lets them
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET the one button; POST -> the same page, done. No sign-in; 404 for an address that is not ours."""
    owner_of(token)
    done = request.method == "POST"
    if done:
        services.unsubscribe(token, current_language())
    response = render(request, "unsubscribe.html", {"done": done, "token": token})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _target(it: Told) -> str:
    if it.page in NAMED:
        return reverse(it.page, args=[it.about]) if it.about else reverse("notices")
    return reverse(it.page)


def _counted(request: MallRequest, response: HttpResponseBase) -> HttpResponseBase:
    remember_bell(response, unread_of(me(request)))
    return response


def _chosen(it: Preferences, sent: QueryDict) -> dict[str, Any]:
    """Return what a form says: a box that is not ticked is a no, but only for what has a box, and for offers if shown."""
    ticked, offers = set(sent.getlist("way")), "offers" in sent
    begins, ends = _minute(sent.get("quiet_from", "")), _minute(sent.get("quiet_to", ""))
    return {
        "choices": {
            (row.kind.code, way.channel): f"{row.kind.code}.{way.channel}" in ticked
            for row in it.rows for way in row.ways if not way.fixed and (offers or not row.kind.marketing)
        },
        "quiet_from": 0 if begins is None else begins, "quiet_to": (0 if begins is None or ends is None else ends),
        "zone": sent.get("zone") or None, "language": sent.get("language") or None,
    }  # fmt: skip


def _minute(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else None  # noqa: PLR2004


def _settings(request: MallRequest, it: Preferences) -> dict[str, Any]:
    marketing = matter(me(request), "marketing")
    shown = [
        code for code in GROUPS if code != OFFERS or marketing["granted"]
    ]  # nothing is ticked before a yes
    quiet = it.quiet_from != it.quiet_to
    return {
        "groups": [_group(code, it) for code in shown], "offers": OFFERS, "marketing": marketing,
        "begins": _hours(it.quiet_from if quiet else None), "ends": _hours(it.quiet_to if quiet else None),
        "quiet": quiet, "zones": [(name, name == it.zone) for name in ZONES],
        "languages": [(value, label, value == it.language) for value, label in LANGUAGES],
    }  # fmt: skip


def _group(code: str, it: Preferences) -> dict[str, Any]:
    rows = [row for row in it.rows if row.kind.group == code]
    fixed = any(way.fixed for row in rows for way in row.ways)
    return {"code": code, "label": GROUPS[code], "rows": [_row(row) for row in rows], "fixed": fixed}


def _row(row: Row) -> dict[str, Any]:
    known = {way.channel: way for way in row.ways}
    ways = [
        {"name": f"{row.kind.code}.{channel}", "label": label, "way": known.get(channel)}
        for channel, label in CHANNELS.items()
    ]
    return {"code": row.kind.code, "title": row.kind.title, "ways": ways}


def _hours(chosen: int | None) -> list[tuple[int, str, bool]]:
    """Return the moments to choose from, the chosen one among them: (minutes, 22:00, chosen)."""
    moments = sorted({*range(0, 24 * HOUR, HOUR), *([chosen] if chosen is not None else [])})
    return [(it, f"{it // HOUR:02}:{it % HOUR:02}", it == chosen) for it in moments]


urlpatterns = [
    path("account/notices", notices, name="notices"),
    path("account/notices/count", notices_count, name="notices_count"),
    path("account/notices/read", notices_read, name="notices_read"),
    path("account/notices/settings", notice_settings, name="notice_settings"),
    path("account/notices/<uuid:pk>/open", notice_open, name="notice_open"),
    path("account/notices/<uuid:pk>/read", notice_read, name="notice_read"),
    path("account/notices/<uuid:pk>/delete", notice_delete, name="notice_delete"),
    path("unsubscribe/<str:token>", unsubscribe, name="unsubscribe"),
]
