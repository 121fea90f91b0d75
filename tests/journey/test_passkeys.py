"""A passkey in a real browser, with Chromium's own virtual authenticator: added, used to log in, removed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.mall import Mall
from tests.journey.client import PASSWORD, App
from tests.journey.test_browser import PHONE_SIZE, browser, watch, world

pytestmark = pytest.mark.browser
__all__ = ["browser", "world"]


@pytest.fixture
def page(browser: Browser, world: Mall) -> Iterator[Page]:
    """A phone at `localhost`: passkeys are bound to a name, and an address is none."""
    context = browser.new_context(
        viewport=PHONE_SIZE, locale="zh-CN", base_url=world.address.replace("127.0.0.1", "localhost")
    )
    it = context.new_page()
    troubles: list[str] = []
    watch(it, troubles)
    yield it
    context.close()
    assert "\n".join(line for line in troubles if "ERR_ABORTED" not in line) == ""


def authenticator(page: Page) -> None:
    """Give the browser a device that knows its owner's face."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_from_first_to_last(page: Page, world: Mall) -> None:
    person = App(world)
    person.register(username="沈知夏", phone="13911113333")
    authenticator(page)
    page.goto("/login?next=/account/passkeys")
    page.fill("input[name=login]", "沈知夏")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("还没有通行密钥")).to_be_visible()
    page.fill("input[name=passkey_name]", "我的手机")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_text("我的手机", exact=True)).to_be_visible()
    page.context.clear_cookies()
    page.goto("/login?next=/account/passkeys")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text(re.compile("最近使用"))).to_be_visible()
    page.locator("details.sure summary").first.click()
    page.get_by_role("button", name="确定移除").click()
    expect(page.get_by_text("还没有通行密钥")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/login")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("通行密钥未通过验证")).to_be_visible()
