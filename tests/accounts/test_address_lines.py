"""Pasted lines: whatever order, separators and labels; what is said is found, and nothing else is made up."""

import random
import time
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.accounts import rules
from mingpu.accounts.address_lines import LONGEST, read_line
from mingpu.accounts.errors import BadField
from mingpu.lib.divisions import TOWN, atlas
from scripts.address_lines import line
from scripts.measure_addresses import Address, counted, divisions, failures, lines, page_lines, read, same

WHO = {"name": "张三", "phone": "13800138000"}
HERE = {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路5号"}
HOME = WHO | HERE


def said(text):
    """What a line says, without what it does not."""
    it = asdict(read_line(text))
    del it["confidence"], it["written"]
    return {name: value for name, value in it.items() if value}


@pytest.mark.parametrize(
    "text",
    [
        "张三 13800138000 浙江省杭州市西湖区文三路5号",
        "13800138000，浙江杭州西湖区文三路5号，张三",
        "浙江省 杭州市 西湖区 文三路5号\n张三\n138-0013-8000",
        "张三13800138000浙江省杭州市西湖区文三路5号",
        "浙江省杭州市西湖区文三路5号张三13800138000",
        "收货人：张三 电话：＋８６ 13800138000 地址：浙江省杭州市西湖区文三路５号",
        "收件人张三手机号13800138000收货地址浙江省杭州市西湖区文三路5号",
        "姓名:张三;手机:0086 138 0013 8000;所在地区:浙江省/杭州市/西湖区;详细地址:文三路5号",
        "【收货人】张三【手机】13800138000【地址】中国浙江省杭州市西湖区文三路5号",
        "张三（收）13800138000 浙江省杭州市杭州市西湖区文三路5号",
        "浙江省-杭州市-西湖区-文三路5号 13800138000 张三 谢谢",
    ],
    ids=[
        "plain",
        "short",
        "lines",
        "glued",
        "glued-behind",
        "full-width",
        "bare-labels",
        "region",
        "brackets",
        "twice",
        "thanks",
    ],
)
def test_one_address_in_many_dresses(text):
    assert said(text) == HOME


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("朝阳区望京街道1号 欧阳娜娜", {"name": "欧阳娜娜", "province": "北京市", "city": "北京市", "district": "朝阳区", "town": "望京街道", "street": "1号"}),
        ("朝阳区1号", {"district": "朝阳区", "street": "1号"}),  # of two cities: neither is made up
        ("湖北仙桃市张沟镇1号赵六13800138000", {"name": "赵六", "phone": "13800138000", "province": "湖北省", "city": "仙桃市", "town": "张沟镇", "street": "1号"}),
        ("宁波江东区中山东路1号", {"province": "浙江省", "city": "宁波市", "district": "江东区", "street": "中山东路1号"}),
        ("海宁市长安镇启潮路1号", {"province": "浙江省", "city": "嘉兴市", "district": "海宁市", "town": "长安镇", "street": "启潮路1号"}),
        ("山东省临沂市临沭县 浙江省杭州市西湖区文三路5号", HERE),  # picked from a list, then typed
        ("上海市长宁路100号", {"province": "上海市", "city": "上海市", "street": "长宁路100号"}),
        ("西湖文化广场1号", {"street": "西湖文化广场1号"}),
        ("陈先生 010-84567890转123 北京市海淀区1号", {"name": "陈先生", "landline": "010-84567890-123", "province": "北京市", "city": "北京市", "district": "海淀区", "street": "1号"}),
        ("电话：87654321 杭州西湖区文三路5号", HERE | {"landline": "87654321"}),
        ("310012 浙江杭州西湖区文三路5号 a@example.com", HERE | {"postcode": "310012", "email": "a@example.com"}),
        ("Zhang Wei 13800138000 杭州市西湖区文三路5号", HOME | {"name": "Zhang Wei"}),
        ("买买提·吐尔逊 乌鲁木齐市天山区1号", {"name": "买买提·吐尔逊", "province": "新疆维吾尔自治区", "city": "乌鲁木齐市", "district": "天山区", "street": "1号"}),
        ("杭州市西湖区文三路5号502室13800138000", HERE | {"street": "文三路5号502室", "phone": "13800138000"}),
        ("黄山市屯溪区 黄浦 13800138000", {"name": "黄浦", "phone": "13800138000", "province": "安徽省", "city": "黄山市", "district": "屯溪区"}),
        ("", {}),
    ],
    ids=[
        "by-town", "of-two", "county-city", "former", "city-inferred", "said-anew", "road", "square", "extension", "local",
        "postcode", "latin", "minority", "no-name", "name-like-a-place", "nothing",
    ],
)  # fmt: skip
def test_what_else_people_write(text, says):
    assert said(text) == says


