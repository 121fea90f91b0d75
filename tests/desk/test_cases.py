"""Cases at the desk: a shop's staff see and decide their own, the mall judges between shop and buyer."""

import pytest

from mingpu.service import queries, services
from tests.delivery.parcels import article, buy
from tests.desk.conftest import hire, sign_in
from tests.jobs import run_jobs
from tests.merchants.examples import make_merchant
from tests.service.cases import ask
from tests.service.test_evidence import exif, jpeg
from tests.support import zone


@pytest.fixture
def sold(outside):
    """An order of two shops, and a case with a photo about one of them."""
    shop = make_merchant()
    mine, others = article(merchant=shop), article()
    it = buy({mine: 1, others: 2}).pay(outside)
    it.shop, it.case = shop, ask(it, lines={mine: 1}, description="有裂纹")
    it.photo = services.add_evidence(person_id=it.buyer.id, case_no=it.case.case_no, content=jpeg(exif()))
    return it


def decide(desk, it, decision, note="理由如上"):
    return desk.post(f"/cases/{it.case.case_no}/decide", {"decision": decision, "note": note})


def status_of(it):
    with zone("storefront"):
        return queries.case_of(person_id=it.buyer.id, case_no=it.case.case_no).status


def page(desk, it):
    return desk.get(f"/cases/{it.case.case_no}").content.decode()


def test_a_shops_staff_see_their_own_goods_of_a_case_masked_and_decide_it(sold, desk):
    sign_in(desk, hire(sold.shop))
    assert sold.case.case_no in desk.get("/cases").content.decode()
    shown = page(desk, sold)
    for told in ("有裂纹", "林**", "138****0042", sold.photo):
        assert told in shown
    for hidden in ("林知夏", "13800000042", "297.00"):  # 297.00: what the whole order cost
        assert hidden not in shown
    assert decide(desk, sold, "approve").status_code == 303
    run_jobs(sold.buyer.id)
    assert status_of(sold) == "refunded"
    assert "微信支付" in page(desk, sold)


def test_a_rivals_staff_find_nothing_of_it(sold, desk):
    sign_in(desk, hire(make_merchant()))
    paths = [f"/cases/{sold.case.case_no}", f"/cases/{sold.case.case_no}/evidence/{sold.photo}"]
    assert [desk.get(path).status_code for path in paths] == [404, 404]
    assert decide(desk, sold, "approve").status_code == 404
    assert sold.case.case_no not in desk.get("/cases").content.decode()
    assert status_of(sold) == "seller_reviewing"


def test_the_mall_looks_on_until_it_is_asked_and_then_its_word_holds(sold, desk):
    mall, shop = hire(), hire(sold.shop)
    sign_in(desk, mall)
    assert sold.case.case_no not in desk.get("/").content.decode()
    assert 'name="decision"' not in page(desk, sold)
    assert decide(desk, sold, "approve").status_code == 404  # the shop's to decide
    sign_in(desk, shop)
    assert decide(desk, sold, "reject").status_code == 303
    with zone("storefront"):
        services.ask_arbitration(person_id=sold.buyer.id, case_no=sold.case.case_no, appeal="到货即坏")
    assert 'name="decision"' not in page(desk, sold)
    assert decide(desk, sold, "dismiss").status_code == 404
    sign_in(desk, mall)
    assert sold.case.case_no in desk.get("/?status=arbitration").content.decode()
    shown = page(desk, sold)
    assert "到货即坏" in shown
    assert 'value="uphold"' in shown
    assert decide(desk, sold, "dismiss", note="").status_code == 422
    assert decide(desk, sold, "uphold").status_code == 303
    run_jobs(sold.buyer.id)
    assert status_of(sold) == "refunded"


def test_a_photo_opens_by_itself_and_may_do_nothing(sold, desk):
    sign_in(desk, hire(sold.shop))
    answer = desk.get(f"/cases/{sold.case.case_no}/evidence/{sold.photo}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert desk.get(f"/cases/{sold.case.case_no}/evidence/VNOBODY").status_code == 404
