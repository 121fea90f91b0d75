"""Files of photos and videos: sealed on the disk under their owner's key, named by nothing but a random number.

Their key is of the class of orders: it is destroyed with the person's account or with the last of their orders, and
then no copy of a file opens any more. A number is bound to its case, so a file opens in no other place.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from mingpu.privacy import keys

KIND: Final = "order"  # the class of key
SETTLED: Final = 3_600  # seconds after which a file without its row has no use


def write(number: str, case_no: str, person_id: UUID, content: bytes) -> None:
    """Seal `content` for its owner and write it whole or not at all."""
    path = _path(number)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sealed = keys.seal(keys.fetch_or_make(person_id, KIND), _place(number, case_no, person_id), content)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read(number: str, case_no: str, person_id: UUID) -> bytes:
    """Return a file's content; raises FileNotFoundError, keys.KeyErased, ValueError."""
    sealed = _path(number).read_bytes()
    return keys.unseal(keys.fetch(person_id, KIND), _place(number, case_no, person_id), sealed)


def remove(number: str) -> None:
    """Delete a file; one that is not there is no matter."""
    _path(number).unlink(missing_ok=True)
    _path(number).with_suffix(".part").unlink(missing_ok=True)


def settled() -> Iterator[str]:
    """Yield the numbers of the files that were written some time ago."""
    oldest = time.time() - SETTLED
    if _folder().is_dir():
        yield from sorted({it.stem for it in _folder().iterdir() if it.stat().st_mtime < oldest})


def _folder() -> Path:
    return settings.HOME / "evidence"


def _path(number: str) -> Path:
    return _folder() / f"{number}.sealed"


def _place(number: str, case_no: str, person_id: UUID) -> str:
    return f"evidence|{number}|{case_no}|{person_id}"
