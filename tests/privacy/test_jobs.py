"""The privacy centre's jobs: what is enqueued is what is registered, and running it does the work."""

import json

import pytest
from django.conf import settings
from procrastinate.contrib.django import app

from mingpu.privacy import cancellation, consent, export, jobs, logseal
from mingpu.privacy.register import REGISTER
from tests.privacy.canaries import admin, count, live
from tests.support import zone


def queued(person_id):
    """Return the person's waiting jobs of this room: name and arguments."""
    with admin() as database:
        query = (
            "SELECT task_name, args FROM procrastinate_jobs WHERE args->>'person_id' = %s "
            "AND split_part(task_name, '.', 1) = 'privacy' ORDER BY id"
        )
        found = database.execute(query, [str(person_id)]).fetchall()
    return [(name, args if isinstance(args, dict) else json.loads(args)) for name, args in found]


def run(name, arguments):
    """Run a job as the worker does."""
    with zone("worker"):
        app.tasks[name].func(**arguments)


def test_every_job_has_its_name():
    names = {name for name in app.tasks if name.startswith("privacy.")}
    expected = {
        "export",
        "erase",
        "consent_withdrawn",
        "retention",
        "seal_log",
        "key_backups",
        "journal",
        "publish_roots",
    }
    assert names == {f"privacy.{name}" for name in expected}
    periodic = {it.task.name for it in app.periodic_registry.periodic_tasks.values()}
    assert {"privacy.retention", "privacy.seal_log", "privacy.key_backups"} <= periodic
    assert jobs.make_export.__doc__


def test_leaving_is_finished_by_its_job(monkeypatch):
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 0)
    it = live()
    leaving = cancellation.request(it.id)
    ((name, arguments),) = queued(it.id)
    run(name, arguments)
    assert cancellation.certificate_file(leaving.certificate_id)
    assert queued(it.id) == []
    run(name, arguments)  # delivered twice


def test_a_copy_is_made_by_its_job():
    it = live()
    run("privacy.export", {"person_id": str(it.id), "export_id": str(it.export_id)})
    first = export.request(it.id)
    assert first != it.export_id
    ((name, arguments),) = queued(it.id)
    run(name, arguments)
    assert {found.state for found in export.exports_of(it.id)} == {"ready"}


def test_a_withdrawn_consent_is_swept_once_more():
    it = live(privacy_standing__consents=sum(REGISTER.consents().values()))
    consent.give(it.id, "search_history", False, "zh-hans")
    assert count("search_search", it.id) == 0
    ((name, arguments),) = queued(it.id)
    late = live()
    with admin() as database:  # a statement that was under way when it was withdrawn
        database.execute("UPDATE search_search SET person_id = %s WHERE person_id = %s", [it.id, late.id])
    run(name, arguments)
    assert count("search_search", it.id) == 0


@pytest.mark.parametrize("name", ["privacy.retention", "privacy.seal_log"])
def test_the_clockwork_runs(name):
    run(name, {"timestamp": 0})
    with zone("worker"):
        assert list(logseal.verify()) == []
