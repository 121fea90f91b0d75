"""What a person has with us, what the books say, what a merchant is owed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Case, F, Q, Sum, When

from mingpu.lib.text import Text
from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet.models import Balance, Card, Transfer
from mingpu.wallet.rules import (
    COMMISSION,
    PASSING,
    REFUNDS,
    STORED,
    account_label,
    clearing,
    day_bounds,
    payable,
)

ALWAYS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class CardView:
    """A bound card; money in fen."""

    id: UUID
    tail: str
    face_fen: int
    balance_fen: int
    bound_at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """What came to (+) or went from (-) a balance or card, in fen. card: its tail, "" for the balance."""

    at: datetime
    amount_fen: int
    order_no: str
    card: str
    back: bool

    @property
    def text(self) -> Text:
        """What it was, in words."""
        if self.amount_fen < 0:
            return Text("支付订单", "Paid for an order")
        return Text("退款", "Refund") if self.back else Text("充值", "Topped up")


@dataclass(frozen=True, slots=True)
class Wallet:
    """A person's stored value; a page of movements, newest first, of `total`."""

    balance_fen: int
    cards: tuple[CardView, ...]
    movements: tuple[Movement, ...]
    total: int
    page: int
    page_size: int

    @property
    def cards_fen(self) -> int:
        """What is left on all cards together."""
        return sum(card.balance_fen for card in self.cards)


@dataclass(frozen=True, slots=True)
class Purse:
    """What a person can pay with here; money in fen. cards: oldest first, the order in which they are used."""

    balance_fen: int
    cards: tuple[CardView, ...]

    def reaching(self, fen: int, *, use_balance: bool, use_cards: bool | Collection[UUID]) -> tuple[int, int]:
        """Return what cards and balance would pay of `fen`, as `payments.services.charge_stored` would charge it."""
        chosen = (
            self.cards if use_cards is True else [card for card in self.cards if card.id in (use_cards or ())]
        )
        cards = min(fen, sum(card.balance_fen for card in chosen))
        return cards, min(fen - cards, self.balance_fen) if use_balance else 0


def purse_of(*, person_id: UUID) -> Purse:
    """Return what a person can pay with; two statements."""
    with processing(Purpose.WALLET, subject=person_id, reading=True):
        return Purse(*_stored(person_id))


def wallet_of(*, person_id: UUID, page: int = 1, page_size: int = 20) -> Wallet:
    """Return a person's balance, cards (oldest first) and a page of movements."""
    with processing(Purpose.WALLET, subject=person_id, reading=True):
        balance, cards = _stored(person_id)
        moved = Transfer.objects.filter(person_id=person_id, purse_id__isnull=False)
        total = moved.count()
        found = list(
            moved.order_by("-at", "id").values(
                "at", "debit", "credit", "amount_fen", "order_no", "purse_id"
            )[(page - 1) * page_size : page * page_size]
        )  # fmt: skip
    tails: dict[UUID | None, str] = {card.id: card.tail for card in cards}
    movements = tuple(
        Movement(
            row["at"], row["amount_fen"] if row["credit"] in STORED else -row["amount_fen"], row["order_no"],
            tails.get(row["purse_id"], ""), row["debit"] == REFUNDS,
        )
        for row in found
    )  # fmt: skip
    return Wallet(balance, cards, movements, total, page, page_size)


def _stored(person_id: UUID) -> tuple[int, tuple[CardView, ...]]:
    balance = Balance.objects.filter(person_id=person_id).values_list("balance_fen", flat=True).first()
    columns = ("id", "tail", "face_fen", "balance_fen", "bound_at")
    rows = Card.objects.filter(person_id=person_id).order_by("bound_at", "id").values(*columns)
    return balance or 0, tuple(CardView(**row) for row in rows)


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What an account took (debit) and gave (credit), in fen."""

    account: str
    debit_fen: int
    credit_fen: int

    @property
    def net_fen(self) -> int:
        """Debit less credit: what is left in an account of money, the opposite of what is owed."""
        return self.debit_fen - self.credit_fen

    @property
    def label(self) -> Text:
        """The account in words."""
        return account_label(self.account)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The sums of all accounts, of a day in Beijing or, day None, of everything in the books."""

    day: date | None
    accounts: tuple[AccountSum, ...]

    @property
    def balanced(self) -> bool:
        """Whether all debits are all credits; with rows that name both it cannot be otherwise."""
        return sum(it.net_fen for it in self.accounts) == 0


