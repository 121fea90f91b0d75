"""The storefront's addresses: pages, API, webhooks."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

PAGES = ("catalog", "accounts", "cart", "orders", "service", "privacy", "health")

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"mingpu.web.pages.{page}")) for page in PAGES),
]
handler400 = "mingpu.web.failures.bad_request"
handler404 = "mingpu.web.failures.not_found"
handler500 = "mingpu.web.failures.broken"
