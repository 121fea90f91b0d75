"""The desk: who gets in, what they see, what they decide."""

import re

import pytest
from django.test import Client, override_settings

from mingpu.desk import services
from mingpu.desk.models import StaffTry
from mingpu.privacy.uses import uses_of
from mingpu.service.queries import case_of
from mingpu.service.services import open_case
from tests.desk.conftest import sign_in
from tests.jobs import run_jobs
from tests.payments.trading import deal, paid
from tests.people import from_owner
from tests.support import zone


@pytest.fixture
def sold(outside):
    it = deal(stock=9, pieces=3)
    paid(outside, it)
    run_jobs(it.buyer.id)
    return it


@pytest.fixture
def case(sold):
    return open_case(
        person_id=sold.buyer.id, order_no=sold.order_no, kind="refund", lines={sold.sku: 1}, reason="damaged",
        description="杯口有裂纹",
    )  # fmt: skip


def test_nobody_sees_anything_before_signing_in(case, desk):
    for path in ("/", f"/cases/{case.case_no}", "/orders"):
        answer = desk.get(path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login")
    assert desk.post(f"/cases/{case.case_no}/decide", {"decision": "approve"})["Location"] == "/login"


def test_staff_sign_in_and_come_back_to_where_they_were(staff, desk):
    answer = sign_in(desk, staff, next="/orders")
    assert (answer.status_code, answer["Location"]) == (303, "/orders")
    cookie = answer.cookies["mingpu_desk"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert staff in desk.get("/").content.decode()


@pytest.mark.parametrize(
    "onward", ["//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(staff, desk, onward):
    assert sign_in(desk, staff, next=onward)["Location"] == "/"


def test_where_to_go_on_adds_no_header(staff, desk):
    answer = sign_in(desk, staff, next="/cases\r\nSet-Cookie: a=b")
    assert (answer.status_code, answer["Location"]) == (303, "/cases%0D%0ASet-Cookie:%20a=b")


def test_a_wrong_password_and_an_unknown_name_look_the_same(staff, desk):
    wrong, unknown = sign_in(desk, staff, "wrong"), sign_in(desk, "nobody-here", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert "工号或密码不正确" in wrong.content.decode()
    plain = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in (wrong, unknown)]
    assert plain[0] == plain[1]
    assert "mingpu_desk" not in wrong.cookies


def test_an_unknown_name_costs_the_same_work(staff, desk, monkeypatch):
    worked = []
    monkeypatch.setattr(
        services, "_fits", lambda password_hash, password: worked.append(password_hash) or False
    )
    sign_in(desk, staff, "wrong")
    sign_in(desk, "nobody-here", "wrong")
    assert len(worked) == 2
    assert all(it.startswith("$argon2id$") for it in worked)


def test_guessing_is_stopped_and_the_wait_ends(staff, desk):
    for _ in range(8):
        assert sign_in(desk, staff, "wrong").status_code == 401
    answer = sign_in(desk, staff)
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert sign_in(desk, staff).status_code == 429  # being refused does not make the wait longer
    assert StaffTry.objects.filter(name_index=_index(staff)).count() == 8
    from_owner("UPDATE desk_stafftry SET at = at - interval '16 minutes'", [])
    assert sign_in(desk, staff).status_code == 303
    assert StaffTry.objects.filter(name_index=_index(staff)).count() == 0


def _index(name):
    return services.blind_index("desk_stafftry.name", name)


def test_guessing_many_names_from_one_place_is_stopped(staff, desk):
    for number in range(30):
        sign_in(desk, f"somebody-{number}", "wrong")
    assert sign_in(desk, staff).status_code == 429
    elsewhere = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="10.8.7.6")
    assert sign_in(elsewhere, staff).status_code == 303


def test_signing_out_ends_the_sign_in_for_good(staff, desk):
    sign_in(desk, staff)
    token = desk.cookies["mingpu_desk"].value
    assert desk.get("/").status_code == 200
    desk.post("/logout")
    desk.cookies["mingpu_desk"] = token
    assert desk.get("/").status_code == 302


def test_a_shift_ends_and_so_does_employment(staff, desk):
    sign_in(desk, staff)
    from_owner("UPDATE desk_staffsession SET expires_at = now() WHERE name = %s", [staff])
    assert desk.get("/").status_code == 302
    sign_in(desk, staff)
    from_owner("DELETE FROM desk_staff WHERE name = %s", [staff])
    assert desk.get("/").status_code == 302


def test_the_queue_names_no_person(case, staff, desk):
    sign_in(desk, staff)
    shown = desk.get("/").content.decode()
    assert case.case_no in shown
    assert "99.00" in shown
    assert "林" not in shown.replace("明铺", "")
    assert not any(phone in shown for phone in ("138*", "13800000", "0000042"))
    assert case.case_no not in desk.get("/?status=awaiting_inspection").content.decode()


def test_a_case_shows_its_order_masked_and_the_look_is_logged_by_name(sold, case, staff, desk):
    sign_in(desk, staff)
    shown = desk.get(f"/cases/{case.case_no}").content.decode()
    assert "林**" in shown
    assert "138****0042" in shown
    assert "杯口有裂纹" in shown
    for secret in ("林知夏", "13800000042", "188 号", sold.buyer.phone[3:]):
        assert secret not in shown
    with zone("storefront"):
        uses = [it for it in uses_of(sold.buyer.id).items if it.purpose == "service"]
    assert [(it.actor_kind, it.actor, it.reference) for it in uses] == [("staff", staff, case.case_no)]


def test_a_yes_starts_the_refund(sold, case, staff, desk):
    sign_in(desk, staff)
    answer = desk.post(f"/cases/{case.case_no}/decide", {"decision": "approve", "note": "抱歉,已退款"})
    assert (answer.status_code, answer["Location"]) == (303, f"/cases/{case.case_no}")
    run_jobs(sold.buyer.id)
    with zone("storefront"):
        it = case_of(person_id=sold.buyer.id, case_no=case.case_no)
    assert (it.status, it.answer) == ("refunded", "抱歉,已退款")
    assert "approve" not in desk.get(f"/cases/{case.case_no}").content.decode()


def test_a_no_needs_a_reason_and_keeps_what_was_typed(sold, case, staff, desk):
    sign_in(desk, staff)
    answer = desk.post(f"/cases/{case.case_no}/decide", {"decision": "reject", "note": ""})
    assert answer.status_code == 422
    assert "请写明理由" in answer.content.decode()
    answer = desk.post(f"/cases/{case.case_no}/decide", {"decision": "reject", "note": "请补充照片"})
    assert answer.status_code == 303
    with zone("storefront"):
        assert case_of(person_id=sold.buyer.id, case_no=case.case_no).answer == "请补充照片"


@pytest.mark.parametrize("decision", ["received", "nonsense", ""])
def test_a_decision_that_does_not_fit_decides_nothing(sold, case, staff, desk, decision):
    sign_in(desk, staff)
    answer = desk.post(f"/cases/{case.case_no}/decide", {"decision": decision, "note": "x"})
    assert answer.status_code in {409, 422}
    with zone("storefront"):
        assert case_of(person_id=sold.buyer.id, case_no=case.case_no).status == "seller_reviewing"


def test_a_case_that_is_not_there_is_a_page_of_the_desk(staff, desk):
    sign_in(desk, staff)
    for path in ("/cases/CNOBODYHASTHISNO", "/nowhere"):
        answer = desk.get(path)
        assert answer.status_code == 404
        assert "回首页" in answer.content.decode()


def test_an_order_opens_by_its_case_only(sold, case, staff, desk):
    sign_in(desk, staff)
    assert desk.post("/orders", {"case_no": sold.order_no}).status_code == 404
    assert desk.post("/orders", {"case_no": case.case_no, "order_no": "MOTHER"}).status_code == 404
    shown = desk.post("/orders", {"case_no": case.case_no.lower(), "order_no": sold.order_no})
    assert shown.status_code == 200
    assert "林**" in shown.content.decode()
    assert "林知夏" not in shown.content.decode()


def test_the_desk_speaks_english(staff, desk):
    shown = desk.get("/login", headers={"accept-language": "en"}).content.decode()
    assert "Work name" in shown
    assert "工号" not in shown


def test_forms_need_our_own_page(staff, desk):
    with override_settings(ROOT_URLCONF="mingpu.desk.urls", ZONE="desk"), zone("desk"):
        strict = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
        assert sign_in(strict, staff).status_code == 403
