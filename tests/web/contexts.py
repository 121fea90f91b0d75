"""What the views give each page: realistic contexts, after mingpu/web/templates/CONTEXT.md."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from mingpu.accounts import proof_rules, second_step_rules
from mingpu.catalog.prices import plot
from mingpu.lib.text import Text
from mingpu.notices.kinds import CHANNELS, GROUPS, KINDS, Kind
from mingpu.notices.queries import Told
from mingpu.privacy.evidence import evidence, use
from mingpu.privacy.items import item_groups
from mingpu.privacy.laws import need_parts, parting_parts
from mingpu.privacy.outside import recipient_parts, source_parts
from mingpu.privacy.proofs import Outcome
from mingpu.privacy.register import REGISTER
from mingpu.statistics.rules import ATTACKS, LIMITS, STATISTICS, Budget
from mingpu.web.addresses import product_url, short_id, short_url
from mingpu.web.head import Head, same
from mingpu.web.pages.paying import qr_svg
from mingpu.web.plots import bars
from tests.web import forms
from tests.web.goods import (
    CATEGORIES,
    NOW,
    ROWS,
    ago,
    good,
    goods,
    number,
)

BASES = {
    "contract": Text("履行合同", "contract"), "consent": Text("您的同意", "your consent"),
    "law": Text("法律要求", "law"), "security": Text("安全保障", "safety"),
}  # fmt: skip
WHY = {
    "phone": {"text": Text("用来验证是您本人；不会用来营销。", "To check it is you; never for marketing."), "clauses": ("1.1.1a",)},
    "email": {"text": Text("多一种联系方式，可以不填。", "Another way to reach you; may stay blank."), "clauses": ("1.1.3b",)},
    "landline": {"text": Text("多一种联系方式，可以不填。", "Another way to reach you; may stay blank."), "clauses": ("1.1.3b",)},
    "street": {"text": Text("只给承运这一单的快递公司。", "Only for the courier of this order."), "clauses": ("1.1.5a",)},
    "birthday": {"text": Text("只显示在您的资料里。", "Shown in your own profile only."), "clauses": ("1.1.1c",)},
    "interests": {"text": Text("您同意“按兴趣推荐”后才会使用。", "Used only after you agree to suggestions."), "clauses": ("1.2a",)},
    "description": {"text": Text("仅用于处理这张售后单。", "For this case only."), "clauses": ("1.1.6c",)},
}  # fmt: skip


def listing(
    items: list[Any], *, total: int = 0, page: int = 1, size: int = 24, **extra: Any
) -> dict[str, Any]:
    return {"items": items, "total": total or len(items), "page": page, "page_size": size, **extra}


def facet(rows: list[tuple[str, int]], active: str = "") -> list[dict[str, Any]]:
    return [
        {"value": name, "count": count, "active": name == active, "url": f"?value={name}"}
        for name, count in rows
    ]


def statistics_context() -> dict[str, Any]:
    def one(name: str, figures: list[tuple[str, int | None]], error: int = 36) -> dict[str, Any]:
        return {
            "id": name, "title": STATISTICS[name].title, "figures": figures, "plot": bars(figures, error), "error": error,
            "epsilon": Decimal("0.25"), "bound": 3, "risk": 0.06,
            "risks": [{"label": label, "value": 0.01, "high": 0.06} for label in ATTACKS.values()],
        }  # fmt: skip

    ways = [("微信支付", 1284), ("银联", 96), ("支付宝", 1102), ("货到付款", None), ("余额与 E 卡", 71)]
    days = [(str(it), 300 + 40 * n) for n, it in enumerate(STATISTICS["orders_by_weekday"].labels.values())]
    items = [
        one("orders_by_weekday", days),
        one("orders_by_payment", ways),
        one("cases_by_reason", [("其他", None)], 24),
    ]
    return {
        "quarters": [{"name": "2026Q3", "items": items}, {"name": "2026Q2", "items": items[:1]}],
        "budget": Budget(2026, Decimal("0.750"), {}), "limits": LIMITS,
        "planned": [it.title for it in STATISTICS.values()],
    }  # fmt: skip


def home_context() -> dict[str, Any]:
    slides = [
        ("home", Text("暖冬居家", "Warm winter at home"), Text("床品、灯、香，慢慢挑", "Bedding, lamps, scents: take your time")),
        ("tea", Text("一席好茶", "Tea, properly made"), Text("新茶与手作器物", "New leaves, hand-made ware")),
        ("desk", Text("书桌一角", "A corner to write"), Text("纸笔、灯与耳机", "Paper, pens, a lamp, headphones")),
    ]  # fmt: skip
    return {
        "categories": CATEGORIES,
        "free_fen": 9900,
        "trending": ("保温杯", "羊毛围巾", "usb 数据线", "护眼台灯"),
        "banners": [{"title": title, "text": words, "url": "/search", "image": f"/static/brand/banners/{name}.svg"} for name, title, words in slides],
        "sections": [
            {"title": Text("今日推荐", "Picked today"), "subtitle": Text("店员挑的，不看您的记录", "Picked by our staff, not by your data"), "url": "/search", "items": goods(10)},
            {"title": Text("厨房与餐桌", "Kitchen and table"), "subtitle": "", "url": "/search", "items": goods(5, start=6)},
        ],
    }  # fmt: skip


def search_context(**extra: Any) -> dict[str, Any]:
    return {
        "query": {"q": "家居好物", "category": "", "brand": "", "min_price": "", "max_price": "500", "in_stock": True, "sort": "relevance"},
        "listing": listing(goods(12), total=138, page=2),
        "facets": {
            "category": facet([("厨房", 61), ("餐具", 34), ("家电", 22), ("日用", 12)], "厨房"),
            "brand": facet([(f"品牌{i}", 40 - i) for i in range(14)]),
            "merchant": facet([("明铺自营", 100), ("木森家居", 38)]),
            "price": [
                {"value": "0-4999", "label": Text("50 元以下", "Below ¥50"), "count": 17, "active": False, "url": "?"},
                {"value": "5000-9999", "label": Text("50–100 元", "¥50-100"), "count": 44, "active": True, "url": "?"},
                {"value": "10000-29999", "label": Text("100–300 元", "¥100-300"), "count": 77, "active": False, "url": "?"},
            ],
            "attributes": [("材质", facet([("棉", 40), ("亚麻", 21)], "棉")), ("容量", facet([(f"{i} L", 30 - i) for i in range(1, 12)])), ("颜色", facet([("米白", 9)])), ("产地", facet([("江苏", 4)]))],
        },
        "sorts": [
            {"value": value, "label": label, "active": value == "relevance", "url": f"?sort={value}"}
            for value, label in [
                ("relevance", Text("综合", "Best match")), ("sales", Text("销量", "Best selling")), ("new", Text("新品", "New")),
                ("price", Text("价格从低到高", "Price, low first")), ("-price", Text("价格从高到低", "Price, high first")),
            ]
        ],
        "active": [{"label": "厨房", "url": "?"}, {"label": Text("50–100 元", "¥50-100"), "url": "?"}],
        "clear_url": "?q=家居好物", "base": "/search", "kept": [("q", "家居好物"), ("attr.材质", "棉")],
        "head": Head("家居好物", same("/search"), found=False, before=1, after=3), **extra,
    }  # fmt: skip


def nothing_context() -> dict[str, Any]:
    """A search that found nothing, with every way on."""
    ways = {
        "filters": [{"label": "厨房", "url": "?", "count": 12}, {"label": Text("50–100 元", "¥50-100"), "url": "?", "count": 3}],
        "words": [{"label": "咖啡壶", "url": "?", "count": 8}, {"label": "手冲", "url": "?", "count": 21}],
        "category": {"label": Text("咖啡器具", "Coffee ware"), "url": "/c/x", "count": 34},
    }  # fmt: skip
    return search_context(listing=listing([]), facets={}, ways=ways, recommended=goods(4))


SHOP = {
    "name": Text("明铺自营", "Mingpu"), "own": True, "url": "/search?merchant=mingpu", "cod": True,
    "delivery": [Text("每单运费 ¥8.00。", "¥8.00 an order."), Text("满 ¥99.00 包邮。", "Free from ¥99.00.")],
}  # fmt: skip


def product_context(**extra: Any) -> dict[str, Any]:
    it = good(0)
    skus = [
        {"sku": f"MP-0000-{c}{s}", "options": {"颜色": c, "尺寸": s}, "price_fen": 32900 + 3000 * (s == "2.0 m 床"), "list_price_fen": 45900, "was_label": str(Text("建议零售价", "RRP")), "was_struck": False, "lowest": str(Text("近 30 天最低价 ¥329.00", "Lowest in 30 days ¥329.00")), "in_stock": not (c == "鼠尾草" and s == "2.0 m 床"), "left": 6}
        for c in ("雾蓝", "鼠尾草", "藕粉") for s in ("1.5 m 床", "1.8 m 床", "2.0 m 床")
    ]  # fmt: skip
    skus[1] |= {"tag": str(Text("限时抢购", "Flash sale")), "until": ago(days=-1).isoformat()}
    description = Text(
        "被套正反两种颜色，翻过来就换了样子。\n被套带隐形拉链与四角绑带，被芯不跑位。\n建议首次单独下水，30℃ 以内机洗。",
        "The duvet cover has a different colour on each side.\nHidden zip and corner ties keep the duvet in place.\nWash alone at first, below 30 °C.",
    )
    return {
        "crumbs": [{"name": Text("居家", "Home"), "url": "/search"}, {"name": Text("床品套件", "Bedding"), "url": "/search"}],
        "product": {
            **it, "images": [f"/pictures/{ROWS[0][-1]}-{i}.svg" for i in (1, 2, 3)], "description": description, "skus": skus,
            "description_html": f"<h3>{Text('两面两色', 'Two sides')}</h3><p>{description}</p><ul><li>A</li></ul><table><tr><th>B</th><td>C</td></tr></table>",
            "subtitle": Text("两色正反，自己搭", "Two colours, your own mix"),
            "attributes": {"材质": ["棉"], "等级": ["A 类"], "件数": ["四件套"], "适用季节": ["四季"], "产地": ["江苏南通"], "洗涤": ["30℃ 机洗", "不可漂白"]},
        },
        "option_groups": [
            {"name": "颜色", "label": Text("颜色", "Colour"), "values": [{"value": v, "checked": v == "雾蓝", "available": v != "墨绿", "fits": v != "墨绿"} for v in ("雾蓝", "鼠尾草", "藕粉", "墨绿")]},
            {"name": "尺寸", "label": Text("尺寸", "Size"), "values": [{"value": v, "checked": v == "1.8 m 床", "available": True, "fits": v != "1.5 m 床"} for v in ("1.5 m 床", "1.8 m 床", "2.0 m 床")]},
        ],
        "matrix": {"down": Text("颜色", "Colour"), "across": Text("尺寸", "Size"), "columns": ["1.5 m 床", "1.8 m 床", "2.0 m 床"], "rows": [
            {"label": colour, "cells": [
                {"label": size, "price_fen": None if (colour, size) == ("藕粉", "2.0 m 床") else 32900, "url": "?sku=x", "in_stock": (colour, size) != ("鼠尾草", "2.0 m 床"), "chosen": (colour, size) == ("雾蓝", "1.8 m 床")}
                for size in ("1.5 m 床", "1.8 m 床", "2.0 m 床")
            ]} for colour in ("雾蓝", "鼠尾草", "藕粉")
        ]},
        "shop": SHOP, "offers": [{"kind": Text("满减", "Money off"), "title": Text("满 300 减 40", "¥40 off ¥300"), "terms": [Text("满 ¥300 减 ¥40", "¥40 off on ¥300 or more")]}],
        "head": Head(str(it["title"]), same(product_url(it["id"], str(it["title"]))), description=str(description), images=["/pictures/a-800x600.jpg"], kind="product", about=[{"@type": "Product", "name": "</script><b>"}], share=f"https://mall.test{short_url(it['id'])}"),
        "marked": True, "selected": {**skus[1], "flash_left": 12, "per_person": 2}, "related": goods(5, start=3), "course": {"plot": plot([(ago(days=100), 45900), (ago(days=40), 39900), (ago(days=12), 32900)], NOW), "variant": ["雾蓝", "1.8 m 床"]}, **extra,
    }  # fmt: skip


def compare_context(count: int) -> dict[str, Any]:
    chosen = goods(count)
    items = [
        {
            "id": it["id"], "title": it["title"], "url": product_url(it["id"], str(it["title"])), "image": it["image"],
            "price_from_fen": it["price_fen"], "price_to_fen": it["price_fen"] + 100 * at, "in_stock": it["in_stock"],
            "brand": it["brand"], "shop": Text("明铺自营", "Mingpu"), "not_for_sale": None, "remove_url": "/compare?ids=x",
        }
        for at, it in enumerate(chosen)
    ]  # fmt: skip
    rows = [
        {
            "label": "材质",
            "differs": True,
            "cells": [["水洗棉", "天丝"], ["304 不锈钢"], [], ["棉麻"]][:count],
        },
        {"label": "适用季节", "differs": False, "cells": [["四季"]] * count},
    ]
    offered = [
        {"title": it["title"], "price_fen": it["price_fen"], "add_url": "/compare?ids=y"}
        for it in goods(3, start=5)
    ]
    return {
        "items": items, "rows": rows if count else [], "only": False, "most": 4, "all_url": "/compare?ids=x",
        "differences_url": "/compare?ids=x&only=differences", "chosen": ",".join(short_id(it["id"]) for it in chosen),
        "offered": offered if 0 < count < 4 else [],
    }  # fmt: skip


def matter(name: str, *, granted: bool | None = None, outdated: bool = False) -> dict[str, Any]:
    """A matter as the pages are given it: its notice and what was said."""
    it = REGISTER.permissions.get(name) or REGISTER.purposes[name]
    sensitive = name in {"search_history", "invoicing"}
    return {
        "name": name, "purpose": name, "label": it.title, "why": it.why, "clauses": it.clauses,
        "collected": [{"label": Text("搜索记录", "Searches"), "items": [Text("搜索词", "search words"), Text("时间", "time")], "retention": Text("最长 180 天", "180 days at most")}],
        "sensitive": [Text("搜索词", "search words")] if sensitive else [],
        "effect": Text("可能透露您的喜好，所以加密保存。", "It may tell of your tastes, so it lies sealed.") if sensitive else "",
        "recipients": [{"title": Text("开票服务商", "The issuer"), "relation": Text("受托处理", "processor"), "fields": ("buyer_title", "tax_no")}] if name == "invoicing" else [],
        "withdrawal": Text("随时在“隐私中心”收回。", "At any time in the privacy centre."), "version": REGISTER.version, "hash": "ab12" * 16,
        "at": ago(days=4) if granted is not None or outdated else None, "outdated": outdated,
        "signalled": name == "personalisation", "permission": name in REGISTER.permissions, "granted": granted,
    }  # fmt: skip


def permissions_context() -> dict[str, Any]:
    return {"permissions": [matter(name, granted=name == "location") for name in REGISTER.permissions]}


def consents_context() -> dict[str, Any]:
    names = [name for name in REGISTER.consents() if name not in REGISTER.permissions]
    return {"consents": [
        matter(name, granted=[None, False, True][i % 3], outdated=name == "invoicing" and i % 3 == 0)
        for i, name in enumerate(names)
    ]}  # fmt: skip


def receipts_context() -> dict[str, Any]:
    states = (
        ("search_history", "given"),
        ("invoicing", "outdated"),
        ("camera", "withdrawn"),
        ("personalisation", "refused"),
    )
    rows = [
        SimpleNamespace(
            id=number(f"receipt{i}"), name=name, label=matter(name)["label"], permission=name == "camera",
            state=state, version=REGISTER.version, notice_hash="ab12" * 16, since=ago(days=9),
            changed=ago(days=2 if state == "withdrawn" else 9), method="page",
        )
        for i, (name, state) in enumerate(states)
    ]  # fmt: skip
    said = [
        {
            "at": it.since,
            "label": it.label,
            "granted": it.state != "refused",
            "version": it.version,
            "method": ("page", "api", "")[i % 3],
        }
        for i, it in enumerate(rows)
    ]
    return {"receipts": rows, "history": said}


def news_context(*, empty: bool = False) -> dict[str, Any]:
    step = {"before": "2026-11-29", "after": REGISTER.version, "lines": [
        {"kind": "added", "text": Text("新接收方：某某开票服务（受托处理）。", "New recipient: an issuer (processor).")},
        {"kind": "changed", "text": Text("订单保存得更久：3 年（原为：2 年）", "Orders are kept longer: three years (before: two)")},
        {"kind": "removed", "text": Text("不再收集：设备里的“屏幕分辨率”", "No longer collected: “resolution” in devices")},
    ]}  # fmt: skip
    return {
        "news": {"known": "2026-11-29", "version": REGISTER.version, "steps": [] if empty else [step]},
        "asks": [] if empty else [matter("invoicing", outdated=True), matter("personalisation")],
    }  # fmt: skip


def versions_context() -> dict[str, Any]:
    steps = [*news_context()["news"]["steps"], {"before": "2026-11-28", "after": "2026-11-29", "lines": []}]
    return {
        "versions": [{"version": it["after"], "hash": "ab" * 32, "url": "/api/v1/statement"} for it in steps],
        "steps": steps,
    }


def login_second_context(**changes: Any) -> dict[str, Any]:
    ways = [(it, proof_rules.LABELS[it]) for it in ("totp_code", "recovery_code")]
    return {
        "form": forms.Totp(),
        "way": "totp_code",
        "ways": ways,
        "passkey": True,
        "next": "/cart",
        "away": False,
        **changes,
    }


def second_step_context(**changes: Any) -> dict[str, Any]:
    it = {"on_at": ago(days=3), "totp": True, "passkeys": 2, "left": 2, **changes}
    return {"it": it, "codes": (), "fresh": False}


def totp_context() -> dict[str, Any]:
    secret = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"
    address = second_step_rules.address_of(secret.replace(" ", ""), "知夏")
    return {"form": forms.Totp(), "secret": secret, "address": address, "qr_svg": qr_svg(address)}


def recovery_context(state: str, **changes: Any) -> dict[str, Any]:
    return {"it": {"state": state, "due_at": None, "lifts": False, "held_until": None, **changes}}


def prove_context(**changes: Any) -> dict[str, Any]:
    ways = [(it, proof_rules.LABELS[it]) for it in ("password", "phone_code")]
    return {
        "act": proof_rules.ACTS["cancellation"], "action": "/privacy/cancellation", "carried": [("next", "/privacy")],
        "step_up": "cancellation", "form": forms.Step(), "way": "password", "ways": ways, "passkey": True, "minutes": 10,
        **changes,
    }  # fmt: skip


def passkeys_context() -> dict[str, Any]:
    return {
        "passkeys": [
            {"id": number("pass1"), "name": "知夏的手机", "added_at": ago(days=9), "used_at": ago(hours=2)},
            {"id": number("pass2"), "name": "", "added_at": ago(days=40), "used_at": None},
        ],
        "form": forms.Passkey(), "why": {}, "host": "mingpu.example", "proven": True,
    }  # fmt: skip


WAYS = [
    {"id": "wechat", "title": Text("微信", "WeChat")},
    {"id": "openid", "title": Text("通行证", "Passport")},
]


def linked_context(*, empty: bool = False) -> dict[str, Any]:
    wechat = {
        "provider": "wechat", "title": WAYS[0]["title"], "nickname": "知夏", "avatar": "https://thirdwx.qlogo.example/mmopen/x/132",
        "linked_at": ago(days=30), "used_at": ago(hours=3),
    }  # fmt: skip
    gone = {
        **wechat,
        "provider": "gone",
        "title": Text("旧通行证", "Old passport"),
        "nickname": "",
        "avatar": "",
        "used_at": None,
    }
    accounts = [] if empty else [{"it": wechat, "there": True}, {"it": gone, "there": False}]
    return {"accounts": accounts, "others": WAYS if empty else WAYS[1:]}


def linked_one_context(*, mine: bool = False, address: str = "", trouble: Text | str = "") -> dict[str, Any]:
    return {
        "id": "wechat", "title": WAYS[0]["title"], "mine": linked_context()["accounts"][0]["it"] if mine else None,
        "consent": matter("third_party_login", granted=None), "address": address, "trouble": trouble,
    }  # fmt: skip


def linked_new_context(*, visitor: bool = False) -> dict[str, Any]:
    return {
        "it": {"nickname": "知夏"}, "title": WAYS[0]["title"],
        "consent": None if visitor else matter("third_party_login", granted=None),
        "login_url": "/login?next=/account/linked/new", "register_url": "/register?next=/account/linked/new",
    }  # fmt: skip


def devices_context() -> dict[str, Any]:
    told = [
        {"label": Text("设备型号", "Model"), "value": "17 Ultra"}, {"label": Text("操作系统", "System"), "value": "HarmonyOS"},
        {"label": Text("分辨率", "Resolution"), "value": "1200x2670"},
    ]  # fmt: skip
    linking = REGISTER.purposes["continuity"]
    return {
        "devices": [
            {"id": number("one"), "name": "知夏的手机", "told": told, "signed_in": True, "linked_at": ago(days=9), "seen_at": ago(hours=2)},
            {"id": number("two"), "name": "旧平板", "told": [], "signed_in": False, "linked_at": ago(days=70), "seen_at": ago(days=40)},
            {"id": number("three"), "name": "", "told": [], "signed_in": False, "linked_at": None, "seen_at": ago(days=20)},
        ],
        "sign_ins": [
            (SimpleNamespace(id=number("f1"), kind="web", name="", current=True, created_at=NOW, expires_at=NOW, used_at=NOW), ""),
            (SimpleNamespace(id=number("f2"), kind="api", name="", current=False, created_at=NOW, expires_at=NOW, used_at=NOW), "知夏的手机"),
            (SimpleNamespace(id=number("f3"), kind="web", name="公司的电脑", current=False, created_at=NOW, expires_at=NOW, used_at=NOW), ""),
        ],
        "longest": 100,
        "linking": {"label": linking.title, "why": linking.why, "granted": True},
    }  # fmt: skip


def uses_context() -> dict[str, Any]:
    rows = [
        ("order_lookup", "person", "", [Text("订单", "orders"), Text("收货信息", "delivery details")], "261120K7Q2M9XH4T"),
        ("service", "staff", "客服 07", [Text("订单（脱敏）", "order (masked)")], "A8Q4T2M7K1"),
        ("delivery", "system", "", [Text("收货人姓名", "name"), Text("电话", "phone"), Text("地址", "address")], "261120K7Q2M9XH4T"),
        ("settlement", "system", "", [Text("订单号", "order number"), Text("金额", "amount")], "261120K7Q2M9XH4T"),
        ("identity_check", "person", "", [Text("手机号", "phone"), Text("验证码", "code")], ""),
    ]  # fmt: skip
    items = [
        {"at": ago(hours=3 * i + 1), "purpose": p, "purpose_label": REGISTER.purposes[p].title, "actor_kind": kind, "actor": who, "items": [], "items_label": items, "basis": "contract", "basis_label": BASES[REGISTER.purposes[p].basis], "reference": ref}
        for i, (p, kind, who, items, ref) in enumerate(rows)
    ]  # fmt: skip
    return {
        "listing": listing(items, total=57, size=5),
        "purposes": [
            {"value": it.id, "label": it.title, "active": False}
            for it in list(REGISTER.purposes.values())[:6]
        ],
    }


def shares_context() -> dict[str, Any]:
    rows = [
        ("sf", [Text("收货人姓名", "name"), Text("电话", "phone"), Text("地址", "address")], {"order_no": "261120K7Q2M9XH4T", "name": "林知夏", "phone": "13800000042", "province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 188 号云栖公寓 3 幢 502"}),
        ("wechatpay", [Text("订单号", "order number"), Text("金额", "amount")], {"out_trade_no": "261120K7Q2M9XH4T", "amount_fen": 44700}),
        ("sms_gateway", [Text("手机号", "phone"), Text("验证码", "code")], None),
    ]  # fmt: skip
    return {"listing": listing([
        {"id": UUID(int=i + 1), "at": ago(hours=5 * i + 2), "recipient": r, "recipient_label": REGISTER.recipients[r].title, "items_label": items, "payload": payload, "reference": "261120K7Q2M9XH4T" if payload else "", "purpose_label": REGISTER.purposes[REGISTER.recipients[r].purposes[0]].title}
        for i, (r, items, payload) in enumerate(rows)
    ]), "told": [
        {"recipient_label": REGISTER.recipients["fapiao"].title if "fapiao" in REGISTER.recipients else "fapiao", "state_label": Text("已确认删除", "Receipt signed"), "settled_at": ago(hours=1), "due_at": ago(days=-5), "kept_until": "2029-11-30"},
        {"recipient_label": REGISTER.recipients["sf"].title, "state_label": Text("已通知，等待回执", "Told, no receipt yet"), "settled_at": None, "due_at": ago(days=-5), "kept_until": ""},
    ], "recipients": [{"value": it.id, "label": it.title, "active": it.id == "sf"} for it in REGISTER.recipients.values()],
        "purposes": [{"value": it.id, "label": it.title, "active": False} for it in list(REGISTER.purposes.values())[:6]],
        "items": [{"value": name, "label": label, "active": False} for name, label in REGISTER.categories.items()],
        "typed": {"reference": "", "since": "2026-11-01", "until": ""}, "filtered": False, "file_url": "/privacy/shares.csv?recipient=sf",
    }  # fmt: skip


def cancellation_context(**state: Any) -> dict[str, Any]:
    return {
        "cancellation": {"state": "none", "blockers": [], "until": None, "certificate_id": None, **state},
        "erase": [Text("账户名、密码、手机号、邮箱", "Account name, password, phone, e-mail"), Text("收货地址", "Addresses"), Text("购物车、搜索记录", "Cart and searches"), Text("同意与权限设置", "Consents and permissions")],
        "frozen": [{"label": Text("2 张已完成的订单", "2 completed orders"), "until": ago(days=-1090), "why": Text("《电子商务法》第 31 条要求保存 3 年", "E-Commerce Law, art. 31: three years")}],
        "cooling_off_days": 7, "mode": "password", "form": forms.Password(), "told": [REGISTER.recipients["sf"].title],
    }  # fmt: skip


COLLECTED = [
    {
        "label": Text("账户", "Account"),
        "items": [Text("账户名", "account name"), Text("手机号", "phone")],
        "retention": REGISTER.retention["account"],
    }
]


OUTCOMES = {
    "tests/privacy/test_register.py": Outcome(112, 0, 0, "2026-11-30T01:00:00Z", "2026-11-30T01:00:00Z", ""),
    "tests/privacy/test_masks.py": Outcome(40, 2, 0, "2026-11-30T01:00:00Z", "2026-11-29T01:00:00Z", ""),
}


def statement_context() -> dict[str, Any]:
    words = {"contract": BASES["contract"], **BASES}
    return {
        "statement": {"version": REGISTER.version, "hash": REGISTER.digest, "machine_url": "/api/v1/statement"},
        "operator": REGISTER.operator,
        "purposes": [{"id": it.id, "title": it.title, "why": it.why, "basis": it.basis, "basis_label": words[it.basis], "clauses": it.clauses, "collected": COLLECTED, "use": use(it)} for it in REGISTER.purposes.values() if it.open],
        "doors": [{"id": it.id, "title": it.title, "why": it.why, "basis": it.basis, "basis_label": words[it.basis], "clauses": it.clauses} for it in REGISTER.purposes.values() if not it.open],
        "law": need_parts(OUTCOMES), "catalogue": item_groups(), "sources": source_parts(),
        "tables": [{"id": "accounts_person", "label": Text("账户", "Account"), "retention": REGISTER.retention["account"], "on_cancel": Text("删除", "Erased"), "purposes": [Text("注册账户", "Opening an account")], "items": [
            {"label": Text("账户名", "Account name"), "category_label": REGISTER.categories["F4"], "sensitive": False, "sealed": True, "required": True},
            {"label": Text("手机号", "Phone"), "category_label": REGISTER.categories["F1"], "sensitive": True, "sealed": True, "required": True},
            {"label": Text("生日", "Birthday"), "category_label": REGISTER.categories["F1"], "sensitive": False, "sealed": True, "required": False}]}],
        "recipients": recipient_parts(),
        "permissions": REGISTER.permissions.values(),
        "clauses": [{"id": it.id, "says": it.says, "later": it.later, "evidence": evidence(it, OUTCOMES), "parting": parting_parts().get(it.id)} for it in REGISTER.clauses.values()],
        "exceptions": [{"id": it.id, "says": it.says} for it in REGISTER.clauses.values() if it.id.startswith("3.")],
    }  # fmt: skip


FACTS = {
    "unpaid_minutes": 30,
    "receipt_days": 7,
    "cooling_off_days": 7,
    "delivery": [Text("每单运费 ¥8.00。", "¥8.00 an order."), Text("满 ¥99.00 包邮。", "Free from ¥99.00.")],
}


def certificate_context() -> dict[str, Any]:
    rows = [
        (Text("账户与登录信息", "Account and sign-in"), 1),
        (Text("收货地址", "Addresses"), 2),
        (Text("购物车", "Cart"), 3),
        (Text("搜索记录", "Searches"), 41),
    ]
    return {"certificate": {
        "id": number("certificate"), "issued_at": NOW, "statement_version": REGISTER.version,
        "erased": [{"label": label, "rows": count, "at": ago(minutes=i)} for i, (label, count) in enumerate(rows)],
        "frozen": [{"label": Text("2 张订单", "2 orders"), "until": ago(days=-1090), "why": Text("《电子商务法》第 31 条", "E-Commerce Law, art. 31")}],
        "processors": [{"label": Text("短信服务商", "SMS provider"), "acknowledged_at": NOW}],
        "public_key": "MCowBQYDK2VwAyEA8mJtM0uQeP2vZl4R1b8y3q0m5kq7m9d6s1yqkz0T3uA=", "signature": "kQ2w…9fA==", "json_url": "/certificates/x.json",
    }}  # fmt: skip


def wrong_address() -> Any:
    form = forms.Address(
        {
            "name": "林知夏",
            "phone": "12",
            "province": "浙江省",
            "city": "杭州市",
            "district": "",
            "street": "文三路",
        }
    )
    form.add_error("phone", str(Text("请填写 11 位手机号", "Please give an 11-digit mobile number")))
    return form


def wrong_register() -> Any:
    form = forms.Register({"phone": "13800000042", "username": "知", "agreed_statement": "2026-11-23"})
    form.add_error("username", str(Text("至少 4 个字符", "At least 4 characters")))
    return form


def settings_context() -> dict[str, Any]:
    states = {
        True: Text("已开启", "On"),
        False: Text("已关闭", "Off"),
        None: Text("未决定，等于关闭", "Not decided: off"),
    }
    return {
        "q": "", "pages": [
            {"title": Text("收货地址", "Addresses"), "does": Text("地址簿", "Address book"), "costs": Text("加密保存", "Sealed"), "url": "/account/addresses"},
        ],
        "switches": [
            {**matter(name, granted=granted), "state": states[granted], "action": f"/privacy/consents/{name}", "row": f"setting-{name}"}
            for name, granted in (("search_history", True), ("invoicing", False), ("real_name", None))
        ],
    }  # fmt: skip


def notices_context(*, empty: bool = False) -> dict[str, Any]:
    told = [
        ("sign_in", "", False),
        ("order_shipped", "261120K7Q2M9XH4T", False),
        ("refund_done", "261120K7Q2M9XH4T", True),
    ]
    items = [
        Told(
            id=number(f"notice{place}"),
            kind=kind,
            group=KINDS[kind].group,
            title=KINDS[kind].title,
            text=KINDS[kind].text,
            page=KINDS[kind].page,
            about=about,
            at=ago(hours=place + 1),
            read=read,
        )
        for place, (kind, about, read) in enumerate(told)
    ]
    found = [] if empty else items
    listing = SimpleNamespace(total=len(found), unread=0 if empty else 2, items=found, page=1, page_size=20)
    return {"listing": listing, "unread_only": False, "groups": GROUPS, "bell": listing.unread}


def notice_settings_context(*, granted: bool | None = None) -> dict[str, Any]:
    def ways(kind: Kind) -> list[dict[str, Any]]:
        return [
            {
                "name": f"{kind.code}.{channel}",
                "label": label,
                "way": SimpleNamespace(on=kind.ways[channel] == "on", fixed=kind.ways[channel] == "always")
                if channel in kind.ways
                else None,
            }
            for channel, label in CHANNELS.items()
        ]

    groups = [
        {
            "code": code,
            "label": label,
            "rows": [
                {"code": it.code, "title": it.title, "ways": ways(it)}
                for it in KINDS.values()
                if it.group == code
            ],
            "fixed": any("always" in it.ways.values() for it in KINDS.values() if it.group == code),
        }
        for code, label in GROUPS.items()
        if code != "offers" or granted
    ]
    hours = [(it * 60, f"{it:02}:00") for it in range(24)]
    return {
        "groups": groups, "offers": "offers", "marketing": matter("marketing", granted=granted),
        "begins": [(*it, it[0] == 1320) for it in hours], "ends": [(*it, it[0] == 480) for it in hours], "quiet": True,
        "zones": [("Asia/Shanghai", True), ("Europe/Berlin", False)],
        "languages": [("zh-hans", "中文", True), ("en", "English", False)],
    }  # fmt: skip
