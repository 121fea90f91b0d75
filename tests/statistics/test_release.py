"""The way to the public: measured, decided by somebody else, drawn once, with error, within the budget."""

from decimal import Decimal
from functools import cache
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.statistics import models
from mingpu.statistics.errors import (
    AlreadyDrawn,
    BudgetExhausted,
    DecidedBefore,
    EpsilonTooLarge,
    NotApproved,
    OwnApproval,
    QuarterOpen,
    TooFewPeople,
)
from mingpu.statistics.queries import budget, publications, published, waiting
from mingpu.statistics.rules import LIMITS
from mingpu.statistics.services import decide, propose, publish
from tests.people import from_owner
from tests.statistics.people import crowd, customers, product, quarter
from tests.statistics.test_rules import CHEAP, GOOD, SINCE
from tests.support import zone


@pytest.fixture(autouse=True)
def _fresh_budget():
    """A year's budget for each test: what others spent was spent in another year."""
    from_owner("UPDATE statistics_spending SET at = at - interval '3 years'", [])


@cache
def _two():
    return product("甲类"), product("乙类")


def bought(since, **payments):
    """So many people a way of paying, who bought of two categories in turn."""
    return crowd(since, _two(), **payments)


def proposal(since, *, statistic="orders_by_payment", epsilon=CHEAP, by="analyst-a", measure=lambda *_: GOOD):
    with zone("worker"):
        return propose(statistic=statistic, since=since, epsilon=epsilon, by=by, measure=measure)


def approved(since, **more):
    it = proposal(since, **more)
    with zone("desk"):
        decide(it, by="kefu", granted=True)
    return it


class Broken(Exception):
    """The process ended in the middle."""


def exact(counts, scale):
    """No error at all, to see what was drawn."""
    del scale
    return list(counts)


def go(it, noise=exact):
    with zone("worker"):
        publish(it, noise=noise)
    published.forget()


def test_a_statistic_goes_its_way_from_proposal_to_figures():
    since = quarter()
    bought(since, alipay=14, cod=12, wallet=3)
    it = proposal(since)
    with zone("desk"):
        assert it in [one.id for one in waiting()]
        decide(it, by="kefu", granted=True)
        assert it not in [one.id for one in waiting()]
    go(it)
    found = next(one for one in published() if one.id == it)
    assert {one.cell: one.value for one in found.figures} == {
        "wechatpay": None, "unionpay": None, "alipay": 14, "cod": 12, "wallet": None,
    }  # fmt: skip
    assert found.figures[0].cell == "wechatpay"  # the order of the register
    assert (found.state, found.epsilon, found.error) == ("published", CHEAP, 36)
    assert found.measures == GOOD
    assert budget().quarters[since] == CHEAP


def test_the_error_is_added_before_anything_is_kept():
    since = quarter()
    bought(since, alipay=14, cod=12)
    asked = []

    def noise(counts, scale):
        asked.append((list(counts), scale))
        return [n + 1000 for n in counts]

    it = approved(since)
    go(it, noise)
    assert asked == [([0, 0, 14, 12, 0], 12.0)]
    kept = [one.value for one in models.Figure.objects.filter(publication_id=it).order_by("position")]
    assert kept == [1000, 1000, 1014, 1012, 1000]


def test_who_is_drawn_finds_the_publication_in_their_record_of_uses():
    since = quarter()
    who = bought(since, alipay=14, cod=12)[0]
    it = approved(since)
    go(it)
    lines = from_owner("SELECT reference FROM privacy_accesslog WHERE subject = %s ORDER BY id", [who])
    assert lines == [(f"profiles {since}",), (f"published {it}",)]


def test_nobody_approves_what_they_asked_for():
    since = quarter()
    bought(since, alipay=14, cod=12)
    it = proposal(since, by="kefu")
    with zone("desk"):
        with pytest.raises(OwnApproval):
            decide(it, by="kefu", granted=True)
        models.Approval.objects.create(
            publication_id=it, granted=True, by="kefu", at=now()
        )  # past our own check
    with pytest.raises(NotApproved):
        go(it)


def test_a_decision_stands():
    since = quarter()
    bought(since, alipay=14, cod=12)
    it = proposal(since)
    with zone("desk"):
        decide(it, by="kefu", granted=False)
        with pytest.raises(DecidedBefore):
            decide(it, by="other", granted=True)
        with pytest.raises(NotFound):
            decide(uuid4(), by="kefu", granted=True)
    with pytest.raises(NotApproved):
        go(it)
    assert next(one for one in publications() if one.id == it).state == "refused"


def test_what_nobody_decided_on_is_not_drawn():
    since = quarter()
    bought(since, alipay=14, cod=12)
    with pytest.raises(NotApproved):
        go(proposal(since))
    with pytest.raises(NotFound):
        go(uuid4())