def test_what_is_surmised_is_less_sure_than_what_is_written():
    it = read_line("张三 13800138000 杭州西湖区文三路5号")
    assert it.written == {"city": "杭州", "district": "西湖区"}
    assert it.confidence["district"] > it.confidence["province"] > it.confidence["city"] >= 0.7
    assert set(it.confidence) == {"name", "phone", "province", "city", "district", "street"}
    assert read_line("宁波江东区1号").confidence["district"] < 0.7
    assert read_line("朝阳区1号").confidence["district"] < 0.7


def test_a_number_in_an_address_is_no_phone():
    it = read_line("杭州市西湖区文三路5号13-2021室18000元")
    assert (it.phone, it.landline, it.postcode) == ("", "", "")


def test_a_long_text_is_refused_and_not_repeated():
    with pytest.raises(BadField) as bad:
        read_line("密" * (LONGEST + 1))
    assert "密" not in str(bad.value)


PIECES = st.sampled_from(
    ["吉林", "朝阳", "江北", "上海", "鼓楼区", "浙江省杭州市西湖区", "1", "-", " ", "86 ", "收货人", "电话：", "地址", "·", "a@",
     "0571", "街道", "镇", "(", "张三", "先生", "13800138000", "恩施", "东区", "大理市", "城关镇", "\x00", "\u200b", "𠮷"]
)  # fmt: skip


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=LONGEST), st.lists(PIECES, max_size=60).map(lambda them: "".join(them)[:LONGEST])
    )
)
def test_any_text_is_read_and_what_is_found_can_be_kept(text):
    it = read_line(text)
    for name in ("phone", "landline", "email"):
        if value := getattr(it, name):
            assert rules.address_field(name, value) == value
    assert all(0 < sure <= 1 for sure in it.confidence.values())
    assert {name for name in it.confidence if name != "confidence"} <= set(asdict(it))
    assert all(value for name, value in asdict(it).items() if name in it.confidence)


@pytest.mark.parametrize(
    "again", ["吉林", "吉林收货人", "东区江北", "朝阳  ", "北京市-", "恩施(", "1380013800", "收货人：", "a@"]
)
def test_no_text_takes_long(again):
    read_line("x")
    began = time.thread_time()
    read_line((again * LONGEST)[:LONGEST])
    assert time.thread_time() - began < 0.5


TOWNS = sorted((it for it in atlas().by_code.values() if it.level == TOWN), key=lambda it: it.code)


def test_made_up_lines_of_the_table_itself():
    """Every 40th town with a house behind it, under a made-up name and number."""
    chance = random.Random(1)
    wrong = []
    for it in TOWNS[::40]:
        place = atlas().place(it)
        whole = "".join(dict.fromkeys((place.province, place.city, place.district, place.town)))
        made = line(f"{whole}人民路{chance.randrange(1, 900)}号", chance)
        got = read_line(made.text)
        if (got.province, got.city, got.district, got.town, got.phone) != (
            *asdict(place).values(),
            made.phone,
        ):
            wrong.append(made.text)
        assert got.name in {made.name, ""} or made.style == "glued"
    assert len(wrong) <= len(TOWNS[::40]) * 0.01, wrong


# ---- the measurement ----

ROWS = [
    Address("浙江省杭州市西湖区文三路5号", {"province": "浙江省", "city": "杭州市", "district": "西湖区"}),
    Address("义乌市北苑街道1号", {"province": "", "city": "义乌市", "district": ""}),
    Address("上海市黄浦区1号", {"province": "", "city": "上海市", "district": "黄浦区"}),
    Address("无此区1号", {"province": "", "city": "", "district": "无此区"}),
]


def test_names_are_compared_but_for_their_rank():
    assert same("杭州", "杭州市")
    assert not same("", "")
    assert not same("杭州市", "湖州市")


def test_what_counts_as_a_hit_and_as_a_failure():
    assert counted(ROWS[0]) == dict.fromkeys(("province", "city", "district"), (1, 0, 0))
    assert counted(ROWS[1])["district"] == (0, 1, 0)
    assert list(failures(ROWS[1], "district")) == ["read, but marked as city"]
    assert list(failures(ROWS[1], "city")) == ["missed: by the table of another level"]
    assert counted(ROWS[2])["city"] == (1, 0, 0)
    assert list(failures(ROWS[3], "district")) == ["missed: not in the table (misspelt, or a zone)"]


def test_the_page_has_the_figures():
    figures = {
        "measured_at": "x", "seed": 1, "load_before": 0, "load_after": 0, "addresses": divisions(ROWS),
        "lines": lines([it.text for it in ROWS] * 20),
    }  # fmt: skip
    page = "\n".join(page_lines(figures))
    assert "| province | 0.99 | 0.96 | 1.000" in page
    assert "read, but marked as city 1" in page
    assert not any(it.text in page for it in ROWS)


@pytest.mark.data
def test_the_data_is_read(data):
    them = read(data / "address_zh" / "dev.jsonl")[:300]
    found = divisions(them)
    assert found["count"] == 300
    assert all(found["f1"][field]["value"] > 0.93 for field in ("province", "city", "district"))
