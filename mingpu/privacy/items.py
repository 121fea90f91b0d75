"""The catalogue of items as the statement shows it and as it is published."""

from dataclasses import dataclass
from typing import Any

from mingpu.lib.text import Text
from mingpu.privacy.catalogue import ARTICLES, BASES, Facts, Item, facts, items
from mingpu.privacy.register import REGISTER, Register

CLASSES = {
    "ordinary": Text("一般", "ordinary"),
    "sensitive": Text("敏感", "sensitive"),
    "both": Text("两处不一", "both"),
}


@dataclass(frozen=True, slots=True)
class ItemPart:
    """One datum as the reader sees it. state: held | later | refused | made; reason: why it is not held."""

    id: str
    label: str
    source_class: str  # '' when the source does not name it
    our_class: str
    sensitive: bool
    differs: str
    state: str
    reason: str
    required: bool
    purposes: list[str]
    bases: list[str]
    recipients: list[str]
    retention: list[str]
    masked: bool
    sealed: bool


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """One kind of data, F1 to F12, and what belongs to it."""

    id: str
    label: str
    items: list[ItemPart]


def item_groups(register: Register = REGISTER) -> list[ItemGroup]:
    """Return the whole catalogue by kind, in the reader's language."""
    parts: dict[str, list[ItemPart]] = {name: [] for name in register.categories}
    for it in items(register).values():
        parts[it.group].append(_part(it, facts(it, register), register))
    return [ItemGroup(name, str(register.categories[name]), found) for name, found in parts.items()]


def _state(it: Item) -> str:
    if it.later is not None:
        return "later"
    if it.made is not None:
        return "made"
    return "refused" if it.refused is not None else "held"


def _part(it: Item, known: Facts, register: Register) -> ItemPart:
    return ItemPart(
        id=it.id, label=str(it.label), source_class=str(CLASSES.get(it.source, "")),
        our_class=str(CLASSES["sensitive" if it.sensitive else "ordinary"]), sensitive=it.sensitive,
        differs=str(it.differs or ""), state=_state(it), reason=str(it.reason or ""),
        required=known.required, purposes=[str(register.purposes[name].title) for name in known.purposes],
        bases=[f"{BASES[name]} ({ARTICLES[name]})" for name in known.bases],
        recipients=[str(register.recipients[name].title) for name in known.recipients],
        retention=[str(register.retention[name]) for name in known.retention],
        masked=bool(known.masks), sealed=bool(known.keys),
    )  # fmt: skip


def _both(text: Text | None) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if text else {}


def published_items(register: Register = REGISTER) -> list[dict[str, Any]]:
    """Return the whole catalogue for programs, both languages, ids of the register."""
    found = []
    for it in items(register).values():
        known = facts(it, register)
        found.append({
            "id": it.id, "label": _both(it.label), "category": it.group, "source_class": it.source,
            "sensitive": it.sensitive, "differs": _both(it.differs), "state": _state(it),
            "reason": _both(it.reason), "waits_for": it.purpose, "required": known.required,
            "purposes": list(known.purposes), "bases": [ARTICLES[name] for name in known.bases],
            "recipients": list(known.recipients), "retention": list(known.retention), "masks": list(known.masks),
            "keys": list(known.keys), "columns": [f"{table.name}.{column.name}" for table, column in it.held],
        })  # fmt: skip
    return found
