"""Goods, orders and people for the fixtures, in two languages. Nobody and nothing in it is real."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from mingpu.lib.text import Text

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def number(name: object):
    """Return a steady UUID for a name."""
    return uuid5(NAMESPACE_URL, str(name))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


# title, title in English, brand, category, fen, list fen, in stock
ROWS = [
    (
        "云禾 高支长绒棉四件套 1.8m 床 纯色简约 亲肤裸睡",
        "Cloudgrain long-staple cotton bedding, 4 pieces, 1.8 m",
        "云禾",
        "居家",
        32900,
        45900,
        True,
    ),
    (
        "岭上 手冲咖啡壶 细口 600ml 304 不锈钢 带温度计",
        "Ridge gooseneck kettle, 600 ml, with thermometer",
        "岭上",
        "厨房",
        16800,
        None,
        True,
    ),
    (
        "素木 白橡实木书桌 1.2m 带抽屉",
        "Plainwood white-oak desk with drawer, 1.2 m",
        "素木",
        "家具",
        129900,
        159900,
        True,
    ),
    (
        "知夏 便携挂脖风扇 静音三档 Type-C",
        "Zhixia neck fan, quiet, three speeds, USB-C",
        "知夏",
        "家电",
        8900,
        12900,
        False,
    ),
    (
        "北屿 防泼水双肩包 20L 15.6 英寸电脑仓",
        "North Isle backpack 20 L, 15.6-inch laptop sleeve",
        "北屿",
        "箱包",
        25900,
        None,
        True,
    ),
    (
        "拾光 无线降噪耳机 头戴式 40 小时续航",
        "Shiguang noise-cancelling headphones, 40 hours",
        "拾光",
        "数码",
        69900,
        89900,
        True,
    ),
    ("青釉 手工粗陶马克杯 350ml 单只", "Celadon hand-thrown mug, 350 ml", "青釉", "餐具", 5900, None, True),
    (
        "禾下 铸铁珐琅锅 24cm 炖煮两用",
        "Hexia enamelled cast-iron pot, 24 cm",
        "禾下",
        "厨房",
        39900,
        52900,
        True,
    ),
    ("风禾 亚麻衬衫 男女同款 宽松", "Fenghe linen shirt, unisex, relaxed", "风禾", "服饰", 19900, None, True),
    (
        "一隅 护眼台灯 国 AA 级 无极调光",
        "Yiyu desk lamp, stepless dimming",
        "一隅",
        "家电",
        23900,
        29900,
        True,
    ),
    (
        "山茶 抽纸 4 层 110 抽 24 包 整箱",
        "Camellia tissues, 4-ply, 24 packs",
        "山茶",
        "日用",
        4990,
        6990,
        True,
    ),
    (
        "溪石 竹纤维浴巾 70×140cm 强吸水",
        "Brookstone bamboo bath towel, 70×140 cm",
        "溪石",
        "居家",
        7900,
        None,
        True,
    ),
]


def good(i: int, *, image: bool = True) -> dict[str, object]:
    zh, en, brand, category, fen, was, there = ROWS[i % len(ROWS)]
    return {
        "id": number(i), "title": Text(zh, en), "subtitle": "", "sku": f"MP-{i:04d}", "price_fen": fen,
        "list_price_fen": was, "image": f"/pictures/{i % len(ROWS)}.svg" if image else "", "brand": brand,
        "category": (category,), "in_stock": there,
    }  # fmt: skip


def goods(count: int, *, start: int = 0) -> list[dict[str, object]]:
    return [good(start + i, image=(start + i) % 5 != 4) for i in range(count)]


def line(i: int, quantity: int = 1, **extra: object) -> dict[str, object]:
    it = good(i)
    options = {"颜色": "雾灰", "尺寸": "1.8m 床"} if i == 0 else {}
    return {
        "sku": it["sku"], "product_id": it["id"], "title": it["title"], "options": options, "image": it["image"],
        "price_fen": it["price_fen"], "quantity": quantity, "subtotal_fen": it["price_fen"] * quantity,
        "available": 20, "problem": None, **extra,
    }  # fmt: skip


LABELS = {
    "pending_payment": Text("待付款", "To be paid"), "paid": Text("待发货", "Being packed"),
    "shipped": Text("待收货", "On its way"), "completed": Text("已完成", "Completed"),
}  # fmt: skip
ACTIONS = {
    "pending_payment": ["pay", "cancel"], "paid": ["after_sales"], "shipped": ["receipt", "after_sales"],
    "completed": ["after_sales"],
}  # fmt: skip


def order(
    status: str = "shipped", no: str = "261120K7Q2M9XH4T", *, lines: list | None = None
) -> dict[str, object]:
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
    {"id": number("a1"), "name": "林知夏", "phone": "138****0042", "province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 188 号云栖公寓 3 幢 502", "landline": "", "email": "", "is_default": True},
    {"id": number("a2"), "name": "林知夏", "phone": "138****0042", "province": "上海市", "city": "上海市", "district": "徐汇区", "street": "漕溪北路 396 号 8 楼", "landline": "021-6***2210", "email": "l***@example.cn", "is_default": False},
]  # fmt: skip
CATEGORIES = [
    {"name": Text(zh, en), "url": f"/search?category={zh}", "icon": ""}
    for zh, en in [
        ("居家", "Home"), ("厨房", "Kitchen"), ("家具", "Furniture"), ("家电", "Appliances"), ("数码", "Digital"),
        ("服饰", "Clothing"), ("箱包", "Bags"), ("餐具", "Tableware"), ("日用", "Household"), ("图书", "Books"),
    ]
]  # fmt: skip
CASE = {
    "case_no": "A8Q4T2M7K1", "order_no": "261120K7Q2M9XH4T", "type": "return", "type_label": Text("退货退款", "Return and refund"),
    "status": "requested", "status_label": Text("等待客服处理", "Waiting for staff"), "refund_fen": 11800,
    "reason_label": Text("质量问题", "Faulty"), "description": Text("其中一只杯口有裂纹。", "One mug has a crack at the rim."),
    "opened_at": ago(hours=5), "lines": [line(6, 2)], "actions": ["withdraw"],
    "events": [{"at": ago(hours=5), "text": Text("您提交了申请", "You sent the request")}],
}  # fmt: skip
