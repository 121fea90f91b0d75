"""Who data goes to and comes from: legal name, contact, relation, contract, and what may pass.

A party is somebody the mall has a contract with; a recipient or a source of the register goes by its party's id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingpu.lib.text import Text
from mingpu.privacy.register import REGISTER, Register

KINDS = {
    "processor": Text("受托处理：只照我方要求处理", "processor: acts on our order alone"),
    "handler": Text("独立处理者：自行负责其处理", "handler of its own: answers for what it does"),
    "affiliate": Text("关联方：与我方有控制关系", "affiliate: one of us controls the other, or a third both"),
    "authority": Text("主管机关", "authority"),
}


@dataclass(frozen=True, slots=True)
class Contract:
    """What a party's part rests on: its reference and its last day."""

    reference: str
    until: date

    def over(self, today: date) -> bool:
        """Whether it has ended."""
        return today > self.until


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody outside. control: for an affiliate, who controls whom."""

    id: str
    legal_name: Text
    contact: Text
    kind: str  # processor | handler | affiliate | authority
    control: Text | None
    contract: Contract | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where data comes from and which items it may bring, each with its category.

    answers: it only answers what we asked it, over its own signed channel.
    """

    id: str
    why: Text
    purposes: tuple[str, ...]
    clauses: tuple[str, ...]
    items: Mapping[str, str]
    answers: bool


def parties(register: Register = REGISTER) -> dict[str, Party]:
    """Return every party by id."""
    return {name: _party(name, it) for name, it in register.raw.get("parties", {}).items()}


def sources(register: Register = REGISTER) -> dict[str, Source]:
    """Return every source by id."""
    return {
        name: Source(
            id=name,
            why=_text(it["why"]),
            purposes=tuple(it["purposes"]),
            clauses=tuple(it["clauses"]),
            items=it["items"],
            answers=it.get("answers", False),
        )
        for name, it in register.raw.get("sources", {}).items()
    }


def problems(register: Register = REGISTER, *, today: date) -> Iterator[str]:
    """Yield what is wrong with the parties: unnamed, unknown, without a contract, or with one that is over."""
    known, used = parties(register), {*register.recipients, *sources(register)}
    for name in sorted(used - known.keys()):
        yield f"{name} receives or gives data and is no known party"
    for name in sorted(known.keys() - used):
        yield f"party {name} neither receives nor gives anything"
    for it in known.values():
        yield from _incomplete(it, today)
    for source in sources(register).values():
        yield from _source(source, register)


def _source(source: Source, register: Register) -> Iterator[str]:
    if not source.items:
        yield f"source {source.id} has no list of items"
    for item, category in source.items.items():
        if category not in register.categories:
            yield f"source {source.id}: item {item} is of no known category"
    for purpose in source.purposes:
        if purpose not in register.purposes:
            yield f"source {source.id} serves purpose {purpose}, which does not exist"
    if not source.purposes:
        yield f"source {source.id} serves no purpose"


def _incomplete(it: Party, today: date) -> Iterator[str]:
    if not (it.legal_name.zh and it.legal_name.en and it.contact.zh and it.contact.en):
        yield f"party {it.id} lacks its legal name or contact"
    if it.kind not in KINDS:
        yield f"party {it.id} stands in no known relation: {it.kind!r}"
    if (it.kind == "affiliate") != (it.control is not None):
        yield f"party {it.id}: a control relation is said of affiliates, and of them always"
    if it.kind != "authority" and (it.contract is None or not it.contract.reference):
        yield f"party {it.id} has no contract"
    elif it.contract is not None and it.contract.over(today):
        yield f"the contract with {it.id} ended on {it.contract.until}"


def _party(name: str, it: Mapping[str, Any]) -> Party:
    contract = it.get("contract")
    return Party(
        id=name,
        legal_name=_text(it.get("legal_name", {})),
        contact=_text(it.get("contact", {})),
        kind=it.get("kind", ""),
        control=_text(it["control"]) if "control" in it else None,
        contract=Contract(contract.get("reference", ""), contract["until"]) if contract else None,
    )


def _text(value: Mapping[str, Any]) -> Text:
    return Text(zh=value.get("zh", ""), en=value.get("en", ""))
