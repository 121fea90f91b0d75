"""What a list of products shows around the products: filters with their addresses, chips, sort orders."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from mingpu.catalog.labels import brand_label, category_label, facet_label, name_label
from mingpu.lib.errors import Invalid
from mingpu.lib.money import yuan
from mingpu.lib.text import Text
from mingpu.search.rules import (
    ATTRIBUTE,
    MAX_FEN,
    SORTS,
    FacetCount,
    SearchQuery,
    attribute_filters,
    price_range,
)
from mingpu.web.addresses import brand_url, category_url
from mingpu.web.pages.lines import shop_name

MOST_BRANDS = 20
SORT_LABELS = {
    "relevance": Text("综合", "Best match"),
    "sales": Text("销量", "Best selling"),
    "new": Text("新品", "New"),
    "price": Text("价格从低到高", "Price, low to high"),
    "-price": Text("价格从高到低", "Price, high to low"),
}
FILTERS = ("category", "brand", "merchant", "min_price", "max_price", "in_stock")
_KNOWN = (
    "q",
    *FILTERS,
    "sort",
    "exact",
    "lang",
)  # what an address of a list may hold, in this order, beside attributes
LANGUAGES_NAMED = frozenset({"en", "zh-Hans", "zh-hans"})  # as an address may name one
STAYING = frozenset({"q", "sort", "exact", "lang"})  # what is no filter
_YES = frozenset({"true", "on", "1"})
_LONGEST_NUMBER = 15
Change = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose in a list: its address, whether it is chosen, and how many products it leaves."""

    url: str
    label: str
    value: str = ""
    count: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class _Filter:
    """One filter in use: its label, what takes it out of the address, the query without it."""

    label: Text | str
    changes: Mapping[str, Change]
    rest: SearchQuery


def read_query(
    asked: QueryDict, *, page_size: int, category: str | None = None, brand: str | None = None
) -> SearchQuery:
    """Return what a page's query string asks for. Raises Invalid for a price or page that cannot be read.

    category, brand: named by the address itself; they win over the query string. Prices are yuan there, as they
    are typed; of several brands the last counts; `attr.<name>` may come several times.
    """
    low = _fen(asked.get("min_price", ""), Text("最低价", "lowest price"))
    high = _fen(asked.get("max_price", ""), Text("最高价", "highest price"))
    if low is not None and high is not None and low > high:  # typed the wrong way round
        low, high = high, low
    sort = asked.get("sort") or "relevance"
    return SearchQuery(
        q=asked.get("q", "").strip(),
        category=category or asked.get("category") or None,
        brand=brand or asked.get("brand") or None,
        merchant=asked.get("merchant") or None,
        min_price_fen=low,
        max_price_fen=high,
        in_stock=asked.get("in_stock", "") in _YES,
        attributes=attribute_filters(asked.lists()),
        exact=asked.get("exact", "") in _YES,
        sort=sort if sort in SORTS else "relevance",
        page=_page(asked.get("page", "")),
        page_size=page_size,
    )


def echo(asked: QueryDict, query: SearchQuery) -> dict[str, Any]:
    """Return a query as the forms of the page repeat it."""
    return {
        "q": query.q,
        "category": query.category or "",
        "brand": query.brand or "",
        "merchant": query.merchant or "",
        "sort": asked.get("sort", ""),
        "min_price": asked.get("min_price", ""),
        "max_price": asked.get("max_price", ""),
        "in_stock": query.in_stock,
        "exact": query.exact,
    }


