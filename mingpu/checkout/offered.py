"""Ways of paying and coupons that a purchase can choose from, and why not. Pure, no database."""

from dataclasses import dataclass

from mingpu.checkout.bill import Bill
from mingpu.checkout.queries import Estimate
from mingpu.lib.money import yuan
from mingpu.lib.text import Text
from mingpu.payments.rules import CHOICES, COD, WALLET
from mingpu.promotions.queries import to_items
from mingpu.promotions.rules import FLASH, MEMBER, NOTHING_COVERED, Held

NOTHING_DUE = Text("无需付款", "Nothing is to be paid")
SEVERAL = Text("商品来自多家店铺", "The goods are from several shops")
NOT_CARRIED = Text("虚拟商品不能货到付款", "Not for top-ups and cards")
NOT_WITH_ITSELF = Text("余额和 E 卡不能用余额或 E 卡购买", "Not for balance and E-cards themselves")
NOT_TAKEN = Text("该店铺不支持货到付款", "This shop does not take it")


@dataclass(frozen=True, slots=True)
class Method:
    """A way of paying; reason: why it cannot be chosen, None when it can."""

    method: str
    label: Text
    reason: Text | None = None


def methods_for(bill: Bill, *, stored_fen: int) -> tuple[Method, ...]:
    """Return all ways of paying a bill, as shown. stored_fen: what the buyer has on balance and cards."""
    return tuple(Method(name, label, _why_not(name, bill, stored_fen)) for name, label in CHOICES.items())


@dataclass(frozen=True, slots=True)
class CouponChoice:
    """A coupon of the buyer's; reason: why it takes nothing off this purchase, None when it does."""

    held: Held
    chosen: bool
    reason: Text | None


def coupons_for(it: Estimate) -> tuple[CouponChoice, ...]:
    """Return all the coupons a buyer has, each with whether and why not it helps with this purchase."""
    wanted = {line.sku: line.quantity for line in it.bill.lines}
    items = to_items(wanted, it.bill.goods, member_fen={}, flash={})
    # Thresholds look at the goods at flash and member prices, before activities and coupons.
    worth = [
        line.goods_fen - sum(one.fen for one in line.reductions if one.kind in (FLASH, MEMBER))
        for line in it.bill.lines
    ]
    missing = {one.coupon: one.reason for one in it.bill.quote.unused if one.coupon}
    found = []
    for held in it.coupons:
        covered = [fen for item, fen in zip(items, worth, strict=True) if held.offer.covers(item)]
        reason = NOTHING_COVERED if not covered else None
        if covered and held.offer.reached(sum(covered)) is None:
            reason = held.offer.missing(sum(covered))
        found.append(CouponChoice(held, held.id in it.chosen, missing.get(held.id, reason)))
    return tuple(found)


def _why_not(method: str, bill: Bill, stored_fen: int) -> Text | None:
    if method == WALLET and bill.money:
        return NOT_WITH_ITSELF
    if method == WALLET and stored_fen < bill.total_fen:
        short = yuan(bill.total_fen - stored_fen)
        return Text(f"余额与 E 卡还差 ¥{short}", f"¥{short} more is needed on balance and E-cards")
    if method != COD or bill.cod:
        return None
    if bill.virtual:
        return NOT_CARRIED
    if not bill.total_fen:
        return NOTHING_DUE
    return SEVERAL if len(bill.shares) > 1 else NOT_TAKEN
