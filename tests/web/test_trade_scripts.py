"""What the scripts add to the pages of trade, in a real browser; and that forms go only where they may."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from mingpu.web.policy import HEADER, content_policy
from tests.service.test_evidence import jpeg
from tests.web.browser import HTML, ORIGIN, until
from tests.web.goods import good
from tests.web.test_scripts import Till, browser, html, opens  # noqa: F401 -- fixtures

pytestmark = pytest.mark.browser
BANK = "https://gateway.example/pay"


def test_sums_follow_every_choice_and_nothing_typed_is_lost(opens, html):  # noqa: F811
    till = Till(html("checkout").replace("255", "105"))
    page = opens({"/": html("checkout"), "/checkout": till})
    page.check("#address-new")
    page.fill("[name=name]", "林知夏")
    page.check("#pay-alipay")
    expect(page.locator("#to-pay")).to_contain_text("105")
    assert till.sent[-1]["payment"] == "alipay"
    page.check("#use-balance")
    until(page, lambda: till.sent[-1].get("use_balance") == "on")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.get_by_role("button", name="都不用").click()
    until(page, lambda: till.sent[-1].get("best") == "0")
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert page.input_value("[name=name]") == "林知夏"
    assert page.url == f"{ORIGIN}/"


def test_a_late_answer_does_not_undo_a_later_choice(opens, html):  # noqa: F811
    held, fresh = [], html("checkout").replace("255", "105")
    fresh = fresh.replace('value="wechatpay" checked', 'value="wechatpay"')
    fresh = fresh.replace(
        'id="pay-alipay" name="payment" value="alipay"',
        'id="pay-alipay" name="payment" value="alipay" checked',
    )
    page = opens({"/": html("checkout"), "/checkout": held.append})
    page.check("#use-balance")
    until(page, lambda: held)
    page.check("#pay-alipay")
    held[0].fulfill(body=html("checkout"), headers=HTML)  # what was asked before: WeChat Pay
    until(page, lambda: len(held) == 2)
    page.wait_for_timeout(300)  # for what the first answer may do
    assert page.is_checked("#pay-alipay")
    assert "payment=alipay" in (held[1].request.post_data or "")
    held[1].fulfill(body=fresh, headers=HTML)
    expect(page.locator("#to-pay")).to_contain_text("105")
    assert page.is_checked("#pay-alipay")
    assert len(held) == 2


def test_hearts_in_a_list_show_what_is_kept(opens, html):  # noqa: F811
    sent = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data)
        route.fulfill(status=204)

    first, second = good(0)["id"], good(1)["id"]
    shown = html("search").replace('data-hearts=""', f'data-hearts="{first}"')
    page = opens({"/": shown, f"/favourites/{second}": keep, f"/favourites/{first}": keep})
    hearts = [page.locator(f'[data-heart="{it}"]') for it in (first, second)]
    expect(hearts[0]).to_have_attribute("aria-pressed", "true")
    expect(hearts[1]).to_have_attribute("aria-pressed", "false")
    for heart in hearts:
        heart.click()
    expect(hearts[0]).to_have_attribute("aria-pressed", "false")
    expect(hearts[1]).to_have_attribute("aria-pressed", "true")
    assert sent == ["marked=false", "marked=true"]


def test_photos_are_seen_before_they_are_sent(opens, html, tmp_path: Path):  # noqa: F811
    (tmp_path / "cup.jpg").write_bytes(jpeg())
    picture = {f"/cases/A8Q4T2M7K1/evidence/V{n}": lambda route: route.fulfill(body=b"") for n in (1, 2)}
    case = html("case").replace('src="/cases', 'data-src="/cases')
    till = Till(case.replace("照片和视频", "照片和视频（已收到）"))
    page = opens({"/": case, "/cases/A8Q4T2M7K1/evidence": till, **picture})
    page.set_input_files("#proof-files", tmp_path / "cup.jpg")
    expect(page.locator("[data-preview] img")).to_have_attribute("alt", "cup.jpg")
    page.get_by_role("button", name="上传").click()
    expect(page.locator("#proof")).to_contain_text("已收到")
    expect(page.locator("[data-preview] li")).to_have_count(0)
    assert len(till.sent) == 1


def test_a_number_is_picked_from_the_contacts_only_where_there_are_any(opens, html):  # noqa: F811
    page = opens({"/": html("checkout-topup")})
    expect(page.locator("[data-contacts]")).to_be_hidden()
    page.add_init_script(
        "Object.defineProperty(navigator, 'contacts', {value: {select: async () => [{tel: ['+86 138-1234-5678']}]}})"
    )
    page.reload()
    page.locator("[data-contacts]").click()
    expect(page.locator("#id_recharge")).to_have_value("13812345678")
    assert page.input_value("[name=picked]") == "1"


@pytest.mark.parametrize(("allowed", "arrives"), [(BANK, True), ("https://other.example/", False)])
def test_a_form_goes_to_the_chosen_institution_and_nowhere_else(browser, html, allowed, arrives):  # noqa: F811
    reached = []
    context = browser.new_context(service_workers="block")

    def serve(route: Route) -> None:
        if route.request.url.startswith(BANK):
            reached.append(route.request.post_data)
            route.fulfill(body="<h1>till</h1>", content_type="text/html")
        elif route.request.url == f"{ORIGIN}/":
            headers = {**HTML, HEADER.lower(): content_policy(allowed)}
            route.fulfill(body=html("pay-page"), headers=headers)
        else:
            route.fulfill(status=404, body="")

    context.route("**/*", serve)
    page = context.new_page()
    page.goto(f"{ORIGIN}/")
    page.get_by_role("button", name="打开云闪付").click(no_wait_after=True)
    if arrives:
        until(page, lambda: reached)
    page.wait_for_timeout(500)
    assert reached == (["orderId=261120K7Q2M9XH4T01&txnAmt=29700"] if arrives else [])
    context.close()


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//bank.example", "https://", "https://a b/", "https://x;y/"]
)
def test_what_is_no_address_is_allowed_nothing(address):
    with pytest.raises(ValueError, match=re.escape(address)):
        content_policy(address)
