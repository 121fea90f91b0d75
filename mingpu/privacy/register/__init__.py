"""The register: the statement as data. The files beside this one are the only list; all else is derived.

`REGISTER` holds them as frozen values. A table's column that belongs to a person says what it is, whether it
is sealed, how it is masked and which clauses it rests on; a table says which purpose may do what with it.
Grants are letters: s select, i insert, u update, d delete.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from mingpu.lib.text import Text
from mingpu.privacy.register.ends import ending, expiry

FOLDER = Path(__file__).parent
LEAST = {"zh": "《个人信息保护法》第 19 条", "en": "PIPL, art. 19"}


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data may be touched; the PostgreSQL role `purpose_<id>`."""

    id: str
    title: Text
    why: Text
    basis: str  # contract | consent | law | security
    clauses: tuple[str, ...]
    zones: tuple[str, ...]
    # own: the subject's rows | all: a queue's | merchant: the acting merchant's | own_merchant: both at once
    rows: str = "own"
    while_frozen: bool = False
    # False while nothing carries it out: nobody is asked for it, nothing is collected, its door refuses.
    open: bool = True
    permission: str = ""  # the switch of the device that must be on as well
    gpc: bool = False  # refused while the browser sends the signal `Sec-GPC: 1`
    # Under 14: never: nothing rests on it | guarded: once a guardian has confirmed | approval: once staff approved
    minors: str = ""

    @property
    def role(self) -> str:
        """The role's name in the database."""
        return f"purpose_{self.id}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A third party and the only fields it may receive, each with its category ('' when not personal)."""

    id: str
    title: Text
    relation: Text
    why: Text
    purposes: tuple[str, ...]
    clauses: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Permission:
    """One of the five switches of the device, all off at first."""

    id: str
    title: Text
    why: Text
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the statement: its words, where it is carried out, which tests hold it.

    later: not in force yet; it says that nothing is collected for it. exception: a case in which the law
    needs no consent (section 3).
    """

    id: str
    says: Text
    implemented: tuple[str, ...]  # dotted targets, `mingpu.room.module:name`
    tests: tuple[str, ...]  # files, or file::name
    later: bool = False

    @property
    def exception(self) -> bool:
        """Whether it is one of the cases without consent."""
        return self.id.startswith("3.")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `plain` columns are technical and say why, all others are personal."""

    name: str
    plain: str = ""
    label: Text | None = None
    category: str = ""
    sensitive: bool = False
    sealed: str = ""  # the class of key: account | order | optional | share
    index_of: str = ""  # the column this is the blind index of
    mask: str = ""
    required: bool = False
    clauses: tuple[str, ...] = ()
    only: tuple[str, ...] = ()  # the purposes that may read it, when fewer than the table's
    blank: bool = False  # emptied when a detached table's row loses its person
    clear: str = ""  # why a sensitive value is neither sealed nor hashed
    computed: bool = False  # worked out by the database from other columns: nobody can write it

    @property
    def personal(self) -> bool:
        """Whether the column belongs to a person."""
        return not self.plain


