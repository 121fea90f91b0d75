"""What is like a product, by what it is: category, words of its title, brand, price. Nobody's data.

What others bought with it is not asked: that would be about persons, and no purpose allows it.
"""

from collections.abc import Iterable
from math import log
from typing import Final
from uuid import UUID

from mingpu.catalog.cache import ProductShelf
from mingpu.catalog.queries import Card, ProductPage, cards, watch
from mingpu.search.queries import search_products
from mingpu.search.rules import SearchQuery, category_value
from mingpu.search.text import normalise

KEPT_SECONDS: Final = 600.0  # new goods may wait so long until they are somebody's like
CHOSEN: Final = 12  # kept of each product, so that some may sell out meanwhile
BY_WORDS, BY_SALES = 30, 20  # looked at of either kind
SAME: Final = 0.85  # from which share of their titles on two products are one in other words
_WORDS, _CATEGORY, _BRAND, _PRICE = 1.0, 0.6, 0.3, 0.4
_FACTOR: Final = 4.0  # a price so many times another is not near it at all
_IDS_BYTES: Final = 1200

_kept: ProductShelf[tuple[UUID, ...]] = ProductShelf(
    watch, entries=10_000, size=16 << 20, seconds=KEPT_SECONDS
)


def related_to(it: ProductPage, *, most: int) -> list[Card]:
    """Return up to `most` products like one, what can be had now first; never itself, nor itself in other words.

    Two searches at most for a product whose likes are not kept in this process, and one statement for cards that are
    not.
    """
    key = (str(it.id), "")
    ids = _kept.get(key)
    if ids is None:
        seen = watch.number()
        ids = tuple(card.id for card in choose(it, _candidates(it))[:CHOSEN])
        _kept.put(key, ids, size=_IDS_BYTES, seen=seen)
    found = [card for card in cards(ids) if card.for_sale]
    return sorted(found, key=lambda card: not card.in_stock)[:most]


def choose(it: ProductPage, candidates: Iterable[Card]) -> list[Card]:
    """Return those of the candidates that are like a product, what is in stock first, then the most alike.

    Of several that are one in other words only the first is left.
    """
    known = {card.id: card for card in candidates if card.id != it.id and card.for_sale}
    mine = _pairs(it.names.zh)
    order = sorted(known.values(), key=lambda card: (not card.in_stock, -likeness(it, card), str(card.id)))
    chosen: list[Card] = []
    titles = [mine]
    for card in order:
        title = _pairs(card.title)
        if all(_share(title, other) < SAME for other in titles):
            chosen.append(card)
            titles.append(title)
    return chosen


def likeness(it: ProductPage, card: Card) -> float:
    """Return how much a product is like another: 0 for nothing in common."""
    depth = next(
        (n for n, pair in enumerate(zip(it.category, card.category, strict=False)) if pair[0] != pair[1]),
        None,
    )
    common = min(len(it.category), len(card.category)) if depth is None else depth
    found = _WORDS * _share(_pairs(it.names.zh), _pairs(card.title))
    found += _CATEGORY * common / max(len(it.category), 1)
    found += _BRAND * (bool(it.brand) and it.brand == card.brand)
    if it.price_from_fen and card.price_fen:
        found += _PRICE * max(0.0, 1 - abs(log(card.price_fen / it.price_from_fen)) / log(_FACTOR))
    return found


def _candidates(it: ProductPage) -> Iterable[Card]:
    """Yield what shares words with a product, and what sells in its category."""
    category = category_value(it.category) or None
    words = SearchQuery(q=it.names.zh, category=category, exact=True, page_size=BY_WORDS)
    yield from search_products(words, language="zh-hans").cards
    if category:
        selling = SearchQuery(category=category, in_stock=True, sort="sales", page_size=BY_SALES)
        yield from search_products(selling, language="zh-hans").cards


def _pairs(title: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters in a title, spaces and case aside."""
    text = "".join(normalise(title).split())
    return frozenset(text[at : at + 2] for at in range(max(len(text) - 1, 0))) or frozenset({text})


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
