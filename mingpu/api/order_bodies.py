"""What the calls about orders take. Money in fen."""

from typing import Annotated, Literal
from uuid import UUID

from ninja import Field

from mingpu.api.base import Body
from mingpu.cart.services import MOST_PIECES
from mingpu.checkout.wish import MOST_COUPONS, MOST_LINES

Method = Literal["wechatpay", "unionpay", "alipay", "cod", "wallet"]
Pieces = Annotated[int, Field(strict=True, ge=1, le=MOST_PIECES)]
Flag = Annotated[bool, Field(strict=True)]
Typed = Field(max_length=300)
MOST_CARDS = 50


class WantedLine(Body):
    """So many pieces of an article."""

    sku: str = Field(min_length=1, max_length=200)
    quantity: Pieces


class ConsigneeIn(Body):
    """Where an order goes; landline and e-mail may be missing."""

    name: str = Typed
    phone: str = Typed
    province: str = Typed
    city: str = Typed
    district: str = Field("", max_length=300)
    street: str = Field(max_length=600)
    landline: str | None = Field(None, max_length=300)
    email: str | None = Field(None, max_length=300)


class NewConsignee(Body):
    """Where an order is to go: an entry of my address book, or a consignee; one of the two."""

    address_id: UUID | None = None
    consignee: ConsigneeIn | None = None


class Stored(Body):
    """What of my balance and E-cards to use. use_cards: all of them, oldest first, or these."""

    use_balance: Flag = False
    use_cards: Flag | Annotated[list[UUID], Field(max_length=MOST_CARDS)] = False


class Wanted(Stored):
    """What is to be bought: these lines or, without any, the cart; with which coupons."""

    lines: list[WantedLine] | None = Field(None, min_length=1, max_length=MOST_LINES)
    address_id: UUID | None = None
    consignee: ConsigneeIn | None = None
    courier: Literal["", "sf", "yto"] = ""
    recharge: str = Field("", max_length=40)


class NewOrder(Wanted):
    """An order: of these lines, or of the cart; to an entry of the address book, or to a consignee.

    coupons: mine that are to be used. courier: "" leaves it to the merchant. recharge: the phone a top-up is for.
    payment `wallet`: balance and E-cards alone, all of both where neither is named.
    """

    coupons: list[UUID] = Field([], max_length=MOST_COUPONS)
    payment: Method


class NewQuote(Wanted):
    """What would be ordered. coupons: null takes those that help most.

    province and city: where it would go, when there is no address yet.
    """

    coupons: list[UUID] | None = Field(None, max_length=MOST_COUPONS)
    payment: Method | None = None
    province: str = Field("", max_length=60)
    city: str = Field("", max_length=60)


class NewPayment(Stored):
    """How to pay what is left. via: `qr` for a code to scan, `page` for the institution's own page."""

    method: Method
    via: Literal["qr", "page"] = "qr"
