"""What pages are about in the words of schema.org, for search engines. Public facts alone, the same for every reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.templatetags.static import static

from mingpu.lib.text import Text, current_language
from mingpu.web.addresses import absolute
from mingpu.web.head import PROMISE, SITE

Node = Mapping[str, Any]
MOST_OFFERS: Final = 60  # told one by one; more are counted
_SHOP: Final = "#shop"
_STOCK: Final = {True: "https://schema.org/InStock", False: "https://schema.org/OutOfStock"}
_GTINS: Final = {8: "gtin8", 12: "gtin12", 13: "gtin13", 14: "gtin14"}


@dataclass(frozen=True, slots=True)
class Offered:
    """One SKU as anybody can have it now. price in fen; until: RFC 3339 end of that price, "" for none known."""

    sku: str
    price_fen: int
    in_stock: bool
    until: str = ""
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A product as it is described to machines. path: of its page; images: addresses; attributes: as shown."""

    path: str
    name: str
    description: str
    images: Sequence[str]
    brand: str
    category: Sequence[str]
    attributes: Mapping[str, Sequence[str]]
    seller: str
    offers: Sequence[Offered]


def organisation() -> Node:
    """Return the shop itself."""
    return {
        "@type": "Organization", "@id": absolute(f"/{_SHOP}"), "name": str(SITE), "url": absolute("/"),
        "logo": absolute(static("brand/icon-512.png")), "description": str(PROMISE),
    }  # fmt: skip


def website() -> Node:
    """Return the website with the way to search it."""
    return {
        "@type": "WebSite", "@id": absolute("/#site"), "name": str(SITE), "url": absolute("/"),
        "inLanguage": _spoken(), "publisher": {"@id": absolute(f"/{_SHOP}")},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{absolute('/search')}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }  # fmt: skip


def breadcrumbs(crumbs: Iterable[Mapping[str, str]]) -> Node:
    """Return the way down to a page. crumbs: {name, url}, the widest first, without the home page."""
    steps = [{"name": str(Text("首页", "Home")), "url": "/"}, *crumbs]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": str(it["name"]), "item": absolute(it["url"])}
            for place, it in enumerate(steps, 1)
        ],
    }


def product(it: Article) -> Node:
    """Return a product with what it costs anybody now; without offers where it is not for sale."""
    node: dict[str, Any] = {
        "@type": "Product", "@id": f"{absolute(it.path)}#product", "url": absolute(it.path), "name": it.name,
        "description": it.description or it.name, "image": [absolute(image) for image in it.images],
        "category": " > ".join(it.category),
        "additionalProperty": [
            {"@type": "PropertyValue", "name": name, "value": ", ".join(values)}
            for name, values in it.attributes.items()
        ],
    }  # fmt: skip
    if it.brand:
        node["brand"] = {"@type": "Brand", "name": it.brand}
    if len(it.offers) == 1:
        node |= {"sku": it.offers[0].sku, **_gtin(it.offers[0])}
    if it.offers:
        node["offers"] = _offers(it)
    return {name: value for name, value in node.items() if value}


def _offers(it: Article) -> Node:
    """Return the one offer, or what all of them have in common with each below it, as far as MOST_OFFERS."""
    common = {
        "priceCurrency": "CNY", "itemCondition": "https://schema.org/NewCondition",
        "seller": {"@type": "Organization", "name": it.seller},
    }  # fmt: skip
    each = [_offer(it, offered) for offered in it.offers[:MOST_OFFERS]]
    if len(it.offers) == 1:
        return {**common, **each[0]}
    prices = [offered.price_fen for offered in it.offers]
    return {
        "@type": "AggregateOffer", **common, "lowPrice": _price(min(prices)), "highPrice": _price(max(prices)),
        "offerCount": len(it.offers), "availability": _STOCK[any(offered.in_stock for offered in it.offers)],
        "offers": each,
    }  # fmt: skip


def _offer(it: Article, offered: Offered) -> Node:
    node = {
        "@type": "Offer", "url": absolute(it.path, [("sku", offered.sku)]), "sku": offered.sku,
        "price": _price(offered.price_fen), "priceCurrency": "CNY", "availability": _STOCK[offered.in_stock],
        **_gtin(offered),
    }  # fmt: skip
    return {**node, "priceValidUntil": offered.until} if offered.until else node


def _gtin(offered: Offered) -> Node:
    name = _GTINS.get(len(offered.barcode))
    return {name: offered.barcode} if name else {}


def _price(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _spoken() -> str:
    return "en" if current_language() == "en" else "zh-Hans"
