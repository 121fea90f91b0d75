"""Notices of deletion: whoever got something of a person is told to delete it, until they have signed that they did.

A notice is made in the transaction that decides it: when a person is erased, for everyone who was sent something in
the time shares are kept; when a consent is taken back, for everyone who was sent something for that purpose. It names
orders and messages by their numbers alone. What is sent lies under a key of the notice's own, which is destroyed once
it is answered. Who talks to the recipients is `mingpu.deletion`; nothing here does.

waiting -> accepted (they will do it later) -> acknowledged | refused; closed by staff, in words, where nobody answers.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Exists, OuterRef

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.privacy import deletion_receipts, keys
from mingpu.privacy.models import Certificate, DeletionNotice, Share
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER

ERASURE: Final = "erasure"
WAITING, ACCEPTED, ACKNOWLEDGED, REFUSED, CLOSED = "waiting", "accepted", "acknowledged", "refused", "closed"
OPEN: Final = (WAITING, ACCEPTED, REFUSED)
LABELS: Final = {
    WAITING: Text("已通知，等待回执", "Told, no receipt yet"),
    ACCEPTED: Text("对方已受理", "Taken on by them"),
    ACKNOWLEDGED: Text("已确认删除", "Receipt signed"),
    REFUSED: Text("对方拒绝，专人处理中", "Refused; being seen to"),
    CLOSED: Text("已由专人办结", "Settled by staff"),
}
TERM: Final = timedelta(days=5)  # to be answered by; after that a person sees to it
KIND: Final = "notice"  # the class of a notice's own key
MOST: Final = 2_000  # references in one notice; more make another
FIRST, LONGEST = timedelta(seconds=10), timedelta(hours=12)  # between two tries
GROWS: Final = 3  # times longer each pause than the one before
LONGEST_NOTE: Final = 500
SOON: Final = timedelta(seconds=20)  # the job comes after the try that is made at once


@dataclass(frozen=True, slots=True, repr=False)
class ToSend:
    """A notice to be sent. body: the very bytes; tries: how often it was sent before."""

    id: UUID
    recipient: str
    body: bytes
    digest: str
    tries: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A notice as the person, the certificate or the desk shows it. late: overdue or refused."""

    id: UUID
    recipient: str
    recipient_label: str
    cause: str
    messages: int
    made_at: datetime
    due_at: datetime
    state: str
    state_label: str
    code: str
    tries: int
    settled_at: datetime | None
    outcome: str
    kept_until: str
    late: bool


def for_erasure(person_id: UUID, certificate_id: UUID) -> dict[str, int]:
    """Make the notices of an erasure inside its running block; return how many messages each recipient got.

    They name no person from the start. The caller makes sure that it is done once.
    """
    shares = (
        Share.objects.filter(person_id=person_id)
        .order_by("at")
        .values_list("recipient", "purpose", "reference")
    )
    sent = _by_recipient(shares)
    for recipient, messages in sent.items():
        _make(recipient, messages, cause=ERASURE, certificate_id=certificate_id)
    return {recipient: len(messages) for recipient, messages in sorted(sent.items())}


def for_withdrawal(person_id: UUID, name: str) -> None:
    """Make the notices for a consent that was taken back, inside a running block of rights.

    Told are those who were sent something for that purpose since they were last told so.
    """
    told = DeletionNotice.objects.filter(person_id=person_id, cause=name, made_at__gte=OuterRef("at"))
    shares = Share.objects.filter(~Exists(told), person_id=person_id, purpose=name)
    sent = _by_recipient(shares.order_by("at").values_list("recipient", "purpose", "reference"))
    for recipient, messages in sent.items():
        _make(recipient, messages, cause=name, person_id=person_id)


def _by_recipient(shares: Any) -> dict[str, list[tuple[str, str]]]:
    sent: dict[str, list[tuple[str, str]]] = {}
    for recipient, purpose, reference in shares:
        sent.setdefault(recipient, []).append((purpose, reference))
    return sent


