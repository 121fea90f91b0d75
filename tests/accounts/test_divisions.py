"""The table of divisions: four levels, former names, what can be chosen below what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.lib.divisions import CITY, DISTRICT, MUNICIPALITIES, PROVINCE, TOWN, Place, atlas, short_names

TABLE = atlas()
ALL = sorted(TABLE.by_code.values(), key=lambda it: it.code)
FIELDS = ("province", "city", "district", "town")


def meant(name):
    """The places a name can mean, as addresses write them."""
    return {TABLE.place(one.it) for one in TABLE.names.get(name, ())}


def test_the_country_is_whole():
    assert len(TABLE.below("")) == 34
    levels = [it.level for it in ALL if not it.former]
    assert (levels.count(CITY), levels.count(DISTRICT), levels.count(TOWN)) == (333, 2845, 38723)
    assert all(not it.parent or TABLE.by_code[it.parent].level < it.level for it in ALL)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("西湖区", {Place("浙江省", "杭州市", "西湖区"), Place("江西省", "南昌市", "西湖区")}),
        ("浦东", {Place("上海市", "上海市", "浦东新区")}),
        ("仙桃", {Place("湖北省", "仙桃市")}),
        ("东莞", {Place("广东省", "东莞市")}),
        ("景宁县", {Place("浙江省", "丽水市", "景宁畲族自治县")}),
        ("恩施州", {Place("湖北省", "恩施土家族苗族自治州")}),
        ("广西省", {Place("广西壮族自治区")}),
        ("香港", {Place("香港特别行政区", "香港特别行政区")}),
        ("魏", set()),
    ],
    ids=[
        "two",
        "new-area",
        "under-province",
        "undivided",
        "autonomous",
        "prefecture",
        "region",
        "harbour",
        "one-sign",
    ],
)
def test_what_a_name_means(name, place):
    assert meant(name) == place


@pytest.mark.parametrize(
    ("name", "place", "former"),
    [
        ("襄樊市", Place("湖北省", "襄阳市"), False),  # renamed: the code is the same
        ("余杭市", Place("浙江省", "杭州市", "余杭区"), False),  # of another rank
        ("绍兴县", Place("浙江省", "绍兴市", "绍兴县"), True),  # gone, within memory
        ("下城区", Place("浙江省", "杭州市", "下城区"), True),
    ],
    ids=["renamed", "raised", "gone", "merged"],
)
def test_names_of_former_times_lead_to_where_the_place_is_now(name, place, former):
    assert meant(name) == {place}
    assert TABLE.names[name][0].it.former is former


def test_a_former_place_can_be_read_but_not_chosen():
    offered = TABLE.choices(Place("浙江省", "杭州市"))["district"]
    assert "临平区" in offered
    assert "下城区" not in offered


@pytest.mark.parametrize(
    ("place", "level", "some"),
    [
        (Place(), "province", "浙江省"),
        (Place("上海市"), "city", "上海市"),
        (Place("上海市", "上海市"), "district", "黄浦区"),
        (Place("湖北省"), "city", "仙桃市"),
        (Place("湖北省", "仙桃市"), "town", "张沟镇"),
        (Place("广东省", "东莞市"), "town", "虎门镇"),
        (Place("浙江省", "杭州市", "西湖区"), "town", "翠苑街道"),
        (Place("黑龙江省", "大兴安岭地区"), "town", "卫东街道"),
        (Place("黑龙江省", "大兴安岭地区"), "district", "漠河市"),
        (Place("黑龙江省", "大兴安岭地区", "漠河市"), "town", "北极镇"),
    ],
    ids=[
        "provinces",
        "municipality",
        "its-districts",
        "county-city",
        "its-towns",
        "undivided",
        "towns",
        "beside-districts",
        "districts-beside",
        "towns-of-those",
    ],
)
def test_what_can_be_chosen_below(place, level, some):
    assert some in TABLE.choices(place)[level]


def test_every_place_can_be_chosen_level_by_level():
    """All of them, not some by chance: the few that lie otherwise are what it is about."""
    seen: dict[Place, dict[str, tuple[str, ...]]] = {}
    for it in ALL:
        place = TABLE.place(it)
        chosen = Place()
        for field in FIELDS:
            if value := getattr(place, field):
                if not it.former or field != "district":
                    if chosen not in seen:
                        seen[chosen] = TABLE.choices(chosen)
                    assert value in seen[chosen][field], place
                chosen = Place(**{name: getattr(place, name) for name in FIELDS[: FIELDS.index(field) + 1]})


@given(st.sampled_from(ALL))
def test_a_short_name_is_shorter_or_says_the_same(it):
    for short in short_names(it):
        assert len(short) >= 2
        assert short[:2] == it.name[:2]
        assert short != it.name


@given(st.sampled_from(ALL), st.sampled_from(ALL))
def test_within_is_what_the_path_says(one, other):
    assert TABLE.within(one, other) == (other in TABLE.path(one))


def test_municipalities_are_provinces():
    assert {TABLE.by_code[code].level for code in MUNICIPALITIES} == {PROVINCE}
