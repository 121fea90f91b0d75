"""Files of exports: sealed on the disk under their owner's key, named by nothing but a random number.

Other rooms' files lie beside them in the same manner, in the folder their table names in the register; here they are
taken away with their rows.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.conf import settings

from mingpu.privacy import keys
from mingpu.privacy.register import Table

KIND = "account"  # the class of key: goes with the account
DAY = 86_400


def path_of(export_id: UUID) -> Path:
    """Return where an export's file lies."""
    return Path(settings.EXPORTS_PATH) / f"{export_id.hex}.sealed"


def write(export_id: UUID, person_id: UUID, content: bytes) -> None:
    """Seal `content` for its owner and write it whole or not at all."""
    path = path_of(export_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sealed = keys.seal(keys.fetch_or_make(person_id, KIND), _place(export_id, person_id), content)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read(export_id: UUID, person_id: UUID) -> bytes:
    """Return a file's content for its owner; raises FileNotFoundError, keys.KeyErased, ValueError."""
    sealed = path_of(export_id).read_bytes()
    return keys.unseal(keys.fetch(person_id, KIND), _place(export_id, person_id), sealed)


def size(export_id: UUID) -> int | None:
    """Return a file's size in bytes, None when it is not there."""
    path = path_of(export_id)
    return path.stat().st_size if path.exists() else None


def remove(export_id: UUID) -> None:
    """Delete a file; one that is not there is no matter."""
    path_of(export_id).unlink(missing_ok=True)
    path_of(export_id).with_suffix(".part").unlink(missing_ok=True)


def remove_of(table: Table, numbers: Sequence[object]) -> None:
    """Delete the files of rows of a table, by the rows' keys; those that are not there are no matter."""
    for number in numbers if table.files else ():
        name = number.hex if isinstance(number, UUID) else number
        path = settings.HOME / table.files / f"{name}.sealed"
        path.unlink(missing_ok=True)
        path.with_suffix(".part").unlink(missing_ok=True)


def sweep(days: int) -> int:
    """Delete files older than `days`; return how many: what a killed process may have left."""
    folder, oldest = Path(settings.EXPORTS_PATH), time.time() - days * DAY
    old = [path for path in folder.glob("*") if path.stat().st_mtime < oldest] if folder.is_dir() else []
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _place(export_id: UUID, person_id: UUID) -> str:
    return f"export|{export_id}|{person_id}"