def trial_balance(day: date | None = None) -> TrialBalance:
    """Return the trial balance, sums per account; day: what moved on that day, None for all there is."""
    since, until = day_bounds(day) if day else ALWAYS
    with processing(Purpose.RECONCILIATION, subject=None, reading=True):
        sums = Transfer.objects.sums(since, until)
    return TrialBalance(day, tuple(AccountSum(*row) for row in sums))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something the books say otherwise, in fen. what: balance | ecard | an account of an order.

    reference: purse or order number. expected_fen: as stored, or zero for an order; booked_fen: by the books.
    """

    what: str
    reference: str
    expected_fen: int
    booked_fen: int


def verify(order_nos: Sequence[str] = ()) -> list[Disagreement]:
    """Return whatever disagrees with the books; empty when all is well.

    Every balance and card must be what its movements add up to. order_nos: orders that are final, whose
    receivable, deposits and refunds must be zero.
    """
    with processing(Purpose.RECONCILIATION, subject=None, reading=True):
        purses = Transfer.objects.differing_purses()
        left = Transfer.objects.left_over(order_nos, PASSING) if order_nos else []
    found = [Disagreement(what, str(purse), stored, booked) for what, purse, stored, booked in purses]
    return found + [Disagreement(account, number, 0, fen) for number, account, fen in left]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One event on a merchant's statement; fen.

    payable_fen: what it changes in what the merchant is owed. commission_fen: what the mall kept (+) or gave back
    (-). reference: number of the part, refund or payout.
    """

    at: datetime
    kind: str
    reference: str
    payable_fen: int
    commission_fen: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a merchant is owed at both ends of a time, and what changed it; fen."""

    merchant: str
    since: datetime
    until: datetime
    opening_fen: int
    lines: tuple[StatementLine, ...]
    paid_out_fen: int

    @property
    def closing_fen(self) -> int:
        """What is owed at the end; less than zero when the merchant owes."""
        return self.opening_fen + sum(line.payable_fen for line in self.lines)

    @property
    def commission_fen(self) -> int:
        """What the mall kept."""
        return sum(line.commission_fen for line in self.lines)


def merchant_statement(*, merchant: str, since: datetime, until: datetime) -> Statement:
    """Return a merchant's statement from `since` until before `until`.

    Raises ValueError for the mall's own shop, which is owed nothing, and for what is no merchant's code.
    """
    owed = payable(merchant)
    gains = Sum(
        Case(When(credit=owed, then=F("amount_fen")), When(debit=owed, then=-F("amount_fen")), default=0)
    )
    kept = Sum(
        Case(When(credit=COMMISSION, then=F("amount_fen")), When(debit=COMMISSION, then=-F("amount_fen")), default=0)
    )  # fmt: skip
    with processing(
        Purpose.MERCHANT_QUEUE, subject=None, reference="statement", reading=True, merchant=merchant
    ):
        own = Transfer.objects.filter(merchant=merchant)
        opening = own.filter(at__lt=since).aggregate(fen=gains)["fen"] or 0
        within = own.filter(at__gte=since, at__lt=until)
        paid = within.filter(debit=owed, credit=clearing("bank")).aggregate(fen=Sum("amount_fen"))["fen"] or 0
        lines = tuple(
            StatementLine(**row)
            for row in within.filter(Q(debit=owed) | Q(credit=owed) | Q(debit=COMMISSION) | Q(credit=COMMISSION))
            .values("at", "kind", "reference")
            .annotate(payable_fen=gains, commission_fen=kept)
            .order_by("at", "reference")
        )  # fmt: skip
    return Statement(merchant, since, until, int(opening), lines, int(paid))
