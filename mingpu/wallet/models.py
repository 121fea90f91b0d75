"""The books, append-only, and stored value: a person's balance, bound cards, codes not bound yet.

Locks, where one block takes several: cards (oldest first), then the balance.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

from mingpu.lib.clock import now
from mingpu.privacy.fields import blind_index
from mingpu.wallet.books import Move, merged
from mingpu.wallet.errors import DifferentEvent, NoPurse
from mingpu.wallet.rules import ACCOUNT, BALANCE, ECARD, MOST_FACE_FEN, STORED, TAIL, bare, new_code

EVENTS = uuid.UUID("0b6a2a2e-4f0c-4a5e-9a44-6a5d4f1d9c11")  # where the ids of the books' rows come from
POST = """
INSERT INTO wallet_transfer
    (id, at, person_id, order_no, merchant, debit, credit, amount_fen, kind, reference, part, purse_id)
SELECT row.id, %s, %s::uuid, %s, row.merchant, row.debit, row.credit, row.fen, %s, %s, row.part, row.purse
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::uuid[])
    WITH ORDINALITY AS row (id, merchant, debit, credit, fen, purse, part)
ON CONFLICT DO NOTHING
"""
SUMS = """
SELECT account, sum(debit)::bigint, sum(credit)::bigint FROM (
    SELECT debit AS account, amount_fen AS debit, 0 AS credit, at FROM wallet_transfer
    UNION ALL SELECT credit, 0, amount_fen, at FROM wallet_transfer
) AS side WHERE at >= %s AND at < %s GROUP BY account ORDER BY account
"""
UNSETTLED = """
SELECT order_no, account, sum(fen)::bigint FROM (
    SELECT order_no, debit AS account, amount_fen AS fen FROM wallet_transfer WHERE order_no = ANY(%s)
    UNION ALL SELECT order_no, credit, -amount_fen FROM wallet_transfer WHERE order_no = ANY(%s)
) AS side WHERE account = ANY(%s) GROUP BY order_no, account HAVING sum(fen) <> 0 ORDER BY order_no, account
"""
# A card begins with its face; a purse that is no more (its owner has left) was empty, which only a balance shows.
PURSES = """
WITH purse AS (
    SELECT purse_id AS id, 'balance' AS kind, balance_fen AS stored, 0::bigint AS face FROM wallet_balance
    UNION ALL SELECT id, 'ecard', balance_fen, face_fen FROM wallet_card
), moved AS (
    SELECT purse_id AS id, sum(CASE WHEN credit = ANY(%s) THEN amount_fen ELSE -amount_fen END) AS fen,
        bool_or('balance' IN (debit, credit)) AS of_balance
    FROM wallet_transfer WHERE purse_id IS NOT NULL GROUP BY purse_id
)
SELECT coalesce(purse.kind, 'balance'), id, coalesce(stored, 0), (coalesce(face, 0) + coalesce(fen, 0))::bigint
FROM purse FULL JOIN moved USING (id)
WHERE coalesce(stored, 0) <> coalesce(face, 0) + coalesce(fen, 0) AND (purse.kind IS NOT NULL OR of_balance)
ORDER BY 1, 2
"""
GIVE = """
INSERT INTO wallet_balance (person_id, purse_id, balance_fen) VALUES (%s, gen_random_uuid(), %s)
ON CONFLICT (person_id) DO UPDATE SET balance_fen = wallet_balance.balance_fen + EXCLUDED.balance_fen
"""
TAKE_CARDS = """
WITH locked AS MATERIALIZED (
    SELECT id, balance_fen, bound_at FROM wallet_card
    WHERE person_id = %s AND balance_fen > 0 AND (%s::uuid[] IS NULL OR id = ANY(%s))
    ORDER BY bound_at, id FOR UPDATE
), share AS (
    SELECT id, bound_at, least(balance_fen, %s - (sum(balance_fen) OVER (ORDER BY bound_at, id) - balance_fen)) AS fen
    FROM locked
)
UPDATE wallet_card c SET balance_fen = c.balance_fen - s.fen FROM share s WHERE c.id = s.id AND s.fen > 0
RETURNING s.bound_at, c.id, s.fen::bigint
"""


def _positive(fen: int) -> None:
    if fen <= 0:
        raise ValueError(fen)


class TransferQuerySet(models.QuerySet["Transfer"]):
    """The books' one verb and what is read off them; each runs inside the caller's `processing`."""

    def post(
        self,
        *,
        person_id: uuid.UUID | None,
        order_no: str,
        moves: Sequence[Move],
        kind: str,
        reference: str,
    ) -> bool:
        """Write an event's moves, all or none, in one statement; True when it is new.

        kind and reference name the event (`books.Kind`): said again it changes nothing. person_id: whose it is,
        None for nobody's; order_no: "" outside an order. Raises DifferentEvent when the event is known with
        other moves, NoPurse for a balance that does not exist or a card left out; then nothing may be kept.
        """
        rows = merged(_with_purses(person_id, moves))
        if not rows:
            return False
        ids = _ids(kind, reference, order_no, rows)
        columns: tuple[list[Any], ...] = (
            ids,
            [row.merchant for row in rows],
            [row.debit for row in rows],
            [row.credit for row in rows],
            [row.amount_fen for row in rows],
            [row.purse_id for row in rows],
        )
        with connection.cursor() as cursor:
            cursor.execute(POST, [now(), person_id, order_no, kind, reference, *columns])
            written = cursor.rowcount
        if written == len(rows):
            return True
        if written or self.filter(id__in=ids).count() < len(rows):
            raise DifferentEvent(f"{kind} {reference}")
        return False

    def sums(self, since: datetime, until: datetime) -> list[tuple[str, int, int]]:
        """Return (account, debit, credit) in fen from `since` until before `until`."""
        with connection.cursor() as cursor:
            cursor.execute(SUMS, [since, until])
            return list(cursor.fetchall())

    def left_over(self, order_nos: Sequence[str], accounts: Sequence[str]) -> list[tuple[str, str, int]]:
        """Return (order, account, debit less credit in fen) where it is not zero."""
        with connection.cursor() as cursor:
            numbers = list(order_nos)
            cursor.execute(UNSETTLED, [numbers, numbers, list(accounts)])
            return list(cursor.fetchall())

    def differing_purses(self) -> list[tuple[str, uuid.UUID, int, int]]:
        """Return (balance | ecard, purse, stored, by the books) in fen where the two are not the same."""
        with connection.cursor() as cursor:
            cursor.execute(PURSES, [list(STORED)])
            return list(cursor.fetchall())


def _ids(kind: str, reference: str, order_no: str, rows: Sequence[Move]) -> list[uuid.UUID]:
    """Return ids that follow from the whole event: the same event has the same, another one none of them."""
    told = [[row.debit, row.credit, row.amount_fen, row.merchant, str(row.purse_id)] for row in rows]
    event = uuid.uuid5(EVENTS, json.dumps([kind, reference, order_no, told]))
    return [uuid.uuid5(event, str(part)) for part in range(len(rows))]


def _with_purses(person_id: uuid.UUID | None, moves: Iterable[Move]) -> list[Move]:
    """Name the purse of moves of a balance: its person's; raises NoPurse."""
    moves = list(moves)
    if any(move.debit == ECARD and move.purse_id is None for move in moves):
        raise NoPurse("a card is spent by its id")
    if not any(BALANCE in (move.debit, move.credit) for move in moves):
        return moves
    found = Balance.objects.filter(person_id=person_id) if person_id else Balance.objects.none()
    purse_id = found.values_list("purse_id", flat=True).first()
    if purse_id is None:
        raise NoPurse("this person has no balance")
    return [
        Move(move.debit, move.credit, move.amount_fen, move.merchant, purse_id)
        if BALANCE in (move.debit, move.credit)
        else move
        for move in moves
    ]


