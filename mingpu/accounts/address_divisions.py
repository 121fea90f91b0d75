"""Finding the divisions that a text names: province, city, district, town, in that order, some left out. Pure.

Every reading that begins anywhere in the text is weighed by how much of the text it explains; names written out weigh
more than shortened ones, and a shortened name that goes on as a road, a shop or a village is none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from mingpu.lib.divisions import (
    CITY,
    DISTRICT,
    MUNICIPALITIES,
    PROVINCE,
    TOWN,
    Atlas,
    Division,
    Place,
    short_names,
)

LEVELS: Final = {PROVINCE: "province", CITY: "city", DISTRICT: "district", TOWN: "town"}
_BETWEEN: Final = re.compile(r"[\s,.;:/|>·_()-]*(?:(?:中国|中华人民共和国|市辖区)[\s,.;:/|>·_()-]*)?")
# What a shortened name goes on as when it is not a division: 长宁路, 西湖文化广场, 宁波银行, 义乌市场.
_HEADS: Final = (
    "路|街|大道|大街|巷|弄|里|桥|村|镇|乡|社区|小区|新村|花园|花苑|公寓|家园|广场|大厦|大楼|商城|商场|商贸|商厦|市场|公园|"
    "医院|卫校|学校|中学|小学|大学|学院|高中|初中|银行|酒店|宾馆|饭店|公司|集团|总厂|厂|站|港|湾|江|河|湖|山|机场|车站|"
    "客运|文化|体育|分行|支行|日报|晚报|出版|火车"
)
_GLUED: Final = re.compile(
    rf"[东西南北中新老大小一二三四五六七八九十]{{0,2}}(?:{_HEADS})|[一-鿿](?:路|街|大道)"
)
# Names that name a place only below another: there is an 东区 everywhere.
_COMMON: Final = re.compile(r"[东南西北中新老城郊矿]区|城[东南西北中郊]区?|市中区|新城区?|[东南西北]城")
_NOT_FULL: Final = re.compile(
    r"场|域|块|间|政府|政协|局|委|人民|公安|法院|医院|中医|一中|二中|第[一二三四五]"
)
_TOWN_WRITTEN: Final = re.compile(
    r"((?:(?![省市区县])[一-鿿]){2,5}?)(街道办事处|街道办|街道|镇|乡)(?![一-鿿]?[路街巷弄村])"
)
_EDGE: Final = frozenset(" ,.;:/|>·_()-\n\t")
_FURTHEST: Final = 60  # characters into a text at which an address may still begin
_LONGEST_NAME: Final = 4  # of a person, where it is glued to the address behind it
_MOST_NAMES: Final = 7  # of one reading: four levels, some said twice
_UNSURE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Mention:
    """A division as a text names it: text[start:end]. it: None of a town the table does not know."""

    start: int
    end: int
    level: int
    it: Division | None
    full: bool
    loose: bool = False  # goes on as if it were part of a longer name


@dataclass(frozen=True, slots=True)
class Found:
    """Where a text names divisions and what they come to.

    mentions: as written, by level. start, end: what of the text they take. confidence: 0 to 1 by field of `place`.
    """

    place: Place
    mentions: tuple[Mention, ...] = ()
    start: int = 0
    end: int = 0
    confidence: Mapping[str, float] = field(default_factory=dict)

    def written(self, text: str) -> dict[str, str]:
        """Return what of the text names each level, by field."""
        return {LEVELS[one.level]: text[one.start : one.end] for one in reversed(self.mentions)}


@dataclass(frozen=True, slots=True)
class _Chain:
    """One reading. deepest: what it comes to. score: characters explained, more or less."""

    mentions: tuple[Mention, ...]
    deepest: Division
    score: float


def find_divisions(text: str, table: Atlas) -> Found:
    """Return the divisions that a text in NFKC names; a `Found` without mentions where it names none."""
    named = _mentions(text, table)
    chains = [
        _with_town(text, chain, table)
        for start in sorted(named) if start <= _FURTHEST
        for chain in _from(text, start, named, table) if _may_begin(text, chain)
    ]  # fmt: skip
    if not chains:
        return _town_alone(text, table)
    best = max(chains, key=lambda one: (one.score, -one.mentions[0].start))
    start = best.mentions[0].start
    while later := _said_anew(best, chains, text):
        best = later
    rivals = [
        one for one in chains
        if one.score == best.score and _spans(one) == _spans(best) and one.deepest.code != best.deepest.code
    ]  # fmt: skip
    return replace(_concluded(text, best, rivals, table), start=start)


def _said_anew(chain: _Chain, chains: list[_Chain], text: str) -> _Chain | None:
    """Return the reading that begins anew right where one ends: a place picked from a list, then the one typed."""
    at = _skip(text, chain.mentions[-1].end)
    them = [one for one in chains if one.mentions[0].start == at and one.mentions[0].full]
    them = [one for one in them if one.mentions[0].level <= CITY]
    return max(them, key=lambda one: one.score, default=None)


def _may_begin(text: str, chain: _Chain) -> bool:
    """Whether a reading may begin where it does: at an edge, behind a name glued to it, else only written out."""
    first = chain.mentions[0]
    if first.start == 0 or text[first.start - 1] in _EDGE:
        return True
    if len(chain.mentions) == 1:
        return first.full and first.start <= _LONGEST_NAME
    before = text[: first.start]
    glued = len(before) <= _LONGEST_NAME and not any(sign.isdigit() for sign in before)
    return glued or all(one.full for one in chain.mentions)


def _mentions(text: str, table: Atlas) -> Mapping[int, list[Mention]]:
    """Return everything in a text that can be the name of a province, city or district, by where it begins."""
    found: dict[int, list[Mention]] = {}
    for start in range(len(text)):
        for end in range(start + 2, min(len(text), start + table.longest) + 1):
            for meant in table.names.get(text[start:end], ()):
                it, loose = meant.it, not _stands(text, end, full=meant.full)
                found.setdefault(start, []).append(Mention(start, end, it.level, it, meant.full, loose))
    return found


def _stands(text: str, end: int, *, full: bool) -> bool:
    """Whether what follows a name leaves it a name of a division."""
    if full:
        return not _NOT_FULL.match(text, end) or text[end - 1] not in "市区县"
    return not _GLUED.match(text, end) and (end == len(text) or not text[end].isdigit())


def _from(text: str, start: int, named: Mapping[int, list[Mention]], table: Atlas) -> Iterator[_Chain]:
    """Yield every reading that begins at one place of a text."""
    for first in named[start]:
        if not _COMMON.fullmatch(text[first.start : first.end]):
            yield from _onward(
                text, _Chain((first,), _it(first), _weight(first) - start * 0.05), named, table
            )


def _onward(text: str, chain: _Chain, named: Mapping[int, list[Mention]], table: Atlas) -> Iterator[_Chain]:
    """Yield the readings that go on from a chain, or itself where none does and its end is the end of a name."""
    any_longer = False
    last = chain.mentions[-1]
    onward = named.get(_skip(text, last.end), ()) if len(chain.mentions) < _MOST_NAMES else ()
    for following in onward:
        it, named_as = _it(following), following
        if it.code == chain.deepest.code or table.within(chain.deepest, it):
            extra, deepest = 0.5, chain.deepest  # said twice, as 北京市北京市东城区
            if it.code in MUNICIPALITIES:
                named_as = replace(following, level=CITY)
        elif table.within(it, chain.deepest):
            extra, deepest = _weight(following) + 1, it
        else:
            continue
        gone = _Chain((*chain.mentions, named_as), deepest, chain.score + extra)
        for longer in _onward(text, gone, named, table):
            any_longer = True
            yield longer
    ended = last.it is chain.deepest
    if not any_longer and ended and (not last.loose or _known_town(text, chain, table)):
        yield chain


def _known_town(text: str, chain: _Chain, table: Atlas) -> Mention | None:
    """Return the town or street of a chain's own division that follows it, the longest; its `it` None for one of two."""
    start = _skip(text, chain.mentions[-1].end)
    if chain.deepest.level == PROVINCE and chain.deepest.code not in MUNICIPALITIES:
        them = (it for end in range(start + 3, start + 9) for it in table.towns.get(text[start:end], ()))
        towns: Iterable[Division] = [it for it in them if it.code[:2] == chain.deepest.code[:2]]
    else:
        towns = table.towns_in(chain.deepest)
    best: Mention | None = None
    for it in towns:
        if not text.startswith(it.name[:2], start):
            continue
        for name in (it.name, *short_names(it)):
            end, full = start + len(name), name != it.name[: len(name)] or name == it.name
            if text.startswith(name, start) and (best is None or end >= best.end):
                if best is not None and end == best.end:
                    best = replace(best, it=None)
                elif _stands(text, end, full=full):
                    best = Mention(start, end, TOWN, it, full)
    return best


