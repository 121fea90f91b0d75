"""Leaving for good: what goes, what is frozen, what proves it, and that it may be killed at any point."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from mingpu.home import secret
from mingpu.lib.errors import NotFound
from mingpu.ops.database import database_name
from mingpu.ops.postgres import BINARIES, cluster
from mingpu.privacy import cancellation, certificate, erasure, export, files, keys, logseal, vault
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.rows import kept_until
from tests.privacy.canaries import admin, ago, count, live
from tests.support import zone


@pytest.fixture(autouse=True)
def _no_cooling_off(monkeypatch):
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 0)


def leave(it):
    """Ask to leave and be erased, as job and page would."""
    leaving = cancellation.request(it.id)
    assert leaving.state == "cooling_off", leaving
    with zone("worker"):
        assert erasure.erase(it.id) == leaving.certificate_id
    return leaving.certificate_id


def body_of(certificate_id):
    return certificate.verify(cancellation.certificate_file(certificate_id), certificate.public_key())


def frozen():
    return [name for name, it in REGISTER.tables.items() if it.erase == "freeze"]


def dump():
    """Return a logical dump of the data, as an administrator's backup would be."""
    call = [
        str(BINARIES / "pg_dump"),
        "--data-only",
        "--inserts",
        "-h",
        str(cluster().socket),
        "-U",
        "postgres",
    ]
    env = {**os.environ, "PGPASSWORD": secret("admin", "password")}
    return subprocess.run([*call, database_name()], check=True, capture_output=True, env=env).stdout.decode()


def test_nothing_of_the_person_is_left_but_the_frozen_record():
    it, other = live(), live()
    leave(it)
    for table in REGISTER.tables.values():
        if table.subject:
            assert count(table.name, it.id) == 0, table.name
    for table in other.values:
        assert count(table, other.id) == 1, table
    whole = dump()
    assert str(it.id) not in whole
    left = {line.split()[2] for line in whole.splitlines() if f"canary-{it.tag}" in line}
    assert left <= {f"public.{name}" for name in frozen()}, left
    for table in frozen():
        for name, value in it.values[table].items():
            if REGISTER.column(table, name).sealed:
                assert str(value) not in whole


def test_the_dump_never_holds_a_sealed_value():
    it = live()
    whole = dump()
    for table, values in it.values.items():
        for name, value in values.items():
            if REGISTER.column(table, name).sealed:
                assert str(value) not in whole
                assert str(value).encode().hex() not in whole


def test_keys_are_gone_from_the_store_and_its_files():
    it = live()
    kinds = {c.sealed for t in REGISTER.tables.values() for c in t.columns.values() if c.sealed}
    with_key = [kind for kind in kinds if keys.fetch(it.id, kind)]
    rows = keys._store().execute("SELECT wrapped FROM keys WHERE subject = ?", (it.id.bytes,)).fetchall()
    assert len(rows) == len(with_key) == len(kinds)
    certificate_id = leave(it)
    assert all(keys.fetch(it.id, kind) is None for kind in kinds)
    assert body_of(certificate_id)["keys_destroyed"] == len(kinds)
    for path in settings.KEY_STORE.parent.iterdir():
        # read by another process: opening and closing SQLite's files in this one would drop its locks
        content = subprocess.run(["cat", str(path)], check=True, capture_output=True).stdout
        assert not any(wrapped in content for (wrapped,) in rows), path


def test_a_backup_of_the_day_before_can_no_longer_be_read():
    it = live()
    with admin() as database:
        query = "SELECT phone FROM accounts_contact WHERE person_id = %s"
        kept = bytes(database.execute(query, [it.id]).fetchone()[0])
    leave(it)
    with pytest.raises(keys.KeyErased):
        keys.unseal(keys.fetch(it.id, "account"), f"accounts_contact|phone|{it.id}", kept)


