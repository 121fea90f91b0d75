"""Counting a quarter, and the way of a statistic to the public: proposed, decided by somebody else, published.

Exact counts exist in one place only, between the database's answer to `publish` and the error added to it.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connection

from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, MallError, NotFound
from mingpu.lib.text import Text
from mingpu.privacy import counted
from mingpu.privacy.purposes import Purpose, processing
from mingpu.statistics import models, queries
from mingpu.statistics.errors import (
    AlreadyDrawn,
    BudgetExhausted,
    DecidedBefore,
    NotApproved,
    OwnApproval,
    QuarterOpen,
    TooFewPeople,
)
from mingpu.statistics.rules import (
    LIMITS,
    MECHANISM,
    STATISTICS,
    THIS_QUARTER,
    Measures,
    quarter_name,
    refusals,
    scale,
    shown,
    unaffordable,
)

Profile = tuple[str, str, str, str]  # how often, how paid, how fast, what goods
Measure = Callable[[Sequence[Profile], float], Measures]
Noise = Callable[[Sequence[int], float], Sequence[int]]


def close(since: date) -> bool:
    """Count a quarter for the analysts, in their zone; False when that was done before, and stands.

    since: its first day. Raises QuarterOpen.
    """
    try:
        with processing(Purpose.STATISTICS, subject=None, reference=quarter_name(since)):
            return bool(_ask("SELECT mingpu.close_statistics(%s)", since)[0][0])
    except DatabaseError as error:
        raise _refusal(error) from error


def propose(*, statistic: str, since: date, epsilon: Decimal, by: str, measure: Measure) -> UUID:
    """Measure a statistic of a quarter and put it before somebody else; in the worker's zone.

    by: who asks. measure: turns kinds of people and the share of the budget into figures of risk. Raises the first
    reason of the gate (`rules.refusals`), and then nothing is kept.
    """
    if statistic not in STATISTICS or not by:
        raise Invalid(field=Text("统计项", "statistic"), problem=Text("没有这一项", "there is no such one"))
    spent = queries.budget()
    for reason in unaffordable(epsilon, spent, since):
        raise reason
    try:
        profiles: list[Profile] = [
            (a, b, c, d) for a, b, c, d in _ask("SELECT * FROM mingpu.statistic_profiles(%s)", since)
        ]
    except DatabaseError as error:
        raise _refusal(error) from error
    if len(profiles) < LIMITS.k:
        raise TooFewPeople(found=len(profiles), needed=LIMITS.k)
    measures = measure(profiles, float(epsilon))
    for reason in refusals(measures, epsilon, spent, since):
        raise reason
    made = models.Publication.objects.create(
        statistic=statistic, since=since, epsilon=epsilon, bound=STATISTICS[statistic].bound, mechanism=MECHANISM,
        measures=measures.as_json(), asked_by=by, asked_at=now(),
    )  # fmt: skip
    return made.id


def decide(publication_id: UUID, *, by: str, granted: bool) -> None:
    """Let a publication go, or not; in the desk's zone. by: a member of staff other than who asked.

    Raises NotFound, OwnApproval, DecidedBefore.
    """
    it = models.Publication.objects.filter(id=publication_id).first()
    if it is None:
        raise NotFound
    if it.asked_by == by:
        raise OwnApproval
    try:
        models.Approval.objects.create(publication=it, granted=granted, by=by, at=now())
    except IntegrityError as error:
        raise DecidedBefore from error


def publish(publication_id: UUID, *, noise: Noise) -> None:
    """Draw the counts of an approved publication once, add the error and publish; in the worker's zone.

    noise: adds error of a scale to counts. The budget is spent when the counts are drawn: a process that ends in
    between publishes nothing and cannot draw again. Raises NotFound, NotApproved, AlreadyDrawn, BudgetExhausted,
    TooFewPeople.
    """
    it = models.Publication.objects.filter(id=publication_id).first()
    if it is None:
        raise NotFound
    try:
        rows = _ask("SELECT * FROM mingpu.draw_statistic(%s)", publication_id)
    except DatabaseError as error:
        raise _refusal(error) from error
    order = {cell: place for place, cell in enumerate(STATISTICS[it.statistic].labels)}
    rows.sort(key=lambda row: (order.get(row[0], len(order)), row[0]))
    values = noise([n for _, n in rows], scale(it.bound, float(it.epsilon)))
    models.Figure.objects.bulk_create(
        models.Figure(publication=it, position=place, cell=cell, value=shown(value))
        for place, ((cell, _), value) in enumerate(zip(rows, values, strict=True))
    )


def _ask(statement: str, value: date | UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        return list(cursor.fetchall())


def _refusal(error: DatabaseError) -> Exception:
    """Return what the database refused as the mall says it; anything else as it came."""
    known: dict[str, MallError] = {
        counted.OPEN_QUARTER: QuarterOpen(),
        counted.NOT_APPROVED: NotApproved(),
        counted.DRAWN: AlreadyDrawn(),
        counted.SPENT: BudgetExhausted(left="0", where=THIS_QUARTER),
        counted.TOO_FEW: TooFewPeople(found=Text("不足", "fewer"), needed=LIMITS.k),
    }
    return known.get(str(getattr(error.__cause__, "sqlstate", "")), error)
