"""What a recovery that has waited long enough does, and the words by which a mail stops it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from mingpu.accounts.models import Credential, Recovery, RecoveryCode, SecondStep, Session
from mingpu.lib.clock import now
from mingpu.privacy.fields import blind_index
from mingpu.privacy.forgetting import forget

WAIT: Final = timedelta(hours=72)  # what one channel alone waits
HELD: Final = timedelta(hours=72)  # what a thief would want waits, after any recovery


def settle(person_id: UUID) -> None:
    """Let a recovery take effect whose time has come, inside the running block of the person; else nothing.

    The time is in its row and needs nobody to be awake: whoever signs in next finds it. Every sign-in ends.
    """
    rows = Recovery.objects.filter(person_id=person_id, state="waiting", due_at__lte=now())
    row = rows.values("password_hash", "lifts").first()
    if row is None or not rows.update(state="settled", password_hash=""):
        return
    Credential.objects.filter(person_id=person_id).update(
        password_hash=row["password_hash"], held_until=now() + HELD
    )
    Session.objects.filter(person_id=person_id).delete()
    if row["lifts"]:
        forget(SecondStep.objects.filter(person_id=person_id))
        forget(RecoveryCode.objects.filter(person_id=person_id))


def new_until(person_id: UUID) -> datetime | None:
    """Return until when the number counts for nothing, inside the running block; None where it is not new."""
    rows = Credential.objects.filter(person_id=person_id, number_new_until__gt=now())
    return rows.values_list("number_new_until", flat=True).first()


def number_is_new(person_id: UUID) -> bool:
    """Tell whether the number was put in of late, inside the running block."""
    return new_until(person_id) is not None


def stop_token(person_id: UUID, asked_at: datetime) -> str:
    """Return the words in the mail's link that stop a recovery; kept nowhere, made again from its row."""
    return blind_index("accounts_recovery.stop", f"{person_id.hex}:{asked_at.isoformat()}").hex()
