"""Who receives data and who gives it, as the statement shows it and as it is published."""

from dataclasses import dataclass
from typing import Any

from mingpu.lib.text import Text
from mingpu.privacy.parties import KINDS, Party, Source, parties, sources
from mingpu.privacy.register import REGISTER, Recipient, Register

OURS = Text("我方账号与协议常量", "our own account and constants of the protocol")


@dataclass(frozen=True, slots=True)
class PartyPart:
    """Who somebody outside is, and what their part rests on. control: '' for all but affiliates."""

    legal_name: str
    contact: str
    kind: str
    kind_label: str
    control: str
    contract: str
    until: str  # a date


@dataclass(frozen=True, slots=True)
class RecipientPart:
    """One third party and what it may receive, field by field."""

    id: str
    title: str
    relation: str
    why: str
    party: PartyPart
    purposes: list[str]
    items_label: list[str]
    fields: list[str]
    constants: list[str]


@dataclass(frozen=True, slots=True)
class SourcePart:
    """One source and what it may bring. answers: only about what we asked it."""

    id: str
    why: str
    party: PartyPart
    purposes: list[str]
    items_label: list[str]
    answers: bool


def recipient_parts(register: Register = REGISTER) -> list[RecipientPart]:
    """Return every recipient in the reader's language."""
    known = parties(register)
    return [_recipient(it, known[it.id], register) for it in register.recipients.values()]


def source_parts(register: Register = REGISTER) -> list[SourcePart]:
    """Return every source in the reader's language."""
    known = parties(register)
    return [
        SourcePart(
            id=it.id, why=str(it.why), party=_party(known[it.id]), purposes=_titles(it.purposes, register),
            items_label=_kinds(dict(it.items), register), answers=it.answers,
        )
        for it in sources(register).values()
    ]  # fmt: skip


def _party(it: Party) -> PartyPart:
    return PartyPart(
        legal_name=str(it.legal_name), contact=str(it.contact), kind=it.kind,
        kind_label=str(KINDS.get(it.kind, it.kind)), control=str(it.control or ""),
        contract=it.contract.reference if it.contract else "", until=str(it.contract.until) if it.contract else "",
    )  # fmt: skip


def _recipient(it: Recipient, party: Party, register: Register) -> RecipientPart:
    return RecipientPart(
        id=it.id, title=str(it.title), relation=str(it.relation), why=str(it.why), party=_party(party),
        purposes=_titles(it.purposes, register), items_label=_kinds(dict(it.fields), register),
        fields=[name for name, kind in it.fields.items() if kind],
        constants=[name for name, kind in it.fields.items() if not kind],
    )  # fmt: skip


def _titles(purposes: tuple[str, ...], register: Register) -> list[str]:
    return [str(register.purposes[name].title) for name in purposes]


def _kinds(fields: dict[str, str], register: Register) -> list[str]:
    """Return the kinds of some fields, each with the names of its fields in brackets."""
    kinds: dict[str, list[str]] = {}
    for name, kind in fields.items():
        label = register.categories[kind] if kind else OURS
        kinds.setdefault(str(label), []).append(name)
    between = str(Text("{kind}（{names}）", "{kind} ({names})"))
    return [between.format(kind=kind, names=" ".join(names)) for kind, names in kinds.items()]


# ---- for programs ----


def _both(text: Text | None) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if text else {}


def published_recipients(register: Register = REGISTER) -> list[dict[str, Any]]:
    """Return every recipient, both languages."""
    known = parties(register)
    return [
        {
            "id": it.id, "title": _both(it.title), "relation": _both(it.relation), "why": _both(it.why),
            "purposes": list(it.purposes), "clauses": list(it.clauses), "fields": dict(it.fields),
            **_published_party(known[it.id]),
        }
        for it in register.recipients.values()
    ]  # fmt: skip


def published_sources(register: Register = REGISTER) -> list[dict[str, Any]]:
    """Return every source, both languages."""
    known = parties(register)
    return [_published_source(it, known[it.id]) for it in sources(register).values()]


def _published_source(it: Source, party: Party) -> dict[str, Any]:
    return {
        "id": it.id, "why": _both(it.why), "purposes": list(it.purposes), "clauses": list(it.clauses),
        "items": dict(it.items), "answers": it.answers, **_published_party(party),
    }  # fmt: skip


def _published_party(it: Party) -> dict[str, Any]:
    return {
        "legal_name": _both(it.legal_name), "contact": _both(it.contact), "kind": it.kind,
        "control": _both(it.control),
        "contract": {"reference": it.contract.reference, "until": str(it.contract.until)} if it.contract else None,
    }  # fmt: skip
