from django.db import migrations, models
import uuid

import mingpu.privacy.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_recovery")]

    operations = [
        migrations.CreateModel(
            name='LinkedAccount',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField()),
                ('provider', models.TextField()),
                ('subject_index', models.BinaryField(unique=True)),
                ('nickname', mingpu.privacy.fields.SealedText(null=True)),
                ('avatar', mingpu.privacy.fields.SealedText(null=True)),
                ('linked_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person_id', 'provider'), name='linked_account_once')],
            },
        ),
    ]
