"""How a product is laid out in the text index."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import tantivy

from mingpu.search.recognise import Span
from mingpu.search.records import names_of
from mingpu.search.rules import MAX_FEN, PRICE_STEPS, Document, category_values
from mingpu.search.text import Tokens, analyse, latin_tokens, runs, syllables_of
from mingpu.search.vocabulary import FS, facet_term, read_vocabulary

VERSION = 4  # of this layout; a directory of another version counts as empty until it is rebuilt

_MAX_COUNT = 2**30 - 1
_MAX_SECONDS = 2**33 - 1

_TOKEN_FIELDS = ("units", "pairs", "words", "more", "codes", "sounds")
_TERM_FIELDS = ("plain", "phrase", "sound", "phrase_sound", "echo", "near", "meaning")


def build_schema() -> tantivy.Schema:
    """Return the layout: tokens to match, terms for suggestions, columns to filter, sort and count by."""
    builder = tantivy.SchemaBuilder()
    for name in _TOKEN_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("product", *_TERM_FIELDS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("category", "brand", "merchant", "attribute"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("place", "sales", "listed_at", "rank", "price_step"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_integer_field("price", indexed=True, fast=True)
    builder.add_boolean_field("in_stock", indexed=True, fast=True)
    return builder.build()


def to_row(document: Document, place: int, spans: Sequence[Span] = ()) -> tantivy.Document:
    """Return a product laid out for the index; any text in it is accepted.

    place: of its record. spans: what names a product or a brand in its title, where that is known.
    """
    row = tantivy.Document()
    row.add_unsigned("place", place)
    tokens = analyse(names_of(document))
    row.add_text("units", " ".join(tokens.units))
    row.add_text("pairs", " ".join(tokens.pairs))
    row.add_text("words", " ".join(tokens.words))
    row.add_text("sounds", " ".join(sounds_of(names_of(document))))
    row.add_text("more", " ".join(_more(document, tokens)))
    row.add_text("codes", " ".join(filter(None, map(code_token, document.skus))))
    vocabulary = read_vocabulary(document, spans)
    for name in _TERM_FIELDS:
        for term in getattr(vocabulary, name):
            row.add_text(name, term)
    _add_columns(row, document)
    return row


def code_token(code: str) -> str:
    """Return a SKU code as one token, without separators and in lower case; `` when nothing is left."""
    return "".join(latin_tokens(run)[0] for run, _ in runs(code))


def attribute_term(name: str, value: str) -> str:
    """Return an attribute's value as it is counted and filtered by."""
    return f"{facet_term(name)}{FS}{facet_term(value)}"


def sounds_of(text: str) -> list[str]:
    """Return the syllables of `text` and their pairs, each once; Latin tokens stand for themselves."""
    found: dict[str, None] = {}
    for run, cjk in runs(text):
        syllables = syllables_of(run) if cjk else latin_tokens(run)
        found.update(dict.fromkeys(syllables))
        if cjk:
            found.update(dict.fromkeys(f"{one}'{two}" for one, two in pairwise(syllables)))
    return list(found)


def _add_columns(row: tantivy.Document, document: Document) -> None:
    """Add what is filtered, sorted and counted."""
    row.add_text("product", document.product_id)
    for value in category_values(document.category):
        row.add_text("category", facet_term(value))
    if brand := facet_term(document.brand):
        row.add_text("brand", brand)
    if merchant := facet_term(document.merchant):
        row.add_text("merchant", merchant)
    for name, value in document.facets:
        row.add_text("attribute", attribute_term(name, value))
    if document.price_fen is not None:
        price = max(0, min(document.price_fen, MAX_FEN))
        row.add_integer("price", price)
        row.add_unsigned("price_step", bisect_right(PRICE_STEPS, price) - 1)
    row.add_boolean("in_stock", document.in_stock)
    sales = max(0, min(document.sales, _MAX_COUNT))
    listed_at = max(0, min(document.listed_at, _MAX_SECONDS))
    row.add_unsigned("sales", sales)
    row.add_unsigned("listed_at", listed_at)
    # One number that orders a shelf nobody asked about: what can be bought, then what sells, then what is new.
    row.add_unsigned("rank", (document.in_stock << 63) | (sales << 33) | listed_at)


def _more(document: Document, known: Tokens) -> list[str]:
    """Return the words of the attributes that the names did not already say."""
    said = set(known.words)
    return [word for word in analyse(document.attributes_text).words if word not in said]
