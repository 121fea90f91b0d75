"""One box for every setting; sign-ins and real-name verification in the browser."""

import pytest
from django.conf import settings

from mingpu.accounts.queries import person_of
from mingpu.privacy.consent import give
from mingpu.privacy.register import REGISTER
from mingpu.search.queries import history_of
from mingpu.web.pages.settings import PAGES
from tests.accounts.id_numbers import new_number
from tests.accounts.test_devices import again
from tests.factories import Buyer, make_person
from tests.web.reading import to, words

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture
def buyer() -> Buyer:
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    return make_person()


def found(buyer, typed: str, language: str = "zh") -> str:
    answer = buyer.browser().get("/account/settings", {"q": typed}, headers={"accept-language": language})
    return words(answer).partition("找一项设置" if language == "zh" else "Find a setting")[2]


def test_every_switch_says_what_it_does_and_what_it_costs(buyer):
    page = found(buyer, "")
    for name in REGISTER.consents():
        matter = REGISTER.purposes.get(name) or REGISTER.permissions[name]
        assert matter.title.zh in page, name
        assert matter.why.zh in page, name
    assert page.count("代价") == len(list(REGISTER.consents()))
    assert all(text.zh in page for one in PAGES.values() for text in one[:3])


@pytest.mark.parametrize(
    ("typed", "title", "other"),
    [("身份证", "实名验证", "收货地址"), ("位置", "位置", "收货地址"), ("下线", "设备与登录", "发票抬头"), ("ＲＥＣＥＩＰＴ", "发票抬头", "收货地址")],
    ids=["card", "permission", "another-word", "wide-english"],
)  # fmt: skip
def test_a_setting_is_found_by_what_people_call_it(buyer, typed, title, other):
    page = found(buyer, typed).partition("商城")[0]
    assert title in page
    assert other not in page.partition("没有找到")[0].split("帮助")[-1]


def test_in_english_too_and_nothing_is_said_so(buyer):
    assert "Real-name verification" in found(buyer, "identity card", "en")
    assert "没有找到这项设置" in found(buyer, "飞船")


def test_what_is_looked_for_is_kept_nowhere(buyer):
    give(buyer.id, "search_history", True, "zh-hans")
    found(buyer, "夙兴夜寐")
    assert history_of(person_id=buyer.id) == []


def test_a_switch_is_thrown_where_it_is_found(buyer):
    browser = buyer.browser()
    assert to(browser.post("/privacy/consents/real_name", {"granted": "true", "next": "/account/settings"}))
    assert "已开启" in words(browser.get("/account/settings", {"q": "实名"}))


def test_sign_ins_are_named_and_ended_in_the_browser(buyer):
    other, browser = again(buyer), buyer.browser()
    page = browser.get("/privacy/devices").content.decode()
    (pk,) = {
        one.split("/")[0]
        for one in page.split("/privacy/sign-ins/")[1:]
        if one.split("/")[1].startswith("end")
    }
    assert to(browser.post(f"/privacy/sign-ins/{pk}/name", {"name": "旧手机"})) == "/privacy/devices"
    assert "旧手机" in words(browser.get("/privacy/devices"))
    assert to(browser.post(f"/privacy/sign-ins/{pk}/end")) == "/privacy/devices"
    assert person_of(other.token) is None
    last = again(buyer)
    assert to(browser.post("/privacy/sign-ins/end-others")) == "/privacy/devices"
    assert person_of(last.token) is None
    assert browser.get("/privacy/devices").status_code == 200
    assert browser.post(f"/privacy/sign-ins/{pk}/end").status_code == 404


def test_a_real_name_is_verified_and_deleted_in_the_browser(buyer):
    browser = buyer.browser()
    asked = browser.get("/account/real-name").content.decode()
    assert 'name="number"' not in asked  # not before the yes
    assert 'aria-pressed="true"' not in asked
    number = new_number()
    form = {"real_name": "林知夏", "number": number}
    assert browser.post("/account/real-name", form).status_code == 422
    give(buyer.id, "real_name", True, "zh-hans")
    wrong = browser.post("/account/real-name", {**form, "number": number[:-1]})
    assert wrong.status_code == 422
    assert "应为 18 位" in words(wrong)
    assert to(browser.post("/account/real-name", form)) == "/account/real-name"
    page = browser.get("/account/real-name")
    assert "林**" in words(page)
    assert number not in page.content.decode()
    assert to(browser.post("/account/real-name/delete")) == "/account/real-name"
    assert 'name="number"' in browser.get("/account/real-name").content.decode()
    give(buyer.id, "real_name", False, "zh-hans")
    assert "不再" in words(browser.get("/account/real-name")) or "已按您的选择关闭" in words(
        browser.get("/account/real-name")
    )
