"""Products side by side: rows of attributes, and where they differ."""

from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.comparison import compare
from mingpu.catalog.structure import Spec, SpecValue
from tests.search.test_related import page


def made(**told):
    """A product of these attributes: name -> values."""
    specs = tuple(Spec(name, name, tuple(SpecValue(it) for it in values)) for name, values in told.items())
    object.__setattr__(it := page(), "specs", specs)
    return it


TOLD = st.dictionaries(
    st.sampled_from(["容量", "材质", "颜色"]), st.lists(st.sampled_from("甲乙丙"), min_size=1, max_size=3)
)


def test_rows_stand_in_the_order_in_which_they_are_named():
    rows = compare([made(容量=["1 L"], 材质=["钢"]), made(颜色=["雾灰"], 材质=["钢"])])
    assert [(row.label, row.cells, row.differs) for row in rows] == [
        ("容量", (("1 L",), ()), True),
        ("材质", (("钢",), ("钢",)), False),
        ("颜色", ((), ("雾灰",)), True),
    ]


def test_the_order_of_values_is_no_difference():
    assert not compare([made(颜色=["红", "蓝"]), made(颜色=["蓝", "红"])])[0].differs
    assert compare([]) == ()


@given(st.lists(TOLD, min_size=1, max_size=4))
def test_every_product_has_a_cell_in_every_row_and_nothing_is_lost(told):
    rows = compare([made(**it) for it in told])
    assert {row.name for row in rows} == set().union(*told)
    for row in rows:
        assert [list(cell) for cell in row.cells] == [it.get(row.name, []) for it in told]
        assert row.differs == any(set(cell) != set(row.cells[0]) for cell in row.cells)
