"""A real browser that is answered from memory and from the static folder: nothing is served, no view runs.

Used by test_scripts.py and scripts/styleguide.py. Pages carry the policy that the mall sends.
"""

import mimetypes
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Route, expect

from tests.web import fixtures

STATIC = fixtures.TEMPLATES.parent / "static"
PICTURES = fixtures.TEMPLATES.parents[1] / "catalog/demo/images"
ORIGIN = "http://mall.test"
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:"
HTML = {"content-security-policy": POLICY, "content-type": "text/html; charset=utf-8"}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COLOURS = ("#c9ddd9", "#ead8c8", "#d5d9ea", "#e3dabb", "#e8cfd3", "#d2dfc2")

Answer = str | Callable[[Route], None]
PATIENCE = 30_000  # milliseconds that a browser beside other work may take for what it does at once
expect.set_options(timeout=PATIENCE)


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium, or else Playwright's own; raises playwright's Error without either."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


def until(page: Page, found: Callable[[], object]) -> None:
    """Let a page go on until `found` answers yes; fails when it does not."""
    for _ in range(PATIENCE // 20):
        if found():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not come")


def answer(route: Route, pages: Mapping[str, Answer]) -> None:
    """Answer one request: a page from memory, a file of ours, a picture of goods, or 404."""
    path = urlsplit(route.request.url).path
    kind, _, rest = path.lstrip("/").partition("/")
    given = pages.get(path)
    if callable(given):
        given(route)
    elif given is not None:
        route.fulfill(body=given, headers=HTML)
    elif kind == "pictures":
        route.fulfill(body=picture(PICTURES / rest), content_type="image/svg+xml")
    elif kind == "static" and (STATIC / rest).is_file():
        route.fulfill(path=STATIC / rest, content_type=mimetypes.guess_type(rest)[0] or "text/plain")
    else:
        route.fulfill(status=404, body="")


def picture(path: Path) -> bytes:
    """Return a picture of goods, or a plain one where the demo catalogue has not drawn it."""
    if path.is_file():
        return path.read_bytes()
    colour = COLOURS[len(path.name) % len(COLOURS)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">'
        f'<rect width="4" height="4" fill="{colour}"/><circle cx="2" cy="2" r="1" fill="#fff" opacity=".5"/></svg>'
    ).encode()
