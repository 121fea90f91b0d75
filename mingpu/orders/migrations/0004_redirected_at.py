from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_part_settled_at")]
    operations = [migrations.AddField("order", "redirected_at", models.DateTimeField(null=True))]
