"""The desk's pages for merchants and for money, as their views give them; drawn with the others by `fixtures`."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import segno
from django import forms
from django.utils.safestring import mark_safe

from mingpu.catalog.import_rules import LABELS
from mingpu.lib.text import Text
from mingpu.statistics.rules import ATTACKS, LIMITS, Budget, Measures, Risk
from tests.web.goods import ago, line

MALL = SimpleNamespace(name="客服 07", merchant="")
SHOP = SimpleNamespace(name="发货 02", merchant="musen")
STATES = {
    "to_ship": (Text("待发货", "To be sent"), "warn"),
    "partly_sent": (Text("部分发货", "Partly sent"), "brand"),
    "sent": (Text("已发货", "Sent"), "ok"),
}


class Ship(forms.Form):
    """The form of a part with two lines left to send."""

    parcel_no = forms.CharField(widget=forms.HiddenInput(), initial="P7K2")
    pieces0 = forms.IntegerField(label="云禾四件套", min_value=0, max_value=3, initial=3)
    pieces1 = forms.IntegerField(label="手冲咖啡壶", min_value=0, max_value=1, initial=1)
    courier = forms.ChoiceField(
        label=Text("配送公司", "Courier"), required=False,
        choices=[("", "按买家的选择"), ("sf", "顺丰速运"), ("yto", "圆通速递")],
    )  # fmt: skip

    @property
    def rows(self) -> list[tuple[dict[str, Any], forms.BoundField]]:
        return [(line(0), self["pieces0"]), (line(6), self["pieces1"])]


def part(state: str = "to_ship", no: str = "P7K2M9XH4T3QWBNZC") -> dict[str, Any]:
    label, tone = STATES[state]
    return {
        "part_no": no, "state": state, "state_label": label, "tone": tone, "goods_fen": 56_500,
        "own_discount_fen": 4_000, "sold_fen": 52_500, "shipping_fen": 800, "pieces": 4,
        "pieces_sent": {"to_ship": 0, "partly_sent": 1, "sent": 4}[state], "placed_at": ago(hours=9),
        "ready_at": ago(hours=8), "to_send": state != "sent",
        "lines": [{**line(0), "real_name": False}, {**line(6, 2), "real_name": True}],
    }  # fmt: skip


def parcel(status: Text, **more: Any) -> dict[str, Any]:
    return {
        "parcel_no": "G7K2M9XH4T3QWBNZC", "courier_label": Text("顺丰速运", "SF Express"), "direction": "out",
        "waybill_no": "SF1390042776185", "status_label": status, "pieces": 1, "cod_fen": None, "created_at": ago(hours=3), **more,
    }  # fmt: skip


LABEL = {
    "parcel_no": "G7K2M9XH4T3QWBNZC", "courier_label": Text("顺丰速运", "SF Express"), "waybill_no": "SF1390042776185",
    "sorting_code": "571-12 A3", "cod_fen": 12_900, "real_name": True,
    "sender": {"name": "木森仓库", "phone": "+8651200000000", "address": "江苏省苏州市吴中区木森路 0 号"},
    "to": {"name": "林**", "phone": "138******42", "address": "浙江省杭州市西湖区文三路***"},
}  # fmt: skip


def parts() -> dict[str, Any]:
    tabs = [("to_ship", Text("待发货", "To be sent"), 3), ("partly_sent", Text("部分发货", "Partly sent"), 1)]
    tabs += [
        ("sent", Text("已发货", "Sent"), None),
        ("waiting", Text("等待付款", "Waiting for payment"), None),
    ]
    return {
        "staff": SHOP,
        "tabs": [{"label": label, "url": f"?state={it}", "active": it == "to_ship", "count": n} for it, label, n in tabs],
        "listing": {"items": [part(), part("partly_sent", "P2"), part("sent", "P3")], "total": 43, "page": 2, "page_size": 20},
    }  # fmt: skip


def one_part(state: str = "partly_sent") -> dict[str, Any]:
    sends = state != "sent"
    return {
        "staff": SHOP, "part": part(state), "form": Ship() if sends else None,
        "consignee": {"name": "林**", "phone": "138****0042", "address": "浙江省杭州市西湖区文三路***"} if sends else None,
        "parcels": [parcel(Text("运输中", "On its way")), parcel(Text("正在预约取件", "Booking a pick-up"), waybill_no=None, cod_fen=9900)],
    }  # fmt: skip


def one_label() -> dict[str, Any]:
    drawn = segno.make_qr(LABEL["waybill_no"], error="m").svg_inline(border=0, omitsize=True)
    return {"staff": SHOP, "label": LABEL, "part_no": "P7K2", "code": mark_safe(drawn)}


def goods() -> dict[str, Any]:
    skus = [
        {
            "sku": "MP-0000-A",
            "options": {"颜色": "雾蓝", "尺寸": "1.8 m 床"},
            "price_fen": 32_900,
            "stock": 12,
        },
        {
            "sku": "MP-0000-B",
            "options": {},
            "price_fen": 35_900,
            "stock": 0,
            "shelves": [
                {"warehouse": "mingpu-hz", "name": Text("杭州仓", "Hangzhou"), "pieces": 2},
                {"warehouse": "mingpu-gz", "name": Text("广州仓", "Guangzhou"), "pieces": 0},
            ],
        },
    ]
    on = {"id": "0b0f4c4e-27a4-4f57-9f0e-0d2b1f2a9c11", "title": "云禾四件套", "for_sale": True, "why": None, "can_return": False, "skus": skus}  # fmt: skip
    off = {
        **on,
        "for_sale": False,
        "why": Text("商家已下架", "its merchant took it off"),
        "can_return": True,
        "begins": "2026-11-11T20:00",
        "ends": "",
    }
    return {
        "staff": SHOP, "words": "四件套", "sale": "",
        "tabs": [{"label": label, "value": it, "active": it == ""} for it, label in (("", Text("全部", "All")), ("on", Text("在售", "On sale")))],
        "listing": {"items": [on, off], "total": 43, "page": 2, "page_size": 20},
    }  # fmt: skip


def statement(staff: SimpleNamespace = SHOP, *, empty: bool = False) -> dict[str, Any]:
    sums = [18, 0, 32, 45, -12, 60, 22, 0, 0, 81, 34, 57, 40, 28, 0, 66, 91, 12, -30, 47, 53, 70, 39]
    sums += [0] * 7
    bars = [
        {"day": date(2026, 11, n + 1), "fen": fen * 100, "x": n * 20, "y": 105 - fen if fen > 0 else 105, "width": 16, "height": abs(fen)}
        for n, fen in enumerate(sums)
    ]  # fmt: skip
    kinds = [(Text("订单完成", "Order completed"), 11_685, 615), (Text("退款扣回", "Taken back for a refund"), -5_700, -300), (Text("打款", "Paid out"), -200_000, 0)]  # fmt: skip
    lines = [
        {"label": label, "line": {"at": ago(hours=n * 7), "reference": "P7K2M9XH4T3QWBNZC", "payable_fen": fen, "commission_fen": kept}}
        for n, (label, fen, kept) in enumerate(kinds)
    ]  # fmt: skip
    return {
        "staff": staff, "shop": {"name": Text("木森家居", "Musen"), "code": "musen"}, "month": "2026-11",
        "months": ["2026-11", "2026-10"], "file_url": "/statement.csv?month=2026-11",
        "statement": {"opening_fen": 182_000, "closing_fen": 93_500, "paid_out_fen": 200_000, "commission_fen": 4_120},
        "earned_fen": 111_500, "bars": bars, "zero": 105, "width": 620, "height": 140,
        "lines": [] if empty else lines, "more": 12,
    }  # fmt: skip


def merchants() -> dict[str, Any]:
    own = {"code": "mingpu", "name": Text("明铺自营", "Mingpu"), "kind": Text("自营", "Mall's own"), "commission": "0", "couriers": [Text("顺丰速运", "SF Express")], "cod": True, "active": True, "own": True}  # fmt: skip
    other = {**own, "code": "musen", "name": Text("木森家居", "Musen"), "commission": "5", "active": False, "cod": False, "own": False}  # fmt: skip
    return {"staff": MALL, "rows": [own, other]}


def cod() -> dict[str, Any]:
    row = {"order_no": "M7K2M9XH4T3QWBNZC", "total_fen": 328_800, "why_label": Text("金额较大", "A large amount"), "asked_at": ago(hours=2)}  # fmt: skip
    return {"staff": MALL, "rows": [row, {**row, "order_no": "M2"}]}


def refunds() -> dict[str, Any]:
    it = {
        "out_refund_no": "R7K2M9XH4T3QWBNZC", "order_no": "M7K2M9XH4T3QWBNZC", "amount_fen": 9_900,
        "status_label": Text("退款异常，客服处理中", "Refund stuck; staff are on it"), "created_at": ago(hours=30),
    }  # fmt: skip
    return {"staff": MALL, "rows": [{"it": it, "path": Text("微信支付", "WeChat Pay")}]}


def notice_queue() -> dict[str, Any]:
    it = {
        "id": UUID(int=7), "recipient_label": Text("顺丰速运", "SF Express"), "messages": 3, "due_at": ago(days=1),
        "tries": 9,
    }  # fmt: skip
    why = Text("连接不上", "Does not answer")
    return {
        "staff": MALL,
        "rows": [{"it": it, "why": why}, {"it": {**it, "id": UUID(int=8)}, "why": "unknown_reference"}],
    }


def differences() -> dict[str, Any]:
    it = {"day": date(2026, 11, 22), "label": Text("金额不一致", "another amount"), "number": "M7K2M9XH4T3QWBNZC01", "ours_fen": 9_900, "theirs_fen": 9_800}  # fmt: skip
    rows = [it, {**it, "label": Text("我方账上没有", "not in our books"), "ours_fen": None}]
    return {"staff": MALL, "rows": [{"it": one, "party": Text("微信支付", "WeChat Pay")} for one in rows]}


def invoices() -> dict[str, Any]:
    it = {"invoice_no": "I7K2M9XH4T3QWBNZC", "order_no": "M7K2M9XH4T3QWBNZC", "total_fen": 32_900, "asked_at": ago(hours=60)}  # fmt: skip
    return {"staff": MALL, "rows": [it]}


def statistics() -> dict[str, Any]:
    risks = {name: Risk(0.01, 0.0, 0.06) for name in ATTACKS}
    it = SimpleNamespace(
        id=UUID(int=7), quarter="2026Q3", statistic="orders_by_payment", title=Text("支付方式", "Ways of paying"), since=date(2026, 7, 1),
        epsilon=Decimal("0.250"), bound=3, error=36, mechanism="discrete_laplace", measures=Measures(812, 24, 6, 0.21, risks),
        asked_by="linchen", asked_at=ago(hours=3), decided_by="", state="proposed", at=None,
    )  # fmt: skip
    row = {
        "it": it, "state": Text("待审批", "to be decided"), "tone": "warn", "epsilon": Decimal("0.25"), "mine": False, "t": 0.21,
        "risks": [{"label": label, "high": 0.06} for label in ATTACKS.values()],
    }  # fmt: skip
    done = SimpleNamespace(**{**vars(it), "state": "published", "decided_by": "kefu"})
    return {
        "staff": MALL, "waiting": [row, {**row, "mine": True, "it": SimpleNamespace(**{**vars(it), "id": UUID(int=8)})}],
        "decided": [{**row, "it": done, "state": Text("已公布", "published"), "tone": "ok"}],
        "budget": Budget(2026, Decimal("0.750"), {}), "limits": LIMITS, "trouble": "",
    }  # fmt: skip


def offers() -> dict[str, Any]:
    offer = {
        "id": "demo-welcome-10",
        "title": Text("新人券", "Welcome coupon"),
        "kind": "coupon",
        "merchant": "",
    }
    it = {"offer": offer, "claimed": 218, "total": 10_000, "starts_at": ago(days=9), "ends_at": ago(days=-50)}
    row = {
        "it": it,
        "kind": Text("优惠券", "Coupon"),
        "state": Text("进行中", "Going on"),
        "tone": "ok",
        "can_stop": True,
    }
    over = {**row, "state": Text("已停止", "Stopped"), "tone": "quiet", "can_stop": False}
    return {
        "staff": MALL,
        "rows": [row, {**over, "it": {**it, "offer": {**offer, "kind": "flash", "merchant": "musen"}}}],
    }


def an_import(state: str = "checked", **more: Any) -> dict[str, Any]:
    """Return an import as its page shows it, half of its way gone while it is going on."""
    going, done = state in {"checking", "taking"}, state == "done"
    report = {"rows": 1_200, "new": 340, "changed": 812, "unchanged": 31}
    return {
        "id": "5b0c1f52-98d4-4d2c-9a53-1f2a2f6a6c11", "name": "木森春季上新.xlsx", "by": "发货 02", "merchant": "musen",
        "at": ago(hours=1), "size": 482_133, "state": state, "label": LABELS[state], "report": report, "lines": 2_400,
        "percent": 50, "going": going, "open": going or state == "checked", "waits": state == "checked",
        "writes": done or state == "taking", "to_write": 1_152, **more,
    }  # fmt: skip


def imports_list(staff: Any = SHOP, trouble: str = "") -> dict[str, Any]:
    shops = (
        [] if staff is SHOP else [{"code": "musen", "name": "木森"}, {"code": "mingpu", "name": "明铺自营"}]
    )
    listed = [an_import(), an_import("done"), an_import("failed")]
    return {
        "staff": staff,
        "imports": listed,
        "trouble": trouble,
        "most_mb": 200,
        "shops": shops,
        "excel": staff is SHOP,
    }


def import_page(state: str = "checked", staff: Any = SHOP) -> dict[str, Any]:
    missing, unpriced = (
        Text("没有标题", "the title is missing"),
        Text("没有价格，暂不出售", "no price, so not for sale"),
    )
    refused, off_sale = Text("拒收", "refused"), Text("收录，不出售", "taken, not for sale")
    said = [("SP-1041", missing, refused), ("SP-1043", unpriced, off_sale), (None, missing, refused)]
    return {
        "staff": staff,
        "it": an_import(state),
        "sums": [{"label": refused, "counts": [{"count": 17, "text": missing}]}, {"label": off_sale, "counts": [{"count": 45, "text": unpriced}]}],
        "rows": [{"kind": kind, "remark": {"file": "木森春季上新.xlsx 商品", "line": 41 + n, "external_id": no, "text": text}} for n, (no, text, kind) in enumerate(said)],
        "more": 59,
    }  # fmt: skip


def case(of: dict[str, Any]) -> dict[str, Any]:
    """Return a buyer's case as the desk sees it, with what can be decided."""
    decisions = [("approve", Text("同意", "Approve"), True), ("reject", Text("不同意", "Refuse"), False)]
    evidence = [{"number": "V1", "kind": "photo"}, {"number": "V2", "kind": "video"}]
    return {
        **of, "merchant": "musen", "due_at": ago(hours=-20), "freight_label": Text("退回运费由商家承担", "The seller pays the way back"),
        "evidence": evidence, "parcels": [], "refunds": [],
        "actions": [{"name": name, "label": label, "yes": yes} for name, label, yes in decisions],
    }  # fmt: skip


