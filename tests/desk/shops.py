"""What the tests of the merchants' desk share: one order of two shops, and their staff."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.test import Client

from mingpu.delivery.queries import ShipmentView
from mingpu.desk.queries.parts import part_of
from mingpu.privacy.uses import uses_of
from tests.counterparts import Outside
from tests.delivery.parcels import Bought, article, buy
from tests.desk.conftest import hire, sign_in
from tests.jobs import run_jobs
from tests.merchants.examples import make_merchant
from tests.support import zone

SECRETS = ("林知夏", "13800000042", "188 号", "幢 502")
PRICE_A, PRICE_B = 12_300, 45_600


@dataclass
class Mixed:
    """An order with three pieces of shop `a` and one of shop `b`."""

    a: str
    b: str
    sku_a: str
    sku_b: str
    bought: Bought

    @property
    def part_a(self) -> str:
        with zone("storefront"):
            return self.bought.part(self.a).part_no

    @property
    def part_b(self) -> str:
        with zone("storefront"):
            return self.bought.part(self.b).part_no

    @property
    def product_a(self) -> UUID:
        with zone("storefront"):
            return self.bought.line(self.sku_a).product_id

    @property
    def parcels(self) -> tuple[ShipmentView, ...]:
        with zone("storefront"):
            return self.bought.parcels

    def work(self) -> None:
        run_jobs(self.bought.buyer.id)

    def looks(self) -> list[tuple[str, str, str, str]]:
        """Who of the staff looked at what of the buyer's: (purpose, kind, name, reference), newest first."""
        with zone("storefront"):
            uses = uses_of(self.bought.buyer.id).items
        return [
            (it.purpose, it.actor_kind, it.actor, it.reference) for it in uses if it.actor_kind == "staff"
        ]

    def parcel(self, part_no: str = "") -> str:
        """Return the number of the only parcel of a part."""
        [parcel] = [it for it in self.parcels if it.part_no == (part_no or self.part_a)]
        return parcel.parcel_no


def mixed(outside: Outside, *, pay: bool = True) -> Mixed:
    """Return an order of two new shops, paid for."""
    a, b = make_merchant(), make_merchant()
    sku_a, sku_b = article(merchant=a, price_fen=PRICE_A), article(merchant=b, price_fen=PRICE_B)
    with zone("storefront"):
        it = Mixed(a, b, sku_a, sku_b, buy({sku_a: 3, sku_b: 1}))
        if pay:
            it.bought.pay(outside)
    return it


def at_desk(desk: Client, merchant: str = "") -> str:
    """Sign a new member of staff in and return their work name."""
    name = hire(merchant)
    assert sign_in(desk, name).status_code == 303
    return name


def drawn_number(desk: Client, part_no: str) -> str:
    """Return the parcel number that the form of a part carries."""
    return re.findall(r'name="parcel_no" value="(\w+)"', desk.get(f"/parts/{part_no}").content.decode())[0]


def send(desk: Client, part_no: str, *pieces: int, parcel_no: str = "", courier: str = "") -> object:
    """Fill in the form of a part and send it; parcel_no: as drawn for the form."""
    number = parcel_no or drawn_number(desk, part_no)
    filled = {f"pieces{n}": count for n, count in enumerate(pieces)}
    return desk.post(f"/parts/{part_no}/ship", {**filled, "parcel_no": number, "courier": courier})


def state_of(merchant: str, part_no: str) -> str:
    with zone("desk"):
        return part_of(merchant=merchant, part_no=part_no).state
