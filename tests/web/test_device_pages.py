"""The page of my devices: what is shown of each, and taking it back."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from mingpu.privacy.consent import give
from tests.accounts.test_devices import again, hardware, phone, tell
from tests.factories import Buyer, make_person
from tests.web.reading import to, words


@pytest.fixture
def buyer() -> Buyer:
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    return make_person()


def test_a_device_is_shown_with_what_it_told_and_without_any_identifier(buyer):
    told = phone()
    tell(again(buyer), told)
    page = buyer.browser().get("/privacy/devices")
    shown = words(page)
    assert all(told[name] in shown for name in ("name", "model", "os", "language", "resolution", "plmn"))
    assert not [kind for kind in hardware() if told[kind] in page.content.decode()]
    assert "登录中" in shown
    assert "已关联" not in shown


def test_a_browser_leaves_nothing_here(buyer):
    assert "没有留下任何设备信息" in words(buyer.browser().get("/privacy/devices"))
    assert "My devices" in words(buyer.browser().get("/privacy", headers={"accept-language": "en"}))


def test_a_removed_device_is_gone_from_the_page(buyer):
    give(buyer.id, "continuity", True, "zh-hans")
    told = phone()
    noted = tell(again(buyer), told)
    browser = buyer.browser()
    assert "已关联" in words(browser.get("/privacy/devices"))
    assert to(browser.post(f"/privacy/devices/{noted.id}/remove")) == "/privacy/devices"
    after = words(browser.get("/privacy/devices"))
    assert told["name"] not in after
    assert "已移除" in after
    assert browser.post(f"/privacy/devices/{noted.id}/remove").status_code == 404


def test_nobody_removes_another_persons_and_a_visitor_is_sent_to_log_in(buyer):
    noted = tell(again(buyer), phone())
    assert make_person().browser().post(f"/privacy/devices/{noted.id}/remove").status_code == 404
    assert buyer.browser().post(f"/privacy/devices/{uuid4()}/remove").status_code == 404
    assert buyer.browser().get(f"/privacy/devices/{noted.id}/remove").status_code == 405
    client = Client(SERVER_NAME="127.0.0.1")
    assert client.get("/privacy/devices").status_code == 302
