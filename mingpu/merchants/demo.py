"""Two companies that sell on a mall set up for trying out. Both are invented."""

from typing import Final

from mingpu.adapters.courier import Contact
from mingpu.lib.text import Text
from mingpu.merchants.queries import merchants
from mingpu.merchants.rules import MerchantInfo
from mingpu.merchants.services import open_merchant
from mingpu.merchants.shipping import PIECE, WEIGHT, Free, Rate, Template

POTTERY, PANTRY = "qinglan", "beishan"
_DEAR: Final = (
    "内蒙古自治区", "甘肃省", "青海省", "宁夏回族自治区", "海南省", "黑龙江省/大兴安岭地区", "四川省/甘孜藏族自治州",
    "四川省/阿坝藏族羌族自治州",
)  # fmt: skip
MERCHANTS: Final = (
    (
        MerchantInfo(
            code=POTTERY,
            name=Text("青岚陶社", "Qinglan Pottery"),
            commission=500,
            sender=Contact(
                name="青岚陶社仓库", phone="+8679800000000", province="江西省", city="景德镇市",
                district="珠山区", street="陶阳路 0 号青岚窑",
            ),
            couriers=("sf", "yto"),
            cod=True,
        ),
        Template(
            name="按重量",
            basis=WEIGHT,
            default=Rate((), first=1000, first_fen=1000, next=500, next_fen=300),
            rates=(
                Rate(("江西省", "浙江省", "福建省", "上海市"), 1000, 700, 1000, 300),
                Rate(_DEAR, first=1000, first_fen=1800, next=500, next_fen=700),
            ),
            no_delivery=("西藏自治区", "新疆维吾尔自治区"),
        ),
    ),
    (
        MerchantInfo(
            code=PANTRY,
            name=Text("北山谷物", "Beishan Pantry"),
            commission=800,
            sender=Contact(
                name="北山谷物发货部", phone="+8645100000000", province="黑龙江省", city="哈尔滨市",
                district="阿城区", street="北山路 0 号粮仓",
            ),
            couriers=("yto",),
        ),
        Template(
            name="按件",
            basis=PIECE,
            default=Rate((), first=1, first_fen=600, next=1, next_fen=200),
            rates=(Rate(("海南省", "西藏自治区", "新疆维吾尔自治区"), 1, 1500, 1, 800),),
            free=Free(from_fen=12_900, regions=("黑龙江省", "吉林省", "辽宁省", "北京市", "天津市", "河北省")),
        ),
    ),
)  # fmt: skip


def ensure_demo_merchants() -> None:
    """Open the two merchants where they are not there yet; one that was changed stays as it was made."""
    there = merchants([merchant.code for merchant, _ in MERCHANTS])
    for merchant, template in MERCHANTS:
        if merchant.code not in there:
            open_merchant(merchant=merchant, templates=[template])
