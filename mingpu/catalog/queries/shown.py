"""A product as whoever looks at it may see it."""

from uuid import UUID

from mingpu.catalog.errors import Ended
from mingpu.catalog.publication import OVER
from mingpu.catalog.queries.products import product
from mingpu.catalog.views import ProductPage


def shown_product(product_id: UUID, language: str | None = None) -> ProductPage | None:
    """Return everything a product's page shows; None for an unknown id and for what is not published yet.

    As `product`, which also knows what is not shown. Raises Ended, with the title and the path of its category, for
    what is not published any more.
    """
    it = product(product_id, language)
    if it is None or not it.standing:
        return it
    if it.standing == OVER:
        raise Ended(title=it.title, category=it.category)
    return None
