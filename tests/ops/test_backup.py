"""Backups and what lingers: a mall of its own is backed up, people leave, it is restored, and its files are searched."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.mall import Mall, mall
from mingpu.privacy import certificate
from mingpu.privacy.register import REGISTER
from tests.conftest import ROOT

LIVE = """
import json, sys, django
django.setup()
from tests.privacy.canaries import live
one = live(sys.argv[1])
print(json.dumps({"id": str(one.id), "tag": one.tag, "order_no": one.order_no}))
"""
LEAVE = """
import sys, django
from uuid import UUID
django.setup()
from mingpu.privacy import cancellation
print(cancellation.request(UUID(sys.argv[1])).certificate_id)
"""
LOOK = """
import json, sys, django
from uuid import UUID
django.setup()
from mingpu.privacy import keys
from mingpu.privacy.register import REGISTER
from tests.privacy.canaries import admin, count
who = UUID(sys.argv[1])
rows = {t.name: n for t in REGISTER.tables.values() if t.subject and (n := count(t.name, who))}
kinds = sorted({c.sealed for t in REGISTER.tables.values() for c in t.columns.values() if c.sealed})
with admin() as database:
    sealed = database.execute("SELECT phone FROM accounts_contact WHERE person_id = %s", [who]).fetchone()
    state = database.execute("SELECT state, consents FROM privacy_standing WHERE person_id = %s", [who]).fetchone()
try:
    phone = sealed and keys.unseal(keys.fetch(who, "account"), f"accounts_contact|phone|{who}", bytes(sealed[0])).decode()
except keys.KeyErased:
    phone = "KEY GONE"
print(json.dumps({"rows": rows, "keys": [k for k in kinds if keys.fetch(who, k)], "phone": phone, "state": state}))
"""
# Searching is for a process of its own: whoever closes a file of the key store drops its locks.
SEARCH = """
import json, pathlib, sys
home, marks = pathlib.Path(sys.argv[1]), [bytes.fromhex(it) for it in sys.argv[2:]]
found = {}
for path in home.rglob("*"):
    if path.is_file() and "counterparts" not in path.parts:
        content = path.read_bytes()
        for number, mark in enumerate(marks):
            at = content.find(mark)
            while at >= 0:
                word = content[at : at + 60].split(b".")[0].decode("utf-8", "replace")
                found.setdefault(str(path.relative_to(home)), []).append(word if number == 0 else f"mark {number}")
                at = content.find(mark, at + 1)
