"""Short-lived backups of the key store: made every day, kept apart, destroyed before the promised time is over.

Erasing a key makes every copy of what it sealed unreadable, but for as long as an older copy of the key store lives. So
no such copy outlives `[erasure] key_backup_days` of the statement, which is less than the time erasure is promised in.
Where they lie is `MINGPU_KEY_BACKUPS`; they are worthless without the key-encryption key.
"""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from mingpu.lib.clock import now
from mingpu.privacy import keys
from mingpu.privacy.register import REGISTER

_NAME = re.compile(r"keys-(\d{8}T\d{6})Z\.sqlite3")
_STAMP = "%Y%m%dT%H%M%S"
BLOCK = 1 << 20


def days() -> int:
    """Return how many days a backup lives."""
    return int(REGISTER.raw["erasure"]["key_backup_days"])


def make() -> Path:
    """Write a backup whole or not at all, without a trace of keys that were destroyed; return where it lies."""
    folder = Path(settings.KEY_BACKUPS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"keys-{now().strftime(_STAMP)}Z.sqlite3"
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    keys.copy_to(part)
    part.chmod(0o600)
    part.replace(path)
    return path


def kept() -> Iterator[tuple[datetime, Path]]:
    """Yield the backups, oldest first, each with the time it was made by its name."""
    folder = Path(settings.KEY_BACKUPS)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if known := _NAME.fullmatch(path.name):
            yield datetime.strptime(known[1], _STAMP).replace(tzinfo=UTC), path


def expire() -> int:
    """Destroy the backups that are past their days, and what a killed process left half; return how many."""
    folder = Path(settings.KEY_BACKUPS)
    oldest = now() - timedelta(days=days())
    past = [path for at, path in kept() if at <= oldest]
    past += [
        path
        for path in (folder.glob("*.part") if folder.is_dir() else ())
        if path.stat().st_mtime < (now() - timedelta(days=1)).timestamp()
    ]
    for path in past:
        destroy(path)
    return len(past)


def destroy(path: Path) -> None:
    """Overwrite a file and delete it."""
    with path.open("r+b") as file:
        for _ in range(-(-path.stat().st_size // BLOCK)):
            file.write(secrets.token_bytes(BLOCK))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
