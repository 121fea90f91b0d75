"""A person reads who could see a value of theirs in full: on their page and through the API."""

import pytest
from django.conf import settings
from django.test import override_settings

from mingpu.governance.services import ask_look
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.delivery.parcels import article, buy
from tests.service.cases import ask
from tests.support import zone


@pytest.fixture
def seen(outside):
    """A person of whom two members of staff asked to see the phone, one of them twice."""
    it = buy({article(stock=9): 3}).pay(outside)
    it.case = ask(it)
    with zone("desk"):
        for staff in ("kf-anna", "kf-anna", "kf-bert"):
            ask_look(
                person_id=it.buyer.id, item="contact_phone", order_no=it.order_no, reference=it.case.case_no,
                reason="other", note="回访约定时间", staff=staff,
            )  # fmt: skip
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield it


def test_the_page_counts_people_and_says_why(seen):
    page = seen.buyer.browser().get("/privacy/looks").content.decode()
    assert "近 30 天有 2 人可以看到您的登录手机号" in page
    for told in ("kf-anna", "kf-bert", "回访约定时间", seen.case.case_no):
        assert told in page
    assert seen.buyer.browser().get("/privacy").content.decode().count("/privacy/looks") == 1


def test_the_api_tells_the_same(seen):
    told = seen.buyer.api().get("/api/v1/me/privacy/looks").json()
    assert told["total"] == 3
    assert {it["staff"] for it in told["items"]} == {"kf-anna", "kf-bert"}
    assert {it["item"] for it in told["items"]} == {"contact_phone"}


def test_it_is_for_the_person_alone(seen):
    from_others = seen.buyer.browser()
    from_others.cookies.clear()
    assert from_others.get("/privacy/looks").status_code == 302
