"""Rights at the desk: the queue by time left, answering, two for the dead, approval for children's data."""

import pytest

from mingpu.accounts.services import change_profile
from mingpu.rights.queries import request_of
from mingpu.rights.services import ask, ask_as_kin
from tests.desk.conftest import hire, sign_in
from tests.factories import make_person
from tests.merchants.examples import make_merchant
from tests.people import from_owner, network
from tests.support import zone
from tests.web.reading import words


@pytest.fixture
def buyer(outside):
    with zone("storefront"):
        return make_person()


def asked(buyer, **more):
    with zone("storefront"):
        return ask(person_id=buyer.id, **{"kind": "other", "words": "我的信息从哪来", **more})


def test_a_request_is_taken_and_answered_at_the_desk(desk, staff, buyer):
    no = asked(buyer)
    from_owner("UPDATE rights_request SET due_at = now() - interval '1 day' WHERE no = %s", [no])
    sign_in(desk, staff)
    page = words(desk.get("/rights"))
    assert no in page
    assert "已逾期" in page
    assert "我的信息从哪来" not in page
    assert "我的信息从哪来" in words(desk.get(f"/rights/{no}"))
    assert desk.post(f"/rights/{no}", {"words": "太早", "reason": ""}).status_code == 409
    assert desk.post(f"/rights/{no}", {"act": "take"}).status_code == 303
    assert desk.post(f"/rights/{no}", {"words": "", "reason": ""}).status_code == 422
    assert desk.post(f"/rights/{no}", {"words": "从您注册时", "reason": "because"}).status_code == 422
    assert desk.post(f"/rights/{no}", {"words": "从您注册时", "reason": ""}).status_code == 303
    with zone("storefront"):
        it = request_of(buyer.id, no)
    assert (it.state, it.answer, it.taken_by) == ("answered", "从您注册时", staff)
    assert desk.get("/rights/QNONE").status_code == 404


@pytest.mark.parametrize("path", ["/rights", "/rights/Q1", "/relatives/K1", "/minors"])
def test_nobody_without_a_login_and_no_merchant_sees_requests(desk, path):
    assert desk.get(path).status_code == 302
    with zone("worker"):
        shop = make_merchant()
    sign_in(desk, hire(shop))
    assert desk.get(path).status_code == (200 if path == "/minors" else 404)


def test_two_members_of_staff_decide_about_the_dead(desk, staff, buyer):
    with zone("storefront"):
        no, _ = ask_as_kin(
            wanted="copy", address=network(), applicant="林晚秋", relation="女儿", phone="13800000042",
            about=buyer.phone[3:], documents="死亡证明", words="",
        )  # fmt: skip
    sign_in(desk, staff)
    page = words(desk.get(f"/relatives/{no}"))
    assert "死亡证明" in page
    assert "林晚秋" not in page
    assert desk.post(f"/relatives/{no}", {"reason": ""}).status_code == 303
    assert desk.post(f"/relatives/{no}", {"reason": ""}).status_code == 409
    sign_in(desk, hire())
    assert desk.post(f"/relatives/{no}", {"reason": ""}).status_code == 303
    assert "等候期内" in words(desk.get(f"/relatives/{no}"))


def test_a_childs_request_opens_after_another_approved(desk, staff, buyer):
    with zone("storefront"):
        change_profile(person_id=buyer.id, birthday="2018-05-17")
    no = asked(buyer)
    sign_in(desk, staff)
    assert desk.get(f"/rights/{no}").status_code == 403
    assert desk.post("/minors", {"reference": no}).status_code == 303
    ((approval,),) = from_owner("SELECT id FROM rights_approval WHERE reference = %s", [no])
    assert desk.post(f"/minors/{approval}").status_code == 409
    colleague = hire()
    sign_in(desk, colleague)
    assert desk.post(f"/minors/{approval}").status_code == 303
    assert desk.get(f"/rights/{no}").status_code == 403, "the approval is for who asked"
    sign_in(desk, staff)
    assert desk.get(f"/rights/{no}").status_code == 200
    assert desk.post("/minors", {"reference": "QNONE"}).status_code == 422
