"""A merchant's staff send their own parts of orders, and see of the buyer what the label shows."""

import re

import pytest

from mingpu.orders.services import cancel
from tests.delivery.parcels import report
from tests.desk.shops import SECRETS, at_desk, drawn_number, mixed, send, state_of
from tests.support import zone


@pytest.fixture
def sold(outside):
    return mixed(outside)


def shown(desk, path):
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_queue_shows_own_goods_and_no_person(sold, desk):
    at_desk(desk, sold.a)
    page = shown(desk, "/parts")
    assert sold.part_a in page
    assert "369.00" in page
    for hidden in (sold.part_b, "456.00", sold.bought.order_no, "林", "138*", "13800000", *SECRETS):
        assert hidden not in page.replace("明铺", "")
    assert sold.looks() == []  # nobody was looked at
    assert sold.part_a not in shown(desk, "/parts?state=sent")


def test_a_part_shows_its_consignee_masked_and_the_person_reads_of_it(sold, desk):
    name = at_desk(desk, sold.a)
    page = shown(desk, f"/parts/{sold.part_a}")
    assert "林**" in page
    assert "138****0042" in page
    for hidden in (*SECRETS, sold.part_b, "456.00", sold.bought.order_no):
        assert hidden not in page
    assert sold.looks() == [("merchant_order", "staff", f"{sold.a}/{name}", sold.part_a)]


def test_nobody_is_looked_at_before_and_after_sending(outside, desk):
    waiting = mixed(outside, pay=False)
    at_desk(desk, waiting.a)
    page = shown(desk, f"/parts/{waiting.part_a}")
    assert "等待付款" in page
    assert "林" not in page
    refused = send(desk, waiting.part_a, 1, parcel_no="x")
    assert refused.status_code == 409
    assert "不能发货" in refused.content.decode()
    with zone("storefront"):
        cancel(person_id=waiting.bought.buyer.id, order_no=waiting.bought.order_no)
    assert "已关闭" in shown(desk, f"/parts/{waiting.part_a}")
    assert waiting.looks() == []


def test_a_part_goes_out_in_two_parcels_and_not_a_piece_more(sold, desk):
    at_desk(desk, sold.a)
    assert send(desk, sold.part_a, 4).status_code == 422
    assert send(desk, sold.part_a, 0).status_code == 422
    first = send(desk, sold.part_a, 1, courier="yto")
    assert (first.status_code, first["Location"]) == (303, f"/parts/{sold.part_a}?done=ship")
    sold.work()
    assert state_of(sold.a, sold.part_a) == "partly_sent"
    page = shown(desk, f"/parts/{sold.part_a}?done=ship")
    assert "圆通速递" in page
    assert "打印面单" in page
    assert send(desk, sold.part_a, 3).status_code == 422
    assert send(desk, sold.part_a, 2).status_code == 303
    sold.work()
    assert state_of(sold.a, sold.part_a) == "sent"
    assert sorted(parcel.pieces for parcel in sold.parcels) == [1, 2]
    assert state_of(sold.b, sold.part_b) == "to_ship"
    assert 'name="pieces0"' not in shown(desk, f"/parts/{sold.part_a}")


def test_a_form_sent_twice_is_one_parcel(sold, desk):
    at_desk(desk, sold.a)
    number = drawn_number(desk, sold.part_a)
    for _ in range(2):
        assert send(desk, sold.part_a, 1, parcel_no=number).status_code == 303
    sold.work()
    assert [parcel.parcel_no for parcel in sold.parcels] == [number]


@pytest.mark.parametrize("courier", ["dhl", "sf' OR 1=1"])
def test_only_a_courier_of_the_shop(sold, desk, courier):
    at_desk(desk, sold.a)
    assert send(desk, sold.part_a, 1, courier=courier).status_code == 422


def test_the_label_is_masked_and_the_look_is_logged(sold, desk):
    name = at_desk(desk, sold.a)
    send(desk, sold.part_a, 3)
    sold.work()
    before = len(sold.looks())
    page = shown(desk, f"/parts/{sold.part_a}/parcels/{sold.parcel()}")
    text = re.sub(r"<[^>]*>", " ", page)
    assert "林**" in text
    assert "<svg" in page
    for hidden in (*SECRETS, sold.bought.order_no, "手冲咖啡壶"):  # nothing of the goods either
        assert hidden not in page
    [phone] = re.findall(r"\b138\d*\*[\d*]*", text)  # a drawn waybill may hold 138 too, but no star
    assert phone.count("*") >= 6
    assert sold.looks()[0] == ("merchant_order", "staff", f"{sold.a}/{name}", sold.part_a)
    assert len(sold.looks()) == before + 1


def test_the_label_of_another_part_is_not_there(sold, desk):
    at_desk(desk, sold.a)
    send(desk, sold.part_a, 3)
    sold.work()
    parcel = sold.parcel()
    desk.post("/logout")
    at_desk(desk, sold.b)
    for part_no in (sold.part_a, sold.part_b, "PNOBODY"):
        assert desk.get(f"/parts/{part_no}/parcels/{parcel}").status_code == 404
    assert [look for look in sold.looks() if sold.b in look[2]] == []


def test_what_the_courier_reports_shows(outside, sold, desk):
    at_desk(desk, sold.a)
    send(desk, sold.part_a, 3)
    sold.work()
    [parcel] = sold.parcels
    report(outside, parcel, "signed")
    assert "已签收" in shown(desk, f"/parts/{sold.part_a}")
