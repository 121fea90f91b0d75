import uuid

from django.db import migrations, models

import mingpu.privacy.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_avatar")]

    operations = [
        migrations.AddField("session", "used_at", models.DateTimeField(null=True)),
        migrations.AddField("credential", "number_new_until", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="FormerPhone",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("phone", mingpu.privacy.fields.SealedText()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
    ]
