"""Orders: what was bought, for how much, to whom it goes, and what happened to it."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

from mingpu.lib.clock import now
from mingpu.orders.rules import PART_SQL, STATUS_SQL, TOLD, may_move, sources
from mingpu.privacy.fields import SealedText

CHANGE = """
WITH was AS MATERIALIZED (
    SELECT order_no, status FROM orders_order
    WHERE order_no = %(order_no)s AND person_id = %(person_id)s AND status = ANY(%(sources)s) FOR UPDATE
), changed AS (
    UPDATE orders_order o SET {facts} FROM was WHERE o.order_no = was.order_no
    RETURNING was.status AS before, o.status AS after
), log AS (
    INSERT INTO orders_event (id, order_no, person_id, machine, reference, at, before, after, cause)
    SELECT gen_random_uuid(), %(order_no)s, %(person_id)s, 'order', %(order_no)s, %(at)s, before, after, %(cause)s
    FROM changed WHERE before <> after
)
SELECT before, after, CASE WHEN before <> after AND after = ANY(%(telling)s) THEN mingpu.enqueue(
    'notices.tell', jsonb_build_object('person_id', %(person_id)s::uuid, 'kind', %(kinds)s::jsonb ->> after,
    'about', %(order_no)s::text, 'mark', after), NULL, NULL) END
FROM changed
"""

# Who may add to the log need not be able to read it, so nothing is read back.
LOG = """
INSERT INTO orders_event (id, order_no, person_id, at, machine, reference, before, after, cause)
SELECT gen_random_uuid(), %s, %s::uuid, %s, step.*
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS step (machine, reference, before, after, cause)
"""
STEP = ("machine", "reference", "before", "after", "cause")


class OrderQuerySet(models.QuerySet["Order"]):
    """Verbs on orders; each runs inside the caller's `processing`."""

    def change(
        self,
        order_no: str,
        person_id: uuid.UUID,
        *,
        cause: str,
        more: Mapping[str, int] | None = None,
        **facts: object,
    ) -> str:
        """Add facts to an order for `cause`; its state follows from them, and a new state is logged and told.

        facts: column -> value; more: column -> what is added to it. Only from the states from which `cause` leads
        on (`rules.MOVES`); `rules.TOLD` names those a buyer is told of. Returns the state it has now, "" when it was elsewhere and nothing was written.
        Raises RuntimeError where the facts lead to a state that the table of moves does not know.
        """
        parts = [f"{name} = %({name})s" for name in facts]
        parts += [f"{name} = o.{name} + %({name})s" for name in more or {}]
        values: dict[str, Any] = {
            "order_no": order_no, "person_id": person_id, "sources": sources(cause), "at": now(), "cause": cause,
            "telling": list(TOLD), "kinds": json.dumps(dict(TOLD)),
            **facts, **(more or {}),
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(CHANGE.format(facts=", ".join(parts)), values)
            row = cursor.fetchone()
        if row is None:
            return ""
        before, after, _ = row
        if before != after and not may_move(before, after, cause):
            raise RuntimeError(f"{cause} may not lead from {before} to {after}")
        return str(after)


class Order(models.Model):
    """One purchase by one person. Money in fen, time in UTC; the number is random."""

    order_no = models.TextField(primary_key=True)
    person_id = models.UUIDField()
    status = models.GeneratedField(
        expression=RawSQL(STATUS_SQL, ()),  # noqa: S611 -- our own words, no parameters
        output_field=models.TextField(),
        db_persist=True,
    )
    payment = models.TextField()  # the way the buyer chose
    goods_fen = models.BigIntegerField()  # at list prices
    discount_fen = models.BigIntegerField(db_default=0)
    shipping_fen = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    courier = models.TextField(db_default="")  # the one the buyer chose; "" leaves it to the merchant
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # cash on delivery
    paid_at = models.DateTimeField(null=True)
    pieces = models.IntegerField(db_default=0)
    pieces_sent = models.IntegerField(db_default=0)
    pieces_signed = models.IntegerField(db_default=0)
    delivered_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    ended = models.TextField(
        db_default=""
    )  # cancelled | expired | closed; a payment that comes late outweighs the first two
    refunded_fen = models.BigIntegerField(db_default=0)
    redirected_at = models.DateTimeField(null=True)  # when where it goes was last changed

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person_id", "-placed_at"], name="order_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    total_fen=models.F("goods_fen") - models.F("discount_fen") + models.F("shipping_fen")
                ),
                name="order_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(discount_fen__gte=0, discount_fen__lte=models.F("goods_fen")),
                name="order_discount_within_goods",
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_fen__gte=0, refunded_fen__lte=models.F("total_fen")),
                name="order_refund_within_total",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    pieces_sent__gte=0,
                    pieces_sent__lte=models.F("pieces"),
                    pieces_signed__lte=models.F("pieces"),
                ),
                name="order_pieces_within",
            ),
        ]


