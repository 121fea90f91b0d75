"""Masks: golden examples, and what they never show. No database."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.privacy import masks
from mingpu.privacy.register import REGISTER

GOLDEN = [
    ("phone", "13812341234", "138****1234"), ("phone", "+8613812341234", "138****1234"),
    ("phone", "138 1234 1234", "138****1234"), ("phone", "12", "12"), ("phone", "12345", "***45"),
    ("name", "张三", "张*"), ("name", "张三丰", "张**"), ("name", "欧阳修文", "欧阳**"), ("name", "欧阳修", "欧阳*"),
    ("name", "欧阳", "欧*"), ("name", "张", "*"), ("name", "John Smith", "J***"), ("name", "zhixia_88", "z***"),
    ("email", "zhang@x.com", "z***@x.com"), ("email", "z@x.com", "z***@x.com"), ("email", "nonsense", "******"),
    ("landline", "010-62345678", "010-****5678"), ("landline", "0571-8888666-12", "0571-****8666"),
    ("landline", "62345678", "****5678"),
    ("street", "文一西路969号3幢2单元501室", "文一西路***"), ("street", "仓前街道文一西路969号", "仓前街道文一西路***"),
    ("street", "人民路一百号", "人民路***"), ("street", "中关村大街 27 号", "中关村大街***"), ("street", "阳光花园甲座", "阳光花园***"),
    ("street", "阳光花园", "阳光***"), ("street", "三号院", "***"), ("street", "12 Main Street Apt 5", "*** Main Street Apt ***"),
    ("street", "Rosebud", "Ro***"),
    ("birthday", "1990-05-17", "****-05-17"), ("birthday", "x", "******"),
    ("secret", "anything", "******"), ("no such mask", "13812341234", "******"), ("phone", "", ""), ("name", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "shown"), GOLDEN)
def test_golden(kind, value, shown):
    assert masks.mask(kind, value) == shown


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13812341234", "138******34"), ("landline", "010-62345678", "010******78"), ("name", "张三丰", "张**"),
        ("street", "文三路188号3幢502", "文三路***"), ("phone", "123456", "******56"), ("name", None, ""),
    ],
)  # fmt: skip
def test_a_waybill_hides_more(kind, value, shown):
    assert masks.waybill(kind, value) == shown


def test_the_register_names_no_mask_that_is_not_there():
    named = {
        column.mask for table in REGISTER.tables.values() for column in table.columns.values() if column.mask
    }
    assert all(masks.mask(kind, "某个值12345") != "某个值12345" for kind in named)
    assert named <= set(masks._MASKS)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_phone_shows_seven_digits_and_a_waybill_five(value):
    assert len(re.sub(r"\D", "", masks.phone(value))) == 7
    assert len(re.sub(r"\D", "", masks.waybill("phone", value))) == 5
    assert len(masks.phone(value)) == len(masks.waybill("phone", value)) == 11


@given(st.text(min_size=1, max_size=30))
def test_a_name_shows_at_most_two_signs(value):
    shown = masks.name(value)
    assert len(shown.replace("*", "")) <= 2 or set(value) <= {"*", " "}


@given(st.text("文三路幢单元号室街道 0123456789０１２abcABC-#", min_size=1, max_size=40))
def test_a_street_never_shows_a_digit(value):
    assert not re.search(r"\d", masks.street(value))


@given(st.text(min_size=0, max_size=30), st.sampled_from(sorted(masks._MASKS)))
def test_any_text_can_be_masked(value, kind):
    shown = masks.mask(kind, value)
    assert shown == "" or not value or "*" in shown or len(value) <= 2 or kind == "phone"
