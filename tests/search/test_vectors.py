"""Vectors of titles on disk, and the nearest of them."""

import math
import os
import time
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.search.vectors import FOLDER, Vectors, mark_of

SIZE = 8
FAR = time.monotonic() + 1e6
numbers = st.lists(st.floats(-1, 1, width=32).filter(lambda it: abs(it) > 0.01), min_size=SIZE, max_size=SIZE)


def name(number: int) -> str:
    return str(UUID(int=number + 1))


def kept(path: Path, *vectors: list[float]) -> Vectors:
    made = Vectors(path, model="m", dimensions=SIZE)
    made.put({name(n): (mark_of(f"title {n}"), it) for n, it in enumerate(vectors)})
    return made


def cosine(one: list[float], other: list[float]) -> float:
    together = sum(a * b for a, b in zip(one, other, strict=True))
    return together / (math.hypot(*one) * math.hypot(*other))


def axis(place: int) -> list[float]:
    return [float(it == place) for it in range(SIZE)]


def test_nothing_is_near_where_nothing_is_kept(tmp_path: Path):
    empty = Vectors(tmp_path, model="m", dimensions=SIZE)
    assert empty.nearest(axis(0), most=3, least=-1, until=FAR) == []
    assert (empty.count(), empty.marks([name(0)]), empty.level()) == (0, {}, None)
    assert not (tmp_path / FOLDER).exists()


@given(
    vectors=st.lists(numbers, min_size=1, max_size=40), asked=numbers, least=st.sampled_from([-1.0, 0.0, 0.7])
)
@settings(max_examples=60, deadline=None)
def test_the_nearest_are_those_whose_directions_are(tmp_path_factory, vectors, asked, least):
    made = kept(tmp_path_factory.mktemp("v"), *vectors)
    found = made.nearest(asked, most=5, least=least, until=FAR)
    true = sorted((cosine(asked, it) for it in vectors), reverse=True)
    assert [it for _, it in found] == sorted((it for _, it in found), reverse=True)
    assert len({key for key, _ in found}) == len(found)
    for key, likeness in found:  # numbers kept as bytes are off by a hundredth
        assert math.isclose(likeness, cosine(asked, vectors[UUID(key).int - 1]), abs_tol=0.05)
    within = [it for it in true if it >= least + 0.05][:5]
    assert len(found) >= len(within)
    assert all(math.isclose(it[1], best, abs_tol=0.05) for it, best in zip(found, within, strict=False))


def test_a_vector_is_replaced_forgotten_and_its_place_used_by_none(tmp_path: Path):
    made = kept(tmp_path, axis(0), axis(1), axis(2))
    made.put({name(1): (mark_of("other"), axis(3))}, drop=[name(0), name(77)])
    assert made.marks([name(0), name(1), name(2)]) == {name(1): mark_of("other"), name(2): mark_of("title 2")}
    assert made.count() == 2
    assert made.nearest(axis(0), most=3, least=0.5, until=FAR) == []
    assert [it for it, _ in made.nearest(axis(3), most=3, least=0.5, until=FAR)] == [name(1)]
    assert len(made.nearest(axis(5), most=3, least=-1, until=FAR)) == 2  # a free row is no neighbour


def test_another_process_sees_what_is_written(tmp_path: Path):
    writer = kept(tmp_path, axis(0))
    reader = Vectors(tmp_path, model="m", dimensions=SIZE)
    assert [it for it, _ in reader.nearest(axis(0), most=9, least=0.5, until=FAR)] == [name(0)]
    writer.put({name(0): (mark_of("moved"), axis(1)), name(5): (mark_of("new"), axis(0))})
    assert [it for it, _ in reader.nearest(axis(0), most=9, least=0.5, until=FAR)] == [name(5)]
    assert [it for it, _ in reader.nearest(axis(1), most=9, least=0.5, until=FAR)] == [name(0)]


def test_vectors_of_two_models_have_nothing_to_do_with_each_other(tmp_path: Path):
    kept(tmp_path, axis(0))
    for other in (
        Vectors(tmp_path, model="n", dimensions=SIZE),
        Vectors(tmp_path, model="m", dimensions=SIZE * 2),
    ):
        assert other.count() == 0


def test_what_a_killed_writer_left_half_is_written_over(tmp_path: Path):
    made = kept(tmp_path, axis(0), axis(1))
    ids = next((tmp_path / FOLDER).glob("*.ids"))
    codes = next((tmp_path / FOLDER).glob("*.codes"))
    with ids.open("ab") as file:
        file.write(b"half a row")
    with codes.open("ab") as file:
        file.write(bytes(SIZE + 3))
    again = Vectors(tmp_path, model="m", dimensions=SIZE)
    assert again.count() == made.count() == 2
    again.put({name(2): (mark_of("c"), axis(2))})
    assert [it for it, _ in again.nearest(axis(2), most=9, least=0.9, until=FAR)] == [name(2)]
    assert again.count() == 3
    os.truncate(codes, SIZE)  # less than the ids refer to: those are not read
    lost = Vectors(tmp_path, model="m", dimensions=SIZE)
    assert [it for it, _ in lost.nearest(axis(0), most=9, least=-1, until=FAR)] == [name(0)]


def test_who_has_no_time_is_told_so(tmp_path: Path):
    with pytest.raises(TimeoutError):
        kept(tmp_path, axis(0)).nearest(axis(0), most=3, least=0, until=time.monotonic() - 1)


def test_the_level_is_kept(tmp_path: Path):
    made = kept(tmp_path, axis(0))
    made.remember(41)
    made.remember(42)
    assert Vectors(tmp_path, model="m", dimensions=SIZE).level() == 42
    assert Vectors(tmp_path, model="n", dimensions=SIZE).level() is None


def test_held_against_titles(tmp_path: Path):
    made = kept(tmp_path, axis(0), axis(1), axis(2))
    found = made.compare({name(0): "title 0", name(1): "title one", name(9): "title 9"})
    assert (found.held, found.missing, found.stale, found.extra) == (3, (name(9),), (name(1),), (name(2),))
