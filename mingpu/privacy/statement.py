"""The privacy statement, made of the register and of nothing else: for the page, for programs, for a terminal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mingpu.lib.text import Text, speaking
from mingpu.privacy.catalogue import BASES
from mingpu.privacy.evidence import Evidence, Use, evidence, in_order, use
from mingpu.privacy.grants import granted, readable, updatable
from mingpu.privacy.items import ItemGroup, item_groups, published_items
from mingpu.privacy.laws import (
    NeedPart,
    PartingPart,
    need_parts,
    parting_parts,
    published_law,
    published_partings,
)
from mingpu.privacy.outside import (
    RecipientPart,
    SourcePart,
    published_recipients,
    published_sources,
    recipient_parts,
    source_parts,
)
from mingpu.privacy.proofs import Outcome, outcomes
from mingpu.privacy.register import REGISTER, Clause, Column, Purpose, Register, Table

ON_CANCEL = {
    "delete": Text("随账户删除", "Erased with the account"),
    "freeze": Text(
        "冻结并密封，期满销毁密钥", "Frozen and sealed; its key is destroyed when the time is over"
    ),
    "detach": Text("抹去与您的关联", "The link to you is wiped"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of datum in one table, as the reader sees it."""

    id: str
    label: str
    category: str
    category_label: str
    sensitive: bool
    sealed: bool
    required: bool


@dataclass(frozen=True, slots=True)
class TablePart:
    """One table: what it holds, for how long, what for, what cancelling does."""

    id: str
    label: str
    retention: str
    on_cancel: str
    purposes: list[str]
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one purpose takes or reads from one table."""

    label: str
    items: list[str]
    required: list[str]
    retention: str


@dataclass(frozen=True, slots=True)
class PurposePart:
    """One purpose: why, on what basis, with what."""

    id: str
    title: str
    why: str
    basis: str
    basis_label: str
    clauses: tuple[str, ...]
    collected: list[Collected]
    use: Use


@dataclass(frozen=True, slots=True)
class ClausePart:
    """One clause in the reader's language, and what stands behind it."""

    id: str
    says: str
    later: bool
    evidence: Evidence
    parting: PartingPart | None  # where source and law differ; what `says` is the stricter


@dataclass(frozen=True, slots=True)
class Statement:
    """The whole statement in the reader's language."""

    version: str
    hash: str
    operator: Mapping[str, str]
    purposes: list[PurposePart]
    tables: list[TablePart]
    recipients: list[RecipientPart]
    sources: list[SourcePart]
    doors: list[PurposePart]  # purposes that nothing carries out yet
    catalogue: list[ItemGroup]
    permissions: list[dict[str, Any]]
    consents: list[PurposePart]
    retention: list[str]
    clauses: list[ClausePart]
    exceptions: list[ClausePart]
    later: list[ClausePart]
    everything: list[ClausePart]
    law: list[NeedPart]


def statement(register: Register = REGISTER) -> Statement:
    """Build the statement for the reader's language."""
    purposes = [_purpose(it, register) for it in register.purposes.values()]
    open_ones = {it.id for it in register.purposes.values() if it.open}
    known = outcomes()
    clauses = [_clause(it, known, register) for it in in_order(register)]
    return Statement(
        version=register.version,
        hash=register.digest,
        operator={name: str(text) for name, text in register.operator.items()},
        purposes=[it for it in purposes if it.id in open_ones],
        tables=[_table(it, register) for it in register.tables.values() if it.subject],
        recipients=recipient_parts(register),
        sources=source_parts(register),
        doors=[it for it in purposes if it.id not in open_ones],
        catalogue=item_groups(register),
        permissions=[
            {"id": it.id, "title": str(it.title), "why": str(it.why), "clauses": it.clauses}
            for it in register.permissions.values()
        ],
        consents=[it for it in purposes if it.basis == "consent" and it.id in open_ones],
        retention=[str(text) for text in register.retention.values()],
        clauses=[it for it in clauses if not it.later],
        exceptions=[it for it in clauses if it.id.startswith("3.") and not it.later],
        later=[it for it in clauses if it.later],
        everything=clauses,
        law=need_parts(known, register),
    )


@cache
def spoken(language: str) -> Statement:
    """Return the statement in a language; made once a process, since the register never changes in it."""
    with speaking(language):
        return statement()


def _clause(it: Clause, known: Mapping[str, Outcome], register: Register) -> ClausePart:
    parting = parting_parts(register).get(it.id)
    return ClausePart(it.id, str(it.says), it.later, evidence(it, known, register), parting)


def _item(table: Table, column: Column, register: Register) -> Item:
    return Item(
        id=f"{table.name}.{column.name}", label=str(column.label), category=column.category,
        category_label=str(register.categories[column.category]), sensitive=column.sensitive,
        sealed=bool(column.sealed), required=column.required,
    )  # fmt: skip


def _shown(table: Table) -> list[Column]:
    """Return the columns a reader should know of; a blind index is another form of what it is the index of."""
    return [column for column in table.personal_columns() if not column.index_of]


def _table(table: Table, register: Register) -> TablePart:
    users = [str(it.title) for it in register.purposes.values() if granted(table, it)]
    return TablePart(
        id=table.name, label=str(table.label), retention=str(register.retention[table.retention]),
        on_cancel=str(ON_CANCEL[table.erase]), purposes=users,
        items=[_item(table, column, register) for column in _shown(table)],
    )  # fmt: skip


