"""The record of what comes in from affiliates and partners."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0005_register")]
    operations = [
        migrations.CreateModel(
            name="Inbound",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField(db_index=True)),
                ("at", models.DateTimeField()),
                ("source", models.TextField()),
                ("purpose", models.TextField()),
                ("basis", models.TextField()),
                ("consent_id", models.UUIDField(null=True)),
                ("contract", models.TextField()),
                ("items", models.TextField()),
                ("digest", models.TextField()),
            ],
        ),
    ]
