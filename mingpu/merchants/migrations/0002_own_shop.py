"""The mall's own shop: the merchant that sold everything before there were others, on the terms it had."""

from uuid import uuid4

from django.db import migrations
from django.utils import timezone

SENDER = {
    "name": "明铺仓库",
    "phone": "+8657100000000",
    "province": "浙江省",
    "city": "杭州市",
    "district": "余杭区",
    "street": "仓前街道明铺物流园 1 号",
}


def open_own_shop(apps, schema_editor):
    merchant = apps.get_model("merchants", "Merchant").objects.create(
        code="mingpu", name="明铺自营", name_en="Mingpu", kind="self", commission=0, sender=SENDER,
        couriers=["sf", "yto"], cod=True, active=True, joined_at=timezone.now(),
    )
    apps.get_model("merchants", "Template").objects.create(
        id=uuid4(), merchant=merchant, name="标准运费", basis="piece", rules=[], no_delivery=[], in_use=True,
        default_rule={"regions": [], "first": 1, "first_fen": 800, "next": 1, "next_fen": 0},
        free={"from_fen": 9900, "from_pieces": None, "regions": []},
    )


class Migration(migrations.Migration):
    dependencies = [("merchants", "0001_initial")]
    operations = [migrations.RunPython(open_own_shop, migrations.RunPython.noop)]
