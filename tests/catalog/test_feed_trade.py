"""What a catalogue file says of whose goods they are, what they weigh and what they are worth."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.feed import FeedItem
from mingpu.catalog.feed_fields import MAX_GRAMS, face_field, weight_field
from mingpu.catalog.feed_values import Note, RefusedError
from mingpu.catalog.rules import KINDS
from tests.catalog.feeding import codes, item, read, refusal


def test_a_file_that_says_nothing_leaves_the_defaults(tmp_path: Path):
    found = item(tmp_path)
    assert (found.merchant, found.kind, found.real_name) == ("mingpu", "goods", False)
    assert (found.grams, found.face_fen) == (None, None)


def test_everything_told_is_read_for_the_item_and_for_each_variant(tmp_path: Path):
    found = item(
        tmp_path, merchant="qinglan", kind="goods", real_name="是", weight="1.2kg",
        skus=[{"sku": "a", "weight": 900}, {"sku": "b", "重量": "2 公斤"}, {"sku": "c"}],
    )  # fmt: skip
    assert (found.merchant, found.real_name, found.grams) == ("qinglan", True, 1200)
    assert [sku.grams for sku in found.skus] == [900, 2000, None]
    assert codes(found) == set()


def test_a_table_speaks_chinese(tmp_path: Path):
    (found,) = read(
        tmp_path, "编号,标题,售价,商家,类型,实名,重量\n1,刀,9,beishan,goods,是,350 克\n", "shop.csv"
    )
    assert (found.merchant, found.real_name, found.grams) == ("beishan", True, 350)
    (card,) = read(tmp_path, "编号,标题,售价,类型,面值,规格编号\n1,卡,95,ecard,100,EC100\n", "cards.csv")
    assert (card.kind, card.face_fen, card.skus[0].face_fen, card.price_fen) == (
        "ecard",
        10_000,
        10_000,
        9_500,
    )


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"goods"}))
def test_virtual_goods_have_a_face_value_or_are_refused(tmp_path: Path, kind: str):
    assert item(tmp_path, kind=kind, face="¥50").face_fen == 5_000
    each = item(tmp_path, kind=kind.upper(), skus=[{"sku": "a", "face": 10}, {"sku": "b", "face": 30}])
    assert [sku.face_fen for sku in each.skus] == [1_000, 3_000]
    assert refusal(tmp_path, kind=kind).code == "missing_face"
    assert refusal(tmp_path, kind=kind, skus=[{"sku": "a", "face": 10}, {"sku": "b"}]).code == "missing_face"
    assert refusal(tmp_path, kind=kind, face=10, merchant="qinglan").code == "not_own_shop"
    for odd in (0, -5, "ten", 0.001, True, []):
        assert refusal(tmp_path, kind=kind, face=odd).code == "bad_face"


def test_goods_have_no_face_value_and_virtual_goods_no_weight(tmp_path: Path):
    goods = item(tmp_path, face="odd", skus=[{"sku": "a", "face": 5}])
    assert (goods.face_fen, goods.skus[0].face_fen) == (None, None)
    card = item(tmp_path, kind="ecard", face=5, weight="heavy")
    assert (card.grams, codes(card)) == (None, set())


def test_an_unknown_kind_is_refused_with_those_there_are(tmp_path: Path):
    refused = refusal(tmp_path, kind="voucher")
    assert refused.code == "bad_kind"
    assert "voucher" in refused.text.zh
    assert all(kind in refused.text.en for kind in KINDS)


@pytest.mark.parametrize(("written", "told"), [
    (True, True), (1, True), ("YES", True), ("是", True), (" true ", True), (False, False), (0, False), ("否", False),
    ("", False), (None, False),
])  # fmt: skip
def test_yes_and_no(tmp_path: Path, written: object, told: bool):
    assert item(tmp_path, real_name=written).real_name is told


@pytest.mark.parametrize("written", ["maybe", 2, [], {"a": 1}, "是" * 5_000])
def test_a_duty_of_the_law_is_not_guessed(tmp_path: Path, written: object):
    assert refusal(tmp_path, real_name=written).code == "bad_real_name"


def test_a_merchants_code_is_not_cut(tmp_path: Path):
    assert refusal(tmp_path, merchant="m" * 33).code == "too_long"


@pytest.mark.parametrize(("written", "grams"), [
    (500, 500), ("500", 500), ("500g", 500), ("500 克", 500), ("1.2kg", 1200), ("１．２ＫＧ", 1200), ("1.2千克", 1200),
    ("3 斤", 1500), (".5 kg", 500), ("1,200 g", 1200), (0.2, 1), ("0.3 g", 1), (None, None), ("  ", None),
])  # fmt: skip
def test_weights(written: object, grams: int | None):
    notes: dict[str, Note] = {}
    assert weight_field(written, notes) == grams
    assert notes == {}


@pytest.mark.parametrize("written", [
    0, -1, "heavy", "2 lb", True, [], {}, "1e9", float("inf"), float("nan"), MAX_GRAMS + 1, "1001 kg", "9" * 5_000, "1.2.3",
])  # fmt: skip
def test_odd_weights_are_left_out_with_a_note(written: object):
    notes: dict[str, Note] = {}
    assert weight_field(written, notes) is None
    assert set(notes) == {"bad_weight"}


@given(st.integers(1, MAX_GRAMS))
def test_a_weight_is_the_same_in_grams_and_kilograms(grams: int):
    assert weight_field(grams, {}) == weight_field(f"{grams / 1000:.3f} kg", {}) == grams


@given(st.none() | st.text(max_size=30) | st.floats() | st.integers() | st.binary() | st.lists(st.integers()))
def test_no_weight_and_no_face_value_breaks_the_reading(written: object):
    weight = weight_field(written, {})
    assert weight is None or 0 < weight <= MAX_GRAMS
    with suppress(RefusedError):
        face = face_field(written)
        assert face is None or face > 0


def test_a_refused_row_names_itself(tmp_path: Path):
    rows = read(tmp_path, "id,name,price,kind\n1,壶,9,goods\n2,卡,9,card\n", "shop.csv")
    assert isinstance(rows[0], FeedItem)
    assert (rows[1].line, rows[1].external_id, rows[1].code) == (3, "2", "bad_kind")
