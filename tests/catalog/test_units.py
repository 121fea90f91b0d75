"""Quantities: read as sellers write them, converted exactly, shown in the reader's language."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.units import (
    UNITS,
    Quantity,
    exactly,
    fold,
    in_unit,
    known_unit,
    natural,
    read_quantity,
    shown,
)

KINDS = {kind: [it for it in UNITS if it.kind == kind] for kind in {it.kind for it in UNITS}}
numbers = st.decimals(min_value=0, max_value=10**6, places=3).map(str)
families = st.sampled_from(sorted(kind for kind, units in KINDS.items() if len(units) > 1))


def measured(text: str, unit: str, *aliases: str) -> Fraction | None:
    quantity = read_quantity(text)
    return in_unit(quantity, unit, aliases) if quantity else None


@pytest.mark.parametrize(
    ("one", "other", "unit"),
    [
        ("2米", "200厘米", "m"),
        ("2 m", "200 CM", "mm"),
        ("500ml", "0.5L", "L"),
        ("500毫升", "0.5 升", "ml"),
        ("1.5kg", "3斤", "g"),
        ("1,500 克", "1.5公斤", "kg"),
        ("55寸", "55 英寸", "inch"),
        ('6.1"', "6.1 inch", "inch"),
        ("10000mAh", "10Ah", "mAh"),
        ("1.5千瓦", "1500W", "W"),
        ("２００ｍｌ", "200 毫升", "ml"),
        ("约 3 斤", "1.5 kg", "kg"),
        ("2年", "24个月", "months"),
        ("1TB", "1024 G", "GB"),
    ],
)
def test_the_same_quantity_however_it_is_written(one, other, unit):
    assert measured(one, unit) is not None
    assert measured(one, unit) == measured(other, unit)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("2米", "cm", "200"),
        ("500ml", "L", "0.5"),
        ("3斤", "kg", "1.5"),
        ("16G", "GB", "16"),  # among storage a G is no gram
        ("16G", "g", "16"),
        ("38度", "°C", "38"),  # nor a degree a kilowatt hour
        ("38度", "kWh", "38"),
        ("-18 ℃", "°C", "-18"),
        (".5 L", "ml", "500"),
        ("12", "", "12"),
        ("1.5 m²", "cm²", "15000"),
        ("2m3", "L", "2000"),
        ("15 ㎡", "m²", "15"),
    ],
)
def test_a_number_in_the_unit_asked_for(text, unit, number):
    assert measured(text, unit) == Fraction(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "大号",
        "2.5 kg × 2",
        "180 × 32 cm",
        "36-43",
        "1.5 m 床",
        "1e5 g",
        "1..5 g",
        "12,34 g",
        "∞ kg",
        "9" * 40 + "g",
        "1" * 10_000,
        "5 kg 5",
        "USB-C",
        "5/6",
    ],
)
def test_what_is_not_one_number_is_none(text):
    assert measured(text, "kg") is None


@pytest.mark.parametrize(("text", "unit"), [("5", "kg"), ("5 m", "kg"), ("5 kg", ""), ("5 箱", "件")])
def test_a_number_in_another_unit_or_in_none_is_not_guessed(text, unit):
    assert measured(text, unit) is None


def test_a_unit_of_ones_own_goes_by_its_aliases():
    assert measured("12只", "件", "只", "个") == 12
    assert measured("12 个", "件", "只", "个") == 12
    assert measured("12 件", "件") == 12
    assert measured("5 Watt·s", "J", "watt·s") == 5


@given(families, numbers, st.data())
def test_there_and_back_again_is_the_same_number(kind, number, data):
    one, other = data.draw(st.sampled_from(KINDS[kind])), data.draw(st.sampled_from(KINDS[kind]))
    there = in_unit(Quantity(Fraction(number), fold(one.code)), other.code)
    assert there is not None
    assert in_unit(Quantity(there, fold(other.code)), one.code) == Fraction(number)


@given(families, numbers, numbers, st.data())
def test_converting_keeps_the_order(kind, one, other, data):
    first, second = data.draw(st.sampled_from(KINDS[kind])), data.draw(st.sampled_from(KINDS[kind]))
    a, b = (in_unit(Quantity(Fraction(it), fold(first.zh)), second.code) for it in (one, other))
    assert a is not None
    assert b is not None
    assert (a < b) == (Fraction(one) < Fraction(other))


@given(st.sampled_from(UNITS), numbers, st.booleans())
def test_what_is_shown_is_read_as_the_same_quantity(unit, number, chinese):
    text = shown(Fraction(number), unit.code, chinese=chinese)
    again = measured(text, unit.code)
    assert again is not None
    # Three decimals of the unit it is shown in are kept.
    _, code = natural(Fraction(number), unit.code)
    step = in_unit(Quantity(Fraction(1, 1000), fold(code)), unit.code)
    assert step is not None
    assert abs(again - Fraction(number)) <= step


@given(st.text(max_size=80))
def test_any_text_is_read_or_not_and_nothing_breaks(text):
    quantity = read_quantity(text)
    assert quantity is None or isinstance(quantity.number, Fraction)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_stored_number_is_the_decimal_it_was(number):
    assert exactly(float(number)) == Fraction(str(number))


@pytest.mark.parametrize(
    ("number", "unit", "zh", "en"),
    [
        ("0.5", "L", "500 毫升", "500 ml"),
        ("1000", "ml", "1 升", "1 L"),
        ("1200", "ml", "1.2 升", "1.2 L"),
        ("0.03", "kg", "30 克", "30 g"),
        ("160", "cm", "1.6 米", "1.6 m"),
        ("10000", "mAh", "10000 毫安时", "10000 mAh"),
        ("8", "inch", "8 英寸", "8 inch"),
        ("0.3333333", "m", "33.333 厘米", "33.333 cm"),
        ("12", "件", "12 件", "12 件"),
        ("7", "", "7", "7"),
        ("0", "ml", "0 毫升", "0 ml"),
        ("-18", "°C", "-18 摄氏度", "-18 °C"),
    ],
)
def test_a_quantity_reads_well_in_both_languages(number, unit, zh, en):
    assert shown(Fraction(number), unit, chinese=True) == zh
    assert shown(Fraction(number), unit, chinese=False) == en


def test_a_unit_is_known_however_it_is_written():
    assert [known_unit(it) for it in ("毫升", "ML", "公斤", "英寸", "件", " 盒 ")] == [
        "ml", "ml", "kg", "inch", "件", "盒",
    ]  # fmt: skip
