"""One person's whole journey in a real browser, on a phone: search, cart, register, order, pay, receive, return,
see what was used and shared, take it along, leave.

Any error in the browser's console or a request that fails, and any breach of the content policy, fails the test.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bench.mall import Mall, mall
from tests.journey.client import PASSWORD, App, wait_until

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # beside other work
PHONE = "13911112222"
PHONE_SIZE, DESKTOP_SIZE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
TO = {
    "name": "林小满", "phone": "13911112222", "province": "浙江省", "city": "杭州市", "district": "西湖区",
    "street": "文三路 1 号 2 单元 301",
}  # fmt: skip
PICTURES = os.environ.get("MINGPU_PICTURES")  # a folder, when the README's pictures are to be taken anew


def chromium() -> str | None:
    """Return the system's Chromium, None for Playwright's own."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return str(mac) if mac.exists() else None


@pytest.fixture(scope="module")
def world() -> Iterator[Mall]:
    with mall("counterparts", "web", "worker", "desk", MINGPU_COOLING_OFF_DAYS="0") as it:
        yield it


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        it = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield it
        it.close()


def watch(page: Page, troubles: list[str]) -> None:
    """Write down whatever a developer would see in red."""
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda request: troubles.append(f"{request.url} {request.failure}"))
    page.on(
        "response",
        lambda answer: troubles.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
    )


@pytest.fixture
def phone(browser: Browser, world: Mall) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE_SIZE, locale="zh-CN", base_url=world.address)
    page = context.new_page()
    troubles: list[str] = []
    watch(page, troubles)
    yield page
    context.close()
    assert "\n".join(it for it in troubles if "ERR_ABORTED" not in it) == ""


def picture(page: Page, name: str) -> None:
    """Take a picture for the README, when asked to."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def press(button: Locator) -> None:
    """Send a form and wait for its answer, so that going on does not call it off."""
    with button.page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()


def sms_code(app: App) -> str:
    return str(wait_until(lambda: app._newest_code(PHONE)))


def fill_cart(page: Page) -> str:
    """Search, look at a product, put one in the cart; return its title."""
    page.goto("/")
    picture(page, "home-phone")
    box = page.get_by_role("searchbox").first
    box.fill("茶")
    box.press("Enter")
    expect(page).to_have_url(re.compile("search"))
    picture(page, "search-phone")
    page.locator(".goods a[href^='/p/']").first.click()
    title = page.locator("h1").inner_text()
    picture(page, "product-phone")
    page.locator("[data-buy]").first.click()
    expect(page.locator("#cart-count-tab")).to_contain_text("1")
    return title


def register(page: Page, app: App) -> None:
    page.goto("/register?next=/cart")
    page.fill("input[name=phone]", PHONE)
    page.get_by_role("button", name=re.compile("验证码")).first.click()
    code = sms_code(app)
    page.fill("input[name=phone_code]", code)
    page.fill("input[name=username]", "林小满")
    page.fill("input[name=password]", PASSWORD)
    assert not page.is_checked("input[name=agreed_statement]"), "nothing is ticked beforehand"
    page.check("input[name=agreed_statement]")
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page).to_have_url(re.compile("/cart"))


def place(page: Page, title: str) -> str:
    """Check out the cart; return the order's number."""
    expect(page.locator("main")).to_contain_text(title)
    page.goto("/checkout")
    for name, value in TO.items():
        if name in {
            "province",
            "city",
            "district",
        }:  # waits for the list that belongs to what was chosen above
            page.select_option(f"select[name={name}]", value)
        else:
            page.fill(f"input[name={name}], textarea[name={name}]", value)
    picture(page, "checkout-phone")
    page.check("input[name=payment][value=wechatpay]")
    page.get_by_role("button", name=re.compile("提交订单|下单")).first.click()
    expect(page).to_have_url(re.compile(r"/orders/\w+/pay"))
    return re.findall(r"/orders/(\w+)/pay", page.url)[0]


def pay(page: Page, app: App) -> None:
    expect(page.locator("svg").first).to_be_visible()
    picture(page, "pay-phone")
    href = page.locator("a[href*='/wechatpay/pay']").first.get_attribute("href")
    assert href
    from urllib.parse import parse_qs, urlsplit

    app.outside("POST", "/wechatpay/scan", {"code_url": parse_qs(urlsplit(href).query)["code_url"][0]})


