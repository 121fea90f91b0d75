"""Daily roots: published, kept by others, and held against the record later."""

from datetime import UTC, datetime, timedelta

import pytest

from mingpu.home import home
from mingpu.privacy import roots
from mingpu.privacy.models import LogSeal
from tests.people import from_owner
from tests.privacy.test_logseal import sealed, used
from tests.support import zone


@pytest.fixture
def kept():
    """The roots somebody kept: one of a day ago and one of today."""
    used()
    sealed()
    [(first,)] = from_owner("SELECT min(id) FROM privacy_logseal", [])
    from_owner("UPDATE privacy_logseal SET at = now() - interval '1 day' WHERE id = %s", [first])
    used()
    sealed()
    return roots.daily_roots()


def problems(of):
    with zone("worker"):
        return list(roots.verify(of))


def test_each_day_has_its_last_seal(kept):
    today, yesterday = kept[0], kept[1]
    assert (today.day - yesterday.day).days == 1
    assert today.root == LogSeal.objects.order_by("-id").values_list("root", flat=True).first()
    assert today.day == datetime.now(UTC).date()


def test_kept_roots_hold_and_others_show(kept):
    assert problems(kept) == []
    today = kept[0]
    changed = roots.DailyRoot(today.day, today.seal, today.last_id, "0" * 64)
    gone = roots.DailyRoot(today.day, today.seal + 10_000, today.last_id, today.root)
    assert "another root" in problems([changed])[0]
    assert "not there" in problems([gone])[0]


def test_days_that_are_over_are_added_to_the_file_once(kept):
    path = home() / roots.FILE
    path.unlink(missing_ok=True)
    with zone("worker"):
        assert roots.publish() >= 1
        assert roots.publish() == 0
    written = roots.kept_in(path)
    assert {it.day for it in written} == {it.day for it in kept if it.day < datetime.now(UTC).date()}
    assert problems(written) == []


def test_a_line_that_is_none_is_refused():
    assert next(roots.read(["# roots", "", "2026-01-02 3 4 " + "ab" * 32])).seal == 3
    for line in ("nonsense", "2026-13-01 1 2 x", "2026-01-01 x 2 x"):
        with pytest.raises(ValueError, match=r"."):
            list(roots.read([line]))


def test_roots_older_than_asked_are_left_out(kept):
    assert all(it.day >= (datetime.now(UTC) - timedelta(days=1)).date() for it in roots.daily_roots(1))
