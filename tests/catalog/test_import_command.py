"""`mingpu import-catalog`: what it prints, what it writes, how it ends."""

import argparse
import csv
import io

import pytest
from django.conf import settings
from django.db import connection

from mingpu.catalog.queries import number
from mingpu.lib.text import speaking
from mingpu.merchants.demo import PANTRY, POTTERY
from mingpu.merchants.queries import merchants
from mingpu.ops.commands import import_catalog
from mingpu.promotions.demo import OFFERS
from mingpu.promotions.queries import ends_of
from tests.catalog.feeding import lines
from tests.catalog.shop import JPEG, source, stored
from tests.support import zone


def rows_of(report):
    with report.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    import_catalog.arguments(parser)
    with zone("worker"):
        return import_catalog.run(parser.parse_args(words))


@pytest.fixture
def origin() -> str:
    return source()


@pytest.fixture
def shop(tmp_path, origin):
    rows = [
        {"id": "1", "title": "细口壶", "price": 129, "source": origin},
        {"id": "2", "title": "长嘴壶", "source": origin},
        {"id": "3", "price": 1, "source": origin},
        b"{ broken\n",
        b"\xff\xfe\n",
    ]
    path = tmp_path / "shop.jsonl"
    path.write_bytes(lines(*rows))
    return path


def test_it_says_in_both_languages_what_was_taken_refused_and_not_for_sale(shop, origin, capsys):
    assert run(str(shop)) == 0
    out = capsys.readouterr().out
    assert "收录 / taken: 2" in out
    assert "其中不出售 / of these not for sale: 1" in out
    assert "拒收 / refused: 3" in out
    for code in ("no_price", "missing_title", "broken_json", "broken_text"):
        assert code in out
    assert "没有标题 / the title is missing" in out
    assert stored(origin).title == "细口壶"


def test_twice_is_harmless(shop, capsys):
    run(str(shop))
    capsys.readouterr()
    assert run(str(shop)) == 0
    assert "未变 / unchanged 2" in capsys.readouterr().out


def test_the_report_names_every_refusal(shop, tmp_path):
    report = tmp_path / "report.csv"
    run(str(shop), "--report", str(report))
    told = rows_of(report)
    assert [(it["行"], it["代码"], it["结果"]) for it in told] == [
        ("2", "no_price", "收录，不出售"),
        ("3", "missing_title", "拒收"),
        ("4", "broken_json", "拒收"),
        ("5", "broken_text", "拒收"),
    ]
    assert (told[1]["文件"], told[1]["商品编号"], told[1]["说明"]) == ("shop.jsonl", "3", "没有标题")


def test_the_report_speaks_the_readers_language_and_holds_no_formula(tmp_path, origin):
    path, report = tmp_path / "shop.jsonl", tmp_path / "report.csv"
    path.write_bytes(lines({"id": "=cmd()", "price": 1, "source": origin}))
    with speaking("en"):
        run(str(path), "--report", str(report))
    (told,) = rows_of(report)
    assert told == {
        "File": "shop.jsonl", "Line": "1", "Id": "'=cmd()", "Outcome": "refused", "Code": "missing_title",
        "What": "the title is missing",
    }  # fmt: skip


def everything():
    """What an import may change: rows by table, the catalogue's number, jobs, pictures kept."""
    tables = (
        "catalog_product",
        "catalog_sku",
        "catalog_import",
        "catalog_importremark",
        "procrastinate_jobs",
        "catalog_category",
        "catalog_brand",
    )
    with zone("worker"), connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts, number(), sorted((settings.MEDIA_ROOT / "catalog").glob("*"))


def test_a_dry_run_says_what_would_come_of_it_and_writes_nothing(tmp_path, origin, capsys):
    path, report = tmp_path / "shop.jsonl", tmp_path / "report.csv"
    known = {"id": "1", "title": "细口壶", "price": 129, "source": origin}
    path.write_bytes(lines(known, known | {"id": "2"}))
    run(str(path))
    (tmp_path / "new.jpg").write_bytes(JPEG + origin.encode())
    path.write_bytes(
        lines(
            known,
            known | {"id": "2", "price": 99},
            known | {"id": "3", "image": "new.jpg", "brand": f"牌{origin}"},
            {"id": "4"},
            known | {"id": "5", "price": 0},
        )
    )
    before = everything()
    capsys.readouterr()
    assert run(str(path), "--dry-run", "--report", str(report)) == 0
    out = capsys.readouterr().out
    assert "没有写入 / only tried, nothing was written" in out
    assert "将收录 / would be taken: 4  (新增 / new 2, 更新 / changed 1, 未变 / unchanged 1)" in out
    assert {it["代码"] for it in rows_of(report)} == {"missing_title", "zero_price"}
    assert everything() == before
    run(str(path))
    assert "收录 / taken: 4  (新增 / new 2, 更新 / changed 1, 未变 / unchanged 1)" in capsys.readouterr().out


def test_a_path_that_leads_nowhere_is_an_answer_not_a_crash(tmp_path, capsys):
    assert run(str(tmp_path / "nothing")) == 1
    assert "not_readable" in capsys.readouterr().out


def test_a_report_that_cannot_be_written_is_an_answer_not_a_crash(shop, tmp_path, capsys):
    assert run(str(shop), "--report", str(tmp_path / "no" / "such" / "place")) == 1
    assert "cannot be written" in capsys.readouterr().out


def test_where_the_zone_may_not_write_it_says_so(shop, capsys):
    parser = argparse.ArgumentParser()
    import_catalog.arguments(parser)
    assert import_catalog.run(parser.parse_args([str(shop)])) == 1
    assert "run it again" in capsys.readouterr().out


def test_the_demo_comes_by_name(capsys):
    assert run("demo") == 0
    assert "拒收 / refused: 0" in capsys.readouterr().out
    assert {POTTERY, PANTRY} <= set(merchants())
    offers = [it["id"] for it in OFFERS]
    assert set(ends_of(offers)) == set(offers)
    assert run("demo") == 0


def test_progress_moves_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    tell = import_catalog.Progress(2000, out)
    tell(1000)
    tell(2000)
    tell.end()
    assert out.getvalue() == "\r  已读 / read: 1,000 / 2,000 (50 %)\r  已读 / read: 2,000 / 2,000 (100 %)\n"


def test_progress_elsewhere_is_a_line_now_and_then():
    out = io.StringIO()
    tell = import_catalog.Progress(0, out)
    for rows in range(1000, 50_000, 1000):
        tell(rows)
    tell.end()
    assert out.getvalue().count("\n") <= 1
    assert "\r" not in out.getvalue()


def test_a_merchant_nobody_knows_is_in_the_report_too(tmp_path, origin):
    path, report = tmp_path / "shop.jsonl", tmp_path / "report.csv"
    path.write_bytes(lines({"id": "1", "title": "壶", "price": 1, "source": origin, "merchant": "nobody"}))
    assert run(str(path), "--report", str(report)) == 1
    (told,) = rows_of(report)
    assert (told["行"], told["商品编号"], told["代码"]) == ("1", "1", "unknown_merchant")
