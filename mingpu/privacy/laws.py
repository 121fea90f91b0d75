"""What the law needs beyond the source, and where the two part: both are shown, the stricter one is carried out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mingpu.lib.text import Text, speaking
from mingpu.privacy.evidence import Proof, proofs, rooms, words
from mingpu.privacy.proofs import Outcome
from mingpu.privacy.register import REGISTER, Register


@dataclass(frozen=True, slots=True)
class Need:
    """One need of the law in our words. later: why nothing carries it out here."""

    id: str
    article: str
    says: Text
    implemented: tuple[str, ...]
    tests: tuple[str, ...]
    later: Text | None


@dataclass(frozen=True, slots=True)
class Parting:
    """A clause where source and law differ: what each says. What we do is the clause's own sentence."""

    clause: str
    source: Text
    law: Text
    article: str


@dataclass(frozen=True, slots=True)
class NeedPart:
    """One need in the reader's language, with what stands behind it."""

    id: str
    article: str
    says: str
    later: str
    rooms: list[str]
    code: list[str]
    tests: list[Proof]


@dataclass(frozen=True, slots=True)
class PartingPart:
    """One difference in the reader's language."""

    source: str
    law: str
    article: str


def needs(register: Register = REGISTER) -> dict[str, Need]:
    """Return every need by id."""
    return {
        name: Need(
            name, it.get("article", ""), _text(it), tuple(it.get("implemented", ())), tuple(it.get("tests", ())),
            _text(it["later"]) if "later" in it else None,
        )
        for name, it in register.raw.get("law", {}).items()
    }  # fmt: skip


def partings(register: Register = REGISTER) -> dict[str, Parting]:
    """Return every difference by its clause."""
    return {
        name: Parting(name, _text(it["source"]), _text(it["law"]), it["article"])
        for name, it in register.raw.get("differences", {}).items()
    }


def problems(register: Register = REGISTER) -> Iterator[str]:
    """Yield what is wrong: a need without article, without work or reason, a difference of no clause."""
    for it in needs(register).values():
        if not it.article:
            yield f"law {it.id} names no article"
        if it.later is None and not (it.implemented and it.tests):
            yield f"law {it.id} has neither code and tests nor a reason for having none"
        if it.later is not None and it.implemented:
            yield f"law {it.id} is carried out and said not to come up"
    for name in sorted(partings(register).keys() - register.clauses.keys()):
        yield f"source and law are said to differ in clause {name}, which the statement does not have"


def need_parts(outcomes: Mapping[str, Outcome], register: Register = REGISTER) -> list[NeedPart]:
    """Return the law table in the reader's language."""
    return [
        NeedPart(
            id=it.id, article=it.article, says=str(it.says), later=str(it.later or ""), rooms=rooms(it.implemented),
            code=list(it.implemented), tests=proofs(it.tests, outcomes),
        )
        for it in needs(register).values()
    ]  # fmt: skip


def parting_parts(register: Register = REGISTER) -> dict[str, PartingPart]:
    """Return the differences by clause, in the reader's language."""
    return {
        name: PartingPart(str(it.source), str(it.law), it.article) for name, it in partings(register).items()
    }


def published_law(register: Register = REGISTER) -> list[dict[str, Any]]:
    """Return the law table for programs, both languages."""
    return [
        {"id": it.id, "article": it.article, "says": _both(it.says), "later": _both(it.later)}
        for it in needs(register).values()
    ]


def published_partings(register: Register = REGISTER) -> dict[str, dict[str, Any]]:
    """Return the differences by clause, both languages."""
    return {
        name: {"source_says": _both(it.source), "law_says": _both(it.law), "article": it.article}
        for name, it in partings(register).items()
    }


HEAD = """
## The law

| need | article | rooms | tests, last outcome, or why it does not come up |
|---|---|---|---|
"""


def as_markdown(outcomes: Mapping[str, Outcome], register: Register = REGISTER) -> str:
    """Return the law table for docs/clauses.md."""
    lines = []
    with speaking("en"):
        for it in need_parts(outcomes, register):
            tests = "<br>".join(f"`{one.name}` {words(one)}" for one in it.tests)
            lines.append(f"| {it.id} | {it.article} | {', '.join(it.rooms) or '–'} | {tests or it.later} |")
    return HEAD + "\n".join(lines) + "\n"


def _both(text: Text | None) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if text else {}


def _text(value: Mapping[str, Any]) -> Text:
    return Text(zh=value["zh"], en=value["en"])
