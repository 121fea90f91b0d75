"""What a buyer asks for when placing an order, and whether it can be asked. Pure, no database."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast
from uuid import UUID

from mingpu.accounts.rules import consignee, mobile
from mingpu.catalog.rules import STORED_VALUE
from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.merchants.rules import COURIERS
from mingpu.payments.errors import NotByStoredValue
from mingpu.payments.rules import CHOICES, COD, WALLET

MOST_LINES = 500
MOST_PIECES = 999
MOST_COUPONS = 20
SHORTEST_KEY, LONGEST_KEY = 8, 128


@dataclass(frozen=True, slots=True)
class To:
    """Where an order goes; landline and e-mail may stay blank."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    landline: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What of their stored value a buyer wants to use; cards: all, none, or these."""

    balance: bool
    cards: bool | tuple[UUID, ...]

    def __bool__(self) -> bool:
        return self.balance or bool(self.cards)


NOTHING = Asked(balance=False, cards=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An order as it is asked for.

    lines: SKU -> pieces; None takes the cart. address_id or to: where it goes; neither for goods that are not
    carried anywhere. coupons: of the person's own. courier: sf | yto, "" leaves it to the merchant. recharge:
    the phone that a top-up is for. stored: what of the buyer's stored value is to pay for it.
    """

    payment: str
    lines: Mapping[str, int] | None = None
    address_id: UUID | None = None
    to: To | None = None
    coupons: tuple[UUID, ...] = ()
    courier: str = ""
    recharge: str = ""
    stored: Asked = NOTHING

    def digest(self) -> bytes:
        """Fingerprint it. Where it goes is hashed too: the hash of an address stays with its person's rows."""
        lines = sorted(self.lines.items()) if self.lines is not None else None
        to = asdict(self.to) if self.to else None
        said: list[Any] = [self.payment, lines, str(self.address_id), to]
        said += [sorted(map(str, self.coupons)), self.courier, self.recharge]
        if self.stored:
            cards = self.stored.cards
            said += [self.stored.balance, cards if isinstance(cards, bool) else sorted(map(str, cards))]
        return digest(json.dumps(said, ensure_ascii=False))


def asked_for(payment: str, *, use_balance: bool, use_cards: bool | Collection[UUID]) -> Asked:
    """Return what is to be used with a way of paying; `wallet` alone means all there is.

    Raises Invalid with cash on delivery, which is collected whole.
    """
    cards = use_cards if isinstance(use_cards, bool) else tuple(use_cards)
    asked = Asked(use_balance, cards)
    if payment == COD and asked:
        raise Invalid(
            field=Text("余额与 E 卡", "balance and E-cards"),
            problem=Text("不能与货到付款同用", "not together with cash on delivery"),
        )
    return Asked(balance=True, cards=True) if payment == WALLET and not asked else asked


def digest(text: str) -> bytes:
    """Return 32 bytes that stand for `text`."""
    return hashlib.sha256(text.encode()).digest()


def checked(key: str, wish: Wish) -> Wish:
    """Return the wish with its consignee written as it is kept. Raises Invalid, BadField."""
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        size = f"{SHORTEST_KEY}–{LONGEST_KEY}"
        raise Invalid(
            field="Idempotency-Key", problem=Text(f"应为 {size} 个字符", f"must have {size} characters")
        )
    if wish.payment not in CHOICES:
        raise Invalid(field=Text("支付方式", "payment"), problem=Text("本店不支持", "not offered here"))
    if wish.courier and wish.courier not in COURIERS:
        raise Invalid(field=Text("配送公司", "courier"), problem=Text("本店不支持", "not offered here"))
    if wish.address_id is not None and wish.to is not None:
        raise _no_address()
    if len(wish.coupons) > MOST_COUPONS:
        zh, en = f"最多 {MOST_COUPONS} 张", f"{MOST_COUPONS} at most"
        raise Invalid(field=Text("优惠券", "coupons"), problem=Text(zh, en))
    lines = wish.lines or {}
    if len(lines) > MOST_LINES or any(not 1 <= pieces <= MOST_PIECES for pieces in lines.values()):
        zh, en = (
            f"每种 1–{MOST_PIECES} 件，最多 {MOST_LINES} 种",
            f"1–{MOST_PIECES} each, {MOST_LINES} kinds at most",
        )
        raise Invalid(field=Text("数量", "quantity"), problem=Text(zh, en))
    if wish.recharge:
        wish = replace(wish, recharge=mobile("phone", wish.recharge))
    if wish.to is None:
        return wish
    return replace(wish, to=To(**cast("dict[str, Any]", consignee(asdict(wish.to)))))


def check_whereto(wish: Wish, kinds: frozenset[str]) -> None:
    """Raise Invalid where goods have no address, a top-up no phone, or what cannot go together is mixed."""
    carried = "goods" in kinds
    if carried and len(kinds) > 1:
        raise Invalid(
            field=Text("商品", "goods"),
            problem=Text("充值、卡券请与实物分开下单", "please order top-ups and cards apart from goods"),
        )
    if carried and wish.address_id is None and wish.to is None:
        raise _no_address()
    if ("topup" in kinds) != bool(wish.recharge):
        raise Invalid(field=Text("充值号码", "phone to top up"), problem=Text("请填写一个", "fill one in"))
    if kinds & STORED_VALUE and wish.payment == WALLET:
        raise NotByStoredValue
    if not carried and wish.payment == "cod":
        raise Invalid(
            field=Text("支付方式", "payment"), problem=Text("虚拟商品不能货到付款", "not for virtual goods")
        )


def _no_address() -> Invalid:
    return Invalid(
        field=Text("收货地址", "address"), problem=Text("请选择或填写一个", "choose one or fill one in")
    )
