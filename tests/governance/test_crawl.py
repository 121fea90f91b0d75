"""Every address, as everybody: not one value of a person in clear for a role without it.

A person with recognisable values in their account, address book, order and case. Then every page of the desk as staff
of the mall, of the shop that sold and of a rival; every page of the shop and every call of the API as a visitor and as
another customer, with the person's own numbers in the addresses. What comes back is searched.
"""

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from mingpu.accounts.models import Contact, Profile
from mingpu.accounts.queries import email_index
from mingpu.accounts.services import save_address
from mingpu.api.app import api
from mingpu.delivery.services import ship
from mingpu.privacy import export
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service.services import add_evidence, open_case
from tests import unique
from tests.desk.conftest import desk, hire, sign_in  # noqa: F401 -- desk is a fixture
from tests.desk.shops import mixed
from tests.desk.test_doors import TABLE, structured, supplied
from tests.factories import TO, make_person
from tests.service.test_evidence import exif, jpeg
from tests.support import zone

STREET = "188 号 3 幢 502"


@pytest.fixture
def known(outside):
    """A person, and everything about them that an address could name; `secrets`: what nobody else may see."""
    it = mixed(outside)
    with zone("desk"):
        ship(part_no=it.part_a, merchant=it.a, lines={it.sku_a: 1})
    it.work()
    buyer, order_no, tag = it.bought.buyer, it.bought.order_no, unique.tag()
    case = open_case(
        person_id=buyer.id, order_no=order_no, kind="refund", lines={it.sku_a: 1}, reason="damaged"
    )
    photo = add_evidence(person_id=buyer.id, case_no=case.case_no, content=jpeg(exif()))
    mail, nick, street = f"canary-{tag}@example.com", f"昵称{tag}", f"金丝雀路 {tag}9 号"
    with processing(Purpose.PROFILE, subject=buyer.id):
        Contact.objects.filter(person_id=buyer.id).update(email=mail, email_index=email_index(mail))
        Profile.objects.filter(person_id=buyer.id).update(nickname=nick, birthday="1987-03-29")
    address = save_address(
        person_id=buyer.id, name=f"金丝雀{tag}", phone="13987654321", province="浙江省", city="杭州市",
        district="西湖区", street=street, landline="0571-87654321", email=f"to-{tag}@example.com",
    )  # fmt: skip
    copy = export.request(buyer.id)
    return {
        "it": it, "buyer": buyer,
        "secrets": (
            TO.name, TO.phone, STREET, buyer.phone.removeprefix("+86"), mail, nick, "1987-03-29", f"金丝雀{tag}",
            "13987654321", f"{tag}9", "87654321", f"to-{tag}@",
        ),
        "numbers": {
            "case": case.case_no, "photo": photo, "a": it.a, "b": it.b, "part": it.part_a, "parcel": it.parcel(),
            "sku": it.sku_a, "product": it.product_a, "order": order_no, **structured(), **supplied(it.a),
        },
        "named": {
            "order_no": order_no, "case_no": case.case_no, "number": photo, "pk": str(address), "sku": it.sku_a,
            "address_id": str(address), "export_id": str(copy), "product_id": str(it.product_a), "kind": "pdf",
            "certificate_id": str(copy), "name": "location", "purpose": "personalisation", "offer_id": "x",
            "delivery_no": "x", "invoice_no": "x", "width": "240", "title_id": str(address), "item_id": str(address),
            "device_id": str(address), "history_id": str(address), "code": it.a, "short": "x", "slug": "x",
        },
    }  # fmt: skip


def leaks(known, answer, where):
    if answer.streaming:
        return []
    body = answer.content.decode("utf-8", "replace")
    return [(where, value) for value in known["secrets"] if value in body]


def test_the_person_sees_their_own(known, shop):
    """The values are where they are looked for, and readable: a crawl that finds nothing found nothing there."""
    mine = known["buyer"].api()
    seen = mine.get("/api/v1/me/addresses").content.decode() + mine.get("/api/v1/me/profile").content.decode()
    assert sum(value in seen for value in known["secrets"]) >= 5


@pytest.mark.parametrize("who", ["mall", "a", "b"])
def test_no_page_of_the_desk_shows_a_value_in_clear(known, desk, who):  # noqa: F811 -- the fixture
    sign_in(desk, hire(known["numbers"].get(who, "")))
    found, pages = [], 0
    for method, path, *_ in TABLE.values():
        if method == "GET":
            where = path.format(**known["numbers"])
            answer = desk.get(where)
            pages += answer.status_code == 200
            found += leaks(known, answer, where)
    looked_up = desk.post("/orders", {"case_no": known["numbers"]["case"], "order_no": ""})
    found += leaks(known, looked_up, "/orders")
    assert found == []
    assert pages >= 10


def web_paths(patterns, prefix=""):
    """Every address of the shop, its parameters in braces."""
    for it in patterns:
        if isinstance(it, URLResolver):
            if str(it.pattern) != "api/v1/":
                yield from web_paths(it.url_patterns, prefix + str(it.pattern))
        elif isinstance(it, URLPattern):
            yield prefix + str(it.pattern)


def filled(path, named):
    """An address with the person's own numbers; "" for one that takes what nobody has."""
    for part in path.split("<")[1:]:
        kind, _, name = part.partition(">")[0].rpartition(":")
        if name not in named:
            return ""
        path = path.replace(f"<{kind + ':' if kind else ''}{name}>", named[name], 1)
    return "/" + path


@pytest.fixture
def shop():
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield


@pytest.mark.parametrize("who", ["visitor", "another"])
def test_no_page_of_the_shop_shows_it_to_somebody_else(known, shop, who):
    browser = make_person().browser() if who == "another" else Client(SERVER_NAME="127.0.0.1")
    found, asked = [], 0
    for path in web_paths(get_resolver("mingpu.urls").url_patterns):
        where = filled(path, known["named"])
        if where and "(?" not in where:
            asked += 1
            found += leaks(known, browser.get(where), where)
    assert found == []
    assert asked >= 50


@pytest.mark.parametrize("who", ["visitor", "another"])
def test_no_call_of_the_api_tells_it_to_somebody_else(known, shop, who):
    client = make_person().api() if who == "another" else Client(SERVER_NAME="127.0.0.1")
    found, asked = [], 0
    for path, calls in api.get_openapi_schema()["paths"].items():
        if "get" in calls:
            where = path
            for name, value in known["named"].items():
                where = where.replace(f"{{{name}}}", value)
            if "{" not in where:
                asked += 1
                found += leaks(known, client.get(where), where)
    assert found == []
    assert asked >= 25
