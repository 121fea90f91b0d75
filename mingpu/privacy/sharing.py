"""What leaves the house: nothing beyond the register's list, and nothing without a record.

The caller holds the exact message against the list, records it in the transaction that decides to send it,
and sends it after that transaction:

    check(recipient, payload)
    with processing(purpose, subject=person_id): record(...)
    client.send(...)
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.privacy.fields import blind_index
from mingpu.privacy.masks import HIDDEN
from mingpu.privacy.models import Share
from mingpu.privacy.parties import parties
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER

log = logging.getLogger(__name__)
Payload = Mapping[str, str | int]
_NAME = re.compile(r"[A-Za-z0-9_.\[\]]{1,60}")  # a field's name; anything else may be a value in its place


class Overshare(Exception):
    """A message held more than its recipient may receive; it was not sent. Names fields, never values."""

    def __init__(self, recipient: str, fields: tuple[str, ...]) -> None:
        self.recipient, self.fields = recipient, fields
        super().__init__(f"{recipient}: {' '.join(fields)}")


class ContractEnded(Overshare):
    """The contract with a recipient is over, or there is none: nothing goes there any more."""


@dataclass(frozen=True, slots=True, repr=False)
class Shared:
    """A record of one message as the person sees it."""

    at: datetime
    recipient: str
    purpose: str
    items: str
    payload: str
    digest: str
    reference: str


def check(recipient: str, payload: Mapping[str, object]) -> None:
    """Hold a message against its recipient's list in the register, name by name.

    payload: flat, values text or whole numbers. Raises Overshare for an unknown recipient, a name that is not
    listed, or a value that is anything else, ContractEnded for one whose contract is over, and says so in the log,
    with names only.
    """
    known = REGISTER.recipients.get(recipient)
    allowed = known.fields if known else {}
    wrong = [key for key, value in payload.items() if key not in allowed or type(value) not in {str, int}]
    if wrong or known is None:
        named = tuple(sorted(key if _NAME.fullmatch(key) else "?" for key in map(str, wrong)))
        log.critical("overshare stopped: %s may not receive %s", recipient[:40], " ".join(named))
        raise Overshare(recipient, named)
    party = parties().get(recipient)
    if party is None or party.contract is None or party.contract.over(now().date()):
        log.critical("stopped: no contract in force with %s", recipient)
        raise ContractEnded(recipient, ())


def record(
    *,
    recipient: str,
    purpose: Purpose,
    person_id: UUID,
    payload: Payload,
    reference: str,
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Write down what is about to leave; inside the running `processing` of `purpose` for `person_id`.

    payload: as checked; it is checked again here. reference: order number or the like. secrets: field ->
    a part of its value that is stored as `******`, for one-time codes: a record of one would be a way to it.
    Raises Overshare.
    """
    check(recipient, payload)
    kept = dict(payload)
    for key, part in (secrets or {}).items():
        kept[key] = str(kept[key]).replace(part, HIDDEN)
    text = canonical(kept)
    Share.objects.create(
        person_id=person_id, at=now(), recipient=recipient, purpose=purpose.value,
        items=" ".join(sorted(payload)), payload=text, digest=fingerprint(text), reference=reference,
    )  # fmt: skip


def canonical(payload: Payload) -> str:
    """Write a flat message as JSON, the same text for the same content."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(text: str) -> str:
    """Return a keyed fingerprint: without the key, a phone number could be guessed from a plain hash."""
    return blind_index("privacy_share.payload", text).hex()


def records_of(person_id: UUID) -> tuple[Shared, ...]:
    """Return what was sent in the name of `person_id`, oldest first."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = Share.objects.filter(person_id=person_id).order_by("at", "id")
        return tuple(
            Shared(
                at=at,
                recipient=to,
                purpose=why,
                items=items,
                payload=text or "",
                digest=mark,
                reference=reference,
            )
            for at, to, why, items, text, mark, reference in rows.values_list(
                "at", "recipient", "purpose", "items", "payload", "digest", "reference"
            )
        )


def adopt(shares: tuple[Shared, ...], person_id: UUID) -> None:
    """Write earlier records again under `person_id`, inside its running `processing`.

    For what was sent to an address before its owner had an account: it belongs to the account's record.
    """
    for it in shares:
        Share.objects.create(
            person_id=person_id, at=it.at, recipient=it.recipient, purpose=it.purpose, items=it.items,
            payload=it.payload, digest=it.digest, reference=it.reference,
        )  # fmt: skip
