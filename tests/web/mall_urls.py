"""Every page name that the shop's templates link to, answered by nobody: for drawing them without views."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nobody(request: HttpRequest, **_: object) -> HttpResponse:
    """Stand in for a view."""
    return HttpResponse(request.path)


PATHS = {
    "home": "", "search": "search", "compare": "compare", "suggest": "suggest",
    "cart": "cart", "cart_add": "cart/add", "cart_set": "cart/set", "cart_remove": "cart/remove",
    "checkout": "checkout", "place_order": "checkout/place", "pay": "orders/<str:order_no>/pay",
    "pay_status": "orders/<str:order_no>/pay/status", "orders": "orders", "order": "orders/<str:order_no>",
    "order_address": "orders/<str:order_no>/address", "order_cancel": "orders/<str:order_no>/cancel", "order_receipt": "orders/<str:order_no>/receipt",
    "after_sales_new": "orders/<str:order_no>/after-sales", "case": "cases/<str:case_no>",
    "case_withdraw": "cases/<str:case_no>/withdraw", "case_sent_back": "cases/<str:case_no>/sent-back", "register": "register", "login": "login",
    "login_code": "login/code", "logout": "logout", "send_code": "codes", "account": "account",
    "addresses": "account/addresses", "address_new": "account/addresses/new",
    "address_edit": "account/addresses/<uuid:pk>", "address_delete": "account/addresses/<uuid:pk>/delete",
    "address_default": "account/addresses/<uuid:pk>/default", "regions": "regions", "real_name": "account/real-name",
    "real_name_delete": "account/real-name/delete", "settings": "account/settings",
    "sessions_end": "privacy/sign-ins/end-others", "session_name": "privacy/sign-ins/<uuid:pk>/name",
    "session_end": "privacy/sign-ins/<uuid:pk>/end",
    "privacy": "privacy", "permissions": "privacy/permissions",
    "permission_set": "privacy/permissions/<str:name>", "consents": "privacy/consents",
    "consent_set": "privacy/consents/<str:purpose>", "devices": "privacy/devices",
    "device_remove": "privacy/devices/<uuid:pk>/remove", "uses": "privacy/uses", "looks": "privacy/looks", "mirror": "privacy/mirror", "use": "privacy/uses/<int:number>", "uses_file": "privacy/uses.csv", "shares_file": "privacy/shares.csv", "audit": "audit", "audit_run": "audit/run", "audit_measurement": "audit/measurements/<slug:name>",
    "roots": ".well-known/mingpu-roots.json", "shares": "privacy/shares", "share": "privacy/shares/<uuid:pk>",
    "exports": "privacy/exports", "export_download": "privacy/exports/<uuid:pk>",
    "receipts": "privacy/receipts", "receipt_file": "privacy/receipts/<uuid:pk>", "news": "privacy/news",
    "versions": "statement/versions",
    "rights": "privacy/rights", "data": "privacy/data", "items": "privacy/data/<slug:table>",
    "item_delete": "privacy/data/<slug:table>/<str:key>/delete", "retention": "privacy/retention",
    "decisions": "privacy/decisions", "rights_requests": "privacy/requests",
    "rights_request": "privacy/requests/<str:no>", "rights_request_act": "privacy/requests/<str:no>/act",
    "transfers": "privacy/transfers", "transfer_stop": "privacy/transfers/<uuid:pk>/stop",
    "imports": "privacy/imports", "import": "privacy/imports/<uuid:pk>", "guardian": "privacy/guardian",
    "child": "privacy/children/<uuid:pk>", "child_choices": "privacy/children/<uuid:pk>/choices", "child_choice_set": "privacy/children/<uuid:pk>/choices/<str:name>", "after_death": "privacy/after-death", "relatives": "relatives",
    "relatives_status": "relatives/status", "relatives_copy": "relatives/copy",
    "cancellation": "privacy/cancellation", "cancellation_withdraw": "privacy/cancellation/withdraw",
    "certificate": "certificates/<uuid:pk>", "statement": "statement", "function": "functions/<slug:name>", "help": "help", "statistics": "statistics", "statistics_csv": "statistics.csv", "history": "history",
    "history_clear": "history/clear", "history_delete": "history/<uuid:pk>/delete",
    "browsing": "browsing", "browsing_clear": "browsing/clear", "browsing_delete": "browsing/<uuid:pk>/delete", "language": "language",
    "pay_page": "orders/<str:order_no>/pay/page", "pay_back": "orders/<str:order_no>/pay/back",
    "orders_export": "orders/export.csv", "order_again": "orders/<str:order_no>/again",
    "card_code": "orders/<str:order_no>/cards/<str:delivery_no>", "wallet": "account/wallet",
    "my_coupons": "account/coupons", "coupons": "coupons", "coupon_claim": "coupons/<str:offer_id>/claim",
    "favourites": "account/favourites", "favourite_set": "favourites/<uuid:product_id>",
    "invoice_titles": "account/invoice-titles", "invoice_title_delete": "account/invoice-titles/<uuid:pk>/delete",
    "invoice_new": "orders/<str:order_no>/invoice", "invoice_file": "invoices/<str:invoice_no>.<str:kind>",
    "case_return": "cases/<str:case_no>/return", "case_appeal": "cases/<str:case_no>/appeal",
    "case_evidence": "cases/<str:case_no>/evidence", "evidence": "cases/<str:case_no>/evidence/<str:number>",
    "evidence_delete": "cases/<str:case_no>/evidence/<str:number>/delete",
    "passkeys": "account/passkeys", "passkey_options": "account/passkeys/options", "passkey_add": "account/passkeys/add",
    "prove": "account/prove", "recover": "recover", "recover_stop": "recover/stop", "recovery": "account/recovery", "recovery_stop": "account/recovery/stop", "password": "account/password", "email": "account/email", "phone": "account/phone", "login_second": "login/second", "second_step": "account/second-step", "second_step_begin": "account/second-step/app/begin", "second_step_totp": "account/second-step/app", "second_step_passkeys": "account/second-step/passkeys", "second_step_codes": "account/second-step/codes", "second_step_off": "account/second-step/off", "passkey_remove": "account/passkeys/<uuid:pk>/remove", "login_options": "login/passkey/options", "login_passkey": "login/passkey",
    "login_by": "login/by/<slug:provider>", "login_by_back": "login/by/<slug:provider>/back", "linked": "account/linked",
    "linked_new": "account/linked/new", "linked_one": "account/linked/<slug:provider>",
    "avatar": "account/avatar/<str:size>", "avatar_set": "account/avatar", "avatar_remove": "account/avatar/remove",
    "notices": "account/notices", "notices_count": "account/notices/count", "notices_read": "account/notices/read",
    "notice_open": "account/notices/<uuid:pk>/open", "notice_read": "account/notices/<uuid:pk>/read",
    "notice_delete": "account/notices/<uuid:pk>/delete", "notice_settings": "account/notices/settings",
    "unsubscribe": "unsubscribe/<str:token>",
    "manifest": "manifest.webmanifest", "service_worker": "sw.js", "offline": "offline",
}  # fmt: skip
urlpatterns = [path(route, nobody, name=name) for name, route in PATHS.items()]