def test_the_whole_journey(phone: Page, world: Mall, browser: Browser) -> None:
    page, app = phone, App(world)
    title = fill_cart(page)
    register(page, app)
    order_no = place(page, title)
    pay(page, app)
    app.token = sign_in(app)
    app.wait_for_status(order_no, "paid", "shipped")
    app.deliver(order_no)
    page.goto(f"/orders/{order_no}")
    expect(page.locator("main")).to_contain_text("已签收")
    picture(page, "order-phone")
    page.locator("summary", has_text="确认收货").click()
    page.locator("form[action$='/receipt'] button").click()
    expect(page.locator("main")).to_contain_text("已完成")
    case_no = ask_for_return(page, order_no)
    decide(browser, world, case_no)
    page.goto(f"/cases/{case_no}")
    page.locator("summary", has_text="我自己寄").click()
    press(page.locator("form[action$='/sent-back'] button"))
    decide(browser, world, case_no)
    wait_until(lambda: "已退款" in (page.goto(f"/cases/{case_no}") and page.locator("main").inner_text()), 90)
    look_at_privacy(page, order_no)
    take_it_along(page, app)
    leave(page, app)


def sign_in(app: App) -> str:
    return str(app.call("POST", "/sessions", {"login": PHONE, "password": PASSWORD}, expect=201)["token"])


def ask_for_return(page: Page, order_no: str) -> str:
    page.goto(f"/orders/{order_no}/after-sales")
    page.check("input[name=type][value=return]")
    page.locator("input[name=line]").first.check()
    reason = page.locator("[name=reason]").first
    if reason.evaluate("it => it.tagName") == "SELECT":
        reason.select_option("changed_mind")
    else:
        page.check("input[name=reason][value=changed_mind]")
    page.get_by_role("button", name="提交申请").click()
    expect(page).to_have_url(re.compile(r"/cases/\w+"))
    return re.findall(r"/cases/(\w+)", page.url)[0]


def decide(browser: Browser, world: Mall, case_no: str) -> None:
    """Staff sign in at the desk and say yes."""
    account = json.loads((world.home / "secrets" / "desk-kefu.json").read_text())
    context = browser.new_context(viewport=DESKTOP_SIZE, locale="zh-CN", base_url=world.desk)
    page = context.new_page()
    page.goto("/")
    page.fill("input[name=name], input[name=username]", account["name"])
    page.fill("input[type=password]", account["password"])
    press(page.locator("main form button").first)
    page.goto(f"/cases/{case_no}")
    text = page.locator("main").inner_text()
    assert TO["phone"] not in text, "staff see the number masked"
    assert TO["street"] not in text
    picture(page, "desk-desktop")
    press(page.locator("button[name=decision][value=approve], button[name=decision][value=received]").first)
    context.close()


def look_at_privacy(page: Page, order_no: str) -> None:
    page.goto("/privacy")
    picture(page, "privacy-phone")
    page.goto("/privacy/shares")
    shares = page.locator("main").inner_text()
    assert order_no in shares
    assert "顺丰" in shares
    assert "微信支付" in shares
    picture(page, "shares-phone")
    page.goto("/privacy/uses")
    expect(page.locator("main")).to_contain_text("kefu")
    picture(page, "uses-phone")
    page.goto("/privacy/permissions")
    assert page.locator("main form").count() >= 5
    page.goto("/statement")
    expect(page.locator("main")).to_contain_text("顺丰速运")


def take_it_along(page: Page, app: App) -> None:
    page.goto("/privacy/exports")
    press(page.locator("main form button").first)

    def ready() -> bool:
        page.goto("/privacy/exports")
        return page.locator("main a[href*='/privacy/exports/'], main a[download]").count() > 0

    wait_until(ready)
    with page.expect_download() as download:
        page.locator("main a[href*='/privacy/exports/'], main a[download]").first.click()
    content = Path(download.value.path()).read_bytes()
    assert content[:2] == b"PK"
    assert app.token


def leave(page: Page, app: App) -> None:
    page.goto("/privacy/cancellation")
    picture(page, "cancellation-phone")
    page.fill("input[type=password]", PASSWORD)
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.locator("button.btn-risk").click()
    wait_until(
        lambda: (
            app.http.post(
                f"{app.mall.address}/api/v1/sessions", json={"login": PHONE, "password": PASSWORD}
            ).status_code
            == 401
        ),
        90,
    )


def test_pages_look_right_on_a_desktop(browser: Browser, world: Mall) -> None:
    """Nothing scrolls sideways, at phone and desktop size, in both languages."""
    for size in (PHONE_SIZE, DESKTOP_SIZE):
        for locale in ("zh-CN", "en-GB"):
            context = browser.new_context(viewport=size, locale=locale, base_url=world.address)
            page = context.new_page()
            troubles: list[str] = []
            watch(page, troubles)
            for path in ("/", "/search?q=茶", "/cart", "/login", "/register", "/statement", "/help"):
                page.goto(path)
                wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, (path, size, locale, wide)
                if size is DESKTOP_SIZE and locale == "zh-CN":
                    picture(page, f"desktop{path.split('?')[0].replace('/', '-')}")
            page.goto("/search?in_stock=on")
            page.locator(".goods a[href^='/p/']").first.click()
            if size is DESKTOP_SIZE and locale == "zh-CN":
                picture(page, "product-desktop")
            context.close()
            assert [it for it in troubles if "ERR_ABORTED" not in it] == []
