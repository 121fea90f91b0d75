"""What the register allows, as it was when this migration was made (the .sql file beside it)."""

from pathlib import Path

from django.db import migrations

STATEMENTS = Path(__file__).with_suffix(".sql").read_text().split(";\n--\n")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_new_phone_and_last_use"),
        ("cart", "0002_favourite"),
        ("catalog", "0006_imports"),
        ("delivery", "0003_warehouse"),
        ("desk", "0002_merchant"),
        ("governance", "0003_mirror"),
        ("invoices", "0001_initial"),
        ("merchants", "0002_own_shop"),
        ("notices", "0001_initial"),
        ("orders", "0004_redirected_at"),
        ("payments", "0002_paths_shares_bills"),
        ("personalise", "0001_initial"),
        ("privacy", "0010_log_index"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("promotions", "0001_initial"),
        ("rights", "0001_initial"),
        ("search", "0002_words"),
        ("service", "0002_complete"),
        ("statistics", "0001_initial"),
        ("virtual", "0001_initial"),
        ("wallet", "0001_initial"),
    ]
    operations = [migrations.RunSQL([(statement, None) for statement in STATEMENTS], migrations.RunSQL.noop)]
