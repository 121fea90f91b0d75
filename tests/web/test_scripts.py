"""What the small scripts and htmx add to the pages, in a real browser under the mall's own policy."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import parse_qs

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from mingpu.web.addresses import product_url
from tests.web import fixtures
from tests.web.browser import HTML, ORIGIN, PATIENCE, Answer, answer, launch, until
from tests.web.goods import good, number

pytestmark = pytest.mark.browser
fixtures.ensure_django()
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
Opens = Callable[..., Page]


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
def html() -> Iterator[Callable[[str], str]]:
    """Draws a page, or a fragment where the name starts with `parts/`."""
    with override_settings(STORAGES=PLAIN):
        engine = fixtures.engine()

        def drawn(name: str) -> str:
            page = fixtures.PARTS[name[6:]] if name.startswith("parts/") else fixtures.PAGES[name]
            return fixtures.draw(page, "zh-hans", engine)

        yield drawn


@pytest.fixture
def opens(browser: Browser) -> Iterator[Opens]:
    """Opens `/` among the given pages; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "409" not in message.text:
            complaints.append(message.text)

    def open_(pages: Mapping[str, Answer], *, width: int = 1280, path: str = "/") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, service_workers="block")
        contexts.append(context)
        context.route("**/*", lambda route: answer(route, pages))
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        tab.on("console", hear)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(ORIGIN + path)
        return tab

    yield open_
    for context in contexts:
        context.close()
    assert not complaints


class Till:
    """Answers with a page and keeps what was sent."""

    def __init__(self, body: str, status: int = 200) -> None:
        self.body, self.status, self.sent = body, status, list[dict[str, str]]()

    def __call__(self, route: Route) -> None:
        fields = parse_qs(route.request.post_data or "", keep_blank_values=True)
        self.sent.append(
            {name: values[-1] for name, values in fields.items() if name != "csrfmiddlewaretoken"}
        )
        route.fulfill(status=self.status, body=self.body, headers=HTML)


def test_options_name_the_sku_its_price_and_stock(opens, html):
    page = opens({"/": html("product")})
    page.check('input[value="2.0 m 床"]')
    expect(page.locator("[data-price]")).to_contain_text("359")
    assert page.input_value("[name=sku]") == "MP-0000-雾蓝2.0 m 床"
    page.check('input[value="鼠尾草"]')
    expect(page.locator("[data-stock]")).to_have_text("暂时缺货")
    expect(page.get_by_role("button", name="加入购物车")).to_be_disabled()
    page.check('input[value="1.5 m 床"]')
    expect(page.get_by_role("button", name="加入购物车")).to_be_enabled()


def test_adding_to_the_cart_changes_the_badge_and_says_so(opens, html):
    after = html("notices").replace('aria-live="polite">3<', 'aria-live="polite">9<')
    till = Till(after)
    page = opens({"/": html("product"), "/cart/add": till})
    page.get_by_role("button", name="加一件").click()
    page.get_by_role("button", name="加入购物车").click()
    expect(page.locator("#cart-count-top")).to_have_text("9")
    expect(page.locator("#toasts")).to_contain_text("已加入购物车")
    assert page.url == f"{ORIGIN}/"
    assert till.sent[0]["quantity"] == "2"
    assert till.sent[0]["sku"] == "MP-0000-雾蓝1.8 m 床"


def test_a_refusal_is_told_on_the_spot(opens, html):
    page = opens({"/": html("product"), "/cart/add": Till(html("error-told"), 409)})
    page.get_by_role("button", name="加入购物车").click()
    expect(page.locator("#toasts")).to_contain_text("只剩 1 件")


def test_buying_now_goes_on_to_the_next_page(opens, html):
    till = Till(html("checkout"))
    page = opens({"/": html("product"), "/cart/add": till})
    page.get_by_role("button", name="立即购买").click()
    expect(page.get_by_role("heading", name="确认订单")).to_be_visible()
    assert till.sent[0]["buy"] == "now"


