"""The journal of deletions: a line before the commit, nothing of a value in it, and no way to delete past it."""

import ast
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from mingpu.accounts.models import Address
from mingpu.accounts.queries import addresses_of
from mingpu.accounts.services import delete_address
from mingpu.lib import clock
from mingpu.privacy import forgetting, journal
from mingpu.privacy.consent import give
from mingpu.privacy.purposes import Purpose, processing
from tests.conftest import ROOT
from tests.factories import make_address, make_person

# Where a person's row is deleted without a line, and why a restore is right all the same.
UNWRITTEN = {
    "accounts/services/codes.py forget_unclaimed": "codes end with a restore",
    "accounts/services/devices.py _mark": "another mark of the same device takes its place",
    "accounts/services/devices.py _link": "another link of the same device takes its place",
    "accounts/services/devices.py forget_device": "sign-ins end with a restore, and devices with them",
    "accounts/services/guessing.py clear_attempts": "counts of a quarter of an hour",
    "accounts/services/halfway.py finish": "sign-ins end with a restore",
    "accounts/services/linking.py _spend": "names nobody, ten minutes",
    "accounts/services/new_phone.py _change": "codes, recoveries and sign-ins end with a restore",
    "accounts/services/new_password.py set_password": "sign-ins and recoveries end with a restore",
    "accounts/services/passkeys.py _spend": "names nobody, minutes",
    "accounts/services/recovering.py settle": "sign-ins end with a restore",
    "accounts/services/recovery.py _at_once": "sign-ins and recoveries end with a restore",
    "accounts/services/recovery.py _wait": "recoveries end with a restore",
    "accounts/services/sessions.py end_other_sessions": "sign-ins end with a restore",
    "accounts/services/sessions.py end_session": "sign-ins end with a restore",
    "accounts/services/signin.py sign_out": "sign-ins end with a restore",
    "api/notices.py delete": "asks the verb, which writes it",
    "web/pages/notices.py notice_delete": "asks the verb, which writes it",
    "cart/services.py merge": "goes on in the person's cart, which a restore takes back as well",
    "checkout/services.py _place": "goes on in an order, which a restore takes back as well",
    "invoices/services/issuing.py _handed_in": "goes on in an invoice, which a restore takes back as well",
    "personalise/services.py remember_view": "pushed out by a newer one, which a restore takes back as well",
    "search/services.py remember": "pushed out by a newer one, which a restore takes back as well",
    "privacy/cancellation.py request": "sign-ins end with a restore",
    "privacy/cancellation.py withdraw": "has a line of its own kind",
    "privacy/consent.py _delete": "the line of the no says it",
    "privacy/erasure.py _delete": "the list of deletions says it",
    "privacy/erasure.py _drop_empty_vault": "the list of deletions says it",
    "privacy/erasure.py _finish": "the list of deletions says it",
    "privacy/erasure.py _jobs": "the list of deletions says it",
    "privacy/forgetting.py forget": "is what writes the line",
    "privacy/keys.py erase": "the key store is no part of the database's backup",
    "privacy/matrix.py statement": "deletes nothing",
    "privacy/retention.py _keys": "a vault's name without a record",
    "privacy/retention.py _slice": "writes the line itself",
}
# Rooms and tables that hold nobody's rows.
NOBODYS = ("adapters/", "catalog/", "desk/", "ops/")
NOBODYS_ROWS = {
    f"search/services.py {name}"
    for name in ("_close", "_replace", "close_days", "drop_synonyms", "free_word", "verify")
}


@pytest.fixture
def apart(monkeypatch, tmp_path):
    """A journal of the test's own; called, it lies elsewhere."""
    monkeypatch.setattr(settings, "JOURNAL", tmp_path)
    return lambda path: monkeypatch.setattr(settings, "JOURNAL", path)


def deletions():
    for path in sorted((ROOT / "mingpu").rglob("*.py")):
        where = str(path.relative_to(ROOT / "mingpu"))
        if "migrations" in where or where.startswith(NOBODYS):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("test"):
                body = [inner for part in node.body for inner in ast.walk(part)]
                calls = any(isinstance(it, ast.Call) and isinstance(it.func, ast.Attribute) and it.func.attr in {"delete", "_raw_delete"} for it in body)  # fmt: skip
                words = any(isinstance(it, ast.Constant) and isinstance(it.value, str) and "DELETE FROM" in it.value for it in body)  # fmt: skip
                if calls or words:
                    yield f"{where} {node.name}"


def test_a_persons_row_goes_with_a_line_or_for_a_reason():
    found = set(deletions())
    assert found - NOBODYS_ROWS == set(UNWRITTEN)


def lines(reached):
    return [(it.kind, it.name, it.marks) for it in journal.since(reached)]


def test_a_deletion_leaves_a_keyed_mark_and_no_value():
    person = make_person()
    address_id = make_address(person)
    reached = journal.position()
    delete_address(person_id=person.id, address_id=address_id)
    assert lines(reached) == [
        ("gone", "accounts_address", (forgetting.mark("accounts_address", address_id),))
    ]
    content = b"".join(path.read_bytes() for path in journal._files())
    for word in (str(address_id), address_id.hex, str(person.id), person.id.hex):
        assert word.encode() not in content
    assert forgetting.mark("accounts_address", address_id) != forgetting.mark("cart_line", address_id)


def test_what_was_not_deleted_leaves_no_line():
    person = make_person()
    address_id = make_address(person)
    reached = journal.position()
    with pytest.raises(ZeroDivisionError), processing(Purpose.PROFILE, subject=person.id):
        forgetting.forget(Address.objects.filter(id=address_id))
        raise ZeroDivisionError
    with processing(Purpose.PROFILE, subject=person.id):
        assert forgetting.forget(Address.objects.filter(id=uuid4())) == 0
    assert lines(reached) == []
    assert [it.id for it in addresses_of(person.id)] == [address_id]
    with pytest.raises(RuntimeError):
        forgetting.note_gone("accounts_address", [address_id])


