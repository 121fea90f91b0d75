"""What search engines may look at: robots.txt, and a sitemap of everything public in parts."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.views.decorators.http import require_safe

from mingpu.catalog.cache import Shelf
from mingpu.catalog.queries import Part, parts, places, shown_brands, shown_categories, watch
from mingpu.search.rules import category_values
from mingpu.web.addresses import absolute, brand_url, category_url, product_url

# What the first step of an address may be for those who list pages; every other one is closed, also a new one.
OPEN: Final = frozenset({
    "", "search", "c", "b", "p", "products", "help", "statement", "statistics", "media", "static", "robots.txt", "sitemap.xml",
    "sitemap", "manifest.webmanifest", "sw.js",
})  # fmt: skip
# Filters make endless lists of the same goods; a page of a list and a language are pages of their own.
LISTS: Final = ("/search", "/c/*", "/b/*")
LANGUAGES: Final = ("/", "/help", "/statement", "/p/*", *LISTS)
FILTERED: Final = (
    "Disallow: /*?", *(f"Allow: {it}?page=" for it in LISTS), *(f"Allow: {it}?lang=en" for it in LANGUAGES),
)  # fmt: skip
STANDING: Final = (
    "home",
    "search",
    "help",
    "statement",
    "statistics",
)  # names of pages that are always there
XML: Final = "application/xml"
KEEP: Final = "public, max-age=3600"
_NAMES: Final = 40_000  # categories, or brands, of one part
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_MB: Final = 1 << 20

_kept: Shelf[str, bytes] = Shelf(watch, entries=200, size=32 * _MB)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- every reader is told the same
    """GET /robots.txt -> no page of a person, no API, no filtered lists; and where the sitemap is."""
    closed = sorted(set(_first_steps(get_resolver().url_patterns)) - OPEN)
    lines = [
        "User-agent: *", *(f"Disallow: /{it}" for it in closed), *FILTERED, "", f"Sitemap: {absolute(reverse('sitemap'))}", "",
    ]  # fmt: skip
    return HttpResponse(
        "\n".join(lines), content_type="text/plain; charset=utf-8", headers={"Cache-Control": KEEP}
    )


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """GET /sitemap.xml -> the parts of the sitemap; 304 while the catalogue stays."""
    number = watch.number()
    return _kept_answer(request, "", number) or _streamed("", _index(), number)


@require_safe
def part(request: HttpRequest, kind: str, place: int) -> HttpResponseBase:
    """GET /sitemap/<kind>-<n>.xml -> at most 50,000 addresses; 304 while the catalogue stays; 404 for no such part.

    kind: pages | categories | brands | products.
    """
    number = watch.number()
    name = f"{kind}-{place}"
    answer = _kept_answer(request, name, number)
    if answer is not None:
        return answer
    rows = _rows(kind, place)
    if rows is None:
        raise Http404
    return _streamed(name, chain([f"{_HEAD}<urlset {_SPACE}>\n"], rows, ["</urlset>\n"]), number)


def _index() -> Iterator[str]:
    rows = [_entry("sitemap", absolute(_part_url("pages", 1)))]
    for kind, names in (("categories", _categories()), ("brands", shown_brands())):
        rows += [
            _entry("sitemap", absolute(_part_url(kind, place + 1)))
            for place in range(-(-len(names) // _NAMES))
        ]
    for place, part in enumerate(parts(), 1):
        moment = part.changed_at.isoformat(timespec="seconds")
        rows.append(_entry("sitemap", absolute(_part_url("products", place)), moment))
    return chain([f"{_HEAD}<sitemapindex {_SPACE}>\n"], rows, ["</sitemapindex>\n"])


def _rows(kind: str, place: int) -> Iterable[str] | None:
    """Return the entries of a part in pieces; None where there is no such part."""
    if kind == "products":
        found = parts()
        return _products(found[place - 1]) if 1 <= place <= len(found) else None
    if kind == "pages":
        return [_entry("url", absolute(reverse(name))) for name in STANDING] if place == 1 else None
    if kind not in {"categories", "brands"} or not place:
        return None
    lists = _categories() if kind == "categories" else [brand_url(it) for it in shown_brands()]
    some = lists[(place - 1) * _NAMES : place * _NAMES]
    return [_entry("url", absolute(url)) for url in some] or None


def _products(part: Part) -> Iterator[str]:
    for some in places(part):
        yield "".join(
            _entry("url", absolute(product_url(it.id, it.title)), it.changed_at.isoformat(timespec="seconds"))
            for it in some
        )


def _categories() -> list[str]:
    values = dict.fromkeys(value for found in shown_categories() for value in category_values(found))
    return [category_url(value) for value in values]


def _kept_answer(request: HttpRequest, name: str, number: int) -> HttpResponseBase | None:
    """Answer from what is kept, or with 304 to who holds it; None when it is to be made."""
    if request.headers.get("If-None-Match") == _tag(number):
        return _tagged(HttpResponse(status=304), number)
    kept = _kept.get(name)
    return None if kept is None else _tagged(HttpResponse(kept, content_type=XML), number)


def _streamed(name: str, texts: Iterable[str], number: int) -> HttpResponseBase:
    """Answer with texts as they come, and keep them once they are whole."""

    def stream() -> Iterator[bytes]:
        sent = []
        for text in texts:
            sent.append(text.encode())
            yield sent[-1]
        whole = b"".join(sent)
        _kept.put(name, whole, size=len(whole), seen=number)

    return _tagged(StreamingHttpResponse(stream(), content_type=XML), number)


def _tag(number: int) -> str:
    return f'"{number}"'


def _entry(name: str, url: str, changed: str = "") -> str:
    moment = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<{name}><loc>{escape(url)}</loc>{moment}</{name}>\n"


def _part_url(kind: str, place: int) -> str:
    return reverse("sitemap_part", args=[kind, place])


def _first_steps(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    """Yield the first step of every address that patterns know."""
    for it in patterns:
        step = str(it.pattern).partition("/")[0].partition("<")[0]
        if isinstance(it, URLResolver) and not step:
            yield from _first_steps(it.url_patterns)
        else:
            yield step


def _tagged(response: HttpResponseBase, number: int) -> HttpResponseBase:
    response.headers["ETag"] = _tag(number)
    response.headers["Cache-Control"] = KEEP
    return response


urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", index, name="sitemap"),
    path("sitemap/<str:kind>-<int:place>.xml", part, name="sitemap_part"),
]