class Part(models.Model):
    """One merchant's share of an order; what the merchant sees of it, without a person. Money in fen."""

    part_no = models.TextField(primary_key=True)
    order_no = models.TextField()
    person_id = models.UUIDField()
    merchant = models.TextField()
    state = models.GeneratedField(
        expression=RawSQL(PART_SQL, ()),  # noqa: S611 -- our own words, no parameters
        output_field=models.TextField(),
        db_persist=True,
    )
    goods_fen = models.BigIntegerField()
    discount_fen = models.BigIntegerField()
    own_discount_fen = models.BigIntegerField()  # the part of the discount that the merchant bears
    shipping_fen = models.BigIntegerField()
    commission = models.IntegerField()  # in 1/10000 of what is paid for the goods
    pieces = models.IntegerField()
    pieces_sent = models.IntegerField(db_default=0)
    placed_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # handed on to the merchant in the books

    class Meta:
        indexes = [
            models.Index(fields=["order_no"], name="part_of_order"),
            models.Index(
                fields=["merchant", "ready_at"], name="part_to_ship",
                condition=models.Q(ready_at__isnull=False, ended_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pieces_sent__gte=0, pieces_sent__lte=models.F("pieces")),
                name="part_pieces_within",
            )
        ]


class Line(models.Model):
    """So many pieces of one SKU, as it was called and priced when bought. Money in fen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    position = models.SmallIntegerField()
    merchant = models.TextField(db_default="mingpu")
    sku = models.TextField()
    product_id = models.UUIDField()
    title = models.TextField()
    options = models.JSONField(default=dict)
    image = models.TextField(default="")
    kind = models.TextField(db_default="goods")
    real_name = models.BooleanField(db_default=False)
    grams = models.IntegerField(db_default=0)
    face_fen = models.BigIntegerField(null=True)
    price_fen = models.BigIntegerField()  # list price of one piece
    quantity = models.PositiveIntegerField()
    payable_fen = models.BigIntegerField(db_default=0)  # for all pieces, every reduction taken off
    reductions = models.JSONField(default=list)  # why: [{kind, rule, label: {zh, en}, fen, funder}]
    sent = models.PositiveIntegerField(db_default=0)  # pieces that are in parcels

    class Meta:
        indexes = [
            models.Index(fields=["order_no"], name="line_of_order"),
            models.Index(fields=["person_id", "product_id"], name="line_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    payable_fen__gte=0, payable_fen__lte=models.F("price_fen") * models.F("quantity")
                ),
                name="line_payable_within_price",
            ),
            models.CheckConstraint(
                condition=models.Q(sent__lte=models.F("quantity")), name="line_sent_within"
            ),
        ]


class Consignee(models.Model):
    """To whom an order goes; its own table, so that a purpose sees an order without seeing a person."""

    order_no = models.TextField(primary_key=True)
    person_id = models.UUIDField()
    name = SealedText()
    phone = SealedText()
    province = SealedText()
    city = SealedText()
    district = SealedText()
    street = SealedText()
    landline = SealedText(null=True)
    email = SealedText(null=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One transition of a machine: payment | refund | shipment | after_sale; reference names the thing."""

    machine: str
    reference: str
    before: str
    after: str
    cause: str


class EventQuerySet(models.QuerySet["Event"]):
    """The log of all five machines; `Order.objects.change` writes the order's own."""

    def log(self, order_no: str, person_id: uuid.UUID, steps: Sequence[Step]) -> None:
        """Write transitions of things that belong to an order, in the block that made them."""
        columns = [[getattr(step, name) for step in steps] for name in STEP]
        with connection.cursor() as cursor:
            cursor.execute(LOG, [order_no, person_id, now(), *columns])


class Event(models.Model):
    """One transition of an order or of something that belongs to it; only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    # No defaults of the database here: they would be read back, and the purposes that write the log may not read it.
    machine = models.TextField(default="order")  # order | payment | refund | shipment | after_sale
    reference = models.TextField(default="")
    at = models.DateTimeField()
    before = models.TextField()
    after = models.TextField()
    cause = models.TextField()

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="event_of_order")]


class Placement(models.Model):
    """The caller's key of one order placement: asked again, the same order is answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    key_hash = models.BinaryField()
    request_hash = models.BinaryField()
    order_no = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "key_hash"], name="placement_once")]
