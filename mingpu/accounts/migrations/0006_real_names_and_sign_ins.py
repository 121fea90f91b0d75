from django.db import migrations, models

import mingpu.privacy.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_passkeys")]

    operations = [
        migrations.CreateModel(
            name='RealName',
            fields=[
                ('person_id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', mingpu.privacy.fields.SealedText(null=True)),
                ('number', mingpu.privacy.fields.SealedText(null=True)),
                ('state', models.TextField()),
                ('at', models.DateTimeField()),
                ('checked_by', models.TextField(default='')),
                ('reference', models.TextField(default='')),
                ('tries', models.SmallIntegerField(default=0)),
                ('day', models.DateField()),
            ],
        ),
        migrations.AddField(
            model_name='session',
            name='name',
            field=mingpu.privacy.fields.SealedText(null=True),
        ),
    ]
