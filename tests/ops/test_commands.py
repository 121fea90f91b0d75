"""The privacy commands as an operator types them."""

import json
import os
import subprocess
import sys
import zipfile
from uuid import uuid4

import pytest
from django.conf import settings

from mingpu.ops.commands import statement
from mingpu.privacy import cancellation, certificate, check
from mingpu.privacy.register import REGISTER
from tests.conftest import ROOT
from tests.privacy.canaries import admin, count, live


def mingpu(*arguments):
    """Run a command in a process of its own; return its status and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "mingpu", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return done.returncode, done.stdout + done.stderr


def test_statement_check_says_that_it_holds_or_what_does_not():
    status, said = mingpu("statement", "check")
    assert "the statement holds" in said, said
    assert status == 0
    with admin() as database:
        database.execute("GRANT SELECT (phone) ON accounts_contact TO purpose_shopping")
        try:
            status, said = mingpu("statement", "check")
        finally:
            database.execute("REVOKE SELECT (phone) ON accounts_contact FROM purpose_shopping")
    assert status == 1
    assert (
        "grant-extra: the database has, the register does not: SELECT on accounts_contact(phone) to " in said
    )


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "隐私声明"), ("en", "privacy statement")])
def test_statement_show(language, word):
    status, said = mingpu("statement", "show", "--language", language)
    assert status == 0
    assert word in said
    assert REGISTER.digest in said


def test_statement_matrix_as_table_and_json():
    status, said = mingpu("statement", "matrix")
    assert status == 0, said
    assert "accounts_contact.phone" in said
    assert "login storefront may become" in said
    status, said = mingpu("statement", "matrix", "--json")
    assert status == 0
    whole = json.loads(said)
    assert whole["differences"] == 0
    assert {"zone", "purpose", "table", "column", "verb", "promised", "allowed"} == set(whole["cells"][0])
    with admin() as database:
        database.execute("REVOKE SELECT (email) ON accounts_contact FROM purpose_profile")
        try:
            status, said = mingpu("statement", "matrix")
        finally:
            database.execute("GRANT SELECT (email) ON accounts_contact TO purpose_profile")
    assert status == 1
    assert "differs from the register" in said


@pytest.fixture
def migrations(tmp_path, monkeypatch):
    """A folder with the register's migrations, to write in."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in check.MIGRATIONS.glob("0*.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(check, "MIGRATIONS", folder)
    return folder


def test_makemigration_writes_the_next_one_only_when_the_register_changed(migrations, capsys):
    newest = check.newest_migration()
    newest.write_text(check.migration_text())
    before = sorted(path.name for path in migrations.iterdir())
    assert statement._makemigration(rewrite=False) == 0
    assert sorted(path.name for path in migrations.iterdir()) == before
    newest.write_text("SELECT 1\n")
    assert statement._makemigration(rewrite=False) == 0
    assert check.newest_migration().read_text() == check.migration_text()
    assert check.newest_migration() != newest
    code = check.newest_migration().with_suffix(".py").read_text()
    compile(code, "migration", "exec")
    assert '("accounts", "' in code
    assert '("privacy", "0' in code


def test_makemigration_rewrites_before_a_release(migrations):
    newest = check.newest_migration()
    newest.write_text("SELECT 1\n")
    statement._makemigration(rewrite=True)
    assert check.newest_migration() == newest
    assert newest.read_text() == check.migration_text()


def test_export_writes_a_private_file_once(tmp_path):
    it, target = live(), tmp_path / "copy.zip"
    status, said = mingpu("export", it.id, "--out", target, "--case", "letter 7", "--by", "li")
    assert status == 0, said
    assert target.stat().st_mode & 0o077 == 0
    rows = json.loads(zipfile.ZipFile(target).read("json/accounts_contact.json"))
    assert rows[0]["phone"] == it.values["accounts_contact"]["phone"]
    status, said = mingpu("export", it.id, "--out", target, "--case", "letter 7", "--by", "li")
    assert (status, "there already" in said) == (1, True)
    status, said = mingpu(
        "export", uuid4(), "--out", tmp_path / "none.zip", "--case", "letter 7", "--by", "li"
    )
    assert (status, "no such person" in said) == (1, True)
    assert not (tmp_path / "none.zip").exists()
    with admin() as database:
        query = "SELECT actor FROM privacy_accesslog WHERE subject = %s AND reference = 'letter 7'"
        assert database.execute(query, [it.id]).fetchall()[0] == ("li",)


def test_erase_legal_and_verify_certificate(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 0)
    it = live()
    status, said = mingpu("erase", it.id)
    assert (status, "nothing is due" in said) == (1, True)
    certificate_id = cancellation.request(it.id).certificate_id
    status, said = mingpu("erase", it.id)
    assert (status, f"certificate {certificate_id}" in said) == (0, True), said
    assert count("accounts_contact", it.id) == 0
    status, said = mingpu("legal", it.order_no, "--case", "(2026) 1", "--by", "wang")
    assert status == 0, said
    assert json.loads(said)["orders_consignee"][0]["phone"] == it.values["orders_consignee"]["phone"]
    status, said = mingpu("legal", "M-NONE", "--case", "(2026) 1", "--by", "wang")
    assert (status, "no such order" in said) == (1, True)
    path, key = tmp_path / "certificate.json", tmp_path / "key"
    path.write_text(cancellation.certificate_file(certificate_id))
    key.write_text(certificate.public_key())
    status, said = mingpu("verify-certificate", path, "--public-key", key)
    assert (status, said.startswith("GENUINE")) == (0, True), said
    assert os.environ["MINGPU_ZONE"] == "storefront"


def test_what_is_typed_wrong_is_said(tmp_path):
    for arguments in (
        ["erase", "not-an-id"],
        ["statement"],
        ["statement", "burn"],
        ["legal", "M1"],
        ["verify-certificate"],
    ):
        status, said = mingpu(*arguments)
        assert (status, "usage: mingpu" in said) == (2, True), arguments
        assert "Traceback" not in said


def test_the_doctor_looks_at_statement_and_seals():
    status, said = mingpu("doctor")
    assert "ok  database as the register says" in said, said
    assert "ok  record of uses unbroken" in said
    assert status in {0, 1}  # there is no index in this mall
    assert "Traceback" not in said
