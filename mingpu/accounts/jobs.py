"""What accounts do later."""

from uuid import UUID

from mingpu.accounts import services
from mingpu.lib.jobs import job


@job("accounts.forget_unclaimed")
def forget_unclaimed(*, person_id: str) -> None:
    """A day after a code: forget the destination if no account came of it."""
    services.forget_unclaimed(person_id=UUID(person_id))


@job("accounts.notify_former")
def notify_former(*, person_id: str, former_id: str, language: str) -> None:
    """Send word to a number that an account had until now."""
    services.notify_former(person_id=UUID(person_id), former_id=UUID(former_id), language=language)