def test_the_same_budget_is_not_spent_twice_even_when_nothing_came_of_it():
    since = quarter()
    bought(since, alipay=14, cod=12)
    it = approved(since)

    def broken(counts, scale):
        raise Broken

    with pytest.raises(Broken):
        go(it, broken)
    assert budget().quarters[since] == CHEAP
    with pytest.raises(AlreadyDrawn):
        go(it)
    assert next(one for one in publications() if one.id == it).state == "drawn"


def test_the_database_itself_keeps_to_the_budget():
    since = quarter()
    bought(since, alipay=14, cod=12)
    half = Decimal(str(LIMITS.epsilon_each))
    waiting_for = [approved(since, epsilon=half) for _ in range(5)]
    for it in waiting_for[:4]:
        go(it)
    with pytest.raises(BudgetExhausted):
        go(waiting_for[4])
    with pytest.raises(BudgetExhausted):
        proposal(since)
    from_owner("UPDATE statistics_publication SET epsilon = 0.6 WHERE id = %s", [waiting_for[4]])
    with pytest.raises(BudgetExhausted):
        go(waiting_for[4])


def test_a_years_budget_ends_whatever_quarters_it_goes_to():
    half = Decimal(str(LIMITS.epsilon_each))
    spent = 0
    while spent < LIMITS.epsilon_year:
        since = quarter()
        bought(since, alipay=10)
        for _ in range(4):
            go(approved(since, epsilon=half))
            spent += float(half)
    since = quarter()
    bought(since, alipay=10)
    with pytest.raises(BudgetExhausted) as refused:
        proposal(since)
    assert "今年" in refused.value.message
    assert budget().left == 0


def test_what_falls_short_is_refused_with_its_reason_and_not_kept():
    since = quarter()
    customers(since, alipay=30)  # no goods: no kind of people can be made
    before = len(publications())
    with pytest.raises(TooFewPeople):
        proposal(since)
    with pytest.raises(EpsilonTooLarge):
        proposal(since, epsilon=Decimal(3))
    with pytest.raises(Invalid):
        proposal(since, statistic="orders_by_name")
    with pytest.raises(Invalid):
        proposal(since, by="")
    with pytest.raises(QuarterOpen):
        proposal(since.replace(year=2300))
    assert len(publications()) == before


def test_people_who_took_back_their_yes_are_not_drawn():
    since = quarter()
    people = bought(since, alipay=14, cod=12)
    it = approved(since)
    from_owner("UPDATE privacy_standing SET consents = 0 WHERE person_id = ANY(%s)", [people[:3]])
    go(it)
    values = {one.cell: one.value for one in models.Figure.objects.filter(publication_id=it)}
    assert values["alipay"] == 11
    from_owner("UPDATE privacy_standing SET consents = 0 WHERE person_id = ANY(%s)", [people])
    with pytest.raises(TooFewPeople):
        proposal(since)


def test_too_few_when_drawn_are_not_published_and_nothing_is_spent():
    since = quarter()
    people = bought(since, alipay=14, cod=12)
    it = approved(since)
    from_owner("UPDATE privacy_standing SET consents = 0 WHERE person_id = ANY(%s)", [people[9:]])
    with pytest.raises(TooFewPeople):
        go(it)
    assert since not in budget().quarters


@pytest.mark.parametrize(
    ("where", "attack"),
    [
        ("worker", "UPDATE statistics_publication SET epsilon = 0.001"),
        ("worker", "INSERT INTO statistics_approval (publication_id, granted, by, at) SELECT id, true, 'x', now() FROM statistics_publication"),
        ("worker", "DELETE FROM statistics_spending"),
        ("worker", "UPDATE statistics_spending SET epsilon = 0"),
        ("worker", "UPDATE statistics_figure SET value = 7"),
        ("desk", "UPDATE statistics_approval SET granted = true"),
        ("desk", "DELETE FROM statistics_approval"),
        ("desk", "INSERT INTO statistics_figure (publication_id, position, cell, value) SELECT id, 99, 'x', 1 FROM statistics_publication"),
        ("desk", "SELECT * FROM mingpu.draw_statistic(gen_random_uuid())"),
        ("storefront", "SELECT * FROM mingpu.draw_statistic(gen_random_uuid())"),
        ("storefront", "SELECT * FROM mingpu.statistic_profiles('2020-01-01')"),
        ("storefront", "SELECT * FROM statistics_cell"),
        ("storefront", "DELETE FROM statistics_figure"),
        ("worker", "SELECT mingpu.close_statistics('2020-01-01')"),
        ("worker", "SELECT * FROM mingpu.statistic_cells('orders_by_week', '2020-01-01', '2020-04-01')"),
    ],
)  # fmt: skip
def test_no_login_goes_around_the_gate(where, attack):
    with zone(where), connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(attack)


def test_a_share_of_nothing_is_no_publication():
    with zone("worker"), pytest.raises(IntegrityError):
        models.Publication.objects.create(
            statistic="x",
            since=SINCE,
            epsilon=0,
            bound=1,
            mechanism="",
            measures={},
            asked_by="x",
            asked_at=now(),
        )
