"""The record of what left, as its person searches it, takes it along, and has a message explained."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from mingpu.lib.text import Text
from mingpu.privacy import ledger, uses
from mingpu.privacy.parties import KINDS, parties
from mingpu.privacy.register import REGISTER, Recipient
from mingpu.privacy.uses import Listing, Sent


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages: "" and None for all. item: a kind of data, F1 to F12; until: the moment after the last."""

    recipient: str = ""
    purpose: str = ""
    item: str = ""
    reference: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field its recipient may receive. label: its kind, "" for one that is not personal; sent: whether it went."""

    name: str
    label: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """One message in plain words. party: the recipient by its legal name; fields: everything it may ever receive."""

    sent: Sent
    why: str
    party: str
    relation: str
    contact: str
    contract: str
    fields: tuple[Field, ...]
    clauses: tuple[tuple[str, str], ...]
    rule: str


def wanted(asked: Mapping[str, str]) -> Wanted:
    """Read what was asked for in an address; what is no value of its kind counts as not asked."""
    recipient, purpose, item = (asked.get(name, "") for name in ("recipient", "purpose", "item"))
    until = ledger.day(asked.get("until", ""))
    return Wanted(
        recipient=recipient if recipient in REGISTER.recipients else "",
        purpose=purpose if purpose in REGISTER.purposes else "",
        item=item if item in REGISTER.categories else "",
        reference=asked.get("reference", "").strip()[: ledger.LONGEST_REFERENCE],
        since=ledger.day(asked.get("since", "")),
        until=until + timedelta(days=1) if until else None,
    )


def lines(person_id: UUID, it: Wanted, *, page: int = 1, page_size: int = 20) -> Listing[Sent]:
    """Return a page of what left in a person's name, newest first. page_size <= 100."""
    return uses.shares_of(person_id, page=page, page_size=page_size, chosen=_chosen(it))


def _chosen(it: Wanted) -> Q:
    given = {
        "recipient": it.recipient, "purpose": it.purpose, "reference": it.reference, "at__gte": it.since, "at__lt": it.until,
    }  # fmt: skip
    found = Q(**{name: value for name, value in given.items() if value})
    return found & _holding(it.item) if it.item else found


def _holding(item: str) -> Q:
    """Choose messages with a field of a kind, as each recipient's list in the register has it; none where none has."""
    found = Q(pk__in=[])
    for name, it in REGISTER.recipients.items():
        if fields := [re.escape(field) for field, category in it.fields.items() if category == item]:
            found |= Q(recipient=name, items__regex=rf"(^| )({'|'.join(fields)})( |$)")
    return found


def explain(person_id: UUID, share_id: UUID) -> Explained:
    """Explain one message of a person's own record; raises NotFound for another's."""
    it = uses.share_of(person_id, share_id)
    known, purpose = REGISTER.recipients.get(it.recipient), REGISTER.purposes.get(it.purpose)
    party = parties().get(it.recipient)
    named = [*(known.clauses if known else ()), *(purpose.clauses if purpose else ())]
    clauses = ((name, REGISTER.clauses[name]) for name in dict.fromkeys(named) if name in REGISTER.clauses)
    return Explained(
        sent=it, why=str(known.why) if known else "", party=str(party.legal_name) if party else it.recipient_label,
        relation=str(KINDS[party.kind]) if party else "", contact=str(party.contact) if party else "",
        contract=party.contract.reference if party and party.contract else "",
        fields=tuple(_fields(known, it.items)), clauses=tuple((name, str(one.says)) for name, one in clauses),
        rule=_rule(known),
    )  # fmt: skip


def _fields(known: Recipient | None, names: list[str]) -> Iterator[Field]:
    """Yield what the recipient may receive, and what went and is on no list any more."""
    allowed = known.fields if known else {}
    for name in dict.fromkeys([*allowed, *names]):
        category = allowed.get(name, "")
        yield Field(name, str(REGISTER.categories[category]) if category else "", name in names)


def _rule(known: Recipient | None) -> str:
    if known is None:
        return str(Text("这个接收方已经取消。", "This recipient is no more."))
    return str(
        Text(
            f"清单允许它收到 {len(known.fields)} 项；发送前逐项核对，多一项、或合同到期，都发不出去。",
            f"The list allows it {len(known.fields)} fields; each message is held against it, and one field more, or a "
            "contract that is over, stops it.",
        )
    )


def csv(person_id: UUID, it: Wanted) -> Iterator[str]:
    """Yield what left in a person's name as CSV, newest first, each with exactly what was sent."""
    yield "\ufeff" + ledger.line_of(
        ["number", "at", "recipient", "recipient_label", "purpose", "items", "payload", "reference"]
    )
    for one in uses.every_share(person_id, _chosen(it)):
        payload = json.dumps(one.payload, ensure_ascii=False) if one.payload is not None else ""
        yield ledger.line_of(
            [
                str(one.id), ledger.told_at(one.at), one.recipient, one.recipient_label, one.purpose_label,
                " ".join(one.items), payload, one.reference,
            ]
        )  # fmt: skip