@dataclass(frozen=True, slots=True)
class Table:
    """One table: who may do what, whose rows they are, what cancelling does to them."""

    name: str
    label: Text
    subject: str  # the column with the person's id; '' when the table holds nobody's data
    reason: str  # why a table without a subject is in no one's name
    retention: str
    erase: str  # delete | freeze | detach
    export: bool
    public: bool
    expires: str  # SQL that is true when a row is past its time
    ends: str  # SQL that gives the moment a row is past its time, NULL while it is not known; '' when it never is
    of: tuple[str, ...]  # (own column, parent table, its column): goes when the parent goes
    open: Mapping[str, Any]  # what must be finished before an account can go: where, reference, label
    grants: Mapping[str, str]
    zone_grants: Mapping[str, str]
    updates: Mapping[str, tuple[str, ...]]
    merchant: str = (
        ""  # where a merchant may see its own rows: SQL that gives the merchant's code, mostly a column
    )
    where: Mapping[str, str] = field(default_factory=dict)  # purpose -> SQL that its rows must meet besides
    files: str = ""  # the folder of its rows' sealed files, named by their keys: they go with the rows
    own_key: bool = False  # its rows are matters of their own, whose keys go with them
    alone: str = ""  # the verb by which its owner deletes one row; '' when a row cannot go by itself
    columns: Mapping[str, Column] = field(default_factory=dict)

    def personal_columns(self) -> Iterator[Column]:
        """Yield the columns that belong to a person."""
        return (column for column in self.columns.values() if column.personal)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A definer function `mingpu.lookup_<id>(key)`: the one way from a key to the person it belongs to."""

    id: str
    table: str
    key: str
    subject: str
    where: str
    zones: tuple[str, ...]
    purposes: tuple[str, ...] = ()  # who may ask inside a block, where no login may


@dataclass(frozen=True, slots=True)
class Counter:
    """A definer function `mingpu.count_<id>(key, since)`: rows, first and last time; never whose."""

    id: str
    table: str
    key: str
    time: str
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """Everything the mall promises, as data."""

    raw: Mapping[str, Any]
    digest: str

    @property
    def version(self) -> str:
        """The statement's version, a date."""
        return str(self.raw["version"])

    @property
    def operator(self) -> Mapping[str, Text]:
        """Name and contact of who runs the mall."""
        return {name: _text(value) for name, value in self.raw["operator"].items()}

    @cached_property
    def categories(self) -> Mapping[str, Text]:
        """Kinds of data, F1–F12."""
        return {name: _text(value) for name, value in self.raw["categories"].items()}

    @cached_property
    def retention(self) -> Mapping[str, Text]:
        """How long each class is kept and what happens then."""
        return {name: _text(value) for name, value in self.raw["retention"].items()}

    def law(self, retention: str) -> Text:
        """Return the article a class of retention rests on; keeping no longer than needed where none is named."""
        return _text(self.raw["retention"][retention].get("law", LEAST))

    @cached_property
    def zones(self) -> Mapping[str, Text]:
        """Login roles."""
        return {name: _text(value) for name, value in self.raw["zones"].items()}

    @cached_property
    def purposes(self) -> Mapping[str, Purpose]:
        """Purposes by id."""
        return {
            name: Purpose(
                id=name,
                title=_text(it["title"]),
                why=_text(it["why"]),
                basis=it["basis"],
                clauses=tuple(it["clauses"]),
                zones=tuple(it["zones"]),
                rows=it.get("rows", "own"),
                while_frozen=it.get("while_frozen", False),
                open=it.get("open", True),
                permission=it.get("permission", ""),
                gpc=it.get("gpc", False),
                minors=it.get("minors", ""),
            )
            for name, it in self.raw["purposes"].items()
        }

    @cached_property
    def recipients(self) -> Mapping[str, Recipient]:
        """Third parties by id."""
        return {
            name: Recipient(
                id=name,
                title=_text(it["title"]),
                relation=_text(it["relation"]),
                why=_text(it["why"]),
                purposes=tuple(it["purposes"]),
                clauses=tuple(it["clauses"]),
                fields=it["fields"],
            )
            for name, it in self.raw["recipients"].items()
        }

    @cached_property
    def permissions(self) -> Mapping[str, Permission]:
        """The five switches by name."""
        return {
            name: Permission(name, _text(it["title"]), _text(it["why"]), tuple(it["clauses"]))
            for name, it in self.raw["permissions"].items()
        }

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """The clauses in force by id."""
        return {
            name: Clause(
                name,
                _text(it),
                tuple(it.get("implemented", ())),
                tuple(it.get("tests", ())),
                it.get("later", False),
            )
            for name, it in self.raw.get("clauses", {}).items()
        }

    @cached_property
    def lookups(self) -> Mapping[str, Lookup]:
        """Definer functions by id."""
        return {
            name: Lookup(
                name,
                it["table"],
                it["key"],
                it["subject"],
                it.get("where", "true"),
                tuple(it.get("zones", ())),
                tuple(it.get("purposes", ())),
            )
            for name, it in self.raw.get("lookups", {}).items()
        }

    @cached_property
    def counters(self) -> Mapping[str, Counter]:
        """Counting functions by id."""
        return {
            name: Counter(name, it["table"], it["key"], it["time"], tuple(it["purposes"]))
            for name, it in self.raw.get("counters", {}).items()
        }

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Tables by name in the database."""
        raw = self.raw["tables"]
        return {name: _table(name, it, expiry(name, raw), ending(name, raw)) for name, it in raw.items()}

    def column(self, table: str, column: str) -> Column:
        """Return one column's entry; raises KeyError for one that was never declared."""
        return self.tables[table].columns[column]

    def flags(self) -> Mapping[str, int]:
        """Return the bit of each thing that can ever be agreed to: consent purposes and permissions.

        The bits are written down in the register, so that something new never takes another's. Raises
        ValueError for two of the same.
        """
        raw = {name: it for name, it in self.raw["purposes"].items() if it["basis"] == "consent"}
        raw |= self.raw["permissions"]
        flags = {name: 1 << it["flag"] for name, it in sorted(raw.items(), key=lambda it: it[1]["flag"])}
        if len(set(flags.values())) < len(flags):
            raise ValueError("two consents share a flag")
        return flags

    def consents(self) -> Mapping[str, int]:
        """Return the bits of what can be agreed to today: nobody is asked for what does not exist yet."""
        closed = {name for name, it in self.raw["purposes"].items() if not it.get("open", True)}
        return {name: bit for name, bit in self.flags().items() if name not in closed}


