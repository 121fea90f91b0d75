from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_real_names_and_sign_ins")]

    operations = [
        migrations.AddField(model_name="session", name="proven_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="session", name="proven_by", field=models.TextField(default="")),
        migrations.AddField(model_name="session", name="familiar", field=models.BooleanField(default=False)),
    ]
