"""The guard at the door: reads what came, finds out who asks, answers refusals, seals the envelope.

It is the one place where a refusal becomes a page or a problem, where headers are set, and where an unexpected
failure is written down: by its type and place in the code, never with a value.
"""

import logging
import re
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Final, cast
from urllib.parse import unquote_to_bytes
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    UnreadablePostError,
)
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import escape_leading_slashes

from mingpu.accounts.queries import seen_by
from mingpu.accounts.services import note_use
from mingpu.catalog.import_rules import MAX_UPLOAD
from mingpu.lib.display import ASKED, VARY, Shown, read_display, showing
from mingpu.lib.errors import MallError
from mingpu.lib.problems import CODES, DETAILS, MEDIA_TYPE, problem, refusal
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import LANGUAGES, choose_language, speaking
from mingpu.privacy.optout import opting_out
from mingpu.privacy.purposes import AccountFrozen, acting
from mingpu.web import failures
from mingpu.web.addresses import without_trackers
from mingpu.web.context import (
    DAYS,
    LANGUAGE_COOKIE,
    NOTICE_COOKIE,
    SESSION_COOKIE,
    VISITOR_COOKIE,
    drop,
    forget_person,
    keep,
    remember_name,
)
from mingpu.web.policy import DEVICES, FILE_POLICY, HEADER, content_policy, device_policy

