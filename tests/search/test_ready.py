"""Suggestions made ready: the same as those read from the terms, kept beside them, made again in time."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tantivy

from mingpu.search import ready as file
from mingpu.search import suggest as room
from mingpu.search.index import TantivyIndex
from mingpu.search.suggest import MOST_READY, NOTHING_READY, Ready, make_ready, suggest
from mingpu.search.vocabulary import FS
from tests.search.shelf import document, filled, goods

MANY = 4
WORDS = (
    "手机",
    "手机壳",
    "手表",
    "手套",
    "水壶",
    "书包",
    "沙发",
    "上衣",
    "l'oreal",
    "lamp",
    "lego",
    "lotion",
    "linen",
    "linux",
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory) -> tantivy.Searcher:
    index = TantivyIndex(tmp_path_factory.mktemp("ready") / "index")
    index.rebuild([*goods(), *(document(f"{word} {n}", brand=word) for word in WORDS for n in "ab")])
    snapshot = index._store.snapshot()
    assert snapshot
    return snapshot.searcher


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few terms count as many."""
    monkeypatch.setattr(room, "_MANY", MANY)


@pytest.fixture
def ready(few: None, searcher: tantivy.Searcher) -> Ready:
    return make_ready(searcher)


def prefixes(searcher: tantivy.Searcher) -> Iterator[str]:
    for name in ("plain", "sound", "phrase", "phrase_sound"):
        for term, _ in searcher.terms_with_prefix(name, ""):
            key = term.partition(FS)[0]
            yield from (key[:size] for size in range(1, len(key) + 1))


def test_just_the_prefixes_that_begin_many_terms_are_made_ready(searcher: tantivy.Searcher, ready: Ready):
    wide = {it for it in prefixes(searcher) if len([*room._terms(searcher, it)]) >= MANY}
    assert set(ready) == wide
    assert {"s", "sh", "手", "l"} <= wide < set(prefixes(searcher))


def test_what_is_ready_is_what_would_be_read(searcher: tantivy.Searcher, ready: Ready):
    for typed in ready:
        assert len(ready[typed]) <= MOST_READY
        for limit in (1, 3, MOST_READY - 1, MOST_READY, 2 * MOST_READY):
            assert suggest(searcher, typed, limit, ready) == suggest(searcher, typed, limit)


def test_what_is_ready_is_not_read(searcher: tantivy.Searcher):
    marked = {"s": {"标记": 9, "记号": 7}}
    assert suggest(searcher, "S", 10, marked) == ["标记", "记号"]
    assert suggest(searcher, "s", 1, marked) == ["标记"]
    assert suggest(searcher, "咖啡 s", 1, marked) == ["咖啡 标记"]
    assert suggest(searcher, "sh", 10, marked) == suggest(searcher, "sh", 10)


def test_signs_between_syllables_hide_neither_what_is_ready_nor_what_is_written_so(
    searcher: tantivy.Searcher, ready: Ready
):
    assert suggest(searcher, "s h", 10, ready) == suggest(searcher, "sh", 10, ready)
    some = {"l": ready["l"]}
    assert {"l'oreal", "lamp"} <= {*suggest(searcher, "l'", 10, some)}


def test_a_rebuild_makes_ready_and_every_reader_finds_it(few: None, tmp_path: Path):
    index = filled(tmp_path)
    snapshot = index._store.snapshot()
    assert snapshot
    assert "s" in snapshot.ready
    place = index._store.generation_path()
    assert place
    kept = json.loads((place / file.FILE).read_text(encoding="utf-8"))
    assert kept == {"records": (place / "records.bin").stat().st_size, "ready": snapshot.ready}


def test_a_reader_sees_what_is_made_ready_anew(few: None, tmp_path: Path):
    reader = filled(tmp_path)
    assert "手机" in reader.suggest("手")
    place = reader._store.generation_path()
    assert place
    beside = place / "beside"
    beside.write_text(json.dumps({"records": 1, "ready": {"手": {"标记": 9}}}), encoding="utf-8")
    beside.replace(place / file.FILE)
    reader._store.look_again()
    assert reader.suggest("手") == ["标记"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "\udcff", None], ids=["empty", "cut", "list", "bytes", "none"]
)
def test_where_nothing_can_be_read_terms_are(few: None, tmp_path: Path, text: str | None):
    place = filled(tmp_path)._store.generation_path()
    assert place
    if text is None:
        (place / file.FILE).unlink()
    else:
        (place / file.FILE).write_bytes(text.encode(errors="surrogateescape"))
    reader = TantivyIndex(tmp_path)
    assert "手机" in reader.suggest("手")
    snapshot = reader._store.snapshot()
    assert snapshot
    assert snapshot.ready == NOTHING_READY


def made_for(index: TantivyIndex) -> int:
    place = index._store.generation_path()
    assert place
    return int(json.loads((place / file.FILE).read_text(encoding="utf-8"))["records"])


def aged(index: TantivyIndex, seconds: float) -> None:
    place = index._store.generation_path()
    assert place
    then = time.time() - seconds
    os.utime(place / file.FILE, (then, then))


def test_it_is_made_again_when_the_index_has_grown_by_half(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(file, "_LITTLE", 0)
    index = filled(tmp_path)
    first = made_for(index)
    index.upsert(goods()[:2])
    index.commit()
    assert made_for(index) == first
    index.upsert(goods()[:9])
    index.commit()
    assert made_for(index) > 1.5 * first


@pytest.mark.parametrize("little", [False, True], ids=["much", "little"])
def test_it_is_made_again_after_a_day_where_there_is_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, little: bool
):
    monkeypatch.setattr(file, "_LITTLE", 10**9 if little else 0)
    index = filled(tmp_path)
    first = made_for(index)
    for age, again in ((3_600.0, False), (90_000.0, not little)):
        aged(index, age)
        index.upsert(goods()[:1])
        index.commit()
        assert (made_for(index) > first) is again


def test_an_index_of_the_time_before_is_caught_up_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(file, "_LITTLE", 0)
    index = filled(tmp_path)
    place = index._store.generation_path()
    assert place
    (place / file.FILE).unlink()
    index.upsert([document("铜壶")])
    index.commit()
    assert made_for(index) == (place / "records.bin").stat().st_size


def test_a_commit_stands_though_nothing_can_be_made_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(file, "_LITTLE", 0)
    index = filled(tmp_path)
    aged(index, 90_000.0)
    place = index._store.generation_path()
    assert place
    (place / f"{file.FILE}.new").mkdir()  # in the way
    index.upsert([document("铜壶")])
    index.commit()
    assert index.count() == 11
    assert "cannot be made ready" in caplog.text
    index.upsert([document("银壶")])  # and the next writer is let in
    index.commit()
    assert index.count() == 12
