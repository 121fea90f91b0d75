"""Persons, products and orders for tests, made the way the mall makes them."""

import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from mingpu.accounts.models import Contact, Credential, Person, Profile
from mingpu.catalog.models import Product, Sku
from mingpu.catalog.services import mark_changed
from mingpu.checkout.services import Placed, To, check_out
from mingpu.lib.clock import now
from mingpu.privacy.fields import blind_index
from mingpu.privacy.models import Standing
from mingpu.privacy.purposes import Purpose, processing
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


@dataclass(frozen=True, slots=True)
class Buyer:
    """A person with an account."""

    id: UUID
    phone: str


def make_person(phone: str = "") -> Buyer:
    """Return a person with an account, signed in nowhere; phone: E.164, a random one by default."""
    it, number = uuid4(), phone or f"+8613{secrets.randbelow(10**9):09d}"
    name = f"u{secrets.token_hex(6)}"
    with processing(Purpose.REGISTRATION, subject=it):
        Person.objects.create(id=it, created_at=now())
        Standing.objects.create(person_id=it)
        Credential.objects.create(
            person_id=it, username=name, username_index=blind_index("accounts_credential.username", name),
            password_hash="none",
        )  # fmt: skip
        Contact.objects.create(
            person_id=it, phone=number, phone_index=blind_index("accounts_contact.phone", number)
        )
        Profile.objects.create(person_id=it, nickname=name)
    return Buyer(it, number)


def make_sku(
    *, stock: int = 10, price_fen: int = 5000, title: str = "手冲咖啡壶", for_sale: bool = True
) -> str:
    """Return the code of the one SKU of a new product."""
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
