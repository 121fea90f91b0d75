"""What the payment tests share: an order on its way to being paid, and what is known of its money."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from mingpu.adapters.payment import PaymentStatus, RefundRequest, RefundState, Trade
from mingpu.adapters.providers import payment_gateway
from mingpu.checkout.services import check_out
from mingpu.merchants.rules import OWN_SHOP
from mingpu.orders.models import Event
from mingpu.orders.queries import OrderView, order_of
from mingpu.payments.models import Attempt, Entry, Refund
from mingpu.payments.queries import PaymentView, RefundView, payments_of
from mingpu.payments.services import Started, StoredUse, charge_stored, record_callback, start
from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet.books import Kind, balance_bought
from mingpu.wallet.models import Balance, Transfer
from mingpu.wallet.queries import Wallet, verify, wallet_of
from mingpu.wallet.rules import DEPOSITS, PASSING
from mingpu.wallet.services import bind, issue_cards
from tests.adapters.conftest import until
from tests.counterparts import Letter, Outside, outside
from tests.factories import TO, Buyer, make_person, make_product
from tests.support import zone

METHODS = ("wechatpay", "alipay", "unionpay")


@dataclass
class Deal:
    """An order, its buyer, and the one article it is about."""

    buyer: Buyer
    sku: str
    order_no: str

    @property
    def order(self) -> OrderView:
        return order_of(person_id=self.buyer.id, order_no=self.order_no)

    @property
    def attempts(self) -> tuple[PaymentView, ...]:
        return payments_of(person_id=self.buyer.id, order_no=self.order_no)[0]

    @property
    def refunds(self) -> tuple[RefundView, ...]:
        return payments_of(person_id=self.buyer.id, order_no=self.order_no)[1]

    @property
    def entries(self) -> list[tuple[str, int]]:
        """Proven movements of money: (charge or refund, fen)."""
        return [(kind, fen) for _, kind, fen in self.paths]

    @property
    def paths(self) -> list[tuple[str, str, int]]:
        """Proven movements of money: (provider, charge or refund, fen)."""
        with processing(Purpose.ORDER_LOOKUP, subject=self.buyer.id, reading=True):
            rows = Entry.objects.filter(order_no=self.order_no).order_by("at", "kind")
            return list(rows.values_list("provider", "kind", "amount_fen"))

    @property
    def wallet(self) -> Wallet:
        return wallet_of(person_id=self.buyer.id)

    @property
    def steps(self) -> list[tuple[str, str, str, str, str]]:
        """The log of all machines: (machine, reference, before, after, cause), oldest first."""
        with processing(Purpose.ORDER_LOOKUP, subject=self.buyer.id, reading=True):
            rows = Event.objects.filter(order_no=self.order_no).order_by("at")
            return list(rows.values_list("machine", "reference", "before", "after", "cause"))

    def start(self, method: str = "wechatpay", via: str = "qr") -> Started:
        return start(
            person_id=self.buyer.id,
            order_no=self.order_no,
            method=method,
            via=via,
            back="https://mall.example/orders",
        )

    def stored(self, *, balance: bool = True, cards: Any = True) -> StoredUse:
        return charge_stored(
            person_id=self.buyer.id, order_no=self.order_no, use_balance=balance, use_cards=cards
        )

    def ask(
        self, fen: int, reason: str = "cancelled", lines: Mapping[str, int] | None = None
    ) -> list[Refund]:
        with processing(Purpose.SETTLEMENT, subject=self.buyer.id, reference=self.order_no):
            return Refund.objects.ask(self.order_no, self.buyer.id, fen, reason, lines=lines)

    def give_up_attempt(self, attempt_id: UUID, status: str = "failed") -> None:
        """Mark an attempt as one that failed for good, as an institution's refusal does."""
        with processing(Purpose.SETTLEMENT, subject=self.buyer.id):
            Attempt.objects.filter(id=attempt_id).update(status=status)

    def books_left(self) -> dict[str, int]:
        """What the books hold for this order in the accounts that must end at zero."""
        with zone("worker"), processing(Purpose.RECONCILIATION, subject=None, reading=True):
            return {account: fen for _, account, fen in Transfer.objects.left_over([self.order_no], PASSING)}


def deal(*, stock: int = 5, price_fen: int = 9900, pieces: int = 1, payment: str = "wechatpay") -> Deal:
    """Return a new order of a new article."""
    buyer, sku = make_person(), make_product(stock=stock, price_fen=price_fen)
    return order(buyer, {sku: pieces}, payment=payment)


