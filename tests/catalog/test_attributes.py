"""What values mean: what fits, what is measured, what lists are filtered by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.attributes import (
    BOOLEAN,
    CHOICE,
    KINDS,
    NUMBER,
    TEXT,
    Definition,
    Definitions,
    facets_of,
    measured,
    value_shown,
    yes_or_no,
)

VOLUME = Definition("容量", "Capacity", NUMBER, "ml", facet=True)
CHARGE = Definition("容量", "", NUMBER, "mAh", facet=True, category=("数码", "充电"))
COLOUR = Definition("颜色", "Colour", CHOICE, choices=("红", "蓝"), facet=True)
WASHABLE = Definition("可拆洗", "Removable cover", BOOLEAN, facet=True)
MATERIAL = Definition("材质", facet=True)
ORIGIN = Definition("产地")
ALL = Definitions([VOLUME, CHARGE, COLOUR, WASHABLE, MATERIAL, ORIGIN])


def test_the_nearest_category_says_what_an_attribute_means():
    deeper = Definition("容量", "", TEXT, category=("数码", "充电", "车充"))
    known = Definitions([deeper, VOLUME, CHARGE])
    assert known.of("容量") is VOLUME
    assert known.of("容量", ("家电",)) is VOLUME
    assert known.of("容量", ("数码", "充电", "移动电源")) is CHARGE
    assert known.of("容量", ("数码", "充电", "车充")) is deeper
    assert known.of("重量", ("数码",)) is None


def test_an_attribute_is_called_the_same_in_english_everywhere():
    assert ALL.english("容量") == "Capacity"
    assert (ALL.english("产地"), ALL.english("没有")) == ("", "")


@pytest.mark.parametrize(
    ("it", "value", "fits"),
    [
        (VOLUME, "500毫升", True),
        (VOLUME, "500", False),
        (VOLUME, "大", False),
        (CHARGE, "500毫升", False),
        (COLOUR, "红", True),
        (COLOUR, "绿", False),
        (Definition("颜色", kind=CHOICE), "绿", True),
        (WASHABLE, "是", True),
        (WASHABLE, "支持", True),
        (WASHABLE, "也许", False),
        (ORIGIN, "", True),
    ],
)
def test_what_fits(it, value, fits):
    assert it.fits(value) is fits


def test_numbers_are_measured_beside_the_values_they_were_given_as():
    given_ = {"容量": ["0.5L", "大", "300 ml"], "颜色": ["红"], "别的": ["5 kg"]}
    numbers, strange = measured(given_, ALL, ("厨房",))
    assert numbers == {"容量": [500.0, None, 300.0]}
    assert strange == ("容量",)


def test_values_that_do_not_fit_are_told_and_measure_nothing():
    numbers, strange = measured({"容量": ["大"], "颜色": ["绿"], "可拆洗": ["也许"], "材质": ["木"]}, ALL, ())
    assert numbers == {}
    assert strange == ("容量", "颜色", "可拆洗")


def test_a_facet_has_one_spelling_for_one_quantity():
    found = facets_of(
        [("容量", ["500毫升", "0.5 L"]), ("容量", ["500ml"]), ("可拆洗", ["支持"]), ("产地", ["中国"])],
        ALL,
        (),
    )
    assert found == (("容量", "500 ml"), ("可拆洗", "是"))


def test_what_does_not_fit_is_no_facet():
    assert facets_of([("容量", ["大"]), ("颜色", ["绿", "蓝"]), ("不详", ["x"])], ALL, ()) == (
        ("颜色", "蓝"),
    )


def test_a_facet_goes_by_the_category():
    assert facets_of([("容量", ["10000 mAh", "1 L"])], ALL, ("数码", "充电")) == (("容量", "10000 mAh"),)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("是", True),
        (" 有 ", True),
        ("YES", True),
        ("否", False),
        ("不支持", False),
        ("", None),
        ("或许", None),
    ],
)
def test_a_yes_is_a_yes_in_any_word(word, said):
    assert yes_or_no(word) is said


def test_numbers_and_yeses_are_shown_in_the_readers_language():
    assert value_shown(VOLUME, "0.5L", 500.0, chinese=True) == "500 毫升"
    assert value_shown(VOLUME, "0.5L", 500.0, chinese=False) == "500 ml"
    assert value_shown(VOLUME, "大", None, chinese=True) is None
    assert value_shown(WASHABLE, "支持", None, chinese=True) == "是"
    assert value_shown(WASHABLE, "无", None, chinese=False) == "No"
    assert value_shown(COLOUR, "红", None, chinese=False) is None


values = st.lists(
    st.text(max_size=20) | st.from_regex(r"\d{1,5}(\.\d)? ?(ml|L|毫升|kg)", fullmatch=True), max_size=5
)


@given(
    st.dictionaries(st.sampled_from(["容量", "颜色", "可拆洗", "材质", "产地", "别的"]), values),
    st.sampled_from(sorted(KINDS)),
)
def test_whatever_is_given_numbers_stand_beside_values(attributes, kind):
    known = Definitions([Definition(name, kind=kind, unit="ml", facet=True) for name in attributes])
    numbers, strange = measured(attributes, known, ())
    assert set(strange) <= set(attributes)
    for name, found in numbers.items():
        assert len(found) == len(attributes[name])
        assert (None in found) == (name in strange)
    for name, value in facets_of(attributes.items(), known, ()):
        assert value
        assert known.of(name) is not None
