"""The catalogue of items: every datum the source names and every one the mall adds, whether it is held or not.

An item says only what cannot be worked out: how the source classes it and we do, which columns hold it, which
fields of which recipient carry it, or why there is none. Purposes, bases, recipients, retention, masks, keys and
whether it is required follow from those.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mingpu.lib.text import Text
from mingpu.privacy.grants import granted, insertable, readable, updatable
from mingpu.privacy.register import REGISTER, Column, Purpose, Register, Table

ARTICLES = {
    "contract": "PIPL 13(1)(2)",
    "consent": "PIPL 13(1)(1)",
    "law": "PIPL 13(1)(3)",
    "security": "CSL 23, PIPL 51",
}
BASES = {
    "contract": Text("履行您要的合同", "Needed for what you asked of us"),
    "consent": Text("您的同意", "Your consent"),
    "law": Text("法律要求", "Required by law"),
    "security": Text("交易与信息安全", "Safety of trade and data"),
}
SOURCE_CLASSES = ("", "ordinary", "sensitive", "both")
DERIVED = ("rights", "erasure", "retention", "legal")  # these follow from the table, not from the item


@dataclass(frozen=True, slots=True)
class Item:
    """One datum. source: the source's class of it, '' when it names none. held: (table, column) pairs."""

    id: str
    label: Text
    group: str
    source: str
    sensitive: bool
    differs: Text | None
    later: Text | None
    refused: Text | None
    made: Text | None  # of others' items, about nobody: how
    purpose: str  # the purpose that waits for it
    sent: Mapping[str, tuple[str, ...]]
    named: tuple[str, ...]
    held: tuple[tuple[Table, Column], ...] = field(repr=False)

    @property
    def collected(self) -> bool:
        """Whether there is a place for it at all."""
        return self.reason is None

    @property
    def reason(self) -> Text | None:
        """Why there is no place for it: it comes later, is refused, or is made of others and about nobody."""
        return self.later or self.refused or self.made


@dataclass(frozen=True, slots=True)
class Facts:
    """What follows for an item from where it is held and sent. Ids of the register, in its order."""

    purposes: tuple[str, ...]
    bases: tuple[str, ...]
    recipients: tuple[str, ...]
    retention: tuple[str, ...]
    masks: tuple[str, ...]
    keys: tuple[str, ...]
    required: bool


def items(register: Register = REGISTER) -> dict[str, Item]:
    """Return every item by id, with the columns that hold it."""
    raw = register.raw.get("items", {})
    by_name = {name for it in raw.values() for name in it.get("columns", ()) if not name.endswith(".*")}
    return {name: _item(name, it, by_name, register) for name, it in raw.items()}


def _item(name: str, it: Mapping[str, Any], by_name: set[str], register: Register) -> Item:
    return Item(
        id=name, label=_text(it["label"]), group=it["group"], source=it.get("source", ""),
        sensitive=it.get("sensitive", False), differs=_maybe(it, "differs"), later=_maybe(it, "later"),
        refused=_maybe(it, "refused"), made=_maybe(it, "made"), purpose=it.get("purpose", ""),
        sent={to: tuple(fields) for to, fields in it.get("sent", {}).items()},
        named=tuple(it.get("columns", ())), held=tuple(_held(it.get("columns", ()), by_name, register)),
    )  # fmt: skip


def _held(named: list[str], by_name: set[str], register: Register) -> Iterator[tuple[Table, Column]]:
    """Yield the columns an item names; `table.*` stands for those of the table that no item names."""
    for full in named:
        name, _, wanted = full.partition(".")
        table = register.tables.get(name)
        for column in table.personal_columns() if table else ():
            if column.name == wanted or (wanted == "*" and f"{name}.{column.name}" not in by_name):
                assert table is not None
                yield table, column


def facts(item: Item, register: Register = REGISTER) -> Facts:
    """Return what follows for an item; all empty for one that is not collected."""
    users = [it for it in register.purposes.values() if it.id not in DERIVED and _uses(it, item)]
    if (
        not users
    ):  # what is kept for the rights themselves: requests, transfers, what is to happen after death
        users = [it for it in register.purposes.values() if it.id == "rights" and _uses(it, item)]
    columns = [column for _, column in item.held]
    return Facts(
        purposes=tuple(it.id for it in users),
        bases=tuple(dict.fromkeys(it.basis for it in users)),
        recipients=tuple(item.sent),
        retention=tuple(dict.fromkeys(table.retention for table, _ in item.held)),
        masks=tuple(dict.fromkeys(it.mask for it in columns if it.mask)),
        keys=tuple(dict.fromkeys(it.sealed for it in columns if it.sealed)),
        required=any(it.required for it in columns),
    )


