"""Who may open which page of the desk."""

import json
import secrets
import stat
import subprocess
import sys

import pytest
from django.urls import URLPattern

from mingpu.catalog.attributes import Definition
from mingpu.catalog.import_rules import CANCELLED, OPEN
from mingpu.catalog.models import Import
from mingpu.catalog.queries.structure import brand_named, read_tree
from mingpu.catalog.services import save_attribute, take_categories
from mingpu.catalog.services.imports import take_upload
from mingpu.catalog.warehouses import WarehouseInfo
from mingpu.delivery.services import ship
from mingpu.desk import urls
from mingpu.desk.queries import OnDuty, staff_of
from mingpu.desk.services import add_warehouse
from mingpu.home import home
from mingpu.lib.text import Text
from mingpu.service.services import add_evidence, open_case
from tests.catalog.shop import item, source, take
from tests.conftest import ROOT
from tests.desk.conftest import hire, sign_in
from tests.desk.shops import mixed
from tests.factories import stock_of
from tests.merchants.examples import make_merchant
from tests.payments.trading import deal, paid
from tests.people import from_owner
from tests.service.test_evidence import exif, jpeg
from tests.support import zone

SIGN_IN, QUEUE, GOODS, MISSING = "/login", "/parts", "/goods", 404
GONE = "00000000-0000-4000-8000-000000000000"  # of no notice
# Page -> what happens to somebody who has not signed in, the mall's own staff, the staff of shop A, of shop B: a
# status, or where they are sent. Whatever is named ({case}, {part}, {parcel}, ...) is there, and shop A's.
TABLE = {
    "desk_home": ("GET", "/", SIGN_IN, 200, QUEUE, QUEUE),
    "desk_login": ("GET", "/login", 200, 200, 200, 200),
    "desk_cases": ("GET", "/cases", SIGN_IN, 200, 200, 200),
    "desk_case": ("GET", "/cases/{case}", SIGN_IN, 200, 200, MISSING),
    "desk_case_decide": ("POST", "/cases/{case}/decide", SIGN_IN, 422, 422, MISSING),
    "desk_evidence": ("GET", "/cases/{case}/evidence/{photo}", SIGN_IN, 200, 200, MISSING),
    "desk_orders": ("GET", "/orders", SIGN_IN, 200, MISSING, MISSING),
    "desk_shop": ("GET", "/shop", SIGN_IN, MISSING, 200, 200),
    "desk_parts": ("GET", "/parts", SIGN_IN, MISSING, 200, 200),
    "desk_part": ("GET", "/parts/{part}", SIGN_IN, MISSING, 200, MISSING),
    "desk_part_ship": ("POST", "/parts/{part}/ship", SIGN_IN, MISSING, 422, MISSING),
    "desk_label": ("GET", "/parts/{part}/parcels/{parcel}", SIGN_IN, MISSING, 200, MISSING),
    "desk_goods": ("GET", "/goods", SIGN_IN, MISSING, 200, 200),
    "desk_stock": ("POST", "/goods/stock", SIGN_IN, MISSING, GOODS, MISSING),
    "desk_sale": ("POST", "/goods/{product}/sale", SIGN_IN, MISSING, GOODS, MISSING),
    "desk_published": ("POST", "/goods/{product}/published", SIGN_IN, MISSING, GOODS, MISSING),
    "desk_description": ("GET", "/goods/{product}/description", SIGN_IN, MISSING, 200, MISSING),
    "desk_statement": ("GET", "/statement", SIGN_IN, MISSING, 200, 200),
    "desk_statement_file": ("GET", "/statement.csv", SIGN_IN, MISSING, 200, 200),
    "desk_imports": ("GET", "/imports", SIGN_IN, 200, 200, 200),
    "desk_import_send": ("POST", "/imports/files", SIGN_IN, 422, 422, 422),
    "desk_goods_file": ("GET", "/imports/goods.jsonl", SIGN_IN, 200, 200, 200),
    "desk_import": ("GET", "/imports/{import}", SIGN_IN, 200, 200, MISSING),
    "desk_import_remarks": ("GET", "/imports/{import}/remarks.csv", SIGN_IN, 200, 200, MISSING),
    "desk_import_take": ("POST", "/imports/{import}/take", SIGN_IN, 409, 409, MISSING),
    "desk_import_stop": (
        "POST",
        "/imports/{import}/stop",
        SIGN_IN,
        "/imports/{import}",
        "/imports/{import}",
        MISSING,
    ),
    "desk_warehouses": ("GET", "/warehouses", SIGN_IN, MISSING, 200, 200),
    "desk_warehouse_open": ("POST", "/warehouses/open", SIGN_IN, MISSING, 422, 422),
    "desk_warehouse_use": ("POST", "/warehouses/{warehouse}", SIGN_IN, MISSING, "/warehouses", MISSING),
    "desk_cod": ("GET", "/cod", SIGN_IN, 200, MISSING, MISSING),
    "desk_cod_decide": ("POST", "/cod/{order}", SIGN_IN, 422, MISSING, MISSING),
    "desk_refunds": ("GET", "/refunds", SIGN_IN, 200, MISSING, MISSING),
    "desk_refund_mend": ("POST", "/refunds/{order}", SIGN_IN, 422, MISSING, MISSING),
    "desk_notices": ("GET", "/notices", SIGN_IN, 200, MISSING, MISSING),
    "desk_notice_again": ("POST", f"/notices/{GONE}/again", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_notice_close": ("POST", f"/notices/{GONE}/close", SIGN_IN, 422, MISSING, MISSING),
    "desk_differences": ("GET", "/differences", SIGN_IN, 200, MISSING, MISSING),
    "desk_invoices": ("GET", "/invoices", SIGN_IN, 200, MISSING, MISSING),
    "desk_invoice_retry": ("POST", "/invoices/{order}", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_offers": ("GET", "/offers", SIGN_IN, 200, MISSING, MISSING),
    "desk_offer_stop": ("POST", "/offers/{order}/stop", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_categories": ("GET", "/catalog/categories", SIGN_IN, 200, MISSING, MISSING),
    "desk_category_add": ("POST", "/catalog/categories/add", SIGN_IN, 422, MISSING, MISSING),
    "desk_category": ("GET", "/catalog/categories/{category}", SIGN_IN, 200, MISSING, MISSING),
    "desk_category_rename": ("POST", "/catalog/categories/{category}/rename", SIGN_IN, 422, MISSING, MISSING),
    "desk_category_move": (
        "POST",
        "/catalog/categories/{category}/move",
        SIGN_IN,
        "/catalog/categories/{category}",
        MISSING,
        MISSING,
    ),
    "desk_category_step": (
        "POST",
        "/catalog/categories/{category}/step",
        SIGN_IN,
        "/catalog/categories",
        MISSING,
        MISSING,
    ),
    "desk_brands": ("GET", "/catalog/brands", SIGN_IN, 200, MISSING, MISSING),
    "desk_brand": ("GET", "/catalog/brands/{brand}", SIGN_IN, 200, MISSING, MISSING),
    "desk_attributes": ("GET", "/catalog/attributes", SIGN_IN, 200, MISSING, MISSING),
    "desk_attribute_new": ("GET", "/catalog/attributes/new", SIGN_IN, 200, MISSING, MISSING),
    "desk_attribute": ("GET", "/catalog/attributes/{attribute}", SIGN_IN, 200, MISSING, MISSING),
    "desk_merchants": ("GET", "/merchants", SIGN_IN, 200, MISSING, MISSING),
    "desk_merchant": ("GET", "/merchants/{a}", SIGN_IN, 200, MISSING, MISSING),
    "desk_merchant_file": ("GET", "/merchants/{a}/statement.csv", SIGN_IN, 200, MISSING, MISSING),
    "desk_look_ask": ("POST", "/cases/{case}/looks", SIGN_IN, 422, MISSING, MISSING),
    "desk_openings": ("GET", "/privacy", SIGN_IN, 200, MISSING, MISSING),
    "desk_look": ("POST", "/privacy/looks/VNOBODY", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_look_approve": ("POST", "/privacy/looks/VNOBODY/approve", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_requests": ("GET", "/privacy/requests", SIGN_IN, 200, MISSING, MISSING),
    "desk_request_new": ("GET", "/privacy/requests/new/3.3", SIGN_IN, 200, MISSING, MISSING),
    "desk_request": ("GET", "/privacy/requests/XNOBODY", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_request_step": ("POST", "/privacy/requests/XNOBODY/step", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_request_read": ("POST", "/privacy/requests/XNOBODY/read", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_incidents": ("GET", "/privacy/incidents", SIGN_IN, 200, MISSING, MISSING),
    "desk_incident_new": ("GET", "/privacy/incidents/new", SIGN_IN, 200, MISSING, MISSING),
    "desk_incident": ("GET", "/privacy/incidents/INOBODY", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_incident_amend": ("POST", "/privacy/incidents/INOBODY/amend", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_incident_step": ("POST", "/privacy/incidents/INOBODY/step", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_rights": ("GET", "/rights", SIGN_IN, 200, MISSING, MISSING),
    "desk_right": ("GET", "/rights/RNOBODY", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_kin": ("GET", "/relatives/KNOBODY", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_minors": ("GET", "/minors", SIGN_IN, 200, 200, 200),
    "desk_minor_approve": ("POST", f"/minors/{GONE}", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_statistics": ("GET", "/statistics", SIGN_IN, 200, MISSING, MISSING),
    "desk_statistic_decide": ("POST", "/statistics/{product}", SIGN_IN, 422, MISSING, MISSING),
    "desk_words": ("GET", "/words", SIGN_IN, 200, MISSING, MISSING),
    "desk_group_add": ("POST", "/words/groups", SIGN_IN, 422, MISSING, MISSING),
    "desk_group_put": ("POST", "/words/groups/{product}", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_word_bar": ("POST", "/words/bar", SIGN_IN, 422, MISSING, MISSING),
    "desk_word_free": ("POST", "/words/free", SIGN_IN, MISSING, MISSING, MISSING),
    "desk_logout": ("POST", "/logout", SIGN_IN, SIGN_IN, SIGN_IN, SIGN_IN),  # last: it ends the sign-in
}
WHO = ("nobody", "mall", "a", "b")


@pytest.fixture(scope="module")
def shop():
    return make_merchant()


@pytest.fixture
def case_no(outside):
    it = deal()
    paid(outside, it)
    case = open_case(
        person_id=it.buyer.id, order_no=it.order_no, kind="refund", lines={it.sku: 1}, reason="damaged",
        description="",
    )  # fmt: skip
    return case.case_no


@pytest.fixture
def things(outside):
    """What the pages are about: an order of two shops, of which A has sent a piece and has a case with a photo."""
    it = mixed(outside)
    with zone("desk"):
        ship(part_no=it.part_a, merchant=it.a, lines={it.sku_a: 1})
    it.work()
    buyer, order_no = it.bought.buyer.id, it.bought.order_no
    case = open_case(person_id=buyer, order_no=order_no, kind="refund", lines={it.sku_a: 1}, reason="damaged")
    photo = add_evidence(person_id=buyer, case_no=case.case_no, content=jpeg(exif()))
    return {
        "case": case.case_no, "photo": photo, "a": it.a, "b": it.b, "part": it.part_a, "parcel": it.parcel(),
        "sku": it.sku_a, "product": it.product_a, "order": order_no, **structured(), **supplied(it.a),
    }  # fmt: skip


def structured():
    """A category, a brand and an attribute, by id."""
    tag = secrets.token_hex(4)
    with zone("worker"):
        take_categories([((f"类{tag}",), "")])
    with zone("desk"):
        named = save_attribute(definition=Definition(f"量{tag}"))
    take(item(source(), brand=f"牌{tag}"))
    place = read_tree().at((f"类{tag}",))
    return {"category": place.row.id, "brand": brand_named(f"牌{tag}").id, "attribute": named}


def supplied(merchant):
    """A shop's warehouse, and an import of its that is not checked yet."""
    code = f"w-{secrets.token_hex(4)}"
    with zone("worker"):
        Import.objects.filter(state__in=OPEN).update(state=CANCELLED)
    with zone("desk"):
        add_warehouse(warehouse=WarehouseInfo(code, merchant, Text("一号仓", "One"), "江苏省", 0))
        sent = take_upload(by="x", merchant=merchant, name="a.jsonl", content=[b'{"id": 1, "title": "x"}'])
    return {"warehouse": code, "import": sent}


def test_every_page_of_the_desk_has_its_line():
    assert {it.name for it in urls.urlpatterns if isinstance(it, URLPattern)} == set(TABLE)


@pytest.mark.parametrize("who", WHO)
def test_a_page_opens_for_those_it_is_for(things, desk, who):
    if who != "nobody":
        sign_in(desk, hire(things.get(who, "")))
    left = str(stock_of(things["sku"]))
    filled = {"sku": things["sku"], "seen": left, "pieces": left, "for_sale": "no"}
    happened = {}
    for page, (method, path, *_) in TABLE.items():
        where = path.format(**things)
        answer = desk.get(where) if method == "GET" else desk.post(where, filled)
        sent = answer["Location"].partition("?")[0] if answer.status_code in {302, 303} else ""
        happened[page] = sent or answer.status_code
    place = WHO.index(who)
    wanted = {page: expected[place] for page, (_, _, *expected) in TABLE.items()}
    assert happened == {
        page: it.format(**things) if isinstance(it, str) else it for page, it in wanted.items()
    }


def test_a_page_that_is_not_yours_looks_like_one_that_is_not_there(case_no, desk, shop):
    sign_in(desk, hire(shop))
    refused, missing = desk.get(f"/cases/{case_no}"), desk.get("/cases/CNOBODYHASTHISNO")
    assert (refused.status_code, refused.content) == (missing.status_code, missing.content)


def test_a_merchants_staff_see_their_own_shop_and_its_pages_only(desk, shop):
    other = make_merchant(commission=1234)
    sign_in(desk, hire(shop))
    shown = desk.get("/shop", data={"merchant": other}).content.decode()
    assert f">{shop}<" in shown
    assert "木森仓库" in shown
    for hidden in ("12.34", other, "查订单", "售后单</a>"):
        assert hidden not in shown


def test_a_sign_in_says_who_and_for_whom(desk, shop):
    for merchant in ("", shop):
        name = hire(merchant)
        token = sign_in(desk, name).cookies["mingpu_desk"].value
        assert staff_of(token) == OnDuty(name, merchant)
        assert staff_of(token).known_as == (f"{shop}/{name}" if merchant else name)
        from_owner("UPDATE desk_staff SET merchant = 'mingpu' WHERE name = %s", [name])
        assert staff_of(token).merchant == "mingpu"  # what counts is what holds now


def hiring(*words):
    """Run `mingpu staff` as an operator does: the owner's login is never this process's."""
    done = subprocess.run(
        [sys.executable, "-m", "mingpu", "staff", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return done.returncode, done.stdout


def test_staff_are_hired_for_one_merchant_or_the_mall(desk, shop):
    name = f"kf{secrets.token_hex(8)}"
    assert hiring(name, "--merchant", "nobody") == (1, "no merchant nobody\n")
    assert hiring(name, "--merchant", shop)[0] == 0
    path = home() / "secrets" / f"desk-{name}.json"
    told = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sign_in(desk, name, told["password"]).status_code == 303
    assert desk.get("/shop").status_code == 200
    assert hiring(name, "--merchant", shop)[0] == 0
    status, said = hiring(name)
    assert (status, said) == (1, f"staff {name} works for {shop}; choose another name\n")
    assert json.loads(path.read_text()) == told
