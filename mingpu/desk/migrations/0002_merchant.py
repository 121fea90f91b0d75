from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial"), ("privacy", "0003_register")]
    operations = [
        migrations.AddField(
            model_name="staff",
            name="merchant",
            field=models.TextField(db_default="", default=""),
        ),
    ]
