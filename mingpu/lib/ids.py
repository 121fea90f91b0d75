"""Numbers that leave the house: random, so that nobody can count orders or guess a neighbour's."""

import secrets
from uuid import UUID

# No 0/O, 1/I/L: they are read aloud on the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def public_number(prefix: str, length: int = 16) -> str:
    """Return a random number such as `M7K2…`: `prefix` and `length` characters, about 79 bits for 16."""
    rest = secrets.randbelow(
        len(ALPHABET) ** length
    )  # drawn at once: a number asks the system for chance once
    letters = []
    for _ in range(length):
        rest, place = divmod(rest, len(ALPHABET))
        letters.append(ALPHABET[place])
    return prefix + "".join(letters)


def token() -> str:
    """Return an opaque secret of 256 bits, safe in a header or a cookie."""
    return secrets.token_urlsafe(32)


def as_uuid(text: str) -> UUID | None:
    """Return the id that a text is, None for one that is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
