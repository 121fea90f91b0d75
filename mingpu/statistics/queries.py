"""What analysts, the desk and the public see of statistics: cells, proposals, the budget, published figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from mingpu.lib.clock import now
from mingpu.lib.kept import kept
from mingpu.lib.text import Text
from mingpu.privacy.purposes import Purpose, processing
from mingpu.statistics import models
from mingpu.statistics.rules import STATISTICS, Budget, Measures, margin, measures_from, quarter_name

PROPOSED, APPROVED, REFUSED, DRAWN, PUBLISHED = "proposed", "approved", "refused", "drawn", "published"
STATES: Mapping[str, Text] = {
    PROPOSED: Text("待审批", "to be decided"),
    APPROVED: Text("已批准", "approved"),
    REFUSED: Text("未批准", "not approved"),
    DRAWN: Text("已取数，未公布", "drawn, not published"),
    PUBLISHED: Text("已公布", "published"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One cell as analysts see it."""

    statistic: str
    cell: str
    n: int
    people: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One published cell: value with random error, None where it is not shown."""

    cell: str
    label: Text
    value: int | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A publication and how far it has come.

    error: what the error of a figure is below in 95 of 100 cases. decided_by: "" while nobody did.
    """

    id: UUID
    statistic: str
    title: Text
    since: date
    epsilon: Decimal
    bound: int
    error: int
    mechanism: str
    measures: Measures
    asked_by: str
    asked_at: datetime
    decided_by: str
    state: str
    at: datetime | None
    figures: tuple[Figure, ...] = ()

    @property
    def quarter(self) -> str:
        """The quarter as it is said."""
        return quarter_name(self.since)


def cells(since: date) -> list[Seen]:
    """Return the cells of a quarter, in the analyst's zone; empty until it was closed."""
    with processing(Purpose.STATISTICS, subject=None, reference=quarter_name(since), reading=True):
        rows = models.Cell.objects.filter(since=since).order_by("statistic", "cell")
        return [Seen(*row) for row in rows.values_list("statistic", "cell", "n", "people")]


def budget() -> Budget:
    """Return what is spent: in this year, and for each quarter."""
    rows = models.Spending.objects.values("since").annotate(sum=Sum("epsilon"))
    year = now().year
    spent = models.Spending.objects.filter(at__year=year).aggregate(sum=Sum("epsilon"))["sum"]
    return Budget(year, spent or Decimal(0), {row["since"]: row["sum"] for row in rows})


def publications() -> list[Proposal]:
    """Return every publication, newest first, without figures."""
    rows = models.Publication.objects.select_related("approval", "spending").order_by("-asked_at", "id")
    known = set(models.Figure.objects.values_list("publication_id", flat=True).distinct())
    return [_proposal(row, (), done=row.id in known) for row in rows]


def waiting() -> list[Proposal]:
    """Return the publications nobody has decided on, oldest first."""
    return [it for it in reversed(publications()) if it.state == PROPOSED]


@kept(30)
def published() -> list[Proposal]:
    """Return what is published, newest quarter first, each with its figures; up to half a minute old."""
    found: dict[UUID, list[models.Figure]] = {}
    for figure in models.Figure.objects.order_by("publication_id", "position"):
        found.setdefault(figure.publication_id, []).append(figure)
    rows = models.Publication.objects.filter(id__in=found).select_related("approval", "spending")
    order = {name: place for place, name in enumerate(STATISTICS)}
    made = [
        _proposal(row, tuple(_figure(row.statistic, it) for it in found[row.id]), done=True) for row in rows
    ]
    return sorted(made, key=lambda it: (-it.since.toordinal(), order.get(it.statistic, len(order))))


def _figure(statistic: str, it: models.Figure) -> Figure:
    known = STATISTICS.get(statistic)
    label = known.labels.get(it.cell) if known else None
    return Figure(it.cell, label or Text(it.cell, it.cell), it.value)


def _proposal(row: models.Publication, figures: tuple[Figure, ...], *, done: bool) -> Proposal:
    decided: models.Approval | None = getattr(row, "approval", None)
    drawn: models.Spending | None = getattr(row, "spending", None)
    known = STATISTICS.get(row.statistic)
    state = PROPOSED if decided is None else APPROVED if decided.granted else REFUSED
    state = PUBLISHED if done else DRAWN if drawn else state
    return Proposal(
        id=row.id, statistic=row.statistic, title=known.title if known else Text(row.statistic, row.statistic),
        since=row.since, epsilon=row.epsilon, bound=row.bound, error=margin(row.bound, float(row.epsilon)),
        mechanism=row.mechanism, measures=measures_from(row.measures), asked_by=row.asked_by, asked_at=row.asked_at,
        decided_by=decided.by if decided else "", state=state, at=drawn.at if drawn else None, figures=figures,
    )  # fmt: skip
