"""Changes of the register's data, by kind: what somebody might leave out, add or soften there."""

from datetime import date
from random import Random
from typing import Any

from mingpu.privacy.register import REGISTER as KNOWN
from scripts.omission_kinds import REGISTER, Change, Raw, kind

PERSONS = [table.name for table in KNOWN.tables.values() if table.subject]
LABEL = {"zh": "某", "en": "something"}


def _at(raw: Raw, *path: str) -> Any:
    for step in path:
        raw = raw[step]
    return raw


def _drop(*path: str) -> Change:
    return Change(f"drops {'.'.join(path)}", lambda raw: _at(raw, *path[:-1]).pop(path[-1]))


def _put(value: Any, *path: str) -> Change:
    return Change(f"{'.'.join(path)} = {value!r}", lambda raw: _at(raw, *path[:-1]).update({path[-1]: value}))


def _column(chance: Random, has: str = "") -> tuple[str, ...] | None:
    """Draw a personal column, as a path; `has`: only one whose entry has that."""
    table = chance.choice(PERSONS)
    entries = KNOWN.raw["tables"][table].get("columns", {})
    names = [name for name, it in entries.items() if "plain" not in it and (not has or it.get(has))]
    return ("tables", table, "columns", chance.choice(names)) if names else None


def _of_column(has: str, chance: Random) -> Change | None:
    path = _column(chance, has)
    return _drop(*path, has) if path else None


# ---- columns ----


@kind(REGISTER)
def column_entry_missing(chance: Random) -> Change | None:
    """A column of the database that is on the register no more."""
    path = _column(chance)
    return _drop(*path) if path else None


@kind(REGISTER)
def column_made_technical(chance: Random) -> Change | None:
    """Personal data called technical."""
    path = _column(chance)
    return _put({"plain": "key"}, *path) if path else None


@kind(REGISTER)
def column_unsealed(chance: Random) -> Change | None:
    """A value that is to be sealed no more."""
    return _of_column("sealed", chance)


@kind(REGISTER)
def key_class_changed(chance: Random) -> Change | None:
    """A value under a key that goes at another time."""
    path = _column(chance, "sealed")
    if path is None:
        return None
    others = sorted({"account", "order", "optional"} - {_at(dict(KNOWN.raw), *path)["sealed"]})
    return _put(chance.choice(others), *path, "sealed")


@kind(REGISTER)
def class_softened(chance: Random) -> Change | None:
    """Sensitive data called ordinary."""
    return _of_column("sensitive", chance)


@kind(REGISTER)
def mask_dropped(chance: Random) -> Change | None:
    """A value shown whole."""
    return _of_column("mask", chance)


@kind(REGISTER)
def label_dropped(chance: Random) -> Change | None:
    """A column without a name for people."""
    return _of_column("label", chance)


@kind(REGISTER)
def column_without_clause(chance: Random) -> Change | None:
    """A column that no clause speaks of."""
    path = _column(chance)
    return _put(chance.choice([[], ["9.9"], ["2.4"]]), *path, "clauses") if path else None


@kind(REGISTER)
def column_opened(chance: Random) -> Change | None:
    """A column kept for some purposes, open to all of its table."""
    return _of_column("only", chance)


@kind(REGISTER)
def column_left_behind(chance: Random) -> Change | None:
    """A column that is not emptied when its row loses its person."""
    return _of_column("blank", chance)


# ---- tables ----


@kind(REGISTER)
def grant_added(chance: Random) -> Change | None:
    """A purpose with a right more."""
    table, purpose = chance.choice(PERSONS), chance.choice(list(KNOWN.purposes))
    before = KNOWN.tables[table].grants.get(purpose, "")
    return None if "s" in before else _put(before + "s", "tables", table, "grants", purpose)


@kind(REGISTER)
def grant_removed(chance: Random) -> Change | None:
    """A purpose with a right less."""
    table = chance.choice(PERSONS)
    grants = KNOWN.tables[table].grants
    return _drop("tables", table, "grants", chance.choice(list(grants))) if grants else None


@kind(REGISTER)
def erasure_changed(chance: Random) -> Change:
    """A table that cancelling leaves alone, or treats as another."""
    table = chance.choice(PERSONS)
    others = sorted({"", "delete", "freeze", "detach"} - {KNOWN.tables[table].erase})
    return _put(chance.choice(others), "tables", table, "erase")


