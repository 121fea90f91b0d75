"""Seals over the record of uses: whatever is done to a sealed line shows."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from mingpu.lib.clock import now
from mingpu.privacy import logseal
from mingpu.privacy.models import LogSeal
from mingpu.privacy.purposes import Purpose, acting, processing
from tests.privacy.canaries import admin
from tests.support import zone


def used(times=3, person=None):
    """Use somebody's data a few times, a while ago; return whose."""
    it = person or uuid4()
    for number in range(times):
        with (
            acting("staff", "li"),
            processing(Purpose.SHOPPING, subject=it, reference=f"no {number}", reading=True),
        ):
            pass
    with admin() as database:
        database.execute(
            "UPDATE privacy_accesslog SET at = at - interval '2 minutes' WHERE subject = %s", [it]
        )
    return it


def sealed():
    with zone("worker"):
        return logseal.seal()


def problems():
    with zone("worker"):
        return list(logseal.verify())


@contextmanager
def tampered(change, *values):
    """Let the administrator change the record, and put it back afterwards."""
    with admin() as database:
        before = database.execute("SELECT * FROM privacy_accesslog").fetchall()
        database.execute(change, values)
        try:
            yield
        finally:
            with database.transaction():
                database.execute("DELETE FROM privacy_accesslog")
                copy = "INSERT INTO privacy_accesslog OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s)"
                database.cursor().executemany(copy, before)


@pytest.fixture(scope="module")
def person():
    it = used()
    assert sealed() >= 3
    assert problems() == []
    return it


def test_sealing_twice_seals_once(person):
    count = LogSeal.objects.count()
    sealed()
    assert LogSeal.objects.count() in {count, count + 1}  # at most what came to rest meanwhile
    assert problems() == []


def test_fresh_rows_wait():
    it = uuid4()
    with processing(Purpose.SHOPPING, subject=it, reading=True):
        pass
    sealed()
    with admin() as database:
        query = "SELECT max(id) FROM privacy_accesslog WHERE subject = %s"
        newest = database.execute(query, [it]).fetchone()[0]
    assert not LogSeal.objects.filter(last_id__gte=newest).exists()


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM privacy_accesslog WHERE id = (SELECT min(id) FROM privacy_accesslog WHERE subject = %s)",
        "DELETE FROM privacy_accesslog WHERE subject = %s",
        "UPDATE privacy_accesslog SET purpose = 'profile' WHERE subject = %s",
        "UPDATE privacy_accesslog SET actor = 'wang' WHERE subject = %s",
        "UPDATE privacy_accesslog SET actor_kind = 'system' WHERE subject = %s",
        "UPDATE privacy_accesslog SET reference = 'no 9' WHERE subject = %s",
        "UPDATE privacy_accesslog SET at = at + interval '1 second' WHERE subject = %s",
        "UPDATE privacy_accesslog SET subject = gen_random_uuid() WHERE subject = %s",
        "UPDATE privacy_accesslog SET subject = NULL, actor = '', reference = '' WHERE subject = %s",
        "UPDATE privacy_accesslog SET subject = NULL, actor = '', reference = 'sealed:00' WHERE subject = %s",
    ],
)
def test_a_line_taken_out_or_changed_shows(person, change):
    with tampered(change, person):
        assert len(problems()) == 1
    assert problems() == []


def test_a_line_added_behind_shows(person):
    """A block that failed drew a number and left no row: the gap cannot be filled later."""
    with pytest.raises(RuntimeError), processing(Purpose.SHOPPING, subject=person):
        raise RuntimeError
    used()
    sealed()
    with admin() as database:
        gap = database.execute(
            "SELECT min(n) FROM generate_series(1, (SELECT max(last_id) FROM privacy_logseal)) n "
            "WHERE NOT EXISTS (SELECT FROM privacy_accesslog WHERE id = n)"
        ).fetchone()[0]
    add = (
        "INSERT INTO privacy_accesslog OVERRIDING SYSTEM VALUE VALUES "
        "(%s, now(), gen_random_uuid(), 'profile', 'person', '', '')"
    )
    with tampered(add, gap):
        assert len(problems()) == 1
    assert problems() == []


