"""The storefront's addresses: pages, API, webhooks."""

from django.urls import URLPattern, URLResolver, include, path

from mingpu.api.app import api

PAGES = (
    "catalog", "browse", "searches", "product", "compare", "accounts", "avatar", "address_book", "real_name", "settings", "cart", "checkout", "paying", "orders", "redirecting", "wallet", "favourites", "notices", "invoices",
    "service", "privacy", "rights", "moving", "family", "receipts", "looks", "ledger", "audit", "devices", "statistics", "passkeys", "linking", "stepping", "second_step", "recovering", "site", "sitemap", "health",
)  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    *(path("", include(f"mingpu.web.pages.{page}")) for page in PAGES),
    path("", include("mingpu.web.webhooks")),
]
handler400 = "mingpu.web.failures.bad_request"
handler404 = "mingpu.web.failures.not_found"
handler500 = "mingpu.web.failures.broken"