def _make(
    recipient: str,
    messages: Sequence[tuple[str, str]],
    *,
    cause: str,
    person_id: UUID | None = None,
    certificate_id: UUID | None = None,
) -> None:
    """Write one notice, or several where there is much to name, and the jobs that send them."""
    made = now()
    for start in range(0, len(messages), MOST):
        part = messages[start : start + MOST]
        notice_id = uuid4()
        body = deletion_receipts.canonical(
            {
                "format": 1,
                "notice": str(notice_id),
                "recipient": recipient,
                "cause": ERASURE if cause == ERASURE else "withdrawal",
                "purposes": sorted({purpose for purpose, _ in part}),
                "references": sorted({reference for _, reference in part if reference}),
                "made_at": made.isoformat(timespec="seconds"),
                "answer_by": (made + TERM).isoformat(timespec="seconds"),
            }
        )
        sealed = keys.seal(keys.fetch_or_make(notice_id, KIND), _place(notice_id), body)
        DeletionNotice(
            id=notice_id, person_id=person_id, certificate_id=certificate_id, cause=cause, recipient=recipient,
            messages=len(part), body=sealed, digest=deletion_receipts.fingerprint(body), made_at=made, due_at=made + TERM,
        ).save(force_insert=True)  # fmt: skip
        enqueue("deletion.send", at=made + SOON, once=f"notice:{notice_id}", notice_id=str(notice_id))


def of_certificate(certificate_id: UUID) -> list[UUID]:
    """Return the notices of an erasure that are still to be sent. Runs in the worker's zone."""
    with processing(Purpose.DELETION_NOTICES, subject=None, reference=str(certificate_id), reading=True):
        rows = DeletionNotice.objects.filter(certificate_id=certificate_id, state__in=(WAITING, ACCEPTED))
        return list(rows.order_by("recipient", "id").values_list("id", flat=True))


def to_send(notice_id: UUID) -> ToSend | None:
    """Return a notice that waits to be sent; None when it is answered, refused and with the desk, or cannot be read."""
    with processing(Purpose.DELETION_NOTICES, subject=None, reference=str(notice_id), reading=True):
        rows = DeletionNotice.objects.filter(id=notice_id, state__in=(WAITING, ACCEPTED))
        row = rows.values_list("id", "recipient", "body", "digest", "tries").first()
    if row is None:
        return None
    try:
        body = keys.unseal(keys.fetch(notice_id, KIND), _place(notice_id), bytes(row[2] or b""))
    except (keys.KeyErased, ValueError):  # of a restored database: staff must write a letter
        not_answered(ToSend(row[0], row[1], b"", row[3], row[4]), "lost", state=REFUSED)
        return None
    return ToSend(row[0], row[1], body, row[3], row[4])


def acknowledged(it: ToSend, receipt: str, public_key: str) -> deletion_receipts.Receipt:
    """Take a recipient's receipt: believe it, keep it, and let go of what the notice named.

    Raises deletion_receipts.NotReceived when it is not the recipient's, or not for this notice; nothing is changed then.
    """
    known = deletion_receipts.check(
        receipt, public_key=public_key, notice=str(it.id), recipient=it.recipient, digest=it.digest
    )
    with processing(Purpose.DELETION_NOTICES, subject=None, reference=str(it.id)):
        rows = DeletionNotice.objects.filter(id=it.id, state__in=OPEN)
        certificate_id = rows.values_list("certificate_id", flat=True).first()
        if certificate_id:
            _alone(certificate_id)
        if rows.update(
            state=ACKNOWLEDGED, receipt=receipt, public_key=public_key, settled_at=now(), body=None, code="",
            tries=it.tries + 1,
        ) and certificate_id:  # fmt: skip
            _attach(certificate_id, str(it.id), receipt, public_key)
    keys.erase(it.id, (KIND,))
    return known


