"""Persons, products and orders for tests, made the way the mall makes them."""

import re
import secrets
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.test import Client

from mingpu.accounts.models import Contact, Credential, Person, Profile
from mingpu.accounts.queries import phone_index, username_index
from mingpu.accounts.services import register, save_address, send_code
from mingpu.accounts.services.sessions import open_session
from mingpu.catalog.models import Product, Sku
from mingpu.catalog.services import mark_changed
from mingpu.checkout.services import Placed, check_out
from mingpu.checkout.wish import To
from mingpu.lib.clock import now
from mingpu.privacy.models import Standing
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests import unique
from tests.adapters.conftest import until
from tests.counterparts import outside
from tests.support import zone

TO = To(
    name="林知夏",
    phone="13800000042",
    province="浙江省",
    city="杭州市",
    district="西湖区",
    street="文三路 188 号 3 幢 502",
)
TO_JSON = {
    "name": TO.name, "phone": TO.phone, "province": TO.province, "city": TO.city, "district": TO.district,
    "street": TO.street,
}  # fmt: skip


PASSWORD = "correct horse 42 battery"


@dataclass(frozen=True, slots=True)
class Buyer:
    """A person with an account, signed in; phone in E.164."""

    id: UUID
    phone: str
    token: str = field(repr=False)

    def api(self, **extra: str) -> Client:
        """Return their app: a client of the API with their token."""
        return Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {self.token}", **extra})

    def browser(self) -> Client:
        """Return their browser."""
        client = Client(SERVER_NAME="127.0.0.1")
        client.cookies["mingpu_session"] = self.token
        return client


def new_phone() -> str:
    """Return a mobile number in E.164 that nobody had before."""
    return f"+86{unique.phone()}"


def make_person(phone: str = "") -> Buyer:
    """Return a person with an account, without the codes and the password it takes in life (see `register_person`)."""
    it, number = uuid4(), phone or new_phone()
    name = f"u{secrets.token_hex(6)}"
    with processing(Purpose.REGISTRATION, subject=it):
        Person.objects.create(id=it, created_at=now())
        Standing.objects.create(person_id=it)
        Credential.objects.create(
            person_id=it, username=name, username_index=username_index(name), password_hash="none"
        )
        Contact.objects.create(person_id=it, phone=number, phone_index=phone_index(number))
        Profile.objects.create(person_id=it, nickname=name)
        signed_in = open_session(it, "api", by="opening", familiar=True)
    return Buyer(it, number, signed_in.token)


def register_person(phone: str = "") -> Buyer:
    """Return a person who opened an account through the real services; the counterparts bring the code."""
    number = phone or new_phone()
    send_code(channel="sms", to=number, intent="register", address=unique.network(), language="zh-hans")
    inbox = until(lambda: outside().side.get("/inbox", to=number))
    code = re.findall(r"(?<!\d)\d{6}(?!\d)", inbox[-1]["text"])[0]
    signed_in = register(
        username=f"u{secrets.token_hex(6)}", password=PASSWORD, phone=number, phone_code=code,
        agreed_statement=REGISTER.version, language="zh-hans", kind="api",
    )  # fmt: skip
    return Buyer(signed_in.person_id, number, signed_in.token)


def make_address(buyer: Buyer) -> UUID:
    """Put an entry into a person's address book and return its id."""
    return save_address(person_id=buyer.id, **TO_JSON)


def make_product(
    *, stock: int = 10, price_fen: int = 5000, title: str = "手冲咖啡壶", for_sale: bool = True
) -> str:
    """Make a product with one SKU, in the worker's zone, and return the SKU's code."""
    code = f"T-{secrets.token_hex(6)}"
    with zone("worker"):
        product = Product.objects.create(
            source="test", external_id=code, title=title, title_en="Gooseneck kettle", price_fen=price_fen,
            for_sale=for_sale, listed_at=now(),
        )  # fmt: skip
        Sku.objects.create(
            code=code, product=product, price_fen=price_fen, stock=stock, options={"颜色": "雾灰"}
        )
        mark_changed(skus=[code])
    return code


def stock_of(code: str) -> int:
    """Return how many pieces are left."""
    return Sku.objects.values_list("stock", flat=True).get(code=code)


def place(buyer: Buyer, lines: dict[str, int], *, key: str = "") -> Placed:
    """Place an order of these lines."""
    return check_out(
        person_id=buyer.id, key=key or secrets.token_hex(8), payment="wechatpay", lines=lines, to=TO
    )