class Warehouse(forms.Form):
    code = forms.CharField(label=str(Text("编号", "Code")), max_length=32)
    name = forms.CharField(label=str(Text("名称", "Name")), max_length=60)
    name_en = forms.CharField(label=str(Text("英文名称", "English name")), required=False)
    province = forms.ChoiceField(
        label=str(Text("省份", "Province")), choices=[("浙江", "浙江"), ("江苏", "江苏")]
    )


def warehouses() -> dict[str, Any]:
    it = {"code": "musen-sz", "name": Text("苏州仓", "Suzhou"), "province": "江苏", "active": True}
    other = {
        **it,
        "code": "musen-gz",
        "name": Text("广州仓", "Guangzhou"),
        "province": "广东",
        "active": False,
    }
    return {"staff": SHOP, "warehouses": [it, other], "form": Warehouse()}


# name -> template, address, what the view gives it
def words() -> dict[str, Any]:
    groups = [
        {"id": UUID(int=n), "words": it} for n, it in enumerate(("土豆、马铃薯、洋芋", "电视、电视机、tv"))
    ]
    return {
        "staff": MALL, "listing": {"items": groups, "total": 63, "page": 1, "page_size": 50}, "q": "", "typed": "", "trouble": "", "trending": ("保温杯", "usb 线", "围巾"),
        "barred": [
            {"kind": "stop", "label": Text("停用词", "Stop word"), "words": ["包邮", "正品", "hot sale"]},
            {"kind": "offensive", "label": Text("屏蔽词", "Offensive word"), "words": ["脏话"]},
        ],
    }  # fmt: skip


