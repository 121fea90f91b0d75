"""The list of who was erased, so that a backup from before can never bring them back: replayed after every restore.

It lies beside the database, not in it, and goes with every backup. A line holds a keyed mark of the person (who holds
the key can only confirm a number they already know), the day, and the certificate, which names no one.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from mingpu.privacy.fields import blind_index

FILE = "deletions.jsonl"


@dataclass(frozen=True, slots=True)
class Deleted:
    """One erasure: the person's mark, when (RFC 3339), and the certificate with its signature."""

    mark: str
    at: str
    certificate_id: str
    body: str
    signature: str


def mark_of(person_id: UUID) -> str:
    """Return the mark of a person, 32 hexadecimal digits."""
    return blind_index("deletion_list", str(person_id)).hex()


def path() -> Path:
    """Return where the list lies."""
    return Path(settings.HOME) / FILE


def add(person_id: UUID, *, at: str, certificate_id: UUID, body: str, signature: str) -> None:
    """Write an erasure down for good, before the transaction that ends it commits; a second line does no harm."""
    line = Deleted(mark_of(person_id), at, str(certificate_id), body, signature)
    # It begins with the end of a line: what a power cut left half spoils nothing that comes after.
    text = "\n" + json.dumps(asdict(line), ensure_ascii=False, separators=(",", ":")) + "\n"
    file = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, text.encode())
        os.fsync(file)
    finally:
        os.close(file)


def read(*paths: Path) -> Iterator[Deleted]:
    """Yield what the lists say, each erasure once; a line that a killed process left half is passed over."""
    seen: set[tuple[str, str]] = set()
    for one in paths:
        for line in one.read_text().splitlines() if one.exists() else ():
            try:
                known = Deleted(**json.loads(line))
            except (ValueError, TypeError):
                continue
            if (known.mark, known.certificate_id) not in seen:
                seen.add((known.mark, known.certificate_id))
                yield known