def test_suggestions_are_walked_with_the_arrow_keys(opens, html):
    page = opens({"/": html("home"), "/suggest": html("parts/suggest")})
    page.locator("#find-q").press_sequentially("咖")
    expect(page.locator("#find-list a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert "q=" in page.evaluate("document.activeElement.href")
    page.keyboard.press("Escape")
    expect(page.locator("#find-list")).to_be_hidden()


def test_ones_own_searches_are_shown_before_typing_and_go_right_there(opens, html):
    till = Till(html("parts/suggest"))
    gone = f"/history/{number('h0')}/delete"
    page = opens({"/": html("home"), "/suggest": html("parts/suggest-own"), gone: till})
    page.locator("#find-q").focus()
    delete = page.get_by_role("button", name="从搜索记录删除")
    expect(delete).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(delete.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(delete).to_have_count(0)
    expect(page.locator("#find-list")).to_be_visible()
    expect(page.locator("#find-q")).to_be_focused()
    assert till.sent == [{"suggest": "1", "q": ""}]


def test_numbers_in_the_cart_count_at_once(opens, html):
    change, remove = Till(html("cart-guest")), Till(html("cart-empty"))
    page = opens({"/": html("cart"), "/cart/set": change, "/cart/remove": remove})
    page.get_by_role("button", name="加一件").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("(1)")
    assert change.sent[0] == {"sku": "MP-0000", "to": "2", "quantity": "1"}
    page.locator("#cart input[type=number]").fill("5")
    page.keyboard.press("Tab")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.get_by_role("button", name="移除").click()
    expect(page.get_by_role("heading", name="购物车还是空的")).to_be_visible()
    assert change.sent[1]["quantity"] == "5"


def test_paying_is_noticed_without_a_reload(opens, html):
    asked = []

    def status(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=204)
        else:
            route.fulfill(body=html("parts/pay-paid"), headers=HTML)

    page = opens({"/": html("pay"), "/orders/261120K7Q2M9XH4T/pay/status": status})
    expect(page.locator("[data-countdown]")).to_contain_text("29:")
    expect(page.get_by_role("heading", name="支付成功")).to_be_visible()
    assert len(asked) == 2


def test_a_code_is_sent_without_sending_the_password_along(opens, html):
    till = Till(html("parts/code-sent"))
    page = opens({"/": html("register"), "/codes": till})
    page.fill("[name=phone]", "13800000042")
    page.fill("[name=password]", "a secret of mine")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-note")).to_contain_text("验证码已发出")
    assert till.sent == [{"phone": "13800000042", "intent": "register"}]
    expect(page.locator("[data-code-button]").first).to_be_disabled()


def test_a_list_is_sorted_in_place_but_an_article_is_a_page(opens, html):
    product = product_url(good(0)["id"], str(good(0)["title"]))
    page = opens({"/search": html("search"), product: html("product")}, path="/search")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="销量").click()
    page.wait_for_url("**/search?sort=sales")
    assert page.evaluate("window.same")
    page.locator(".good a").first.click()
    page.wait_for_url(f"**{product}")
    expect(page.get_by_role("button", name="立即购买")).to_be_visible()


def test_filters_open_as_a_sheet_on_a_phone(opens, html):
    page = opens({"/search": html("search")}, width=390, path="/search")
    expect(page.locator("#filters")).to_be_hidden()
    page.locator(".filters-open").click()
    expect(page.get_by_role("heading", name="筛选")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()


def test_yes_and_no_take_one_tap(opens, html):
    before, mark, its_own = html("consents").partition('id="consent-search_history"')
    till = Till(before + mark + its_own.replace('aria-pressed="false"', 'aria-pressed="true"', 1))
    page = opens({"/": html("consents"), "/privacy/consents/search_history": till})
    page.locator("#consent-search_history button[value=true]").click()
    expect(page.locator("#consent-search_history button[value=true]")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert till.sent == [{"granted": "true"}]


def test_an_order_is_sent_once_however_often_it_is_tapped(opens, html):
    sent = []

    def slow(route: Route) -> None:
        sent.append(route.request.post_data)

    page = opens({"/": html("checkout"), "/checkout/place": slow})
    page.get_by_role("button", name="提交订单").dblclick(no_wait_after=True)
    until(page, lambda: sent)
    page.wait_for_timeout(300)  # for what may come besides
    assert len(sent) == 1


def test_nothing_of_a_page_is_left_in_the_browser(opens, html):
    page = opens({"/search": html("search")}, path="/search")
    page.get_by_role("link", name="销量").click()
    page.wait_for_url("**/search?sort=sales")
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "history-cache" not in kept
    assert "咖啡" not in kept


def test_filters_keep_the_keyboard_inside_and_give_it_back(opens, html):
    page = opens({"/search": html("search")}, width=390, path="/search")
    page.locator(".filters-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#filters")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="应用筛选")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="收起")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator(".filters-open")).to_be_focused()


def test_a_filter_announces_how_many_are_left_and_moves_to_the_heading(opens, html):
    narrowed = html("search").replace("共 138 件商品", "共 7 件商品")
    asked = []

    def lists(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=narrowed if len(asked) > 1 else html("search"), headers=HTML)

    page = opens({"/search": lists}, path="/search")
    page.evaluate("window.same = true")
    page.locator("#facet-brand + ul a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("共 7 件商品")
    expect(page.locator("#results h1")).to_be_focused()
    assert page.evaluate("window.same")


def test_pictures_are_walked_with_the_arrow_keys(opens, html):
    page = opens({"/": html("product")})
    page.locator(".gallery-main").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-at]")).to_have_text("2")
    expect(page.locator(".gallery-thumbs a").nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("End")
    expect(page.locator("[data-at]")).to_have_text("3")
    page.locator(".gallery-thumbs a").first.click()
    expect(page.locator("[data-at]")).to_have_text("1")


def test_what_does_not_go_with_the_choice_says_so(opens, html):
    page = opens({"/": html("product")})
    grey = page.locator("label", has=page.locator('input[value="鼠尾草"]'))
    expect(grey.locator("[data-no]")).to_be_hidden()
    page.check('input[value="2.0 m 床"]')
    expect(grey.locator("[data-no]")).to_be_visible()
    expect(page.locator('input[value="墨绿"]')).to_be_disabled()


def test_a_page_is_passed_on_by_the_device_or_by_its_short_address(opens, html):
    page = opens({"/": html("product")})
    button = page.locator("[data-share]")
    address = button.get_attribute("data-share")
    page.evaluate("""() => {
        window.told = [];
        navigator.share = async (what) => window.told.push(what);
        document.querySelector("[data-share]").hidden = false;
    }""")
    button.click()
    assert page.evaluate("window.told") == [{"title": button.get_attribute("data-title"), "url": address}]
    page.evaluate("""() => {
        navigator.share = undefined;
        Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => window.told.push(text) } });
    }""")
    button.click()
    expect(page.locator("#toasts")).to_contain_text("链接已复制")
    assert page.evaluate("window.told")[1] == address


def test_a_block_of_data_is_not_run(opens, html):
    page = opens({"/": html("product")})
    assert "\\u003c/script" in page.locator('script[type="application/ld+json"]').text_content()
    assert page.evaluate("[...document.scripts].filter((it) => !it.src).map((it) => it.type)") == [
        "application/ld+json"
    ]
    assert page.locator("b", has_text="</b>").count() == 0
