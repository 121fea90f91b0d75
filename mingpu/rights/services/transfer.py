"""Handing one's package to another mall: agreed to by itself, held back a while, sent once, its answer kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError

from mingpu.accounts.services import warn
from mingpu.adapters.calls import CallFailed
from mingpu.adapters.mall import Package, Receipt
from mingpu.adapters.providers import handlers, other_mall
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import current_language
from mingpu.privacy import export, files, sharing
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.rights import rules
from mingpu.rights.errors import ConsentNeeded, TooLateToStop, TransferUnderWay
from mingpu.rights.models import Transfer

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=6)
GIVE_UP: Final = timedelta(days=3)
RECIPIENT: Final = "other_mall"


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A transfer that is to be sent: to whom, since when it may be, what it was found to weigh before."""

    handler: str
    send_at: datetime
    sha256: str


def ask_transfer(*, person_id: UUID, handler: str, agreed: bool) -> UUID:
    """Have one's package handed to another mall after the wait; returns the transfer's id.

    Whoever calls has made sure that it is the person. agreed: the consent for this one (PIPL 23). Word goes to every
    channel of the account at once. Raises NotFound for a mall that is not on the list, ConsentNeeded,
    TransferUnderWay.
    """
    if handler not in handlers():
        raise NotFound
    if not agreed:
        raise ConsentNeeded
    moment = now()
    send_at = moment + timedelta(hours=settings.TRANSFER_HOLD_HOURS)
    row = Transfer(
        person_id=person_id, handler=handler, state=rules.WAITING, asked_at=moment, send_at=send_at,
        agreed_version=REGISTER.version, agreed_hash=REGISTER.digest, language=current_language(),
    )  # fmt: skip
    try:
        with processing(Purpose.RIGHTS, subject=person_id):
            row.save(force_insert=True)
            warn(person_id, "notice_transfer", current_language())
            enqueue("rights.push", at=send_at, person_id=str(person_id), transfer_id=str(row.id))
    except IntegrityError:
        raise TransferUnderWay from None
    return row.id


def stop_transfer(*, person_id: UUID, transfer_id: UUID) -> None:
    """Call a transfer off while it waits. Raises NotFound, TooLateToStop."""
    with processing(Purpose.RIGHTS, subject=person_id):
        rows = Transfer.objects.filter(person_id=person_id, id=transfer_id)
        if not rows.exists():
            raise NotFound
        if not rows.filter(state=rules.WAITING).update(state=rules.STOPPED, answered_at=now()):
            raise TooLateToStop


def push(*, person_id: UUID, transfer_id: UUID) -> None:
    """Hand the package over; in the worker. Safe to repeat: the package is made once and its number is one for ever.

    What may pass is tried again later, by rows, for three days; nothing happens for one that was stopped or answered.
    """
    parcel = _take(person_id, transfer_id)
    if parcel is None:
        files.remove(transfer_id)
        return
    package = _package(person_id, transfer_id)
    client = other_mall(parcel.handler)
    if not parcel.sha256:
        payload = client.payload_for(package)
        with processing(Purpose.RIGHTS, subject=person_id, reference=str(transfer_id)):
            rows = Transfer.objects.filter(person_id=person_id, id=transfer_id, sha256="")
            if rows.update(sha256=package.sha256, bytes=len(package.content)):
                sharing.record(
                    recipient=RECIPIENT, purpose=Purpose.RIGHTS, person_id=person_id, payload=payload,
                    reference=str(transfer_id), secrets={"package": str(payload["package"])},
                )  # fmt: skip
    try:
        receipt = client.hand_over(package)
    except CallFailed as failed:
        if not failed.permanent and now() < parcel.send_at + GIVE_UP:
            _again(person_id, transfer_id, parcel.send_at)
            return
        receipt = Receipt(accepted=False, number="", reason=failed.code)
    _answered(person_id, transfer_id, receipt)
    files.remove(transfer_id)


def _take(person_id: UUID, transfer_id: UUID) -> _Parcel | None:
    with processing(Purpose.RIGHTS, subject=person_id, reference=str(transfer_id)):
        rows = Transfer.objects.select_for_update().filter(person_id=person_id, id=transfer_id)
        row = rows.values("handler", "state", "send_at", "sha256").first()
        if row is None or row["state"] not in {rules.WAITING, rules.SENDING} or row["send_at"] > now():
            return None
        Transfer.objects.filter(id=transfer_id).update(state=rules.SENDING)
    return _Parcel(row["handler"], row["send_at"], row["sha256"])


def _package(person_id: UUID, transfer_id: UUID) -> Package:
    """Return the package, as it was made the first time."""
    try:
        content = files.read(transfer_id, person_id)
    except FileNotFoundError:
        with processing(Purpose.RIGHTS, subject=person_id, reference=str(transfer_id), reading=True):
            found = export.gather(person_id)
        content = export.archive(found)
        files.write(transfer_id, person_id, content)
    tables = " ".join(table.name for table in REGISTER.tables.values() if table.subject and table.export)
    return Package(
        transfer_no=str(transfer_id), content=content, sha256=sha256(content).hexdigest(), tables=tables
    )


def _again(person_id: UUID, transfer_id: UUID, since: datetime) -> None:
    pause = min(max(now() - since, FIRST_PAUSE), LONGEST_PAUSE)
    with processing(Purpose.RIGHTS, subject=person_id, reference=str(transfer_id)):
        enqueue("rights.push", at=now() + pause, person_id=str(person_id), transfer_id=str(transfer_id))


def _answered(person_id: UUID, transfer_id: UUID, receipt: Receipt) -> None:
    state = rules.ACCEPTED if receipt.accepted else rules.TURNED_DOWN
    with processing(Purpose.RIGHTS, subject=person_id, reference=str(transfer_id)):
        Transfer.objects.filter(person_id=person_id, id=transfer_id, state=rules.SENDING).update(
            state=state, answered_at=now(), receipt=receipt.number, code=receipt.reason
        )
