"""What may be asked, and how values are spelt."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.lib.errors import Invalid
from mingpu.lib.text import speaking
from mingpu.search.rules import (
    MAX_QUERY,
    PRICE_STEPS,
    SORTS,
    Document,
    SearchQuery,
    category_value,
    category_values,
    price_range,
    price_value,
)

ID = "7F3F2A34-5B5E-4E52-9B5B-0A1B2C3D4E5F"


def test_a_product_id_has_one_spelling():
    assert Document(ID, "壶").product_id == str(UUID(ID)) == ID.lower()


@pytest.mark.parametrize("wrong", ["", "1", "not-an-id", ID + "0"])
def test_a_product_id_is_a_uuid(wrong: str):
    with pytest.raises(ValueError, match="UUID"):
        Document(wrong, "壶")


@pytest.mark.parametrize(
    "wrong", [{"page": 0}, {"page": -3}, {"page_size": 0}, {"page_size": 101}, {"sort": "cheap"}]
)
def test_an_unanswerable_query_is_refused_in_both_languages(wrong: dict[str, Any]):
    with pytest.raises(Invalid) as refused:
        SearchQuery(**wrong)
    assert refused.value.status == 422
    field = next(iter(wrong))
    for language in ("zh-hans", "en"):
        with speaking(language):
            assert field in refused.value.message


@pytest.mark.parametrize("sort", SORTS)
def test_the_orders_of_the_contract_are_accepted(sort: str):
    assert SearchQuery(sort=sort).sort == sort


def test_an_endless_query_is_cut():
    assert len(SearchQuery(q="手" * 10_000).q) == MAX_QUERY


def test_a_slash_in_a_name_is_no_level():
    assert category_value(["美妆", "隔离/妆前"]) == "美妆/隔离／妆前"
    assert category_values(["美妆", "隔离/妆前"]) == ["美妆", "美妆/隔离／妆前"]
    assert category_values(["", "  "]) == []
    assert category_value([]) == ""


@given(st.lists(st.text(max_size=8), max_size=5))
def test_every_level_begins_with_the_one_above(path: list[str]):
    values = category_values(path)
    assert all(below.startswith(above) for above, below in pairwise(values))
    assert len(values) == sum(bool(name.strip()) for name in path)


def test_price_steps_begin_with_nothing_and_grow():
    assert PRICE_STEPS[0] == 0
    assert all(one < two and two % 100 == 0 for one, two in pairwise(PRICE_STEPS))


@given(st.integers(0, 10**12), st.none() | st.integers(0, 10**12))
def test_a_price_value_reads_back(low: int, high: int | None):
    assert price_range(price_value(low, high)) == (low, high)


@pytest.mark.parametrize("wrong", ["", "-", "5", "a-b", "-5", "1-2-3", "１-２", "9" * 40 + "-"])
def test_other_price_values_are_refused(wrong: str):
    with pytest.raises(Invalid):
        price_range(wrong)
