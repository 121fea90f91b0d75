from django.db import migrations

import mingpu.privacy.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_code_budget")]

    operations = [
        migrations.AddField(
            model_name='address',
            name='town',
            field=mingpu.privacy.fields.SealedText(null=True),
        ),
    ]
