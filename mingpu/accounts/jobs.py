"""What accounts do later."""

from uuid import UUID

from mingpu.accounts import services
from mingpu.lib.jobs import job
from mingpu.privacy import consent


@job("accounts.forget_unclaimed")
def forget_unclaimed(*, person_id: str) -> None:
    """A day after a code: forget the destination if no account came of it."""
    services.forget_unclaimed(person_id=UUID(person_id))


@job("privacy.consent_withdrawn")
def consent_withdrawn(*, person_id: str, matter: str) -> None:
    """Shortly after a no: delete what statements under way at that moment still wrote."""
    consent.sweep(UUID(person_id), matter)
