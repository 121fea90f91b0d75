"""Who is at the desk."""

from hashlib import sha256

from mingpu.desk.models import Staff, StaffSession
from mingpu.lib.clock import now

LONGEST_TOKEN = 200  # characters; ours have 43


def staff_of(token: str) -> str | None:
    """Return the work name of who holds a sign-in; None when it is unknown or over, or they have left."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    sessions = StaffSession.objects.filter(token_hash=token_hash(token), expires_at__gt=now())
    return Staff.objects.filter(name__in=sessions.values("name")).values_list("name", flat=True).first()


def token_hash(token: str) -> bytes:
    """Return what is kept of a token, 32 bytes."""
    return sha256(token.encode("utf-8", "replace")).digest()
