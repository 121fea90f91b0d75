"""Every page name of the desk, answered by nobody."""

from django.urls import path

from tests.web.mall_urls import nobody

PATHS = {
    "desk_home": "", "desk_login": "login", "desk_logout": "logout", "desk_case": "cases/<str:case_no>",
    "desk_case_decide": "cases/<str:case_no>/decide", "desk_orders": "orders",
}  # fmt: skip
urlpatterns = [path(route, nobody, name=name) for name, route in PATHS.items()]