class Address:
    """The list's own address, to be had with some values changed; always its first page.

    A category or a brand that is browsed has a path of its own; the rest stays in the query. What is no value of
    ours is dropped.
    """

    def __init__(self, asked: QueryDict, query: SearchQuery) -> None:
        now = {name: [asked.get(name, "")] for name in _KNOWN}
        now |= {"q": [query.q], "category": [query.category or ""], "brand": [query.brand or ""]}
        now["lang"] = [it for it in now["lang"] if it in LANGUAGES_NAMED]
        for name, value in query.attributes:
            now.setdefault(f"{ATTRIBUTE}{name}", []).append(value)
        self._values: Mapping[str, Sequence[str]] = now

    def __call__(self, changes: Mapping[str, Change] | None = None, /, **named: Change) -> str:
        """Return the address; None or "" takes a value out. changes: those whose names are no identifiers."""
        base, pairs = self.parts({**(changes or {}), **named})
        return f"{base}?{urlencode(pairs)}" if pairs else base

    def cleared(self) -> str:
        """Return the address without any filter: the words and the order stay."""
        return self({name: None for name in self._values if name not in STAYING})

    def parts(self, changes: Mapping[str, Change]) -> tuple[str, list[tuple[str, str]]]:
        """Return the path of the address, and its query as pairs."""
        values = {**self._values, **{name: _several(it) for name, it in changes.items()}}
        base = reverse("search")
        if not any(values["q"]):
            category, brand = "".join(values["category"]), "".join(values["brand"])
            if category:
                base = category_url(category)
                values["category"] = []
            elif brand:
                base = brand_url(brand)
                values["brand"] = []
        return base, [(name, it) for name, several in values.items() for it in several if it]


def sorts(address: Address, query: SearchQuery) -> list[Choice]:
    """Return the sort orders, the one in use marked."""
    return [
        Choice(address(sort="" if name == "relevance" else name), str(label), name, active=name == query.sort)
        for name, label in SORT_LABELS.items()
    ]  # fmt: skip


def categories(address: Address, query: SearchQuery, found: Iterable[FacetCount]) -> list[Choice]:
    """Return the way down to the chosen category and what lies below it; at first the widest ones."""
    chosen = query.category or ""
    shown = []
    for it in found:
        above = it.value.rpartition("/")[0]
        on_the_way = bool(chosen) and (chosen == it.value or chosen.startswith(f"{it.value}/"))
        if on_the_way or above == chosen:
            target = above if chosen == it.value else it.value
            label = category_label(it.value)
            shown.append(Choice(address(category=target), label, it.value, it.count, on_the_way))
    return sorted(shown, key=lambda it: (not it.active, it.value.count("/") if it.active else 0))


def brands(address: Address, query: SearchQuery, found: Iterable[FacetCount]) -> list[Choice]:
    """Return the commonest brands, the chosen one among them."""
    rows = list(found)
    kept = rows[:MOST_BRANDS] + [it for it in rows[MOST_BRANDS:] if it.value == query.brand]
    return [
        Choice(
            address(brand=None if it.value == query.brand else it.value), brand_label(it.value), it.value, it.count,
            it.value == query.brand,
        )
        for it in kept
    ]  # fmt: skip


def merchants(address: Address, query: SearchQuery, found: Iterable[FacetCount]) -> list[Choice]:
    """Return the shops that sell what was found, the one with the most first; one alone is no choice."""
    rows = [
        Choice(
            address(merchant=None if it.value == query.merchant else it.value), str(shop_name(it.value)), it.value,
            it.count, it.value == query.merchant,
        )
        for it in found
    ]  # fmt: skip
    return rows if len(rows) > 1 or query.merchant else []


def prices(address: Address, query: SearchQuery, found: Iterable[FacetCount]) -> list[Choice]:
    """Return the price ranges that hold something."""
    shown = []
    for it in found:
        low, high = price_range(it.value)
        active = (query.min_price_fen or 0, query.max_price_fen) == (low, high) and low + (high or 0) > 0
        bounds = {"min_price": None, "max_price": None} if active else _bounds(low, high)
        shown.append(Choice(address(**bounds), price_label(low, high), it.value, it.count, active))
    return shown


def attributes(
    address: Address, query: SearchQuery, found: Iterable[tuple[str, Iterable[FacetCount]]]
) -> list[tuple[str, list[Choice]]]:
    """Return the attributes of what was found, each with its values; several values of one may be chosen."""
    shown = []
    for name, counts in found:
        chosen = [value for key, value in query.attributes if key == name]
        rows = [_attribute(address, name, it, chosen) for it in counts]
        if rows:
            shown.append((name_label(name), rows))
    return shown


def chips(address: Address, query: SearchQuery) -> list[Choice]:
    """Return the filters in use; the address of each is the list without it."""
    return [choice for choice, _ in relaxed(address, query)]


