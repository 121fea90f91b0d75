"""What the register allows, as it was when this migration was made (the .sql file beside it)."""

from pathlib import Path

from django.db import migrations

STATEMENTS = Path(__file__).with_suffix(".sql").read_text().split(";\n--\n")


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0002_schema"),
        ("accounts", "0001_initial"),
        ("cart", "0001_initial"),
        ("catalog", "0001_initial"),
        ("delivery", "0001_initial"),
        ("desk", "0001_initial"),
        ("orders", "0001_initial"),
        ("payments", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("search", "0001_initial"),
        ("service", "0001_initial"),
    ]
    operations = [migrations.RunSQL([(statement, None) for statement in STATEMENTS], migrations.RunSQL.noop)]
