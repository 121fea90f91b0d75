"""What a publication must hold to: quarters, measures, the budget and the gate. No database, no libraries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, log
from typing import Any, Final

from mingpu.lib.errors import Invalid, MallError
from mingpu.lib.text import Text
from mingpu.privacy.counted import Limits, Statistic, limits, statistics
from mingpu.privacy.register import REGISTER
from mingpu.statistics.errors import (
    BudgetExhausted,
    EpsilonTooLarge,
    RiskTooHigh,
    TooAlike,
    TooFewPeople,
    TooTelling,
)

LIMITS: Final[Limits] = limits(REGISTER)
STATISTICS: Final[Mapping[str, Statistic]] = statistics(REGISTER)
MECHANISM: Final = "discrete_laplace"
SURE: Final = 0.95  # of the margins and intervals that are shown
ATTACKS: Final = {
    "singling_out": Text("挑出一个人", "singling one person out"),
    "linkability": Text("把两份资料认作同一人", "linking two records of one person"),
    "inference": Text("猜出买了什么", "inferring what was bought"),
}
THIS_QUARTER, THIS_YEAR = Text("这个季度", "for this quarter"), Text("今年", "for this year")


@dataclass(frozen=True, slots=True)
class Risk:
    """What an attack gained over guessing, 0 to 1, and the interval it lies in (95 %)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured before a publication.

    people: in the set it was measured on. k, l, t: of its kinds of people. risks: by attack (`ATTACKS`).
    """

    people: int
    k: int
    l: int  # noqa: E741 -- the name the literature gives it
    t: float
    risks: Mapping[str, Risk]

    def as_json(self) -> dict[str, Any]:
        """Return it as a publication keeps it."""
        risks = {name: [it.value, it.low, it.high] for name, it in self.risks.items()}
        return {"people": self.people, "k": self.k, "l": self.l, "t": self.t, "risks": risks}

    @property
    def worst(self) -> float:
        """The most any of the attacks may gain."""
        return max((it.high for it in self.risks.values()), default=1.0)


def measures_from(kept: Mapping[str, Any]) -> Measures:
    """Read what `as_json` wrote."""
    risks = {name: Risk(*values) for name, values in kept["risks"].items()}
    return Measures(kept["people"], kept["k"], kept["l"], kept["t"], risks)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is spent of the privacy budget, in one year and by quarter (first day -> sum)."""

    year: int
    spent: Decimal
    quarters: Mapping[date, Decimal]

    @property
    def total(self) -> Decimal:
        """What there is in a year."""
        return Decimal(str(LIMITS.epsilon_year))

    @property
    def left(self) -> Decimal:
        """What is left of the year."""
        return self.total - self.spent

    def left_for(self, since: date) -> Decimal:
        """Return what is left for a quarter."""
        return Decimal(str(LIMITS.epsilon_period)) - self.quarters.get(since, Decimal(0))


# ---- quarters ----


def quarter(said: str) -> date:
    """Read `2026Q3` as the first day of that quarter; raises Invalid."""
    year, _, number = said.upper().partition("Q")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and number in {"1", "2", "3", "4"}):  # noqa: PLR2004
        raise Invalid(field=Text("季度", "quarter"), problem=Text("例如 2026Q3", "such as 2026Q3"))
    return date(int(year), 3 * int(number) - 2, 1)


def quarter_name(since: date) -> str:
    """Return a quarter as it is said: 2026Q3."""
    return f"{since.year}Q{(since.month + 2) // 3}"


def last_quarter(today: date) -> date:
    """Return the first day of the last quarter that is over."""
    this = date(today.year, today.month - (today.month - 1) % 3, 1)
    before = this - timedelta(days=1)
    return date(before.year, before.month - 2, 1)


# ---- noise ----


def scale(bound: int, epsilon: float) -> float:
    """Return the scale of the error: one person moves the counts by `bound` in all, at most."""
    return bound / epsilon


def margin(bound: int, epsilon: float) -> int:
    """Return what the error of a figure is below in 95 of 100 cases."""
    return ceil(scale(bound, epsilon) * log(1 / (1 - SURE)))


def shown(value: int) -> int | None:
    """Return a count with error as it is published; None where it is below k, whatever lies behind it."""
    return value if value >= LIMITS.k else None


# ---- the gate ----


def refusals(
    measures: Measures, epsilon: Decimal, budget: Budget, since: date, bounds: Limits = LIMITS
) -> Iterator[MallError]:
    """Yield every reason not to publish; none for what may go to approval."""
    yield from unaffordable(epsilon, budget, since, bounds)
    if measures.k < bounds.k:
        yield TooFewPeople(found=measures.k, needed=bounds.k)
    if measures.l < bounds.l:
        yield TooAlike(found=measures.l, needed=bounds.l)
    if measures.t > bounds.t:
        yield TooTelling(found=f"{measures.t:.2f}", allowed=bounds.t)
    for name, words in ATTACKS.items():
        high = (
            measures.risks[name].high if name in measures.risks else 1.0
        )  # not measured counts as the worst
        if high > bounds.risk:
            yield RiskTooHigh(attack=words, found=f"{high:.2f}", allowed=bounds.risk)


def unaffordable(
    epsilon: Decimal, budget: Budget, since: date, bounds: Limits = LIMITS
) -> Iterator[MallError]:
    """Yield the reasons for which a publication cannot be paid for, whatever is measured."""
    if not 0 < epsilon <= Decimal(str(bounds.epsilon_each)):
        yield EpsilonTooLarge(allowed=bounds.epsilon_each)
    if epsilon > budget.left_for(since):
        yield BudgetExhausted(left=f"{budget.left_for(since):.2f}", where=THIS_QUARTER)
    if epsilon > budget.left:
        yield BudgetExhausted(left=f"{budget.left:.2f}", where=THIS_YEAR)