class Transfer(models.Model):
    """One amount from one account to another: balanced by its shape, never changed, never taken out.

    person_id: whose it is, NULL for nobody's. part: its place in the event. purse_id: the balance or card that
    moves, so that the books can be held against it without a person. Money in fen, time in UTC.
    """

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    person_id = models.UUIDField(null=True)
    order_no = models.TextField(default="")
    merchant = models.TextField(default="")
    debit = models.TextField()
    credit = models.TextField()
    amount_fen = models.BigIntegerField()
    kind = models.TextField()
    reference = models.TextField()
    part = models.SmallIntegerField()
    purse_id = models.UUIDField(null=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["order_no"], name="transfer_of_order", condition=~models.Q(order_no="")),
            models.Index(fields=["merchant", "at"], name="transfer_of_merchant", condition=~models.Q(merchant="")),
            models.Index(fields=["purse_id"], name="transfer_of_purse", condition=models.Q(purse_id__isnull=False)),
            models.Index(
                fields=["person_id", "-at"], name="transfer_of_wallet", condition=models.Q(purse_id__isnull=False)
            ),
            models.Index(fields=["person_id"], name="transfer_of_person"),
        ]  # fmt: skip
        constraints = [
            # An event is in the books once: its first part exists once.
            models.UniqueConstraint(fields=["kind", "reference", "part"], name="transfer_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="transfer_positive"),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="transfer_between_two_accounts"
            ),
            models.CheckConstraint(
                condition=models.Q(debit__regex=ACCOUNT, credit__regex=ACCOUNT), name="transfer_accounts_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(debit__in=STORED, credit__in=STORED), name="transfer_one_purse"
            ),
            # A sold card is nobody's until it is bound; whatever else touches stored value says whose.
            models.CheckConstraint(
                condition=models.Q(purse_id__isnull=True) & ~models.Q(debit__in=STORED) & ~models.Q(credit=BALANCE)
                | models.Q(purse_id__isnull=False) & (models.Q(debit__in=STORED) | models.Q(credit__in=STORED)),
                name="transfer_names_its_purse",
            ),
        ]  # fmt: skip