def price_label(low: int, high: int | None) -> str:
    """Write a price range, in fen, both ends included: `¥50–100`, `¥5,000 以上`."""
    if high is None:
        return str(Text(f"¥{_short(low)} 以上", f"From ¥{_short(low)}"))
    top = high + 1 if (high + 1) % 100 == 0 else high
    if low <= 0:
        return str(Text(f"¥{_short(top)} 以下", f"Up to ¥{_short(top)}"))
    return f"¥{_short(low)}–{_short(top)}"


def relaxed(address: Address, query: SearchQuery) -> list[tuple[Choice, SearchQuery]]:
    """Return each filter in use with the query that does without it; `Choice.url` is the list without it."""
    return [
        (Choice(address(it.changes), str(it.label)), replace(it.rest, page=1)) for it in _filters_of(query)
    ]


def recognised(address: Address, meanings: Iterable[tuple[str, str]]) -> list[Choice]:
    """Return what words of the query were taken to mean; the address of each takes the words as they are typed."""
    labels = {
        "brand": lambda value: Text(f"品牌：{brand_label(value)}", f"Brand: {brand_label(value)}"),
        "category": lambda value: Text(
            f"分类：{category_label(value)}", f"Category: {category_label(value)}"
        ),
    }
    return [
        Choice(address(exact="1"), str(labels[kind](value)), value)
        for kind, value in meanings
        if kind in labels
    ]


def _filters_of(query: SearchQuery) -> Iterator[_Filter]:
    if query.category:
        yield _Filter(category_label(query.category), {"category": None}, replace(query, category=None))
    if query.brand:
        yield _Filter(brand_label(query.brand), {"brand": None}, replace(query, brand=None))
    if query.merchant:
        yield _Filter(shop_name(query.merchant), {"merchant": None}, replace(query, merchant=None))
    if query.min_price_fen is not None or query.max_price_fen is not None:
        label = price_label(query.min_price_fen or 0, query.max_price_fen)
        rest = replace(query, min_price_fen=None, max_price_fen=None)
        yield _Filter(label, {"min_price": None, "max_price": None}, rest)
    for name, value in query.attributes:
        others = tuple(it for it in query.attributes if it != (name, value))
        called, shown = name_label(name), facet_label(name, value)
        both = Text(f"{called}：{shown}", f"{called}: {shown}")
        kept = [it for key, it in others if key == name]
        yield _Filter(both, {f"{ATTRIBUTE}{name}": kept}, replace(query, attributes=others))
    if query.in_stock:
        yield _Filter(Text("有货", "In stock"), {"in_stock": None}, replace(query, in_stock=False))


def _attribute(address: Address, name: str, it: FacetCount, chosen: Sequence[str]) -> Choice:
    active = it.value in chosen
    wanted = [value for value in chosen if value != it.value] if active else [*chosen, it.value]
    return Choice(
        address({f"{ATTRIBUTE}{name}": wanted}), facet_label(name, it.value), it.value, it.count, active
    )


def _several(value: Change) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or []


def _bounds(low: int, high: int | None) -> Mapping[str, str | None]:
    return {"min_price": _typed(low) if low else None, "max_price": None if high is None else _typed(high)}


def _typed(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}".removesuffix(".00")


def _short(fen: int) -> str:
    return yuan(fen).removesuffix(".00")


def _fen(text: str, field: Text) -> int | None:
    """Return yuan as typed in fen, rounded; None for nothing. Raises Invalid."""
    typed = text.strip().lstrip("¥￥").replace(",", "")
    if not typed:
        return None
    try:
        amount = Decimal(typed[:_LONGEST_NUMBER]) * 100
        return max(0, min(int(amount), MAX_FEN))
    except (InvalidOperation, ValueError, OverflowError):
        raise Invalid(
            field=field, problem=Text("应为数字，例如 99 或 99.5", "a number such as 99 or 99.5")
        ) from None


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit()):
        raise Invalid(field=Text("页码", "page"), problem=Text("应为正整数", "a whole number from 1"))
    return int(text[:_LONGEST_NUMBER])
