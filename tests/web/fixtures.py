"""A context for every page, and a way to draw it without views, sessions or a database.

Used by test_templates.py and by scripts/styleguide.py, which takes pictures of the same pages.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory
from django.urls import set_urlconf

from mingpu.accounts import second_step_rules
from mingpu.lib.text import Text, speaking
from mingpu.privacy.register import REGISTER
from tests.web import contexts, desk_pages, forms, gate_pages, rights_pages, structure_pages, trade_contexts
from tests.web.goods import (
    ADDRESSES,
    CASE,
    CATEGORIES,
    SHIPMENT,
    ago,
    good,
    goods,
    line,
    number,
    order,
)  # fmt: skip

TEMPLATES = Path(__file__).parents[2] / "mingpu/web/templates"


@dataclass(frozen=True)
class Someone:
    """Who is logged in, as templates know them."""

    nickname: str


PERSON = Someone("知夏")
UNDELIVERED = SimpleNamespace(merchant="mino", name=Text("米诺咖啡", "Mino Coffee"), region="西藏自治区")


@dataclass(frozen=True)
class Page:
    """One page to draw: its template, the address it answers at, what the view gives it."""

    template: str
    path: str = "/"
    given: dict[str, Any] = field(default_factory=dict)
    person: Someone | None = PERSON
    desk: bool = False
    cart: int = 3


GUEST: dict[str, Any] = {"person": None}
SUMMARY = {
    "permissions_on": 1,
    "permissions_total": 5,
    "consents_on": 0,
    "consents_total": 2,
    "uses_recent": 57,
    "shares_total": 6,
    "last_export_at": ago(days=9),
    "cancellation_state": "none",
    "news": 3,
}
EXPORTS = [
    {"id": number("e1"), "state": "waiting", "requested_at": ago(minutes=1)},
    {
        "id": number("e2"),
        "state": "ready",
        "requested_at": ago(days=1),
        "expires_at": ago(days=-2),
        "size": 48213,
    },
]
HISTORY = [
    {"id": number(f"h{i}"), "text": text, "at": ago(hours=i * 7), "days_left": 180 - i}
    for i, text in enumerate(["手冲咖啡壶", "四件套 1.8m", "护眼台灯", "双肩包"])
]
WAYS_ON = [
    {"text": "咖啡壶", "kind": "popular", "id": None},
    {"text": "咖啡豆 & 滤纸", "kind": "catalogue", "id": None},
]
VIEWED = [
    {"id": number(f"w{i}"), "at": ago(hours=i * 9), "days_left": 90 - i, "card": card, "listed": [card] if card else []}
    for i, card in enumerate([*goods(3), None])
]  # fmt: skip
STAFF = {"staff": SimpleNamespace(name="客服 07", merchant=""), "person": None}


def _decide() -> dict[str, Any]:
    return {
        "case": desk_pages.case(CASE),
        "order": {**order("completed"), "shipments": [SHIPMENT]},
        "form": forms.DeskDecision(),
        **gate_pages.case_looks(),
    }


def _desk(template: str, path: str, given: Callable[[], dict[str, Any]]) -> Page:
    return Page(template, path, given(), person=None, desk=True)


def _drawn(template: str, path: str, given: Callable[[], dict[str, Any]]) -> Page:
    return Page(template, path, given())


# name -> what draws it; a function, because forms and labels are made in the reader's language
PAGES: dict[str, Callable[[], Page]] = {
    "home": lambda: Page("home.html", "/", contexts.home_context(), **GUEST),
    "home-known": lambda: Page("home.html", "/", contexts.home_context()),
    "search": lambda: Page("search.html", "/search", contexts.search_context(), **GUEST),
    "search-browse": lambda: Page("search.html", "/search", contexts.search_context(query={}, active=[], categories=CATEGORIES, crumbs=[{"name": Text("厨房", "Kitchen"), "url": "/c/x"}]), **GUEST),
    "search-mended": lambda: Page("search.html", "/search", contexts.search_context(corrected_query="咖啡壶", corrected_url="?q=x", exact_url="?exact=1", recognised=[{"label": Text("品牌：拙石记", "Brand: Zhuoshi"), "url": "?exact=1"}], active=[])),
    "search-exact": lambda: Page("search.html", "/search", contexts.search_context(inexact_url="?q=x", active=[])),
    "search-none": lambda: Page("search.html", "/search", contexts.nothing_context(), **GUEST),
    "product": lambda: Page("product.html", "/p/x/y", contexts.product_context()),
    "product-plain": lambda: Page("product.html", "/p/x/y", contexts.product_context(product={**good(4, image=False), "skus": [{"sku": "a", "options": {}, "price_fen": 25900, "list_price_fen": None, "in_stock": False, "left": 0}], "attributes": {}, "description": "", "images": []}, option_groups=[], selected={"sku": "a", "options": {}, "price_fen": 25900, "list_price_fen": None, "in_stock": False, "left": 0}), **GUEST),
    "product-not-sold": lambda: Page("product.html", "/p/x/y", contexts.product_context(product={**good(4, image=False), "price_fen": None, "skus": [], "images": [], "not_for_sale_label": Text("还没有标价，暂不出售。", "It has no price yet.")}, option_groups=[], selected=None), **GUEST),
    "compare": lambda: Page("compare.html", "/compare", contexts.compare_context(4)),
    "compare-two": lambda: Page("compare.html", "/compare", contexts.compare_context(2)),
    "compare-none": lambda: Page("compare.html", "/compare", contexts.compare_context(0), **GUEST),
    "cart": lambda: Page("cart.html", "/cart", {"cart": trade_contexts.cart_context(line(0), line(4, 2), line(3, problem=Text("只剩 1 件", "Only 1 left")))}),
    "cart-guest": lambda: Page("cart.html", "/cart", {"cart": trade_contexts.cart_context(line(6))}, **GUEST),
    "cart-empty": lambda: Page("cart.html", "/cart", {"cart": trade_contexts.cart_context(), "recommended": goods(5)}, **GUEST, cart=0),
    "checkout": lambda: Page("checkout.html", "/checkout", {**trade_contexts.checkout_context(), "why": contexts.WHY}),
    "checkout-first": lambda: Page("checkout.html", "/checkout", {**trade_contexts.checkout_context(addresses=[], address_id="new"), "why": contexts.WHY}),
    "checkout-topup": lambda: Page("checkout.html", "/checkout", {**trade_contexts.topup_context(), "why": contexts.WHY}),
    "pay-checking": lambda: Page("pay.html", "/orders/x/pay", trade_contexts.pay_context("checking")),
    "pay-choose": lambda: Page("pay.html", "/orders/x/pay", trade_contexts.pay_context("pending", method="", qr_svg="", can_page=False)),
    "pay-door": lambda: Page("pay.html", "/orders/x/pay", {"order": order("pending_confirmation"), "state": "confirming"}),
    "pay-page": lambda: Page("pay_page.html", "/orders/x/pay/page", trade_contexts.pay_page_context()),
    "pay-back": lambda: Page("pay_back.html", "/orders/x/pay/back", {"onward": "/orders/x/pay?from=page"}, **GUEST),
    "pay": lambda: Page("pay.html", "/orders/261120K7Q2M9XH4T/pay", trade_contexts.pay_context("pending")),
    "pay-paid": lambda: Page("pay.html", "/orders/x/pay", trade_contexts.pay_context("paid")),
    "pay-expired": lambda: Page("pay.html", "/orders/x/pay", trade_contexts.pay_context("expired")),
    "orders": lambda: Page("orders.html", "/orders", trade_contexts.orders_context([trade_contexts.order_card("pending_payment", "261120A"), trade_contexts.order_card("shipped", "261118B", lines=[line(5)]), trade_contexts.order_card("completed", "261101C")])),
    "orders-not-found": lambda: Page("orders.html", "/orders", trade_contexts.orders_context([], q="咖啡", searched=True)),
    "orders-empty": lambda: Page("orders.html", "/orders", trade_contexts.orders_context([])),
    "order": lambda: Page("order.html", "/orders/261120K7Q2M9XH4T", trade_contexts.order_context("shipped")),
    "order-unpaid": lambda: Page("order.html", "/orders/x", trade_contexts.order_context("pending_payment")),
    "order-address": lambda: Page("order_address.html", "/orders/x/address", trade_contexts.order_address_context()),
    "order-address-new": lambda: Page("order_address.html", "/orders/x/address", trade_contexts.order_address_context("none")),
    "order-done": lambda: Page("order.html", "/orders/x", trade_contexts.order_context("completed")),
    "order-virtual": lambda: Page("order.html", "/orders/x", trade_contexts.virtual_order_context()),
    "card-code": lambda: Page("card_code.html", "/orders/x/cards/y", {"order_no": "261120K7Q2M9XH4T", "delivery_no": "V-1", "code": "M7K2-Q9XH-4T2M-8A1B"}),
    "after-sales": lambda: Page("after_sales.html", "/orders/x/after-sales", trade_contexts.after_sales_context()),
    "case": lambda: Page("case.html", "/cases/x", trade_contexts.case_context()),
    "case-declined": lambda: Page("case.html", "/cases/x", trade_contexts.case_context(actions=["ask_arbitration"], evidence=[], shipments=[])),
    "wallet": lambda: Page("wallet.html", "/account/wallet", trade_contexts.wallet_context()),
    "wallet-empty": lambda: Page("wallet.html", "/account/wallet", trade_contexts.wallet_context(empty=True)),
    "coupons": lambda: Page("coupons.html", "/coupons", trade_contexts.coupons_context()),
    "coupons-none": lambda: Page("coupons.html", "/coupons", {"coupons": []}, **GUEST),
    "my-coupons": lambda: Page("my_coupons.html", "/account/coupons", trade_contexts.my_coupons_context()),
    "my-coupons-empty": lambda: Page("my_coupons.html", "/account/coupons", trade_contexts.my_coupons_context(empty=True)),
    "favourites": lambda: Page("favourites.html", "/account/favourites", trade_contexts.favourites_context()),
    "favourites-empty": lambda: Page("favourites.html", "/account/favourites", trade_contexts.favourites_context(empty=True)),
    "invoice-titles": lambda: Page("invoice_titles.html", "/account/invoice-titles", trade_contexts.invoice_context()),
    "invoice-consent": lambda: Page("invoice_titles.html", "/account/invoice-titles", trade_contexts.invoice_context(agreed=False)),
    "invoice-declined": lambda: Page("invoice_titles.html", "/account/invoice-titles", trade_contexts.invoice_context(agreed=False, declined=True)),
    "invoice-new": lambda: Page("invoice_new.html", "/orders/x/invoice", trade_contexts.invoice_context()),
    "invoice-first": lambda: Page("invoice_new.html", "/orders/x/invoice", trade_contexts.invoice_context(titles=False)),
    "invoice-nothing": lambda: Page("invoice_new.html", "/orders/x/invoice", trade_contexts.invoice_context(due=0)),
    "register": lambda: Page("register.html", "/register", {"form": forms.Register(), "why": contexts.WHY, "statement_version": REGISTER.version, "ways": contexts.WAYS}, **GUEST),
    "register-wrong": lambda: Page("register.html", "/register", {"form": contexts.wrong_register(), "why": contexts.WHY, "statement_version": REGISTER.version, "code_sent": True, "retry_after": 60, "outbox_url": "http://127.0.0.1:8001/"}, **GUEST),
    "login": lambda: Page("login.html", "/login", {"form": forms.Login(), "mode": "password", "next": "/cart", "ways": contexts.WAYS}, **GUEST),
    "login-code": lambda: Page("login.html", "/login/code", {"form": forms.LoginCode(), "mode": "code", "why": contexts.WHY}, **GUEST),
    "account": lambda: Page("account.html", "/account", {"form": forms.Profile({"nickname": "知夏"}), "why": contexts.WHY, "profile": {"username": "linzhixia", "phone": "138****0042"}, "order_counts": {"pending_payment": 1, "shipped": 2}}),
    "addresses": lambda: Page("addresses.html", "/account/addresses", {"addresses": [(ADDRESSES[0], ()), (ADDRESSES[1], (UNDELIVERED,))], "most": 50}),
    "addresses-empty": lambda: Page("addresses.html", "/account/addresses", {"addresses": [], "most": 50}),
    "address-new": lambda: Page("address_form.html", "/account/addresses/new", {"form": forms.Address(), "why": contexts.WHY}),
    "address-wrong": lambda: Page("address_form.html", "/account/addresses/new", {"form": contexts.wrong_address(), "why": contexts.WHY, "address_id": "x"}),
    "address-read": lambda: Page("address_form.html", "/account/addresses/new", {"form": forms.Address({"province": "西藏自治区"}), "why": contexts.WHY, "undelivered": (UNDELIVERED,), "read": {"found": [Text("收货人姓名", "Consignee"), Text("省份", "Province")], "unsure": [Text("收货人姓名", "Consignee")], "missing": [Text("手机号", "Mobile number")]}}),
    "address-long": lambda: Page("address_form.html", "/account/addresses/new", {"form": forms.Address(), "why": contexts.WHY, "trouble": Text("最多 500 个字", "500 characters at most")}),
    "passkeys": lambda: Page("passkeys.html", "/account/passkeys", contexts.passkeys_context()),
    "passkeys-none": lambda: Page("passkeys.html", "/account/passkeys", {**contexts.passkeys_context(), "passkeys": []}),
    "passkeys-unproven": lambda: Page("passkeys.html", "/account/passkeys", {**contexts.passkeys_context(), "proven": False}),
    "login-second": lambda: Page("login_second.html", "/login/second", contexts.login_second_context(), **GUEST),
    "login-second-away": lambda: Page("login_second.html", "/login/second", contexts.login_second_context(form=forms.Login(), way="password", away=True, passkey=False), **GUEST),
    "second-step": lambda: Page("second_step.html", "/account/second-step", contexts.second_step_context()),
    "second-step-off": lambda: Page("second_step.html", "/account/second-step", contexts.second_step_context(on_at=None, totp=False, left=0)),
    "second-step-codes": lambda: Page("second_step.html", "/account/second-step", {**contexts.second_step_context(), "codes": second_step_rules.make_recovery_codes(), "fresh": True}),
    "second-step-app": lambda: Page("second_step_totp.html", "/account/second-step/app", contexts.totp_context()),
    "recover": lambda: Page("recover.html", "/recover", {"form": forms.Recover(), "why": contexts.WHY}, **GUEST),
    "recover-sent": lambda: Page("recover.html", "/recover", {"form": forms.Recover(), "why": {}, "sent": "email", "retry_after": 60}, **GUEST),
    "recover-waits": lambda: Page("recover.html", "/recover", {"due_at": ago(days=-3)}, **GUEST),
    "recover-stop": lambda: Page("recover_stop.html", "/recover/stop", {"token": "0" * 32}, **GUEST),
    "recovery": lambda: Page("recovery.html", "/account/recovery", contexts.recovery_context("none")),
    "recovery-waiting": lambda: Page("recovery.html", "/account/recovery", contexts.recovery_context("waiting", due_at=ago(days=-2), lifts=True)),
    "recovery-settled": lambda: Page("recovery.html", "/account/recovery", contexts.recovery_context("settled", due_at=ago(days=1), held_until=ago(days=-2))),
    "recovery-stopped": lambda: Page("recovery.html", "/account/recovery", contexts.recovery_context("stopped", due_at=ago(days=-1))),
    "password": lambda: Page("password.html", "/account/password", {"form": forms.Fresh()}),
    "email": lambda: Page("email.html", "/account/email", {"form": forms.Mail(), "now": "z***@example.com", "why": {}}),
    "email-none": lambda: Page("email.html", "/account/email", {"form": forms.Mail(), "now": "", "why": contexts.WHY, "sent": "email", "retry_after": 60}),
    "phone": lambda: Page("phone.html", "/account/phone", {"form": forms.Number(), "now": "138****5678", "why": contexts.WHY}),
    "phone-sent": lambda: Page("phone.html", "/account/phone", {"form": forms.Number(), "now": "138****5678", "why": {}, "sent": "sms", "retry_after": 60}),
    "prove": lambda: Page("prove.html", "/account/prove", contexts.prove_context()),
    "prove-code": lambda: Page("prove.html", "/account/prove", contexts.prove_context(form=forms.StepCode(), way="phone_code", passkey=False)),
    "linked": lambda: Page("linked.html", "/account/linked", contexts.linked_context()),
    "linked-none": lambda: Page("linked.html", "/account/linked", contexts.linked_context(empty=True)),
    "linked-link": lambda: Page("linked_one.html", "/account/linked/wechat", contexts.linked_one_context()),
    "linked-unlink": lambda: Page("linked_one.html", "/account/linked/wechat", contexts.linked_one_context(mine=True)),
    "linked-go": lambda: Page("linked_one.html", "/account/linked/wechat", contexts.linked_one_context(address="https://open.weixin.example/connect/qrconnect")),
    "linked-new": lambda: Page("linked_new.html", "/account/linked/new", contexts.linked_new_context()),
    "linked-silent": lambda: Page("linked_one.html", "/account/linked/wechat", contexts.linked_one_context(trouble=Text("微信暂时没有答复", "WeChat does not answer just now"))),
    "linked-new-visitor": lambda: Page("linked_new.html", "/account/linked/new", contexts.linked_new_context(visitor=True), **GUEST),
    "history": lambda: Page("history.html", "/history", {"items": HISTORY, "enabled": True}),
    "browsing": lambda: Page("browsing.html", "/account/browsing", {"items": VIEWED, "enabled": True}),
    "browsing-empty": lambda: Page("browsing.html", "/account/browsing", {"items": [], "enabled": False}),
    "history-empty": lambda: Page("history.html", "/history", {"items": [], "enabled": False}),
    "privacy": lambda: Page("privacy/hub.html", "/privacy", {"summary": SUMMARY, "statement_version": REGISTER.version}),
    "permissions": lambda: Page("privacy/permissions.html", "/privacy/permissions", contexts.permissions_context()),
    "consents": lambda: Page("privacy/consents.html", "/privacy/consents", contexts.consents_context()),
    "receipts": lambda: Page("privacy/receipts.html", "/privacy/receipts", contexts.receipts_context()),
    "receipts-none": lambda: Page("privacy/receipts.html", "/privacy/receipts", {"receipts": [], "history": []}),
    "news": lambda: Page("privacy/news.html", "/privacy/news", contexts.news_context()),
    "news-none": lambda: Page("privacy/news.html", "/privacy/news", contexts.news_context(empty=True)),
    "versions": lambda: Page("versions.html", "/statement/versions", contexts.versions_context()),
    "real-name": lambda: Page("real_name.html", "/account/real-name", {"agreed": True, "form": forms.RealName(), "checked": None, "why": contexts.WHY}),
    "real-name-consent": lambda: Page("real_name.html", "/account/real-name", {"agreed": False, "consent": contexts.matter("real_name", granted=None), "form": forms.RealName()}),
    "real-name-declined": lambda: Page("real_name.html", "/account/real-name", {"agreed": False, "consent": contexts.matter("real_name", granted=False), "form": forms.RealName()}),
    "real-name-mismatch": lambda: Page("real_name.html", "/account/real-name", {"agreed": True, "form": forms.RealName({"real_name": "", "number": "1"}), "checked": SimpleNamespace(name="", at=ago(hours=1)), "label": Text("不一致", "Not a match"), "why": contexts.WHY}),
    "real-name-verified": lambda: Page("real_name.html", "/account/real-name", {"agreed": True, "verified": True, "form": forms.RealName(), "checked": SimpleNamespace(name="林**", at=ago(hours=1)), "label": Text("已验证", "Verified")}),
    "settings": lambda: Page("settings.html", "/account/settings", contexts.settings_context()),
    "notices-list": lambda: Page("notices.html", "/account/notices", contexts.notices_context()),
    "notices-none": lambda: Page("notices.html", "/account/notices", contexts.notices_context(empty=True)),
    "notice-settings-refused": lambda: Page("notice_settings.html", "/account/notices/settings", contexts.notice_settings_context(granted=False)),
    "notice-settings-agreed": lambda: Page("notice_settings.html", "/account/notices/settings", contexts.notice_settings_context(granted=True)),
    "notice-settings": lambda: Page("notice_settings.html", "/account/notices/settings", contexts.notice_settings_context()),
    "unsubscribe": lambda: Page("unsubscribe.html", "/unsubscribe/x", {"done": False, "token": "x"}, **GUEST),
    "unsubscribe-done": lambda: Page("unsubscribe.html", "/unsubscribe/x", {"done": True, "token": "x"}, **GUEST),
    "settings-none": lambda: Page("settings.html", "/account/settings", {"q": "飞船", "pages": [], "switches": []}),
    "devices": lambda: Page("privacy/devices.html", "/privacy/devices", contexts.devices_context()),
    "devices-none": lambda: Page("privacy/devices.html", "/privacy/devices", {**contexts.devices_context(), "devices": []}),
    "uses": lambda: Page("privacy/uses.html", "/privacy/uses", contexts.uses_context()),
    **{name: partial(_drawn, *it) for name, it in gate_pages.SHOP.items()},
    "shares": lambda: Page("privacy/shares.html", "/privacy/shares", contexts.shares_context()),
    "exports": lambda: Page("privacy/exports.html", "/privacy/exports", {"exports": EXPORTS, "waiting": True}),
    "cancellation": lambda: Page("privacy/cancellation.html", "/privacy/cancellation", contexts.cancellation_context()),
    "cancellation-code": lambda: Page("privacy/cancellation.html", "/privacy/cancellation", {**contexts.cancellation_context(), "mode": "code", "form": forms.Code()}),
    "cancellation-blocked": lambda: Page("privacy/cancellation.html", "/privacy/cancellation", contexts.cancellation_context(state="blocked", blockers=[{"label": Text("1 张订单还没收货", "1 order has not arrived"), "url": "/orders", "action": Text("去看看", "See it")}])),
    "cancellation-cooling": lambda: Page("privacy/cancellation.html", "/privacy/cancellation", contexts.cancellation_context(state="cooling", until=ago(days=-6), certificate_id=number("certificate"))),
    "cancellation-erasing": lambda: Page("privacy/cancellation.html", "/privacy/cancellation", contexts.cancellation_context(state="erasing")),
    "statement": lambda: Page("statement.html", "/statement", contexts.statement_context(), **GUEST),
    "help": lambda: Page("help.html", "/help", {"facts": contexts.FACTS, "operator": REGISTER.operator}, **GUEST),
    "statistics": lambda: Page("statistics.html", "/statistics", contexts.statistics_context(), **GUEST),
    "statistics-empty": lambda: Page("statistics.html", "/statistics", {**contexts.statistics_context(), "quarters": []}, **GUEST),
    "certificate": lambda: Page("certificate.html", "/certificates/x", contexts.certificate_context(), **GUEST),
**{f"error-{status}": partial(Page, "error.html", "/x", {"status": status, "code": "refused"}) for status in (403, 404, 409, 422, 429, 500)},
    "error-told": lambda: Page("error.html", "/x", {"status": 409, "code": "out_of_stock", "title": Text("库存不够了", "Not enough left"), "detail": Text("“云禾四件套”只剩 1 件。", "Only 1 of the bedding is left."), "way_url": "/cart", "way_label": Text("回购物车调整", "Change the cart")}),
    "404": lambda: Page("404.html", "/x"),
    "403-csrf": lambda: Page("403_csrf.html", "/x"),
    "500": lambda: Page("500.html", "/x", **GUEST),
    "offline": lambda: Page("offline.html", "/offline", **GUEST),
    "alarm": lambda: Page("help.html", "/help", {"facts": contexts.FACTS, "operator": REGISTER.operator, "recovering": True}),
    "notices": lambda: Page("help.html", "/help", {"facts": contexts.FACTS, "operator": REGISTER.operator, "notices": [{"kind": "ok", "text": Text("已加入购物车", "In your cart"), "url": "/cart", "link": Text("去购物车", "To the cart")}]}),
    "desk-login": lambda: Page("desk/login.html", "/login", {"form": forms.DeskLogin()}, desk=True, **GUEST),
    "desk-cases": lambda: Page("desk/cases.html", "/", {**STAFF, "listing": contexts.listing([CASE, {**CASE, "case_no": "B1", "status": "awaiting_return", "status_label": Text("已同意", "Approved")}]), "tabs": [{"label": Text("待处理", "Waiting"), "url": "?", "active": True, "count": 2}, {"label": Text("已处理", "Done"), "url": "?s=done", "active": False}]}, desk=True),
    "desk-cases-empty": lambda: Page("desk/cases.html", "/", {**STAFF, "listing": contexts.listing([]), "tabs": []}, desk=True),
    "desk-case": lambda: Page("desk/case.html", "/cases/x", {**STAFF, **_decide()}, desk=True),
    "desk-orders": lambda: Page("desk/orders.html", "/orders", {**STAFF, "form": forms.DeskLookup(), "order": {**order("completed"), "shipments": [SHIPMENT]}}, desk=True),
    **{name: partial(_desk, *it) for name, it in (desk_pages.PAGES | structure_pages.PAGES | gate_pages.DESK).items()},
    **{name: partial(Page, *it) for name, it in rights_pages.PAGES.items()},
    **{name: partial(Page, template, path, {**STAFF, **given}, desk=True) for name, (template, path, given) in rights_pages.DESK.items()},
    "desk-error": lambda: Page("desk/error.html", "/x", {**STAFF, "status": 404, "code": "not_found"}, desk=True),
}  # fmt: skip

# fragments that htmx fetches, and files that are drawn
PARTS: dict[str, Callable[[], Page]] = {
    "region": lambda: Page(
        "parts/region.html",
        "/regions",
        {"form": forms.Address({"province": "浙江省"}), "lax": True, "undelivered": ()},
    ),
    "suggest": lambda: Page(
        "parts/suggest.html", "/suggest", {"own": [], "others": WAYS_ON, "typed": "咖啡"}
    ),
    "suggest-own": lambda: Page(
        "parts/suggest.html", "/suggest", {"own": HISTORY[:2], "others": WAYS_ON[:1], "typed": ""}
    ),
    "suggest-none": lambda: Page(
        "parts/suggest.html", "/suggest", {"own": [], "others": [], "typed": "咖啡"}
    ),
    "pay-paid": lambda: Page("parts/pay_status.html", "/x", trade_contexts.pay_context("paid")),
    "code-sent": lambda: Page("parts/code_sent.html", "/codes", {"retry_after": 60}),
    "code-refused": lambda: Page(
        "parts/code_sent.html", "/codes", {"problem": Text("请稍后再试", "Please wait")}
    ),
    "manifest": lambda: Page("manifest.webmanifest", "/manifest.webmanifest"),
    "sw": lambda: Page("sw.js", "/sw.js", {"version": "1"}),
}


def ensure_django() -> None:
    """Set Django up as far as drawing needs it, unless the project's own settings are in charge."""
    if not settings.configured and not os.environ.get("DJANGO_SETTINGS_MODULE"):
        settings.configure(
            USE_TZ=True, STATIC_URL="/static/", SECRET_KEY="drawing", ALLOWED_HOSTS=["*"], DEBUG=False, PUBLIC_ADDRESS="https://mall.test",
            INSTALLED_APPS=["django.contrib.staticfiles"], USE_I18N=True, LANGUAGE_CODE="zh-hans",
            STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
        )  # fmt: skip
        django.setup()


