"""Invoices: their states and moves, what an order is invoiced for, and in which words.

An invoice says what an order cost in money: what came through an institution or at the door and has not gone back.
What was paid with E-cards or balance is left out, and so is the sale of those: prepaid value is not a sale of
goods, and one invoice for it and another for the goods would be two for the same money.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from mingpu.adapters.invoice import MOST_LINES, InvoiceLine
from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.orders.rules import COMPLETED, DELIVERED, PAID, PARTLY, SHIPPED
from mingpu.wallet.books import Kind
from mingpu.wallet.rules import REFUNDS, STORED

PERSON, COMPANY = "person", "company"
KINDS = MappingProxyType({PERSON: Text("个人", "Person"), COMPANY: Text("单位", "Company")})
LONGEST_TITLE: Final = 100
MOST_TITLES: Final = 10
_TAX_NO: Final = re.compile(r"[0-9A-Z]{15,20}")
FILES = MappingProxyType({"pdf": "application/pdf", "ofd": "application/ofd"})

REQUESTED, ISSUING, ISSUED, FAILED = "requested", "issuing", "issued", "failed"
REVERSING, REVERSED, STUCK, DROPPED = "reversing", "reversed", "stuck", "dropped"
OVER = (FAILED, REVERSED)
UNDER_WAY = (ISSUING, REVERSING)
WITH_FILE = (ISSUED, REVERSING, REVERSED, STUCK)
# before -> after: causes that may move an invoice so. `stuck` waits for a person: the buyer has to agree to a red
# letter, and did not.
MOVES = MappingProxyType(
    {
        ("", REQUESTED): ("asked", "rest"),
        (REQUESTED, DROPPED): ("nothing_left",),
        (REQUESTED, ISSUING): ("handed_in",),
        (ISSUING, ISSUED): ("issued",),
        (ISSUING, FAILED): ("refused", "not_issued"),
        (ISSUED, REVERSING): ("money_went_back",),
        (REVERSING, REVERSED): ("reversed",),
        (REVERSING, STUCK): ("red_letter_refused",),
        (STUCK, REVERSING): ("tried_again",),
    }
)
LABELS = MappingProxyType(
    {
        REQUESTED: Text("已申请", "Asked for"),
        ISSUING: Text("开具中", "Being issued"),
        ISSUED: Text("已开具", "Issued"),
        FAILED: Text("开具失败，可以重新申请", "Could not be issued; you can ask again"),
        REVERSING: Text("冲红中", "Being cancelled by a red letter"),
        REVERSED: Text("已冲红", "Cancelled by a red letter"),
        STUCK: Text("冲红未成功，客服处理中", "Not cancelled yet; staff are on it"),
        DROPPED: Text("无需开具", "Nothing left to invoice"),
    }
)
# Orders that stand; those paid at the door count once their money came.
INVOICED = (PAID, PARTLY, SHIPPED, DELIVERED, COMPLETED)
# Seconds after something was asked of the issuer at which it is asked how it went: a failure is never called back.
POLL_AFTER: Final = (10, 60, 600, 3600, 21_600, 86_400, 259_200)

TOPUP: Final = "topup"
LOADED: Final = ("ecard", "balance")
TOPUP_WORD, OTHER_WORD = "电信服务", "其他商品"
STANDARD_RATE: Final = 1300  # 1/10000
TAX_RATES = MappingProxyType({TOPUP_WORD: 900, "图书": 900})


@dataclass(frozen=True, slots=True)
class Good:
    """One line of an order as an invoice counts it: category word, pieces, what was payable for it in fen."""

    word: str
    quantity: int
    payable_fen: int


def may_move(before: str, after: str, cause: str) -> bool:
    """Tell whether `cause` may move an invoice from `before` to `after`."""
    return cause in MOVES.get((before, after), ())


def money_held(transfers: Iterable[Mapping[str, Any]]) -> int:
    """Return what an order holds in money, fen, by its rows in the books.

    transfers: kind, reference, debit, credit, amount_fen. Money goes back before stored value does, from the
    moment a refund is approved.
    """
    rows = list(transfers)
    charges = [row for row in rows if row["kind"] == Kind.CHARGED]
    stored = {row["reference"] for row in charges if row["debit"] in STORED}
    came = sum(row["amount_fen"] for row in charges if row["reference"] not in stored)
    back = sum(
        row["amount_fen"]
        for row in rows
        if row["credit"] == REFUNDS and row["reference"] not in stored  # stored value that was released
    )
    held: int = came - back
    return max(0, held)


def due(transfers: Iterable[Mapping[str, Any]], lines: Iterable[Mapping[str, Any]]) -> int:
    """Return what an order is to be invoiced for, fen. lines: kind, payable_fen."""
    loaded: int = sum(line["payable_fen"] for line in lines if line["kind"] in LOADED)
    return max(0, money_held(transfers) - loaded)


def invoice_lines(total_fen: int, goods: Sequence[Good]) -> list[InvoiceLine]:
    """Write `total_fen` > 0 as lines of an invoice, one a category, no more than an invoice may have.

    In proportion to what was payable; the delivery fee goes with the goods, as the tax law has it. What is less
    than a fen is left out. They add up to `total_fen`. Raises ValueError for no goods.
    """
    sums: dict[str, tuple[int, int]] = {}
    for good in goods:
        pieces, fen = sums.get(good.word, (0, 0))
        sums[good.word] = (pieces + good.quantity, fen + good.payable_fen)
    if not sums:
        raise ValueError("an invoice is about something")
    ranked = sorted(sums.items(), key=lambda item: (-item[1][1], item[0]))
    if len(ranked) > MOST_LINES:
        kept, rest = ranked[: MOST_LINES - 1], ranked[MOST_LINES - 1 :]
        others = (sum(it[1][0] for it in rest), sum(it[1][1] for it in rest))
        ranked = [*kept, (OTHER_WORD, others)]
    weights = [fen for _, (_, fen) in ranked]
    if not sum(weights):
        weights = [1] * len(ranked)
    found, whole, before = [], sum(weights), 0
    for (word, (pieces, _)), weight in zip(ranked, weights, strict=True):
        fen = total_fen * (before + weight) // whole - total_fen * before // whole
        before += weight
        if fen:
            rate = TAX_RATES.get(word, STANDARD_RATE)
            found.append(InvoiceLine(goods=word, quantity=pieces, amount_fen=fen, tax_rate=rate))
    return found


def checked_title(*, kind: str, title: str, tax_no: str) -> tuple[str, str | None]:
    """Return title and tax number as they are kept, None for a person. Raises Invalid."""
    title, tax_no = title.strip(), re.sub(r"[\s-]", "", tax_no).upper()
    if kind not in KINDS:
        raise Invalid(field=Text("抬头类型", "kind of title"), problem=Text("不支持", "unknown"))
    if not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
        zh, en = f"应为 1–{LONGEST_TITLE} 个字", f"1–{LONGEST_TITLE} characters, on one line"
        raise Invalid(field=Text("发票抬头", "title"), problem=Text(zh, en))
    if kind == PERSON:
        if tax_no:
            raise Invalid(field=Text("税号", "tax number"), problem=Text("个人无需填写", "not for a person"))
        return title, None
    if not _TAX_NO.fullmatch(tax_no):
        raise Invalid(
            field=Text("税号", "tax number"),
            problem=Text("应为 15–20 位数字或字母", "15–20 digits or letters"),
        )
    return title, tax_no
