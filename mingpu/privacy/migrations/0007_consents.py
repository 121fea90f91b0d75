"""Consents know the notice they were given to and the way it was done; standings count their switches."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0006_inbound")]
    operations = [
        migrations.AddField("consentevent", "method", models.TextField(default="")),
        migrations.AddField("consentevent", "notice_hash", models.TextField(default="")),
        migrations.AddField("standing", "switches", models.IntegerField(default=0)),
        migrations.AddField("standing", "told", models.TextField(default="")),
        migrations.CreateModel(
            name="NoticeText",
            fields=[
                ("hash", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("version", models.TextField()),
                ("body", models.TextField()),
            ],
        ),
    ]
