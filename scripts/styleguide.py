"""Draw every page with the fixtures and take pictures of it: phone and desktop, Chinese and English.

    python scripts/styleguide.py [--out DIR] [--lang zh-hans] [--size phone] [--dark] [--no-script] [NAME …]

Nothing is served: the browser asks for http://mall.test/… and is answered from memory and from the static
folder, under the policy that the mall sends. What the browser complains of (a blocked script, a missing
file) is printed, and makes the exit code 1. Pictures of goods are taken from the demo catalogue, where it has
any.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# Pages are drawn with the mall's own forms and views of data, which need its settings; there is no database behind them.
os.environ["MINGPU_HOME"] = tempfile.mkdtemp(prefix="mingpu-drawing-")
os.environ["MINGPU_PUBLIC_ADDRESS"] = "https://mall.test"
os.environ["DJANGO_SETTINGS_MODULE"] = "mingpu.settings"
from mingpu.home import make_secrets  # noqa: E402 -- the path comes first

make_secrets()
django.setup()
from tests.web import fixtures  # noqa: E402 -- the path comes first
from tests.web.browser import ORIGIN, answer, launch  # noqa: E402

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


def drawn() -> Iterator[tuple[str, str, str]]:
    """Yield name, language and HTML of every page."""
    engine = fixtures.engine()
    for name, page in fixtures.PAGES.items():
        for language in ("zh-hans", "en"):
            yield name, language, fixtures.draw(page, language, engine)


def open_page(browser: Browser, pages: dict[str, str], size: str, wish: argparse.Namespace) -> Page:
    """Return a tab of that size that is answered from `pages`."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if wish.dark else "light",
        java_script_enabled=not wish.no_script,
        service_workers="block",
        locale="zh-CN",
    )
    context.route("**/*", lambda route: answer(route, pages))
    return context.new_page()


def take(browser: Browser, pages: dict[str, str], size: str, wish: argparse.Namespace) -> list[str]:
    """Save a picture of every page in that size; return what the browser complained of."""
    complaints: list[str] = []
    tab = open_page(browser, pages, size, wish)

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{tab.url} {message.text}")

    tab.on("console", hear)
    tab.on("pageerror", lambda error: complaints.append(f"{tab.url} {error}"))
    for path in pages:
        tab.goto(ORIGIN + path, wait_until="load")
        wide = tab.evaluate("document.documentElement.scrollWidth") if not wish.no_script else 0
        if wide > SIZES[size][0]:
            complaints.append(f"{path} {size}: {wide}px wide, scrolls sideways")
        name = path.strip("/").replace("/", "-")
        tab.screenshot(path=wish.out / f"{name}-{size}.png", full_page=not wish.fold)
    tab.context.close()
    return complaints


def wishes() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Take pictures of every page.")
    parser.add_argument(
        "names", nargs="*", help="pages by their name in tests/web/fixtures.py; all by default"
    )
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--lang", choices=["zh-hans", "en"], default=None)
    parser.add_argument("--size", choices=list(SIZES), default=None)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--no-script", action="store_true")
    parser.add_argument("--fold", action="store_true", help="only what shows without scrolling")
    return parser.parse_args()


def main() -> int:
    """Draw, photograph, report; 1 when the browser complained."""
    wish = wishes()
    wish.out = wish.out or Path(tempfile.mkdtemp(prefix="styleguide-"))
    wish.out.mkdir(parents=True, exist_ok=True)
    fixtures.ensure_django()
    pages = {
        f"/{language[:2]}/{name}": html
        for name, language, html in drawn()
        if wish.lang in (None, language) and (not wish.names or name in wish.names)
    }
    complaints: list[str] = []
    with sync_playwright() as play:
        browser = launch(play)
        for size in [wish.size] if wish.size else SIZES:
            complaints += take(browser, pages, size, wish)
        browser.close()
    sys.stdout.write("\n".join([*sorted(set(complaints)), f"{len(pages)} pages in {wish.out}", ""]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
