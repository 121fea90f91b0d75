"""What a public page says of itself to machines: its one address, what to show when it is passed on, what it is about.

A page without a `Head` is not to be found by search engines: being found is said page by page, never assumed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.templatetags.static import static

from mingpu.lib.text import Text, current_language
from mingpu.web.addresses import absolute

LONGEST: Final = 160  # characters of a description
SITE: Final = Text("明铺", "Mingpu")
PROMISE: Final = Text(
    "明铺商城：价格、库存、物流都写清楚；隐私声明怎么写，程序就怎么做。",
    "Mingpu, the mall: price, stock and delivery plainly said, and a privacy statement that is the program.",
)
_ENGLISH: Final = ("lang", "en")
_EMBLEM: Final = ("brand/icon-512.png", 512, 512)
_SIZE: Final = re.compile(r"-(\d{1,5})x(\d{1,5})\.[a-z]+$")  # as names of pictures end that say their size
_DRAWING: Final = ".svg"  # what no messenger shows


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to show beside a link. url: whole; width, height: in points, 0 when unknown."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Head:
    """What one page says of itself.

    title: without the shop's name. path: its address in each language, without a query. pairs: what of the query
    belongs to the page itself (its number in a list). found: whether search engines may list it. images:
    addresses of what it shows, the main one first. kind: as Open Graph has it. about: nodes of schema.org. share: a
    shorter address to pass on, "" for none. before, after: numbers of the pages beside it, 0 for none.
    """

    title: str
    path: Text
    description: str = ""
    pairs: Sequence[tuple[str, str]] = ()
    found: bool = True
    images: Sequence[str] = ()
    kind: str = "website"
    about: Sequence[Mapping[str, Any]] = ()
    share: str = ""
    before: int = 0
    after: int = 0

    @property
    def canonical(self) -> str:
        """The one address of the page in the language it is read in."""
        return self.english if current_language() == "en" else self.chinese

    @property
    def chinese(self) -> str:
        """The address of the page in Chinese, which is also that of a reader of whom nothing is known."""
        return absolute(self.path.zh, self.pairs)

    @property
    def english(self) -> str:
        """The address of the page in English."""
        return absolute(self.path.en, [*self.pairs, _ENGLISH])

    @property
    def locale(self) -> str:
        """The language as Open Graph writes it."""
        return "en_US" if current_language() == "en" else "zh_CN"

    @property
    def other_locale(self) -> str:
        """The language the page can also be had in."""
        return "zh_CN" if current_language() == "en" else "en_US"

    @property
    def words(self) -> str:
        """The description, or what the shop says of itself."""
        return in_short(self.description) or str(PROMISE)

    @property
    def previous(self) -> str:
        """The address of the page before this one of a list; "" for none."""
        return self._beside(self.before)

    @property
    def following(self) -> str:
        """The address of the page after this one of a list; "" for none."""
        return self._beside(self.after)

    @property
    def picture(self) -> Picture:
        """What to show beside a link to the page: its first photo, else our emblem."""
        photo = next((it for it in self.images if not it.endswith(_DRAWING)), "")
        if photo:
            size = _SIZE.search(photo)
            return Picture(absolute(photo), *((int(size[1]), int(size[2])) if size else (0, 0)))
        name, width, height = _EMBLEM
        return Picture(absolute(static(name)), width, height)

    @property
    def wide(self) -> bool:
        """Whether the picture is worth a large card."""
        return any(not it.endswith(_DRAWING) for it in self.images)

    @property
    def graph(self) -> Mapping[str, Any]:
        """What the page is about, as one JSON-LD document; {} where it says nothing."""
        return {"@context": "https://schema.org", "@graph": list(self.about)} if self.about else {}

    def _beside(self, page: int) -> str:
        if not page:
            return ""
        pairs = [("page", str(page))] if page > 1 else []
        english = current_language() == "en"
        return absolute(self.path.en if english else self.path.zh, [*pairs, _ENGLISH] if english else pairs)


def in_short(text: str) -> str:
    """Return a text in one line of at most LONGEST characters, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def same(path: str) -> Text:
    """Return an address that is the same in both languages."""
    return Text(path, path)
