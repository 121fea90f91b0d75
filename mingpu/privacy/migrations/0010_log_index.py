"""The record of uses is found by its person alone: lines of one person share an index entry."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0009_minors_and_decisions")]
    operations = [
        migrations.RemoveIndex(model_name="accesslog", name="accesslog_subject"),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["subject"], name="accesslog_person"),
        ),
    ]