def test_the_certificate_counts_what_was_done_and_names_no_one():
    it = live()
    body = body_of(leave(it))
    by_verb = {"delete": "deleted", "freeze": "frozen", "detach": "detached"}
    for name in it.values.keys() - {
        "accounts_session",
        "accounts_device",
    }:  # ended when leaving was asked for
        assert body[by_verb[REGISTER.tables[name].erase]][name] == 1, name
    assert body["rescan"]["rows_found"] == 0
    assert body["rescan"]["jobs_found"] == 0
    assert body["rescan"]["tables"] == sum(bool(table.subject) for table in REGISTER.tables.values())
    assert body["rescan"]["frozen_values_checked"] > 8
    (notice,) = body["notices"]
    told = {"recipient": "sf", "messages": 1, "state": "waiting", "public_key": "", "receipt": None}
    assert {name: notice[name] for name in told} == told
    text = json.dumps(body)
    assert str(it.id) not in text
    assert it.order_no not in text
    assert it.tag not in text


def test_the_record_of_a_share_stays_without_person_and_content():
    it = live()
    leave(it)
    with admin() as database:
        row = database.execute(
            "SELECT person_id, recipient, items, payload, digest, reference FROM privacy_share WHERE id = %s",
            [it.values["privacy_share"]["id"]],
        ).fetchone()
    assert row == (None, "sf", "orderId", None, "", "")


def test_the_record_of_uses_loses_the_person_and_its_seals_hold():
    it = live()
    for _ in range(3):
        with processing(Purpose.PROFILE, subject=it.id, reference="look", reading=True):
            pass
    with admin() as database:
        database.execute(
            "UPDATE privacy_accesslog SET at = at - interval '5 minutes' WHERE subject = %s", [it.id]
        )
    with zone("worker"):
        logseal.seal()
    leave(it)
    with admin() as database:
        query = "SELECT count(*) FROM privacy_accesslog WHERE subject = %s"
        assert database.execute(query, [it.id]).fetchone()[0] == 0
    with zone("worker"):
        assert list(logseal.verify()) == []


def test_the_frozen_record_is_read_by_case_number_in_the_vault_only():
    it = live()
    leave(it)
    with zone("vault"):
        found = vault.order_record(it.order_no, case="(2026) 1", by="auditor")
    assert found["orders_consignee"][0]["name"] == it.values["orders_consignee"]["name"]
    assert found["service_case"][0]["description"] == it.values["service_case"]["description"]
    assert all(len(rows) == 1 for rows in found.values())
    assert set(found) == set(frozen())
    with zone("vault"), pytest.raises(NotFound):
        vault.order_record("M-NO-SUCH", case="(2026) 1", by="auditor")
    with admin() as database:
        query = "SELECT actor_kind, actor, reference FROM privacy_accesslog WHERE subject = %s AND purpose = 'legal'"
        owner = found["orders_order"][0]["person_id"]
        assert database.execute(query, [owner]).fetchone() == ("staff", "auditor", "(2026) 1")


def test_the_frozen_record_is_closed_to_every_other_purpose():
    it = live()
    leave(it)
    with admin() as database:
        query = "SELECT person_id FROM orders_order WHERE order_no = %s"
        vault_id = database.execute(query, [it.order_no]).fetchone()[0]
        query = "SELECT state, consents FROM privacy_standing WHERE person_id = %s"
        assert database.execute(query, [vault_id]).fetchone() == ("frozen", 0)
    for purpose in Purpose:
        for name in REGISTER.purposes[purpose].zones:
            with zone(name):
                if purpose.value in {"legal", "erasure", "exception"}:
                    with processing(purpose, subject=vault_id, reading=True):
                        pass
                else:
                    with pytest.raises(AccountFrozen), processing(purpose, subject=vault_id, reading=True):
                        pass


def test_somebody_who_never_ordered_leaves_no_vault():
    it = live()
    with admin() as database:
        for table in frozen():
            database.execute(f"DELETE FROM {table} WHERE person_id = %s", [it.id])
        before = database.execute("SELECT count(*) FROM privacy_standing WHERE state = 'frozen'").fetchone()
        body = body_of(leave(it))
        assert (
            database.execute("SELECT count(*) FROM privacy_standing WHERE state = 'frozen'").fetchone()
            == before
        )
    assert (body["frozen"], body["frozen_until"]) == ({}, None)


