"""What is kept in a process: bounded, and never older than the catalogue by more than a moment."""

import threading
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.cache import News, ProductShelf, Shelf, Watch


class Catalogue:
    """A catalogue that counts how often it is asked."""

    def __init__(self) -> None:
        self.number, self.changed, self.asked = 1, frozenset[UUID](), 0

    def look(self, since: int | None) -> News:
        self.asked += 1
        return News(self.number, None if since is None else self.changed)

    def change(self, *ids: UUID) -> None:
        self.number += 1
        self.changed = frozenset(ids)


@pytest.fixture
def catalogue():
    return Catalogue()


@pytest.fixture
def pass_by(monkeypatch):
    """A clock of the shelf's own, which goes on when a test says so: by so many seconds."""
    moment = [1000.0]
    monkeypatch.setattr("mingpu.catalog.cache.time", SimpleNamespace(monotonic=lambda: moment[0]))

    def later(seconds: float) -> None:
        moment[0] += seconds

    return later


def shelf(catalogue: Catalogue, **options) -> tuple[Watch, Shelf[str, str]]:
    watch = Watch(catalogue.look, seconds=options.pop("look_seconds", 0.0))
    return watch, Shelf(watch, **{"entries": 3, "size": 100, **options})


def put(watch: Watch, it: Shelf[str, str], key: str, size: int = 1) -> None:
    it.put(key, key.upper(), size=size, seen=watch.number())


def test_what_is_put_is_there_until_the_catalogue_moves(catalogue):
    watch, it = shelf(catalogue)
    put(watch, it, "a")
    assert it.get("a") == "A"
    catalogue.change()
    assert it.get("a") is None


def test_the_catalogue_is_asked_once_a_while_not_once_a_reader(catalogue):
    watch, it = shelf(catalogue, look_seconds=60)
    for _ in range(100):
        it.get("a")
    assert catalogue.asked == 1
    watch.look_again()
    it.get("a")
    assert catalogue.asked == 2


def test_a_second_is_the_longest_a_reader_stays_behind(catalogue, pass_by):
    watch, it = shelf(catalogue, look_seconds=0.05)
    put(watch, it, "a")
    catalogue.change()
    assert it.get("a") == "A"
    pass_by(0.06)
    assert it.get("a") is None


def test_the_least_used_goes_first(catalogue):
    watch, it = shelf(catalogue, entries=2)
    put(watch, it, "a")
    put(watch, it, "b")
    it.get("a")
    put(watch, it, "c")
    assert [it.get(key) for key in "abc"] == ["A", None, "C"]


def test_what_is_larger_than_the_shelf_is_not_kept(catalogue):
    watch, it = shelf(catalogue, size=10)
    put(watch, it, "a", size=11)
    assert it.get("a") is None
    assert it.size == 0


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 60)), max_size=40))
def test_the_bounds_hold_whatever_is_put(rows):
    watch, it = shelf(Catalogue(), entries=4, size=100)
    for key, size in rows:
        put(watch, it, key, size)
        assert len(it) <= 4
        assert it.size <= 100
        assert it.get(key) == key.upper()


def test_what_was_read_before_a_change_is_not_kept_after_it(catalogue):
    watch, it = shelf(catalogue)
    seen = watch.number()
    catalogue.change()
    watch.number()
    it.put("a", "old", size=1, seen=seen)
    assert it.get("a") is None


def test_an_entry_can_have_its_own_time(catalogue, pass_by):
    watch, it = shelf(catalogue, seconds=0.03)
    put(watch, it, "a")
    assert it.get("a") == "A"
    pass_by(0.04)
    assert it.get("a") is None


def test_a_list_made_while_the_index_settles_is_kept_only_so_long(catalogue, monkeypatch, pass_by):
    monkeypatch.setattr("mingpu.catalog.cache.SETTLE_SECONDS", 0.05)
    watch, it = shelf(catalogue, from_index=True)
    put(watch, it, "a")  # the first look is a change like any other
    pass_by(0.06)
    assert it.get("a") is None
    put(watch, it, "a")
    pass_by(0.06)
    assert it.get("a") == "A"


def test_of_single_products_only_the_changed_ones_go_in_every_language(catalogue):
    watch = Watch(catalogue.look, seconds=0.0)
    it = ProductShelf[str](watch, entries=10, size=100)
    one, two = uuid4(), uuid4()
    seen = watch.number()
    for key in (one, two):
        for language in ("", "zh-hans", "en"):
            it.put((str(key), language), "x", size=1, seen=seen)
    catalogue.change(one)
    assert [it.get((str(one), language)) for language in ("", "zh-hans", "en")] == [None, None, None]
    assert it.get((str(two), "en")) == "x"
    assert len(it) == it.size == 3


def test_when_it_is_not_known_what_changed_all_products_go(catalogue):
    watch = Watch(lambda _: News(catalogue.number, None), seconds=0.0)
    it = ProductShelf[str](watch, entries=10, size=100)
    it.put((str(uuid4()), "en"), "x", size=1, seen=watch.number())
    catalogue.number += 1
    watch.number()
    assert len(it) == it.size == 0


def test_a_look_that_fails_is_told_and_tried_again(catalogue):
    answers = iter([OSError("away"), News(5, None)])

    def look(_since):
        it = next(answers)
        if isinstance(it, Exception):
            raise it
        return it

    watch = Watch(look, seconds=60)
    with pytest.raises(OSError, match="away"):
        watch.number()
    assert watch.number() == 5


def test_threads_share_a_shelf(catalogue):
    watch, it = shelf(catalogue, entries=50, size=1000)
    troubles: list[Exception] = []

    def work(name: int) -> None:
        try:
            for turn in range(300):
                key = f"{(name * turn) % 70}"
                put(watch, it, key, size=turn % 30)
                assert it.get(key) in {key.upper(), None}
                if turn % 50 == 0:
                    catalogue.change()
        except Exception as error:  # noqa: BLE001 -- told below, in the thread that can
            troubles.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles
    assert 0 <= it.size <= 1000
