"""Packages as another mall makes them: the same layout, signed with its own key."""

import io
import json
import zipfile
from base64 import b64encode
from hashlib import sha256
from typing import Any

from django.conf import settings

from mingpu.adapters.counterparts.keys import provision
from mingpu.privacy.certificate import canonical
from mingpu.privacy.export import FORMAT, KIND
from tests.counterparts import outside

ADDRESS = {
    "name": "林知夏", "phone": "13800000042", "province": "浙江省", "city": "杭州市", "district": "西湖区",
    "street": "文三路 188 号", "landline": None, "email": None, "is_default": True,
}  # fmt: skip
PROFILE = {"nickname": "邻家客", "gender": "female", "birthday": "1990-05-17", "interests": ""}


def neighbour() -> Any:
    """The key that the mall next door signs with."""
    outside()

    return provision(settings.HOME / "counterparts").mall


def files_of(**tables: list[dict[str, Any]]) -> dict[str, bytes]:
    return {
        f"json/{name}.json": json.dumps(rows, ensure_ascii=False).encode() for name, rows in tables.items()
    }


def pack(files: dict[str, bytes], *, key: Any = None, **changes: Any) -> bytes:
    """Return a package. changes: of the manifest, after which it is signed; `files`, `signed` replace what would be."""
    them = neighbour()
    manifest = {
        "kind": KIND, "format": FORMAT,
        "files": [{"name": name, "bytes": len(it), "sha256": sha256(it).hexdigest()} for name, it in files.items()],
    } | {name: value for name, value in changes.items() if name != "signed"}  # fmt: skip
    signer = key or them.signing_key()
    signed = changes.get("signed") or {
        "algorithm": "Ed25519", "public_key": them.public_key(),
        "signature": b64encode(signer.sign(canonical(manifest))).decode(),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("signature.json", json.dumps(signed))
    return out.getvalue()
