from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_second_step")]

    operations = [
        migrations.AddField(
            model_name="credential", name="held_until", field=models.DateTimeField(null=True)
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("person_id", models.UUIDField(primary_key=True, serialize=False)),
                ("state", models.TextField()),
                ("stop_hash", models.BinaryField(unique=True)),
                ("password_hash", models.TextField()),
                ("lifts", models.BooleanField()),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
            ],
        ),
    ]