def _uses(purpose: Purpose, item: Item) -> bool:
    return any(
        column.name in {*readable(table, purpose), *updatable(table, purpose)}
        or ("i" in granted(table, purpose) and column.name in insertable(table))
        for table, column in item.held
    )


# ---- what is wrong with it ----


def problems(register: Register = REGISTER) -> Iterator[str]:
    """Yield what is wrong: a column or a field that is no item's, an item without place or reason, a wrong class."""
    known = items(register)
    belonging = {f"{table.name}.{column.name}" for it in known.values() for table, column in it.held}
    for table in register.tables.values():
        for column in table.personal_columns() if table.subject else ():
            if f"{table.name}.{column.name}" not in belonging:
                yield f"column {table.name}.{column.name} belongs to no item of the catalogue"
    for it in known.values():
        yield from _places(it, register)
        yield from _class(it)
        yield from _sent(it, register)
    for recipient in register.recipients.values():
        listed = {name for it in known.values() for name in it.sent.get(recipient.id, ())}
        for name, category in recipient.fields.items():
            if category and name not in listed:
                yield f"recipient {recipient.id}: field {name} carries no item of the catalogue"
    for group in register.categories.keys() - {it.group for it in known.values()}:
        yield f"category {group} has no item in the catalogue"


def _places(it: Item, register: Register) -> Iterator[str]:
    if it.group not in register.categories:
        yield f"item {it.id} is of no known category: {it.group}"
    if it.collected and not it.held:
        yield f"item {it.id} is neither held anywhere, nor later, nor refused, nor made of others"
    if not it.collected and it.named:
        yield f"item {it.id} is said not to be collected and has columns"
    held = {f"{table.name}.{column.name}" for table, column in it.held}
    for full in it.named:
        if not (full in held or (full.endswith(".*") and full[:-2] in {table.name for table, _ in it.held})):
            yield f"item {it.id} names {full}, which holds nothing of a person's"
    purpose = register.purposes.get(it.purpose)
    if it.later is not None and (purpose is None or purpose.open):
        yield f"item {it.id} comes later and no purpose waits for it"
    if sum(one is not None for one in (it.later, it.refused, it.made)) > 1:
        yield f"item {it.id} cannot both come later and be refused, or be made all the same"


def _class(it: Item) -> Iterator[str]:
    if it.source not in SOURCE_CLASSES:
        yield f"item {it.id}: the source has no class {it.source!r}"
    ours = "sensitive" if it.sensitive else "ordinary"
    if it.source not in ("", ours) and it.differs is None:
        yield f"item {it.id} is {it.source} to the source and {ours} to us, and nothing says why"
    if it.collected:
        careful = any(column.sensitive or column.index_of for _, column in it.held)
        if it.sensitive and not careful:
            yield f"item {it.id} is sensitive and no column of it is treated so"
        shown = [it for it in it.held if it[1].sensitive and not (it[1].mask or it[1].index_of)]
        if shown and any(column.mask for _, column in it.held):
            table, column = shown[0]
            yield f"item {it.id} is masked elsewhere and shown whole in {table.name}.{column.name}"
        if not it.sensitive and any(column.sensitive for _, column in it.held):
            yield f"item {it.id} is ordinary and holds a sensitive column"


def _sent(it: Item, register: Register) -> Iterator[str]:
    for to, names in it.sent.items():
        recipient = register.recipients.get(to)
        if recipient is None:
            yield f"item {it.id} is sent to {to}, which is no recipient"
            continue
        for name in names:
            if not recipient.fields.get(name):
                yield f"item {it.id}: recipient {to} receives no field {name} of a person's"
        serving = [register.purposes[name] for name in recipient.purposes if name in register.purposes]
        # Rights read whatever can be exported, item by item: a package handed on is just that.
        if not any(purpose.id == "rights" or _uses(purpose, it) for purpose in serving):
            yield f"item {it.id} goes to {to} for a purpose that cannot read it"


def _maybe(it: Mapping[str, Any], name: str) -> Text | None:
    return _text(it[name]) if name in it else None


def _text(value: Mapping[str, Any]) -> Text:
    return Text(zh=value["zh"], en=value["en"])
