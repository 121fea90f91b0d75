from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0002_parcels'),
    ]

    operations = [
        migrations.AddField(
            model_name='shipment',
            name='warehouse',
            field=models.TextField(db_default=''),
        ),
    ]
