"""Option matrices: axes in order, cells, what two variants may not share."""

from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.options import OptionAxis, axes_of, cell, doubled, in_order, incomplete

RED_S, RED_M, BLUE_S = {"颜色": "红", "尺码": "S"}, {"颜色": "红", "尺码": "M"}, {"颜色": "蓝", "尺码": "S"}


def test_axes_come_in_the_order_they_are_first_named():
    assert axes_of([RED_S, RED_M, BLUE_S]) == (
        OptionAxis("颜色", ("红", "蓝")),
        OptionAxis("尺码", ("S", "M")),
    )


def test_a_files_own_axes_come_first_and_keep_values_nobody_sells():
    named = {"尺码": ["S", "M", "L"], "款式": []}
    assert axes_of([RED_M, BLUE_S], named) == (
        OptionAxis("尺码", ("S", "M", "L")),
        OptionAxis("颜色", ("红", "蓝")),
    )


def test_a_value_the_file_forgot_stands_behind():
    assert axes_of([RED_S], {"颜色": ["蓝"]})[0] == OptionAxis("颜色", ("蓝", "红"))


def test_two_variants_in_one_cell_are_seen():
    axes = axes_of([RED_S, RED_M])
    assert doubled([RED_S, RED_M, BLUE_S], axes) is None
    assert doubled([RED_S, RED_M, dict(reversed(RED_S.items()))], axes) == ("红", "S")
    assert doubled([{}, {}], ()) == ()
    assert doubled([{}], ()) is None


def test_a_variant_that_leaves_an_axis_out_is_seen():
    axes = axes_of([RED_S])
    assert not incomplete([RED_S], axes)
    assert incomplete([RED_S, {"颜色": "蓝"}], axes)
    assert cell({"颜色": "蓝"}, axes) == ("蓝", "")


def test_options_are_told_in_the_order_of_the_axes():
    axes = axes_of([], {"尺码": ["S"], "颜色": ["红"]})
    assert list(in_order(RED_S | {"香型": "无"}, axes)) == ["尺码", "颜色", "香型"]


cells = st.lists(
    st.fixed_dictionaries({"颜色": st.sampled_from("红蓝绿"), "尺码": st.sampled_from("SML")}), max_size=9
)


@given(cells)
def test_variants_are_told_apart_exactly_when_their_cells_are(variants):
    axes = axes_of(variants)
    places = [cell(it, axes) for it in variants]
    assert (doubled(variants, axes) is None) == (len(set(places)) == len(places))
    assert not incomplete(variants, axes)
    for it, place in zip(variants, places, strict=True):
        assert dict(zip((axis.name for axis in axes), place, strict=True)) == it
        assert all(value in axis.values for axis, value in zip(axes, place, strict=True))
