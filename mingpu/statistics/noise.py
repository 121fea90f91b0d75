"""Random error by OpenDP. Imported by what publishes and by nothing else: it takes seconds and many megabytes."""

from collections.abc import Sequence
from typing import Any

import opendp.prelude as dp

dp.enable_features("contrib")


def laplace(counts: Sequence[int], scale: float) -> list[int]:
    """Add discrete Laplace error to whole counts.

    When one person moves the counts by at most b in all (L1), this is (b / scale)-differentially private; the
    sampler is exact, without floating point, and its randomness the system's.
    """
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    return [int(it) for it in dp.m.make_laplace(*space, scale=scale)(list(counts))]


def cost(bound: int, scale: float) -> float:
    """Return the epsilon that OpenDP itself works out for error of a scale and a bound."""
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    measurement: Any = dp.m.make_laplace(*space, scale=scale)
    return float(measurement.map(bound))
