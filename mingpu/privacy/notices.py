"""What is shown before somebody says yes or no: one notice a matter, made of the register, known by its hash.

The hash is over the canonical JSON of both languages, so that a consent says word for word what was agreed to. A
matter that comes to use more gets a flag nobody had (`versions` holds that), and whoever agreed before has not
agreed to it: the row policies ask for the new flag.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from mingpu.lib.text import Text
from mingpu.privacy.certificate import canonical
from mingpu.privacy.register import REGISTER, Purpose, Recipient, Register, Table
from mingpu.privacy.statement import Collected, touched

WITHDRAWAL = Text(
    "随时在“隐私中心”收回，和同意一样只点一下；接口：PUT /api/v1/me/privacy/{place}",
    "At any time in the privacy centre, with one tap as for a yes; by API: PUT /api/v1/me/privacy/{place}",
)
CONSENT, PERMISSION = "consent", "permission"


@dataclass(frozen=True, slots=True)
class Given:
    """A party that receives data for the matter, in the reader's language."""

    title: str
    relation: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice: the matter it is for, the statement's version, its document (both languages) and its hash."""

    name: str
    version: str
    document: Mapping[str, Any]
    hash: str

    def text(self, key: str) -> str:
        """Return one of its texts in the reader's language; "" for one it does not have."""
        return _said(self.document.get(key))

    @property
    def collected(self) -> list[Collected]:
        """What a yes lets be used, table by table, in the reader's language."""
        return [
            Collected(
                label=_said(part["table"]), items=[_said(it["label"]) for it in part["items"]],
                required=[], retention=_said(part["retention"]),
            )
            for part in self.document["data"]
        ]  # fmt: skip

    @property
    def sensitive(self) -> list[str]:
        """The sensitive items among them, each once."""
        every = (it for part in self.document["data"] for it in part["items"] if it["sensitive"])
        return list(dict.fromkeys(_said(it["label"]) for it in every))

    @property
    def recipients(self) -> list[Given]:
        """Who else receives data for it, and which fields."""
        return [
            Given(_said(it["title"]), _said(it["relation"]), tuple(it["fields"]))
            for it in self.document["recipients"]
        ]


def notice_of(name: str, register: Register = REGISTER) -> Notice:
    """Return the notice of a consent or permission as it is in force. Raises KeyError for another name."""
    return _all()[name] if register is REGISTER else _notice(name, register)


@cache
def _all() -> Mapping[str, Notice]:
    return {name: _notice(name, REGISTER) for name in REGISTER.flags()}


def _notice(name: str, register: Register) -> Notice:
    permission = register.permissions.get(name)
    it = permission or register.purposes[name]
    serving = (
        [p for p in register.purposes.values() if p.permission == name and p.open]
        if permission
        else [register.purposes[name]]
    )
    place = f"{'permissions' if permission else 'consents'}/{name}"
    document = {
        "matter": name, "kind": PERMISSION if permission else CONSENT, "title": _both(it.title),
        "why": _both(it.why), "clauses": list(it.clauses), "effect": _both(effect_of(name, register)),
        "data": [part for purpose in serving for part in _data(purpose, register)],
        "recipients": [
            {
                "id": to.id, "title": _both(to.title), "relation": _both(to.relation),
                "fields": [field for field, category in to.fields.items() if category],
            }
            for to in recipients_of({purpose.id for purpose in serving}, register)
        ],
        "withdrawal": {"zh": WITHDRAWAL.zh.format(place=place), "en": WITHDRAWAL.en.format(place=place)},
    }  # fmt: skip
    return Notice(name, register.version, document, sha256(canonical(document)).hexdigest())


def effect_of(name: str, register: Register = REGISTER) -> Text | None:
    """Return why a matter needs its sensitive items and what they may do to somebody; None where it has none."""
    said = register.raw["purposes"].get(name, {}).get("effect")
    return Text(zh=said["zh"], en=said["en"]) if said else None


def recipients_of(purposes: set[str], register: Register = REGISTER) -> list[Recipient]:
    """Return who receives data for any of the purposes."""
    return [it for it in register.recipients.values() if purposes & set(it.purposes)]


def _data(purpose: Purpose, register: Register) -> Iterator[dict[str, Any]]:
    for table in register.tables.values():
        if table.subject and (columns := touched(table, purpose)):
            items = [{"label": _both(it.label), "sensitive": it.sensitive} for it in columns]
            yield {"table": _both(table.label), "items": items, "retention": _kept(table, register)}


def _kept(table: Table, register: Register) -> dict[str, str]:
    return _both(register.retention[table.retention])


def _both(text: Text | None) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if text else {}


def _said(both: Mapping[str, str] | None) -> str:
    return str(Text(zh=both["zh"], en=both["en"])) if both else ""
