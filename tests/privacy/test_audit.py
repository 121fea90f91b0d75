"""What must be refused is refused, in every purpose of every login; and a hole shows."""

import json
import subprocess
import sys

import psycopg
import pytest

from mingpu.home import home
from mingpu.privacy import audit
from mingpu.privacy.matrix import login
from mingpu.privacy.register import REGISTER
from tests.conftest import ROOT
from tests.privacy.canaries import admin, live
from tests.privacy.test_matrix import changed


def run(*words):
    done = subprocess.run(
        [sys.executable, "-m", "mingpu", "audit", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("zone", list(REGISTER.zones))
def test_nothing_is_given_to_any_login(zone):
    live()  # there is something to be taken
    tried = list(audit.tries(zone))
    assert [it for it in tried if not it.holds] == []
    purposes = [it for it in REGISTER.purposes.values() if zone in it.zones]
    assert len({it.purpose for it in tried}) == len(purposes) + 1
    assert len(tried) >= (len(purposes) + 1) * len(audit.NEVER)
    refused = [it for it in tried if it.outcome == audit.REFUSED]
    assert len(refused) > len(tried) * 0.7
    assert all("denied" in it.answer or "must be" in it.answer for it in refused), {
        it.answer for it in refused
    }


def test_a_hole_shows_and_fails_the_command():
    with (
        admin() as database,
        changed(
            database,
            "CREATE POLICY loot ON accounts_contact FOR SELECT TO purpose_profile USING (true)",
            "DROP POLICY loot ON accounts_contact",
        ),
    ):
        live()
        given = [it for it in audit.tries("storefront") if not it.holds]
        status, said = run()
    assert {(it.purpose, it.statement) for it in given} >= {("profile", "SELECT phone FROM accounts_contact")}
    assert status == 1
    assert "given, and must not be: storefront as profile" in said


def test_the_command_tries_all_logins_and_keeps_what_it_found():
    status, said = run("--json")
    told = json.loads(said)
    assert status == 0
    assert set(told["zones"]) == set(REGISTER.zones)
    assert told["given"] == []
    kept = json.loads((home() / "audit.json").read_text())
    assert kept["zones"] == told["zones"]
    assert kept["hash"] == REGISTER.digest


def test_the_auditors_login_reads_rights_and_roots_and_nothing_else():
    with login("auditor") as database:
        tables = [
            row[0]
            for row in database.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            ).fetchall()
        ]
        readable = []
        for table in tables:
            try:
                with database.transaction(force_rollback=True):
                    database.execute(f"SELECT * FROM {table} LIMIT 0")
                readable.append(table)
            except psycopg.errors.InsufficientPrivilege:
                pass
        functions = database.execute(
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'mingpu'::regnamespace "
            "AND has_function_privilege(oid, 'EXECUTE')"
        ).fetchone()[0]
    assert readable == ["privacy_logseal"]
    assert len(tables) > 60
    assert functions == 0
