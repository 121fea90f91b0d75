"""The pages of notices and the calls of the API: the list, the bell, the settings; whose they are."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings

from mingpu.notices.queries import notices_of, preferences_of
from mingpu.notices.services import tell
from mingpu.privacy.consent import give
from tests.api.calling import call, refused
from tests.factories import Buyer, make_person
from tests.people import PASSWORD, app, from_owner, person, web  # noqa: F401 -- fixtures among them
from tests.web.reading import statements, to, words


@pytest.fixture
def buyer(outside) -> Buyer:
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    return make_person()


def paid(buyer, about="MABC"):
    tell(person_id=buyer.id, kind="order_paid", about=about)
    return notices_of(buyer.id).items[0].id


def test_the_list_and_what_one_does_with_it(buyer):
    browser = buyer.browser()
    assert "还没有通知" in words(browser.get("/account/notices"))
    pk = paid(buyer)
    shown = words(browser.get("/account/notices"))
    assert "订单已付款" in shown
    assert "1 条未读" in shown
    assert to(browser.post(f"/account/notices/{pk}/open")) == "/orders/MABC"
    assert "没有未读通知" in words(browser.get("/account/notices?only=unread"))
    assert to(browser.post(f"/account/notices/{pk}/read", {"read": "false"})) == "/account/notices"
    assert "订单已付款" in words(browser.get("/account/notices?only=unread"))
    assert to(browser.post("/account/notices/read")) == "/account/notices"
    assert notices_of(buyer.id).unread == 0
    assert to(browser.post(f"/account/notices/{pk}/delete")) == "/account/notices"
    assert browser.post(f"/account/notices/{pk}/delete").status_code == 404


@pytest.mark.parametrize(
    ("kind", "about", "url"),
    [
        ("sign_in", "", "/privacy/devices"), ("case_decided", "CXY", "/cases/CXY"), ("order_paid", "", "/account/notices"),
        ("request_answered", "QXY", "/privacy/requests/QXY"), ("export_ready", "", "/privacy/exports"),
        ("statement", "2026-11-30", "/privacy/news"), ("leaving", "", "/privacy/cancellation"),
    ],
)  # fmt: skip
def test_where_a_notice_leads(buyer, kind, about, url):
    tell(person_id=buyer.id, kind=kind, about=about)
    [it] = notices_of(buyer.id).items
    assert to(buyer.browser().post(f"/account/notices/{it.id}/open")) == url


def test_the_bell_asks_once_in_a_while_and_never_for_visitors(buyer):
    browser = buyer.browser()
    assert 'hx-get="/account/notices/count"' in browser.get("/help").content.decode()
    paid(buyer)
    assert words(browser.get("/account/notices/count")).strip().startswith("1")
    after = browser.get("/help").content.decode()
    assert 'hx-get="/account/notices/count"' not in after
    assert 'id="bell"' in after
    visitor = Client(SERVER_NAME="127.0.0.1")
    assert 'id="bell"' not in visitor.get("/help").content.decode()
    assert visitor.get("/account/notices/count").status_code == 302
    browser.cookies["mingpu_bell"] = "<script>"
    assert "<script>1" not in browser.get("/help").content.decode()


def test_the_bell_costs_a_page_no_question(buyer):
    browser = buyer.browser()
    before = statements(browser, "/help")
    paid(buyer)
    assert statements(browser, "/help") == before
    browser.get("/account/notices/count")
    assert statements(browser, "/help") == before
    for number in range(30):
        paid(buyer, f"M{number}")
    many = statements(browser, "/account/notices")
    other = make_person()
    paid(other)
    assert statements(other.browser(), "/account/notices") == many


def test_nobody_touches_anothers_and_nothing_changes_by_looking(buyer):
    pk, other = paid(buyer), make_person().browser()
    for verb in ("open", "read", "delete"):
        assert other.post(f"/account/notices/{pk}/{verb}").status_code == 404
        assert other.post(f"/account/notices/{uuid4()}/{verb}").status_code == 404
        assert buyer.browser().get(f"/account/notices/{pk}/{verb}").status_code == 405
    visitor = Client(SERVER_NAME="127.0.0.1")
    for path in ("/account/notices", "/account/notices/settings"):
        assert visitor.get(path).status_code == 302
    assert notices_of(buyer.id).unread == 1


def test_settings_are_kept_and_security_has_no_box(buyer):
    browser = buyer.browser()
    page = browser.get("/account/notices/settings")
    body = page.content.decode()
    assert 'value="order_paid.mail"' in body
    assert 'value="password.mail"' not in body
    assert 'value="kin.sms"' not in body
    assert "不能关闭" in words(page)
    answer = browser.post(
        "/account/notices/settings",
        {
            "way": ["order_paid.app", "order_shipped.sms", "password.sms"], "quiet_from": "1380", "quiet_to": "420",
            "zone": "Asia/Tokyo", "language": "en",
        },
    )  # fmt: skip
    assert to(answer) == "/account/notices/settings"
    it = preferences_of(buyer.id)
    on = {f"{row.kind.code}.{way.channel}" for row in it.rows for way in row.ways if way.on and not way.fixed}
    assert on == {"order_paid.app", "order_shipped.sms", "coupon_ending.app", "coupon_ending.mail"}
    assert {way.on for row in it.rows if row.kind.code == "password" for way in row.ways} == {True}
    assert (it.quiet_from, it.quiet_to, it.zone, it.language) == (1380, 420, "Asia/Tokyo", "en")
    browser.post("/account/notices/settings", {"quiet_from": "", "quiet_to": "420"})
    it = preferences_of(buyer.id)
    assert it.quiet_from == it.quiet_to
    assert "不设免打扰" in words(browser.get("/account/notices/settings"))
    assert (
        browser.post("/account/notices/settings", {"quiet_from": "9999", "quiet_to": "0"}).status_code == 422
    )
    assert browser.post("/account/notices/settings", {"zone": "Nowhere"}).status_code == 422


def test_the_settings_are_found_and_offers_are_a_yes_or_no(buyer):
    browser = buyer.browser()
    for typed in ("免打扰", "退订", "quiet hours", "unsubscribe"):
        assert "/account/notices/settings" in browser.get("/account/settings", {"q": typed}).content.decode()
    page = browser.get("/account/notices/settings").content.decode()
    assert 'action="/privacy/consents/marketing"' in page
    give(buyer.id, "marketing", True, "zh-hans")
    assert 'value="true" aria-pressed="true"' in browser.get("/account/notices/settings").content.decode()
    give(buyer.id, "marketing", False, "zh-hans")
    page = browser.get("/account/notices/settings")
    assert 'action="/privacy/consents/marketing"' not in page.content.decode()
    assert "不再询问" in words(page)


def test_offers_have_no_box_before_a_yes_and_keep_what_was_chosen_while_they_have_none(buyer):
    browser, path = buyer.browser(), "/account/notices/settings"

    def offered() -> set[str]:
        rows = preferences_of(buyer.id).rows
        return {way.channel for row in rows if row.kind.marketing for way in row.ways if way.on}

    assert 'value="coupon_ending.mail"' not in browser.get(path).content.decode()
    browser.post(path, {"way": ["order_paid.app"]})
    assert offered() == {"app", "mail"}
    give(buyer.id, "marketing", True, "zh-hans")
    assert 'value="coupon_ending.mail"' in browser.get(path).content.decode()
    browser.post(path, {"way": ["order_paid.app", "coupon_ending.app"], "offers": "shown"})
    assert offered() == {"app"}
    give(buyer.id, "marketing", False, "zh-hans")
    assert 'value="coupon_ending.app"' not in browser.get(path).content.decode()


def test_whoever_signs_in_next_finds_no_number_of_somebody_elses(buyer, person):  # noqa: F811
    browser = buyer.browser()
    paid(buyer)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        browser.get("/account/notices/count")
        assert browser.cookies["mingpu_bell"].value == "1"
        from_owner("DELETE FROM accounts_session WHERE person_id = %s", [buyer.id])  # it ends elsewhere
        assert browser.post("/login", {"login": person.username, "password": PASSWORD}).status_code == 303
    assert browser.cookies["mingpu_bell"].value == ""


# ---- the same as JSON ----


def test_the_api_lists_reads_and_deletes(buyer):
    for number in range(3):
        paid(buyer, f"M{number}")
    said = call(buyer, "GET", "/me/notices?page_size=2").json()
    assert (said["total"], said["unread"], said["page"], said["page_size"], len(said["items"])) == (
        3,
        3,
        1,
        2,
        2,
    )
    one = said["items"][0]
    assert (one["kind"], one["page"], one["about"], one["read"], one["days_left"]) == (
        "order_paid",
        "order",
        "M2",
        False,
        179,
    )
    english = call(buyer, "GET", "/me/notices", **{"accept-language": "en"}).json()["items"][0]
    assert english["title"] == "Your order is paid"
    assert call(buyer, "PATCH", f"/me/notices/{one['id']}", {"read": True}).status_code == 204
    assert call(buyer, "GET", "/me/notices/unread").json() == {"unread": 2}
    assert call(buyer, "GET", "/me/notices?unread=true").json()["total"] == 2
    assert call(buyer, "DELETE", f"/me/notices/{one['id']}").status_code == 204
    refused(call(buyer, "DELETE", f"/me/notices/{one['id']}"), 404, "not_found")
    assert call(buyer, "POST", "/me/notices/read").status_code == 204
    assert call(buyer, "GET", "/me/notices/unread").json() == {"unread": 0}


def test_the_api_refuses_anothers_and_what_it_does_not_know(buyer):
    pk, other = paid(buyer), make_person()
    refused(call(other, "PATCH", f"/me/notices/{pk}", {"read": True}), 404, "not_found")
    refused(call(other, "DELETE", f"/me/notices/{pk}"), 404, "not_found")
    refused(call(buyer, "PATCH", f"/me/notices/{pk}", {"read": True, "x": 1}), 422, "invalid")
    refused(call(buyer, "GET", "/me/notices?colour=red"), 422, "invalid")
    refused(call(buyer, "GET", "/me/notices?page_size=101"), 422, "invalid")


def test_the_api_shows_and_changes_how_one_is_told(buyer):
    before = call(buyer, "GET", "/me/notice-settings").json()
    kinds = {it["kind"]: it for it in before["kinds"]}
    assert {way["fixed"] for way in kinds["password"]["ways"]} == {True}
    assert kinds["coupon_ending"]["marketing"]
    change = {"choices": [{"kind": "order_paid", "channel": "mail", "on": False}], "quiet_from": 1290}
    after = call(buyer, "PATCH", "/me/notice-settings", change).json()
    assert (after["quiet_from"], after["quiet_to"]) == (1290, 480)
    ways = {it["kind"]: {way["channel"]: way["on"] for way in it["ways"]} for it in after["kinds"]}
    assert ways["order_paid"] == {"app": True, "mail": False}
    silent = {"choices": [{"kind": "password", "channel": "sms", "on": False}]}
    refused(call(buyer, "PATCH", "/me/notice-settings", silent), 422, "bad_choice")
    refused(call(buyer, "PATCH", "/me/notice-settings", {"quiet_from": 1440}), 422, "invalid")
    refused(call(buyer, "PATCH", "/me/notice-settings", {"sound": "loud"}), 422, "invalid")