def touched(table: Table, purpose: Purpose) -> list[Column]:
    """Return the personal columns of a table that a purpose may take, read or change."""
    names = {*readable(table, purpose), *updatable(table, purpose)}
    if "i" in granted(table, purpose):
        names |= table.columns.keys()
    return [column for column in _shown(table) if column.name in names]


def collected(it: Purpose, register: Register = REGISTER) -> list[Collected]:
    """Return what a purpose takes or reads, table by table: first those it writes down something new in."""
    found = [
        (table, columns)
        for table in register.tables.values()
        if table.subject and (columns := touched(table, it))
    ]
    found.sort(key=lambda pair: "i" not in granted(pair[0], it))
    return [
        Collected(
            label=str(table.label), items=list(dict.fromkeys(str(column.label) for column in columns)),
            required=[str(column.label) for column in columns if column.required],
            retention=str(register.retention[table.retention]),
        )
        for table, columns in found
    ]  # fmt: skip


def _purpose(it: Purpose, register: Register) -> PurposePart:
    return PurposePart(
        id=it.id, title=str(it.title), why=str(it.why), basis=it.basis,
        basis_label=str(BASES.get(it.basis, it.basis)), clauses=it.clauses, collected=collected(it, register), use=use(it, register),
    )  # fmt: skip


# ---- for programs ----


def _both(text: Text | None) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if text else {}


def published(register: Register = REGISTER) -> dict[str, Any]:
    """Return the register as it is published: every text in both languages."""
    differing = published_partings(register)
    return {
        "version": register.version,
        "hash": register.digest,
        "operator": {name: _both(text) for name, text in register.operator.items()},
        "items": [_published_item(table, column, register) for table in _persons(register) for column in _shown(table)],
        "tables": [_published_table(it) for it in _persons(register)],
        "purposes": [
            {
                "id": it.id, "title": _both(it.title), "why": _both(it.why), "basis": it.basis,
                "clauses": list(it.clauses), "rows": it.rows, "while_frozen": it.while_frozen,
                "zones": list(it.zones), "open": it.open, "permission": it.permission, "gpc": it.gpc,
            }
            for it in register.purposes.values()
        ],
        "recipients": published_recipients(register),
        "sources": published_sources(register),
        "catalogue": published_items(register),
        "permissions": [
            {"id": it.id, "title": _both(it.title), "why": _both(it.why), "clauses": list(it.clauses)}
            for it in register.permissions.values()
        ],
        "categories": {name: _both(text) for name, text in register.categories.items()},
        "retention": {
            name: {**_both(text), **_span(name, register)} for name, text in register.retention.items()
        },
        "clauses": [
            {"id": it.id, "says": _both(it.says), "in_force": not it.later, **differing.get(it.id, {})}
            for it in in_order(register)
        ],
        "law": published_law(register),
    }  # fmt: skip


def _span(term: str, register: Register) -> dict[str, int]:
    """Return how long a class of retention lasts, in days or years; nothing where an event ends it."""
    return {unit: n for unit, n in register.raw["retention"][term].items() if unit in {"days", "years"}}


def _persons(register: Register) -> list[Table]:
    return [table for table in register.tables.values() if table.subject]


def _published_table(it: Table) -> dict[str, Any]:
    """A table as a whole. until_done: what must be finished before cancelling, if anything."""
    until_done = it.open["label"] if it.open else {}
    return {
        "id": it.name, "label": _both(it.label), "retention": it.retention, "on_cancel": it.erase,
        "in_export": it.export, "until_done": dict(until_done),
    }  # fmt: skip


def _published_item(table: Table, column: Column, register: Register) -> dict[str, Any]:
    users = [it.id for it in register.purposes.values() if column in touched(table, it)]
    return {
        "id": f"{table.name}.{column.name}", "table": table.name, "table_label": _both(table.label),
        "label": _both(column.label), "category": column.category, "sensitive": column.sensitive,
        "required": column.required, "sealed": bool(column.sealed), "mask": column.mask,
        "retention": table.retention, "on_cancel": table.erase, "purposes": users, "clauses": list(column.clauses),
    }  # fmt: skip


# ---- for a terminal ----


def as_text(register: Register = REGISTER) -> Iterator[str]:
    """Yield the statement as lines, in the reader's language."""
    it = statement(register)
    title = Text("隐私声明", "privacy statement")
    yield f"{it.operator['name']} — {title} {it.version}"
    yield f"sha256 {it.hash}"
    yield it.operator["contact"]
    for purpose in it.purposes:
        yield ""
        yield f"[{purpose.id}] {purpose.title} — {purpose.basis_label} ({', '.join(purpose.clauses)})"
        yield f"  {purpose.why}"
        for part in purpose.collected:
            yield f"  · {part.label}: {', '.join(part.items)}"
    yield ""
    yield str(Text("提供给谁", "Who receives it"))
    for recipient in it.recipients:
        yield f"  {recipient.title} ({recipient.relation}): {', '.join(recipient.fields)}"
    yield ""
    yield str(Text("条款", "Clauses"))
    for clause in it.everything:
        yield f"  {clause.id:<8}{clause.says}"