def _with_town(text: str, chain: _Chain, table: Atlas) -> _Chain:
    """Return a chain with the town or street that follows it; of one the table does not know, as it is written."""
    start = _skip(text, chain.mentions[-1].end)
    best = _known_town(text, chain, table)
    if best is None or not best.full:
        written = _TOWN_WRITTEN.match(text, start)
        if written and (best is None or written.end() > best.end):
            it = best.it if best and text[start : best.end] == written[1] else None
            best = Mention(start, written.end(), TOWN, it, full=True)
    if best is None:
        return chain
    deepest = best.it or chain.deepest
    return _Chain((*chain.mentions, best), deepest, chain.score + (2 if best.it else 0.5))


def _town_alone(text: str, table: Atlas) -> Found:
    """Return the place of a town that opens a text, where the country has one town of that name only."""
    start = _skip(text, 0)
    for end in range(min(len(text), start + 12), start + 2, -1):
        if them := table.towns.get(text[start:end], ()):
            mention = Mention(start, end, TOWN, them[0] if len(them) == 1 else None, full=True)
            chain = _Chain((mention,), them[0], 0)
            if len(them) == 1:
                return _concluded(text, chain, [], table)
            return Found(Place(town=text[start:end]), (mention,), start, end, {"town": _UNSURE})
    return Found(Place())


