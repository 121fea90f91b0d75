"""Every version of the statement, kept: one file each in register/versions, chained by hashes, and what changed.

A file holds what `statement.published` gave when its version was in force, and the flag of everything that could be
agreed to. `mingpu statement snapshot` writes it; `mingpu statement check` refuses a register that says something
else than its version as kept, and a consent that came to use more under the flag people had agreed to.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from mingpu.lib.errors import NotFound
from mingpu.privacy.certificate import canonical
from mingpu.privacy.register import FOLDER, REGISTER, Register
from mingpu.privacy.statement import published

VERSIONS: Final = FOLDER / "versions"
MOST_FLAGS: Final = 63  # bits of a standing
MAKE: Final = "mingpu statement snapshot"


@dataclass(frozen=True, slots=True)
class Kept:
    """One version as kept. statement: as `published` gives it; flags: matter -> bit; hash: over all, with `previous`."""

    version: str
    statement: Mapping[str, Any]
    flags: Mapping[str, int]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is not as it should be with the versions: a stable kind and a sentence."""

    kind: str
    text: str


@cache
def kept(folder: Path = VERSIONS) -> tuple[Kept, ...]:
    """Return every version, the oldest first, as the files say; raises ValueError for a file that is no version."""
    found = []
    for path in sorted(folder.glob("*.json")):
        raw = json.loads(path.read_text())
        whole = isinstance(raw, dict) and raw.keys() == {"version", "statement", "flags", "previous", "hash"}
        if not whole or raw["version"] != path.stem:
            raise ValueError(f"{path.name} is no kept version of the statement")
        found.append(Kept(**raw))
    return tuple(found)


def version_of(version: str) -> Kept:
    """Return one version. Raises NotFound for one that was never in force."""
    known = next((it for it in kept() if it.version == version), None)
    if known is None:
        raise NotFound
    return known


def told(register: Register = REGISTER) -> dict[str, Any]:
    """Return what a register tells people and programs, without the fingerprint of its files."""
    return {name: part for name, part in published(register).items() if name != "hash"}


def flags_ever(name: str, register: Register = REGISTER) -> int:
    """Return every bit that a yes to `name` has ever set: a no takes all of them back."""
    bits = register.flags()[name]
    for it in kept():
        bits |= 1 << it.flags[name] if name in it.flags else 0
    return bits


