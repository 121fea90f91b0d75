"""No dark patterns: equal buttons, nothing ticked beforehand, a no as near as a yes."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.web import fixtures
from tests.web.browser import HTML, ORIGIN, PATIENCE, answer, launch, until
from tests.web.test_scripts import PLAIN

WITH_CHOICES = (
    "consents",
    "permissions",
    "news",
    "invoice-consent",
    "settings",
    "real-name-consent",
    "child-choices",
    "linked-new",
    "notice-settings",
    "notice-settings-agreed",
)
LOOKS = """
groups => groups.map(group => [...group.querySelectorAll('button')].map(it => {
  const box = it.getBoundingClientRect(), style = getComputedStyle(it);
  return {
    value: it.value, pressed: it.getAttribute('aria-pressed'), width: Math.round(box.width), height: Math.round(box.height),
    top: Math.round(box.top), tab: it.tabIndex, disabled: it.disabled, hidden: box.width === 0,
    looks: ['color', 'backgroundColor', 'fontSize', 'fontWeight', 'borderTopWidth', 'borderTopColor', 'opacity', 'boxShadow',
      'textDecorationLine', 'cursor'].map(name => style[name]).join(' | '),
  };
}))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            chromium = launch(playwright)
        except PlaywrightError as error:
            pytest.skip(f"no Chromium: {str(error).splitlines()[0]}")
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def drawn() -> Iterator[Callable[[str, str], str]]:
    with override_settings(STORAGES=PLAIN):
        engine = fixtures.engine()
        yield lambda name, language: fixtures.draw(fixtures.PAGES[name], language, engine)


def opened(browser: Browser, html: str, width: int, sent: list[str] | None = None) -> Page:
    def respond(route):
        if route.request.method == "POST" and sent is not None:
            sent.append(route.request.post_data or "")
            route.fulfill(body=html, headers=HTML)
        else:
            answer(route, {"/": html})

    context = browser.new_context(viewport={"width": width, "height": 900}, service_workers="block")
    context.route("**/*", respond)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(ORIGIN + "/")
    return page


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", WITH_CHOICES)
def test_yes_and_no_are_alike_to_the_eye_and_the_hand(browser, drawn, name, language, width):
    page = opened(browser, drawn(name, language), width)
    groups = page.locator(".yesno").evaluate_all(LOOKS)
    assert groups
    for group in groups:
        assert [it["value"] for it in group] == ["true", "false"]
        yes, no = group
        for what in ("height", "top", "tab", "disabled", "hidden"):
            assert yes[what] == no[what], (name, what, group)
        assert abs(yes["width"] - no["width"]) <= 1, group
        assert not yes["hidden"]
        assert yes["height"] >= 40  # for a thumb
        if yes["pressed"] == no["pressed"] == "false":
            assert yes["looks"] == no["looks"], group
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["consents", "permissions", "news"])
@pytest.mark.parametrize("value", ["true", "false"])
def test_one_tap_either_way_and_no_second_thoughts(browser, drawn, name, value):
    """One click sends the answer: no dialogue, no page between, whichever it is."""
    sent: list[str] = []
    page = opened(browser, drawn(name, "zh-hans"), 390, sent)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator(f".yesno button[value={value}]").first.click()
    until(page, lambda: sent)
    page.wait_for_timeout(300)  # for what may come besides
    assert len(sent) == 1
    assert f"granted={value}" in sent[0]
    assert asked == []
    page.context.close()


@pytest.mark.browser
def test_withdrawing_in_the_wallet_takes_one_tap(browser, drawn):
    sent: list[str] = []
    page = opened(browser, drawn("receipts", "zh-hans"), 390, sent)
    page.locator("button[name=granted][value=false]").first.click()
    until(page, lambda: sent)
    page.wait_for_timeout(300)
    assert len(sent) == 1
    assert "granted=false" in sent[0]
    page.context.close()


@pytest.mark.browser
def test_every_page_with_a_choice_is_held_here(drawn):
    asking = {name for name in fixtures.PAGES if 'class="yesno"' in drawn(name, "en")}
    assert asking == set(WITH_CHOICES)
    for name in fixtures.PAGES:
        for box in re.findall(r"<input[^>]*(?:granted|agree|consent)[^>]*>", drawn(name, "en")):
            assert " checked" not in box, (name, box)
