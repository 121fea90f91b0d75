"""A person's copy of their data: all of it, for them alone, with hashes that hold."""

import csv
import io
import json
import zipfile
from base64 import b64decode
from hashlib import sha256
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from mingpu.lib.errors import NotFound
from mingpu.lib.text import speaking
from mingpu.privacy import certificate, export, files, keys
from mingpu.privacy.register import REGISTER
from tests.privacy.canaries import admin, count, live
from tests.support import zone


def made(it):
    """Make the copy the job would make and open it."""
    with zone("worker"):
        export.make(it.id, it.export_id)
    return zipfile.ZipFile(io.BytesIO(export.open_file(it.id, it.export_id)))


@pytest.fixture(scope="module")
def it():
    return live()


@pytest.fixture(scope="module")
def pack(it):
    return made(it)


def withheld():
    return {
        (table.name, column.name)
        for table in REGISTER.tables.values()
        for column in table.columns.values()
        if column.index_of or column.mask == "secret"
    }


def test_every_personal_value_is_in_it_opened(it, pack):
    for table in REGISTER.tables.values():
        if not table.subject or not table.export or table.name not in it.values:
            continue
        rows = json.loads(pack.read(f"json/{table.name}.json"))
        assert len(rows) == 1, table.name
        for column in table.personal_columns():
            value = it.values[table.name].get(column.name)  # None for what the database works out
            if (table.name, column.name) in withheld():
                assert column.name not in rows[0]
            elif isinstance(value, str) and (table.name, column.name) != ("privacy_export", "state"):
                assert rows[0][column.name] == value, (table.name, column.name)
            else:
                assert column.name in rows[0]


def test_hashes_and_blind_indexes_are_left_out_and_said_to_be(it, pack):
    whole = b"".join(pack.read(name) for name in pack.namelist())
    for table, column in withheld():
        value = it.values.get(table, {}).get(column)
        if isinstance(value, str):
            assert value.encode() not in whole
        if isinstance(value, bytes):
            assert value.hex().encode() not in whole
    named = {tuple(name.split(".")) for name in json.loads(pack.read("manifest.json"))["withheld"]["columns"]}
    assert named == {pair for pair in withheld() if REGISTER.tables[pair[0]].export}


def test_the_manifest_names_every_file_with_its_hash(pack):
    manifest = json.loads(pack.read("manifest.json"))
    assert {it["name"] for it in manifest["files"]} == set(pack.namelist()) - {
        "manifest.json",
        "signature.json",
    }
    for it in manifest["files"]:
        content = pack.read(it["name"])
        assert (len(content), sha256(content).hexdigest()) == (it["bytes"], it["sha256"])
    assert manifest["statement"] == {"version": REGISTER.version, "hash": REGISTER.digest}
    assert len(manifest["processes"]) == len(REGISTER.purposes)
    assert manifest["rows"]["accounts_contact"] == 1


def test_the_manifest_is_signed_by_the_mall(pack):
    manifest, signed = (json.loads(pack.read(f"{name}.json")) for name in ("manifest", "signature"))
    key = Ed25519PublicKey.from_public_bytes(b64decode(certificate.public_key()))
    assert signed["public_key"] == certificate.public_key()
    key.verify(b64decode(signed["signature"]), certificate.canonical(manifest))
    with pytest.raises(InvalidSignature):
        key.verify(b64decode(signed["signature"]), certificate.canonical({**manifest, "rows": {}}))


def test_the_record_of_uses_is_in_it(it, pack):
    rows = json.loads(pack.read("json/privacy_accesslog.json"))
    assert any(row["purpose"] == "rights" for row in rows)


def test_csv_reads_back_and_never_runs_as_a_formula(it, pack):
    text = pack.read("csv/accounts_address.csv").decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["street"] == it.values["accounts_address"]["street"]
    assert row["phone"] == it.values["accounts_address"]["phone"]
    for evil in ("=1+1", "+1", "-1", "@x", "\t=1"):
        assert export._cell(evil).startswith("'")
    assert export._cell(-1) == "-1"


def test_the_page_is_in_both_languages_and_escaped(it, pack):
    zh, en = pack.read("read.zh.html").decode(), pack.read("read.en.html").decode()
    assert '<html lang="zh-Hans">' in zh
    assert '<html lang="en">' in en
    assert str(it.values["accounts_contact"]["phone"]) in zh
    assert "Contact" in en
    found = {"accounts_profile": [{"nickname": "<script>alert(1)</script>"}]}
    with speaking("en"):
        assert "<script>" not in export.page(found).replace("<style>", "")


def test_on_the_disk_it_is_sealed(it, pack):
    content = files.path_of(it.export_id).read_bytes()
    assert b"canary" not in content
    assert content[:2] != b"PK"
    assert files.path_of(it.export_id).stat().st_mode & 0o077 == 0
    with pytest.raises((keys.KeyErased, ValueError)):
        files.read(it.export_id, uuid4())


def test_it_is_its_owners_alone(it, pack):
    other = live()
    for person, export_id in (
        (other.id, it.export_id),
        (it.id, other.export_id),
        (uuid4(), it.export_id),
        (it.id, uuid4()),
    ):
        with pytest.raises(NotFound):
            export.open_file(person, export_id)


def test_until_it_is_made_it_is_not_ready():
    it = live()
    with pytest.raises(export.NotReady):
        export.open_file(it.id, it.export_id)
    assert [found.state for found in export.exports_of(it.id)] == ["waiting"]
    assert export.request(it.id) == it.export_id  # one that is being made is enough


def test_asking_queues_one_job():
    it = live()
    made(it)
    first = export.request(it.id)
    assert export.request(it.id) == first
    with admin() as database:
        query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'privacy.export' AND args->>'person_id' = %s"
        assert database.execute(query, [str(it.id)]).fetchone() == (1,)


def test_making_it_again_changes_nothing():
    it = live()
    made(it)
    before = files.path_of(it.export_id).read_bytes()
    with zone("worker"):
        export.make(it.id, it.export_id)
        export.make(it.id, uuid4())  # never asked for
    assert files.path_of(it.export_id).read_bytes() == before
    (found,) = export.exports_of(it.id)
    assert (found.state, found.size) == ("ready", len(before))


def test_a_killed_job_is_repeated_and_a_half_written_file_never_shows():
    it = live()
    path = files.path_of(it.export_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".part").write_bytes(b"half")
    assert made(it).testzip() is None
    assert not path.with_suffix(".part").exists()


def test_after_its_time_it_is_gone():
    it = live()
    made(it)
    with admin() as database:
        database.execute(
            "UPDATE privacy_export SET expires_at = now() - interval '1 second' WHERE id = %s", [it.export_id]
        )
    assert [found.state for found in export.exports_of(it.id)] == ["expired"]
    with pytest.raises(NotFound):
        export.open_file(it.id, it.export_id)


def test_a_lost_file_is_said_to_be_gone():
    it = live()
    made(it)
    files.remove(it.export_id)
    with pytest.raises(NotFound):
        export.open_file(it.id, it.export_id)


def test_somebody_erased_leaves_no_file(monkeypatch):
    """The row goes while the file is being written: the file goes too."""
    it = live()
    write = files.write

    def slow(*arguments):
        with admin() as database:
            database.execute("DELETE FROM privacy_export WHERE id = %s", [it.export_id])
        write(*arguments)

    monkeypatch.setattr(files, "write", slow)
    with zone("worker"):
        export.make(it.id, it.export_id)
    assert not files.path_of(it.export_id).exists()
    assert count("privacy_export", it.id) == 0
    assert settings.EXPORTS_PATH.exists()