def snapshot(register: Register = REGISTER, folder: Path = VERSIONS, *, rewrite: bool = False) -> Path | None:
    """Write the file of the register's version, after those before it; None when there is nothing to write.

    rewrite: write the newest one anew, which only what was never published allows. Raises ValueError when the
    version is kept already and says something else, or is not newer than the last.
    """
    before = [it for it in kept(folder) if it.version < register.version]
    same = next((it for it in kept(folder) if it.version == register.version), None)
    if any(it.version > register.version for it in kept(folder)):
        raise ValueError(f"version {register.version} is older than the newest that is kept")
    flags = {name: bit.bit_length() - 1 for name, bit in register.flags().items()}
    whole: dict[str, Any] = {
        "version": register.version, "statement": told(register), "flags": flags,
        "previous": before[-1].hash if before else "",
    }  # fmt: skip
    if same and (same.statement, same.flags, same.previous) == (whole["statement"], flags, whole["previous"]):
        return None
    if same and not rewrite:
        raise ValueError(
            f"version {register.version} is kept and says something else: give the statement a new version"
        )
    path = folder / f"{register.version}.json"
    path.write_text(
        json.dumps({**whole, "hash": _hash(whole)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )
    kept.cache_clear()
    return path


def _hash(whole: Mapping[str, Any]) -> str:
    return sha256(canonical(whole)).hexdigest()


# ---- what the check asks ----


def findings(register: Register = REGISTER, folder: Path = VERSIONS) -> Iterator[Wrong]:
    """Yield what is wrong: a file changed, a register that moved on without a version, a consent that grew in silence."""
    try:
        every = kept(folder)
    except (ValueError, TypeError) as error:
        yield Wrong("version-chain", f"a kept version cannot be read: {error}")
        return
    yield from _chain(every)
    yield from _current(every, register)
    yield from _grown(every, register)


def _chain(every: tuple[Kept, ...]) -> Iterator[Wrong]:
    before = ""
    for it in every:
        whole = {"version": it.version, "statement": it.statement, "flags": it.flags, "previous": it.previous}
        if _hash(whole) != it.hash or it.previous != before:
            yield Wrong("version-chain", f"version {it.version} is not what was kept")
        before = it.hash


def _current(every: tuple[Kept, ...], register: Register) -> Iterator[Wrong]:
    newest = every[-1] if every else None
    if newest is None or newest.version < register.version:
        yield Wrong("version-missing", f"version {register.version} of the statement is not kept: {MAKE}")
    elif newest.version > register.version:
        yield Wrong(
            "version-changed", f"the register is version {register.version}, {newest.version} is kept"
        )
    elif newest.statement != told(register) or dict(newest.flags) != _places(register):
        yield Wrong(
            "version-changed",
            f"the register says something else than version {register.version} as kept: give it a new version in "
            f"statement.toml, then {MAKE} (before that version is published: {MAKE} --rewrite)",
        )


def _grown(every: tuple[Kept, ...], register: Register) -> Iterator[Wrong]:
    """Yield the consents that use more than people agreed to, and flags that were another's."""
    flags, now = _places(register), told(register)
    for it in every:
        if it.version >= register.version:
            continue
        for name, flag in flags.items():
            whose = next((old for old, known in it.flags.items() if known == flag), name)
            if whose != name:
                yield Wrong(
                    "flag-reused", f"flag {flag} of {name} was that of {whose} in version {it.version}"
                )
            if it.flags.get(name) == flag and (more := grown(name, it.statement, now)):
                free = next(n for n in range(MOST_FLAGS) if n not in _ever(every, flags))
                yield Wrong(
                    "consent-grown",
                    f"{name} has come to use more than in version {it.version} ({', '.join(more)}): give it a flag "
                    f"that nobody had (flag = {free}), so that it is asked again",
                )


def _places(register: Register) -> dict[str, int]:
    return {name: bit.bit_length() - 1 for name, bit in register.flags().items()}


def _ever(every: tuple[Kept, ...], flags: Mapping[str, int]) -> set[int]:
    return {*flags.values(), *(flag for it in every for flag in it.flags.values())}


def grown(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what a matter uses, gives away or keeps longer in `after` than in `before`, by id; both as published."""
    was, now = uses(name, before), uses(name, after)
    return sorted(it for it, kept_for in now.items() if it not in was or kept_for > was[it])


def uses(name: str, whole: Mapping[str, Any]) -> dict[str, float]:
    """Return what a matter uses in a published statement: items with how long they are kept, recipients' fields.

    How long: days, or infinity where the end is an event such as leaving.
    """
    under = {it["id"] for it in whole["purposes"] if it.get("permission") == name and it.get("open", True)}
    under |= {it["id"] for it in whole["purposes"] if it["id"] == name}
    found: dict[str, float] = {}
    for it in whole["items"]:
        if under & set(it["purposes"]):
            found[it["id"]] = kept_days(it["retention"], whole)
    for to in whole["recipients"]:
        if under & set(to["purposes"]):
            found |= {f"{to['id']}: {field}": 0.0 for field, category in to["fields"].items() if category}
    return found


def kept_days(term: str, whole: Mapping[str, Any]) -> float:
    """Return how long a class of retention lasts in a published statement, in days; infinity where an event ends it."""
    said = whole["retention"].get(term, {})
    days = said.get("days") or 366 * said.get("years", 0)
    return float(days) if days else float("inf")
