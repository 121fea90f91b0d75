"""Published statistics as JSON; needs no sign-in."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from mingpu.api.base import only, whole
from mingpu.statistics.queries import Proposal, budget, published
from mingpu.statistics.rules import LIMITS

router = Router(tags=["statistics"])


class FigureOut(Schema):
    """One cell. value: a count with random error; null where it would be below k, whatever lies behind it."""

    cell: str
    label: str
    value: int | None


class RiskOut(Schema):
    """What an attack gained over guessing when it was tried, 0 to 1, and the upper end of its interval (95 %)."""

    attack: str
    value: float
    high: float


class StatisticOut(Schema):
    """One published statistic of a quarter.

    error_95: what the error of a value is below in 95 of 100 cases. epsilon: what it took of the budget. bound: rows
    of one person that count at most. k_at_least, l_at_least, t_at_most: what was held to before it was published.
    """

    statistic: str
    title: str
    quarter: str
    figures: list[FigureOut]
    error_95: int
    mechanism: str
    epsilon: float
    bound: int
    k_at_least: int
    l_at_least: int
    t_at_most: float
    risks: list[RiskOut]
    published_at: datetime


class BudgetOut(Schema):
    """The privacy budget of the year: what there is, what is spent, and what there is for one quarter."""

    year: int
    total: float
    spent: float
    left: float
    per_quarter: float


class StatisticsOut(Schema):
    """All that is published, newest quarter first, on one page."""

    total: int
    items: list[StatisticOut]
    page: int
    page_size: int
    budget: BudgetOut


@router.get("/statistics", response=StatisticsOut, auth=None)
def statistics(request: HttpRequest) -> dict[str, Any]:
    """Return the published figures, each with its error, share of the budget and measured risk."""
    only(request)
    spent = budget()
    return {
        **whole([_statistic(it) for it in published()]),
        "budget": {
            "year": spent.year, "total": spent.total, "spent": spent.spent, "left": spent.left,
            "per_quarter": LIMITS.epsilon_period,
        },
    }  # fmt: skip


def _statistic(it: Proposal) -> dict[str, Any]:
    return {
        "statistic": it.statistic, "title": str(it.title), "quarter": it.quarter, "error_95": it.error,
        "mechanism": it.mechanism, "epsilon": it.epsilon, "bound": it.bound, "k_at_least": LIMITS.k,
        "l_at_least": LIMITS.l, "t_at_most": LIMITS.t, "published_at": it.at,
        "figures": [{"cell": one.cell, "label": str(one.label), "value": one.value} for one in it.figures],
        "risks": [
            {"attack": name, "value": round(risk.value, 2), "high": round(risk.high, 2)}
            for name, risk in it.measures.risks.items()
        ],
    }  # fmt: skip
