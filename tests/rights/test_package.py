"""A package is believed in nothing before its limits, paths, signature and hashes hold: attacks, one a fault."""

import io
import json
import struct
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.rights import package
from mingpu.rights.errors import PackageRefused
from mingpu.rights.package import LARGEST, read_package
from tests.rights.packages import ADDRESS, PROFILE, files_of, neighbour, pack

GOOD = {"accounts_address": [ADDRESS], "accounts_profile": [PROFILE]}


def known():
    return {neighbour().public_key(): "neighbour"}


def refused(content):
    with pytest.raises(PackageRefused) as error:
        read_package(content, known())
    assert error.value.status == 422
    return error.value.code


def rezipped(content, change):
    """Rewrite an archive entry by entry: change(name, bytes) -> [(ZipInfo or name, bytes)]."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for it in old.infolist():
            for name, data in change(it.filename, old.read(it)):
                new.writestr(name, data)
    return out.getvalue()


def with_entry(name, data=b"x", **attributes):
    info = zipfile.ZipInfo(name)
    for key, value in attributes.items():
        setattr(info, key, value)
    out = io.BytesIO(pack(files_of(**GOOD)))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(info, data)
    return out.getvalue()


def test_a_good_one_gives_its_source_and_only_what_can_be_taken_over():
    found = read_package(pack(files_of(**GOOD, orders_order=[{"order_no": "M1"}])), known())
    assert found.source == "neighbour"
    assert found.rows.keys() == {"accounts_address", "accounts_profile"}
    assert found.rows["accounts_address"][0]["street"] == ADDRESS["street"]
    assert "is_default" not in found.rows["accounts_address"][0]


@pytest.mark.parametrize(
    "name",
    ["../etc/passwd", "/etc/passwd", "json/../../x.json", "json\\accounts_address.json", "C:/x", "json/X.json", "run.sh",
     "json/", "json/a b.json", "json/é.json", "JSON/accounts_address.json", "json/accounts_address.json.exe", "."],
    ids=[f"path{n}" for n in range(13)],
)  # fmt: skip
def test_a_file_name_that_has_no_place_is_refused(name):
    assert refused(with_entry(name)) == "package_bad_path"


def test_a_link_and_a_name_twice_are_refused():
    assert refused(with_entry("csv/accounts_address.csv", b"/etc/passwd", external_attr=0o120777 << 16)) == "package_bad_path"  # fmt: skip
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = with_entry("json/accounts_address.json", b"[]")
    assert refused(twice) == "package_bad_path"


def test_a_bomb_is_not_unpacked():
    assert refused(with_entry("csv/accounts_address.csv", b"0" * (60 * 1024 * 1024), compress_type=zipfile.ZIP_DEFLATED)) == "package_bomb"  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(package.MOST_FILES + 1):
            archive.writestr(f"json/t{n}.json", b"")
    assert refused(out.getvalue()) == "package_bomb"


def test_a_header_that_lies_about_the_size_is_found_out(monkeypatch):
    monkeypatch.setattr(package, "LARGEST_OPEN", 200_000)
    content = bytearray(with_entry("csv/accounts_address.csv", bytes(range(256)) * 2000, compress_type=zipfile.ZIP_STORED))  # fmt: skip
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"csv/accounts_address.csv"))
    content[at + 24 : at + 28] = struct.pack("<I", 10)  # its size, as the list at the end has it
    assert refused(bytes(content)) in {"package_bomb", "package_unreadable", "package_hash_mismatch"}


def test_too_large_and_not_an_archive():
    assert refused(b"0" * (LARGEST + 1)) == "package_too_large"
    assert refused(b"") == "package_unreadable"
    assert refused(b"PK\x03\x04 nonsense") == "package_unreadable"
    assert refused(pack(files_of(**GOOD))[:-30]) == "package_unreadable"


def test_an_encrypted_one_is_not_read():
    content = bytearray(pack(files_of(**GOOD)))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    assert refused(bytes(content)) == "package_unreadable"


def test_signed_by_nobody_a_stranger_or_over_something_else():
    good = files_of(**GOOD)
    assert refused(pack(good, key=Ed25519PrivateKey.generate())) == "package_unsigned"
    assert refused(pack(good, signed={"public_key": "AAAA", "signature": ""})) == "package_unknown_source"
    assert (
        refused(pack(good, signed={"public_key": neighbour().public_key(), "signature": "!"}))
        == "package_unsigned"
    )
    assert refused(pack(good, signed=["x"])) == "package_unsigned"
    assert refused(pack(good, kind="mingpu.erasure-certificate")) == "package_unreadable"
    assert refused(pack(good, format=2)) == "package_unreadable"
    without = rezipped(pack(good), lambda name, data: [] if name == "signature.json" else [(name, data)])
    assert refused(without) == "package_unreadable"


@pytest.mark.parametrize("what", ["changed", "added", "left_out"])
def test_files_that_are_not_those_of_the_signed_list_are_refused(what):
    change = {
        "changed": lambda name, data: [(name, data.replace(b"188", b"189"))],
        "added": lambda name, data: [(name, data)] + ([("json/cart_line.json", b"[]")] if name == "manifest.json" else []),
        "left_out": lambda name, data: [] if name == "json/accounts_profile.json" else [(name, data)],
    }[what]  # fmt: skip
    assert refused(rezipped(pack(files_of(**GOOD)), change)) == "package_hash_mismatch"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{**ADDRESS, "credit_score": 7}], "package_foreign_field"), ([{**ADDRESS, "name": ["a", "b"]}], "package_foreign_field"),
        (["text"], "package_foreign_field"), ({"name": "x"}, "package_unreadable"), ([{}] * 501, "package_unreadable"),
        ([{**ADDRESS, "name": 1.5}], "package_foreign_field"),
    ],
    ids=["unknown", "nested", "no_row", "no_list", "too_many", "float"],
)  # fmt: skip
def test_fields_and_shapes_we_do_not_know_are_refused(rows, code):
    assert refused(pack(files_of(accounts_address=rows))) == code


def test_json_that_cannot_be_read_is_refused():
    assert refused(pack({"json/accounts_address.json": b"[" * 60_000})) == "package_unreadable"
    assert refused(pack({"json/accounts_address.json": b"\xff\xfe"})) == "package_unreadable"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_altered_it_is_refused_or_the_same(data):
    content = bytearray(pack(files_of(**GOOD)))
    honest = read_package(bytes(content), known())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    found = code = None
    try:
        found = read_package(bytes(content), known())
    except PackageRefused as error:
        code = error.code
    assert (code or "package_").startswith("package_")
    assert found is None or json.dumps(found.rows) == json.dumps(honest.rows)
