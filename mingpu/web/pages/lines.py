"""Goods on pages: what a line shows, what was taken off it and why."""

from collections.abc import Iterable, Sequence
from typing import Any

from mingpu.lib.money import yuan
from mingpu.lib.text import Text
from mingpu.merchants.queries import shops
from mingpu.merchants.shipping import PIECE, Rate, Template
from mingpu.orders.queries import LineView


def explained(reductions: Iterable[tuple[Text, int]]) -> list[dict[str, Any]]:
    """Return reductions as the pages list them: {label, fen}."""
    return [{"label": label, "fen": fen} for label, fen in reductions]


def shop_name(code: str) -> Text | str:
    """Return what a shop is called; its code for one that is no more."""
    found = shops().get(code)
    return found.merchant.name if found else code


def bought(line: LineView) -> dict[str, Any]:
    """Return a line of an order as the pages show it; money in fen."""
    return {
        "sku": line.sku, "product_id": line.product_id, "title": line.title, "options": line.options,
        "image": line.image, "price_fen": line.price_fen, "quantity": line.quantity, "kind": line.kind,
        "subtotal_fen": line.subtotal_fen, "payable_fen": line.payable_fen, "merchant": line.merchant,
        "discount_fen": line.subtotal_fen - line.payable_fen, "explained": explained(line.explained),
    }  # fmt: skip


def by_shop(lines: Sequence[LineView]) -> list[tuple[str, list[LineView]]]:
    """Return lines shop by shop, in the order in which the shops first appear."""
    found: dict[str, list[LineView]] = {}
    for line in lines:
        found.setdefault(line.merchant, []).append(line)
    return list(found.items())


def terms_in_words(terms: Template) -> list[Text]:
    """Say what a shop's delivery costs in most places, when it is free, and where it does not go."""
    rate, free = terms.default, terms.free
    found = [_usual_fee(terms.basis, rate)]
    if free and free.from_fen:
        found.append(Text(f"满 ¥{yuan(free.from_fen)} 包邮。", f"Free from ¥{yuan(free.from_fen)}."))
    if free and free.from_pieces:
        found.append(Text(f"满 {free.from_pieces} 件包邮。", f"Free from {free.from_pieces} pieces."))
    if terms.rates:
        found.append(Text("部分地区运费不同。", "Some regions cost something else."))
    if terms.no_delivery:
        places = [name.replace("/", "") for name in terms.no_delivery]
        found.append(Text(f"不配送：{'、'.join(places)}。", f"Not delivered to {', '.join(places)}."))
    return found


def _usual_fee(basis: str, rate: Rate) -> Text:
    if not rate.first_fen and not rate.next_fen:
        return Text("免运费。", "Free delivery.")
    if not rate.next_fen:
        return Text(f"每单运费 ¥{yuan(rate.first_fen)}。", f"¥{yuan(rate.first_fen)} an order.")
    first, more = _amount(basis, rate.first), _amount(basis, rate.next)
    return Text(
        f"{first.zh}以内运费 ¥{yuan(rate.first_fen)}，每增加 {more.zh}加 ¥{yuan(rate.next_fen)}。",
        f"¥{yuan(rate.first_fen)} up to {first.en}, ¥{yuan(rate.next_fen)} more for each {more.en}.",
    )


def _amount(basis: str, amount: int) -> Text:
    if basis == PIECE:
        return Text(f"{amount} 件", f"{amount} piece{'' if amount == 1 else 's'}")
    kilos = f"{amount / 1000:.3f}".rstrip("0").rstrip(".")
    return Text(f"{kilos} 公斤", f"{kilos} kg")