PAGES: dict[str, tuple[str, str, Any]] = {
    "desk-parts": ("desk/parts.html", "/parts", parts),
    "desk-parts-empty": ("desk/parts.html", "/parts", lambda: {**parts(), "listing": {"items": [], "total": 0, "page": 1, "page_size": 20}}),
    "desk-part": ("desk/part.html", "/parts/P1", one_part),
    "desk-part-sent": ("desk/part.html", "/parts/P1", lambda: one_part("sent")),
    "desk-label": ("desk/label.html", "/parts/P1/parcels/G1", one_label),
    "desk-goods": ("desk/goods.html", "/goods", goods),
    "desk-warehouses": ("desk/warehouses.html", "/warehouses", warehouses),
    "desk-warehouses-none": ("desk/warehouses.html", "/warehouses", lambda: {**warehouses(), "warehouses": []}),
    "desk-goods-empty": ("desk/goods.html", "/goods", lambda: {**goods(), "listing": {"items": [], "total": 0, "page": 1, "page_size": 20}}),
    "desk-imports": ("desk/imports.html", "/imports", imports_list),
    "desk-imports-mall": ("desk/imports.html", "/imports", lambda: imports_list(MALL, "文件超过 200 MB。")),
    "desk-import": ("desk/import.html", "/imports/1", import_page),
    "desk-import-going": ("desk/import.html", "/imports/1", lambda: import_page("taking")),
    "desk-import-done": ("desk/import.html", "/imports/1", lambda: import_page("done", MALL)),
    "desk-import-failed": ("desk/import.html", "/imports/1", lambda: {**import_page("failed"), "rows": [], "sums": [], "more": 0}),
    "desk-statement": ("desk/statement.html", "/statement", statement),
    "desk-statement-empty": ("desk/statement.html", "/statement", lambda: statement(empty=True)),
    "desk-statement-own": ("desk/statement.html", "/merchants/mingpu", lambda: {**statement(MALL), "statement": None}),
    "desk-merchant": ("desk/statement.html", "/merchants/musen", lambda: statement(MALL)),
    "desk-merchants": ("desk/merchants.html", "/merchants", merchants),
    "desk-cod": ("desk/cod.html", "/cod", cod),
    "desk-cod-empty": ("desk/cod.html", "/cod", lambda: {"staff": MALL, "rows": []}),
    "desk-refunds": ("desk/refunds.html", "/refunds", refunds),
    "desk-refunds-empty": ("desk/refunds.html", "/refunds", lambda: {"staff": MALL, "rows": []}),
    "desk-differences": ("desk/differences.html", "/differences", differences),
    "desk-differences-empty": ("desk/differences.html", "/differences", lambda: {"staff": MALL, "rows": []}),
    "desk-invoices": ("desk/invoices.html", "/invoices", invoices),
    "desk-invoices-empty": ("desk/invoices.html", "/invoices", lambda: {"staff": MALL, "rows": []}),
    "desk-notices": ("desk/notices.html", "/notices", notice_queue),
    "desk-notices-empty": ("desk/notices.html", "/notices", lambda: {"staff": MALL, "rows": []}),
    "desk-offers": ("desk/offers.html", "/offers", offers),
    "desk-statistics": ("desk/statistics.html", "/statistics", statistics),
    "desk-statistics-empty": ("desk/statistics.html", "/statistics", lambda: {**statistics(), "waiting": [], "decided": []}),
    "desk-words": ("desk/words.html", "/words", words),
    "desk-words-empty": ("desk/words.html", "/words", lambda: {**words(), "listing": {"items": [], "total": 0, "page": 1, "page_size": 50}, "barred": [], "trending": ()}),
    "desk-words-refused": ("desk/words.html", "/words", lambda: {**words(), "typed": "土豆", "trouble": "一组 2 到 20 个不同的词"}),
    "desk-offers-empty": ("desk/offers.html", "/offers", lambda: {"staff": MALL, "rows": []}),
}  # fmt: skip
