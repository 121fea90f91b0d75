"""Published statistics, for everybody: figures with their error, what they took of the budget, the risk as measured."""

import csv
import io
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from mingpu.lib.text import Text
from mingpu.statistics.queries import Proposal, budget, published
from mingpu.statistics.rules import ATTACKS, LIMITS, STATISTICS
from mingpu.web.head import Head, same
from mingpu.web.plots import bars

_TITLE = Text("公开统计", "Statistics")


@require_safe
def statistics_page(request: HttpRequest) -> HttpResponse:
    """GET /statistics -> what is published, newest quarter first, or how it will come to be."""
    found = published()
    facts = {
        "quarters": [
            {"name": name, "items": [_facts(it) for it in items]}
            for name, items in groupby(found, key=lambda it: it.quarter)
        ],
        "budget": budget(), "limits": LIMITS, "planned": [str(it.title) for it in STATISTICS.values()],
        "head": Head(str(_TITLE), same(reverse("statistics"))),
    }  # fmt: skip
    return render(request, "statistics.html", facts)


@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- a view's
    """GET /statistics.csv -> one line a cell."""
    rows = io.StringIO()
    writer = csv.writer(rows)
    writer.writerow(
        ["quarter", "statistic", "cell", "value", "error_95", "epsilon", "k_at_least", "risk_at_most"]
    )
    for it in published():
        for figure in it.figures:
            value = "" if figure.value is None else figure.value
            writer.writerow(
                [it.quarter, it.statistic, figure.cell, value, it.error, it.epsilon, LIMITS.k, _risk(it)]
            )
    return HttpResponse(
        rows.getvalue(), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="mingpu-statistics.csv"'},
    )  # fmt: skip


def _facts(it: Proposal) -> dict[str, Any]:
    figures = [(str(one.label), one.value) for one in it.figures]
    return {
        "id": it.statistic, "title": it.title, "plot": bars(figures, it.error), "figures": figures, "error": it.error,
        "epsilon": it.epsilon.normalize(), "bound": it.bound, "risk": _risk(it),
        "risks": [
            {"label": ATTACKS[name], "value": round(risk.value, 2), "high": round(risk.high, 2)}
            for name, risk in it.measures.risks.items() if name in ATTACKS
        ],
    }  # fmt: skip


def _risk(it: Proposal) -> float:
    return round(it.measures.worst, 2)


urlpatterns = [
    path("statistics", statistics_page, name="statistics"),
    path("statistics.csv", statistics_csv, name="statistics_csv"),
]
