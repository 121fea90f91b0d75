"""How long it takes to read all vectors for the nearest, by how many there are."""

import random
import time
from array import array
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from mingpu.search.akin import MOST
from mingpu.search.vectors import Vectors
from scripts.search_clock import pin, timed
from scripts.search_data import SEED

COUNTS = (10_000, 100_000, 1_000_000)
SIZES = (256, 512, 1024)  # dimensions
ASKED = 50
_AT_ONCE = 10_000
_MOST_NUMBERS = 256_000_000  # of one measurement, a byte each


def measure_vectors(place: Path) -> dict[str, Any]:
    """Keep made-up vectors at a place and ask for the nearest; return milliseconds by "products x dimensions"."""
    pin()
    found = {}
    for size in SIZES:
        kept = Vectors(place, model="made up", dimensions=size)
        chance = random.Random(SEED)  # noqa: S311 - sampling, not secrets
        held = 0
        for count in (it for it in COUNTS if it * size <= _MOST_NUMBERS):
            for start in range(held, count, _AT_ONCE):
                kept.put({str(UUID(int=n + 1)): (bytes(8), it) for n, it in _made_up(chance, size, start)})
            held = count
            asked = [vector for _, vector in _made_up(chance, size, 0, ASKED)]
            until = time.monotonic() + 1e6
            nearest = partial(kept.nearest, most=MOST, least=0.1, until=until)
            found[f"{count:,} × {size}"] = timed(nearest, asked)
    return found


def vector_lines(it: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    yield from (
        (
            f"The {MOST} nearest of made-up vectors, {ASKED} times each, one thread kept on one core, by reading all of them. "
            "Milliseconds by the clock, and of the thread itself. What the model takes for a query comes on top."
        ),
        "",
        "| products × dimensions | p50 | p99 | own p50 | own p99 |",
        "|---|--:|--:|--:|--:|",
    )
    for name, ms in it.items():
        wall, own = ms["wall"], ms["own"]
        yield f"| {name} | {wall['p50']:.1f} | {wall['p99']:.1f} | {own['p50']:.1f} | {own['p99']:.1f} |"


def _made_up(
    chance: random.Random, size: int, start: int, count: int = _AT_ONCE
) -> Iterator[tuple[int, "array[int]"]]:
    """Yield vectors of chance, each with its number."""
    for number in range(start, start + count):
        yield number, array("b", (max(byte - 128, -127) for byte in chance.randbytes(size)))
