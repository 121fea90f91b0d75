"""Binding a card, and issuing cards without an order."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection

from mingpu.lib.clock import now
from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet.books import Kind, card_issued
from mingpu.wallet.errors import TooManyCodes, WrongCardCode
from mingpu.wallet.models import Card, Transfer, Try, Voucher, tail
from mingpu.wallet.rules import TRIES, TRIES_WITHIN


def bind(*, person_id: UUID, code: str) -> UUID:
    """Put the card with this code into a person's wallet; return the card's id.

    code: as typed. Raises WrongCardCode for one that is wrong or used, TooManyCodes after five of those in a
    quarter of an hour.
    """
    with processing(Purpose.WALLET, subject=person_id):
        _count(person_id)
        face_fen = Voucher.objects.claim(code)
        if face_fen is not None:
            card = Card(
                person_id=person_id, tail=tail(code), face_fen=face_fen, balance_fen=face_fen, bound_at=now()
            )
            card.save(force_insert=True)
            return card.id
        Try.objects.create(person_id=person_id, at=now())
    raise WrongCardCode  # after the block: the try counts


def issue_cards(*, face_fen: int, count: int, batch: str) -> list[str]:
    """Issue cards at the mall's cost and return their codes, which cannot be had again.

    Raises ValueError for a face or a count that is none.
    """
    if count < 1:
        raise ValueError(count)
    with processing(Purpose.RECONCILIATION, subject=None, reference=batch):
        codes = [Voucher.objects.issue(face_fen, batch) for _ in range(count)]
        Transfer.objects.post(
            person_id=None, order_no="", moves=card_issued(face_fen * count), kind=Kind.CARD_ISSUED,
            reference=f"{batch}:{uuid4()}",
        )  # fmt: skip
    return codes


def _count(person_id: UUID) -> None:
    """Raise TooManyCodes when a person has had their tries; one of a person's requests at a time counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, _half(person_id)])
    wrong = list(
        Try.objects.filter(person_id=person_id, at__gt=now() - TRIES_WITHIN)
        .order_by("-at")
        .values_list("at", flat=True)[:TRIES]
    )
    if len(wrong) == TRIES:
        left = wrong[-1] + TRIES_WITHIN - now()
        raise TooManyCodes(retry_after=max(1, left // timedelta(seconds=1) + 1))


_LOCKS = 0x3A11E7  # the wallet's own space of advisory locks


def _half(person_id: UUID) -> int:
    return int.from_bytes(person_id.bytes[:4], "big", signed=True)
