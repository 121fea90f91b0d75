"""Barcodes: lengths, check digits, spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.barcodes import check_digit, read_gtin, spellings

bodies = st.sampled_from([7, 11, 12, 13]).flatmap(
    lambda many: st.text("0123456789", min_size=many, max_size=many).filter(lambda it: int(it) > 0)
)


@pytest.mark.parametrize(
    "code", ["96385074", "036000291452", "4006381333931", "6901234567892", "10012345678902", "00012345678905"]
)
def test_real_barcodes_are_read(code):
    assert read_gtin(code) == code


def test_separators_and_wide_digits_are_read():
    assert read_gtin("4 006381-333931") == "4006381333931"
    assert read_gtin("４００６３８１３３３９３１") == "4006381333931"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "4006381333932",
        "400638133393",
        "12345",
        "0000000000000",
        "40063813339x1",
        "①006381333931",
        "٤006381333931",
    ],
)
def test_what_is_no_barcode_is_none(code):
    assert read_gtin(code) is None


@given(bodies)
def test_a_body_with_its_check_digit_is_a_barcode(body):
    code = f"{body}{check_digit(body)}"
    assert read_gtin(code) == code


@given(bodies, st.integers(1, 9))
def test_any_other_check_digit_is_not(body, off):
    assert read_gtin(f"{body}{(check_digit(body) + off) % 10}") is None


@given(bodies, st.data())
def test_one_wrong_digit_is_always_seen(body, data):
    code = f"{body}{check_digit(body)}"
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda it: it != code[place]))
    assert read_gtin(code[:place] + other + code[place + 1 :]) is None


def test_a_upc_is_found_as_the_ean_it_is():
    assert spellings("036000291452") == ("036000291452", "0036000291452")
    assert spellings("0036000291452") == ("0036000291452", "036000291452")
    assert spellings("4006381333931") == ("4006381333931",)
    assert spellings("96385074") == ("96385074",)
