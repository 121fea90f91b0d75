from django.db import migrations, models

import mingpu.privacy.fields


# The course of a case goes to the log of all courses. Owners see no rows of their own tables while row policies are
# forced; the register's migration forces them again.
OPEN = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY"
COURSE = """
INSERT INTO orders_event (id, order_no, person_id, machine, reference, at, before, after, cause)
SELECT e.id, c.order_no, e.person_id, 'after_sale', e.case_no, e.at,
    CASE e.before WHEN '' THEN 'requested' ELSE e.before END, e.after,
    CASE
        WHEN e.before = '' THEN 'handed_to_seller'
        WHEN e.before = 'awaiting_inspection' THEN CASE e.after WHEN 'rejected' THEN 'inspection_failed' ELSE 'inspected' END
        WHEN e.after = 'awaiting_inspection' THEN 'sent_back'
        WHEN e.after IN ('refunding', 'awaiting_return') THEN 'approved'
        WHEN e.after = 'refunded' THEN 'money_back'
        ELSE e.after
    END
FROM service_caseevent e JOIN service_case c USING (case_no)
"""
BEGUN = """
INSERT INTO orders_event (id, order_no, person_id, machine, reference, at, before, after, cause)
SELECT gen_random_uuid(), c.order_no, e.person_id, 'after_sale', e.case_no,
    e.at - interval '1 millisecond', '', 'requested', 'asked'
FROM service_caseevent e JOIN service_case c USING (case_no) WHERE e.before = ''
"""
SUMS = """
UPDATE service_caseline s SET fen = l.price_fen * s.quantity
FROM service_case c JOIN orders_line l ON l.order_no = c.order_no WHERE s.case_no = c.case_no AND s.sku = l.sku
"""
SHIPPING = """
UPDATE service_case c SET shipping_fen = greatest(0, c.amount_fen - s.fen),
    due_at = CASE WHEN c.status IN ('seller_reviewing', 'awaiting_return', 'awaiting_inspection', 'rejected')
        THEN now() + interval '7 days' END
FROM (SELECT case_no, sum(fen) AS fen FROM service_caseline GROUP BY case_no) s WHERE s.case_no = c.case_no
"""
PLANNED = """
SELECT mingpu.enqueue('service.due', jsonb_build_object('person_id', person_id, 'case_no', case_no),
    due_at + interval '1 second', NULL)
FROM service_case WHERE due_at IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ("service", "0001_initial"),
        ("orders", "0002_facts_parts_machines"),
        ("privacy", "0003_register"),
    ]

    operations = [
        *[
            migrations.RunSQL(OPEN.format(table), migrations.RunSQL.noop)
            for table in ("service_case", "service_caseline", "service_caseevent", "orders_event", "orders_line")
        ],
        migrations.RunSQL(COURSE, migrations.RunSQL.noop),
        migrations.RunSQL(BEGUN, migrations.RunSQL.noop),
        migrations.DeleteModel(name="CaseEvent"),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('number', models.TextField(primary_key=True, serialize=False)),
                ('case_no', models.TextField()),
                ('person_id', models.UUIDField()),
                ('kind', models.TextField()),
                ('media_type', models.TextField()),
                ('sha256', models.TextField()),
                ('size', models.IntegerField()),
                ('added_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='appeal',
            field=mingpu.privacy.fields.SealedText(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='arrived_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='merchant',
            field=models.TextField(default='mingpu'),
        ),
        migrations.AddField(
            model_name='case',
            name='parcel_no',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='case',
            name='resale',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='case',
            name='return_courier',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='case',
            name='shipping_fen',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='case',
            name='way',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='case',
            name='waybill_no',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='caseline',
            name='fen',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='caseline',
            name='kept',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='caseline',
            name='restocked',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='caseline',
            name='swap',
            field=models.TextField(default=''),
        ),
        migrations.RunSQL(SUMS, migrations.RunSQL.noop),
        migrations.RunSQL(SHIPPING, migrations.RunSQL.noop),
        migrations.RunSQL(PLANNED, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['merchant', 'due_at'], name='case_waiting'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['arbitration', 'awaiting_inspection', 'awaiting_return', 'closed', 'closed_timeout', 'exchanged', 'refunded', 'refunding', 'rejected', 'repaired', 'repairing', 'replacing', 'requested', 'seller_reviewing', 'withdrawn'])), name='case_state_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('shipping_fen__gte', 0), ('shipping_fen__lte', models.F('amount_fen'))), name='case_amount_holds_shipping'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('parcel_no', ''), _negated=True), fields=('parcel_no',), name='case_once_per_parcel'),
        ),
        migrations.AddConstraint(
            model_name='caseline',
            constraint=models.UniqueConstraint(fields=('case_no', 'sku'), name='case_line_once'),
        ),
        migrations.AddConstraint(
            model_name='caseline',
            constraint=models.CheckConstraint(condition=models.Q(('fen__gte', 0)), name='case_line_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='caseline',
            constraint=models.CheckConstraint(condition=models.Q(('kept__lte', models.F('quantity')), ('restocked__lte', models.F('quantity'))), name='case_line_within'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['case_no'], name='evidence_of_case'),
        ),
    ]
