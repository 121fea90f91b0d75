"""Reading a package somebody uploads: nothing in it is believed before limits, paths, signature and hashes are checked.

No database. The layout is that of `privacy.export`: `manifest.json` names every file with its hash, `signature.json`
signs the manifest. Everything else in it is data, and only fields the register knows are looked at.
"""

import io
import json
import re
import stat
import zipfile
import zlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mingpu.lib.text import Text
from mingpu.privacy.certificate import canonical
from mingpu.privacy.export import FORMAT, KIND
from mingpu.privacy.register import REGISTER
from mingpu.rights.errors import PackageRefused

MB: Final = 1024 * 1024
LARGEST: Final = 20 * MB  # as uploaded
LARGEST_OPEN: Final = 100 * MB  # all files unpacked
MOST_FILES: Final = 400
MOST_ROWS: Final = 500  # of one kind
DENSEST: Final = 200  # unpacked to packed bytes of one file
SMALL: Final = 64 * 1024  # below which density says nothing
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
_PATH: Final = re.compile(
    r"manifest\.json|signature\.json|statement\.jsonld|read\.(?:zh|en)\.html|(?:json|csv)/[a-z][a-z_]{1,60}\.(?:json|csv)"
)
_ENCRYPTED: Final = 0x1
# What can be taken over: table -> the fields that are looked at.
TAKEN: Final = {
    "accounts_address": ("name", "phone", "province", "city", "district", "street", "landline", "email"),
    "cart_favourite": ("product_id",),
    "accounts_profile": ("nickname", "gender", "birthday", "interests"),
}


class PackageTooLarge(PackageRefused):
    """The package was refused: {problem}."""

    code: ClassVar[str] = "package_too_large"


class PackageBomb(PackageRefused):
    """The package was refused: {problem}."""

    code: ClassVar[str] = "package_bomb"


class PackageBadPath(PackageRefused):
    """The package was refused: {problem}."""

    code: ClassVar[str] = "package_bad_path"


class PackageUnreadable(PackageRefused):
    """The package was refused: {problem}."""

    code: ClassVar[str] = "package_unreadable"


class PackageUnsigned(PackageRefused):
    """The package was refused: {problem}."""

    code: ClassVar[str] = "package_unsigned"


class PackageUnknownSource(PackageRefused):
    """The package was refused: {problem}."""

    code: ClassVar[str] = "package_unknown_source"


class PackageHashMismatch(PackageRefused):
    """The package was refused: {problem}."""

    code: ClassVar[str] = "package_hash_mismatch"


class PackageForeignField(PackageRefused):
    """The package was refused: {problem}."""

    code: ClassVar[str] = "package_foreign_field"


@dataclass(frozen=True, slots=True)
class Brought:
    """A package that was checked. source: whose key signed it; rows: by table, only what can be taken over."""

    source: str
    rows: Mapping[str, list[dict[str, Any]]]


def read_package(content: bytes, known: Mapping[str, str]) -> Brought:
    """Check an uploaded package and return what of it could be taken over.

    known: public key, base64 -> name of whose it is. Raises a PackageRefused with a code of its own for each fault.
    """
    if len(content) > LARGEST:
        raise PackageTooLarge(problem=Text("文件超过 20 MB", "the file is larger than 20 MB"))
    files = _unpacked(content)
    manifest = _json(files.get(MANIFEST))
    source = _source(manifest, _json(files.get(SIGNATURE)), known)
    _hashes(manifest, files)
    return Brought(source, {name: _rows(name, files) for name in TAKEN if f"json/{name}.json" in files})


def _unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of an archive, read no further than the limits. Nothing is written anywhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            return dict(_files(pack))
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as bad:
        raise PackageUnreadable(
            problem=Text("不是可以读取的压缩包", "it is no archive that can be read")
        ) from bad


def _files(pack: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    listed = pack.infolist()
    if len(listed) > MOST_FILES:
        raise PackageBomb(problem=Text("文件太多", "too many files"))
    left, seen = LARGEST_OPEN, set[str]()
    for it in listed:
        odd = stat.S_IFMT(it.external_attr >> 16) not in {0, stat.S_IFREG}
        if odd or it.filename in seen or it.orig_filename != it.filename or not _PATH.fullmatch(it.filename):
            raise PackageBadPath(problem=Text("有不该出现的文件名", "a file name that has no place in it"))
        if it.flag_bits & _ENCRYPTED:
            raise PackageUnreadable(problem=Text("压缩包加了密码", "the archive is encrypted"))
        seen.add(it.filename)
        dense = it.file_size > SMALL and it.file_size > DENSEST * max(it.compress_size, 1)
        if dense or it.file_size > left:
            raise PackageBomb(problem=Text("解开后过大", "it would unpack to too much"))
        with pack.open(it) as file:
            found = file.read(left + 1)  # what the header says of its size may be a lie
        left -= len(found)
        if left < 0:
            raise PackageBomb(problem=Text("解开后过大", "it would unpack to too much"))
        yield it.filename, found


def _json(content: bytes | None) -> Any:
    try:
        return json.loads(content or b"")
    except (ValueError, RecursionError):
        raise PackageUnreadable(
            problem=Text("清单缺失或无法读取", "its lists are missing or cannot be read")
        ) from None


def _source(manifest: Any, signed: Any, known: Mapping[str, str]) -> str:
    """Return whose key signed a manifest. Raises PackageUnsigned, PackageUnknownSource."""
    unsigned = PackageUnsigned(problem=Text("签名缺失或不符", "its signature is missing or does not match"))
    if not isinstance(manifest, dict) or not isinstance(signed, dict):
        raise unsigned
    if (manifest.get("kind"), manifest.get("format")) != (KIND, FORMAT):
        raise PackageUnreadable(problem=Text("格式或版本不认识", "a format or version that is not known"))
    key = str(signed.get("public_key"))
    if key not in known:
        raise PackageUnknownSource(problem=Text("不是名单内商城签发的", "no mall on our list signed it"))
    try:
        raw = b64decode(str(signed.get("signature")), validate=True)
        Ed25519PublicKey.from_public_bytes(b64decode(key)).verify(raw, canonical(manifest))
    except (InvalidSignature, NotBase64, ValueError):
        raise unsigned from None
    return known[key]


def _hashes(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Hold every file against the signed list, both ways. Raises PackageHashMismatch."""
    listed = manifest.get("files")
    rows = listed if isinstance(listed, list) else []
    named = {str(it.get("name")): it.get("sha256") for it in rows if isinstance(it, dict)}
    there = {name: sha256(content).hexdigest() for name, content in files.items()}
    if named != {name: mark for name, mark in there.items() if name not in {MANIFEST, SIGNATURE}}:
        raise PackageHashMismatch(
            problem=Text("文件与清单的校验值不符", "its files are not those of the signed list")
        )


def _rows(table: str, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return a table's rows with the fields that are looked at. Raises PackageForeignField for one we do not know."""
    found = _json(files[f"json/{table}.json"])
    known = REGISTER.tables[table].columns.keys()
    if not isinstance(found, list) or len(found) > MOST_ROWS:
        raise PackageUnreadable(
            problem=Text("条目过多或无法读取", "too many entries, or none that can be read")
        )
    for row in found:
        plain = isinstance(row, dict) and all(
            value is None or isinstance(value, str | bool | int) for value in row.values()
        )
        if not plain or row.keys() - known:
            raise PackageForeignField(problem=Text("有我们不认识的字段", "a field that we do not know"))
    return [{name: row.get(name) for name in TAKEN[table]} for row in found]
