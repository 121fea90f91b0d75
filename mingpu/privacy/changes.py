"""What one version of the statement says that another does not, in plain words: purposes, items, recipients, terms.

Both are compared as published, so that any two versions that were ever kept can be held against each other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from mingpu.lib.text import Text
from mingpu.privacy import versions
from mingpu.privacy.grants import DERIVED
from mingpu.privacy.versions import kept_days

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
Published = Mapping[str, Any]
_NEW: Final = {
    "purpose": Text("新用途：{name}。{why}", "New purpose: {name}. {why}"),
    "consent": Text(
        "新用途，须您同意才启用：{name}。{why}", "New purpose, off until you agree: {name}. {why}"
    ),
    "permission": Text("新权限，默认关闭：{name}", "New permission, off at first: {name}"),
    "item": Text("新项目：{table}里的“{name}”", "New item: “{name}” in {table}"),
    "recipient": Text("新接收方：{name}（{relation}）。{why}", "New recipient: {name} ({relation}). {why}"),
    "use": Text("“{purpose}”开始使用：{names}", "“{purpose}” now also uses: {names}"),
    "field": Text("{name}开始收到：{names}", "{name} now also receives: {names}"),
}
_GONE: Final = {
    "purpose": Text("不再有这一用途：{name}", "No longer a purpose: {name}"),
    "permission": Text("不再有这一权限：{name}", "No longer a permission: {name}"),
    "item": Text("不再收集：{table}里的“{name}”", "No longer collected: “{name}” in {table}"),
    "recipient": Text("不再提供给：{name}", "No longer a recipient: {name}"),
    "use": Text("“{purpose}”不再使用：{names}", "“{purpose}” no longer uses: {names}"),
    "field": Text("{name}不再收到：{names}", "{name} no longer receives: {names}"),
}
_LONGER: Final = Text(
    "{table}保存得更久：{term}（原为：{before}）", "{table} is kept longer: {term} (before: {before})"
)
_OTHER_TERM: Final = Text(
    "{table}的保存期限变了：{term}（原为：{before}）", "{table} is kept otherwise: {term} (before: {before})"
)
_BASIS: Final = Text(
    "“{name}”的依据变了：{basis}（原为：{before}）",
    "“{name}” rests on another basis: {basis} (before: {before})",
)
_STARTED: Final = Text(
    "“{name}”现在可以使用，须您同意才启用", "“{name}” is there now; it stays off until you agree"
)
_CLOSED: Final = Text("“{name}”停用了", "“{name}” is no longer there")
_WORDS: Final = Text("改了说法：“{name}”。{why}", "Said in other words: “{name}”. {why}")


@dataclass(frozen=True, slots=True)
class Line:
    """One difference. kind: added | removed | changed; what: purpose | item | recipient | permission | retention | words."""

    kind: str
    what: str
    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the next, and what is different."""

    before: str
    after: str
    lines: tuple[Line, ...]


def steps() -> list[Step]:
    """Return every change of the statement that was ever kept, the newest first; the first version has none."""
    every = versions.kept()
    return [Step(a.version, b.version, difference(a.statement, b.statement)) for a, b in pairwise(every)][
        ::-1
    ]


def between(before: str, after: str) -> Step:
    """Return the difference of two kept versions. Raises NotFound for one that never was."""
    old, new = versions.version_of(before), versions.version_of(after)
    return Step(before, after, difference(old.statement, new.statement))


def difference(old: Published, new: Published) -> tuple[Line, ...]:
    """Return what `new` says that `old` does not, and the other way, in plain words."""
    return (
        *_purposes(old, new),
        *_permissions(old, new),
        *_items(old, new),
        *_recipients(old, new),
        *_terms(old, new),
    )


def _by_id(rows: Iterable[Published]) -> dict[str, Published]:
    return {row["id"]: row for row in rows}


def _words(both: Mapping[str, str]) -> Text:
    return Text(zh=both["zh"], en=both["en"])


def _say(pattern: Text, **facts: Text | Mapping[str, str]) -> Text:
    texts = {name: it if isinstance(it, Text) else _words(it) for name, it in facts.items()}
    return Text(
        zh=pattern.zh.format(**{name: it.zh for name, it in texts.items()}),
        en=pattern.en.format(**{name: it.en for name, it in texts.items()}),
    )


def _listed(labels: Iterable[Mapping[str, str]]) -> Text:
    every = list({it["zh"]: it for it in labels}.values())
    return Text(zh="、".join(it["zh"] for it in every), en=", ".join(it["en"] for it in every))


