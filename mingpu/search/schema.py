"""How a product is laid out in the text index."""

from uuid import UUID

import tantivy

from mingpu.search.rules import MAX_FEN, Document, category_values
from mingpu.search.text import Tokens, analyse, latin_tokens, printable, runs
from mingpu.search.vocabulary import read_vocabulary

VERSION = 2  # of this layout; a directory of another version counts as empty until it is rebuilt

# Title lengths say little here (sellers pad titles), yet they should break ties. BM25's own taste for short
# texts cannot be set in the library, so every text is lengthened by as many empty tokens.
_PADDING = " ·" * 40
_HALF = 2**64
_MAX_NAME = 200  # characters of a brand or category value; the index refuses terms of 65,530 bytes
_MAX_COUNT = 2**30 - 1
_MAX_SECONDS = 2**33 - 1

_TOKEN_FIELDS = ("units", "pairs", "words", "more", "codes")
_TERM_FIELDS = ("plain", "phrase", "sound", "phrase_sound", "echo", "near")


def build_schema() -> tantivy.Schema:
    """Return the layout: tokens to match, terms for suggestions, columns to filter, sort and count by."""
    builder = tantivy.SchemaBuilder()
    for name in _TOKEN_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("product", *_TERM_FIELDS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("category", "brand", "merchant"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("id_high", "id_low", "sales", "listed_at", "rank"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_integer_field("price", indexed=True, fast=True)
    builder.add_boolean_field("in_stock", indexed=True, fast=True)
    return builder.build()


def to_row(document: Document) -> tantivy.Document:
    """Return a product laid out for the index; any text in it is accepted."""
    row = tantivy.Document()
    names = " ".join((document.title, document.brand, *document.category))
    tokens = analyse(names)
    row.add_text("units", " ".join(tokens.units) + _PADDING)
    row.add_text("pairs", " ".join(tokens.pairs) + _PADDING)
    row.add_text("words", " ".join(tokens.words) + _PADDING)
    row.add_text("more", " ".join(_more(document, tokens)))
    row.add_text("codes", " ".join(filter(None, map(code_token, document.skus))))
    vocabulary = read_vocabulary(document)
    for name in _TERM_FIELDS:
        for term in getattr(vocabulary, name):
            row.add_text(name, term)
    _add_columns(row, document)
    return row


def code_token(code: str) -> str:
    """Return a SKU code as one token, without separators and in lower case; `` when nothing is left."""
    return "".join(latin_tokens(run)[0] for run, _ in runs(code))


def brand_term(brand: str) -> str:
    """Return a brand as it is counted and filtered by."""
    return printable(brand)[:_MAX_NAME]


def category_term(value: str) -> str:
    """Return a category value as it is counted and filtered by."""
    return printable(value)[:_MAX_NAME]


def merchant_term(code: str) -> str:
    """Return a merchant's code as it is counted and filtered by."""
    return printable(code)[:_MAX_NAME]


def _add_columns(row: tantivy.Document, document: Document) -> None:
    """Add what is filtered, sorted and counted."""
    row.add_text("product", document.product_id)
    high, low = divmod(UUID(document.product_id).int, _HALF)
    row.add_unsigned("id_high", high)
    row.add_unsigned("id_low", low)
    for value in category_values(document.category):
        row.add_text("category", category_term(value))
    if brand := brand_term(document.brand):
        row.add_text("brand", brand)
    if merchant := merchant_term(document.merchant):
        row.add_text("merchant", merchant)
    if document.price_fen is not None:
        row.add_integer("price", max(0, min(document.price_fen, MAX_FEN)))
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
