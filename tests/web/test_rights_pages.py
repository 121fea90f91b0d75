"""Rights in a browser: each right on its page, masked until proven, nobody else's, nothing pre-ticked."""

import re
from io import BytesIO

import pytest
from django.test import Client

from mingpu.accounts.queries import addresses_of, profile_of
from mingpu.accounts.services import change_profile
from mingpu.privacy.cancellation import state_of
from mingpu.privacy.consent import standing_of
from mingpu.privacy.uses import uses_of
from mingpu.rights import rules
from mingpu.rights.queries import transfers_of
from mingpu.rights.services import ask, ask_guardian, confirm_child
from tests import unique
from tests.factories import make_address, make_person
from tests.people import from_owner
from tests.privacy.canaries import live, sign_in
from tests.rights.packages import ADDRESS, files_of, pack
from tests.web.reading import to, words

PASSWORD = "wise-otter-Lantern-93"
GETS = [
    "/privacy/rights", "/privacy/data", "/privacy/data/accounts_address", "/privacy/retention", "/privacy/decisions",
    "/privacy/requests", "/privacy/transfers", "/privacy/imports", "/privacy/guardian", "/privacy/after-death",
]  # fmt: skip


class Browser(Client):
    """A browser that is signed in, by a sign-in that is not new, as somebody with a password."""

    def __init__(self, it, **headers):
        super().__init__(SERVER_NAME="127.0.0.1", REMOTE_ADDR=unique.network(), **headers)
        self.it = it
        self.cookies["mingpu_session"] = sign_in(it, PASSWORD)
        from_owner(
            "UPDATE accounts_session SET created_at = now() - interval '1 hour', proven_at = now() - interval '1 hour' WHERE person_id = %s",
            [it.id],
        )


@pytest.fixture
def browser(outside):
    it = make_person()
    make_address(it)
    return Browser(it)


@pytest.mark.parametrize("path", GETS)
def test_each_page_is_there_in_both_languages_and_for_nobody_without_a_sign_in(browser, path):
    for language in ("zh", "en"):
        page = browser.get(path, headers={"accept-language": language})
        assert page.status_code == 200
    assert Client(SERVER_NAME="127.0.0.1").get(path).status_code == 302


def test_the_hub_leads_to_rights_and_rights_to_every_page(browser):
    assert 'href="/privacy/rights"' in browser.get("/privacy").content.decode()
    linked = browser.get("/privacy/rights").content.decode()
    for path in ("/privacy/data", "/privacy/exports", "/privacy/transfers", "/privacy/imports", "/privacy/retention",
                 "/privacy/decisions", "/privacy/requests", "/privacy/guardian", "/privacy/after-death"):  # fmt: skip
        assert f'href="{path}' in linked, path


def test_items_are_masked_until_a_right_password_and_only_in_that_answer(browser):
    path = "/privacy/data/accounts_address"
    assert "林**" in words(browser.get(path))
    wrong = browser.post(path, {"password": "not it"})
    assert wrong.status_code == 422
    assert "林知夏" not in words(wrong)
    shown = browser.post(path, {"password": PASSWORD})
    assert "林知夏" in words(shown)
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "林知夏" not in words(browser.get(path))
    assert "inspect:revealed" in {use.reference for use in uses_of(browser.it.id, page_size=30).items}


def test_an_item_goes_with_a_button_and_never_anothers(browser):
    (address,) = addresses_of(browser.it.id)
    path = f"/privacy/data/accounts_address/{address.id}/delete"
    thief = Browser(make_person())
    assert thief.post(path).status_code == 404
    assert browser.get(path).status_code == 405
    assert to(browser.post(path)) == "/privacy/data/accounts_address"
    assert addresses_of(browser.it.id) == []
    assert browser.post(f"/privacy/data/accounts_contact/{browser.it.id}/delete").status_code == 409
    assert browser.post("/privacy/data/desk_staff/x/delete").status_code == 404


def test_what_has_no_form_leads_to_a_request(browser):
    page = browser.get("/privacy/data/privacy_accesslog").content.decode()
    assert "kind=correct&amp;about=table:privacy_accesslog" in page
    assert 'href="/account/addresses"' in browser.get("/privacy/data/accounts_address").content.decode()


def test_a_request_is_asked_followed_and_taken_back(browser):
    form = browser.get("/privacy/requests?kind=object&about=purpose:delivery")
    assert "配送" in words(form)
    where = to(
        browser.post("/privacy/requests", {"kind": "object", "about": "purpose:delivery", "words": "不想要"})
    )
    page = browser.get(where)
    assert "不想要" in words(page)
    assert "还剩 15 个工作日" in words(page)
    assert Browser(make_person()).get(where).status_code == 404
    assert to(browser.post(f"{where}/act", {"act": "withdraw"})) == where
    assert "已撤回" in words(browser.get(where))
    assert browser.post(f"{where}/act", {"act": "accept"}).status_code == 409
    assert browser.post("/privacy/requests", {"kind": "sing"}).status_code == 422
    assert browser.post("/privacy/requests", {"kind": "object", "about": "use:1"}).status_code == 422


