"""What the payment tests share: an order on its way to being paid, and what is known of its money."""

from dataclasses import dataclass
from uuid import UUID

from mingpu.orders.queries import OrderView, order_of
from mingpu.payments.models import Attempt, Entry
from mingpu.payments.queries import PaymentView, RefundView, payments_of
from mingpu.payments.services import Started, record_callback, start
from mingpu.privacy.purposes import Purpose, processing
from tests.counterparts import Letter, Outside
from tests.factories import Buyer, make_person, make_product, place


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
        with processing(Purpose.ORDER_LOOKUP, subject=self.buyer.id, reading=True):
            rows = Entry.objects.filter(order_no=self.order_no).order_by("at", "kind")
            return list(rows.values_list("kind", "amount_fen"))

    def start(self) -> Started:
        return start(person_id=self.buyer.id, order_no=self.order_no, method="wechatpay")

    def give_up_attempt(self, attempt_id: UUID, status: str = "failed") -> None:
        """Mark an attempt as one that failed for good, as an institution's refusal does."""
        with processing(Purpose.SETTLEMENT, subject=self.buyer.id):
            Attempt.objects.filter(id=attempt_id).update(status=status)


def deal(*, stock: int = 5, price_fen: int = 9900, pieces: int = 1) -> Deal:
    """Return a new order of a new article."""
    buyer, sku = make_person(), make_product(stock=stock, price_fen=price_fen)
    return Deal(buyer, sku, place(buyer, {sku: pieces}).order_no)


def take(letter: Letter) -> None:
    """Give a callback to the service, as the webhook does."""
    record_callback(method="wechatpay", headers=letter.headers, body=letter.body)


def paid(outside: Outside, it: Deal) -> Letter:
    """Pay an order and hand the callback in; returns the callback."""
    begun = it.start()
    outside.scan(begun.code_url)
    [letter] = outside.callbacks(begun.out_trade_no)
    take(letter)
    return letter
