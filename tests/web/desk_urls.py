"""Every page name of the desk, answered by nobody."""

from django.urls import path

from tests.web.mall_urls import nobody

PATHS = {
    "desk_rights": "rights", "desk_right": "rights/<str:no>", "desk_kin": "relatives/<str:no>", "desk_minors": "minors",
    "desk_minor_approve": "minors/<uuid:approval_id>",
    "desk_home": "", "desk_login": "login", "desk_logout": "logout", "desk_case": "cases/<str:case_no>",
    "desk_case_decide": "cases/<str:case_no>/decide", "desk_orders": "orders",
    "desk_cases": "cases", "desk_evidence": "cases/<str:case_no>/evidence/<str:number>", "desk_shop": "shop",
    "desk_parts": "parts", "desk_part": "parts/<str:part_no>", "desk_part_ship": "parts/<str:part_no>/ship",
    "desk_label": "parts/<str:part_no>/parcels/<str:parcel_no>", "desk_goods": "goods", "desk_stock": "goods/stock",
    "desk_sale": "goods/<str:product_id>/sale", "desk_published": "goods/<str:product_id>/published", "desk_statement": "statement",
    "desk_imports": "imports", "desk_import_send": "imports/files", "desk_goods_file": "imports/goods.<str:kind>",
    "desk_import": "imports/<str:import_id>", "desk_import_take": "imports/<str:import_id>/take",
    "desk_import_stop": "imports/<str:import_id>/stop", "desk_import_remarks": "imports/<str:import_id>/remarks.csv",
    "desk_warehouses": "warehouses", "desk_warehouse_open": "warehouses/open",
    "desk_warehouse_use": "warehouses/<str:code>",
    "desk_statement_file": "statement.csv", "desk_cod": "cod", "desk_cod_decide": "cod/<str:order_no>",
    "desk_refunds": "refunds", "desk_refund_mend": "refunds/<str:out_refund_no>", "desk_differences": "differences",
    "desk_invoices": "invoices", "desk_invoice_retry": "invoices/<str:invoice_no>",
    "desk_offers": "offers", "desk_offer_stop": "offers/<str:offer_id>/stop", "desk_merchants": "merchants",
    "desk_look_ask": "cases/<str:case_no>/looks", "desk_openings": "privacy", "desk_look": "privacy/looks/<str:number>",
    "desk_look_approve": "privacy/looks/<str:number>/approve", "desk_requests": "privacy/requests",
    "desk_request_new": "privacy/requests/new/<str:code>", "desk_request": "privacy/requests/<str:exception_no>",
    "desk_request_step": "privacy/requests/<str:exception_no>/step",
    "desk_request_read": "privacy/requests/<str:exception_no>/read",
    "desk_incidents": "privacy/incidents", "desk_incident_new": "privacy/incidents/new",
    "desk_incident": "privacy/incidents/<str:incident_no>",
    "desk_incident_amend": "privacy/incidents/<str:incident_no>/amend",
    "desk_incident_step": "privacy/incidents/<str:incident_no>/step",
    "desk_statistics": "statistics", "desk_statistic_decide": "statistics/<uuid:pk>", "desk_words": "words", "desk_group_add": "words/groups", "desk_group_put": "words/groups/<uuid:pk>",
    "desk_word_bar": "words/bar", "desk_word_free": "words/free",
    "desk_description": "goods/<str:product_id>/description", "desk_categories": "catalog/categories",
    "desk_category_add": "catalog/categories/add", "desk_category": "catalog/categories/<str:category_id>",
    "desk_category_rename": "catalog/categories/<str:category_id>/rename",
    "desk_category_move": "catalog/categories/<str:category_id>/move",
    "desk_category_step": "catalog/categories/<str:category_id>/step", "desk_brands": "catalog/brands",
    "desk_brand": "catalog/brands/<str:brand_id>", "desk_attributes": "catalog/attributes",
    "desk_attribute_new": "catalog/attributes/new", "desk_attribute": "catalog/attributes/<str:attribute_id>",
    "desk_notices": "notices", "desk_notice_again": "notices/<uuid:pk>/again", "desk_notice_close": "notices/<uuid:pk>/close",
    "desk_merchant": "merchants/<str:code>", "desk_merchant_file": "merchants/<str:code>/statement.csv",
}  # fmt: skip
urlpatterns = [path(route, nobody, name=name) for name, route in PATHS.items()]
