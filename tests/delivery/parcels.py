"""What the delivery tests share: an order of several goods, and where its parcels are."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from mingpu.catalog.models import Product, Sku
from mingpu.checkout.services import check_out
from mingpu.delivery import services
from mingpu.delivery.queries import ShipmentView, shipments_of
from mingpu.merchants.rules import OWN_SHOP
from mingpu.orders.queries import LineView, OrderView, PartView, order_of
from mingpu.payments.services import confirm_cod
from tests.factories import TO, Buyer, make_person, make_product
from tests.jobs import run_jobs
from tests.payments.trading import Deal, paid
from tests.support import zone


@dataclass
class Bought:
    """An order of several articles; skus in the order in which they were asked for."""

    buyer: Buyer
    order_no: str
    skus: list[str] = field(default_factory=list)

    @property
    def order(self) -> OrderView:
        return order_of(person_id=self.buyer.id, order_no=self.order_no)

    @property
    def parcels(self) -> tuple[ShipmentView, ...]:
        return shipments_of(person_id=self.buyer.id, order_no=self.order_no)

    def part(self, merchant: str = OWN_SHOP) -> PartView:
        return next(part for part in self.order.parts if part.merchant == merchant)

    def line(self, sku: str) -> LineView:
        return next(line for line in self.order.lines if line.sku == sku)

    def pay(self, outside) -> "Bought":
        """Pay it and let happen what follows."""
        paid(outside, Deal(self.buyer, self.skus[0], self.order_no))
        run_jobs(self.buyer.id)
        return self


def article(*, merchant=OWN_SHOP, grams=500, real_name=False, stock=20, price_fen=9900):
    """Make an article of a merchant and return its SKU."""
    code = make_product(stock=stock, price_fen=price_fen)
    with zone("worker"):
        Product.objects.filter(skus__code=code).update(merchant=merchant, real_name=real_name)
        Sku.objects.filter(code=code).update(grams=grams)
    return code


def buy(lines, *, payment="wechatpay", courier="", confirmed=True):
    """Place an order; one that is paid at the door is confirmed and packed, too."""
    buyer = make_person()
    placed = check_out(
        person_id=buyer.id, key=f"key-{buyer.id}", payment=payment, lines=lines, to=TO, courier=courier
    )
    it = Bought(buyer, placed.order_no, list(lines))
    if payment == "cod" and confirmed:
        with zone("worker"):
            confirm_cod(person_id=buyer.id, order_no=it.order_no)
        run_jobs(buyer.id)
    return it


def parcel_of(it):
    """The only parcel of an order."""
    [parcel] = shipments_of(person_id=it.buyer.id, order_no=it.order_no)
    return parcel


def follow(waybill_no):
    with zone("worker"):
        services.follow(waybill_no=waybill_no)


def report(outside, parcel, status, **more):
    """Let the parcel's courier report, and ask it."""
    answer = outside.side.post(f"/{parcel.courier}/push", waybill_no=parcel.waybill_no, status=status, **more)
    assert answer.status_code == 202, answer.text
    follow(parcel.waybill_no)


def asked_of(outside, parcel):
    """The messages by which the pick-up of a parcel was ordered, in the courier's own words."""
    found = outside.side.received(parcel.courier, parcel.parcel_no)
    if parcel.courier == "yto":
        return [
            json.loads(json.loads(one["body"])["param"]) for one in found if "privacy_create" in one["path"]
        ]
    forms = [dict(parse_qsl(one["body"])) for one in found]
    return [json.loads(one["msgData"]) for one in forms if one["serviceCode"] == "EXP_RECE_CREATE_ORDER"]


def collected_of(message):
    """The amount that a courier was asked to collect, in fen; None for none."""
    for one in message.get("serviceList", []) + message.get("increments", []):
        if one.get("name") == "COD" or one.get("type") == 1:
            return round(float(one.get("value") or one["amount"]) * 100)
    return None


def ship(it, merchant, lines=None, **more):
    """Let a merchant send, and the worker do it."""
    part_no = it.part(merchant).part_no
    with zone("desk"):
        number = services.ship(part_no=part_no, merchant=merchant, lines=lines, **more)
    run_jobs(it.buyer.id)
    return number