@kind(REGISTER)
def end_dropped(chance: Random) -> Change | None:
    """A table whose rows never come to an end."""
    table = chance.choice(PERSONS)
    names = [name for name in ("expires", "of", "retention") if KNOWN.raw["tables"][table].get(name)]
    return _drop("tables", table, chance.choice(names)) if names else None


@kind(REGISTER)
def person_dropped(chance: Random) -> Change:
    """A table said to be nobody's."""
    return _drop("tables", chance.choice(PERSONS), "subject")


@kind(REGISTER)
def export_dropped(chance: Random) -> Change | None:
    """A table left out of the person's copy."""
    table = chance.choice(PERSONS)
    return _put(False, "tables", table, "export") if KNOWN.tables[table].export else None


@kind(REGISTER)
def table_published(chance: Random) -> Change:
    """A table of persons' rows for everybody."""
    return _put(True, "tables", chance.choice(PERSONS), "public")


@kind(REGISTER)
def open_matter_forgotten(chance: Random) -> Change | None:
    """A matter that no longer has to be finished before an account goes."""
    table = chance.choice(PERSONS)
    return _drop("tables", table, "open") if KNOWN.tables[table].open else None


@kind(REGISTER)
def kept_longer(chance: Random) -> Change:
    """A class of retention that lasts longer."""
    names = [name for name, it in KNOWN.raw["retention"].items() if it.keys() & {"days", "years"}]
    name = chance.choice(names)
    unit = "days" if "days" in KNOWN.raw["retention"][name] else "years"
    return _put(KNOWN.raw["retention"][name][unit] * 10, "retention", name, unit)


# ---- purposes, permissions, lookups ----


@kind(REGISTER)
def purpose_without_clause(chance: Random) -> Change:
    """A purpose that no clause promises."""
    return _put([], "purposes", chance.choice(list(KNOWN.purposes)), "clauses")


@kind(REGISTER)
def purpose_undeclared(chance: Random) -> Change:
    """A purpose that the code knows and the register does not."""
    return _drop("purposes", chance.choice(list(KNOWN.purposes)))


@kind(REGISTER)
def purpose_added(chance: Random) -> Change:
    """A purpose that nothing in the code stands for."""
    like = dict(KNOWN.raw["purposes"][chance.choice(["ordering", "rights", "service"])])
    return _put(like, "purposes", f"more_{chance.randrange(1000)}")


@kind(REGISTER)
def purpose_of_more_zones(chance: Random) -> Change | None:
    """A purpose that one login more may become."""
    name, zone = chance.choice(list(KNOWN.purposes)), chance.choice(list(KNOWN.zones))
    zones = KNOWN.purposes[name].zones
    return None if zone in zones else _put([*zones, zone], "purposes", name, "zones")


@kind(REGISTER)
def purpose_over_everybody(chance: Random) -> Change | None:
    """A purpose that sees all rows instead of one person's."""
    name = chance.choice(list(KNOWN.purposes))
    return None if KNOWN.purposes[name].rows != "own" else _put("all", "purposes", name, "rows")


@kind(REGISTER)
def consent_not_asked(chance: Random) -> Change | None:
    """A purpose that used to need a yes."""
    name = chance.choice(list(KNOWN.purposes))
    return _put("contract", "purposes", name, "basis") if KNOWN.purposes[name].basis == "consent" else None


@kind(REGISTER)
def flag_shared(chance: Random) -> Change:
    """A yes that counts for something else too."""
    one, other = chance.sample([it for it in KNOWN.raw["purposes"].values() if "flag" in it], 2)
    name = next(name for name, it in KNOWN.raw["purposes"].items() if it is one)
    return _put(other["flag"], "purposes", name, "flag")


@kind(REGISTER)
def door_opened(chance: Random) -> Change | None:
    """A function said to be there that is not."""
    name = chance.choice(list(KNOWN.purposes))
    return None if KNOWN.purposes[name].open else _drop("purposes", name, "open")


@kind(REGISTER)
def used_while_leaving(chance: Random) -> Change | None:
    """A purpose that goes on after a person asked to leave."""
    name = chance.choice(list(KNOWN.purposes))
    return None if KNOWN.purposes[name].while_frozen else _put(True, "purposes", name, "while_frozen")


@kind(REGISTER)
def permission_dropped(chance: Random) -> Change:
    """A switch of the device that is no more."""
    return _drop("permissions", chance.choice(list(KNOWN.permissions)))


