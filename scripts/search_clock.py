"""Reading the clock and saying how sure a figure is."""

import os
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import mean
from typing import Any, TypeVar

from scripts.search_data import SEED

RESAMPLES = 10_000
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}

Result = TypeVar("Result")


def alone(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function of a module in a process of its own, so that what it holds and where it runs is its own."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def pin() -> int:
    """Keep this process on one core from now on; return which."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def timed(call: Callable[[Any], object], arguments: Sequence[Any]) -> dict[str, Any]:
    """Call once for each argument; return the count and milliseconds by the clock (`wall`) and of this thread (`own`)."""
    wall, own = [], []
    for argument in arguments:
        began, spent = time.perf_counter(), time.thread_time()
        call(argument)
        own.append((time.thread_time() - spent) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    return {"count": len(wall), "wall": spread(wall), "own": spread(own)}


def spread(taken: Sequence[float]) -> dict[str, float]:
    """Return p50, p95, p99 and the greatest of some milliseconds."""
    ordered = sorted(taken) or [0.0]
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in SHARES.items()}
    return {name: round(value, 3) for name, value in (at | {"max": ordered[-1]}).items()}


def interval(values: Sequence[float]) -> dict[str, float]:
    """Return the mean and its bootstrap 95 % interval."""
    chance = random.Random(SEED)  # noqa: S311 - resampling, not secrets
    means = sorted(mean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    low, high = means[int(RESAMPLES * 0.025)], means[int(RESAMPLES * 0.975)]
    return {"value": round(mean(values), 4), "low": round(low, 4), "high": round(high, 4)}


def load() -> float:
    """Return how many processes wanted a core in the last minute: others' work slows ours."""
    return round(os.getloadavg()[0], 1)
