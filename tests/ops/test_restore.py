"""Single things deleted and taken back since a backup stay so when it is restored: every table is searched for them."""

import json
import subprocess
import sys
import time

import pytest

from bench.mall import Mall, mall
from mingpu.ops.cli import OPENING
from mingpu.ops.replaying import ENDED
from mingpu.privacy.register import REGISTER
from tests.conftest import ROOT
from tests.ops.test_backup import LEAVE, LIVE, LOOK, run

GIVE = """
import json, sys, django
django.setup()
from uuid import UUID
from mingpu.privacy.consent import give
from mingpu.privacy.register import REGISTER
for who in sys.argv[1:]:
    for name in REGISTER.consents():
        try:
            give(UUID(who), name, True, "zh-hans")
        except Exception as refused:
            print(json.dumps(repr(refused)), file=sys.stderr)
print("0")
"""
# Everything a person can delete by themselves, by the very verbs of pages and API.
ACT = """
import json, sys, django
django.setup()
from uuid import UUID
from mingpu.accounts.services import change_email, change_profile, forget_name
from mingpu.privacy import consent, held
from mingpu.privacy.register import REGISTER
from mingpu.rights.services import delete_item
who = UUID(sys.argv[1])
for table in (it for it in REGISTER.tables.values() if it.alone and it.export):
    for item in held.rows_of(who, table.name).items:
        delete_item(person_id=who, table=table.name, key=item.key, proven=True)
forget_name(person_id=who)
change_profile(person_id=who, gender=None, interests=None)
change_email(person_id=who, email=None)
for name in REGISTER.consents():
    consent.give(who, name, False, "zh-hans", "page")
print("0")
"""
# The key of every row of every table that names somebody, as the administrator sees it.
KEYS = """
import json, django
django.setup()
from mingpu.privacy import rows
from mingpu.privacy.register import REGISTER
from psycopg import sql
from tests.privacy.canaries import admin
found = {}
with admin() as database:
    for table in REGISTER.tables.values():
        if table.subject:
            query = sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(rows.key_of(table.name)), sql.Identifier(table.name))
            found[table.name] = [key for (key,) in database.execute(query).fetchall()]
print(json.dumps(found))
"""
VALUES = """
import json, sys, django
django.setup()
from tests.privacy.canaries import admin
who = sys.argv[1]
with admin() as database:
    one = lambda query: database.execute(query, [who]).fetchone()
    profile = one("SELECT gender IS NULL, interests IS NULL, birthday IS NULL FROM accounts_profile WHERE person_id = %s")
    contact = one("SELECT email IS NULL, email_index IS NULL FROM accounts_contact WHERE person_id = %s")
    words = one("SELECT description IS NULL, appeal IS NULL FROM service_case WHERE person_id = %s")
    standing = one("SELECT state, consents FROM privacy_standing WHERE person_id = %s")
    query = "SELECT DISTINCT ON (name) name, granted FROM privacy_consentevent WHERE person_id = %s ORDER BY name, at DESC"
    last = dict(database.execute(query, [who]).fetchall())
    jobs = one("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'privacy.erase' AND status = 'todo' AND args->>'person_id' = %s")[0]
    leaving = one("SELECT certificate_id::text, until::text FROM privacy_cancellation WHERE person_id = %s")
print(json.dumps({"profile": profile, "contact": contact, "words": words, "standing": standing, "last": last, "jobs": jobs, "leaving": leaving}))
"""
STAY = "import sys, django; django.setup(); from uuid import UUID; from mingpu.privacy.cancellation import withdraw; withdraw(UUID(sys.argv[1]))"
CLEAR = "import django; django.setup(); from mingpu.privacy.retention import clear; clear()"
# A restore killed at one of its steps, as by a power cut.
KILLED = """
import os, sys, django
django.setup()
from pathlib import Path
from mingpu.ops import backups
where, folder = sys.argv[1], Path(sys.argv[2])
if where == "between the renames":
    from psycopg import sql
    def half(admin, name, fresh, old):
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(old)))
        os._exit(9)
    backups._stand_in = half
else:
    setattr(backups, where, lambda *args, **named: os._exit(9))
backups.restore(folder)
"""
LIVE_NOW = LIVE.replace("live(sys.argv[1])", "live(sys.argv[1], at=ago(hours=1))").replace(
    "import live", "import ago, live"
)