class BalanceQuerySet(models.QuerySet["Balance"]):
    """Verbs on balances; each runs inside the caller's `processing`, beside the `post` that proves it."""

    def take(self, person_id: uuid.UUID, fen: int) -> bool:
        """Take `fen` > 0 if there is as much; one statement."""
        _positive(fen)
        enough = self.filter(person_id=person_id, balance_fen__gte=fen)
        return bool(enough.update(balance_fen=models.F("balance_fen") - fen))

    def give(self, person_id: uuid.UUID, fen: int) -> None:
        """Put `fen` > 0 on a balance, which begins with the first; one statement."""
        _positive(fen)
        with connection.cursor() as cursor:
            cursor.execute(GIVE, [person_id, fen])


class Balance(models.Model):
    """What a person has with us. purse_id names it in the books, without the person."""

    person_id = models.UUIDField(primary_key=True)
    purse_id = models.UUIDField(unique=True, default=uuid.uuid4)
    balance_fen = models.BigIntegerField()

    objects = BalanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(balance_fen__gte=0), name="balance_not_negative")
        ]


class CardQuerySet(models.QuerySet["Card"]):
    """Verbs on bound cards; each runs inside the caller's `processing`, beside the `post` that proves it."""

    def take(
        self, person_id: uuid.UUID, fen: int, only: Iterable[uuid.UUID] | None = None
    ) -> list[tuple[uuid.UUID, int]]:
        """Take up to `fen` > 0 from a person's cards, oldest first; return card and fen each.

        only: these cards. The caller adds up and compares: what is missing is paid some other way, or it rolls
        back.
        """
        _positive(fen)
        chosen = None if only is None else list(only)
        with connection.cursor() as cursor:
            cursor.execute(TAKE_CARDS, [person_id, chosen, chosen, fen])
            return [(card_id, taken) for _, card_id, taken in sorted(cursor.fetchall())]

    def give(self, card_id: uuid.UUID, fen: int) -> bool:
        """Put `fen` > 0 back on a card; False when the card is no more.

        Raises IntegrityError when it would hold more than its face.
        """
        _positive(fen)
        return bool(self.filter(id=card_id).update(balance_fen=models.F("balance_fen") + fen))


class Card(models.Model):
    """A card a person has bound. tail: the last characters of its code, to know it by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    tail = models.TextField()
    face_fen = models.BigIntegerField()
    balance_fen = models.BigIntegerField()
    bound_at = models.DateTimeField()

    objects = CardQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person_id", "bound_at"], name="card_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(balance_fen__gte=0, balance_fen__lte=models.F("face_fen")),
                name="card_within_its_face",
            )
        ]


class VoucherQuerySet(models.QuerySet["Voucher"]):
    """Verbs on codes; each runs inside the caller's `processing`."""

    def issue(self, face_fen: int, batch: str) -> str:
        """Make a card worth `face_fen` and return its code, which is kept nowhere: tell it now or never.

        Raises ValueError for a face of less than a fen or more than the law allows. The `post` is the caller's.
        """
        if not 0 < face_fen <= MOST_FACE_FEN:
            raise ValueError(face_fen)
        code = new_code()
        self.bulk_create(
            [Voucher(code_hash=_hash(code), face_fen=face_fen, batch=batch, issued_at=now())]
        )  # nothing is read back: who issues need not be able to read
        return code

    def claim(self, code: str) -> int | None:
        """Use a code up, however it was typed; return its face in fen, None when it is wrong or used."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE wallet_voucher SET bound_at = %s WHERE code_hash = %s AND bound_at IS NULL RETURNING face_fen",
                [now(), _hash(code)],
            )
            row = cursor.fetchone()
        return row[0] if row else None


class Voucher(models.Model):
    """A card nobody has bound: nobody's data. Its code is kept as a keyed hash alone."""

    code_hash = models.BinaryField(primary_key=True)
    face_fen = models.BigIntegerField()
    batch = models.TextField()
    issued_at = models.DateTimeField()
    bound_at = models.DateTimeField(null=True)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(face_fen__gt=0, face_fen__lte=MOST_FACE_FEN), name="voucher_face_lawful"
            )
        ]


class Try(models.Model):
    """A wrong code; counted, then dropped. Nothing of what was typed is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person_id", "-at"], name="try_of_person")]


def tail(code: str) -> str:
    """Return the last characters of a code, by which its owner knows the card."""
    return bare(code)[-TAIL:]


def _hash(code: str) -> bytes:
    return blind_index("wallet_voucher.code_hash", bare(code))
