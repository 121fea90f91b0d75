"""The words an operator teaches search, as they are typed, compared and carried in files. No database here."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.search.rules import Lexicon
from mingpu.search.text import normalise, printable

STOP: Final = "stop"
OFFENSIVE: Final = "offensive"
KINDS: Final = {STOP: Text("停用词", "Stop word"), OFFENSIVE: Text("屏蔽词", "Offensive word")}
LONGEST: Final = 40  # characters of a word
MOST: Final = 20  # words of a group

# What every mall may begin with: said in titles of everything, so it tells nothing of what is wanted.
OWN_STOP: Final = (
    "包邮", "正品", "新款", "特价", "热卖", "爆款", "厂家直销", "现货", "专柜", "官方", "旗舰店", "促销", "清仓", "秒杀",
    "亏本", "限时", "网红", "同款", "优惠", "批发", "代发", "顺丰", "全国联保", "free shipping", "hot sale",
)  # fmt: skip
_OWN_GROUPS: Final = Path(__file__).with_name("synonyms.txt")
OWN_OFFENSIVE: Final = ("傻逼", "操你妈", "他妈的", "狗娘养", "fuck", "cunt", "nigger")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file of words. kind: same (a group that means the same), stop or offensive."""

    kind: str
    words: tuple[str, ...]


SAME: Final = "same"


def word_key(word: str) -> str:
    """Return a word as search sees it: the same for every spelling of it."""
    return " ".join(normalise(word).split())


def group_key(words: Iterable[str]) -> str:
    """Return a group as search sees it, whatever the order of its words."""
    return "\n".join(sorted({word_key(word) for word in words}))


def clean(word: str) -> str:
    """Return a word as it is kept. Raises Invalid for one that is empty, too long or nothing to search for."""
    text = printable(word)
    if not word_key(text) or len(text) > LONGEST or not any(char.isalnum() for char in text):
        raise Invalid(
            field=Text("词", "word"),
            problem=Text(f"1 到 {LONGEST} 个字，不能只有符号", f"1 to {LONGEST} characters, not signs alone"),
        )
    return text


def clean_group(words: Iterable[str]) -> list[str]:
    """Return a group as it is kept, each word once. Raises Invalid for fewer than two words or more than `MOST`."""
    found = {word_key(word): clean(word) for word in words if word.strip()}
    if len(found) not in range(2, MOST + 1):
        raise Invalid(
            field=Text("同义词", "synonyms"),
            problem=Text(f"一组 2 到 {MOST} 个不同的词", f"2 to {MOST} different words a group"),
        )
    return list(found.values())


def read_lines(text: str) -> Iterator[Line | Invalid]:
    """Yield the lines of a file of words, one JSON object each; what cannot be read as the refusal it is.

    `{"kind": "same", "words": ["土豆", "马铃薯"]}`, `{"kind": "stop", "word": "包邮"}`, likewise `offensive`.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield _line(json.loads(line))
            except (Invalid, ValueError, TypeError, KeyError, RecursionError):
                yield Invalid(
                    field=Text(f"第 {number} 行", f"line {number}"),
                    problem=Text(
                        "应为 same 加 words，或 stop、offensive 加 word",
                        "same with words, or stop or offensive with word",
                    ),
                )


def write_lines(lines: Iterable[Line]) -> Iterator[str]:
    """Yield a file of words, a line each, in the shape that `read_lines` takes."""
    for it in lines:
        said: dict[str, Any] = {"kind": it.kind}
        said |= {"words": list(it.words)} if it.kind == SAME else {"word": it.words[0]}
        yield json.dumps(said, ensure_ascii=False)


def own_lines() -> list[Line]:
    """Return the words every mall may begin with."""
    barred = ((STOP, OWN_STOP), (OFFENSIVE, OWN_OFFENSIVE))
    groups = (
        line for line in _OWN_GROUPS.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")
    )
    return [
        *(Line(SAME, tuple(group.split())) for group in groups),
        *(Line(kind, (word,)) for kind, own in barred for word in own),
    ]


def as_lexicon(lines: Iterable[Line]) -> Lexicon:
    """Return lines of words as search takes them."""
    found: dict[str, list[tuple[str, ...]]] = {SAME: [], STOP: [], OFFENSIVE: []}
    for it in lines:
        found[it.kind].append(it.words)
    return Lexicon(
        synonyms=tuple(found[SAME]),
        stop=frozenset(it[0] for it in found[STOP]),
        offensive=frozenset(it[0] for it in found[OFFENSIVE]),
    )


def _line(said: dict[str, Any]) -> Line:
    kind = said["kind"]
    if kind == SAME and said.keys() == {"kind", "words"}:
        return Line(kind, tuple(clean_group(_texts(said["words"]))))
    if kind in KINDS and said.keys() == {"kind", "word"}:
        return Line(kind, (clean(_texts([said["word"]])[0]),))
    raise ValueError(kind)


def _texts(values: Any) -> Sequence[str]:
    if not isinstance(values, list) or not all(isinstance(it, str) for it in values):
        raise TypeError
    return values