@pytest.fixture(scope="module")
def world():
    with mall(PYTHONPATH=str(ROOT)) as it:
        yield it


def backed_up(world: Mall, path):
    world.command("-m", "mingpu", "backup", str(path), "--no-keys")
    (folder,) = [it for it in path.iterdir() if it.name.startswith("mingpu-")]
    return folder


def test_what_was_deleted_withdrawn_or_ended_since_is_in_no_table(world, tmp_path):
    acts, stays, leaves, remains = (
        run(world, LIVE_NOW, tag) for tag in ("acts0001", "stay0001", "leav0001", "rema0001")
    )
    old = run(world, LIVE, "oldd0001")
    run(world, GIVE, *(it["id"] for it in (acts, stays)), zone="storefront")
    world.command("-c", LEAVE, remains["id"], zone="storefront")
    folder = backed_up(world, tmp_path)
    then = run(world, KEYS)

    run(world, ACT, acts["id"], zone="storefront")
    certificate_id = world.command("-c", LEAVE, leaves["id"], zone="storefront").strip()
    world.command("-c", STAY, remains["id"], zone="storefront")
    world.command("-c", CLEAR, zone="worker")
    today, wanted = run(world, KEYS), run(world, VALUES, acts["id"])
    said = world.command("-m", "mingpu", "restore", str(folder))
    assert "done again" in said
    again = run(world, KEYS)

    gone = {table: set(then[table]) - set(today[table]) for table in then}
    assert {"accounts_address", "search_search", "personalise_view", "cart_line", "cart_favourite", "accounts_realname", "accounts_passkey", "invoices_title", "rights_wish", "service_evidence"} <= {name for name, keys in gone.items() if keys}  # fmt: skip
    assert old["order_no"] not in again["orders_order"] or old["order_no"] in today["orders_order"]
    assert {table: keys & set(again[table]) for table, keys in gone.items() if keys & set(again[table])} == {}
    # Nothing else is missing but what a restore ends for everybody.
    dropped = {*ENDED, "accounts_device"}
    kept = {table: set(then[table]) & set(today[table]) for table in then if table not in dropped}
    assert {table: keys - set(again[table]) for table, keys in kept.items() if keys - set(again[table])} == {}
    assert not any(again[table] for table in ENDED if table in again)

    found = run(world, VALUES, acts["id"])
    assert (found["profile"], found["contact"], found["words"]) == ([True, True, False], [True, True], [True, True])  # fmt: skip
    assert found["standing"] == ["active", 0]
    assert found["last"] == wanted["last"]
    assert {granted for name, granted in found["last"].items() if name in REGISTER.consents()} == {False}
    other = run(world, VALUES, stays["id"])
    assert other["standing"][1] != 0, "who said no word since keeps what they said"
    assert True in other["last"].values()
    going = run(world, VALUES, leaves["id"])
    assert (going["standing"][0], going["jobs"]) == ("cooling_off", 1)
    assert going["leaving"][0] == certificate_id
    assert run(world, VALUES, remains["id"])["standing"][0] == "active"
    assert run(world, VALUES, remains["id"])["leaving"] is None

    # Once more comes to the same.
    world.command("-m", "mingpu", "restore", str(folder))
    assert run(world, KEYS) == again
    assert run(world, VALUES, acts["id"]) == found


