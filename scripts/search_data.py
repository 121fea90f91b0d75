"""What search is measured on: judged queries, the query log, real items, and many more made of their titles."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_OID, UUID, uuid5

from mingpu.catalog.feed import FeedItem, read_feed
from mingpu.search.index import TantivyIndex
from mingpu.search.ranking import Weights
from mingpu.search.rules import Document, SearchQuery
from mingpu.search.words import as_lexicon, own_lines

SEED = 20_240_601
CUT = 10
REAL = 14_599  # items of zh_catalogue
BRANDS, MERCHANTS, VALUES = 5000, 50, 12
_NEWEST = 1_700_000_000


@dataclass(frozen=True)
class Judged:
    """A query and the titles' ids that people found relevant to it."""

    text: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Ranks:
    """Per query, the place (from 1) of the first relevant title among the first 100; 0 when absent."""

    places: tuple[int, ...]

    def mrr(self) -> list[float]:
        """Return one reciprocal rank per query, 0 below place 10."""
        return [1 / place if 0 < place <= CUT else 0.0 for place in self.places]

    def recall(self, depth: int) -> list[float]:
        """Return per query whether a relevant title came within `depth`."""
        return [float(0 < place <= depth) for place in self.places]


def index_at(place: Path, weights: Weights | None = None) -> TantivyIndex:
    """Return the index at a place as a mall that begins asks it: with the mall's own words."""
    words = as_lexicon(own_lines())
    return TantivyIndex(place, weights=weights, lexicon=lambda: words)


def quality_index(data: Path, place: Path) -> dict[str, str]:
    """Index the judged titles at `place`; return product id -> the title's id in the judgements."""
    titles = [line.split("\t", 1) for line in _rows(data / "docs.tsv")]
    names = {str(uuid5(NAMESPACE_OID, name)): name for name, _ in titles}
    TantivyIndex(place).rebuild(
        Document(product_id, title) for product_id, (_, title) in zip(names, titles, strict=True)
    )
    return names


def judged(data: Path) -> list[Judged]:
    """Return the judged queries of the development half."""
    relevant: dict[str, set[str]] = {}
    for line in _rows(data / "qrels.dev.tsv"):
        query, title, _ = line.split("\t")
        relevant.setdefault(query, set()).add(title)
    rows = [line.split("\t", 1) for line in _rows(data / "queries.dev.tsv")]
    return [Judged(text, frozenset(relevant[query])) for query, text in rows]


def facet_queries(data: Path) -> list[Judged]:
    """Return the derived brand + product queries of the development half."""
    rows = [line.split("\t") for line in _rows(data / "facet_queries.dev.tsv")]
    return [Judged(text, frozenset(titles.replace(",", " ").split())) for text, titles in rows]


def ranks(index: TantivyIndex, asked: Sequence[Judged], names: dict[str, str]) -> Ranks:
    """Return where each query finds its first relevant title. names: as `quality_index` returns them."""
    places = []
    for query in asked:
        hits = [names[hit] for hit in index.search(SearchQuery(q=query.text, page_size=100)).product_ids]
        places.append(next((place for place, hit in enumerate(hits, 1) if hit in query.relevant), 0))
    return Ranks(tuple(places))


def query_log(data: Path) -> list[str]:
    """Return the log's queries in an order of chance, always the same one."""
    log = (data / "zh_search" / "query_log.txt").read_text(encoding="utf-8").splitlines()
    random.Random(SEED).shuffle(log)  # noqa: S311 - sampling, not secrets
    return log


class Documents(Iterator[Document]):
    """The real items when there are just `size` asked for, else so many recombined ones; always the same."""

    def __init__(self, data: Path, size: int) -> None:
        self._left = size
        items = read_feed(data / "zh_catalogue") if size == REAL else ()
        real = (as_document(item) for item in items if isinstance(item, FeedItem))
        self._every = real if size == REAL else recombined(data, size)

    def __next__(self) -> Document:
        """Return the next one."""
        self._left -= 1
        return next(self._every)

    def __length_hint__(self) -> int:
        """How many are still to come."""
        return max(0, self._left)


def as_document(item: FeedItem) -> Document:
    """Return a catalogue row as the index would get it."""
    return Document(
        product_id=str(uuid5(NAMESPACE_OID, f"{item.source} {item.external_id}")),
        title=f"{item.title} {item.subtitle}",
        brand=item.brand,
        category=item.category_path,
        attributes_text=" ".join(f"{name} {' '.join(values)}" for name, values in item.attributes.items()),
        price_fen=item.price_fen,
        in_stock=item.for_sale,
        sales=item.sales,
        skus=tuple(sku.code for sku in item.skus if sku.code),
        merchant=item.merchant,
        facets=tuple(
            dict.fromkeys((name, value) for name, values in item.attributes.items() for value in values)
        ),
    )


def recombined(data: Path, size: int) -> Iterator[Document]:
    """Yield `size` made-up items, always the same: half a real title and half another's, the rest by chance.

    Brands and sales have long tails, prices lie around 81 yuan, four of five are in stock, categories are real paths
    of three levels, and each item has a value of two attributes.
    """
    chance = random.Random(1)  # noqa: S311 - sampling, not secrets
    titles = [line.split("\t", 1)[1] for line in _rows(data / "zh_search" / "docs.tsv")]
    rows = _rows(data / "category_tree_zh" / "categories.tsv")
    categories: list[tuple[str, ...]] = [tuple(line.split("\t")[:3]) for line in rows]
    for _ in range(size):
        one, other = chance.choice(titles), chance.choice(titles)
        yield Document(
            str(UUID(int=chance.getrandbits(128))),
            one[: len(one) // 2] + other[len(other) // 2 :],
            brand=f"牌{int(chance.paretovariate(0.6) % BRANDS)}",
            category=chance.choice(categories),
            attributes_text="颜色 红 材质 棉",
            price_fen=int(chance.lognormvariate(9, 1)) + 1,
            in_stock=chance.random() < 0.8,  # noqa: PLR2004 - four of five
            sales=int(chance.paretovariate(0.5)) % 100_000,
            listed_at=chance.randrange(_NEWEST),
            merchant=f"m{chance.randrange(MERCHANTS)}",
            facets=(("颜色", f"c{chance.randrange(VALUES)}"), ("材质", f"m{chance.randrange(VALUES)}")),
        )


def _rows(path: Path) -> list[str]:
    """Return the lines of a table under its header."""
    return path.read_text(encoding="utf-8").splitlines()[1:]
