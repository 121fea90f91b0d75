"""The address book in the browser: pasting, choosing, whether the cart can go there. Without scripts, as most tests."""

import re
import subprocess
from dataclasses import replace

import pytest
from django.test import Client

from mingpu.accounts.queries import addresses_of
from mingpu.accounts.services import MOST_ADDRESSES, save_address
from mingpu.cart.services import add_line
from mingpu.home import home
from mingpu.ops.database import connect_admin, database_name
from mingpu.orders.models import Consignee
from mingpu.privacy.purposes import Purpose, processing
from tests.accounts.test_profile import TO
from tests.delivery.parcels import article
from tests.factories import make_product
from tests.merchants.examples import FLAT, make_merchant
from tests.people import App, app, from_owner, network, web  # noqa: F401 -- fixtures among them
from tests.support import zone
from tests.web.reading import to, words

pytestmark = pytest.mark.usefixtures("web", "outside")
CANARY = "夙夜匪懈"  # a road that is nowhere
LINE = f"韶光 13912345678 浙江杭州西湖区翠苑街道{CANARY}路5号"


@pytest.fixture
def person(app):  # noqa: F811 -- the fixture
    return app.register()


@pytest.fixture
def browser(person):
    client = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=network(), headers={"accept-language": "zh"})
    client.cookies["mingpu_session"] = person.token
    return client


def chosen(answer) -> dict[str, str]:
    """What the lists of a page have chosen, and what its fields hold."""
    page = answer.content.decode()
    lists = dict.fromkeys(re.findall(r'<select name="(\w+)"', page), "")
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        found = re.search(r'value="([^"]*)" selected', options)
        lists[name] = found[1] if found else ""
    return lists


def options(answer, name: str) -> list[str]:
    page = answer.content.decode()
    (them,) = re.findall(rf'<select name="{name}".*?>(.*?)</select>', page, re.DOTALL)
    return [one for one in re.findall(r'value="([^"]*)"', them) if one]


def test_a_pasted_line_fills_the_form_and_keeps_nothing(browser, person):
    answer = browser.post(
        "/account/addresses/new", {"step": "read", "pasted": LINE, "email": "a@example.com"}
    )
    assert answer.status_code == 200
    page = answer.content.decode()
    assert chosen(answer) == {
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "town": "翠苑街道",
    }
    assert 'value="韶光"' in page
    assert 'value="13912345678"' in page
    assert f"{CANARY}路5号</textarea>" in page
    assert 'value="a@example.com"' in page  # what was typed before stays
    assert "请核对后保存" in words(answer)
    assert LINE not in page  # not even the field it was pasted into
    assert (
        answer.headers["Cache-Control"].startswith("private") or "no-store" in answer.headers["Cache-Control"]
    )
    assert addresses_of(person.person_id) == []
    assert lingering() == []


def test_what_was_filled_in_is_saved_when_its_owner_says_so(browser, person):
    browser.post("/account/addresses/new", {"step": "read", "pasted": LINE})
    form = {
        "name": "韶光", "phone": "13912345678", "province": "浙江省", "city": "杭州市", "district": "西湖区",
        "town": "翠苑街道", "street": f"{CANARY}路5号",
    }  # fmt: skip
    assert to(browser.post("/account/addresses/new", {**form, "pasted": LINE})) == "/account/addresses"
    (it,) = addresses_of(person.person_id, masked=False)
    assert (it.town, it.street) == ("翠苑街道", f"{CANARY}路5号")
    assert "翠苑街道" in words(browser.get("/account/addresses"))
    assert lingering() == []  # sealed


def lingering(text: str = CANARY) -> list[str]:
    """Every file of the mall's, database and log of writing among them, that has a text in it."""
    with connect_admin(database_name()) as database:
        database.execute("CHECKPOINT")
    asked = ["grep", "-rlaF", "--exclude-dir=counterparts", text, str(home())]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()


def test_what_is_kept_in_the_clear_would_be_found():
    make_product(title="匪夷所思之壶")
    assert lingering("匪夷所思之壶")


def test_the_use_is_recorded(browser, person):
    count = "SELECT count(*) FROM privacy_accesslog WHERE subject = %s AND purpose = 'profile'"
    before = from_owner(count, [person.person_id])[0][0]
    browser.post("/account/addresses/new", {"step": "read", "pasted": LINE})
    assert from_owner(count, [person.person_id])[0][0] > before