def test_a_journal_that_cannot_be_written_stops_the_deletion(tmp_path, apart):
    person = make_person()
    address_id = make_address(person)
    give(person.id, "search_history", True, "zh-hans")
    blocked = tmp_path / "no folder"
    blocked.write_text("")
    apart(blocked / "journal")
    with pytest.raises(OSError, match="journal"):
        delete_address(person_id=person.id, address_id=address_id)
    with pytest.raises(OSError, match="journal"):
        give(person.id, "search_history", False, "zh-hans")
    assert [it.id for it in addresses_of(person.id)] == [address_id]
    apart(tmp_path / "journal")
    reached = journal.position()
    delete_address(person_id=person.id, address_id=address_id)
    assert len(lines(reached)) == 1


CRASH = """
import os, sys, django
django.setup()
from uuid import UUID
from mingpu.accounts.services import delete_address
from mingpu.privacy import purposes
purposes._end = lambda **how: os._exit(9)
delete_address(person_id=UUID(sys.argv[1]), address_id=UUID(sys.argv[2]))
"""


def test_a_crash_before_the_commit_leaves_the_line_and_the_row():
    person = make_person()
    address_id = make_address(person)
    reached = journal.position()
    call = [sys.executable, "-c", CRASH, str(person.id), str(address_id)]
    assert subprocess.run(call, check=False, cwd=ROOT, env=os.environ).returncode == 9
    assert lines(reached) == [
        ("gone", "accounts_address", (forgetting.mark("accounts_address", address_id),))
    ]
    assert [it.id for it in addresses_of(person.id)] == [address_id]
    delete_address(person_id=person.id, address_id=address_id)  # nothing stands in the way of doing it again
    assert len(lines(reached)) == 2


def test_a_line_cut_in_half_spoils_none_that_comes_after(tmp_path, apart):
    reached = journal.position()
    (today,) = tmp_path.iterdir()
    journal.append([journal.Line("gone", "cart_line", ("a",))])
    with today.open("ab") as file:
        file.write(b'{"kind":"gone","name":"cart_line","ma')
    journal.append(
        [journal.Line("gone", "cart_line", ("b",)), journal.Line("no", "profiling", ("c",), ("x",))]
    )
    assert lines(reached) == [
        ("gone", "cart_line", ("a",)), ("gone", "cart_line", ("b",)), ("no", "profiling", ("c",))
    ]  # fmt: skip
    assert lines(journal.position()) == []


def days(monkeypatch, *, ago):
    moment = datetime.now(UTC) - timedelta(days=ago)
    monkeypatch.setattr(journal, "now", lambda: moment)


def test_a_missing_part_is_noticed_and_old_parts_end(tmp_path, monkeypatch, apart):
    reached = {}
    for ago in (100, 95, 40, 2, 0):
        days(monkeypatch, ago=ago)
        reached[ago] = journal.position()
        journal.append([journal.Line("gone", "cart_line", (str(ago),))])
    monkeypatch.setattr(journal, "now", clock.now)
    assert [it[2][0] for it in lines(reached[40])] == ["40", "2", "0"]
    assert journal.expire(90) == 2
    assert journal.expire(90) == 0
    assert [it[2][0] for it in lines(reached[40])] == ["40", "2", "0"]
    with pytest.raises(journal.Gap):
        lines(reached[100])
    with pytest.raises(journal.Gap):
        lines({})
    middle = sorted(tmp_path.iterdir())[1]
    content = middle.read_bytes()
    middle.unlink()
    with pytest.raises(journal.Gap):
        lines(reached[40])
    middle.write_bytes(content)
    first = min(tmp_path.iterdir())
    first.write_bytes(first.read_bytes()[: reached[40][first.name] - 1])
    with pytest.raises(journal.Gap):
        lines(reached[40])
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(journal.Gap):
        lines(reached[40])


def test_many_threads_lose_no_line(tmp_path, apart):
    reached = journal.position()

    def write(number):
        for turn in range(10):
            journal.append([journal.Line("gone", "cart_line", (f"{number}-{turn}",))])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    assert sorted(marks[0] for _, _, marks in lines(reached)) == sorted(
        f"{number}-{turn}" for number in range(8) for turn in range(10)
    )
    (today,) = tmp_path.iterdir()
    assert today.stat().st_mode & 0o077 == 0
    assert all(json.loads(line) for line in today.read_text().splitlines() if line)


def test_processes_that_begin_a_day_together_make_one_file(tmp_path):
    code = "import django; django.setup(); from mingpu.privacy import journal; journal.append([journal.Line('gone', 'cart_line', ('x',))])"
    env = {**os.environ, "MINGPU_JOURNAL": str(tmp_path)}
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env) for _ in range(3)]
    assert [it.wait(60) for it in running] == [0, 0, 0]
    (today,) = tmp_path.iterdir()
    found = [json.loads(line) for line in today.read_text().splitlines() if line]
    assert [it["kind"] for it in found] == ["after", "gone", "gone", "gone"]


def test_no_more_than_one_message_to_the_database_and_one_write():
    person = make_person()
    addresses = [make_address(person) for _ in range(3)]
    reached = journal.position()
    said = []

    def listen(execute, sql, params, many, context):
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen), processing(Purpose.PROFILE, subject=person.id):
        assert forgetting.forget(Address.objects.filter(person_id=person.id)) == 3
    assert len(said) == 1
    ((kind, table, marks),) = lines(reached)
    assert (kind, table) == ("gone", "accounts_address")
    assert set(marks) == {forgetting.mark(table, it) for it in addresses}
