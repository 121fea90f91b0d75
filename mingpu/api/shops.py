"""Whose goods they are, as JSON."""

from ninja import Schema

from mingpu.merchants.queries import shops


class MerchantOut(Schema):
    """A merchant by its code and its name in the reader's language."""

    code: str
    name: str


def merchant_json(code: str) -> dict[str, str]:
    """Return a `MerchantOut`; one that was opened a moment ago goes by its code."""
    known = shops().get(code)
    return {"code": code, "name": str(known.merchant.name) if known else code}
