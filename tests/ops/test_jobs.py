"""Jobs that gave up, as an operator sees them and has them tried again."""

import secrets

from tests.ops.test_commands import mingpu
from tests.privacy.canaries import admin


def failed_job(name, *, lock=None, status="failed"):
    with admin() as database:
        row = database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, attempts)"
            " VALUES ('mall', %s, %s, '{}', %s, 12) RETURNING id",
            [name, lock, status],
        ).fetchone()
    return row[0]


def state_of(number):
    with admin() as database:
        return database.execute(
            "SELECT status::text, scheduled_at <= now() FROM procrastinate_jobs WHERE id = %s", [number]
        ).fetchone()


def gone(*numbers):
    with admin() as database:
        database.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [list(numbers)])


def test_what_gave_up_is_listed_and_done_again_by_name():
    name = f"tests.{secrets.token_hex(6)}"
    mine, other = failed_job(name), failed_job(f"{name}.other")
    try:
        status, said = mingpu("jobs", "failed")
        assert (status, f"     1 {name}\n" in said) == (1, True), said
        status, said = mingpu("jobs", "again", name)
        assert (status, said.strip()) == (0, "1 to be done again")
        assert (state_of(mine), state_of(other)[0]) == (("todo", True), "failed")
        assert name + "\n" not in mingpu("jobs", "failed")[1]
    finally:
        gone(mine, other)


def test_a_job_of_which_a_like_one_waits_is_left():
    name, lock = f"tests.{secrets.token_hex(6)}", secrets.token_hex(6)
    first = failed_job(name, lock=lock)
    waits = failed_job(name, lock=lock, status="todo")
    try:
        status, said = mingpu("jobs", "again", name)
        assert (status, said.strip()) == (1, "0 to be done again, 1 left: a like one waits")
        assert state_of(first)[0] == "failed"
    finally:
        gone(first, waits)
