"""After-sales in the browser."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingpu.service.queries import cases_of
from mingpu.service.services import decide
from tests.delivery.test_delivery import follow, parcel_of
from tests.factories import make_person
from tests.jobs import run_jobs
from tests.payments.trading import deal, paid
from tests.service.cases import report
from tests.service.test_evidence import GPS, exif, jpeg
from tests.support import zone
from tests.web.reading import to, words

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture
def sold(outside):
    it = deal(stock=9, pieces=3)
    paid(outside, it)
    run_jobs(it.buyer.id)
    return it


def asking(it, **given):
    return {"type": "refund", "line": it.sku, f"quantity:{it.sku}": "2", "reason": "damaged", **given}


def test_asking_following_and_taking_back(sold):
    browser = sold.buyer.browser()
    assert 'max="3"' in browser.get(f"/orders/{sold.order_no}/after-sales").content.decode()
    onward = to(browser.post(f"/orders/{sold.order_no}/after-sales", asking(sold, description="杯口有裂纹")))
    text = words(browser.get(onward))
    for said in ("审核中", "仅退款", "杯口有裂纹", "破损或有瑕疵", "申请已提交"):
        assert said in text, said
    assert 'max="1"' in browser.get(f"/orders/{sold.order_no}/after-sales").content.decode()
    assert to(browser.post(f"{onward}/withdraw")) == onward
    assert "已撤销" in words(browser.get(onward))
    assert browser.post(f"{onward}/withdraw").status_code == 409


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"line": ()}, "请至少选择一件"),
        ({"reason": ""}, "请填写"),
        ({"type": "exchange"}, "不能申请该类售后"),
        ({"type": "return"}, "不能申请该类售后"),
        ({"type": ""}, "请填写"),
    ],
)
def test_a_request_that_cannot_be_keeps_what_was_typed(sold, change, said):
    browser = sold.buyer.browser()
    answer = browser.post(
        f"/orders/{sold.order_no}/after-sales", asking(sold, description="有裂纹", **change)
    )
    assert answer.status_code in {409, 422}
    assert said in words(answer)
    assert "有裂纹" in answer.content.decode()
    assert cases_of(person_id=sold.buyer.id, order_no=sold.order_no) == ()


@pytest.mark.parametrize("pieces", ["4", "0", "x", "-1", "9999"])
def test_a_number_of_pieces_that_cannot_be_is_refused(sold, pieces):
    browser = sold.buyer.browser()
    answer = browser.post(
        f"/orders/{sold.order_no}/after-sales", asking(sold, **{f"quantity:{sold.sku}": pieces})
    )
    assert answer.status_code == 422
    assert cases_of(person_id=sold.buyer.id, order_no=sold.order_no) == ()


def test_goods_are_sent_back_by_button(outside, sold):
    outside.push(parcel_of(sold).waybill_no, "80")
    follow(parcel_of(sold).waybill_no)
    browser = sold.buyer.browser()
    case = to(browser.post(f"/orders/{sold.order_no}/after-sales", asking(sold, type="return")))
    with zone("desk"):
        decide(
            person_id=sold.buyer.id,
            case_no=case.removeprefix("/cases/"),
            approve=True,
            staff="kefu",
            answer="请寄回",
        )
    assert "我已寄出" in words(browser.get(case))
    assert "请寄回" in words(browser.get(case))
    assert to(browser.post(f"{case}/sent-back")) == case
    assert "待验收" in words(browser.get(case))


def test_another_persons_things_look_like_nothing_at_all(sold):
    other = make_person().browser()
    case = to(sold.buyer.browser().post(f"/orders/{sold.order_no}/after-sales", asking(sold)))
    number, none = sold.order_no, "M" + "2" * 16
    paths = [
        ("GET", f"/orders/{number}", f"/orders/{none}"),
        ("GET", f"/orders/{number}/pay", f"/orders/{none}/pay"),
        ("GET", f"/orders/{number}/pay/status", f"/orders/{none}/pay/status"),
        ("POST", f"/orders/{number}/cancel", f"/orders/{none}/cancel"),
        ("POST", f"/orders/{number}/receipt", f"/orders/{none}/receipt"),
        ("GET", f"/orders/{number}/after-sales", f"/orders/{none}/after-sales"),
        ("POST", f"/orders/{number}/after-sales", f"/orders/{none}/after-sales"),
        ("GET", case, "/cases/CNOBODYHASTHISNO"),
        ("POST", f"{case}/withdraw", "/cases/CNOBODYHASTHISNO/withdraw"),
        ("POST", f"{case}/sent-back", "/cases/CNOBODYHASTHISNO/sent-back"),
    ]
    for method, theirs, nothing in paths:
        first, second = (other.generic(method, path) for path in (theirs, nothing))
        assert first.status_code == second.status_code == 404, theirs
        assert neutral(first, number, case) == neutral(second, none, "/cases/CNOBODYHASTHISNO"), theirs
    assert sold.order.status == "paid"


def neutral(answer, number, case):
    text = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return text.replace(number, "N").replace(case, "C")


# ---- what is shown, decided again, sent back another way ----


def photo(name="p.jpg", content=None):
    return SimpleUploadedFile(
        name, content if content is not None else jpeg(exif()), content_type="image/jpeg"
    )


def test_photos_are_added_without_where_they_were_taken_and_shown_to_their_owner(sold):
    browser = sold.buyer.browser()
    case = to(browser.post(f"/orders/{sold.order_no}/after-sales", asking(sold)))
    assert to(browser.post(f"{case}/evidence", {"file": [photo(), photo(content=jpeg(salt=b"2"))]})) == case
    shown = re.findall(rf'src="({case}/evidence/\w+)"', browser.get(case).content.decode())
    assert len(shown) == 2
    picture = browser.get(shown[0])
    assert picture["Content-Type"] == "image/jpeg"
    assert "sandbox" in picture["Content-Security-Policy"]
    assert picture["Cache-Control"] == "private, no-store"
    assert GPS not in picture.content
    assert make_person().browser().get(shown[0]).status_code == 404
    assert to(browser.post(f"{shown[0]}/delete")) == case
    assert browser.get(shown[0]).status_code == 404
    refused = browser.post(f"{case}/evidence", {"file": photo(content=b"no picture")})
    assert refused.status_code == 422
    assert "无法识别" in words(refused)
    assert browser.post(f"{case}/evidence", {}).status_code == 303
    too_much = browser.post(f"{case}/evidence", {"file": photo(content=bytes(22 * 1024 * 1024))})
    assert too_much.status_code == 413


def test_a_refusal_goes_to_the_mall_and_deadlines_are_said(sold):
    browser = sold.buyer.browser()
    case = to(browser.post(f"/orders/{sold.order_no}/after-sales", asking(sold)))
    assert re.search(r"商家需在 \d{4}-\d\d-\d\d \d\d:\d\d 前处理", words(browser.get(case)))
    with zone("desk"):
        decide(
            person_id=sold.buyer.id, case_no=case.removeprefix("/cases/"), approve=False, staff="kefu", answer="不符"
        )  # fmt: skip
    page = words(browser.get(case))
    assert "申请平台仲裁" in page
    assert "不符" in page
    assert to(browser.post(f"{case}/appeal", {"appeal": "照片很清楚"})) == case
    page = words(browser.get(case))
    assert "平台仲裁中" in page
    assert "照片很清楚" in page
    assert browser.post(f"{case}/appeal", {"appeal": "再来"}).status_code == 409


def test_goods_go_back_with_a_courier_or_a_waybill_of_ones_own(outside, sold):
    report(outside, sold, "signed")
    browser = sold.buyer.browser()
    for way in ("courier", "own"):
        asked = asking(sold, type="exchange", **{f"quantity:{sold.sku}": "1"})
        case = to(browser.post(f"/orders/{sold.order_no}/after-sales", asked))
        with zone("desk"):
            decide(person_id=sold.buyer.id, case_no=case.removeprefix("/cases/"), approve=True, staff="kefu")
        assert "预约快递上门取件" in words(browser.get(case))
        if way == "courier":
            assert to(browser.post(f"{case}/return", {"way": way})) == case
            assert "快递员会上门取件" in words(browser.get(case))
            assert browser.post(f"{case}/withdraw").status_code == 409
        else:
            assert browser.post(f"{case}/sent-back", {"waybill_no": "?"}).status_code == 422
            to(browser.post(f"{case}/sent-back", {"courier": "中通", "waybill_no": "ZT1234567"}))
            assert "ZT1234567" in words(browser.get(case))
