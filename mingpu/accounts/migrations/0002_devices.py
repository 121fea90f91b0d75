import uuid

from django.db import migrations, models

import mingpu.privacy.fields

# What is told of a device never outlives its sign-in, whoever ends that and however.
WITH_ITS_SESSION = (
    "ALTER TABLE accounts_device ADD CONSTRAINT device_of_session "
    "FOREIGN KEY (token_hash) REFERENCES accounts_session (token_hash) ON DELETE CASCADE"
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('token_hash', models.BinaryField(unique=True)),
                ('person_id', models.UUIDField(db_index=True)),
                ('name', mingpu.privacy.fields.SealedText(null=True)),
                ('model', models.TextField()),
                ('os', models.TextField()),
                ('os_version', models.TextField()),
                ('app_version', models.TextField()),
                ('language', models.TextField()),
                ('resolution', models.TextField()),
                ('plmn', models.TextField()),
                ('browser', models.TextField()),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SafetyMark',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField(db_index=True)),
                ('device_id', models.UUIDField()),
                ('kind', models.TextField()),
                ('mark', models.BinaryField()),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DeviceLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField()),
                ('device_id', models.UUIDField()),
                ('name', mingpu.privacy.fields.SealedText(null=True)),
                ('mark', models.BinaryField()),
                ('linked_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person_id', 'mark'), name='device_link_once')],
            },
        ),
        migrations.RunSQL(WITH_ITS_SESSION, migrations.RunSQL.noop),
    ]
