"""Offers, which are nobody's data, and what is somebody's of them: coupons, and pieces bought at a flash price."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

LOCKED = """
WITH locked AS MATERIALIZED (
    SELECT id FROM promotions_coupon WHERE person_id = %s AND {which} ORDER BY id FOR UPDATE
)
"""
# A coupon is used when its row says so, and a row says so for one order: whoever comes second finds it used.
USE = (
    LOCKED.format(which="id = ANY(%s::uuid[])")
    + """
UPDATE promotions_coupon c SET state = 'used', order_no = %s FROM locked
WHERE c.id = locked.id AND c.state = 'held' AND c.expires_at > now() RETURNING c.id
"""
)
RETURN = (
    LOCKED.format(which="order_no = %s AND state = 'used'")
    + """
UPDATE promotions_coupon c SET state = 'held', order_no = '', returned_from = c.returned_from || to_jsonb(c.order_no)
FROM locked WHERE c.id = locked.id AND c.state = 'used' RETURNING c.id
"""
)
RETURNED = """
SELECT id, state FROM promotions_coupon WHERE person_id = %s AND jsonb_exists(returned_from, %s)
ORDER BY id FOR UPDATE
"""
LOCK_GOING = """
SELECT f.id, f.sku FROM promotions_flash f JOIN promotions_offer o ON o.id = f.offer_id
WHERE f.sku = ANY(%s::text[]) AND o.active AND o.starts_at <= now() AND o.ends_at > now()
ORDER BY f.id FOR UPDATE OF f
"""
# Runs after the rows are locked, in a statement of its own, so that it sees what others bought meanwhile.
TAKE = """
WITH wanted AS (SELECT * FROM unnest(%s::text[], %s::int[]) AS w (id, quantity)),
taken AS (
    UPDATE promotions_flash f SET stock = f.stock - w.quantity FROM wanted w
    WHERE f.id = w.id AND f.stock >= w.quantity AND f.per_person >= w.quantity + coalesce((
        SELECT sum(u.quantity) FROM promotions_flashuse u
        WHERE u.person_id = %s AND u.flash_id = f.id AND NOT u.returned), 0)
    RETURNING f.id, w.quantity
)
INSERT INTO promotions_flashuse (id, person_id, flash_id, order_no, quantity, returned, at)
SELECT gen_random_uuid(), %s, id, %s, quantity, false, now() FROM taken RETURNING flash_id, quantity
"""
LOCK_USED = """
SELECT id FROM promotions_flash WHERE id IN (
    SELECT flash_id FROM promotions_flashuse WHERE person_id = %s AND order_no = %s AND returned = %s
) ORDER BY id FOR UPDATE
"""
GIVE_BACK = """
WITH back AS (
    UPDATE promotions_flashuse SET returned = true WHERE person_id = %s AND order_no = %s AND NOT returned
    RETURNING flash_id, quantity
)
UPDATE promotions_flash f SET stock = f.stock + b.quantity FROM back b WHERE f.id = b.flash_id
RETURNING f.sku, b.quantity
"""
SHORT = """
SELECT count(*) FROM promotions_flashuse u JOIN promotions_flash f ON f.id = u.flash_id
WHERE u.person_id = %s AND u.order_no = %s AND u.returned AND NOT (
    f.stock >= u.quantity AND f.per_person >= u.quantity + coalesce((
        SELECT sum(o.quantity) FROM promotions_flashuse o
        WHERE o.person_id = u.person_id AND o.flash_id = u.flash_id AND NOT o.returned), 0))
"""
AGAIN = """
WITH again AS (
    UPDATE promotions_flashuse SET returned = false WHERE person_id = %s AND order_no = %s AND returned
    RETURNING flash_id, quantity
)
UPDATE promotions_flash f SET stock = f.stock - a.quantity FROM again a WHERE f.id = a.flash_id
"""


class Offer(models.Model):
    """One promotion, as an operator made it: see `rules.Offer`. An empty scope covers everything.

    claimed: coupons handed out, at most `total` (None for any number). per_person: coupons one person may have.
    valid_days: how long a coupon lasts from its claim; None until `ends_at`. Stopping it ends activities, prices
    and claims; coupons somebody has stay theirs.
    """

    id = models.TextField(primary_key=True)
    kind = models.TextField()
    title = models.TextField()
    title_en = models.TextField()
    merchant = models.TextField(default="")
    categories = models.JSONField(default=list)  # of paths
    brands = ArrayField(models.TextField(), default=list)
    products = ArrayField(models.TextField(), default=list)
    skus = ArrayField(models.TextField(), default=list)
    form = models.TextField(default="fixed")
    steps = models.JSONField(default=list)  # of [threshold in fen, off]
    cap_fen = models.BigIntegerField(null=True)
    per_person = models.IntegerField(default=1)
    total = models.IntegerField(null=True)
    claimed = models.IntegerField(default=0)
    valid_days = models.IntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claimed__gte=0)
                & (models.Q(total=None) | models.Q(claimed__lte=models.F("total"))),
                name="offer_claimed_within_total",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="offer_begins_before_it_ends"
            ),
        ]
        indexes = [models.Index(fields=["kind", "ends_at"], name="offer_by_kind")]


class FlashQuerySet(models.QuerySet["Flash"]):
    """Verbs on the stock of flash sales, inside the caller's `processing`, after those on `Sku`."""

    def take(self, person_id: uuid.UUID, wanted: Mapping[str, int], order_no: str) -> dict[str, int]:
        """Take pieces at the flash price, locking the sales in sorted order.

        wanted: SKU -> pieces, >= 1. Returns SKU -> pieces for those whose sale is on, has enough left and whose
        limit for one person holds; the caller compares with what it wanted and rolls back when one is missing.
        """
        if not wanted:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(LOCK_GOING, [sorted(wanted)])
            skus = dict(cursor.fetchall())
            pieces = [wanted[sku] for sku in skus.values()]
            cursor.execute(TAKE, [list(skus), pieces, person_id, person_id, order_no])
            return {skus[key]: quantity for key, quantity in cursor.fetchall()}

    def give_back(self, person_id: uuid.UUID, order_no: str) -> dict[str, int]:
        """Return what an order took, once; returns SKU -> pieces that came back now."""
        with connection.cursor() as cursor:
            cursor.execute(LOCK_USED, [person_id, order_no, False])
            if not cursor.fetchall():
                return {}
            cursor.execute(GIVE_BACK, [person_id, order_no])
            return dict(cursor.fetchall())

    def take_again(self, person_id: uuid.UUID, order_no: str) -> bool:
        """Take what an order had given back, for a payment that came late; True when there was nothing.

        False, and nothing taken, when a sale has too little left or the person has bought their share since.
        That the sale is over does not matter: its price was promised.
        """
        with connection.cursor() as cursor:
            cursor.execute(LOCK_USED, [person_id, order_no, True])
            if not cursor.fetchall():
                return True
            cursor.execute(SHORT, [person_id, order_no])
            if cursor.fetchone()[0]:
                return False
            cursor.execute(AGAIN, [person_id, order_no])
        return True


