"""Writing: updates, rebuilding, other processes, and writers that die."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from math import log
from operator import length_hint
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mingpu.search import store
from mingpu.search.errors import IndexBusy
from mingpu.search.index import TantivyIndex
from mingpu.search.rules import Document, SearchPage, SearchQuery
from mingpu.search.schema import VERSION
from mingpu.search.store import CHECK_SECONDS, Store, WriteLock, part_size
from tests.search.shelf import document, filled, found, goods, id_of

ROOT = Path(__file__).parents[2]


def generations(path: Path) -> list[Path]:
    return [entry for entry in path.iterdir() if entry.is_dir()]


def test_a_missing_index_is_an_empty_one(tmp_path: Path):
    index = TantivyIndex(tmp_path / "none" / "here")
    assert index.search(SearchQuery(q="手机", page=2, page_size=5)) == SearchPage(page=2, page_size=5)
    assert index.suggest("手") == []
    assert index.count() == 0
    index.commit()
    index.rollback()
    assert not (tmp_path / "none").exists()


def test_an_empty_index_is_an_empty_page(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    assert index.rebuild([]) == 0
    assert index.search(SearchQuery()).total == index.search(SearchQuery(q="手机")).total == 0


def test_a_product_is_replaced_not_doubled(tmp_path: Path):
    index = filled(tmp_path)
    assert index.upsert([document("铜壶", product_id=id_of("kettle").upper(), price_fen=5)]) == 1
    assert index.count() == 10
    assert found(index, "咖啡壶")[0] == "kettle"  # nothing is seen before the commit
    index.commit()
    assert index.count() == 10
    assert found(index, "铜壶") == ["kettle"]
    assert "kettle" not in found(index, "咖啡壶")


def test_of_two_with_one_id_the_last_counts(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    same = id_of("kettle")
    assert index.rebuild([document("铁壶", product_id=same), document("铜壶", product_id=same)]) == 1
    assert found(index, "铜壶") == ["kettle"]
    index.upsert([document("锡壶", product_id=same), document("银壶", product_id=same)])
    index.commit()
    assert (found(index, "银壶"), found(index, "锡"), index.count()) == (["kettle"], [], 1)


def test_deleting(tmp_path: Path):
    index = filled(tmp_path)
    assert index.delete([id_of("phone"), id_of("nobody")]) == 2
    index.commit()
    assert found(index, "手机") == ["case"]
    assert index.count() == 9
    with pytest.raises(ValueError, match="UUID"):
        index.delete(["phone"])
    index.rollback()


def test_rolling_back(tmp_path: Path):
    index = filled(tmp_path)
    index.upsert([document("铜壶")])
    index.delete([id_of("phone")])
    index.rollback()
    index.commit()
    assert index.count() == 10
    assert "phone" in found(index, "手机")


def test_a_first_update_makes_the_index(tmp_path: Path):
    index = TantivyIndex(tmp_path / "new")
    index.upsert(goods()[:2])
    index.commit()
    assert index.count() == 2


def test_a_rebuild_that_fails_leaves_the_old_index(tmp_path: Path):
    index = filled(tmp_path)

    def breaking():
        yield document("铜壶")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        index.rebuild(breaking())
    assert index.count() == 10
    assert len(generations(tmp_path)) == 1
    assert index.rebuild(goods()[:3]) == 3  # and the lock is free


def test_a_rebuild_does_not_swallow_an_open_batch(tmp_path: Path):
    index = filled(tmp_path)
    index.upsert([document("铜壶")])
    with pytest.raises(RuntimeError, match="before rebuilding"):
        index.rebuild(goods())
    index.commit()
    assert index.count() == 11


def test_one_writer_at_a_time(tmp_path: Path):
    first, second = filled(tmp_path), TantivyIndex(tmp_path, wait_seconds=0.1)
    first.upsert([document("铜壶")])
    for write in (lambda: second.upsert([]), lambda: second.delete([]), lambda: second.rebuild([])):
        with pytest.raises(IndexBusy) as refused:
            write()
        assert refused.value.status == 503
    first.commit()
    second.upsert([document("铁壶")])
    second.commit()
    assert second.count() == 12


def test_many_small_updates_stay_one_index(tmp_path: Path):
    index = filled(tmp_path)
    for round_number in range(30):
        index.upsert([document(f"铜壶{round_number}号", product_id=id_of("kettle"))])
        index.commit()
    assert index.count() == 10
    assert found(index, "铜壶29号") == ["kettle"]
    snapshot = index._store.snapshot()
    assert snapshot
    assert snapshot.searcher.num_segments < 15


def test_another_reader_sees_a_commit_soon_and_looks_seldom(tmp_path: Path, monkeypatch):
    moment = [1000.0]
    clock = SimpleNamespace(monotonic=lambda: moment[0], sleep=time.sleep)
    monkeypatch.setattr("mingpu.search.store.time", clock)
    writer, reader = filled(tmp_path), TantivyIndex(tmp_path)
    assert reader.count() == 10
    writer.upsert([document("铜壶")])
    writer.commit()
    assert reader.count() == 10  # it looked a moment ago
    moment[0] += CHECK_SECONDS + 0.05
    assert reader.count() == 11
    before = reader._store.snapshot()
    moment[0] += CHECK_SECONDS + 0.05
    assert reader._store.snapshot() is before  # nothing changed, nothing opened
    writer.rebuild(goods()[:4])
    moment[0] += CHECK_SECONDS + 0.05
    assert reader.count() == 4


def test_a_reader_goes_on_while_its_generation_is_swept_away(tmp_path: Path):
    writer, reader = filled(tmp_path), TantivyIndex(tmp_path)
    before = found(reader, sort="sales")
    writer.rebuild([])
    assert found(reader, sort="sales") == before


def test_a_reader_that_has_read_nothing_yet_goes_on_too(tmp_path: Path):
    writer, reader = filled(tmp_path), TantivyIndex(tmp_path)
    assert reader.count() == 10
    writer.upsert([document("铜壶")])
    writer.commit()
    reader._store.look_again()
    assert reader.count() == 11
    writer.rebuild([])
    assert len(found_all(reader)) == 11


def found_all(index: TantivyIndex) -> set[str]:
    return set(index.search(SearchQuery(page_size=100)).product_ids)


def test_another_process_sees_a_commit(tmp_path: Path):
    index = filled(tmp_path)
    script = (
        "import sys, time\n"
        "from mingpu.search.index import TantivyIndex\n"
        "index = TantivyIndex(sys.argv[1])\n"
        "print(index.count(), flush=True)\n"
        "until = time.monotonic() + 60\n"
        "while index.count() == 10 and time.monotonic() < until: time.sleep(.05)\n"
        "print(index.count(), flush=True)\n"
    )
    with python(script, tmp_path) as reader:
        assert said(reader) == "10\n"
        index.upsert([document("铜壶")])
        index.commit()
        assert said(reader) == "11\n"


def test_a_forked_reader_reads(tmp_path: Path):
    index = filled(tmp_path)
    assert index.count() == 10
    script = (
        "import os, sys\n"
        "from mingpu.search.index import TantivyIndex\n"
        "from mingpu.search.rules import SearchQuery\n"
        "index = TantivyIndex(sys.argv[1])\n"
        "index.search(SearchQuery(q='手机'))\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os._exit(index.search(SearchQuery(q='手机')).total)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    with python(script, tmp_path) as parent:
        assert said(parent) == "2\n"


WRITER = (
    "import sys, uuid\n"
    "from mingpu.search.index import TantivyIndex\n"
    "from mingpu.search.rules import Document\n"
    "index = TantivyIndex(sys.argv[1])\n"
    "made = lambda n: [Document(str(uuid.uuid4()), f'铜壶{i}') for i in range(n)]\n"
    "print('ready', flush=True)\n"
    "while True:\n"
    "    before = index.count()\n"
    "    index.upsert(made(10))\n"
    "    index.commit()\n"
    "    if before > 60: index.rebuild(made(20))\n"
)


def test_a_killed_writer_leaves_what_was_committed(tmp_path: Path):
    index, chance = TantivyIndex(tmp_path), random.Random(7)
    for _ in range(6):
        with python(WRITER, tmp_path) as writer:
            assert said(writer) == "ready\n"
            time.sleep(chance.uniform(0.02, 0.4))
            os.kill(writer.pid, signal.SIGKILL)
        survivor = TantivyIndex(tmp_path, wait_seconds=5)
        held = survivor.count()
        assert held % 10 == 0  # whole batches only
        assert survivor.search(SearchQuery(q="铜壶")).total == held
    index.upsert([document("银壶")])
    index.commit()
    assert index.search(SearchQuery(q="银壶")).total == 1
    assert len(generations(tmp_path)) == 1  # what the dead left was swept


def said(process: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    assert process.stdout
    return process.stdout.readline()


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize(
    "damage", ["CURRENT", "meta.json", "gone", "elsewhere", "version", "short", "empty", "lost"]
)
def test_a_damaged_index_is_empty_until_it_is_rebuilt(tmp_path: Path, damage: str):
    filled(tmp_path)
    place = Store(tmp_path).generation_path()
    assert place
    current = tmp_path / "CURRENT"
    if damage == "CURRENT":
        current.write_bytes(b"\xff\x00broken")
    elif damage == "meta.json":
        (place / "meta.json").write_text("{")
    elif damage == "gone":
        (place / "meta.json").unlink()
    elif damage in ("short", "empty"):
        records = place / "records.bin"
        records.write_bytes(records.read_bytes()[: -5 if damage == "short" else 0])
    elif damage == "lost":
        (place / "records.bin").unlink()
    elif damage == "elsewhere":
        current.write_text(f"{VERSION}-../../etc")
    else:
        current.write_text(place.name.replace(f"{VERSION}-", f"{VERSION + 1}-"))
    index = TantivyIndex(tmp_path)
    assert index.search(SearchQuery(q="手机")).total == 0
    assert index.suggest("手") == []
    assert index.rebuild(goods()) == 10
    assert len(generations(tmp_path)) == 1


def test_the_write_lock_waits_its_turn(tmp_path: Path):
    held = WriteLock(tmp_path, wait_seconds=0)
    with pytest.raises(IndexBusy):
        WriteLock(tmp_path, wait_seconds=0)
    held.release()
    WriteLock(tmp_path, wait_seconds=0).release()


class Updates(RuleBasedStateMachine):
    """Whatever is written in whatever order, the index holds what a dictionary would."""

    @initialize()
    def begin(self) -> None:
        self.place = tempfile.TemporaryDirectory()
        self.index = TantivyIndex(self.place.name)
        self.held: dict[str, Document] = {}
        self.pending: dict[str, Document | None] = {}

    @rule(name=st.sampled_from("abcdef"), price=st.integers(0, 99))
    def upsert(self, name: str, price: int) -> None:
        product = document(f"铜壶 {name}", product_id=id_of(name), price_fen=price)
        self.index.upsert([product])
        self.pending[product.product_id] = product

    @rule(name=st.sampled_from("abcdef"))
    def delete(self, name: str) -> None:
        self.index.delete([id_of(name)])
        self.pending[id_of(name)] = None

    @rule()
    def commit(self) -> None:
        self.index.commit()
        merged = self.held | self.pending
        self.held = {name: product for name, product in merged.items() if product}
        self.pending = {}

    @rule()
    def rollback(self) -> None:
        self.index.rollback()
        self.pending = {}

    @rule(names=st.sets(st.sampled_from("abcdef")))
    def rebuild(self, names: set[str]) -> None:
        self.commit()
        products = [document(f"铁壶 {name}", product_id=id_of(name), price_fen=7) for name in names]
        assert self.index.rebuild(products) == len(products)
        self.held = {product.product_id: product for product in products}

    @invariant()
    def holds_what_was_committed(self) -> None:
        if not hasattr(self, "index"):
            return
        page = self.index.search(SearchQuery(sort="price", page_size=100))
        assert set(page.product_ids) == set(self.held)
        prices = [self.held[product_id].price_fen or 0 for product_id in page.product_ids]
        assert prices == sorted(prices)

    def teardown(self) -> None:
        if hasattr(self, "index"):
            self.index.rollback()
            self.place.cleanup()


TestUpdates = Updates.TestCase
TestUpdates.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)


def test_a_lock_given_back_is_free_though_a_process_forked_meanwhile_lives(tmp_path: Path):
    lock = WriteLock(tmp_path, wait_seconds=0)
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    try:
        lock.release()
        WriteLock(tmp_path, wait_seconds=0).release()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_full_disk_keeps_nobody_from_writing_later(tmp_path: Path, end: str):
    index, other = filled(tmp_path), TantivyIndex(tmp_path, wait_seconds=0)
    index.delete([id_of("tea")])
    assert index._batch
    index._batch.records.close()
    index._batch.records._file = Path("/dev/full").open("ab")  # noqa: SIM115 -- closed with the batch
    index.upsert([document("铜壶")])
    if end == "commit":
        with pytest.raises(OSError, match="No space"):
            index.commit()
    else:
        index.rollback()
    assert set(found(index, page_size=100)) == set(found(filled(tmp_path / "same"), page_size=100))
    other.upsert([document("银壶")])
    other.commit()
    assert other.count() == 11


@given(st.integers(1, 10**8))
def test_products_are_written_in_parts_that_come_to_lie_in_one_piece(products: int):
    size = part_size(products)
    assert size <= 20_000
    whole = round(log(-(-products // size), 8))
    assert abs(products / size / 8**whole - 1) < 0.01  # by eights


def test_how_many_nobody_said_are_one_part():
    assert part_size(0) > 10**9


@pytest.mark.parametrize("told", [True, False])
def test_a_rebuild_in_parts_is_one_piece(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: bool):
    monkeypatch.setattr(store, "_PART", 2)
    kettle = id_of("kettle")
    others = [document(f"铜壶{n}") for n in range(14)]
    last = document("银壶", product_id=kettle)
    every = [document("铁壶", product_id=kettle), *others, last]
    index = TantivyIndex(tmp_path)
    assert index.rebuild(every if told else (it for it in every)) == 15
    snapshot = index._store.snapshot()
    assert snapshot
    assert snapshot.searcher.num_segments == 1
    assert index.compare([*others, last]).differences == 0
    assert index.search(SearchQuery(q="铜壶")).total == 14


def test_what_is_left_out_makes_parts_smaller_not_fewer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """As a mall's products are read in batches, and those not shown are passed over."""
    monkeypatch.setattr(store, "_PART", 4)

    class Shown(Iterator[Document]):
        def __init__(self) -> None:
            self._left = iter(range(32))

        def __next__(self) -> Document:
            number = next(self._left)
            return document(f"铜壶{number}") if number % 4 else next(self)

        def __length_hint__(self) -> int:
            return length_hint(self._left)

    index = TantivyIndex(tmp_path)
    assert index.rebuild(Shown()) == 24
    snapshot = index._store.snapshot()
    assert snapshot
    assert snapshot.searcher.num_segments == 1
