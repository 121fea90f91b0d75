"""MINGPU_HOME: where the mall keeps its database, keys, index and media, and its secrets.

Every secret is made here on the first run; none has a default. A file per holder, so that a process can be
given its own and no other.
"""

import json
import os
import secrets
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import cast

LONGEST_SOCKET = 90  # bytes; the kernel's limit is 107 with the file's name
ZONES = ("storefront", "desk", "worker", "analyst", "vault", "auditor")


def home() -> Path:
    """Return MINGPU_HOME, by default `./var`, as an absolute path."""
    return Path(os.environ.get("MINGPU_HOME") or "var").resolve()


def port() -> int:
    """Return MINGPU_PORT, by default 8000; counterparts are on the next port and the desk on the one after."""
    return int(os.environ.get("MINGPU_PORT") or 8000)


def socket_folder() -> Path:
    """Return the folder of the embedded database's socket: beside its data, or in /tmp when that is too deep."""
    base = home() / "postgres"
    folder = base / "run"
    if len(str(folder)) > LONGEST_SOCKET:
        return Path(tempfile.gettempdir()) / f"mingpu-{sha256(str(base).encode()).hexdigest()[:12]}"
    return folder


def _new_secrets() -> dict[str, dict[str, str]]:
    common = {name: secrets.token_hex(32) for name in ("django", "blind_index")}
    zones = {f"zone-{zone}": {"password": secrets.token_hex(24)} for zone in ZONES}
    return {
        "common": common,
        "kek": {"key": secrets.token_hex(32)},
        "admin": {"password": secrets.token_hex(24)},
        "oversight": {"log": secrets.token_hex(32)},  # tags of the record of uses
        "certificate": {"seed": secrets.token_hex(32)},  # Ed25519, signs proofs of erasure
        **zones,
    }


def make_secrets() -> None:
    """Write the secrets that are not there yet, readable by their owner only."""
    folder = home() / "secrets"
    home().mkdir(parents=True, exist_ok=True)
    home().chmod(0o711)  # to be passed through by the database's user, not to be listed
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, values in _new_secrets().items():
        path = folder / f"{name}.json"
        if not path.exists():
            write_private(path, json.dumps(values))


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` so that no other user can read it, whole or not at all."""
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def secret(holder: str, name: str) -> str:
    """Return one secret; empty while the mall is not set up (nothing works with an empty one)."""
    path = home() / "secrets" / f"{holder}.json"
    return cast("dict[str, str]", json.loads(path.read_text())).get(name, "") if path.exists() else ""


def former(holder: str, name: str) -> list[str]:
    """Return what a secret was before it was renewed, the newest first; empty where it never was."""
    return secret(holder, f"{name}_former").split() if secret(holder, name) else []


def renewed_on(holder: str, name: str) -> str:
    """Return the day on which a secret was renewed last, YYYY-MM-DD; empty for never."""
    return secret(holder, f"{name}_renewed") if secret(holder, name) else ""


def renew(holder: str, name: str, day: str) -> None:
    """Make a secret anew, on a day written YYYY-MM-DD; what it was stays readable as `former` until it is forgotten."""
    kept = " ".join([secret(holder, name), *former(holder, name)])
    _change(holder, {name: secrets.token_hex(32), f"{name}_former": kept, f"{name}_renewed": day})


def forget_former(holder: str, name: str) -> int:
    """Forget what a secret was before; return how many values are gone."""
    gone = len(former(holder, name))
    _change(holder, {f"{name}_former": ""})
    return gone


def _change(holder: str, values: dict[str, str]) -> None:
    path = home() / "secrets" / f"{holder}.json"
    write_private(path, json.dumps({**json.loads(path.read_text()), **values}))
