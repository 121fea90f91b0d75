"""Counting what is searched without knowing who searched: what may be counted, marks in place of networks, a batch.

No database here. docs/decisions/0014 says why it is done this way.
"""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from mingpu.privacy import keys
from mingpu.search.text import is_cjk, normalise, pinyin, printable

KEY_KIND: Final = "sketch"
LENGTHS: Final = range(2, 31)  # characters of what is counted
MOST_TIMES: Final = 3  # that one network counts on one day
MOST_WAITING: Final = 20_000  # marks of one batch; what comes on top is not counted
_DAY_OF = timezone(timedelta(hours=8))  # Beijing
_BLOCK = {4: 24, 6: 48}  # bits of an address that are used
_DIGITS = re.compile(r"[0-9]")
_MOST_DIGITS = 6  # model numbers have fewer; phones, cards, identity numbers and parcels have more
_SPOKEN_DIGITS = re.compile(r"[零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖]{5}")
# What may be somebody's: mail and web addresses, places where people live, names of papers and cards.
_PERSONAL = re.compile(
    r"@|://|www\.|\.(?:com|cn|net|org)\b|(?:qq|微信|电话|手机|身份证|护照|银行卡|车牌|快递单|运单)(?:号|是|:)"
    r"|我(?:叫|是|住)|(?:路|街|巷|弄|道|村|镇|乡|小区|公寓|花园|大厦).{0,8}[0-9一二三四五六七八九十]+(?:号|栋|幢|室|单元|楼|弄)"
    r"|[0-9一二三四五六七八九十]+(?:单元|栋|幢|室)|(?:省|自治区).+(?:市|州|县)|市.+(?:区|县).+(?:路|街|镇|村)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A search as it leaves this process: two marks and the sealed words. times: how often it was made."""

    day: date
    query_mark: bytes
    network_mark: int
    query: bytes
    times: int = 1


class Batch:
    """Marks waiting to be written; threads may share it."""

    def __init__(self) -> None:
        self._marks: dict[tuple[date, bytes, int], Mark] = {}
        self._gate = threading.Lock()

    def add(self, mark: Mark) -> bool:
        """Add a mark; say whether it is the first of a new batch."""
        place = (mark.day, mark.query_mark, mark.network_mark)
        with self._gate:
            known = self._marks.get(place)
            if known is not None:
                self._marks[place] = replace(known, times=min(known.times + 1, MOST_TIMES))
            elif len(self._marks) < MOST_WAITING:
                self._marks[place] = mark
            return known is None and len(self._marks) == 1

    def take(self) -> list[Mark]:
        """Return what waits and forget it, sorted by marks so that nothing of its order in time is left."""
        with self._gate:
            waiting, self._marks = self._marks, {}
        return [waiting[place] for place in sorted(waiting)]

    def __len__(self) -> int:
        return len(self._marks)


def day_of(moment: datetime) -> date:
    """Return the day in Beijing, the only time that is kept of a search."""
    return moment.astimezone(_DAY_OF).date()


def key_name(day: date) -> UUID:
    """Return the name under which a day's key lies in the key store; it belongs to nobody."""
    return uuid5(NAMESPACE_OID, f"search-sketch-{day.isoformat()}")


def block_of(address: str) -> str:
    """Return the block of networks that an address belongs to: the first 24 bits, of IPv6 48; "" for none."""
    try:
        it = ip_address(address.strip())
    except ValueError:
        return ""
    it = getattr(it, "ipv4_mapped", None) or it
    return str(ip_network((it, _BLOCK[it.version]), strict=False))


def countable(words: str) -> str:
    """Return a search as it is counted, or "" where it is not: too short or long, or like something personal.

    What passes is still counted only when enough networks asked for the very same, and nothing offensive ever.
    """
    text = " ".join(normalise(words[: 4 * LENGTHS.stop]).split())
    if len(text) not in LENGTHS or len(_DIGITS.findall(text)) > _MOST_DIGITS:
        return ""
    if not any(char.isalpha() for char in text):
        return ""
    tight = text.replace(" ", "").replace("-", "")
    if _SPOKEN_DIGITS.search(tight) or _PERSONAL.search(tight):
        return ""
    return printable(text)


def offends(text: str, offensive: frozenset[str]) -> bool:
    """Say whether a text holds an offensive word: Chinese ones anywhere, others as a word of their own."""
    if not offensive:
        return False
    tight, loose = _offensive(offensive)
    plain = normalise(text)
    return bool(
        (tight and tight.search("".join(plain.split()))) or (loose and loose.search(plain))
    )  # spaces between characters hide nothing


def marked(key: bytes, day: date, text: str, block: str) -> Mark:
    """Return a search as marks under the day's key; the same network's marks of two searches have nothing in common.

    The network's mark has 16 bits: whoever holds the key and guesses finds hundreds of blocks for each.
    """
    network = blake2b(f"{text}\n{block}".encode(), key=key, person=b"network", digest_size=2).digest()
    query = blake2b(text.encode(), key=key, person=b"query", digest_size=16).digest()
    sealed = keys.seal(key, _place(day), text.encode())
    return Mark(day, query, int.from_bytes(network, "big"), sealed)


def opened(key: bytes | None, day: date, sealed: bytes) -> str:
    """Return the words that `marked` sealed; "" for what does not open with this key, or without one."""
    try:
        return keys.unseal(key, _place(day), sealed).decode()
    except (keys.KeyErased, ValueError):
        return ""


def spoken(text: str) -> tuple[str, str]:
    """Return the pinyin and the initials of a text, ("", "") where it has no Chinese."""
    tight = "".join(text.split())
    if not any(is_cjk(char) for char in tight):
        return "", ""
    syllables = pinyin(tight)
    return "".join(syllables), "".join(it[:1] for it in syllables)


@lru_cache(maxsize=4)
def _offensive(words: frozenset[str]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    plain = {" ".join(normalise(word).split()) for word in words} - {""}
    chinese = {"".join(word.split()) for word in plain if any(is_cjk(char) for char in word)}
    other = {word for word in plain if not any(is_cjk(char) for char in word)}
    return _either(chinese, "{}"), _either(other, r"(?<![^\W_])(?:{})(?![^\W_])")


def _either(words: Iterable[str], frame: str) -> re.Pattern[str] | None:
    found = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(frame.replace("{}", found)) if found else None


def _place(day: date) -> str:
    return f"search_sketch|query|{day.isoformat()}"
