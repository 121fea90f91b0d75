"""Erasing, with its notices; and notices that were not answered at once."""

from uuid import UUID

from mingpu.deletion import services
from mingpu.lib.jobs import job
from mingpu.privacy import erasure


@job("privacy.erase")
def erase(person_id: str) -> None:
    """Erase a person whose cooling-off is over; nothing happens for one who stayed."""
    erasure.erase(UUID(person_id), tell=services.tell)


@job("deletion.send")
def send(notice_id: str) -> None:
    """Send a notice; one that is not answered adds the next try itself."""
    services.send(UUID(notice_id))
