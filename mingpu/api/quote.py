"""What a purchase would cost, written out: shapes and how they are filled. Money in fen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from mingpu.api.order_json import reduction_json
from mingpu.api.order_shapes import ReductionOut
from mingpu.api.shops import MerchantOut, merchant_json
from mingpu.checkout.bill import Bill, Share
from mingpu.checkout.offered import CouponChoice, coupons_for, methods_for
from mingpu.checkout.queries import Estimate
from mingpu.checkout.wish import Asked
from mingpu.delivery.queries import couriers_for
from mingpu.lib.text import Text
from mingpu.promotions.rules import Offer
from mingpu.wallet.queries import Purse


class QuoteLine(Schema):
    """One line as it would be ordered. problem: why it cannot be as it stands, else null."""

    sku: str
    product_id: UUID
    title: str
    options: dict[str, str]
    image: str
    price_fen: int
    quantity: int
    subtotal_fen: int
    payable_fen: int
    reductions: list[ReductionOut]
    merchant: str
    kind: str
    problem: str | None


class QuoteShare(Schema):
    """One merchant's share. shipping_reason: how its delivery fee comes about."""

    merchant: MerchantOut
    skus: list[str]
    pieces: int
    goods_fen: int
    discount_fen: int
    shipping_fen: int
    shipping_reason: str
    payable_fen: int


class QuoteCoupon(Schema):
    """One of my coupons. problem: why it takes nothing off this purchase, else null."""

    id: UUID
    offer_id: str
    title: str
    terms: list[str]
    merchant: str
    expires_at: datetime
    chosen: bool
    best: bool
    usable: bool
    problem: str | None


class QuoteMethod(Schema):
    """A way of paying. problem: why it is not offered for this purchase, else null."""

    method: str
    label: str
    offered: bool
    problem: str | None


class QuoteCourier(Schema):
    """A courier to choose; merchants: those that send by it, the others keep to their own."""

    courier: str
    label: str
    merchants: list[str]


class QuoteStored(Schema):
    """What is on balance and E-cards, and what of it this purchase would use."""

    balance_fen: int
    cards_fen: int
    use_balance_fen: int
    use_cards_fen: int


class QuoteOffer(Schema):
    """An offer that goes on and takes nothing off yet, and why: as a rule, what is missing to it."""

    offer_id: str
    kind: str
    title: str
    merchant: str
    problem: str


class QuoteOut(Schema):
    """What a purchase would cost now. orderable: every line can be had as it stands."""

    orderable: bool
    goods_fen: int
    discount_fen: int
    shipping_fen: int
    total_fen: int
    left_to_pay_fen: int
    pieces: int
    virtual: bool
    lines: list[QuoteLine]
    merchants: list[QuoteShare]
    coupons: list[QuoteCoupon]
    offers: list[QuoteOffer]
    stored: QuoteStored
    payment_methods: list[QuoteMethod]
    couriers: list[QuoteCourier]


def quote_json(it: Estimate, wanted: Mapping[str, int], purse: Purse, asked: Asked) -> dict[str, Any]:
    """Return the `QuoteOut` of an estimate for `wanted` (SKU -> pieces), paid from `purse` as far as asked."""
    bill = it.bill
    cards, balance = purse.reaching(bill.total_fen, use_balance=asked.balance, use_cards=asked.cards)
    cards_fen = sum(card.balance_fen for card in purse.cards)
    lines = _lines(bill, wanted)
    codes = [share.merchant for share in bill.shares]
    return {
        "orderable": all(line["problem"] is None for line in lines), "goods_fen": bill.goods_fen,
        "discount_fen": bill.discount_fen, "shipping_fen": bill.shipping_fen, "total_fen": bill.total_fen,
        "left_to_pay_fen": bill.total_fen - cards - balance, "pieces": bill.pieces, "virtual": bill.virtual,
        "lines": lines, "merchants": [_share(share) for share in bill.shares],
        "coupons": [_coupon(one, it) for one in coupons_for(it)],
        "offers": [_offer(one.offer, one.reason) for one in bill.quote.unused if one.coupon is None],
        "stored": {
            "balance_fen": purse.balance_fen, "cards_fen": cards_fen, "use_balance_fen": balance,
            "use_cards_fen": cards,
        },
        "payment_methods": [
            {
                "method": one.method, "label": str(one.label), "offered": one.reason is None,
                "problem": str(one.reason) if one.reason else None,
            }
            for one in methods_for(bill, stored_fen=purse.balance_fen + cards_fen)
        ],
        "couriers": [
            {"courier": one.code, "label": str(one.label), "merchants": list(one.merchants)}
            for one in (() if bill.virtual else couriers_for(codes))
        ],
    }  # fmt: skip


def _lines(bill: Bill, wanted: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "sku": line.sku, "product_id": it.product_id, "title": it.title, "options": dict(it.options),
            "image": it.image, "price_fen": line.price_fen, "quantity": line.quantity,
            "subtotal_fen": line.goods_fen, "payable_fen": line.payable_fen,
            "reductions": [reduction_json(one.to_json()) for one in line.reductions], "merchant": line.merchant,
            "kind": it.kind, "problem": _problem(wanted[line.sku], it.stock, for_sale=it.for_sale),
        }
        for line in bill.lines
        if (it := bill.goods[line.sku])
    ]  # fmt: skip


def _problem(pieces: int, stock: int, *, for_sale: bool) -> str | None:
    if not for_sale:
        return str(Text("目前不出售", "Not for sale now"))
    if stock >= pieces:
        return None
    return str(Text(f"只剩 {stock} 件", f"Only {stock} left") if stock > 0 else Text("已售罄", "Sold out"))


def _share(it: Share) -> dict[str, Any]:
    return {
        "merchant": merchant_json(it.merchant), "skus": list(it.skus), "pieces": it.pieces,
        "goods_fen": it.goods_fen, "discount_fen": it.discount_fen, "shipping_fen": it.fee.fen,
        "shipping_reason": str(it.fee.reason), "payable_fen": it.payable_fen,
    }  # fmt: skip


def _coupon(it: CouponChoice, estimate: Estimate) -> dict[str, Any]:
    offer = it.held.offer
    return {
        "id": it.held.id, "offer_id": offer.id, "title": str(offer.title),
        "terms": [str(one) for one in offer.terms], "merchant": offer.merchant, "expires_at": it.held.expires_at,
        "chosen": it.chosen, "best": it.held.id in estimate.best, "usable": it.reason is None,
        "problem": str(it.reason) if it.reason else None,
    }  # fmt: skip


def _offer(offer: Offer, reason: Text) -> dict[str, Any]:
    return {
        "offer_id": offer.id, "kind": offer.kind, "title": str(offer.title), "merchant": offer.merchant,
        "problem": str(reason),
    }  # fmt: skip
