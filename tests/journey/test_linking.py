"""Signing in through another service in a real browser: WeChat on a phone, an OpenID provider on a desk."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.mall import Mall
from tests.journey.client import PASSWORD, App
from tests.journey.test_browser import DESKTOP_SIZE, PHONE_SIZE, browser, watch, world

pytestmark = pytest.mark.browser
__all__ = ["browser", "world"]


@pytest.fixture
def opened(browser: Browser, world: Mall) -> Iterator[Callable[..., Page]]:
    troubles: list[str] = []
    contexts = []

    def new(size: dict[str, int], locale: str = "zh-CN") -> Page:
        context = browser.new_context(viewport=size, locale=locale, base_url=world.address)
        contexts.append(context)
        page = context.new_page()
        watch(page, troubles)
        return page

    yield new
    for context in contexts:
        context.close()
    # The page that asks for a proof is an answer of 403, which the console says by itself.
    expected = ("ERR_ABORTED", "status of 403")
    assert "\n".join(line for line in troubles if not any(it in line for it in expected)) == ""


def consent_there(page: Page, name: str, button: str) -> None:
    page.fill("input[name=name]", name)
    page.get_by_role("button", name=button, exact=True).click()


def log_in(page: Page, name: str) -> None:
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def test_wechat_from_first_to_last(opened: Callable[..., Page], world: Mall) -> None:
    person = App(world)
    person.register(username="顾微光", phone="13911114444")
    page = opened(PHONE_SIZE)
    page.goto("/login?next=/account/linked")
    page.get_by_role("link", name="用微信登录").click()
    consent_there(page, "微光", "拒绝")
    expect(page.get_by_text("选择了不同意")).to_be_visible()
    page.goto("/login?next=/account/linked")
    page.get_by_role("link", name="用微信登录").click()
    consent_there(page, "微光", "允许")
    expect(page.get_by_text("还没有绑定明铺账户")).to_be_visible()
    page.get_by_role("link", name="我有账户").click()
    log_in(page, "顾微光")
    page.get_by_role("button", name="同意并绑定").click()
    expect(page.get_by_text("已绑定，以后可以用它登录")).to_be_visible()
    expect(page.get_by_text("还没用过")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/login?next=/account/linked")
    page.get_by_role("link", name="用微信登录").click()
    consent_there(page, "微光", "允许")
    expect(page.get_by_text("最近登录")).to_be_visible()

    page.get_by_role("link", name="解绑 微信").click()
    page.get_by_role("button", name="继续", exact=True).click()
    page.fill("input[name=proof_password]", PASSWORD)
    page.get_by_role("button", name="确认", exact=True).click()
    page.get_by_role("link", name="去微信").click()
    consent_there(page, "微光", "允许")
    expect(page.get_by_text("已解绑，由此取得的信息已删除")).to_be_visible()
    expect(page.get_by_text("还没有绑定。")).to_be_visible()


def test_a_passport_from_settings_in_english(opened: Callable[..., Page], world: Mall) -> None:
    person = App(world)
    person.register(username="paige", phone="13911115555")
    page = opened(DESKTOP_SIZE, "en-GB")
    page.goto("/login?next=/account/linked")
    page.fill("input[name=login]", "paige")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("link", name="Link Passport (demo)").click()
    page.get_by_role("button", name="Continue", exact=True).click()
    page.fill("input[name=proof_password]", PASSWORD)
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_role("link", name="Go to Passport (demo)").click()
    consent_there(page, "Paige there", "Allow")
    expect(page.get_by_role("heading", name="Passport (demo): Paige there")).to_be_visible()
    page.get_by_role("button", name="Yes, link").click()
    expect(page.get_by_text("Linked: you can log in by it from now on")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/login")
    page.get_by_role("link", name="Log in by Passport (demo)").click()
    consent_there(page, "Paige there", "Allow")
    page.goto("/account/linked")
    expect(page.get_by_text("Paige there")).to_be_visible()
