"""Sums and words of invoices, and the table of their states."""

from hypothesis import given
from hypothesis import strategies as st

from mingpu.adapters.invoice import MOST_LINES
from mingpu.invoices.rules import (
    DROPPED,
    LABELS,
    MOVES,
    OVER,
    Good,
    due,
    invoice_lines,
    money_held,
)
from mingpu.wallet.books import Kind, charged, overpaid, refund_approved, refunded

goods = st.lists(
    st.builds(
        Good, st.sampled_from([f"类{n}" for n in range(12)]), st.integers(1, 99), st.integers(0, 10**6)
    ),
    min_size=1,
    max_size=40,
)


@given(total=st.integers(1, 10**8), of=goods)
def test_lines_add_up_and_are_few(total, of):
    lines = invoice_lines(total, of)
    assert sum(line.amount_fen for line in lines) == total
    assert 0 < len(lines) <= MOST_LINES
    assert all(line.amount_fen > 0 and line.quantity > 0 for line in lines)
    assert len({line.goods for line in lines}) == len(lines)


def rows(kind, reference, moves):
    return [
        {
            "kind": kind, "reference": reference, "debit": it.debit, "credit": it.credit,
            "amount_fen": it.amount_fen,
        }
        for it in moves
    ]  # fmt: skip


@given(
    money=st.integers(0, 10**6), stored=st.integers(0, 10**6), back=st.integers(0, 2 * 10**6),
    released=st.integers(0, 10**4), late=st.integers(0, 10**4),
)  # fmt: skip
def test_money_goes_back_before_stored_value_and_what_bought_nothing_does_not_count(
    money, stored, back, released, late
):
    back = min(back, money + stored)
    books = [
        *rows(Kind.CHARGED, "M01", charged("balance", released)),
        *rows(Kind.OVERPAID, "M01", overpaid(released)),
        *rows(Kind.REFUNDED, "M01", refunded("balance", released)),
        *rows(Kind.CHARGED, "M02", charged("balance", stored)),
        *rows(Kind.CHARGED, "M03", charged("wechatpay", money)),
        *rows(Kind.CHARGED, "M04", charged("alipay", late)),
        *rows(Kind.OVERPAID, "R1", overpaid(late)),
        *rows(Kind.APPROVED, "R2", refund_approved(back, platform_discount_fen=5)),
    ]
    assert money_held(books) == max(0, money - back)
    lines = [{"kind": "goods", "payable_fen": 10}, {"kind": "ecard", "payable_fen": 70}]
    assert due(books, lines) == max(0, max(0, money - back) - 70)


def test_every_state_leads_to_an_end():
    ends = {*OVER, DROPPED, "issued"}  # an issued one stands for good unless money goes back
    for _ in MOVES:
        ends |= {before for before, after in MOVES if after in ends}
    assert ends == {"", *LABELS}
    assert not {before for before, _ in MOVES} & set(OVER)
