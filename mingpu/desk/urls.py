"""The desk's addresses; it is a process of its own."""

from django.urls import path

from mingpu.desk import merchant, views

urlpatterns = [
    path("", views.home, name="desk_home"),
    path("login", views.login, name="desk_login"),
    path("logout", views.logout, name="desk_logout"),
    path("cases/<str:case_no>", views.case, name="desk_case"),
    path("cases/<str:case_no>/decide", views.case_decide, name="desk_case_decide"),
    path("shop", merchant.shop, name="desk_shop"),
    path("orders", views.orders, name="desk_orders"),
]
handler400 = "mingpu.web.failures.bad_request"
handler404 = "mingpu.web.failures.not_found"
handler500 = "mingpu.web.failures.broken"
