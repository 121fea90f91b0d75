"""Accounts pages and the API as they are; every other page answered by nobody."""

from django.urls import path

from mingpu.api.app import api
from mingpu.web.pages import accounts
from tests.web.mall_urls import PATHS, nobody

ours = {it.name for it in accounts.urlpatterns}
urlpatterns = [
    *accounts.urlpatterns,
    path("api/v1/", api.urls),
    *(path(route, nobody, name=name) for name, route in PATHS.items() if name not in ours),
]
handler400 = "mingpu.web.failures.bad_request"
handler404 = "mingpu.web.failures.not_found"
handler500 = "mingpu.web.failures.broken"