log = logging.getLogger(__name__)
SLOW: Final = 1.0  # seconds from which a request is written down, by route
API: Final = "/api/"
PROGRAMS: Final = (API, "/webhooks/")  # called by programs, whose parameters are theirs
FILES: Final = (settings.STATIC_URL, settings.MEDIA_URL)  # anybody's; no language, no person
TAKEN: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")  # TRACE would send back what came
FILE_HEADERS: Final = {
    HEADER: FILE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    **({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if settings.SECURE else {}),
}
HEADERS: Final = {
    **FILE_HEADERS,
    HEADER: content_policy(),
    "Cross-Origin-Opener-Policy": "same-origin",
    DEVICES: device_policy(),
}
# How addresses end to which photos, videos, avatars and packages from other malls are sent.
TAKES_FILES: Final = ("/evidence", "/privacy/imports", "/avatar")
UNREAD: Final = (
    "/api/v1/me/device/"  # camera, photos, microphone …: nothing is read before its door lets it through
)
TAKES_LISTS: Final = "/imports/files"  # the desk's address for lists of goods
_MOST_LIST: Final = MAX_UPLOAD + 64 * 1024  # with the form around it
_TYPED: Final = ("application/x-www-form-urlencoded", "application/json")
_BROKEN: Final = re.compile("%[89A-F][0-9A-F]")  # how Django writes the bytes of a path that are no text
_LANGUAGE: Final = re.compile(r"(?:^|&)lang=(zh-hans|en)(?:&|$)", re.IGNORECASE)
# The driver's own too: a connection that ends while Django wraps it lets them through.
_ENDED: Final = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


class Guard:
    """Django middleware; the outermost one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response
        self._storefront = settings.ZONE == "storefront"  # other zones have people of their own

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        if request.path_info.startswith(FILES):
            response = self._next(request)
            _seal(response, FILE_HEADERS)
            return response
        started = perf_counter()
        request.__class__ = MallRequest
        asked = cast("MallRequest", request)
        language = _language(asked)
        translation.activate(language)
        actor = "person" if self._storefront and not asked.path_info.startswith("/webhooks/") else "system"
        shows, refuses = showing(read_display(request.headers)), opting_out(asked.opted_out)
        with speaking(language), acting(actor), refuses, shows as shown:
            try:
                response = self._answer(asked)
            except Exception as error:  # noqa: BLE001 -- beyond the guard there is only Django's page, which programs cannot read
                response = self.process_exception(asked, error)
            self._finish(asked, response, language, shown)
        took = perf_counter() - started
        if took > SLOW:
            log.info("slow: %s %s %d %.0f ms", asked.method, _route(asked), response.status_code, took * 1000)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase:
        """Answer what a view did not: refusals in their own words, failures in ours."""
        if isinstance(error, MallError):
            return refused(request, error)
        status = _status(error)
        if status >= 500:  # noqa: PLR2004 -- ours to mend
            log.error("failed: %s %s: %s", request.method, _route(request), _place(error))
        return failed(request, status)

    def _answer(self, request: MallRequest) -> HttpResponseBase:
        if (status := _unreadable(request)) is not None:
            return failed(request, status)
        if request.method not in TAKEN:
            untaken = failed(request, 405)
            untaken.headers["Allow"] = ", ".join(TAKEN)
            return untaken
        if (clean := _clean_address(request)) is not None:
            return HttpResponseRedirect(clean)
        request.address = request.META.get("REMOTE_ADDR") or ""
        if self._storefront:
            _recognise(request)
        response = self._next(request)
        if response.status_code >= 400 and not _explained(request, response):  # noqa: PLR2004 -- a bare refusal
            allowed = response.headers.get("Allow")
            response = failed(request, response.status_code)
            if allowed:
                response.headers["Allow"] = allowed
        return response

    def _finish(self, request: MallRequest, response: HttpResponseBase, language: str, shown: Shown) -> None:
        headers = response.headers
        _seal(response, HEADERS)
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django would write the path down  # noqa: SLF001
        headers.setdefault("Content-Language", "en" if language == "en" else "zh-Hans")
        api = request.path_info.startswith(API)
        if not (api and "Vary" in headers):  # a call that says what it depends on knows better
            patch_vary_headers(response, ("Authorization" if api else "Cookie", "Accept-Language"))
        if api and request.recovering:
            headers["Mingpu-Recovery"] = "waiting"  # for an app to show what every page shows
        if shown.used:
            patch_vary_headers(response, VARY)
        if not api:
            headers.setdefault("Accept-CH", ", ".join(ASKED))
            self._cookies(request, response)
        signed_in = request.person_id is not None
        if "Cache-Control" not in headers or (signed_in and not api):
            headers["Cache-Control"] = (
                "private, no-store" if signed_in or request.token else "private, no-cache"
            )

    def _cookies(self, request: MallRequest, response: HttpResponseBase) -> None:
        if request.token and request.person_id is None and SESSION_COOKIE not in response.cookies:
            forget_person(response)  # the sign-in has ended
        if request.person_id and request.fresh_name:
            remember_name(response, request.person_id, request.fresh_name)
        if request.visitor_new and request.person_id is None:
            keep(response, VISITOR_COOKIE, str(request.visitor_id), 30 * DAYS)
        if request.notices_shown:
            drop(response, NOTICE_COOKIE)


def _seal(response: HttpResponseBase, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        response.headers.setdefault(name, value)


def refused(request: HttpRequest, error: MallError) -> HttpResponseBase:
    """Answer what was understood and refused: a problem for programs, a page for people."""
    if request.path_info.startswith(API):
        return refusal(error)
    answer = _drawn(lambda: failures.refused(request, error), error.status)
    if wait := error.facts.get("retry_after"):
        answer.headers["Retry-After"] = str(wait)
    return answer


def failed(request: HttpRequest, status: int) -> HttpResponseBase:
    """Answer with a status and its usual words: a problem for programs, a page for people."""
    if request.path_info.startswith(API):
        return problem(status)
    if status == 404:  # noqa: PLR2004
        return _drawn(lambda: failures.not_found(request, Http404()), status)
    if status == 400:  # noqa: PLR2004
        return _drawn(lambda: failures.bad_request(request, BadRequest()), status)
    if status in DETAILS:
        page = lambda: failures.page(request, status=status, code=CODES[status], detail=DETAILS[status])  # noqa: E731
        return _drawn(page, status)
    return _drawn(lambda: failures.broken(request), status)


def _drawn(draw: Callable[[], HttpResponse], status: int) -> HttpResponse:
    """Draw a page of failure; where even that fails, say so in plain text."""
    try:
        answer = draw()
    except Exception as error:  # noqa: BLE001 -- the last resort: nothing may escape from here
        log.error("a failure could not be shown: %s", _place(error))  # noqa: TRY400 -- a traceback holds values
        return HttpResponse(str(DETAILS[503]), status=status, content_type="text/plain; charset=utf-8")
    answer.status_code = status
    return answer


def _language(request: HttpRequest) -> str:
    """Return the language to answer in: the one the address names, else the one chosen, else the browser's."""
    if not request.path_info.startswith(API):
        named = _LANGUAGE.search(request.META.get("QUERY_STRING", ""))
        chosen = named[1].lower() if named else request.COOKIES.get(LANGUAGE_COOKIE)
        if chosen in LANGUAGES:
            return chosen
    return choose_language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def _clean_address(request: HttpRequest) -> str | None:
    """Return the address of a page without what others hung on it to follow its reader; None where it is clean."""
    query = request.META.get("QUERY_STRING", "")
    if not query or request.method not in {"GET", "HEAD"} or request.path_info.startswith(PROGRAMS):
        return None
    rest = without_trackers(query)
    if rest == query:
        return None
    path = escape_leading_slashes(request.get_full_path().partition("?")[0])  # `//host` would lead elsewhere
    return f"{path}{'?' if rest else ''}{iri_to_uri(rest)}"


def _recognise(request: MallRequest) -> None:
    """Find out who asks: programs by their bearer token, browsers by their cookie, never the other way."""
    if request.path_info.startswith(API):
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        request.token = token.strip() if scheme.lower() == "bearer" else ""
    else:
        request.token = request.COOKIES.get(SESSION_COOKIE, "")
        if visitor := request.COOKIES.get(VISITOR_COOKIE):
            try:
                request.cookie_visitor = UUID(visitor)
            except ValueError:
                pass  # nonsense is as good as none
            else:
                request.visitor_known = True
    seen = seen_by(request.token)
    if seen is None:
        return
    request.person_id, request.recovering = seen.person_id, seen.recovering
    if seen.resting:
        with suppress(AccountFrozen):
            note_use(person_id=seen.person_id, token=request.token)


def _unreadable(request: HttpRequest) -> int | None:
    """Return the status of a request that cannot be read: too large, not UTF-8, for another host."""
    meta = request.META
    try:
        path, query = request.path_info, meta.get("QUERY_STRING", "")
        if "\0" in path or _BROKEN.search(path) or not _text(unquote_to_bytes(query.encode("latin-1"))):
            return 400
        request.get_host()
        size = 0 if path.startswith(UNREAD) else int(meta.get("CONTENT_LENGTH") or 0)
        if size > _most(request):
            return 413
        if size and _is_text(request) and not _readable(request):
            return 400
    except RequestDataTooBig:
        return 413
    except (DisallowedHost, UnreadablePostError, ValueError, UnicodeError):
        return 400
    return None


def _is_text(request: HttpRequest) -> bool:
    """Whether a body is text: what says so, and whatever the API is sent, which reads it as JSON all the same."""
    if request.path_info.startswith(API):
        return not request.path_info.endswith(TAKES_FILES)
    return str(request.META.get("CONTENT_TYPE", "")).startswith(_TYPED)


def _most(request: HttpRequest) -> int:
    """Return how many bytes a request may bring: a form with files where files are taken, else what is typed."""
    sends_files = request.content_type == "multipart/form-data" and request.path_info.endswith(TAKES_FILES)
    if settings.ZONE == "desk" and request.path_info == TAKES_LISTS:
        return _MOST_LIST
    return settings.FILE_UPLOAD_MAX_MEMORY_SIZE if sends_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _readable(request: HttpRequest) -> bool:
    """Whether a form or JSON is UTF-8 throughout and holds no NUL, which no text of ours may hold."""
    body = request.body
    if not (request.content_type or "").startswith(_TYPED[0]):
        return _text(body) and b"\\u0000" not in body
    return _text(unquote_to_bytes(body) if b"%" in body else body)


def _text(raw: bytes) -> bool:
    if b"\0" in raw:
        return False
    if raw.isascii():
        return True
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _explained(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether an answer of 400 or more already says why, in the form its reader expects."""
    if response.streaming:
        return True
    if request.path_info.startswith(API):
        return response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
    return bool(getattr(response, "content", b""))


def _status(error: Exception) -> int:
    if isinstance(error, Http404):
        return 404
    if isinstance(error, PermissionDenied):
        return 403
    if isinstance(error, RequestDataTooBig):
        return 413
    if isinstance(error, BadRequest | SuspiciousOperation | UnreadablePostError):
        return 400
    return 503 if isinstance(error, _ENDED) else 500


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.route if match else "-"


def _place(error: BaseException) -> str:
    """Say what failed and where in our code, with nothing that a person typed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/mingpu/" in frame.filename] or frames
    where = f"{ours[-1].filename.rpartition('/mingpu/')[2]}:{ours[-1].lineno}" if ours else "-"
    state = getattr(getattr(error.__cause__, "diag", None), "sqlstate", None)
    return f"{type(error).__qualname__}{f' {state}' if state else ''} at {where}"
