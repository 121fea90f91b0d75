"""One order, several parcels, each with a number of its own and the pieces that are in it."""

import uuid

from django.db import migrations, models

import mingpu.privacy.fields

# Owners see no rows of their own tables while row policies are forced; the register's migration forces them again.
OPEN = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY"
# Couriers know the parcels of earlier versions by the number of their order.
SHIPMENTS = """
UPDATE delivery_shipment s SET parcel_no = s.order_no, part_no = p.part_no, merchant = p.merchant, pieces = p.pieces
FROM orders_part p WHERE p.order_no = s.order_no
"""
LINES = """
INSERT INTO delivery_parcelline (id, shipment_id, person_id, merchant, sku, quantity)
SELECT gen_random_uuid(), s.id, s.person_id, l.merchant, l.sku, l.quantity
FROM delivery_shipment s JOIN orders_line l USING (order_no)
"""
# They are packed already, though not picked up all of them.
SENT = (
    "UPDATE orders_line l SET sent = l.quantity FROM delivery_shipment s WHERE s.order_no = l.order_no",
    "UPDATE orders_part p SET pieces_sent = p.pieces FROM delivery_shipment s WHERE s.order_no = p.order_no",
)
TABLES = ("delivery_shipment", "orders_order", "orders_part", "orders_line")


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0001_initial"),
        ("orders", "0002_facts_parts_machines"),
        ("privacy", "0003_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParcelLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("shipment_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("merchant", models.TextField()),
                ("sku", models.TextField()),
                ("quantity", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shipment_id", "sku"), name="parcel_line_once")
                ]
            },
        ),
        migrations.AlterField("shipment", "order_no", models.TextField()),
        migrations.AddField("shipment", "parcel_no", models.TextField(null=True)),
        migrations.AddField("shipment", "part_no", models.TextField(default=""), preserve_default=False),
        migrations.AddField("shipment", "merchant", models.TextField(default="mingpu"), preserve_default=False),
        migrations.AddField("shipment", "direction", models.TextField(db_default="out")),
        migrations.AddField("shipment", "case_no", models.TextField(db_default="")),
        migrations.AddField("shipment", "sorting_code", models.TextField(db_default="")),
        migrations.AddField("shipment", "pieces", models.IntegerField(default=1), preserve_default=False),
        migrations.AddField("shipment", "cod_fen", models.BigIntegerField(null=True)),
        migrations.AddField("shipment", "collected_fen", models.BigIntegerField(null=True)),
        migrations.AddField("shipment", "real_name", models.BooleanField(db_default=False)),
        migrations.AddField("shipment", "real_name_ok", models.BooleanField(null=True)),
        migrations.AddField("shipment", "device_receipt", models.TextField(db_default="")),
        migrations.AddField("shipment", "pickup_code", mingpu.privacy.fields.SealedText(null=True)),
        migrations.AddField("shipment", "restocked", models.BooleanField(db_default=False)),
        *[migrations.RunSQL(OPEN.format(table), migrations.RunSQL.noop) for table in TABLES],
        *[migrations.RunSQL(text, migrations.RunSQL.noop) for text in (SHIPMENTS, LINES, *SENT)],
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("shipment", "parcel_no", models.TextField(unique=True)),
        migrations.AddIndex("shipment", models.Index(fields=["order_no"], name="shipment_of_order")),
        migrations.AddIndex("shipment", models.Index(fields=["part_no"], name="shipment_of_part")),
        migrations.AddConstraint(
            "shipment",
            models.CheckConstraint(condition=models.Q(("pieces__gt", 0)), name="shipment_not_empty"),
        ),
        migrations.AddConstraint(
            "shipment",
            models.CheckConstraint(
                condition=models.Q(("direction", "out"), ("cod_fen", None), _connector="OR"),
                name="shipment_cod_outward",
            ),
        ),
        migrations.AddConstraint(
            "shipment",
            models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("case_no", ""), _negated=True), models.Q(("status", "cancelled"), _negated=True)
                ),
                fields=("case_no", "direction"),
                name="shipment_once_per_case",
            ),
        ),
    ]
