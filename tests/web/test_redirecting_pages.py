"""The page where an order is sent elsewhere: proof on the way, what was typed kept, and no way where it is too late."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from mingpu.accounts.services import save_address
from mingpu.checkout.services import check_out
from mingpu.orders.queries import order_of
from mingpu.orders.services import cancel
from tests.api.calling import call, refused
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.factories import TO, TO_JSON, make_person, make_product
from tests.people import PASSWORD, App, app, person, unproven, web  # noqa: F401 -- fixtures among them
from tests.web.reading import to, words

THERE = {
    "name": "沈望舒", "phone": "13900000077", "province": "四川省", "city": "成都市", "district": "武侯区",
    "town": "浆洗街街道", "street": "人民南路 9 号", "landline": "", "email": "",
}  # fmt: skip
PROOF = {"step_up": "order_address", "step_up_by": "password", "proof_password": PASSWORD}


class Bought:
    """An order of somebody who signed in long ago."""

    def __init__(self, person: App) -> None:  # noqa: F811
        self.pid, self.token = person.person_id, person.token
        self.no = check_out(
            person_id=self.pid, key=f"key-{self.pid}", payment="wechatpay", lines={make_product(): 1}, to=TO
        ).order_no
        self.path = f"/orders/{self.no}/address"

    @property
    def name(self) -> str:
        it = order_of(person_id=self.pid, order_no=self.no)
        assert it.consignee
        return it.consignee.name


@pytest.fixture
def it(person: App) -> Bought:  # noqa: F811
    return Bought(person)


@pytest.fixture
def browser(person: App) -> Iterator[Client]:  # noqa: F811
    client = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=person.address)
    client.cookies["mingpu_session"] = person.token
    unproven(person.token)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield client


def test_asked_who_it_is_and_then_sent_there_with_all_that_was_typed(browser: Client, it: Bought):
    assert it.path in browser.get(f"/orders/{it.no}").content.decode()
    page = browser.get(it.path)
    assert page.status_code == 200
    assert "林**" in words(page)
    typed = {"address_id": "new", **THERE}
    asked = browser.post(it.path, typed)
    assert asked.status_code == 403
    assert "修改已付款订单的地址" in words(asked)
    assert it.name == "林**"
    wrong = browser.post(it.path, {**typed, **PROOF, "proof_password": "not mine"})
    assert (wrong.status_code, it.name) == (422, "林**")
    assert to(browser.post(it.path, {**typed, **PROOF})) == f"/orders/{it.no}"
    assert it.name == "沈**"
    assert "您修改了收货信息" in words(browser.get(f"/orders/{it.no}"))


def test_an_entry_is_chosen_by_a_tap(browser: Client, it: Bought):
    entry = save_address(person_id=it.pid, **{**TO_JSON, "name": "白居易"})
    assert "白**" in words(browser.get(it.path))
    assert to(browser.post(it.path, {"address_id": str(entry), **PROOF})) == f"/orders/{it.no}"
    assert it.name == "白**"


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(browser: Client, it: Bought):
    answer = browser.post(it.path, {"address_id": "new", **THERE, "phone": "12", **PROOF})
    assert answer.status_code == 422
    assert "请填写 11 位手机号" in words(answer)
    assert "人民南路 9 号" in answer.content.decode()
    nobodys = browser.post(it.path, {"address_id": "not-an-id"})
    assert (nobodys.status_code, it.name) == (422, "林**")


def test_the_lists_follow_without_scripts_and_nothing_is_saved(browser: Client, it: Bought):
    drawn = browser.post(it.path, {"address_id": "new", **THERE, "city": "", **PROOF, "step": "region"})
    assert drawn.status_code == 200
    assert "绵阳市" in drawn.content.decode()
    assert it.name == "林**"


def test_too_late_is_said_and_no_way_leads_there(browser: Client, it: Bought):
    cancel(person_id=it.pid, order_no=it.no)
    assert it.path not in browser.get(f"/orders/{it.no}").content.decode()
    assert to(browser.get(it.path)) == f"/orders/{it.no}"
    assert to(browser.post(it.path, {"address_id": "new", **THERE, **PROOF})) == f"/orders/{it.no}"
    assert "收货信息已不能修改" in words(browser.get(f"/orders/{it.no}"))


def test_nobody_elses(browser: Client, it: Bought):
    stranger = make_person().browser()
    assert stranger.get(it.path).status_code == 404
    assert stranger.post(it.path, {"address_id": "new", **THERE}).status_code == 404
    assert it.name == "林**"


# ---- the same for an app ----


def where(it: Bought) -> str:
    return f"/orders/{it.no}/consignee"


def test_an_app_proves_first_and_is_told_where_it_goes(person: App, it: Bought):  # noqa: F811
    body = {"consignee": {name: value for name, value in THERE.items() if name != "town" and value}}
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        unproven(person.token)
        said = refused(person.call("PUT", where(it), body), 403, "proof_needed")
        assert said["act"] == "order_address"
        assert person.call("POST", "/me/proofs", {"password": PASSWORD}).status_code == 200
        assert person.call("GET", f"/orders/{it.no}").json()["movable"] is True
        answer = person.call("PUT", where(it), body)
        assert (answer.status_code, answer.json()["consignee"]["name"]) == (200, "沈**")
        assert answer.json()["events"][-1]["cause"] == "redirected"
        for wrong in (
            {},
            {**body, "address_id": str(it.pid)},
            {"consignee": {**body["consignee"], "phone": "1"}},
        ):
            assert person.call("PUT", where(it), wrong).status_code == 422
        refused(person.call("PUT", where(it), {**body, "coupon": "x"}), 422, "invalid")
        cancel(person_id=it.pid, order_no=it.no)
        refused(person.call("PUT", where(it), body), 409, "address_fixed")
        assert person.call("GET", f"/orders/{it.no}").json()["movable"] is False


def test_nobody_elses_for_an_app_either(it: Bought):
    body = {"consignee": TO_JSON}
    stranger = make_person()
    refused(call(stranger, "PUT", where(it), body), 404, "not_found")
    refused(call(stranger, "PUT", "/orders/M2222222222222222/consignee", body), 404, "not_found")
