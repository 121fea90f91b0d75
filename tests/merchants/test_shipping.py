"""What delivery costs, wherever to and however much."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.merchants.demo import MERCHANTS
from mingpu.merchants.errors import NotDelivered
from mingpu.merchants.shipping import PIECE, WEIGHT, Free, Rate, Template, fee, region_name
from tests.merchants.examples import FLAT

PLACES = [
    ("浙江省", "杭州市"), ("浙江", "宁波"), ("北京市", "北京市"), ("内蒙古自治区", "呼和浩特市"), ("西藏自治区", "拉萨市"),
    ("新疆维吾尔自治区", "伊犁哈萨克自治州"), ("四川省", "甘孜藏族自治州"), ("", ""),
]  # fmt: skip
amounts = st.integers(0, 200_000)
rates = st.builds(
    Rate, st.just(()), st.integers(1, 5000), st.integers(0, 9999), st.integers(1, 5000), st.integers(0, 9999)
)
regions = st.lists(st.sampled_from([part for place in PLACES[:-1] for part in (place[0], "/".join(place))]))
frees = st.none() | st.builds(Free, amounts, st.none() | st.integers(1, 50), regions.map(tuple))


@st.composite
def templates(draw, free=frees):
    """Return some terms of delivery, with regions in several rules as no file would have them."""
    own = [replace(draw(rates), regions=tuple(draw(regions))) for _ in range(draw(st.integers(0, 3)))]
    return Template(
        name="", basis=draw(st.sampled_from([PIECE, WEIGHT])), default=draw(rates), rates=tuple(own), free=draw(free)
    )  # fmt: skip


parcels = st.fixed_dictionaries(
    {"pieces": st.integers(1, 500), "grams": amounts, "payable_fen": amounts}
)  # fmt: skip


def cost(template, place=("浙江省", "杭州市"), *, pieces=1, grams=0, payable_fen=0):
    province, city = place
    return fee(template, province=province, city=city, pieces=pieces, grams=grams, payable_fen=payable_fen)


@given(templates(), st.sampled_from(PLACES), parcels)
def test_a_fee_is_never_negative_and_free_exactly_when_it_is_nothing(template, place, parcel):
    it = cost(template, place, **parcel)
    assert it.fen >= 0
    assert it.free is (it.fen == 0)
    assert it.reason.zh
    assert it.reason.en


@given(templates(free=st.none()), st.sampled_from(PLACES), parcels, amounts, st.integers(0, 500))
def test_more_goods_never_cost_less_to_deliver(template, place, parcel, grams, pieces):
    more = {**parcel, "grams": parcel["grams"] + grams, "pieces": parcel["pieces"] + pieces}
    assert cost(template, place, **parcel).fen <= cost(template, place, **more).fen


@given(templates(), st.sampled_from(PLACES), parcels)
def test_the_fee_is_the_sum_of_its_steps(template, place, parcel):
    """Counted step by step, as a person with scales would."""
    rates = [*template.rates, template.default]
    amount = parcel["pieces"] if template.basis == PIECE else parcel["grams"]
    possible = {0} if template.free else set()
    for rate in rates:
        fen, covered = rate.first_fen, rate.first
        while covered < amount:
            fen, covered = fen + rate.next_fen, covered + rate.next
        possible.add(fen)
    assert cost(template, place, **parcel).fen in possible


@given(st.integers(1, 100_000), st.sampled_from(PLACES))
def test_free_delivery_begins_exactly_at_its_threshold(threshold, place):
    template = replace(FLAT, free=Free(from_fen=threshold))
    assert [cost(template, place, payable_fen=threshold + it).fen for it in (-1, 0, 1)] == [800, 0, 0]


@given(st.integers(2, 1000))
def test_free_delivery_begins_exactly_at_its_number_of_pieces(threshold):
    template = replace(FLAT, free=Free(from_pieces=threshold))
    assert [cost(template, pieces=threshold + it).fen for it in (-1, 0, 1)] == [800, 0, 0]


def test_free_delivery_holds_where_it_says():
    template = replace(FLAT, free=Free(from_fen=100, regions=("浙江省", "江苏/苏州")))
    paid = {"payable_fen": 100}
    assert cost(template, ("浙江", "宁波市"), **paid).free
    assert cost(template, ("江苏省", "苏州市"), **paid).free
    assert not cost(template, ("江苏省", "南京市"), **paid).free


@given(amounts)
def test_the_own_shop_asks_what_it_always_asked(payable_fen):
    assert cost(FLAT, payable_fen=payable_fen).fen == (0 if payable_fen >= 9_900 else 800)


WEIGHED = Template(
    name="", basis=WEIGHT, default=Rate((), 1000, 1000, 500, 300), no_delivery=("西藏", "江苏省/苏州市"),
    rates=(Rate(("浙江",), 1000, 600, 1000, 200), Rate(("浙江省/杭州",), 2000, 100, 1000, 50)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("grams", "fen"), [(0, 1000), (1, 1000), (1000, 1000), (1001, 1300), (1500, 1300), (1501, 1600)]
)
def test_weight_counts_by_steps_begun(grams, fen):
    assert cost(WEIGHED, ("广东省", "深圳市"), grams=grams, pieces=99).fen == fen


def test_the_city_comes_before_the_province_and_that_before_the_rest():
    assert [cost(WEIGHED, it).fen for it in (("浙江省", "杭州市"), ("浙江", "宁波市"), ("江苏", "南京"))] == [
        100,
        600,
        1000,
    ]


@pytest.mark.parametrize(
    ("place", "named"),
    [
        (("西藏自治区", "拉萨市"), "西藏"),
        ((" 西藏 自治区 ", "那曲"), "西藏"),
        (("江苏", "苏州"), "江苏省苏州市"),
    ],
)
def test_where_nothing_is_delivered_the_refusal_names_the_region(place, named):
    with pytest.raises(NotDelivered) as refused:
        cost(replace(WEIGHED, free=Free(from_fen=0)), place, payable_fen=10**6)
    assert (refused.value.code, named in refused.value.message) == ("not_delivered_there", True)
    assert not cost(WEIGHED, ("江苏", "无锡")).free


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("浙江省", "浙江"), ("北京市", "北京"), ("内蒙古自治区", "内蒙古"), ("广西壮族自治区", "广西"),
        ("新疆维吾尔自治区", "新疆"), ("宁夏回族自治区", "宁夏"), ("香港特别行政区", "香港"), ("杭州市", "杭州"),
        ("恩施土家族苗族自治州", "恩施"), ("恩施州", "恩施"), ("海西蒙古族藏族自治州", "海西"), ("阿里地区", "阿里"),
        ("锡林郭勒盟", "锡林郭勒"), ("吉林省/吉林市", "吉林/吉林"), ("巴音郭楞蒙古自治州", "巴音郭楞"),
    ],
)  # fmt: skip
def test_a_place_is_known_by_its_long_and_its_short_name(long, short):
    assert region_name(long) == region_name(short) == short


def test_places_with_short_names_stay_what_they_are():
    assert [region_name(it) for it in ("杭州", "广州", "沙市", "市")] == ["杭州", "广州", "沙市", "市"]


def test_the_fee_is_explained():
    it = cost(WEIGHED, ("广东", "深圳"), grams=1501)
    assert it.reason.zh == "1 公斤以内 10.00 元，续 1 公斤 6.00 元"
    assert it.reason.en == "¥10.00 up to 1 kg, ¥6.00 for 1 kg more"
    assert cost(FLAT, pieces=3).reason.zh == "每单 8.00 元"
    assert cost(FLAT, payable_fen=9900).reason.en == "Free delivery from ¥99.00"


@pytest.mark.parametrize("wrong", [{"pieces": 0}, {"grams": -1}, {"payable_fen": -1}])
def test_amounts_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=r".*"):
        cost(FLAT, **wrong)


def test_terms_that_cannot_be_are_refused():
    for make in (
        lambda: Rate((), 0, 1, 1, 1),
        lambda: Rate((), 1, 1, 1, -1),
        Free,
        lambda: replace(FLAT, basis="x"),
    ):
        with pytest.raises(ValueError, match=r".*"):
            make()


def test_remote_places_cost_more_at_the_demo_merchants():
    (_, pottery), (_, pantry) = MERCHANTS
    near, far = ("江西省", "南昌市"), ("四川省", "甘孜藏族自治州")
    assert cost(pottery, near).fen < cost(pottery, ("广东省", "广州市")).fen < cost(pottery, far).fen
    for place in (("西藏", "拉萨"), ("新疆", "乌鲁木齐")):
        with pytest.raises(NotDelivered):
            cost(pottery, place)
        assert cost(pantry, place).fen > cost(pantry, near).fen