print(json.dumps({name: sorted(set(words)) for name, words in found.items()}))
"""


@pytest.fixture(scope="module")
def world():
    with mall(MINGPU_COOLING_OFF_DAYS="0", PYTHONPATH=str(ROOT)) as it:
        yield it


def run(world: Mall, code: str, *arguments: str, zone: str = "owner"):
    return json.loads(world.command("-c", code, *arguments, zone=zone))


def live(world: Mall, tag: str):
    return run(world, LIVE, tag)


def leave(world: Mall, it) -> str:
    certificate_id = world.command("-c", LEAVE, it["id"], zone="storefront").strip()
    world.command("-m", "mingpu", "erase", it["id"])
    return certificate_id


def search(world: Mall, it) -> dict[str, list[str]]:
    """Look for a person's values in clear, and for their id as text and as the sixteen bytes it is stored as."""
    plain = it["id"].replace("-", "")
    marks = [f"canary-{it['tag']}".encode().hex(), it["id"].encode().hex(), plain]
    done = subprocess.run(
        [sys.executable, "-c", SEARCH, str(world.home), *marks], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def frozen(word: str) -> bool:
    """Whether a value belongs to a record that the law keeps."""
    table = word.split("-", 2)[2].rpartition("-")[0] if word.count("-") > 2 else ""
    return table in REGISTER.tables and REGISTER.tables[table].erase == "freeze"


def test_a_backup_from_before_brings_nobody_back(world, tmp_path):
    stays, goes = live(world, "stays001"), live(world, "goes0001")
    world.command("-m", "mingpu", "backup", str(tmp_path))
    (folder,) = [path for path in tmp_path.iterdir() if path.name.startswith("mingpu-")]
    (key_backup,) = (world.home / "key-backups").iterdir()
    certificate_id = leave(world, goes)

    dump = folder / "database.dump"
    assert b"canary-goes0001-accounts_contact-phone" not in dump.read_bytes()
    said = world.command("-m", "mingpu", "restore", str(folder))
    assert "erased anew: 1 people" in said

    gone, there = run(world, LOOK, goes["id"]), run(world, LOOK, stays["id"])
    assert gone == {"rows": {}, "keys": [], "phone": None, "state": None}
    assert there["phone"] == "canary-stays001-accounts_contact-phone."
    assert there["state"] == ["active", 0]
    assert {"accounts_contact", "search_search"} <= set(there["rows"]), "nobody took anything back of this"
    kept = world.command(
        "-c", "import sys, django; django.setup(); from mingpu.privacy.cancellation import certificate_file; print(certificate_file(sys.argv[1]))",
        certificate_id, zone="storefront",
    )  # fmt: skip
    assert certificate.verify(kept)["id"] == certificate_id

    # The dump alone, with the newest keys, opens nothing of theirs; with the keys of before it would.
    assert opened(world, folder, goes, world.home / "keys" / "keys.sqlite3") == "KEY GONE"
    assert opened(world, folder, goes, key_backup) == "canary-goes0001-accounts_contact-phone."


def opened(world: Mall, folder: Path, it, store: Path) -> str:
    """Open the phone in a backup with a key store, as a thief of both would."""
    code = """
import os, subprocess, sys, django
from uuid import UUID
django.setup()
from django.conf import settings
from mingpu.ops.postgres import BINARIES
from mingpu.privacy import keys
who = UUID(sys.argv[2])
call = [str(BINARIES / "pg_restore"), "--data-only", "--table=accounts_contact", "-f", "-", sys.argv[1]]
lines = subprocess.run(call, check=True, capture_output=True, text=True).stdout.splitlines()
(row,) = [line.split("\\t") for line in lines if line.startswith(str(who))]
names = next(line for line in lines if line.startswith("COPY ")).split("(")[1].split(")")[0].split(", ")
sealed = bytes.fromhex(row[names.index("phone")].lstrip("\\\\x"))
settings.KEY_STORE = __import__("pathlib").Path(sys.argv[3])
try:
    print(keys.unseal(keys.fetch(who, "account"), f"accounts_contact|phone|{who}", sealed).decode())
except keys.KeyErased:
    print("KEY GONE")
"""
    return world.command(
        "-c", code, str(folder / "database.dump"), it["id"], str(store), zone="owner"
    ).strip()


def test_a_backup_that_was_touched_is_not_restored(world, tmp_path):
    world.command("-m", "mingpu", "backup", str(tmp_path), "--no-keys")
    (folder,) = tmp_path.iterdir()
    (folder / "database.dump").write_bytes(b"x")
    done = world.run("-m", "mingpu", "restore", str(folder))
    assert (done.returncode, "database.dump is not as it was made" in done.stdout) == (1, True)
    (folder / "manifest.json").unlink()
    assert world.run("-m", "mingpu", "restore", str(folder)).returncode == 1


def test_backups_of_the_key_store_end_before_the_promise(world):
    it = live(world, "keys0001")
    command = "import django; django.setup(); from mingpu.privacy import key_backups; print(key_backups.{})"
    first = Path(world.command("-c", command.format("make()"), zone="worker").strip())
    assert first.stat().st_mode & 0o077 == 0
    leave(world, it)
    second = Path(world.command("-c", command.format("make()"), zone="worker").strip())
    plain = bytes.fromhex(it["id"].replace("-", ""))

    def holds(path: Path) -> bool:
        return plain in subprocess.run(["cat", str(path)], check=True, capture_output=True).stdout

    assert holds(first)
    assert not holds(second)
    days = REGISTER.raw["erasure"]["key_backup_days"]
    assert days < REGISTER.raw["erasure"]["working_days"]
    old = datetime.now(UTC) - timedelta(days=days, minutes=1)
    aged = first.rename(first.with_name(f"keys-{old.strftime('%Y%m%dT%H%M%S')}Z.sqlite3"))
    young = datetime.now(UTC) - timedelta(days=days - 1)
    second = second.rename(second.with_name(f"keys-{young.strftime('%Y%m%dT%H%M%S')}Z.sqlite3"))
    assert int(world.command("-c", command.format("expire()"), zone="worker")) == 1
    assert not aged.exists()
    assert not any(holds(path) for path in (world.home / "key-backups").iterdir())
    assert second.exists()


def test_a_lost_key_store_comes_back_without_those_who_left(world, tmp_path):
    stays, goes = live(world, "lost0001"), live(world, "lost0002")
    command = (
        "import django; django.setup(); from mingpu.privacy import key_backups; print(key_backups.make())"
    )
    copy = world.command("-c", command, zone="worker").strip()
    leave(world, goes)
    assert world.run("-m", "mingpu", "restore", "--keys", copy).returncode == 1
    for path in (world.home / "keys").iterdir():
        path.unlink()
    assert "destroyed anew" in world.command("-m", "mingpu", "restore", "--keys", copy)
    assert run(world, LOOK, goes["id"])["keys"] == []
    assert run(world, LOOK, stays["id"])["phone"] == "canary-lost0001-accounts_contact-phone."


def test_a_search_of_every_file_finds_nothing_after_tidying(world):
    it = live(world, "find0001")
    certificate_id = leave(world, it)
    lingering = search(world, it)
    world.command("-m", "mingpu", "tidy", "--everything")
    left = search(world, it)
    clear = {name: [word for word in words if not frozen(word)] for name, words in left.items()}
    assert {name: words for name, words in clear.items() if words} == {}
    assert any(not frozen(word) for words in lingering.values() for word in words), (
        "nothing lingered: is this test blind?"
    )
    sealed = {
        f"canary-{it['tag']}-{table.name}-{column.name}"
        for table in REGISTER.tables.values() for column in table.columns.values() if column.sealed
    }  # fmt: skip
    assert not sealed & {word for words in lingering.values() for word in words}, (
        "sealed values never stand in clear"
    )
    assert certificate_id
