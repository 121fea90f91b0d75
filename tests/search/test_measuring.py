"""What search is measured with: variants of queries, made-up queries, and a page that parts are added to."""

import json
import random
from pathlib import Path

import pytest

from mingpu.search.recognise import Span
from scripts import measure_search
from scripts.measure_search import arguments, keep, measured
from scripts.search_clock import alone, interval, spread
from scripts.search_recognition import scored
from scripts.search_scale import LONGEST, build, built, fuzz, held, made_up, replay, scale_lines
from scripts.search_variants import TURNS, full_width, homophones, in_pinyin, lookalikes, mistype, variants

FUZZ = {
    "items": 3, "queries": 2, "longest": 9, "errors": {}, "slow": 0, "own": spread([1.0, 2.0]),
}  # fmt: skip
API = {
    "filled": {"seconds": 1.0}, "index": "own", "queries": 5, "statuses": {"200": 5}, "found_nothing": 0.2, "median_kb": 3.0,
    "ms": {"count": 5, "wall": spread([4.0]), "own": spread([2.0])},
}  # fmt: skip


def test_variants_are_the_same_every_time_and_change_the_text():
    texts = ["儿童连衣裙", "usb数据线", "!"]
    made = variants(texts)
    assert made == variants(texts)
    assert made["traditional"] == [["兒童連衣裙", "usb數據線", "!"]]
    assert made["full-width"] == [["儿童连衣裙", "ｕｓｂ数据线", "！"]]
    assert made["pinyin"][0][:2] == ["ertonglianyiqun", "usb shujuxian"]
    for kind in ("homophone typo", "shape typo"):
        assert len(made[kind]) == TURNS
        for turn in made[kind]:
            assert turn[2] == "!"  # nothing in it can be mistyped
            for text, was in zip(turn[:2], texts, strict=False):
                assert sum(one != other for one, other in zip(text, was, strict=True)) == 1


def test_a_typo_sounds_or_looks_alike():
    assert "做" in homophones("作")
    assert "作" not in homophones("作")
    assert "青" in lookalikes("清")
    typed = mistype("a清b", random.Random(3), choices=lookalikes)
    assert typed[0] + typed[2] == "ab"
    assert typed[1] in lookalikes("清")
    assert in_pinyin("") == full_width("") == mistype("", random.Random(3), choices=homophones) == ""


def test_made_up_queries_are_many_kinds_and_the_same_every_time():
    made = list(made_up(["连衣裙"], 300))
    assert made == list(made_up(["连衣裙"], 300))
    assert all(1 <= len(query) <= LONGEST for query in made)
    assert max(map(len, made)) > LONGEST / 2
    whole = "".join(made)
    assert "连衣裙" in whole
    assert any("\ud800" <= char <= "\udfff" for char in whole)
    assert any(char < " " for char in whole)


def test_a_span_counts_when_ends_and_kind_are_right():
    wanted = [frozenset({Span(0, 2, "brand"), Span(3, 5, "product")}), frozenset()]
    found = [frozenset({Span(0, 2, "product"), Span(3, 5, "product")}), frozenset({Span(0, 1, "brand")})]
    assert scored(wanted, found) == {"spans": 2, "precision": 0.3333, "recall": 0.5, "f1": 0.4}
    assert scored([frozenset()], [frozenset()])["f1"] == 0


def test_figures_say_how_sure_they_are():
    sure = interval([1.0] * 20)
    assert sure == {"value": 1.0, "low": 1.0, "high": 1.0}
    unsure = interval([0.0, 1.0] * 20)
    assert unsure["low"] < unsure["value"] == 0.5 < unsure["high"]
    assert spread(list(map(float, range(100)))) == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 99.0}


def test_parts_measured_at_different_times_share_a_page(tmp_path: Path):
    (tmp_path / "search.json").write_text('{"latency": "as it was kept before there were parts"}')
    keep(tmp_path, "fuzz", 0, measured(lambda: FUZZ))
    for size in (100_000, 3_000, 3_000):
        keep(tmp_path, "api", size, measured(lambda: API))
    kept = json.loads((tmp_path / "search.json").read_text())
    assert set(kept) == {"seed", "parts"}
    assert set(kept["parts"]["api"]) == {"3000", "100000"}
    assert kept["parts"]["fuzz"]["figures"] == FUZZ
    page = (tmp_path / "search.md").read_text()
    heads = [line for line in page.splitlines() if line.startswith("#")]
    assert heads == [
        "# Search, measured",
        "## The API's answer",
        "### 3,000 items",
        "### 100,000 items",
        "## Fuzz",
    ]
    assert page.count("Measured at") == 3


def test_an_index_given_is_for_one_size():
    assert arguments(["--only", "scale", "--sizes", "5", "--index", "x"]).index == Path("x")
    assert arguments([]).only == measure_search.PARTS
    for said in (
        ["--index", "x"],
        ["--only", "scale", "api", "--sizes", "5", "--api-size", "6", "--index", "x"],
    ):
        with pytest.raises(SystemExit):
            arguments(said)


@pytest.mark.data
def test_a_size_is_built_once_replayed_and_fuzzed(data: Path, tmp_path: Path):
    place = tmp_path / "index"
    assert held(place) == 0
    assert built(place) is None
    build(data, place, 300)
    assert held(place) == 300
    found = alone(replay, data, place, 40)  # it keeps its process on one core
    assert (found["items"], found["queries"], found["ms"]["search"]["count"]) == (300, 40, 40)
    assert found["build"] == built(place)
    assert 0 < found["disk_mb"]["records"] < found["disk_mb"]["all"]
    assert "Built at" in "\n".join(scale_lines("300", found))
    assert "had been built before" in "\n".join(scale_lines("300", {**found, "build": None}))
    assert alone(fuzz, data, place, 60)["errors"] == {}