def order(buyer: Buyer, lines: dict[str, int], *, payment: str = "wechatpay") -> Deal:
    """Return a new order of articles that are there."""
    placed = check_out(person_id=buyer.id, key=secrets.token_hex(8), payment=payment, lines=lines, to=TO)
    return Deal(buyer, next(iter(lines)), placed.order_no)


def fund(buyer: Buyer, *, balance: int = 0, cards: tuple[int, ...] = ()) -> list[UUID]:
    """Put money on a person's balance, and cards into their wallet; returns the cards' ids, oldest first."""
    if balance:
        with processing(Purpose.SETTLEMENT, subject=buyer.id):
            Balance.objects.give(buyer.id, balance)
            Transfer.objects.post(
                person_id=buyer.id, order_no="", moves=balance_bought(balance, balance),
                kind=Kind.BALANCE_BOUGHT, reference=str(uuid4()),
            )  # fmt: skip
    found = []
    for face in cards:
        with zone("worker"):
            [code] = issue_cards(face_fen=face, count=1, batch="tests")
        found.append(bind(person_id=buyer.id, code=code))
    return found


def scan(begun: Started, *, late: bool = False) -> dict[str, Any]:
    """The shopper pays by the code, at whichever institution."""
    answer = outside().side.post(f"/{begun.method}/scan", code_url=begun.code_url, late=late)
    assert answer.status_code == 200, answer.text
    paid: dict[str, Any] = answer.json()
    return paid


def letters_about(method: str, number: str, count: int = 1) -> list[Letter]:
    """Return what an institution reported about a number, once there are `count`; in order of arrival."""
    place = outside()
    if method == "wechatpay":
        return place.callbacks(number, count)

    def found() -> list[Letter]:
        with place.lock:
            about = [
                it for it in place.letters if it.path == f"/webhooks/{method}" and number.encode() in it.body
            ]
        return about if len(about) >= count else []

    letters: list[Letter] = until(found)
    return letters


def take(letter: Letter) -> None:
    """Give a callback to the service, as the webhook does."""
    record_callback(method=letter.path.rpartition("/")[2], headers=letter.headers, body=letter.body)


def paid(outside: Outside, it: Deal, method: str = "wechatpay") -> Letter:
    """Pay an order and hand the callback in; returns the callback."""
    begun = it.start(method)
    scan(begun)
    letter = letters_about(method, begun.out_trade_no)[0]
    take(letter)
    return letter


def theirs(it: Deal) -> tuple[int, int]:
    """Return what institutions say they took for an order and gave back, in fen; what we know is not asked."""
    with processing(Purpose.SETTLEMENT, subject=it.buyer.id):
        attempts = list(Attempt.objects.filter(order_no=it.order_no, method__in=METHODS))
        refunds = list(Refund.objects.filter(order_no=it.order_no, path__in=METHODS))
    trades = [
        payment_gateway(one.method).query(Trade(out_trade_no=one.out_trade_no, started_at=one.created_at))
        for one in attempts
        if one.status not in {"created", "requested"}
    ]
    came = (
        PaymentStatus.SUCCEEDED,
        PaymentStatus.REFUNDED,
    )  # an institution also tells the sum of what nobody paid
    charged = sum(trade.amount_fen or 0 for trade in trades if trade.status in came)
    by_id = {one.id: one for one in attempts}
    back = 0
    for one in refunds:
        state = refund_state(by_id[one.attempt_id], one)
        back += (state.amount_fen or 0) if state.status == "succeeded" else 0
    return charged, back


def refund_state(attempt: Attempt, refund: Refund) -> RefundState:
    """Return what the institution says of a refund."""
    return payment_gateway(attempt.method).query_refund(
        RefundRequest(
            out_trade_no=attempt.out_trade_no, out_refund_no=refund.out_refund_no, amount_fen=refund.amount_fen,
            total_fen=attempt.amount_fen, provider_txn=attempt.provider_txn, asked_at=refund.created_at,
        )
    )  # fmt: skip


def books_agree() -> None:
    """Every balance and card is what its movements add up to."""
    with zone("worker"):
        assert verify() == []


__all__ = [
    "DEPOSITS",
    "METHODS",
    "OWN_SHOP",
    "Deal",
    "books_agree",
    "deal",
    "fund",
    "order",
    "paid",
    "take",
    "theirs",
]
