"""What a person agreed may arrange their pages: the interests they picked, and what they looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import ProgrammingError

from mingpu.accounts.models import Profile
from mingpu.lib.clock import now
from mingpu.personalise.models import View
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.standing import agrees

KEPT: Final = 200  # products a person
KEPT_DAYS: Final = int(REGISTER.raw["retention"]["browsing"]["days"])


@dataclass(frozen=True, slots=True)
class Viewed:
    """A product a person looked at, and when last (UTC)."""

    id: UUID
    product_id: UUID
    at: datetime

    @property
    def days_left(self) -> int:
        """How many days until it goes by itself; 0 for the last one."""
        return max(0, (self.at + timedelta(days=KEPT_DAYS) - now()).days)


def interests_of(*, person_id: UUID) -> tuple[str, ...]:
    """Return a person's interests as they wrote them; () unless they agree to suggestions by interest.

    () too while the account is being cancelled: the person then sees what any visitor sees.
    """
    if not agrees(person_id, Purpose.PERSONALISATION):
        return ()
    try:
        with processing(Purpose.PERSONALISATION, subject=person_id, reading=True):
            said = Profile.objects.filter(person_id=person_id).values_list("interests", flat=True).first()
    except (AccountFrozen, ProgrammingError):
        return ()
    return tuple(filter(None, (line.strip() for line in (said or "").split("\n"))))


def views_of(*, person_id: UUID, limit: int = KEPT) -> list[Viewed]:
    """Return what a person looked at, the newest first; none unless they agree to keeping it.

    None too while the account is being cancelled.
    """
    if not agrees(person_id, Purpose.BROWSING_HISTORY):
        return []
    try:
        with processing(Purpose.BROWSING_HISTORY, subject=person_id, reading=True):
            rows = View.objects.filter(person_id=person_id).order_by("-at", "id")[:limit]
            return [Viewed(key, UUID(it), at) for key, it, at in rows.values_list("id", "product", "at")]
    except (AccountFrozen, ProgrammingError):
        return []
