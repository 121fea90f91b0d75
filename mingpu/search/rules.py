"""The values search speaks in, and the protocol every index fulfils. No index, no database here."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args
from uuid import UUID

from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.search.recognise import Labelled

Sort = Literal["relevance", "price", "-price", "sales", "new"]
SORTS: tuple[str, ...] = get_args(Sort)

MAX_QUERY = 200  # characters; what is longer is cut, nobody types it
MAX_PAGE_SIZE = 100
MAX_PAGE = 1_000_000
ATTRIBUTE = "attr."  # how parameters begin that filter by an attribute
MAX_ATTRIBUTES = 20  # pairs one query may be filtered by
MAX_FEN = 2**62  # what an index can hold; far above any price

_PRICE_VALUE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})?")

# Edges in fen that a shopper finds round: 0, then 5, 10, 20, 30, 50, 80, 100, 150 … yuan. Ranges are made of them.
PRICE_STEPS = (
    0, *(yuan * 100 for yuan in (
        5, 10, 20, 30, 50, 80, 100, 150, 200, 300, 500, 800, 1000, 1500, 2000, 3000, 5000, 8000, 10_000, 20_000,
        50_000, 100_000,
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One product as the index sees it.

    product_id: a UUID as text. category: path from the root, () when unknown. attributes_text: attribute names
    and values, separated by anything. price_fen: fen >= 0, None when not for sale. sales: pieces sold >= 0.
    listed_at: seconds since 1970 UTC. skus: codes under which the product can be found exactly. merchant: whose it
    is, by code, "" for nobody's. brand_aliases: how else its brand is written. facets: (attribute, value) to filter
    by, both as they are stored. Raises ValueError for a product_id that is no UUID.
    """

    product_id: str
    title: str
    brand: str = ""
    category: tuple[str, ...] = ()
    attributes_text: str = ""
    price_fen: int | None = None
    in_stock: bool = False
    sales: int = 0
    listed_at: int = 0
    skus: tuple[str, ...] = ()
    merchant: str = ""
    brand_aliases: tuple[str, ...] = ()
    facets: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Bring the id to its one spelling, so that an update always meets what it replaces."""
        object.__setattr__(self, "product_id", str(UUID(self.product_id)))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the operator teaches search about words; texts as they were typed, the index normalises them.

    synonyms: groups of words that mean the same, each reaching what any of the group reaches. stop: words that
    say nothing of what is wanted (`包邮`). offensive: words that are never searched for, suggested or counted.
    """

    synonyms: tuple[tuple[str, ...], ...] = ()
    stop: frozenset[str] = frozenset()
    offensive: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to look for; an empty `q` browses everything.

    category: a value as `category_value` makes it; everything below it is included. brand: exact, as in the
    facet. merchant: a code, as in the facet. attributes: pairs of a name and a value as in the facets; of several
    values of one name any will do. Prices in fen, both ends included. in_stock: True leaves out what cannot be
    bought now, False leaves nothing out. exact: take the words as they are typed: mend nothing, recognise nothing.
    page: from 1. page_size: 1..100. Raises Invalid.
    """

    q: str = ""
    category: str | None = None
    brand: str | None = None
    merchant: str | None = None
    min_price_fen: int | None = None
    max_price_fen: int | None = None
    in_stock: bool = False
    attributes: tuple[tuple[str, str], ...] = ()
    exact: bool = False
    sort: str = "relevance"
    page: int = 1
    page_size: int = 24

    def __post_init__(self) -> None:
        """Cut an over-long query; refuse an unknown order or page."""
        object.__setattr__(self, "q", self.q[:MAX_QUERY])
        if self.sort not in SORTS:
            raise Invalid(
                field="sort", problem=Text(zh=f"只能是 {'、'.join(SORTS)}", en=f"one of {', '.join(SORTS)}")
            )
        if not 1 <= self.page <= MAX_PAGE:
            raise Invalid(field="page", problem=Text(zh=f"应为 1 到 {MAX_PAGE}", en=f"1 to {MAX_PAGE}"))
        if not 1 <= self.page_size <= MAX_PAGE_SIZE:
            raise Invalid(
                field="page_size", problem=Text(zh=f"应为 1 到 {MAX_PAGE_SIZE}", en=f"1 to {MAX_PAGE_SIZE}")
            )


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One facet value and how many hits carry it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over the whole hit set; a facet's own filter does not narrow it.

    category: every level, as `category_value` spells it, most frequent first. brand: most frequent first.
    merchant: codes, most frequent first. price: from cheap to dear, `price_value` spellings that fit what was
    found, empty ranges left out. attributes: names with their values, the name most hits carry first.
    """

    category: tuple[FacetCount, ...] = ()
    brand: tuple[FacetCount, ...] = ()
    price: tuple[FacetCount, ...] = ()
    merchant: tuple[FacetCount, ...] = ()
    attributes: tuple[tuple[str, tuple[FacetCount, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits: product ids in order, how many hits there are in all, and their facets.

    corrected_query: what was searched instead, when the words typed found nothing; else None. recognised: what
    words of the query were taken to mean, as (kind, value): ("brand", a facet value) at most.
    """

    product_ids: tuple[str, ...] = ()
    total: int = 0
    page: int = 1
    page_size: int = 24
    facets: Facets = field(default_factory=Facets)
    corrected_query: str | None = None
    recognised: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """An index held against what it should hold; product ids, sorted.

    held: products it holds. missing: not in it. stale: in it as they were. extra: in it and nowhere else.
    """

    held: int = 0
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def differences(self) -> int:
        """How many products are not as they should be."""
        return len(self.missing) + len(self.stale) + len(self.extra)


class SearchIndex(Protocol):
    """A product index: many readers in many processes, one writer at a time."""

    def search(self, query: SearchQuery) -> SearchPage:
        """Return one page of hits. A missing or empty index gives an empty page."""

    def below(self, query: SearchQuery) -> tuple[FacetCount, ...]:
        """Return every category directly below the one chosen with what the filters leave in it, words apart."""

    def suggest(self, prefix: str, *, limit: int = 10) -> list[str]:
        """Return up to `limit` ways to go on from `prefix`, from the words of the catalogue alone."""

    def count(self) -> int:
        """Return how many products the index holds; 0 when there is none."""

    def compare(self, documents: Iterable[Document]) -> Verified:
        """Hold the index against these products: exactly they should be in it, exactly so."""

    def teach(self, titles: Sequence[Labelled]) -> None:
        """Learn to tell brands and product words in titles; used from the next writing of a product on."""

    def upsert(self, documents: Iterable[Document]) -> int:
        """Add or replace products; seen by readers after `commit`. Return how many. Raises IndexBusy."""

    def delete(self, product_ids: Iterable[str]) -> int:
        """Take products out; unknown ids are ignored. Return how many ids were given. Raises IndexBusy."""

    def commit(self) -> None:
        """Make what was upserted and deleted visible and durable. Nothing to do is fine."""

    def rollback(self) -> None:
        """Forget what was upserted and deleted since the last commit."""

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Replace the whole index at once; readers see the old one until the new one is complete.

        Return how many products it holds. Raises IndexBusy; then, as for any error, the old index stays.
        """


def category_value(path: Sequence[str]) -> str:
    """Return a category path as one value, e.g. `居家/床品件套`; a slash inside a name becomes `／`."""
    return "/".join(name.replace("/", "／").strip() for name in path if name.strip())


def category_values(path: Sequence[str]) -> list[str]:
    """Return the values of a path and of everything above it, from the root down."""
    names = [name for name in path if name.strip()]
    return [category_value(names[: depth + 1]) for depth in range(len(names))]


def price_value(low: int, high: int | None) -> str:
    """Return a price range as one facet value, in fen, both ends included: `5000-9999`, `500000-`."""
    return f"{low}-{'' if high is None else high}"


def price_range(value: str) -> tuple[int, int | None]:
    """Return the bounds of a `price_value`, to filter by. Raises Invalid."""
    found = _PRICE_VALUE.fullmatch(value)
    if not found:
        raise Invalid(field="price", problem=Text(zh="价格区间形如 5000-9999", en="a range like 5000-9999"))
    low, high = found.groups()
    return int(low), int(high) if high else None


def attribute_filters(parameters: Iterable[tuple[str, Iterable[str]]]) -> tuple[tuple[str, str], ...]:
    """Return what parameters such as `attr.颜色=米白` filter by: pairs of a name and a value, each once, in order.

    parameters: names with their values; others than `attr.<name>`, empty ones and those longer than any name are
    passed over, and so is what comes after MAX_ATTRIBUTES pairs.
    """
    pairs = [
        (name.removeprefix(ATTRIBUTE), value)
        for name, values in parameters
        if name.startswith(ATTRIBUTE) and len(ATTRIBUTE) < len(name) <= MAX_QUERY
        for value in values
        if 0 < len(value) <= MAX_QUERY
    ]
    return tuple(dict.fromkeys(pairs))[:MAX_ATTRIBUTES]
