"""The desk's addresses; it is a process of its own."""

from django.urls import path

from mingpu.desk import (
    cases,
    goods,
    imports,
    merchant,
    money,
    offers,
    parts,
    statements,
    structure,
    views,
    warehouses,
)

urlpatterns = [
    path("", views.home, name="desk_home"),
    path("login", views.login, name="desk_login"),
    path("logout", views.logout, name="desk_logout"),
    path("cases", cases.cases, name="desk_cases"),
    path("cases/<str:case_no>", cases.case, name="desk_case"),
    path("cases/<str:case_no>/decide", cases.case_decide, name="desk_case_decide"),
    path("cases/<str:case_no>/evidence/<str:number>", cases.evidence, name="desk_evidence"),
    path("orders", cases.orders, name="desk_orders"),
    path("imports", imports.imports, name="desk_imports"),
    path("imports/files", imports.send, name="desk_import_send"),
    path("imports/goods.<str:kind>", imports.goods_file, name="desk_goods_file"),
    path("imports/<uuid:import_id>", imports.one, name="desk_import"),
    path("imports/<uuid:import_id>/take", imports.take, name="desk_import_take"),
    path("imports/<uuid:import_id>/stop", imports.stop, name="desk_import_stop"),
    path("imports/<uuid:import_id>/remarks.csv", imports.remarks_file, name="desk_import_remarks"),
    # a merchant's staff
    path("shop", merchant.shop, name="desk_shop"),
    path("parts", parts.parts, name="desk_parts"),
    path("parts/<str:part_no>", parts.part, name="desk_part"),
    path("parts/<str:part_no>/ship", parts.part_ship, name="desk_part_ship"),
    path("parts/<str:part_no>/parcels/<str:parcel_no>", parts.label, name="desk_label"),
    path("goods", goods.goods, name="desk_goods"),
    path("goods/stock", goods.stock, name="desk_stock"),
    path("goods/<uuid:product_id>/sale", goods.sale, name="desk_sale"),
    path("goods/<uuid:product_id>/description", goods.description, name="desk_description"),
    path("goods/<uuid:product_id>/published", goods.published, name="desk_published"),
    path("warehouses", warehouses.warehouses, name="desk_warehouses"),
    path("warehouses/open", warehouses.warehouse_open, name="desk_warehouse_open"),
    path("warehouses/<str:code>", warehouses.warehouse_use, name="desk_warehouse_use"),
    path("statement", statements.statement, name="desk_statement"),
    path("statement.csv", statements.statement_file, name="desk_statement_file"),
    # the mall's own staff
    path("cod", money.cod, name="desk_cod"),
    path("cod/<str:order_no>", money.cod_decide, name="desk_cod_decide"),
    path("refunds", money.refunds, name="desk_refunds"),
    path("refunds/<str:out_refund_no>", money.refund_mend, name="desk_refund_mend"),
    path("differences", money.reconciliation, name="desk_differences"),
    path("invoices", money.invoices, name="desk_invoices"),
    path("invoices/<str:invoice_no>", money.invoice_retry, name="desk_invoice_retry"),
    path("offers", offers.offers, name="desk_offers"),
    path("offers/<str:offer_id>/stop", offers.offer_stop, name="desk_offer_stop"),
    path("catalog/categories", structure.categories, name="desk_categories"),
    path("catalog/categories/add", structure.category_add, name="desk_category_add"),
    path("catalog/categories/<int:category_id>", structure.category, name="desk_category"),
    path(
        "catalog/categories/<int:category_id>/rename", structure.category_rename, name="desk_category_rename"
    ),
    path("catalog/categories/<int:category_id>/move", structure.category_move, name="desk_category_move"),
    path("catalog/categories/<int:category_id>/step", structure.category_step, name="desk_category_step"),
    path("catalog/brands", structure.brands, name="desk_brands"),
    path("catalog/brands/<int:brand_id>", structure.brand, name="desk_brand"),
    path("catalog/attributes", structure.attributes, name="desk_attributes"),
    path("catalog/attributes/new", structure.attribute, name="desk_attribute_new"),
    path("catalog/attributes/<int:attribute_id>", structure.attribute, name="desk_attribute"),
    path("merchants", statements.merchants, name="desk_merchants"),
    path("merchants/<str:code>", statements.merchant_page, name="desk_merchant"),
    path("merchants/<str:code>/statement.csv", statements.merchant_file, name="desk_merchant_file"),
]
handler400 = "mingpu.web.failures.bad_request"
handler404 = "mingpu.web.failures.not_found"
handler500 = "mingpu.web.failures.broken"