def _purposes(old: Published, new: Published) -> Iterator[Line]:
    was, now = _by_id(old["purposes"]), _by_id(new["purposes"])
    for name, it in now.items():
        if name not in was:
            if it.get("open", True):
                pattern = _NEW["consent" if it["basis"] == "consent" else "purpose"]
                yield Line(ADDED, "purpose", name, _say(pattern, name=it["title"], why=it["why"]))
            continue
        yield from _same_purpose(was[name], it)
        yield from _uses(name, it, old, new)
    for name in was.keys() - now.keys():
        yield Line(REMOVED, "purpose", name, _say(_GONE["purpose"], name=was[name]["title"]))


def _same_purpose(was: Published, now: Published) -> Iterator[Line]:
    name = now["id"]
    if was["basis"] != now["basis"]:
        facts = {"basis": Text(now["basis"], now["basis"]), "before": Text(was["basis"], was["basis"])}
        yield Line(CHANGED, "purpose", name, _say(_BASIS, name=now["title"], **facts))
    if was.get("open", True) != now.get("open", True):
        opened = now.get("open", True)
        pattern = _STARTED if opened else _CLOSED
        yield Line(ADDED if opened else REMOVED, "purpose", name, _say(pattern, name=now["title"]))
    if (was["title"], was["why"]) != (now["title"], now["why"]):
        yield Line(CHANGED, "words", name, _say(_WORDS, name=now["title"], why=now["why"]))


def _uses(name: str, it: Published, old: Published, new: Published) -> Iterator[Line]:
    """Yield what a purpose that was there before uses now and did not, of items that were there before too."""
    if name in DERIVED:
        return  # these read whatever there is, and so nothing of their own is new
    was = {row["id"]: row for row in old["items"] if name in row["purposes"]}
    now = {row["id"]: row for row in new["items"] if name in row["purposes"]}
    for kind, patterns, more, less in ((ADDED, _NEW, now, was), (REMOVED, _GONE, was, now)):
        if labels := [row["label"] for key, row in more.items() if key not in less]:
            yield Line(kind, "item", name, _say(patterns["use"], purpose=it["title"], names=_listed(labels)))


def _permissions(old: Published, new: Published) -> Iterator[Line]:
    was, now = _by_id(old["permissions"]), _by_id(new["permissions"])
    for name, it in now.items():
        if name not in was:
            yield Line(ADDED, "permission", name, _say(_NEW["permission"], name=it["title"]))
        elif (was[name]["title"], was[name]["why"]) != (it["title"], it["why"]):
            yield Line(CHANGED, "words", name, _say(_WORDS, name=it["title"], why=it["why"]))
    for name in was.keys() - now.keys():
        yield Line(REMOVED, "permission", name, _say(_GONE["permission"], name=was[name]["title"]))


def _items(old: Published, new: Published) -> Iterator[Line]:
    was, now = _by_id(old["items"]), _by_id(new["items"])
    for kind, patterns, more, less in ((ADDED, _NEW, now, was), (REMOVED, _GONE, was, now)):
        for key, it in more.items():
            if key not in less:
                yield Line(
                    kind, "item", key, _say(patterns["item"], name=it["label"], table=it["table_label"])
                )


def _recipients(old: Published, new: Published) -> Iterator[Line]:
    was, now = _by_id(old["recipients"]), _by_id(new["recipients"])
    for name, it in now.items():
        if name not in was:
            facts = {"name": it["title"], "relation": it["relation"], "why": it["why"]}
            yield Line(ADDED, "recipient", name, _say(_NEW["recipient"], **facts))
            continue
        theirs, ours = _fields(was[name]), _fields(it)
        for kind, patterns, fields in ((ADDED, _NEW, ours - theirs), (REMOVED, _GONE, theirs - ours)):
            if fields:
                names = Text(zh=" ".join(sorted(fields)), en=" ".join(sorted(fields)))
                yield Line(kind, "recipient", name, _say(patterns["field"], name=it["title"], names=names))
    for name in was.keys() - now.keys():
        yield Line(REMOVED, "recipient", name, _say(_GONE["recipient"], name=was[name]["title"]))


def _fields(it: Published) -> set[str]:
    return {field for field, category in it["fields"].items() if category}


def _terms(old: Published, new: Published) -> Iterator[Line]:
    """Yield the tables whose rows are kept for another time than before."""
    was = {row["table"]: row for row in old["items"]}
    for table, row in {row["table"]: row for row in new["items"]}.items():
        if table not in was:
            continue
        before, after = old["retention"][was[table]["retention"]], new["retention"][row["retention"]]
        if (before["zh"], before["en"]) == (after["zh"], after["en"]):
            continue
        longer = kept_days(row["retention"], new) > kept_days(was[table]["retention"], old)
        facts = {"table": row["table_label"], "term": after, "before": before}
        yield Line(CHANGED, "retention", table, _say(_LONGER if longer else _OTHER_TERM, **facts))
