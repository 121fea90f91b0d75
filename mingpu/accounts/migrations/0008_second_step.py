import uuid

from django.db import migrations, models
from django.utils import timezone

import mingpu.privacy.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_proven")]

    operations = [
        # Nobody is taken for long away only because it was not written down before.
        migrations.AddField(
            model_name="credential",
            name="signed_in_at",
            field=models.DateTimeField(null=True, default=timezone.now),
        ),
        migrations.AlterField(
            model_name="credential", name="signed_in_at", field=models.DateTimeField(null=True)
        ),
        migrations.CreateModel(
            name="SecondStep",
            fields=[
                ("person_id", models.UUIDField(primary_key=True, serialize=False)),
                ("secret", mingpu.privacy.fields.SealedText(null=True)),
                ("waiting", mingpu.privacy.fields.SealedText(null=True)),
                ("counter", models.BigIntegerField(default=0)),
                ("on_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField(db_index=True)),
                ("code_hash", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="HalfSignIn",
            fields=[
                ("token_hash", models.BinaryField(primary_key=True, serialize=False)),
                ("person_id", models.UUIDField(db_index=True)),
                ("kind", models.TextField()),
                ("ways", models.TextField()),
                ("familiar", models.BooleanField()),
                ("tries_left", models.SmallIntegerField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
        ),
    ]