def test_one_order_of_several_is_read_alone():
    it = live()
    with admin() as database:
        database.execute(
            "INSERT INTO orders_event (id, order_no, person_id, machine, reference, at, before, after, cause) "
            "VALUES (gen_random_uuid(), 'M-OTHER', %s, 'order', '', now(), '', '', '')",
            [it.id],
        )
    with zone("vault"):
        found = vault.order_record(it.order_no, case="c", by="b")
    assert len(found["orders_event"]) == 1


class Killed(BaseException):
    """The process ends here."""


def erase_until(person_id, stop):
    """Run an erasure that is killed at its `stop`-th step; tell whether it came to its end."""
    taken = []

    def step(name):
        taken.append(name)
        if len(taken) == stop:
            raise Killed

    with zone("worker"):
        try:
            erasure.erase(person_id, step=step)
        except Killed:
            return False
        return True


def outcome(body):
    detached = {name: n for name, n in body["detached"].items() if name != "privacy_accesslog"}
    return (
        body["deleted"],
        body["frozen"],
        detached,
        body["keys_destroyed"],
        body["files"],
        [(it["recipient"], it["messages"], it["state"]) for it in body["notices"]],
        body["rescan"],
    )


def test_killed_at_any_step_the_end_is_the_same():
    whole = live()
    expected = outcome(body_of(leave(whole)))
    steps = len(erasure.plan()) + 8
    for stop in [1, 2, *range(5, steps - 6, 6), *range(steps - 6, steps)]:
        it = live()
        certificate_id = cancellation.request(it.id).certificate_id
        erase_until(it.id, stop)
        with zone("worker"):
            assert erasure.erase(it.id) in {certificate_id, None}  # None: it was killed after the end
        assert outcome(body_of(certificate_id)) == expected, stop
        assert count("orders_order", it.id) == 0


def test_killed_at_every_step_in_turn_it_still_ends():
    it = live()
    certificate_id = cancellation.request(it.id).certificate_id
    stop = 1
    while not erase_until(it.id, stop):
        stop += 1
    assert outcome(body_of(certificate_id)) == outcome(body_of(leave(live())))


def test_a_process_killed_for_good_is_taken_up_by_the_next():
    it = live()
    certificate_id = cancellation.request(it.id).certificate_id
    env = {**os.environ, "MINGPU_ZONE": "worker"}
    process = subprocess.Popen([sys.executable, "-c", ERASE, str(it.id)], env=env, stdout=subprocess.PIPE)
    process.stdout.readline()  # the first step is taken
    time.sleep(random.random() * 0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with zone("worker"):
        erasure.erase(it.id)
    assert body_of(certificate_id)["rescan"]["rows_found"] == 0
    assert count("accounts_contact", it.id) == 0


ERASE = """
import sys, uuid, django
django.setup()
from mingpu.privacy import erasure
erasure.erase(uuid.UUID(sys.argv[1]), step=lambda name: print(name, flush=True))
"""


# ---- before that: asking, thinking it over, staying ----


def test_cooling_off_stops_every_purpose_but_leaving(monkeypatch):
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 7)
    it = live()
    leaving = cancellation.request(it.id)
    assert leaving.state == "cooling_off"
    assert timedelta(days=6, hours=23) < leaving.until - datetime.now(UTC) < timedelta(days=7, minutes=1)
    stays = {name for name, purpose in REGISTER.purposes.items() if purpose.while_frozen}
    for purpose in Purpose:
        for name in REGISTER.purposes[purpose].zones:
            with zone(name):
                if purpose.value in stays:
                    with processing(purpose, subject=it.id, reading=True):
                        pass
                else:
                    with pytest.raises(AccountFrozen), processing(purpose, subject=it.id, reading=True):
                        pass
    with zone("worker"):
        assert erasure.erase(it.id) is None
    assert count("accounts_contact", it.id) == 1


