"""Sending a notice of deletion and taking what comes back."""

import logging
from uuid import UUID

from mingpu.adapters.deletion import DeletionNotice, NoticeFailed
from mingpu.adapters.providers import deletion_desk
from mingpu.privacy import deletion, deletion_receipts

log = logging.getLogger(__name__)


def send(notice_id: UUID) -> str:
    """Send a notice once, note what came of it, and return its state; '' for one that is settled.

    What is not answered is tried again by a job, with growing pauses; what is refused, or not answered in time, waits
    at the desk. Killed at any point, the next call sends the same notice under the same number.
    """
    it = deletion.to_send(notice_id)
    if it is None:
        return ""
    known = ""
    try:
        known = deletion_desk().public_key(it.recipient)
        if not it.tries:
            deletion.expect(it.id, known)
        receipt = deletion_desk().send(
            DeletionNotice(id=it.id, recipient=it.recipient, body=it.body, digest=it.digest)
        )
    except NoticeFailed as failed:
        state = deletion.REFUSED if failed.permanent else deletion.WAITING
        deletion.not_answered(it, failed.code, public_key=known, state=state)
        log.warning("notice %s not taken by %s: %s", it.id, it.recipient, failed.code)
        return state
    if receipt is None:
        deletion.not_answered(it, "", public_key=known, state=deletion.ACCEPTED)
        return deletion.ACCEPTED
    try:
        deletion.acknowledged(it, receipt, known)
    except deletion_receipts.NotReceived:
        deletion.not_answered(it, "forged", public_key=known)
        return deletion.WAITING
    return deletion.ACKNOWLEDGED


def tell(notice_id: UUID) -> None:
    """Send a notice in the middle of an erasure, which goes on whatever comes of it."""
    send(notice_id)
