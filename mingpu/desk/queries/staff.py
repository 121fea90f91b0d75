"""Who is at the desk."""

from dataclasses import dataclass
from hashlib import sha256

from mingpu.desk.models import Staff, StaffSession
from mingpu.lib.clock import now

LONGEST_TOKEN = 200  # characters; ours have 43


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A signed-in member of staff by work name. merchant: the code of who they work for; "" is the mall."""

    name: str
    merchant: str

    @property
    def known_as(self) -> str:
        """What a person reads in the record of uses."""
        return f"{self.merchant}/{self.name}" if self.merchant else self.name


def staff_of(token: str) -> OnDuty | None:
    """Return who holds a sign-in; None when it is unknown or over, or they have left."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    sessions = StaffSession.objects.filter(token_hash=token_hash(token), expires_at__gt=now())
    found = Staff.objects.filter(name__in=sessions.values("name")).values_list("name", "merchant").first()
    return OnDuty(*found) if found else None


def token_hash(token: str) -> bytes:
    """Return what is kept of a token, 32 bytes."""
    return sha256(token.encode("utf-8", "replace")).digest()