def test_a_deadline_into_a_year_without_holidays_says_so(browser):
    no = ask(person_id=browser.it.id, kind="other", words="x")
    from_owner("UPDATE rights_request SET certain = false WHERE no = %s", [no])
    assert "只按周末计算" in words(browser.get(f"/privacy/requests/{no}"))


def test_the_clock_has_bars_with_words_for_those_who_do_not_see_them():
    it = live()
    page = Browser(it).get("/privacy/retention").content.decode()
    bars = re.findall(r"<progress [^>]*aria-labelledby=\"(clock-\d+)\"", page)
    assert bars
    assert all(f'id="{name}"' in page for name in bars)
    assert "电子商务法" in page


def test_a_decision_is_explained_and_leads_to_a_person():
    it = live()
    browser = Browser(it)
    from_owner("DELETE FROM privacy_decision WHERE person_id = %s", [it.id])
    assert "没有对您作出过" in words(browser.get("/privacy/decisions"))


# ---- a copy, a transfer ----


def test_a_copy_needs_a_proof_where_the_sign_in_is_not_new(browser):
    assert browser.post("/privacy/exports").status_code == 422
    assert browser.post("/privacy/exports", {"password": "not it"}).status_code == 422
    assert from_owner("SELECT count(*) FROM privacy_export WHERE person_id = %s", [browser.it.id]) == [(0,)]
    assert to(browser.post("/privacy/exports", {"password": PASSWORD})) == "/privacy/exports"
    assert from_owner("SELECT count(*) FROM privacy_export WHERE person_id = %s", [browser.it.id]) == [(1,)]


def test_a_transfer_needs_its_own_tick_and_a_proof(browser):
    page = browser.get("/privacy/transfers").content.decode()
    assert "邻家商城" in page
    assert not re.findall(r"<input[^>]*\bchecked\b", page), "nothing is ticked beforehand"
    whole = {"handler": "neighbour", "agreed": "on", "password": PASSWORD}
    for left_out in whole:
        sent = {name: value for name, value in whole.items() if name != left_out}
        assert browser.post("/privacy/transfers", sent).status_code == 422, left_out
    assert browser.post("/privacy/transfers", {**whole, "password": "not it"}).status_code == 422
    assert transfers_of(browser.it.id) == []
    assert to(browser.post("/privacy/transfers", whole)) == "/privacy/transfers"
    (it,) = transfers_of(browser.it.id)
    assert Browser(make_person()).post(f"/privacy/transfers/{it.id}/stop").status_code == 404
    assert to(browser.post(f"/privacy/transfers/{it.id}/stop")) == "/privacy/transfers"
    assert transfers_of(browser.it.id)[0].state == rules.STOPPED
    assert browser.post(f"/privacy/transfers/{it.id}/stop").status_code == 409


def test_a_package_is_uploaded_looked_at_and_picked_from(browser):
    good = BytesIO(pack(files_of(accounts_address=[ADDRESS])))
    good.name = "mine.zip"
    where = to(browser.post("/privacy/imports", {"file": good}))
    page = browser.get(where)
    assert "邻家商城" in words(page)
    assert not re.findall(r"<input[^>]*\bchecked\b", page.content.decode())
    assert ADDRESS["phone"] not in page.content.decode()
    assert Browser(make_person()).get(where).status_code == 404
    before = len(addresses_of(browser.it.id))
    assert to(browser.post(where, {"item": ["accounts_address:0"]})) == "/privacy/rights"
    assert len(addresses_of(browser.it.id)) == before + 1
    assert browser.get(where).status_code == 404
    bad = BytesIO(b"nonsense")
    bad.name = "x.zip"
    refused = browser.post("/privacy/imports", {"file": bad})
    assert refused.status_code == 422
    assert "不是可以读取的压缩包" in words(refused)


# ---- guardians, after death, relatives ----


def test_a_child_asks_a_guardian_confirms_corrects_and_withdraws(browser):
    child = make_person()
    change_profile(person_id=child.id, birthday="2018-05-17")
    asked = Browser(child).post("/privacy/guardian", {"ask": "1"})
    code = re.search(r"G[0-9A-Z]{16}", asked.content.decode())
    assert code
    assert browser.post("/privacy/guardian", {"code": code[0], "password": "not it"}).status_code == 422
    assert (
        to(browser.post("/privacy/guardian", {"code": code[0], "password": PASSWORD})) == "/privacy/guardian"
    )
    page = f"/privacy/children/{child.id}"
    assert "2018-05-17" in words(browser.get(page))
    assert Browser(make_person()).get(page).status_code == 404
    assert to(browser.post(page, {"act": "correct", "birthday": "2017-05-17"})) == page
    assert profile_of(child.id).birthday == "2017-05-17"
    assert {use.actor_kind for use in uses_of(child.id, page_size=4).items} >= {"guardian"}
    assert to(browser.post(page, {"act": "withdraw"})) == "/privacy/guardian"
    assert browser.get(page).status_code == 404


