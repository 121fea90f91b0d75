"""Barcodes of goods: GTINs of 8, 12, 13 or 14 digits. Pure."""

import unicodedata
from typing import Final

LENGTHS: Final = frozenset({8, 12, 13, 14})
_SEPARATORS = str.maketrans("", "", " -")
_UPC, _EAN = 12, 13  # the same code with and without a leading zero


def read_gtin(written: str) -> str | None:
    """Return a barcode's digits; None unless it has a GTIN's length and the right check digit.

    written: digits of any width, spaces and hyphens between them.
    """
    code = unicodedata.normalize("NFKC", written).translate(_SEPARATORS)
    if not (code.isascii() and code.isdigit() and len(code) in LENGTHS) or not int(code):
        return None
    return code if check_digit(code[:-1]) == int(code[-1]) else None


def check_digit(body: str) -> int:
    """Return the digit that belongs behind `body`: from the right, digits weigh 3 and 1 in turn."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return -total % 10


def spellings(gtin: str) -> tuple[str, ...]:
    """Return how scanners may spell a barcode: a UPC of 12 digits is an EAN that begins with 0."""
    if len(gtin) == _UPC:
        return gtin, f"0{gtin}"
    if len(gtin) == _EAN and gtin.startswith("0"):
        return gtin, gtin[1:]
    return (gtin,)
