"""What the views give the pages of trade: cart, checkout, paying, orders, after-sales, wallet, coupons, invoices."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import segno
from django.utils.safestring import mark_safe

from mingpu.lib.clock import now
from mingpu.lib.text import Text
from tests.web import contexts, forms
from tests.web.goods import ADDRESSES, CASE, SHIPMENT, ago, good, goods, line, number, order

OWN, OTHER = Text("明铺自营", "Mingpu"), Text("木森家居", "Musen Home")
OFF = [
    {"label": Text("满 300 减 40", "¥40 off ¥300"), "fen": 4000},
    {"label": Text("新人券", "Welcome coupon"), "fen": 1000},
]  # fmt: skip


def listing(items: list[Any], *, total: int = 0, page: int = 1, size: int = 20) -> dict[str, Any]:
    return {"items": items, "total": total or len(items), "page": page, "page_size": size}


def cart_context(*lines: dict[str, Any]) -> dict[str, Any]:
    rows = [{"was_fen": it["price_fen"], "virtual": False, **it} for it in lines]
    total = sum(it["subtotal_fen"] for it in rows if not it["problem"])
    halves = [rows[:2], rows[2:]] if len(rows) > 2 else [rows]
    shops = [
        {
            "code": "mingpu" if first else "musen", "name": OWN if first else OTHER, "own": bool(first), "lines": part,
            "offers": [Text("还差 ¥12.00，满 ¥300 减 ¥40", "¥12.00 short: ¥40 off on ¥300 or more")] if first else [],
            "fee_fen": 0 if first else 800, "fee_reason": Text("满 99.00 元包邮", "Free delivery from ¥99.00"),
            "discount_fen": 4000 if first else 0,
        }
        for first, part in zip((1, 0), halves, strict=False) if part
    ]  # fmt: skip
    shipping = 800 if len(shops) > 1 else 0
    return {
        "shops": shops, "lines": rows, "count": sum(it["quantity"] for it in rows), "goods_fen": total,
        "discount_fen": 4000 if total else 0, "shipping_fen": shipping, "explained": OFF[:1] if total else [],
        "total_fen": max(0, total - 4000) + shipping, "problem": None,
        "orderable": bool(rows) and not any(it["problem"] for it in rows),
        "offers": [Text("还差 ¥20.00，满 ¥500 减 ¥60", "¥20.00 short: ¥60 off on ¥500 or more")],
    }  # fmt: skip


METHODS = [
    {"value": "wechatpay", "label": Text("微信支付", "WeChat Pay"), "note": Text("微信扫码付款", "Scan with WeChat"), "checked": True, "available": True},
    {"value": "alipay", "label": Text("支付宝", "Alipay"), "note": Text("扫码，或在浏览器里付款", "Scan, or pay here"), "available": True},
    {"value": "unionpay", "label": Text("云闪付／银联", "UnionPay"), "note": Text("扫码，或在浏览器里付款", "Scan, or pay here"), "available": True},
    {"value": "cod", "label": Text("货到付款", "Cash on delivery"), "note": Text("商品来自多家店铺", "Goods of several shops"), "available": False},
    {"value": "wallet", "label": Text("余额与 E 卡", "Balance and E-cards"), "note": Text("余额与 E 卡还差 ¥99.00", "¥99.00 more is needed"), "available": False},
]  # fmt: skip
STORED = {
    "cards": 2, "cards_fen": 15000, "balance_fen": 2350, "use_cards": True, "use_balance": False, "off": False,
    "cards_pay_fen": 15000, "balance_pays_fen": 0, "left_fen": 25500,
}  # fmt: skip


def coupon_groups() -> list[dict[str, Any]]:
    def coupon(i: int, zh: str, en: str, **more: Any) -> dict[str, Any]:
        return {"id": number(f"coupon{i}"), "title": Text(zh, en), "terms": [Text("满 ¥99 减 ¥10", "¥10 off on ¥99 or more")], "expires_at": ago(days=-20), "checked": False, "off_fen": 0, "reason": None, **more}  # fmt: skip

    return [
        {"name": "coupon:mingpu", "label": OWN, "none": True, "coupons": [coupon(1, "自营满 99 减 10", "¥10 off")], "unusable": []},
        {"name": "coupon:", "label": Text("平台券", "Coupons of the mall"), "none": False,
         "coupons": [coupon(2, "新人券", "Welcome coupon", checked=True, off_fen=1000)],
         "unusable": [coupon(3, "家电 9 折券", "10 % off appliances", reason=Text("还差 ¥120.00", "¥120.00 short"))]},
    ]  # fmt: skip


def shop_lines() -> list[dict[str, Any]]:
    first = [
        {**line(0), "payable_fen": 27900, "discount_fen": 5000, "explained": OFF, "real_name": False},
        {**line(6, 2), "payable_fen": 11800, "discount_fen": 0, "explained": [], "real_name": True},
    ]  # fmt: skip
    return [
        {"code": "mingpu", "name": OWN, "own": True, "lines": first, "pieces": 3, "goods_fen": 44700, "discount_fen": 5000, "fee_fen": 0, "fee_reason": Text("满 99.00 元包邮", "Free delivery from ¥99.00"), "total_fen": 39700},
        {"code": "musen", "name": OTHER, "own": False, "lines": [{**line(i), "explained": []} for i in range(7, 12)], "pieces": 5, "goods_fen": 39900, "discount_fen": 0, "fee_fen": 800, "fee_reason": Text("1 公斤以内 8.00 元", "¥8.00 up to 1 kg"), "total_fen": 40700},
    ]  # fmt: skip


def checkout_context(**extra: Any) -> dict[str, Any]:
    return {
        "key": "5f1c7c0e-27a4-4f57-9f0e-0d2b1f2a9c11", "addresses": ADDRESSES, "address_id": ADDRESSES[0]["id"],
        "form": forms.Checkout(), "methods": METHODS, "shops": shop_lines(), "carried": True, "topup": False,
        "coupon_groups": coupon_groups(), "stored": STORED, "trouble": "",
        "couriers": [{"value": v, "label": label, "note": note, "checked": not v} for v, label, note in [("", Text("由店铺安排", "Left to the shop"), ""), ("sf", Text("顺丰速运", "SF Express"), ""), ("yto", Text("圆通速递", "YTO Express"), Text("部分店铺", "some shops"))]],
        "sums": {"goods_fen": 84600, "discount_fen": 5000, "shipping_fen": 800, "total_fen": 80400, "pieces": 8, "explained": OFF},
        **extra,
    }  # fmt: skip


def topup_context() -> dict[str, Any]:
    none = {**STORED, "cards": 0, "cards_fen": 0, "balance_fen": 0, "use_cards": False, "cards_pay_fen": 0, "left_fen": 9900}  # fmt: skip
    return checkout_context(
        addresses=[], address_id="new", carried=False, topup=True, contacts=True, shops=shop_lines()[:1], couriers=[],
        coupon_groups=[], stored=none, direct={"sku": "T-1", "quantity": 1},
        trouble=Text("应付金额有变动，请确认后再提交。", "The sum to pay has changed."),
    )  # fmt: skip


def pay_context(state: str, **extra: Any) -> dict[str, Any]:
    picture = segno.make("weixin://wxpay/bizpayurl?pr=Zx81uQmzz", error="m").svg_inline(
        border=2, omitsize=True
    )
    return {
        "order": {**order("pending_payment"), "expires_at": now() + timedelta(minutes=29, seconds=48)}, "state": state,
        "left_fen": 29700, "used": [{"label": Text("E 卡", "E-card"), "fen": 15000}], "method": "alipay",
        "method_label": Text("支付宝", "Alipay"), "can_page": True, "cards_could_fen": 0, "balance_could_fen": 2350,
        "methods": [
            {"value": "wechatpay", "label": Text("微信支付", "WeChat Pay"), "note": Text("打开微信扫一扫", "Scan"), "page": False},
            {"value": "unionpay", "label": Text("云闪付／银联", "UnionPay"), "note": Text("扫一扫，或在浏览器里付", "Scan, or pay here"), "page": True},
        ],
        "qr_svg": mark_safe(picture), "scan_url": "http://127.0.0.1:8001/", **extra,
    }  # fmt: skip


def pay_page_context() -> dict[str, Any]:
    return {
        "order_no": "261120K7Q2M9XH4T", "method_label": Text("云闪付／银联", "UnionPay"), "amount_fen": 29700,
        "expires_at": now() + timedelta(minutes=29),
        "page": SimpleNamespace(url="https://gateway.example/pay", fields={"orderId": "261120K7Q2M9XH4T01", "txnAmt": "29700"}),
    }  # fmt: skip


def order_address_context(chosen: str = "first", **extra: Any) -> dict[str, Any]:
    book = ADDRESSES if chosen != "none" else []
    return {
        "order": order("paid"), "form": forms.Consignee(), "addresses": book, "why": {},
        "address_id": book[0]["id"] if chosen == "first" else "new", **extra,
    }  # fmt: skip


def order_card(status: str, no: str, **extra: Any) -> dict[str, Any]:
    it = order(status, no, **extra)
    return {**it, "pieces": sum(one["quantity"] for one in it["lines"]), "shops": [OWN, OTHER], "again": status != "pending_payment", "more": False}  # fmt: skip


def orders_context(items: list[Any], **extra: Any) -> dict[str, Any]:
    tabs = [
        ("", Text("全部", "All"), 0), ("pending_payment", Text("待付款", "To pay"), 1), ("paid", Text("待发货", "Packing"), 0),
        ("shipped", Text("待收货", "On the way"), 2), ("completed", Text("已完成", "Done"), 0),
        ("partially_shipped", Text("部分发货", "Partly sent"), 1),
    ]  # fmt: skip
    return {
        "status": "", "q": "", "merchant": "", "searched": False,
        "shops": [{"code": "mingpu", "name": OWN}, {"code": "musen", "name": OTHER}],
        "tabs": [{"status": s, "label": label, "count": count} for s, label, count in tabs],
        "listing": listing(items, total=len(items) * 3, size=10), **extra,
    }  # fmt: skip


def parcel(no: str = "1", **extra: Any) -> dict[str, Any]:
    return {
        **SHIPMENT, "no": f"P{no}", "pickup_code": "", "shop": OWN, "coming_back": False, "cod_fen": 0,
        "real_name": False, "case_no": "", "pieces": 2,
        "lines": [{"title": good(6)["title"], "image": good(6)["image"], "quantity": 2}], **extra,
    }  # fmt: skip


def order_context(status: str, **extra: Any) -> dict[str, Any]:
    done = {"pending_payment": 1, "paid": 2, "shipped": 3, "completed": 5}[status]
    names = [Text("提交订单", "Ordered"), Text("付款", "Paid"), Text("发货", "Sent"), Text("签收", "Delivered"), Text("完成", "Done")]  # fmt: skip
    steps = [
        {"label": it, "at": ago(days=2) if i < done else None, "state": "done" if i < done - 1 else "current" if i == done - 1 else "todo"}
        for i, it in enumerate(names)
    ]  # fmt: skip
    it, paid = order(status), status != "pending_payment"
    lines = [{**one, "payable_fen": one["subtotal_fen"] - 1000, "discount_fen": 1000, "explained": OFF[1:]} for one in it["lines"]]  # fmt: skip
    return {
        "order": {**it, "discount_fen": 2000}, "steps": steps, "again": paid, "movable": status == "pending_payment", "note": "", "cod_fen": 0, "handed": None,
        "shops": [{"code": "mingpu", "name": OWN, "lines": lines[:1], "state_label": Text("已发货", "Sent"), "fee_fen": 0}, {"code": "musen", "name": OTHER, "lines": lines[1:], "state_label": Text("待发货", "To be sent"), "fee_fen": 800}],
        "shipments": [parcel("1", pickup_code="8-2-1906"), parcel("2", events=[], real_name=True, cod_fen=9900)] if status == "shipped" else [],
        "payments": [{"label": Text("微信支付", "WeChat Pay"), "status": "succeeded", "status_label": Text("已支付", "Paid"), "at": ago(days=2), "amount_fen": 44700, "clearing": Text("网联清算", "NetsUnion")}] if paid else [],
        "refunds": [{"label": Text("退回 E 卡", "Back to E-card"), "status": "succeeded", "status_label": Text("已退款", "Refunded"), "at": ago(days=1), "amount_fen": 5000}] if status == "completed" else [],
        "cases": [CASE] if status == "completed" else [],
        "course": [{"at": one["at"], "text": one["text"]} for one in reversed(it["events"])],
        "invoices": {"agreed": status == "completed", "due_fen": 0 if status != "completed" else 39700, "items": [{"invoice_no": "F1", "title": "明铺科技", "status_label": Text("已开具", "Issued"), "number": "24332000", "total_fen": 39700, "has_file": True}] if status == "completed" else []} if paid else None,
        **extra,
    }  # fmt: skip


def virtual_order_context() -> dict[str, Any]:
    rows = [("V-1", Text("E 卡", "E-card"), "done", Text("已到账", "Arrived"), True), ("V-2", Text("话费充值", "Phone top-up"), "sent", Text("充值中", "On its way"), False)]  # fmt: skip
    items = [{"no": no, "title": label, "label": label, "face_fen": 10000, "status": status, "status_label": said, "has_code": code, "at": ago(hours=1) if code else None} for no, label, status, said, code in rows]  # fmt: skip
    context = order_context("paid", handed={"phone": "138****0042", "items": items})
    return {**context, "order": {**context["order"], "consignee": None}}


def after_sales_context() -> dict[str, Any]:
    types = [
        ("refund", Text("仅退款", "Refund"), Text("没收到货或协商一致", "Not received, or as agreed")),
        ("return", Text("退货退款", "Return"), Text("寄回后退款", "Send back, then refund")),
        (
            "exchange",
            Text("换货", "Exchange"),
            Text("换同款或同价的其他规格", "The same, or another variant"),
        ),
        ("repair", Text("维修", "Repair"), Text("修好寄给您", "It comes back mended")),
    ]
    swaps = [{"sku": "MP-0000-b", "label": Text("鼠尾草 / 1.8 m 床", "Sage / 1.8 m"), "checked": False}]
    lines = [
        {**line(0), "max": 1, "checked": False, "payable_fen": 31900, "bought": 1, "swaps": swaps},
        {**line(6, 2), "max": 2, "checked": True, "payable_fen": 11800, "bought": 2, "swaps": ()},
    ]  # fmt: skip
    return {
        "order": order("completed"), "form": forms.AfterSales(), "key": "k",
        "types": [{"value": v, "label": label, "note": note, "checked": v == "return", "available": True} for v, label, note in types],
        "shops": [{"name": OWN, "lines": lines[:1]}, {"name": OTHER, "lines": lines[1:]}],
    }  # fmt: skip


def case_context(**extra: Any) -> dict[str, Any]:
    deadline = {"before": Text("请在", "Please send it by"), "at": ago(days=-5), "after": Text("前寄出，逾期售后关闭", "or the case closes")}  # fmt: skip
    return {"trouble": "", "case": {
        **CASE, "shop": OTHER, "deadline": deadline, "answer": "请寄回检查。", "freight": Text("退回运费由商家承担", "The seller pays the way back"),
        "actions": ["choose_return", "sent_back", "withdraw"], "appeal": "", "waybill_no": "", "return_courier": "", "way": "",
        "note": Text("请选择怎样寄回商品。", "Please choose how the goods come back."), "over": False,
        "evidence": [{"number": "V1", "kind": "photo", "at": ago(hours=4)}, {"number": "V2", "kind": "video", "at": ago(hours=4)}],
        "shipments": [parcel("9", coming_back=True)], **extra,
    }}  # fmt: skip


def wallet_context(*, empty: bool = False) -> dict[str, Any]:
    cards = [] if empty else [SimpleNamespace(id=number("k1"), tail="7K2Q", face_fen=20000, balance_fen=15000, bound_at=ago(days=30)), SimpleNamespace(id=number("k2"), tail="M9XH", face_fen=10000, balance_fen=0, bound_at=ago(days=90))]  # fmt: skip
    moves = [] if empty else [
        {"at": ago(days=1), "amount_fen": -5000, "order_no": "261120K7Q2M9XH4T", "card": "7K2Q", "text": Text("支付订单", "Paid for an order")},
        {"at": ago(days=3), "amount_fen": 2350, "order_no": "", "card": "", "text": Text("充值", "Topped up")},
    ]  # fmt: skip
    return {"balance_fen": 0 if empty else 2350, "cards_fen": 0 if empty else 15000, "cards": cards, "form": forms.CardCode(), "listing": listing(moves)}  # fmt: skip


def coupons_context() -> dict[str, Any]:
    rows = [("welcome", Text("新人券", "Welcome coupon"), 120, 0, True), ("gone", Text("早鸟券", "Early bird"), 0, 0, False), ("mine", Text("家电 9 折券", "10 % off appliances"), None, 2, False)]  # fmt: skip
    return {"coupons": [
        {"id": key, "title": title, "terms": [Text("满 ¥99 减 ¥10", "¥10 off on ¥99 or more")], "whose": Text("全平台", "All shops"), "left": left, "mine": mine, "open": open_, "per_person": 2, "valid_days": 7 if mine else None, "ends_at": ago(days=-9)}
        for key, title, left, mine, open_ in rows
    ]}  # fmt: skip


def my_coupons_context(*, empty: bool = False) -> dict[str, Any]:
    coupon = {"id": "c", "title": Text("新人券", "Welcome coupon"), "terms": [Text("满 ¥99 减 ¥10", "¥10 off on ¥99 or more")], "whose": OWN, "state": "usable", "state_label": Text("可使用", "To use"), "order_no": "", "expires_at": ago(days=-9)}  # fmt: skip
    tabs = [("usable", Text("可使用", "To use"), 1), ("used", Text("已使用", "Used"), 0), ("expired", Text("已过期", "Over"), 0)]  # fmt: skip
    return {
        "state": "usable", "tabs": [{"state": s, "label": label, "count": n} for s, label, n in tabs],
        "coupons": [] if empty else [coupon, {**coupon, "state": "used", "order_no": "261120K7Q2M9XH4T"}],
    }  # fmt: skip


def favourites_context(*, empty: bool = False) -> dict[str, Any]:
    rows = [{"id": it["id"], "card": it, "listed": [it]} for it in goods(5)]
    return {"listing": listing([] if empty else [*rows, {"id": number("gone"), "card": None, "listed": []}])}


def invoice_context(
    *, agreed: bool = True, titles: bool = True, due: int = 39700, declined: bool = False
) -> dict[str, Any]:
    known = [SimpleNamespace(id=number("t1"), title="明铺科技有限公司", kind_label=Text("单位", "Company"), tax_no="91330106MA2XXXXX0X", is_default=True), SimpleNamespace(id=number("t2"), title="林知夏", kind_label=Text("个人", "Person"), tax_no="", is_default=False)]  # fmt: skip
    return {
        "agreed": agreed, "titles": known if titles and agreed else [], "form": forms.InvoiceTitle(), "order": order("completed"),
        "due_fen": due, "items": (), "title_id": "" if titles else "new",
        "consent": contexts.matter("invoicing", granted=False if declined else None),
    }  # fmt: skip