def _concluded(text: str, best: _Chain, rivals: list[_Chain], table: Atlas) -> Found:
    """Return what a reading says, and of what is not written only what every reading as good agrees on."""
    place = table.place(best.deepest)
    others = [table.place(one.deepest) for one in rivals]
    written = {LEVELS[one.level]: one for one in best.mentions}
    fields, confidence = {}, {}
    for name in LEVELS.values():
        value = getattr(place, name)
        if any(getattr(other, name) != value for other in others):
            value = value if name in written else ""
        fields[name] = value
        if name == "town" and not value and (mention := written.get("town")):
            fields[name], confidence[name] = text[mention.start : mention.end], _UNSURE
        if value:
            mention = written.get(name)
            sure = 1.0 if mention and mention.full else 0.8 if mention else 0.9
            gone = best.deepest.former and name == LEVELS[best.deepest.level]
            confidence[name] = min(sure, _UNSURE) if rivals or gone else sure
    return Found(Place(**fields), best.mentions, best.mentions[0].start, best.mentions[-1].end, confidence)


def _spans(chain: _Chain) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in chain.mentions]


def _it(mention: Mention) -> Division:
    assert mention.it is not None
    return mention.it


def _weight(mention: Mention) -> float:
    return mention.end - mention.start + (1 if mention.full else -0.5)


def _skip(text: str, position: int) -> int:
    found = _BETWEEN.match(text, position)
    return found.end() if found else position
