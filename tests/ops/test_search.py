"""`mingpu search`: what it says of an index."""

from mingpu.ops.commands.search import told
from mingpu.search.rules import Verified


def test_an_index_as_it_should_be():
    assert told(Verified(held=3)) == [
        "索引中的商品 / products in the index: 3",
        "与商品目录一致 / the same as the catalogue",
    ]


def test_differences_are_named_by_kind_and_not_endlessly():
    lines = told(Verified(held=30, missing=tuple(f"m{n}" for n in range(25)), extra=("e",)))
    assert lines[1] == "缺少 / missing: 25"
    assert sum(line.startswith("  m") for line in lines) == 20
    assert lines[-2:] == ["多余 / extra: 1", "  e"]