def engine() -> DjangoTemplates:
    return DjangoTemplates({
        "NAME": "drawing", "DIRS": [TEMPLATES], "APP_DIRS": False,
        "OPTIONS": {
            "builtins": [
                "mingpu.web.templatetags.mall",
                "mingpu.web.templatetags.goods",
                "django.templatetags.static",
            ],
            "context_processors": ["django.template.context_processors.request"],
        },
    })  # fmt: skip


def draw(page: Callable[[], Page], language: str, with_engine: DjangoTemplates) -> str:
    """Return the page's HTML in `language`: zh-hans or en."""
    with speaking(language):
        it = page()
        set_urlconf("tests.web.desk_urls" if it.desk else "tests.web.mall_urls")
        try:
            request = RequestFactory().get(it.path)
            common: dict[str, Any] = {"person": it.person, "cart_count": it.cart, "bell": 2, "notices": []}
            return str(with_engine.get_template(it.template).render({**common, **it.given}, request))
        finally:
            set_urlconf(None)


def draw_with(language: str, drawing: Callable[[], str]) -> str:
    """Return what `drawing` gives on a page of the shop in `language`."""
    with speaking(language):
        set_urlconf("tests.web.mall_urls")
        try:
            return drawing()
        finally:
            set_urlconf(None)