def test_what_is_not_found_is_said(browser):
    answer = browser.post("/account/addresses/new", {"step": "read", "pasted": "杭州市西湖区"})
    assert "没有找到：收货人姓名、手机号、详细地址" in words(answer)
    answer = browser.post("/account/addresses/new", {"step": "read", "pasted": "宁波江东区中山东路1号"})
    assert "请特别核对：区县" in words(answer)
    assert "江东区" in options(answer, "district")  # of former times, and still to be kept
    answer = browser.post("/account/addresses/new", {"step": "read", "pasted": "长" * 501})
    assert answer.status_code == 422
    assert "最多 500 个字" in words(answer)
    assert "长" * 20 not in answer.content.decode()


def test_a_full_book_says_so_at_once(browser, person):
    for _ in range(MOST_ADDRESSES):
        save_address(person_id=person.person_id, **TO)
    assert browser.post("/account/addresses/new", {"step": "read", "pasted": LINE}).status_code == 409
    assert f"已有 {MOST_ADDRESSES} 个" in words(browser.get("/account/addresses"))


def test_levels_are_chosen_one_below_the_other_without_scripts(browser):
    page = browser.get("/account/addresses/new")
    assert len(options(page, "province")) == 34
    assert options(page, "city") == []
    page = browser.post("/account/addresses/new", {"step": "region", "province": "浙江省", "name": "张三"})
    assert "杭州市" in options(page, "city")
    assert 'value="张三"' in page.content.decode()
    typed = {"step": "region", "province": "浙江省", "city": "杭州市", "district": "西湖区", "town": "无此镇"}
    page = browser.post("/account/addresses/new", typed)
    assert "翠苑街道" in options(page, "town")
    assert chosen(page)["town"] == ""
    page = browser.post("/account/addresses/new", {**typed, "province": "上海市"})
    assert chosen(page) == {"province": "上海市", "city": "上海市", "district": "", "town": ""}
    assert "黄浦区" in options(page, "district")


def test_the_lists_alone_for_scripts(browser):
    page = browser.get("/regions", {"province": "广东省", "city": "东莞市"})
    assert page.content.decode().lstrip().startswith("<fieldset")
    assert options(page, "district") == []
    assert "虎门镇" in options(page, "town")
    assert Client(SERVER_NAME="127.0.0.1").get("/regions").status_code == 302


def test_an_entry_typed_by_hand_before_keeps_its_names(browser, person):
    address_id = save_address(person_id=person.person_id, **TO | {"district": "老城厢"})
    page = browser.get(f"/account/addresses/{address_id}")
    assert chosen(page)["district"] == "老城厢"
    assert to(browser.post(f"/account/addresses/{address_id}", {**TO, "district": "老城厢", "town": ""}))
    assert addresses_of(person.person_id)[0].district == "老城厢"


def test_one_tap_makes_an_entry_the_default(browser, person):
    save_address(person_id=person.person_id, **TO)
    second = save_address(person_id=person.person_id, **TO | {"name": "李四"})
    assert to(browser.post(f"/account/addresses/{second}/default")) == "/account/addresses"
    assert addresses_of(person.person_id)[0].id == second
    theirs = save_address(person_id=App(network()).register().person_id, **TO)
    assert browser.post(f"/account/addresses/{theirs}/default").status_code == 404


def test_where_the_cart_cannot_go_is_said_before_an_order_is_tried(browser, person):
    shop = make_merchant(template=replace(FLAT, no_delivery=("西藏自治区",)))
    add_line(owner_id=person.person_id, sku=article(merchant=shop), quantity=1)
    far = {"province": "西藏自治区", "city": "拉萨市"}
    assert "不配送至西藏自治区" in words(browser.get("/regions", far))
    assert "不配送" not in words(browser.get("/regions", {"province": "浙江省"}))
    save_address(person_id=person.person_id, **TO | far | {"district": "城关区"})
    assert "不配送到这里" in words(browser.get("/account/addresses"))
    answer = person.call("GET", "/cart/delivery?province=西藏&city=拉萨市").json()
    assert answer["deliverable"] is False
    assert [(one["merchant"], one["region"]) for one in answer["shops"]] == [(shop, "西藏自治区")]
    assert person.call("GET", "/cart/delivery?province=浙江省").json() == {"deliverable": True, "shops": []}


def test_an_order_bears_the_town_in_its_street(browser, person):
    add_line(owner_id=person.person_id, sku=make_product(), quantity=1)
    address_id = save_address(person_id=person.person_id, **TO, town="翠苑街道")
    order = {"address_id": str(address_id), "payment": "wechatpay"}
    made = person.call("POST", "/orders", order, **{"Idempotency-Key": "once-to-a-town"})
    assert made.status_code == 201
    with zone("worker"), processing(Purpose.DELIVERY, subject=person.person_id, reading=True):
        street = (
            Consignee.objects.filter(order_no=made.json()["order_no"]).values_list("street", flat=True).get()
        )
    assert street == "翠苑街道" + TO["street"]
