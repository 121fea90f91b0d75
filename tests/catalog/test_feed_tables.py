"""Tables as spreadsheets make them: cells that begin like formulas, products with a row for each variant."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog import feed
from mingpu.catalog.feed import FeedSku, read_feed
from mingpu.catalog.feed_files import MAX_SKUS, guarded, read_rows, unguarded
from tests.catalog.feeding import codes, read


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5℃ 冷藏箱", "@SUM(A1)", "\tx", "'=1", "''-1", "=", "＝1＋1", "＠壶"]
)
def test_what_begins_like_a_formula_is_written_as_text(text: str):
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "壶", "'s-Hertogenbosch", "''", "1-2", " =1"])
def test_anything_else_is_left_alone(text: str):
    assert guarded(text) == text
    assert unguarded(text) == text


@given(st.text("'=+-@\t\r＝＋－＠a壶", max_size=8))
def test_no_cell_begins_like_a_formula_and_every_cell_reads_back(text: str):
    cell = guarded(text)
    assert not cell.startswith(tuple("=+-@\t\r＝＋－＠"))
    assert unguarded(cell) == text


def test_guarded_cells_are_read_in_every_column(tmp_path: Path):
    (found,) = read(tmp_path, "id,title,brand,price\n'-1,'=壶,'@牌,5\n", "shop.csv")
    assert (found.external_id, found.title, found.brand) == ("-1", "=壶", "@牌")


VARIANTS = """id,title,brand,sku,options,price,weight,list_price
a,壶,山泉,K-1,容量:1 L,10,500g,12
a,,,K-2,容量:2 L,20,,
a,,,K-3,容量:3 L,,900g,40
b,杯,,,,5,,
"""


def test_a_product_has_a_row_for_each_variant(tmp_path: Path):
    pot, cup = read(tmp_path, VARIANTS, "shop.csv")
    assert pot.skus == (
        FeedSku("K-1", {"容量": "1 L"}, 10_00, grams=500, list_price_fen=12_00),
        FeedSku("K-2", {"容量": "2 L"}, 20_00),
        FeedSku(
            "K-3", {"容量": "3 L"}, 10_00, grams=900, list_price_fen=40_00
        ),  # the product's price, told above
    )
    assert (pot.brand, pot.grams, pot.list_price_fen, pot.line) == ("山泉", 500, None, 2)
    assert (cup.skus, cup.price_fen, cup.line) == ((), 5_00, 5)


def test_a_broken_row_between_variants_costs_itself_alone(tmp_path: Path):
    head, first, *rest = VARIANTS.splitlines()
    lost, pot, _ = read(tmp_path, "\n".join([head, first, "a,,,too,many,cells,,,,,", *rest]), "shop.csv")
    assert (lost.code, lost.line) == ("broken_csv", 3)
    assert [sku.code for sku in pot.skus] == ["K-1", "K-2", "K-3"]


def test_a_row_without_a_title_under_another_product_is_no_variant_of_it(tmp_path: Path):
    pot, lost = read(tmp_path, "id,title,sku,price\na,壶,K-1,5\nb,,K-2,5\n", "shop.csv")
    assert [sku.code for sku in pot.skus] == ["K-1"]
    assert (lost.code, lost.external_id) == ("missing_title", "b")


def test_one_wrong_variant_refuses_its_product_by_the_first_line(tmp_path: Path):
    lost, cup = read(tmp_path, VARIANTS.replace("K-2,容量:2 L,20", "K-2,容量:2 L,-20"), "shop.csv")
    assert (lost.code, lost.line, lost.external_id) == ("absurd_price", 2, "a")
    assert cup.external_id == "b"


# ---- what a file may say beside ----


def test_english_and_what_is_kept_from_sale(tmp_path: Path):
    rows = "id,title,title_en,description_en,on_sale,price\n1,壶,Kettle,Pours.,否,5\n2,杯,,,,5\n3,碗,,,perhaps,5\n"
    pot, cup, lost = read(tmp_path, rows, "shop.csv")
    assert (pot.title_en, pot.description_en, pot.on_sale) == ("Kettle", "Pours.", False)
    assert (cup.title_en, cup.on_sale) == ("", True)
    assert lost.code == "bad_on_sale"


def test_stock_may_say_what_it_was_counted_against(tmp_path: Path):
    (found,) = read(tmp_path, "编号,标题,售价,规格编号,库存,导出时库存\n1,壶,5,K,4,6\n", "shop.csv")
    assert found.skus == (FeedSku("K", {}, 5_00, 4, stock_seen=6),)


def test_a_list_price_that_cannot_be_read_is_left_out_with_a_note(tmp_path: Path):
    (found,) = read(tmp_path, VARIANTS.partition("\nb")[0].replace(",40", ",forty"), "shop.csv")
    assert found.skus[2].list_price_fen is None
    assert codes(found) == {"bad_list_price"}


def test_of_a_shops_file_only_so_much_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(feed, "MAX_OF_SHOP", 5)
    file = tmp_path / "shop.csv"
    file.write_text("id,title,sku,price\n" + "".join(f"{n},壶,K-{n},1\n" for n in range(9)), encoding="utf-8")
    *taken, last = read_feed(file, merchant="shop")
    assert [it.external_id for it in taken] == ["0", "1", "2"]
    assert (last.code, last.line) == ("too_many", 0)
    assert len(list(read_feed(file))) == 9


@pytest.mark.parametrize(
    ("head", "more"),
    [
        ("id,title,sku,price\na,壶,,1\n", "a,,,1\n"),
        ("name,slug,optionGroups,optionValues,sku,price\n壶,a,,,,1\n", ",,,,,1\n"),
    ],
)
def test_variants_beyond_those_that_are_read_are_not_held(tmp_path: Path, head: str, more: str):
    file = tmp_path / "shop.csv"
    file.write_text(head + more * 5_000, encoding="utf-8")
    (row,) = read_rows(file)
    assert len(row.fields["skus"]) == MAX_SKUS + 1
    (found,) = read_feed(file)
    assert len(found.skus) == MAX_SKUS
    assert "shortened" in codes(found)