def test_a_guardian_decides_for_the_child_on_a_page(browser):
    child = make_person()
    change_profile(person_id=child.id, birthday="2018-05-17")
    page = f"/privacy/children/{child.id}/choices"
    assert browser.get(page).status_code == 404
    confirm_child(guardian_id=browser.it.id, code=ask_guardian(person_id=child.id))
    shown = browser.get(page).content.decode()
    assert f'action="{page}/location"' in shown
    assert f'action="{page}/personalisation"' not in shown
    assert to(browser.post(f"{page}/location", {"granted": "true"})) == f"{page}#choice-location"
    assert standing_of(child.id).permissions["location"]
    assert to(browser.post(f"{page}/location", {"granted": "false"})) == f"{page}#choice-location"
    assert not standing_of(child.id).permissions["location"]
    assert browser.post(f"{page}/location", {"granted": "maybe"}).status_code == 422
    assert browser.post(f"{page}/personalisation", {"granted": "true"}).status_code == 409
    assert Browser(make_person()).post(f"{page}/location", {"granted": "true"}).status_code == 404


def test_a_guardian_deletes_and_cancels_for_the_child(browser):
    child = make_person()
    change_profile(person_id=child.id, birthday="2018-05-17")
    make_address(child)
    confirm_child(guardian_id=browser.it.id, code=ask_guardian(person_id=child.id))
    page = f"/privacy/children/{child.id}"
    key = str(addresses_of(child.id)[0].id)
    assert to(browser.post(page, {"table": "accounts_address", "key": key})) == page
    assert addresses_of(child.id) == []
    assert browser.post(page, {"table": "accounts_contact", "key": "x"}).status_code == 409
    asked = browser.post(page, {"act": "cancel"})
    assert asked.status_code == 403
    assert "以监护人身份办理" in words(asked)
    assert state_of(child.id).state == "active"
    proof = {"act": "cancel", "step_up": "guardian", "step_up_by": "password"}
    assert browser.post(page, {**proof, "proof_password": "not mine"}).status_code == 422
    assert state_of(child.id).state == "active"
    assert to(browser.post(page, {**proof, "proof_password": PASSWORD})) == page
    assert state_of(child.id).state == "cooling_off"


def test_nobody_else_cancels_for_a_child_whatever_they_prove(browser):
    child = make_person()
    change_profile(person_id=child.id, birthday="2018-05-17")
    confirm_child(guardian_id=browser.it.id, code=ask_guardian(person_id=child.id))
    proof = {"act": "cancel", "step_up": "guardian", "step_up_by": "password", "proof_password": PASSWORD}
    assert Browser(make_person()).post(f"/privacy/children/{child.id}", proof).status_code == 404
    assert state_of(child.id).state == "active"


def test_pages_of_an_unguarded_child_work_or_say_why(browser):
    child = Browser(make_person())
    change_profile(person_id=child.it.id, birthday="2018-05-17")
    assert child.get("/privacy").status_code == 200
    assert child.get("/").status_code == 200
    refused = child.get("/cart")
    assert refused.status_code == 403
    assert "监护人" in words(refused)


def test_what_happens_after_death_is_arranged(browser):
    page = browser.get("/privacy/after-death").content.decode()
    assert "不作安排" in page
    assert browser.post("/privacy/after-death", {"choice": "contact", "contact": ""}).status_code == 422
    assert (
        to(browser.post("/privacy/after-death", {"choice": "contact", "contact": "林晚秋"}))
        == "/privacy/after-death"
    )
    assert "林晚秋" in browser.get("/privacy/after-death").content.decode()


def test_relatives_need_no_account_and_learn_nothing(visitor, outside):
    told = {
        "wanted": "copy", "applicant": "林晚秋", "relation": "女儿", "phone": "13800000042", "documents": "死亡证明",
        "about": make_person().phone[3:],
    }  # fmt: skip
    visitor.defaults["REMOTE_ADDR"] = unique.network()
    known, unknown = (
        visitor.post("/relatives", {**told, "about": about}) for about in (told["about"], "13900000009")
    )
    assert known.status_code == unknown.status_code == 200
    shapes = [re.sub(r"K[0-9A-Z]{16}|[\w-]{43}|nonce-[\w-]+", "", words(page)) for page in (known, unknown)]
    assert shapes[0] == shapes[1]
    token = re.search(r">([\w-]{43})<", known.content.decode())
    assert token
    assert "已收到" in words(visitor.post("/relatives/status", {"token": token[1]}))
    assert visitor.post("/relatives/status", {"token": "x"}).status_code == 404
    assert visitor.post("/relatives/copy", {"token": token[1]}).status_code == 404
    assert visitor.post("/relatives", {**told, "documents": ""}).status_code == 422
    assert visitor.get("/relatives").status_code == 200