def test_two_lines_swapped_show(person):
    swap = (
        "UPDATE privacy_accesslog l SET reference = o.reference FROM privacy_accesslog o WHERE l.subject = %s "
        "AND o.subject = l.subject AND l.reference = 'no 0' AND o.reference = 'no 1'"
    )
    with tampered(swap, person):
        assert len(problems()) == 1


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM privacy_logseal WHERE id = (SELECT min(id) FROM privacy_logseal)",
        "UPDATE privacy_logseal SET rows = rows + 1 WHERE id = (SELECT max(id) FROM privacy_logseal)",
        "UPDATE privacy_logseal SET root = repeat('0', 64) WHERE id = (SELECT min(id) FROM privacy_logseal)",
        "UPDATE privacy_logseal SET last_id = last_id - 1 WHERE id = (SELECT min(id) FROM privacy_logseal)",
    ],
)
def test_a_seal_taken_out_or_changed_shows(person, change):
    used()
    assert sealed()  # so that there are at least two
    with admin() as database:
        before = database.execute("SELECT * FROM privacy_logseal").fetchall()
        database.execute(change)
        try:
            assert problems()
        finally:
            with database.transaction():
                database.execute("DELETE FROM privacy_logseal")
                copy = (
                    "INSERT INTO privacy_logseal OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s)"
                )
                database.cursor().executemany(copy, before)
    assert problems() == []


def test_detaching_keeps_the_seal_and_loses_the_person():
    it = used()
    sealed()
    with zone("worker"), processing(Purpose.ERASURE, subject=it):
        assert logseal.detach(it, 100) == 4  # this block's own line too
    assert problems() == []
    with admin() as database:
        rows = database.execute("SELECT count(*) FROM privacy_accesslog WHERE subject = %s", [it]).fetchone()
    assert rows == (0,)


def test_a_tag_is_of_one_row_only():
    row = logseal.Row(1, now(), UUID(int=7), "profile", "staff", "li", "no 1")
    others = [
        logseal.Row(2, row.at, row.subject, "profile", "staff", "li", "no 1"),
        logseal.Row(1, row.at, UUID(int=8), "profile", "staff", "li", "no 1"),
        logseal.Row(1, row.at, row.subject, "profile", "staff", "lin", "o 1"),
        logseal.Row(1, row.at, None, "profile", "staff", "li", "no 1"),
    ]
    assert len({logseal.tag(it) for it in [row, *others]}) == 5
    assert logseal.leaf(row) != logseal.leaf(
        logseal.Row(1, row.at + timedelta(microseconds=1), *vars_of(row))
    )


def vars_of(row):
    return row.subject, row.purpose, row.actor_kind, row.actor, row.reference


def test_rows_past_their_time_leave_without_an_alarm(person):
    used()
    sealed()
    with admin() as database:
        last = "(SELECT max(id) FROM privacy_logseal)"
        known = database.execute(
            f"SELECT first_at, first_id, last_id FROM privacy_logseal WHERE id = {last}"
        ).fetchone()
        database.execute(
            f"UPDATE privacy_logseal SET first_at = first_at - interval '4 years' WHERE id = {last}"
        )
        kept = database.execute(
            "DELETE FROM privacy_accesslog WHERE id BETWEEN %s AND %s RETURNING *", known[1:]
        ).fetchall()
        try:
            assert problems() == []
        finally:
            database.execute(f"UPDATE privacy_logseal SET first_at = %s WHERE id = {last}", [known[0]])
            copy = "INSERT INTO privacy_accesslog OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s)"
            database.cursor().executemany(copy, kept)
    assert problems() == []
