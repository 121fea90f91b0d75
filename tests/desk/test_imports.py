"""Goods in files at the desk: sending, looking, saying yes, calling off, and having them written out."""

import json
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory, override_settings
from openpyxl import load_workbook

from mingpu.catalog.import_rules import CANCELLED, MAX_UPLOAD, OPEN
from mingpu.catalog.models import Import, Product
from mingpu.catalog.services import importing
from mingpu.catalog.services.imports import run_imports
from mingpu.desk import imports
from tests.catalog.feeding import lines
from tests.catalog.shop import item, source, take
from tests.desk.shops import at_desk
from tests.merchants.examples import make_merchant
from tests.support import zone


@pytest.fixture(autouse=True)
def _nothing_open():
    with zone("worker"):
        Import.objects.filter(state__in=OPEN).update(state=CANCELLED)


@pytest.fixture
def shop():
    return make_merchant()


def goods(*names, **more):
    return lines(*({"id": name, "title": f"壶 {name}", "price": 9, **more} for name in names))


def send(desk, content, name="商品.jsonl"):
    return desk.post("/imports/files", {"file": SimpleUploadedFile(name, content)})


def sent(desk, content, name="商品.jsonl"):
    """Send a file and have it checked; returns the address of its page."""
    answer = send(desk, content, name)
    assert answer.status_code == 303, answer.content.decode()
    work()
    return answer["Location"]


