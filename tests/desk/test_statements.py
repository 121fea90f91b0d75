"""What a merchant is owed, month by month: the page, the file, the drawing; for its own staff and the mall's."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.delivery.services import confirm_receipt, ship
from mingpu.desk.rules import HEIGHT, MONTHS, WIDTH, Month, bars, month_of, months_before
from mingpu.lib.clock import now
from mingpu.wallet.queries import StatementLine
from tests.delivery.parcels import report
from tests.desk.shops import PRICE_A, at_desk, mixed
from tests.support import zone

SOLD = 3 * PRICE_A
DUE = SOLD - SOLD * 500 // 10_000


@pytest.fixture
def finished(outside):
    """An order of two shops that is over, so that both are owed."""
    it = mixed(outside)
    with zone("desk"):
        for part_no, merchant in ((it.part_a, it.a), (it.part_b, it.b)):
            ship(part_no=part_no, merchant=merchant)
    it.work()
    for parcel in it.parcels:
        report(outside, parcel, "signed")
    it.work()
    confirm_receipt(person_id=it.bought.buyer.id, order_no=it.bought.order_no)
    it.work()
    return it


def shown(desk, path):
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_shop_sees_its_own_statement_and_takes_it_along(finished, desk):
    at_desk(desk, finished.a)
    page = shown(desk, "/statement")
    assert finished.part_a in page
    assert page.count("chart-up") == 1
    assert finished.part_b not in page
    answer = desk.get(f"/statement.csv?month={month_of('', now())}")
    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="statement-{finished.a}-{month_of("", now())}.csv"'
    )
    table = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[2:] for row in table if row[2] == finished.part_a] == [
        [finished.part_a, f"{DUE // 100}.{DUE % 100:02d}", f"{(SOLD - DUE) // 100}.{(SOLD - DUE) % 100:02d}"]
    ]
    assert table[-1][3] == f"{DUE // 100}.{DUE % 100:02d}"
    assert finished.bought.order_no not in answer.content.decode()


def test_the_mall_sees_every_merchants(finished, desk):
    at_desk(desk)
    assert finished.a in shown(desk, "/merchants")
    for merchant, own, other in (
        (finished.a, finished.part_a, finished.part_b), (finished.b, finished.part_b, finished.part_a),
    ):  # fmt: skip
        page = shown(desk, f"/merchants/{merchant}")
        assert own in page
        assert other not in page
        assert desk.get(f"/merchants/{merchant}/statement.csv").status_code == 200


def test_the_malls_own_shop_is_owed_nothing(desk):
    at_desk(desk)
    assert "自营店不结算" in shown(desk, "/merchants/mingpu")
    assert desk.get("/merchants/mingpu/statement.csv").status_code == 404
    assert desk.get("/merchants/nobody-there").status_code == 404


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-00", "x", "2026-1", "9999-01", "2026-11' OR 1=1"])
def test_what_is_no_month_is_not_there(finished, desk, month):
    at_desk(desk, finished.a)
    assert desk.get("/statement", {"month": month}).status_code == 404
    assert desk.get("/statement.csv", {"month": month}).status_code == 404


def test_an_empty_month_and_another_language(finished, desk):
    at_desk(desk, finished.a)
    answer = desk.get("/statement?month=2020-02", headers={"accept-language": "en"})
    assert "Nothing this month" in answer.content.decode()


def test_a_month_is_beijings():
    assert Month(2026, 12).bounds == (
        datetime(2026, 11, 30, 16, tzinfo=UTC),
        datetime(2026, 12, 31, 16, tzinfo=UTC),
    )
    assert str(month_of("", datetime(2026, 10, 31, 17, tzinfo=UTC))) == "2026-11"
    found = months_before(datetime(2026, 3, 1, tzinfo=UTC))
    assert [str(it) for it in found[:4]] == ["2026-03", "2026-02", "2026-01", "2025-12"]
    assert len(found) == len(set(found)) == MONTHS


@given(
    month=st.builds(Month, st.integers(2020, 2090), st.integers(1, 12)),
    sums=st.lists(st.tuples(st.integers(0, 27 * 86_399), st.integers(-(10**9), 10**9)), max_size=30),
)
def test_bars_stay_in_the_drawing_and_add_up(month, sums):
    start = month.bounds[0]
    lines = [StatementLine(start + timedelta(seconds=at), "completed", "P", fen, 0) for at, fen in sums]
    drawn, zero = bars(month, [*lines, StatementLine(start, "paid_out", "O", -(10**12), 0)])
    assert [bar.day for bar in drawn] == month.days
    assert sum(bar.fen for bar in drawn) == sum(fen for _, fen in sums)
    for bar in drawn:
        assert bool(bar.fen) == bool(bar.height)
        assert 0 <= bar.x < bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT
        assert (bar.y == zero) if bar.fen <= 0 else (bar.y + bar.height == zero)
    assert date(month.year, month.month, 1) == month.first
