"""The label on a parcel: anybody can read it, so it shows nobody."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.adapters.courier import Contact
from mingpu.delivery.rules import label as labels

SHOP = Contact(
    name="木森仓库", phone="+8651200000000", province="江苏省", city="苏州市", district="吴中区", street="木森路 0 号"
)  # fmt: skip
PARCEL = {
    "parcel_no": "D2345", "courier": "yto", "waybill_no": "YT1", "sorting_code": "123-45-678", "cod_fen": None,
    "real_name": False,
}  # fmt: skip
# What tells a house, unit or door; a road may be called by a number.
WITHIN = {"roadno", "houseno", "cellno", "floorno", "roomno"}


def to(**more):
    return {
        "name": "欧阳知夏", "phone": "13800000042", "province": "北京市", "city": "北京市", "district": "海淀区",
        "street": "学院路5号院3号楼2单元502室", **more,
    }  # fmt: skip


def test_a_label_names_the_shop_and_hides_the_buyer():
    it = labels.label(PARCEL, consignee=to(), sender=SHOP)
    assert it.to == labels.Party("欧**", "138******42", "北京市海淀区学院路***")
    assert it.sender == labels.Party("木森仓库", "+8651200000000", "江苏省苏州市吴中区木森路 0 号")
    assert (it.cod_fen, str(it.courier_label), it.sorting_code) == (None, "圆通速递", "123-45-678")


@pytest.mark.parametrize(
    ("street", "shown"),
    [
        ("文三路 188 号 3 幢 502", "文三路***"),
        ("文一西路969号", "文一西路***"),
        ("三里屯路十二号楼三单元", "三里屯路***"),
        ("幸福里B座1203室", "幸福里***"),
        ("人民路壹号院贰单元", "人民路***"),
        ("中山路Ａ栋８０１", "中山路***"),
        ("解放街幸福小区甲单元", "解放街***"),
        ("502室", "***"),
        ("Hill Road 12, Flat B", "Hill Road ***"),
    ],
)
def test_house_unit_and_door_are_hidden(street, shown):
    assert labels.street(street) == shown


road = st.sampled_from(
    ["文三路", "学院路", "一环路", "二十一街", "幸福里", "人民大道", "张家村", "九龙镇", "三里河东路"]
)
number = st.one_of(
    st.integers(1, 9999).map(str),
    st.text("零一二三四五六七八九十", min_size=1, max_size=4),
    st.sampled_from(["A", "b", "C1", "甲", "壹", "３", "#7"]),
)
piece = st.tuples(
    number,
    st.sampled_from(["号", "弄", "栋", "幢", "座", "号楼", "楼", "层", "单元", "室", "房", "户", "门"]),
)


@given(road=road, pieces=st.lists(piece, min_size=1, max_size=5), gap=st.sampled_from(["", " ", "，"]))
def test_whatever_the_shape_nothing_behind_the_road_shows(road, pieces, gap):
    written = road + gap + gap.join("".join(one) for one in pieces)
    shown = labels.street(written)
    assert shown.endswith("***")
    assert road.startswith(shown.removesuffix("***"))


@given(digits=st.text("0123456789", max_size=15), plus=st.sampled_from(["", "+86", "0"]), dash=st.booleans())
def test_six_digits_of_a_phone_are_hidden_at_least(digits, plus, dash):
    written = plus + ("-".join([digits[:3], digits[3:]]) if dash else digits)
    shown = labels.phone(written)
    all_digits = re.sub(r"\D", "", digits)
    assert shown.count("*") >= 6
    left = len(re.sub(r"\D", "", shown))
    assert left <= max(0, len(all_digits) + len(re.sub(r"\D", "", plus)) - 6)


@given(name=st.text(min_size=1, max_size=12))
def test_of_a_name_one_character_shows(name):
    shown = labels.name(name)
    assert len(shown.replace("*", "")) <= 1
    assert shown in {"**", name.strip()[:1] + "**"}


@pytest.mark.data
def test_addresses_of_real_shapes_tell_no_house_and_no_door(data):
    leaks = []
    for row in (json.loads(line) for line in (data / "address_zh" / "dev.jsonl").open()):
        shown = labels.street(row["text"])
        told = [text for text, kind in row["parts"] if kind in WITHIN and len(text) > 1]
        within = [text for text in told if re.search("[0-9号弄栋幢座室]|单元$|[^售]楼$", text)]
        if re.search(r"\d", shown) or any(text in shown for text in within):
            leaks.append((row["text"], shown))
    assert not leaks
