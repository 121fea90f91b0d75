"""Fifteen working days as the law counts them: weekends, holidays, the weekend days that make up for them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.rights.calendar import ANSWER_WITHIN, BEIJING, OWN, Calendar, calendar, due_by, read

KNOWN = Calendar(read(OWN))
BLANK = Calendar({})


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-13", True), ("2026-02-14", True), ("2026-02-16", False), ("2026-02-23", False), ("2026-02-24", True),
        ("2026-02-28", True), ("2026-03-01", False), ("2026-10-01", False), ("2026-10-07", False), ("2026-10-08", True),
        ("2026-10-10", True), ("2026-10-11", False), ("2026-01-04", True), ("2025-10-11", True), ("2025-10-08", False),
    ],
)  # fmt: skip
def test_holidays_are_off_and_make_up_days_are_not(day, works):
    assert KNOWN.works(date.fromisoformat(day)) is works


def test_every_make_up_day_is_on_a_weekend_and_each_year_has_its_days_off():
    for year, it in read(OWN).items():
        assert all(day.weekday() >= 5 for day in it.work), year
        assert 27 <= len(it.off) <= 34, year


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-11-30T09:00", "2026-12-22T00:00"),  # fifteen plain working days
        ("2026-02-06T23:59", "2026-03-06T00:00"),  # across the Spring Festival, with its two make-up days
        ("2026-09-18T12:00", "2026-10-16T00:00"),  # across Mid-Autumn and the National Day
    ],
)
def test_the_deadline_is_the_end_of_the_fifteenth_working_day(asked, until):
    due = KNOWN.after(beijing(asked), ANSWER_WITHIN)
    assert due.at == beijing(until)
    assert due.certain


def test_a_year_without_a_table_counts_weekends_and_says_so():
    due = KNOWN.after(beijing("2026-12-25T10:00"), ANSWER_WITHIN)
    assert (due.at, due.certain) == (beijing("2027-01-16T00:00"), False)


def test_the_day_is_beijings_not_londons():
    late = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)  # Monday one o'clock there
    assert KNOWN.after(late, 1).at == beijing("2026-12-02T00:00")


@given(
    st.integers(0, 1460).map(lambda n: datetime(2025, 1, 1, 3, tzinfo=UTC) + timedelta(days=n, hours=n % 24)),
    st.integers(1, 40),
)
def test_so_many_working_days_lie_between(start, days):
    for it in (KNOWN, BLANK):
        due = it.after(start, days)
        first = start.astimezone(BEIJING).date()
        last = (due.at - timedelta(seconds=1)).astimezone(BEIJING).date()
        between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
        assert sum(it.works(day) for day in between) == days
        assert it.works(last)
        assert it.left(start, due.at) == days
        assert it.left(due.at, due.at) <= 0


def test_an_operator_adds_a_year_of_their_own(tmp_path):
    own = tmp_path / "workdays.toml"
    own.write_text('[2027]\noff = ["2027-01-01..2027-01-03"]\nwork = ["2027-01-09"]\n')
    it = Calendar(read(OWN, own))
    assert not it.works(date(2027, 1, 1))
    assert it.works(date(2027, 1, 9))
    assert it.after(beijing("2026-12-25T10:00"), ANSWER_WITHIN).certain
    assert Calendar(read(OWN, tmp_path / "nothing")).knows(date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize(
    "nonsense",
    ['[2027]\noff = ["2026-01-01"]', '[2027]\noff = ["2027-01-02"]\nwork = ["2027-01-02"]', '[2027]\noff = ["x"]'],
    ids=["another_year", "both", "no_date"],
)  # fmt: skip
def test_nonsense_is_refused(tmp_path, nonsense):
    own = tmp_path / "workdays.toml"
    own.write_text(nonsense)
    with pytest.raises(ValueError, match=r".+"):
        read(own)


def test_this_process_has_a_calendar():
    assert calendar().after(datetime.now(UTC), 1).at > datetime.now(UTC)
    assert due_by(datetime.now(UTC)).at > datetime.now(UTC) + timedelta(days=18)
