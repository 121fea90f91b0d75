"""Consent receipts: what somebody agreed to, word for word, and what became of it, signed by the mall.

The shape follows ISO/IEC TS 27560:2023 (record, notice, processing, parties, events) with its names of fields. A
receipt begins with a yes, or with a first no, and bears the id of that record; whatever follows on the same matter up
to the next yes is its history. It is made of the records each time, so it always tells how things stand, and is
checked offline as certificates are (`mingpu verify-certificate`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy import certificate, models, rows
from mingpu.privacy.consent import RECORDED
from mingpu.privacy.fields import blind_index
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER

SCHEMA: Final = "ISO/IEC TS 27560:2023"
GIVEN, WITHDRAWN, REFUSED, OUTDATED = "given", "withdrawn", "refused", "outdated"
CONTROLLER: Final = "mingpu"
JURISDICTION: Final = "CN"
METHODS: Final = {
    "page": "explicit: a button on a page",
    "api": "explicit: a call of the person's app",
    "guardian": "explicit: said by the guardian of somebody under 14",
    "": "explicit",
}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt in the wallet. state: given | withdrawn | refused | outdated (given to an earlier notice)."""

    id: UUID
    name: str
    label: str
    permission: bool
    state: str
    version: str
    notice_hash: str
    since: datetime
    changed: datetime
    method: str


def receipts_of(person_id: UUID) -> list[Receipt]:
    """Return a person's receipts, the newest first."""
    found, bits, _ = _read(person_id)
    newest = {chain[0]["name"]: chain[0]["id"] for chain in found}
    return [_receipt(chain, bits if chain[0]["id"] in newest.values() else 0) for chain in reversed(found)]


def receipt_file(person_id: UUID, receipt_id: UUID) -> str:
    """Return one receipt, signed, as a JSON file. Raises NotFound for another's or an unknown one."""
    found, bits, notices = _read(person_id)
    chain = next((it for it in found if it[0]["id"] == receipt_id), None)
    if chain is None:
        raise NotFound
    newest = next(it for it in reversed(found) if it[0]["name"] == chain[0]["name"])
    it = _receipt(chain, bits if newest is chain else 0)
    body = _body(person_id, chain, it, notices.get(chain[0]["notice_hash"]))
    return certificate.document(certificate.canonical(body).decode(), certificate.sign(body))


def _read(person_id: UUID) -> tuple[list[list[Row]], int, dict[str, Any]]:
    """Return the records by receipt, the oldest receipt first, what stands, and the notices they were given to."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        events = models.ConsentEvent.objects.filter(person_id=person_id, name__in=list(REGISTER.flags()))
        chains = list(_chains(events.order_by("at", "id").values(*RECORDED, "statement_hash")))
        standing = models.Standing.objects.filter(person_id=person_id)
        bits = standing.values_list("consents", flat=True).first() or 0
        hashes = {row["notice_hash"] for chain in chains for row in chain}
        kept = models.NoticeText.objects.filter(hash__in=hashes).values_list("hash", "body")
        return chains, bits, {key: json.loads(text) for key, text in kept}


def _chains(events: Iterable[Row]) -> Iterator[list[Row]]:
    open_: dict[str, list[Row]] = {}
    order: list[list[Row]] = []
    for row in events:
        if row["granted"] or row["name"] not in open_:
            open_[row["name"]] = []
            order.append(open_[row["name"]])
        open_[row["name"]].append(row)
    yield from order


def _receipt(chain: list[Row], bits: int) -> Receipt:
    first, last = chain[0], chain[-1]
    it = REGISTER.permissions.get(first["name"]) or REGISTER.purposes[first["name"]]
    stands = bool(bits & REGISTER.flags()[first["name"]])
    return Receipt(
        id=first["id"], name=first["name"], label=str(it.title), permission=first["name"] in REGISTER.permissions,
        state=_state(first, last, stands=stands), version=first["statement_version"],
        notice_hash=first["notice_hash"], since=first["at"], changed=last["at"], method=first["method"],
    )  # fmt: skip


def _state(first: Row, last: Row, *, stands: bool) -> str:
    if not first["granted"]:
        return REFUSED
    if not last["granted"]:
        return WITHDRAWN
    return GIVEN if stands else OUTDATED


def _body(person_id: UUID, chain: list[Row], it: Receipt, notice: dict[str, Any] | None) -> dict[str, Any]:
    first = chain[0]
    return {
        "kind": certificate.RECEIPT, "format": certificate.FORMAT, "schema_version": SCHEMA,
        "record_id": str(it.id), "issued_at": rows.plain(now()), "state": it.state,
        "pii_principal_id": pseudonym(person_id),
        "privacy_notice": {
            "hash": it.notice_hash, "version": it.version, "statement_hash": first["statement_hash"],
            "languages": ["zh-Hans", "en"], "shown_in": first["language"], "document": notice,
        },
        "pii_processing": [_processing(it, notice)],
        "party_identification": _parties(notice),
        "events": [_event(row, GIVEN if row["granted"] else WITHDRAWN if place else REFUSED) for place, row in enumerate(chain)],
    }  # fmt: skip


def pseudonym(person_id: UUID) -> str:
    """Return the name a person's receipts go under: the same on all of them, and of no use anywhere else."""
    return blind_index("privacy_consentevent.person_id", str(person_id)).hex()


def _processing(it: Receipt, notice: dict[str, Any] | None) -> dict[str, Any]:
    data = notice["data"] if notice else []
    return {
        "purpose": it.name, "purpose_type": notice["kind"] if notice else "",
        "purpose_description": {"title": notice["title"], "why": notice["why"]} if notice else None,
        "lawful_basis": "consent", "clauses": notice["clauses"] if notice else [],
        "pii_information": [
            {
                "pii_type": item["label"], "pii_attribute_of": part["table"], "pii_optional": True,
                "sensitive_pii_category": item["sensitive"], "retention_period": part["retention"],
            }
            for part in data
            for item in part["items"]
        ],
        "pii_controllers": [CONTROLLER], "jurisdiction": JURISDICTION,
        "collection_method": METHODS.get(it.method, METHODS[""]), "collected_at": rows.plain(it.since),
        "recipient_third_parties": [to["id"] for to in notice["recipients"]] if notice else [],
        "withdrawal_method": notice["withdrawal"] if notice else None,
        "privacy_rights": "/privacy",
    }  # fmt: skip


def _parties(notice: dict[str, Any] | None) -> list[dict[str, Any]]:
    us = {name: {"zh": text.zh, "en": text.en} for name, text in REGISTER.operator.items()}
    others = [
        {
            "party_id": to["id"], "party_role": "recipient", "party_name": to["title"], "relation": to["relation"],
            "fields": to["fields"],
        }
        for to in (notice["recipients"] if notice else [])
    ]  # fmt: skip
    return [
        {"party_id": CONTROLLER, "party_role": "controller", "party_name": us["name"], "party_contact": us["contact"]},
        *others,
    ]  # fmt: skip


def _event(row: Row, kind: str) -> dict[str, Any]:
    return {
        "event_type": kind, "event_time": rows.plain(row["at"]),
        "event_state": "valid" if row["granted"] else "invalid", "entity_id": "pii_principal",
        "method": row["method"], "language": row["language"], "statement_version": row["statement_version"],
        "notice_hash": row["notice_hash"],
    }  # fmt: skip