def test_withdrawing_restores_everything(monkeypatch):
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 7)
    it = live()
    first = cancellation.request(it.id)
    assert cancellation.request(it.id) == first
    assert cancellation.withdraw(it.id).state == "active"
    assert cancellation.withdraw(it.id).state == "active"
    with processing(Purpose.PROFILE, subject=it.id, reading=True):
        pass
    with zone("worker"):
        assert erasure.erase(it.id) is None
    assert all(
        count(table, it.id) == 1
        for table in it.values
        if table not in {"accounts_session", "accounts_device"}
    )


def test_the_old_job_does_not_erase_who_asked_anew(monkeypatch):
    it = live()
    cancellation.request(it.id)  # due at once
    cancellation.withdraw(it.id)
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 7)
    cancellation.request(it.id)
    with zone("worker"):
        assert erasure.erase(it.id) is None


def test_once_erasing_it_is_too_late():
    it = live()
    cancellation.request(it.id)
    erase_until(it.id, 3)
    with pytest.raises(cancellation.TooLate):
        cancellation.withdraw(it.id)
    assert cancellation.state_of(it.id).state == "erasing"
    with pytest.raises(NotFound):
        export.request(it.id)


def test_sign_ins_end_but_for_the_one_that_asked():
    it = live()
    with admin() as database:
        database.execute(
            "INSERT INTO accounts_session (token_hash, person_id, kind, created_at, expires_at, proven_by, familiar) VALUES ('\\x01', %s, 'web', now(), now() + interval '1 day', '', false)",
            [it.id],
        )
    cancellation.request(it.id, keep=b"\x01")
    with admin() as database:
        found = database.execute(
            "SELECT token_hash FROM accounts_session WHERE person_id = %s", [it.id]
        ).fetchall()
    assert found == [(b"\x01",)]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"orders_order__status": "paid"}, "orders_order"),
        ({"orders_order__status": "pending_payment"}, "orders_order"),
        ({"service_case__status": "seller_reviewing"}, "service_case"),
        ({"payments_refund__status": "submitted"}, "payments_refund"),
        (
            {"payments_attempt__status": "unknown", "payments_attempt__expires_at": ago(minutes=-5)},
            "payments_attempt",
        ),
    ],
)
def test_what_is_open_is_named_and_nothing_happens(change, kind):
    it = live(**change)
    leaving = cancellation.request(it.id)
    assert leaving.state == "active"
    assert [blocker.kind for blocker in leaving.blockers] == [kind]
    assert leaving.blockers[0].reference in leaving.blockers[0].label
    assert count("privacy_cancellation", it.id) == 0
    with zone("worker"):
        assert erasure.erase(it.id) is None


def test_the_erasing_is_queued_for_its_due_time():
    it = live()
    leaving = cancellation.request(it.id)
    with admin() as database:
        row = database.execute(
            "SELECT task_name, scheduled_at FROM procrastinate_jobs WHERE args->>'person_id' = %s",
            [str(it.id)],
        ).fetchone()
    assert row[0] == "privacy.erase"
    assert row[1] == leaving.until


def test_the_preview_says_what_goes_and_what_stays():
    it = live()
    preview = cancellation.preview(it.id)
    assert str(REGISTER.tables["accounts_contact"].label) in preview.erase
    assert {frozen.label for frozen in preview.frozen} == {
        str(REGISTER.tables[name].label) for name in frozen()
    }
    newest = it.values["orders_order"]["completed_at"]
    assert preview.frozen[0].until == kept_until(newest)


def test_an_export_under_way_does_not_outlive_its_owner():
    it = live()
    with zone("worker"):
        export.make(it.id, it.export_id)
    assert files.path_of(it.export_id).exists()
    leave(it)
    assert not files.path_of(it.export_id).exists()
    files.write(it.export_id, uuid4(), b"late")  # a job that was still writing
    with zone("worker"):
        export.make(it.id, it.export_id)
    assert count("privacy_export", it.id) == 0


def test_somebody_without_an_account_has_nothing_to_cancel():
    with pytest.raises(NotFound):
        cancellation.request(uuid4())
    with zone("worker"):
        assert erasure.erase(uuid4()) is None
    assert connection.get_autocommit()
