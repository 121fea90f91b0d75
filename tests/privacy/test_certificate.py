"""The certificate of erasure: whatever is changed in it shows, and it is checked without the mall."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from mingpu.privacy import certificate
from mingpu.privacy.certificate import NotGenuine
from tests.conftest import ROOT

BODY = {
    "kind": certificate.KIND, "format": 2, "id": str(uuid4()), "issued_at": "2026-01-02T03:04:05Z",
    "statement": {"version": "2026-11-23", "hash": "ab" * 32}, "deleted": {"accounts_contact": 1}, "frozen": {},
    "detached": {"privacy_accesslog": 9}, "frozen_until": "2029-01-02", "keys_destroyed": 4, "log_root": "0" * 64,
    "keys_destroyed_at": "2026-01-02T03:04:05Z", "files": 1, "notices": [],
    "rescan": {"tables": 30, "rows_found": 0, "jobs_found": 0, "frozen_values_checked": 8},
}  # fmt: skip


def file(body=None):
    body = body or BODY
    return certificate.document(certificate.canonical(body).decode(), certificate.sign(body))


def test_a_certificate_is_genuine_with_and_without_the_published_key():
    assert certificate.verify(file()) == BODY
    assert certificate.verify(file(), certificate.public_key()) == BODY


def changed(change):
    whole = json.loads(file())
    change(whole)
    return json.dumps(whole)


def foreign(whole):
    key = Ed25519PrivateKey.generate()
    whole["signature"] = b64encode(key.sign(certificate.canonical(whole["certificate"]))).decode()
    whole["public_key"] = b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["certificate"].update(keys_destroyed=5),
        lambda it: it["certificate"]["rescan"].update(rows_found=1),
        lambda it: it["certificate"].update(more="x"),
        lambda it: it["certificate"].pop("log_root"),
        lambda it: it["certificate"].update(kind="receipt"),
        lambda it: it["certificate"].update(format=3),
        lambda it: it.update(signature="AAAA"),
        lambda it: it.update(signature="not base64"),
        lambda it: it.update(public_key="AAAA"),
        lambda it: it.pop("signature"),
        lambda it: it.update(certificate=[]),
    ],
)
def test_a_changed_certificate_is_not_genuine(change):
    with pytest.raises(NotGenuine):
        certificate.verify(changed(change))


def test_one_signed_by_another_passes_only_without_the_published_key():
    forged = changed(foreign)
    assert certificate.verify(forged) == BODY  # nothing was altered; who signed is not known
    with pytest.raises(NotGenuine, match="another key"):
        certificate.verify(forged, certificate.public_key())


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "\x00", "{" * 9999, '{"certificate": {}}', "签名"])
def test_what_is_no_certificate_is_said_to_be_none(text):
    with pytest.raises(NotGenuine):
        certificate.verify(text)


texts = st.text(max_size=20).filter(lambda it: it.isprintable())


@given(
    st.recursive(
        texts | st.integers() | st.booleans() | st.none(),
        lambda it: st.lists(it) | st.dictionaries(texts, it),
    )
)
def test_canonical_text_is_one_for_one_content(value):
    body = {"value": value}
    again = json.loads(certificate.canonical(body))
    assert again == body
    assert certificate.canonical(again) == certificate.canonical(body)
    assert certificate.canonical(dict(reversed(list({**body, "a": 1}.items())))) == certificate.canonical(
        {**body, "a": 1}
    )


def run(*arguments, home):
    """Run the command where there is neither database nor secrets."""
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("MINGPU", "DATABASE", "DJANGO"))
    }
    env |= {"MINGPU_HOME": str(home / "none"), "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-c", "from mingpu.ops.cli import main; main()", "verify-certificate"]
    done = subprocess.run(
        [*call, *map(str, arguments)], check=False, capture_output=True, text=True, cwd=home, env=env
    )
    return done.returncode, done.stdout + done.stderr


def test_the_command_checks_offline(tmp_path):
    path, key = tmp_path / "certificate.json", tmp_path / "key.txt"
    path.write_text(file())
    key.write_text(certificate.public_key() + "\n")
    status, said = run(path, "--public-key", key, home=tmp_path)
    assert status == 0, said
    assert said.startswith("GENUINE: the signature matches\n")
    assert "accounts_contact" in said
    status, said = run(path, home=tmp_path)
    assert status == 0
    assert "--public-key" in said
    path.write_text(changed(lambda it: it["certificate"].update(keys_destroyed=5)))
    status, said = run(path, home=tmp_path)
    assert (status, said[:11]) == (1, "NOT GENUINE")
    status, said = run(tmp_path / "missing.json", home=tmp_path)
    assert (status, said[:14]) == (1, "cannot be read")
    assert not (tmp_path / "none").exists()
