import django.db.models.functions.datetime
from django.db import migrations, models

# Whoever raises `changed` need not think of the clock: what keeps the moment is the database. It runs with the
# writer's own rights.
CHANGED = """
CREATE FUNCTION public.catalog_product_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $f$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END $f$
"""
TRIGGER = """
CREATE TRIGGER product_changed_at BEFORE UPDATE OF changed ON catalog_product
FOR EACH ROW WHEN (NEW.changed <> OLD.changed) EXECUTE FUNCTION catalog_product_changed()
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.RunSQL(CHANGED, "DROP FUNCTION public.catalog_product_changed"),
        migrations.RunSQL(
            "REVOKE ALL ON FUNCTION catalog_product_changed FROM PUBLIC", migrations.RunSQL.noop
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER product_changed_at ON catalog_product"),
    ]