class Flash(models.Model):
    """A flash price of one SKU, with a stock of its own; its time is its offer's."""

    id = models.TextField(primary_key=True)  # offer:sku
    offer_id = models.TextField()
    sku = models.TextField()
    price_fen = models.BigIntegerField()
    stock = models.IntegerField()
    per_person = models.IntegerField()

    objects = FlashQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stock__gte=0), name="flash_stock_not_negative"),
            models.CheckConstraint(
                condition=models.Q(price_fen__gt=0, per_person__gt=0), name="flash_price_positive"
            ),
            models.UniqueConstraint(fields=["sku", "offer_id"], name="flash_once"),
        ]


class MemberPrice(models.Model):
    """A price of one SKU for members; its time is its offer's."""

    id = models.TextField(primary_key=True)  # offer:sku
    offer_id = models.TextField()
    sku = models.TextField()
    price_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(price_fen__gt=0), name="member_price_positive"),
            models.UniqueConstraint(fields=["sku", "offer_id"], name="member_price_once"),
        ]


class CouponQuerySet(models.QuerySet["Coupon"]):
    """Verbs on coupons, inside the caller's `processing`, after those on `Flash`."""

    def use(self, person_id: uuid.UUID, ids: Collection[uuid.UUID], order_no: str) -> set[uuid.UUID]:
        """Use coupons for an order; returns those that were this person's, unused and not expired.

        The caller compares with what it wanted and rolls back when one is missing.
        """
        return self._changed(USE, [person_id, list(ids), order_no]) if ids else set()

    def give_back(self, person_id: uuid.UUID, order_no: str) -> set[uuid.UUID]:
        """Return the coupons an order used, once; returns those that came back now. They expire as they would."""
        return self._changed(RETURN, [person_id, order_no])

    def use_again(self, person_id: uuid.UUID, order_no: str) -> bool:
        """Use again what an order had given back, for a payment that came late; True when there was nothing.

        False, and nothing used, when another order has one of them now. One that expired meanwhile counts:
        it was good when the order was placed.
        """
        with connection.cursor() as cursor:
            cursor.execute(RETURNED, [person_id, order_no])
            states = dict(cursor.fetchall())
        if any(state == "used" for state in states.values()):
            return set(self.filter(id__in=list(states)).values_list("order_no", flat=True)) == {order_no}
        self.filter(person_id=person_id, id__in=list(states)).update(state="used", order_no=order_no)
        return True

    def _changed(self, statement: str, values: list[Any]) -> set[uuid.UUID]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return {row[0] for row in cursor.fetchall()}


class Coupon(models.Model):
    """A coupon somebody claimed, the `ordinal`th of its offer. state: held | used, for `order_no`.

    returned_from: the orders that gave it back. keep_until: when the row is of no more use.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    offer_id = models.TextField()
    ordinal = models.SmallIntegerField()
    state = models.TextField(default="held")
    order_no = models.TextField(default="")
    returned_from = models.JSONField(default=list)
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    keep_until = models.DateTimeField()

    objects = CouponQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "offer_id", "ordinal"], name="coupon_ordinal_once"),
            models.CheckConstraint(
                condition=models.Q(state="held", order_no="")
                | (models.Q(state="used") & ~models.Q(order_no="")),
                name="coupon_used_for_an_order",
            ),
        ]


class FlashUse(models.Model):
    """Pieces of a flash sale that one order took; `returned` when they went back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    flash_id = models.TextField()
    order_no = models.TextField()
    quantity = models.PositiveIntegerField()
    returned = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flash_id", "order_no"], name="flash_use_once")]
        indexes = [models.Index(fields=["person_id", "order_no"], name="flash_use_of_order")]
