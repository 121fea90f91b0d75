"""Putting things into a cart and taking them out; marking what one wants to find again."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

from mingpu.cart.errors import CartFull, FavouritesFull, NotBuyable, NotShown
from mingpu.cart.models import Favourite, Line
from mingpu.cart.queries import Cart, lines_of, priced
from mingpu.catalog.publication import REASONS
from mingpu.catalog.queries import cards, skus
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.text import Text
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing

MOST_LINES = 500
MOST_PIECES = 999
MOST_FAVOURITES = 1000
PUT = """
INSERT INTO cart_line (id, owner_id, sku, quantity, added_at) VALUES (gen_random_uuid(), %s, %s, %s, %s)
ON CONFLICT (owner_id, sku) DO UPDATE SET quantity = {quantity}, added_at = EXCLUDED.added_at
"""
ADD = PUT.format(quantity=f"LEAST(cart_line.quantity + EXCLUDED.quantity, {MOST_PIECES})")
SET = PUT.format(quantity="EXCLUDED.quantity")
# Many at once, in the order given: the first stands on top of the cart.
ADD_ALL = f"""
INSERT INTO cart_line (id, owner_id, sku, quantity, added_at)
SELECT gen_random_uuid(), %s, w.sku, w.quantity, %s::timestamptz - w.place * interval '1 microsecond'
FROM unnest(%s::text[], %s::int[]) WITH ORDINALITY AS w (sku, quantity, place)
ON CONFLICT (owner_id, sku) DO UPDATE
SET quantity = LEAST(cart_line.quantity + EXCLUDED.quantity, {MOST_PIECES}), added_at = EXCLUDED.added_at
"""  # noqa: S608 -- our own number
MARK = """
INSERT INTO cart_favourite (id, owner_id, product_id, added_at) VALUES (gen_random_uuid(), %s, %s, %s)
ON CONFLICT (owner_id, product_id) DO NOTHING
"""
MERGE = PUT.format(quantity="GREATEST(cart_line.quantity, EXCLUDED.quantity)")


def add_line(*, owner_id: UUID, sku: str, quantity: int) -> int:
    """Add pieces of a SKU to what is there; returns how many pieces the cart holds now.

    Raises Invalid for a quantity outside 1–999, NotBuyable for an unknown SKU, CartFull past 500 lines.
    """
    return _put(ADD, owner_id, sku, quantity).count


def add_lines(*, owner_id: UUID, pieces: Mapping[str, int]) -> None:
    """Add pieces of many SKUs, all or nothing, in two statements; the first stands on top of the cart.

    pieces: SKU -> 1–999, SKUs that can be bought. Raises CartFull past 500 lines.
    """
    if not pieces:
        return
    with processing(Purpose.SHOPPING, subject=owner_id), connection.cursor() as cursor:
        cursor.execute(ADD_ALL, [owner_id, now(), list(pieces), list(pieces.values())])
        if len(lines_of(owner_id)) > MOST_LINES:
            raise CartFull(most=MOST_LINES)


def set_line(*, owner_id: UUID, sku: str, quantity: int, member: bool = False) -> Cart:
    """Set the pieces of a SKU; returns the cart as it is now, errors as for `add_line`. member: see `cart_of`."""
    return _put(SET, owner_id, sku, quantity, member=member)


def remove_line(*, owner_id: UUID, sku: str) -> int:
    """Take a SKU out and return how many pieces are left; nothing happens when it is not there."""
    with processing(Purpose.SHOPPING, subject=owner_id):
        forget(Line.objects.filter(owner_id=owner_id, sku=sku))
        return sum(Line.objects.filter(owner_id=owner_id).values_list("quantity", flat=True))


def merge(*, visitor_id: UUID, person_id: UUID) -> bool:
    """Bring a visitor's cart along at sign-in: of each SKU the larger number, so that twice is harmless.

    What is too much for one cart stays behind. Returns whether there was anything to bring.
    """
    with processing(Purpose.SHOPPING, subject=visitor_id, reading=True):
        lines = list(Line.objects.filter(owner_id=visitor_id).values_list("sku", "quantity"))
    if not lines:
        return False
    with processing(Purpose.SHOPPING, subject=person_id), connection.cursor() as cursor:
        known = set(Line.objects.filter(owner_id=person_id).values_list("sku", flat=True))
        room = MOST_LINES - len(known)
        for sku, quantity in sorted(lines, key=lambda line: (line[0] not in known, line[0])):
            room -= sku not in known
            if room >= 0:
                cursor.execute(MERGE, [person_id, sku, quantity, now()])
    with processing(Purpose.SHOPPING, subject=visitor_id):
        Line.objects.filter(owner_id=visitor_id).delete()
    return True


def add_favourite(*, owner_id: UUID, product_id: UUID) -> None:
    """Mark a product; once is as good as twice. Raises NotFound for no product, FavouritesFull past 1,000."""
    if not cards([product_id]):
        raise NotFound
    with processing(Purpose.SHOPPING, subject=owner_id), connection.cursor() as cursor:
        cursor.execute(MARK, [owner_id, product_id, now()])
        if cursor.rowcount and Favourite.objects.filter(owner_id=owner_id).count() > MOST_FAVOURITES:
            raise FavouritesFull(most=MOST_FAVOURITES)


def remove_favourite(*, owner_id: UUID, product_id: UUID) -> None:
    """Take a mark away; nothing happens when there is none."""
    with processing(Purpose.SHOPPING, subject=owner_id):
        forget(Favourite.objects.filter(owner_id=owner_id, product_id=product_id))


def _put(statement: str, owner_id: UUID, sku: str, quantity: int, *, member: bool = False) -> Cart:
    """Write a line, read the cart and today's prices in one block: four messages to the database in all."""
    if not 1 <= quantity <= MOST_PIECES:
        raise Invalid(
            field=Text("数量", "quantity"), problem=Text(f"应为 1–{MOST_PIECES}", f"must be 1–{MOST_PIECES}")
        )
    with processing(Purpose.SHOPPING, subject=owner_id), connection.cursor() as cursor:
        cursor.execute(statement, [owner_id, sku, quantity, now()])
        rows = lines_of(owner_id)
        if len(rows) > MOST_LINES:
            raise CartFull(most=MOST_LINES)
        known = skus([code for code, _ in rows])
        if sku not in known or not known[sku].for_sale:
            raise (
                NotShown(why=REASONS[known[sku].standing])
                if sku in known and known[sku].standing
                else NotBuyable
            )
    return priced(rows, known, member=member)
