"""What is about to be ordered and what was chosen for it, as the checkout's form says it; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict

from mingpu.cart.queries import Cart, cart_of, priced
from mingpu.checkout.bill import Area, Bill
from mingpu.checkout.offered import coupons_for
from mingpu.checkout.queries import Estimate, estimate
from mingpu.lib.text import Text
from mingpu.merchants.errors import NotDelivered
from mingpu.merchants.queries import shop
from mingpu.promotions.pricing import PricedLine
from mingpu.promotions.rules import COUPON, NOTHING_COVERED
from mingpu.web.pages.lines import explained

GOODS, TOPUP = "goods", "topup"
GROUP: Final = (
    "coupon:"  # before a shop's code, or nothing for the mall's own: one coupon of each can be chosen
)
ASKED: Final = "coupons_shown"  # sent along by a form that showed coupons, so that none is a choice too
MOST_PIECES = 999
NOBODY = UUID(int=0)
MIXED: Final = Text("充值、卡券请与实物分开下单", "Please order top-ups and cards apart from goods")


@dataclass(frozen=True, slots=True)
class Basket:
    """What is about to be ordered: past the cart (`direct`), or the cart itself."""

    direct: Mapping[str, int]
    goods: Cart

    @property
    def wanted(self) -> dict[str, int]:
        """SKU -> pieces."""
        return {line.sku: line.quantity for line in self.goods.lines}

    @property
    def kinds(self) -> frozenset[str]:
        """What it is made of: goods, topup, ecard, balance."""
        return frozenset(line.kind for line in self.goods.lines)

    @property
    def problem(self) -> Text | None:
        """Why it cannot be ordered as it stands; None when it can."""
        for line in self.goods.lines:
            if line.problem:
                return Text(f"{line.title}：{line.problem.zh}", f"{line.title}: {line.problem.en}")
        if GOODS in self.kinds and len(self.kinds) > 1:
            return MIXED
        return None

    @property
    def form_fields(self) -> dict[str, Any] | None:
        """What the form carries on of a purchase past the cart."""
        return next(({"sku": sku, "quantity": pieces} for sku, pieces in self.direct.items()), None)


def basket_of(person_id: UUID, asked: QueryDict) -> Basket:
    """Return what a form or address names by `sku` and `quantity`; without a SKU, the person's cart."""
    sku, quantity = asked.get("sku", ""), asked.get("quantity", "1")
    if not sku:
        return Basket({}, cart_of(owner_id=person_id, member=True))
    pieces = int(quantity) if quantity.isascii() and quantity.isdigit() and len(quantity) < 4 else 0  # noqa: PLR2004
    return Basket({sku: pieces}, priced([(sku, pieces)], member=True))


def coupons_in(asked: QueryDict) -> frozenset[UUID] | None:
    """Return the coupons a form names; None where it did not show any yet, or asks for the best again."""
    if ASKED not in asked or asked.get("best") == "1":
        return None
    if asked.get("best") == "0":
        return frozenset()
    return frozenset(
        read_id(value)
        for name, value in asked.items()
        if name.startswith(GROUP) and isinstance(value, str) and value
    )


def read_id(text: str) -> UUID:
    """Read an id; what is none becomes one that nobody has."""
    try:
        return UUID(text)
    except ValueError:
        return NOBODY


def what_it_costs(
    person_id: UUID, basket: Basket, coupons: frozenset[UUID] | None, *, address_id: UUID | None, area: Area
) -> tuple[Estimate, str]:
    """Return the estimate, and why it cannot go to that place ("" when it can; the fee is then that of most)."""
    wanted = basket.wanted
    try:
        found = estimate(
            person_id=person_id, wanted=wanted, coupons=coupons, address_id=address_id, area=area
        )
    except NotDelivered as refused:
        return estimate(person_id=person_id, wanted=wanted, coupons=coupons), refused.message
    return found, ""


def shops_of(bill: Bill) -> list[dict[str, Any]]:
    """Return a bill shop by shop, each with its lines, its delivery fee and why, and what is taken off."""
    lines = {line.sku: line for line in bill.lines}
    return [
        {
            "code": share.merchant, "name": share.name, "own": shop(share.merchant).merchant.own,
            "lines": [_line(bill, lines[sku]) for sku in share.skus], "pieces": share.pieces,
            "goods_fen": share.goods_fen, "discount_fen": share.discount_fen, "fee_fen": share.fee.fen,
            "fee_reason": share.fee.reason, "total_fen": share.payable_fen,
        }
        for share in bill.shares
    ]  # fmt: skip


def _line(bill: Bill, line: PricedLine) -> dict[str, Any]:
    it = bill.goods[line.sku]
    return {
        "sku": line.sku, "product_id": it.product_id, "title": it.title, "options": it.options, "image": it.image,
        "price_fen": line.price_fen, "quantity": line.quantity, "subtotal_fen": line.goods_fen,
        "payable_fen": line.payable_fen, "discount_fen": line.discount_fen, "real_name": it.real_name,
        "explained": explained([(one.label, one.fen) for one in line.reductions]),
    }  # fmt: skip


def sums_of(bill: Bill) -> dict[str, Any]:
    """Return the sums of a bill; each discount by its name, in fen."""
    return {
        "goods_fen": bill.goods_fen, "discount_fen": bill.discount_fen, "shipping_fen": bill.shipping_fen,
        "total_fen": bill.total_fen, "pieces": bill.pieces,
        "explained": explained([(one.label, one.fen) for one in bill.quote.reductions]),
    }  # fmt: skip


def coupon_groups(it: Estimate) -> list[dict[str, Any]]:
    """Return the coupons shop by shop, the mall's last: those that can be used, each with what it takes off.

    Of each group one can be chosen. `unusable` holds the others with the reason; coupons that have nothing to do
    with these goods are left out.
    """
    off = {one.rule: one.fen for one in it.bill.quote.reductions if one.kind == COUPON}
    groups: dict[str, dict[str, Any]] = {}
    for choice in coupons_for(it):
        if choice.reason == NOTHING_COVERED:
            continue
        offer = choice.held.offer
        group = groups.setdefault(
            offer.merchant,
            {"name": GROUP + offer.merchant, "label": _whose(offer.merchant), "coupons": [], "unusable": []},
        )
        row = {
            "id": choice.held.id, "title": offer.title, "terms": offer.terms, "expires_at": choice.held.expires_at,
            "checked": choice.chosen, "off_fen": off.get(offer.id, 0) if choice.chosen else 0,
            "reason": choice.reason,
        }  # fmt: skip
        group["coupons" if choice.chosen or not choice.reason else "unusable"].append(row)
    found = [groups[code] for code in sorted(groups, key=lambda code: (not code, code))]
    for group in found:
        group["none"] = not any(row["checked"] for row in group["coupons"])
    return found


def _whose(code: str) -> Text:
    return shop(code).merchant.name if code else Text("平台券", "Coupons of the mall")
