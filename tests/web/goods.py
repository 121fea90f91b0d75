"""Goods, orders and people for the fixtures, in two languages. Nobody and nothing in it is real."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from mingpu.lib.text import Text

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def number(name: object) -> UUID:
    """Return a steady UUID for a name."""
    return uuid5(NAMESPACE_URL, str(name))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


# title, title in English, brand, category, fen, list fen, in stock, picture (of the demo catalogue)
ROWS = [
    ("棉屿屋 水洗棉双拼四件套 云屿", "Mianyu Washed Cotton Bedding Set of Four", "棉屿屋", "家居", 32900, 39900, True, "mianyu-washed-cotton-bedding-set-of-four"),
    ("槐序里 圆润小电饭煲 3 升 R30", "Huaixu R30 Rice Cooker 3 L", "槐序里", "家电", 29900, 34900, True, "huaixu-r30-rice-cooker-3-l"),
    ("木栖坞 棉麻双人沙发 归林 160", "Muqi Guilin 160 Cotton-Linen Two-Seat Sofa", "木栖坞", "家居", 239900, 279900, True, "muqi-guilin-160-cotton-linen-two-seat-sofa"),
    ("绒绒谷 领结小熊毛绒玩偶 阿棕", "Rongrong Azong the Bow-Tie Bear", "绒绒谷", "母婴", 8900, 10500, False, "rongrong-azong-the-bow-tie-bear"),
    ("岭北步 竖纹拉杆行李箱 行川 S2", "Lingbei Ribbed Trolley Case S2", "岭北步", "服饰", 45900, 55900, True, "lingbei-ribbed-trolley-case-s2"),
    ("星槎里 头戴蓝牙降噪耳机 H5", "Xingcha H5 Noise-Cancelling Headphones", "星槎里", "数码", 49900, 59900, True, "xingcha-h5-noise-cancelling-headphones"),
    ("拙石记 双色釉马克杯 晨雾 M1", "Zhuoshi Morning Mist Two-Glaze Mug M1", "拙石记", "厨房", 5900, 6900, True, "zhuoshi-morning-mist-two-glaze-mug-m1"),
    ("雾坡集 高山炒青绿茶 雾前 100 g", "Wupo Mist Edge Pan-Fired Green Tea 100 g", "雾坡集", "食品茶饮", 9800, 11800, True, "wupo-mist-edge-pan-fired-green-tea-100-g"),
    ("青檐里 重磅纯棉圆领T恤 210 g", "Qingyan Heavyweight Cotton Crew T-Shirt 210 g", "青檐里", "服饰", 8900, 10900, True, "qingyan-heavyweight-cotton-crew-t-shirt-210-g"),
    ("砚方格 机械键盘 68 键 砖 K68", "Yanfang K68 Mechanical Keyboard", "砚方格", "数码", 32900, 37900, True, "yanfang-k68-mechanical-keyboard"),
    ("棠溪雪 鼠尾草氨基酸沐浴露", "Tangxi Sage Amino Acid Body Wash", "棠溪雪", "美妆个护", 6900, 7900, True, "tangxi-sage-amino-acid-body-wash"),
    ("喵丘丘 圆口软边猫窝 睡个够", "Miaoqiu Round Soft-Rim Cat Bed", "喵丘丘", "宠物", 9900, 11900, True, "miaoqiu-round-soft-rim-cat-bed"),
]  # fmt: skip


def good(i: int, *, image: bool = True) -> dict[str, Any]:
    zh, en, brand, category, fen, was, there, picture = ROWS[i % len(ROWS)]
    return {
        "id": number(i), "title": Text(zh, en), "subtitle": "", "sku": f"MP-{i:04d}", "price_fen": fen,
        "list_price_fen": was, "image": f"/pictures/{picture}-1.svg" if image else "", "brand": brand,
        "category": (category,), "in_stock": there,
    }  # fmt: skip


def goods(count: int, *, start: int = 0) -> list[dict[str, Any]]:
    return [good(start + i, image=(start + i) % 5 != 4) for i in range(count)]


def line(i: int, quantity: int = 1, **extra: Any) -> dict[str, Any]:
    it = good(i)
    options = {"颜色": "雾蓝", "尺寸": "1.8 m 床"} if i == 0 else {}
    return {
        "sku": it["sku"], "product_id": it["id"], "title": it["title"], "options": options, "image": it["image"],
        "price_fen": it["price_fen"], "quantity": quantity, "subtotal_fen": it["price_fen"] * quantity,
        "available": 20, "problem": None, **extra,
    }  # fmt: skip


LABELS = {
    "pending_payment": Text("待付款", "To be paid"), "paid": Text("待发货", "Being packed"),
    "shipped": Text("待收货", "On its way"), "completed": Text("已完成", "Completed"),
    "pending_confirmation": Text("待确认", "To be confirmed"),
}  # fmt: skip
ACTIONS = {
    "pending_payment": ["pay", "cancel"], "paid": ["after_sales"], "shipped": ["receipt", "after_sales"],
    "completed": ["after_sales"], "pending_confirmation": ["cancel"],
}  # fmt: skip


def order(
    status: str = "shipped", no: str = "261120K7Q2M9XH4T", *, lines: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    lines = lines or [line(0), line(6, 2)]
    total = sum(it["subtotal_fen"] for it in lines)
    return {
        "order_no": no, "status": status, "status_label": LABELS[status], "payment": "wechatpay",
        "goods_fen": total, "shipping_fen": 0, "total_fen": total, "refunded_fen": 0, "placed_at": ago(days=2),
        "expires_at": NOW + timedelta(minutes=29), "lines": lines, "actions": ACTIONS[status],
        "consignee": {"name": "林*", "phone": "138****0042", "address": "浙江省杭州市西湖区文三路***", "landline": "", "email": ""},
        "events": [
            {"at": ago(days=2), "text": Text("订单已提交", "Order placed")},
            {"at": ago(days=2, minutes=-3), "text": Text("支付成功", "Payment received")},
            {"at": ago(days=1, hours=6), "text": Text("包裹已由配送公司揽收", "The courier has picked up the parcel")},
        ],
    }  # fmt: skip


SHIPMENT = {
    "waybill_no": "SF1390042776185", "courier": Text("顺丰速运", "SF Express"), "status": "moving",
    "status_label": Text("运输中", "On the road"),
    "events": [
        {"at": ago(hours=2), "place": Text("杭州", "Hangzhou"), "text": Text("快件到达杭州西湖营业点，正在安排派送", "Arrived at the Xihu office; being sent out")},
        {"at": ago(hours=9), "place": Text("杭州", "Hangzhou"), "text": Text("快件到达杭州萧山中转场", "Arrived at the Xiaoshan hub")},
        {"at": ago(hours=20), "place": Text("上海", "Shanghai"), "text": Text("快件已发往杭州", "Left for Hangzhou")},
        {"at": ago(hours=26), "place": Text("上海", "Shanghai"), "text": Text("快件已在上海青浦装车", "Loaded at Qingpu")},
        {"at": ago(hours=30), "place": Text("上海", "Shanghai"), "text": Text("顺丰速运已收取快件", "Picked up by SF Express")},
    ],
}  # fmt: skip
ADDRESSES = [
    {"id": number("a1"), "name": "林知夏", "phone": "138****0042", "province": "浙江省", "city": "杭州市", "district": "西湖区", "town": "翠苑街道", "street": "文三路 188 号云栖公寓 3 幢 502", "landline": "", "email": "", "is_default": True},
    {"id": number("a2"), "name": "林知夏", "phone": "138****0042", "province": "上海市", "city": "上海市", "district": "徐汇区", "town": None, "street": "漕溪北路 396 号 8 楼", "landline": "021-6***2210", "email": "l***@example.cn", "is_default": False},
]  # fmt: skip
CATEGORIES = [
    {"name": Text(zh, en), "url": f"/search?category={zh}", "icon": f"/static/brand/categories/{icon}.svg"}
    for icon, zh, en in [
        ("home", "家居", "Home"), ("kitchen", "厨房", "Kitchen"), ("appliance", "家电", "Appliances"), ("digital", "数码", "Digital"), ("clothing", "服饰", "Clothing"),
        ("food", "食品茶饮", "Food and tea"), ("beauty", "美妆个护", "Beauty"), ("baby", "母婴", "Children"), ("pet", "宠物", "Pets"), ("sport", "运动户外", "Outdoors"),
    ]
]  # fmt: skip
CASE = {
    "case_no": "A8Q4T2M7K1", "order_no": "261120K7Q2M9XH4T", "type": "return", "type_label": Text("退货退款", "Return and refund"),
    "status": "seller_reviewing", "status_label": Text("等待客服处理", "Waiting for staff"), "refund_fen": 11800,
    "reason_label": Text("质量问题", "Faulty"), "description": Text("其中一只杯口有裂纹。", "One mug has a crack at the rim."),
    "opened_at": ago(hours=5), "lines": [line(6, 2)], "actions": ["sent_back", "withdraw"],
    "events": [{"at": ago(hours=5), "text": Text("您提交了申请", "You sent the request")}],
}  # fmt: skip