@pytest.mark.parametrize("where", ["between the renames", "make_roles_and_database", "_listed"])
def test_nothing_starts_until_a_killed_restore_was_done_again(world, tmp_path, where):
    it = run(world, LIVE_NOW, f"kill{len(where):04}")
    folder = backed_up(world, tmp_path)
    run(world, GIVE, it["id"], zone="storefront")
    run(world, ACT, it["id"], zone="storefront")
    killed = world.run("-c", KILLED, where, str(folder), zone="owner")
    assert killed.returncode == 9
    for part in sorted(OPENING):
        refused = world.run("-m", "mingpu", part)
        assert (refused.returncode, "restore has begun" in refused.stdout) == (1, True), part
    world.command("-m", "mingpu", "restore", str(folder))
    assert not (world.home / "restoring").exists()
    assert world.run("-m", "mingpu", "setup").returncode == 0
    rows = run(world, LOOK, it["id"])["rows"]
    assert not {"accounts_address", "search_search", "cart_line", "accounts_realname"} & set(rows)
    assert "accounts_contact" in rows


SLOW = """
import pathlib, sys, time, django
django.setup()
from uuid import UUID
from mingpu.accounts.models import Address
from mingpu.privacy import forgetting, purposes
ends, go = purposes._end, pathlib.Path(sys.argv[2])
def late(**how):
    while not go.exists():
        time.sleep(0.01)
    ends(**how)
purposes._end = late
who = UUID(sys.argv[1])
with purposes.processing(purposes.Purpose.PROFILE, subject=who):
    forgetting.forget(Address.objects.filter(person_id=who))
"""


def until(condition):
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_backup_waits_for_a_deletion_whose_line_is_written_and_whose_commit_is_not(world, tmp_path):
    it, go = run(world, LIVE_NOW, "slow0001"), tmp_path / "go"

    def said(word):
        return sum(path.read_text().count(word) for path in (world.home / "journal").glob("*.jsonl"))

    gone, backups = said('"gone","name":"accounts_address"'), said('"backup"')
    env = {**world.env, "MINGPU_ZONE": "storefront"}
    slow = subprocess.Popen([sys.executable, "-c", SLOW, it["id"], str(go)], env=env, cwd=ROOT)
    until(lambda: said('"gone","name":"accounts_address"') > gone)
    call = [sys.executable, "-m", "mingpu", "backup", str(tmp_path / "to"), "--no-keys"]
    backup = subprocess.Popen(call, env=world.env, cwd=ROOT, stdout=subprocess.DEVNULL)
    until(lambda: said('"backup"') > backups)
    assert not list(tmp_path.glob("to/.*.part/database.dump")), "the dump began before the deletion had ended"
    go.write_text("")
    assert (slow.wait(120), backup.wait(120)) == (0, 0)
    (folder,) = (tmp_path / "to").iterdir()
    world.command("-m", "mingpu", "restore", str(folder))
    assert "accounts_address" not in run(world, LOOK, it["id"])["rows"]


def test_without_the_journal_it_is_refused_or_every_consent_is_off(world, tmp_path):
    it = run(world, LIVE_NOW, "lost1001")
    run(world, GIVE, it["id"], zone="storefront")
    folder = backed_up(world, tmp_path)
    journal = world.home / "journal"
    (today,) = journal.iterdir()
    whole = today.read_bytes()

    for content in (whole[:-40], None):
        today.unlink() if content is None else today.write_bytes(content)
        refused = world.run("-m", "mingpu", "restore", str(folder))
        assert (refused.returncode, "not known" in refused.stdout) == (1, True)
        assert not (world.home / "restoring").exists(), "nothing was touched"
    today.write_bytes(whole)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"at": "20260101T000000Z"}))
    assert "older than 90 days" in world.run("-m", "mingpu", "restore", str(folder)).stdout

    said = world.command("-m", "mingpu", "restore", str(folder), "--without-journal")
    assert "are back" in said
    assert run(world, LOOK, it["id"])["state"] == ["active", 0]


def test_what_a_restore_ends_are_tables_of_the_mall(world):
    code = """
import json, django
django.setup()
from mingpu.ops.replaying import ENDED
from tests.privacy.canaries import admin
with admin() as database:
    print(json.dumps([it for it in ENDED if database.execute("SELECT to_regclass(%s)", [it]).fetchone()[0] is None]))
"""
    assert run(world, code) == []
    assert REGISTER.raw["erasure"]["backup_days"] > REGISTER.raw["erasure"]["key_backup_days"]