@kind(REGISTER)
def lookup_for_more(chance: Random) -> Change | None:
    """One login more that may ask for whom a key is."""
    name, zone = chance.choice(list(KNOWN.lookups)), chance.choice(list(KNOWN.zones))
    zones = KNOWN.lookups[name].zones
    return None if zone in zones else _put([*zones, zone], "lookups", name, "zones")


@kind(REGISTER)
def lookup_unbound(chance: Random) -> Change | None:
    """A lookup that finds what is over as well."""
    name = chance.choice(list(KNOWN.lookups))
    return _drop("lookups", name, "where") if "where" in KNOWN.raw["lookups"][name] else None


# ---- recipients, sources, items ----


@kind(REGISTER)
def recipient_key_more(chance: Random) -> Change:
    """A recipient that may be given one field more."""
    name, what = chance.choice(list(KNOWN.recipients)), chance.choice(["F1", "F10", ""])
    return _put(what, "recipients", name, "fields", f"more_{chance.randrange(1000)}")


@kind(REGISTER)
def recipient_field_unnamed(chance: Random) -> Change | None:
    """A person's datum called a constant of the protocol."""
    name = chance.choice(list(KNOWN.recipients))
    fields = [field for field, what in KNOWN.recipients[name].fields.items() if what]
    return _put("", "recipients", name, "fields", chance.choice(fields))


@kind(REGISTER)
def recipient_for_more(chance: Random) -> Change | None:
    """A recipient that serves one purpose more."""
    name, purpose = chance.choice(list(KNOWN.recipients)), chance.choice(list(KNOWN.purposes))
    purposes = KNOWN.recipients[name].purposes
    return None if purpose in purposes else _put([*purposes, purpose], "recipients", name, "purposes")


@kind(REGISTER)
def recipient_unknown_party(chance: Random) -> Change:
    """A recipient of whom nobody says who it is."""
    name = chance.choice(list(KNOWN.recipients))
    what = chance.choice(["legal_name", "contact", "kind", "contract"])
    return chance.choice([_drop("parties", name), _drop("parties", name, what)])


@kind(REGISTER)
def contract_over(chance: Random) -> Change:
    """A contract that has ended."""
    ended = {"reference": "X", "until": date(2020, 1, 1)}
    return _put(ended, "parties", chance.choice(list(KNOWN.raw["parties"])), "contract")


@kind(REGISTER)
def source_item_more(chance: Random) -> Change:
    """A source that may bring one item more."""
    return _put("F1", "sources", chance.choice(list(KNOWN.raw["sources"])), "items", "more")


@kind(REGISTER)
def item_dropped(chance: Random) -> Change:
    """A datum that the catalogue no longer names."""
    return _drop("items", chance.choice(list(KNOWN.raw["items"])))


@kind(REGISTER)
def item_softened(chance: Random) -> Change | None:
    """A sensitive item called ordinary."""
    name = chance.choice(list(KNOWN.raw["items"]))
    return _drop("items", name, "sensitive") if KNOWN.raw["items"][name].get("sensitive") else None


@kind(REGISTER)
def item_unexplained(chance: Random) -> Change | None:
    """An item without its reason or its place."""
    name = chance.choice(list(KNOWN.raw["items"]))
    named = [part for part in ("later", "refused", "columns", "differs") if part in KNOWN.raw["items"][name]]
    return _drop("items", name, chance.choice(named)) if named else None


# ---- clauses and the law ----


@kind(REGISTER)
def clause_without_tests(chance: Random) -> Change:
    """A clause that no test holds."""
    return _put(
        chance.choice([[], ["tests/none.py"]]), "clauses", chance.choice(list(KNOWN.clauses)), "tests"
    )


@kind(REGISTER)
def clause_without_code(chance: Random) -> Change:
    """A clause that nothing carries out."""
    what = chance.choice([[], ["mingpu.privacy.consent:grant"], ["mingpu.nowhere:go"]])
    return _put(what, "clauses", chance.choice(list(KNOWN.clauses)), "implemented")


@kind(REGISTER)
def clause_dropped(chance: Random) -> Change:
    """A clause that is in the statement no more."""
    return _drop("clauses", chance.choice(list(KNOWN.clauses)))


@kind(REGISTER)
def law_without_answer(chance: Random) -> Change:
    """A need of the law with neither work nor reason."""
    name = chance.choice(list(KNOWN.raw["law"]))
    return _drop("law", name, "later" if "later" in KNOWN.raw["law"][name] else "tests")