def _text(value: Mapping[str, Any]) -> Text:
    return Text(zh=value["zh"], en=value["en"])


def _table(name: str, it: Mapping[str, Any], expires: str, ends: str) -> Table:
    plain = {column: {"plain": it.get("reason", "")} for column in it.get("plain", ())}
    return Table(
        name=name, label=_text(it["label"]), subject=it.get("subject", ""), reason=it.get("reason", ""),
        retention=it.get("retention", ""), erase=it.get("erase", ""), export=it.get("export", bool(it.get("subject"))),
        public=it.get("public", False), expires=expires, ends=ends, of=tuple(it.get("of", ())), open=it.get("open", {}),
        grants=it.get("grants", {}), merchant=it.get("merchant", ""), where=it.get("where", {}), files=it.get("files", ""),
        zone_grants=it.get("zone_grants", {}),
        updates={purpose: tuple(columns) for purpose, columns in it.get("updates", {}).items()},
        own_key=it.get("own_key", False), alone=it.get("alone", ""),
        columns={column: _column(column, entry) for column, entry in {**plain, **it.get("columns", {})}.items()},
    )  # fmt: skip


def _column(name: str, it: Mapping[str, Any]) -> Column:
    return Column(
        name=name, plain=it.get("plain", ""), label=_text(it["label"]) if "label" in it else None,
        category=it.get("category", ""), sensitive=it.get("sensitive", False), sealed=it.get("sealed", ""),
        index_of=it.get("index_of", ""), mask=it.get("mask", ""), required=it.get("required", False),
        clauses=tuple(it.get("clauses", ())), only=tuple(it.get("only", ())), blank=it.get("blank", False),
        clear=it.get("clear", ""), computed=it.get("computed", False),
    )  # fmt: skip


def load(folder: Path | None = None) -> Register:
    """Read every file of the register; a name declared twice raises ValueError."""
    raw: dict[str, Any] = {}
    digest = sha256()
    for path in sorted((folder or FOLDER).glob("*.toml")):
        content = path.read_bytes()
        digest.update(content)
        for section, entries in tomllib.loads(content.decode()).items():
            if not isinstance(entries, dict):
                raw[section] = entries
                continue
            known = raw.setdefault(section, {})
            if twice := known.keys() & entries.keys():
                raise ValueError(f"declared twice in the register: {section} {sorted(twice)}")
            known.update(entries)
    return Register(raw, digest.hexdigest())


REGISTER = load()