def _alone(certificate_id: UUID) -> None:
    """Let a receipt and the certificate it belongs to be written one after the other, so that none is missed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(certificate_id)])


def _attach(certificate_id: UUID, notice: str, receipt: str, public_key: str) -> None:
    """Put a receipt that came later beside its certificate; before there is one it is in the certificate itself."""
    rows = Certificate.objects.filter(id=certificate_id)
    row = rows.values_list("body", "receipts").first()
    if row is None:
        return
    expected = {it["id"]: it["public_key"] for it in json.loads(row[0]).get("notices", [])}
    if expected.get(notice) == public_key:  # by another key, nobody could tell offline that it is genuine
        rows.update(receipts={**row[1], notice: json.loads(receipt)})


def not_answered(it: ToSend, code: str, *, public_key: str = "", state: str = WAITING) -> datetime | None:
    """Note why a try brought no receipt, and have it tried again; return when, None for one that was refused.

    code: short, of no personal data. state: waiting | accepted | refused.
    """
    pause = min(FIRST * GROWS ** min(it.tries, 20), LONGEST)
    with processing(Purpose.DELETION_NOTICES, subject=None, reference=str(it.id)):
        rows = DeletionNotice.objects.filter(id=it.id, state__in=OPEN)
        if not rows.update(state=state, code=code[:60], tries=it.tries + 1, public_key=public_key):
            return None
        if state == REFUSED:
            return None
        at: datetime = now() + pause
        enqueue("deletion.send", at=at, once=f"notice:{it.id}", notice_id=str(it.id))
    return at


def expect(notice_id: UUID, public_key: str) -> None:
    """Write down by whose key a receipt will be believed, before anything is sent."""
    with processing(Purpose.DELETION_NOTICES, subject=None, reference=str(notice_id)):
        DeletionNotice.objects.filter(id=notice_id, public_key="").update(public_key=public_key)


def for_certificate(certificate_id: UUID) -> list[dict[str, Any]]:
    """Return an erasure's notices as its certificate lists them, inside the running block of erasure."""
    _alone(certificate_id)
    rows = DeletionNotice.objects.filter(certificate_id=certificate_id).order_by("recipient", "id")
    return [
        {
            "id": str(it["id"]),
            "recipient": it["recipient"],
            "messages": it["messages"],
            "digest": it["digest"],
            "state": it["state"],
            "public_key": it["public_key"],
            "receipt": json.loads(it["receipt"]) if it["receipt"] else None,
        }
        for it in rows.values("id", "recipient", "messages", "digest", "state", "public_key", "receipt")
    ]


# ---- who sees them ----

_SHOWN: Final = (
    "id", "recipient", "cause", "messages", "made_at", "due_at", "state", "code", "tries", "receipt", "settled_at",
)  # fmt: skip


def of_person(person_id: UUID) -> tuple[Seen, ...]:
    """Return the notices that were made for a person, newest first."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = DeletionNotice.objects.filter(person_id=person_id).order_by("-made_at", "id")
        return tuple(map(_seen, rows.values(*_SHOWN)))


def queue() -> tuple[Seen, ...]:
    """Return what the operator has to see to: overdue, refused or never reachable, oldest first."""
    with processing(Purpose.DELETION_NOTICES, subject=None, reference="queue", reading=True):
        rows = DeletionNotice.objects.filter(state__in=OPEN).order_by("due_at", "id")
        seen = map(_seen, rows.values(*_SHOWN)[:500])
        return tuple(it for it in seen if it.late)


def again(notice_id: UUID) -> None:
    """Have a notice sent once more, now. Raises NotFound for one that is settled."""
    with processing(Purpose.DELETION_NOTICES, subject=None, reference=str(notice_id)):
        rows = DeletionNotice.objects.filter(id=notice_id, state__in=OPEN)
        if not rows.update(state=WAITING, tries=0):
            raise NotFound
        enqueue("deletion.send", once=f"again:{notice_id}", notice_id=str(notice_id))


def close(notice_id: UUID, *, by: str, note: str) -> None:
    """Settle a notice by hand: `note` says how the recipient answered outside the wire. Raises NotFound."""
    with processing(Purpose.DELETION_NOTICES, subject=None, reference=str(notice_id)):
        rows = DeletionNotice.objects.filter(id=notice_id, state__in=OPEN)
        if not rows.update(state=CLOSED, closed_by=by, note=note[:LONGEST_NOTE], settled_at=now(), body=None):
            raise NotFound
    keys.erase(notice_id, (KIND,))


def _seen(row: dict[str, Any]) -> Seen:
    known = REGISTER.recipients.get(row["recipient"])
    said = json.loads(row.pop("receipt") or "{}").get("receipt", {})
    late = row["state"] == REFUSED or (
        row["state"] in OPEN and (row["due_at"] < now() or row["code"] == "no_account")
    )
    return Seen(
        **row, recipient_label=str(known.title) if known else row["recipient"], state_label=str(LABELS.get(row["state"], row["state"])),
        outcome=said.get("outcome", ""), kept_until=said.get("kept_until") or "", late=late,
    )  # fmt: skip


def recipients_of(person_id: UUID) -> tuple[str, ...]:
    """Return who would be told if this person left now, in words."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        names = set(Share.objects.filter(person_id=person_id).values_list("recipient", flat=True))
    return tuple(str(it.title) for name, it in REGISTER.recipients.items() if name in names)


Tell = Callable[[UUID], None]


def telling(certificate_id: UUID, tell: Tell) -> Iterator[UUID]:
    """Send what an erasure has still to send, one by one; yield each before it is sent."""
    for notice_id in of_certificate(certificate_id):
        yield notice_id
        tell(notice_id)


def _place(notice_id: UUID) -> str:
    return f"notice|{notice_id}"
