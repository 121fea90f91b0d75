"""Accounts pages and the API as they are; every other page answered by nobody."""

from django.urls import path

from mingpu.api.app import api
from mingpu.web.pages import accounts, address_book
from tests.web.mall_urls import PATHS, nobody

real = [*accounts.urlpatterns, *address_book.urlpatterns]
ours = {it.name for it in real}
urlpatterns = [
    *real,
    path("api/v1/", api.urls),
    *(path(route, nobody, name=name) for name, route in PATHS.items() if name not in ours),
]
handler400 = "mingpu.web.failures.bad_request"
handler404 = "mingpu.web.failures.not_found"
handler500 = "mingpu.web.failures.broken"