def work():
    with zone("worker"):
        run_imports()


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def streamed(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_shop_sends_a_file_looks_and_says_yes(shop, desk):
    at_desk(desk, shop)
    page = sent(desk, goods("1", "2") + lines({"id": "3"}))
    seen = text(desk.get(page))
    assert "商品.jsonl" in seen
    assert "检查完毕" in seen
    assert "收录这 2 件" in seen
    assert "没有标题" in seen
    assert not Product.objects.filter(merchant=shop).exists()
    assert desk.post(f"{page}/take")["Location"] == page
    work()
    assert "已完成" in text(desk.get(page))
    assert Product.objects.filter(merchant=shop, source=shop).count() == 2
    assert page in text(desk.get("/imports"))
    again = desk.post(f"{page}/take")
    assert again.status_code == 409
    assert "已经不在这一步" in text(again, 409)


def test_while_it_goes_on_the_page_asks_every_second_and_shows_how_far(shop, desk, monkeypatch):
    at_desk(desk, shop)
    page = send(desk, goods("1"))["Location"]
    going = text(desk.get(page))
    assert re.search(rf'hx-get="{page}" hx-trigger="every 1s"', going)
    assert "<progress" in going
    assert 'for="far"' in going
    monkeypatch.setattr(importing, "BATCH", 10)
    work()
    rested = text(desk.get(page))
    assert "hx-trigger" not in rested
    assert "<progress" not in rested


def test_calling_off_ends_it(shop, desk):
    at_desk(desk, shop)
    page = sent(desk, goods("1"))
    assert desk.post(f"{page}/stop").status_code == 303
    assert "已取消" in text(desk.get(page))
    assert desk.post(f"{page}/take").status_code == 409
    assert not Product.objects.filter(merchant=shop).exists()


def test_another_shops_import_is_not_there_and_the_operators_are_not_a_shops(shop, desk):
    at_desk(desk, shop)
    page = sent(desk, goods("1"))
    at_desk(desk, make_merchant())
    assert page not in text(desk.get("/imports"))
    for answer in (
        desk.get(page),
        desk.get(f"{page}/remarks.csv"),
        desk.post(f"{page}/take"),
        desk.post(f"{page}/stop"),
    ):
        assert answer.status_code == 404
    at_desk(desk)
    assert page in text(desk.get("/imports"))
    assert "检查完毕" in text(desk.get(page))


def test_the_operator_takes_in_anybodys_goods(shop, desk):
    at_desk(desk)
    origin = source()
    page = sent(desk, goods("1", source=origin, merchant=shop) + goods("2", source=origin))
    desk.post(f"{page}/take")
    work()
    assert dict(Product.objects.filter(source=origin).values_list("external_id", "merchant")) == {
        "1": shop,
        "2": "mingpu",
    }


@pytest.mark.parametrize("name", ["goods.pdf", "goods", ""])
def test_what_is_no_list_is_said_on_the_page(shop, desk, name):
    at_desk(desk, shop)
    answer = send(desk, b"x", name) if name else desk.post("/imports/files", {})
    assert "请选择 .jsonl" in text(answer, 422)
    assert 'role="alert"' in text(answer, 422)


def test_one_at_a_time_is_said_with_the_name_of_the_other(shop, desk):
    at_desk(desk, shop)
    send(desk, goods("1"), "一.jsonl")
    assert "“一.jsonl”还没有结束" in text(send(desk, goods("2"), "二.jsonl"), 409)


def test_larger_files_than_anything_else_are_taken_but_not_endless_ones(shop, desk):
    at_desk(desk, shop)
    big = goods("1") + b" " * (22 << 20)  # more than a photo or a video may have
    assert send(desk, big, "big.jsonl").status_code == 303
    answer = desk.generic(
        "POST",
        "/imports/files",
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(MAX_UPLOAD + (1 << 20)),
    )
    assert answer.status_code == 413
    elsewhere = desk.generic(
        "POST",
        "/goods/stock",
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(22 << 20),
    )
    assert elsewhere.status_code == 413


def test_a_forged_form_is_refused(shop, desk):
    at_desk(desk, shop)
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    strict.cookies = desk.cookies
    with override_settings(ROOT_URLCONF="mingpu.desk.urls", ZONE="desk"):
        assert send(strict, goods("1")).status_code == 403
    with zone("worker"):
        assert not Import.objects.filter(merchant=shop).exists()


def test_of_a_strangers_file_nothing_is_read(desk):
    del desk  # the zone alone
    request = RequestFactory().post("/imports/files", {"file": SimpleUploadedFile("a.csv", b"id,title\n")})
    request.COOKIES["csrftoken"] = "a" * 32
    answer = imports.send(request)
    assert answer.status_code == 302
    assert answer["Location"] == "/login"
    assert not request._read_started


def test_nobody_gets_in_without_signing_in(desk):
    for answer in (desk.get("/imports"), send(desk, goods("1")), desk.get("/imports/goods.csv")):
        assert answer.status_code == 302
        assert "/login" in answer["Location"]


def test_the_first_fifty_remarks_are_shown_and_all_can_be_had(shop, desk):
    at_desk(desk, shop)
    page = sent(desk, lines(*({"id": f"=cmd{n}"} for n in range(60))))
    seen = text(desk.get(page))
    assert seen.count("没有标题") == 51  # the sum and fifty rows
    assert "另有 10 条" in seen
    rows = streamed(desk.get(f"{page}/remarks.csv")).decode("utf-8-sig").splitlines()
    assert rows[0] == "文件,行,商品编号,结果,代码,说明"
    assert len(rows) == 61
    assert rows[1] == "商品.jsonl,1,'=cmd0,拒收,missing_title,没有标题"
    english = streamed(desk.get(f"{page}/remarks.csv", headers={"Accept-Language": "en"})).decode("utf-8-sig")
    assert "refused,missing_title,the title is missing" in english


# ---- written out ----


@pytest.mark.parametrize("kind", ["jsonl", "csv", "xlsx"])
def test_a_shop_has_its_own_goods_written_out_and_sends_them_back_unchanged(shop, desk, kind):
    origin, other = source(), make_merchant()
    take(
        item(origin, "1", merchant=shop), item(origin, "2", merchant=shop), item(origin, "3", merchant=other)
    )
    at_desk(desk, shop)
    answer = desk.get(f"/imports/goods.{kind}", {"merchant": other})
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{shop}-')
    content = streamed(answer)
    told = content if kind != "xlsx" else str([*load_workbook(BytesIO(content)).active.values]).encode()
    assert "细口壶 2".encode() in told
    assert "细口壶 3".encode() not in told
    page = sent(desk, content, f"back.{kind}")
    desk.post(f"{page}/take")
    work()
    with zone("worker"):
        report = Import.objects.get(id=page.rpartition("/")[2])
    assert (report.rows, report.counts["refused"]) == (2, {})


def test_the_operator_chooses_a_shop_or_has_all(shop, desk):
    origin = source()
    take(item(origin, "1", merchant=shop), item(origin, "2"))
    at_desk(desk)
    one = [
        json.loads(line)
        for line in streamed(desk.get("/imports/goods.jsonl", {"merchant": shop})).splitlines()
    ]
    assert [it["external_id"] for it in one] == ["1"]
    assert {
        it["merchant"] for it in map(json.loads, streamed(desk.get("/imports/goods.jsonl")).splitlines())
    } >= {shop, "mingpu"}


@pytest.mark.parametrize("code", ['x"; filename="evil.exe', "nobody", "a\r\nX-Evil: 1"])
def test_a_shop_that_is_not_there_has_no_goods_to_write_out(desk, code):
    at_desk(desk)
    assert desk.get("/imports/goods.csv", {"merchant": code}).status_code == 404


def test_headings_follow_the_reader_and_other_kinds_are_not_there(shop, desk, monkeypatch):
    at_desk(desk, shop)
    assert streamed(desk.get("/imports/goods.csv")).decode("utf-8-sig").startswith("来源,商品编号,标题")
    english = streamed(desk.get("/imports/goods.csv", headers={"Accept-Language": "en"})).decode("utf-8-sig")
    assert english.startswith("source,external_id,title")
    assert desk.get("/imports/goods.pdf").status_code == 404
    monkeypatch.setattr(imports, "EXCEL_ITEMS", -1)
    assert desk.get("/imports/goods.xlsx").status_code == 404
    assert "goods.xlsx" not in text(desk.get("/imports"))
