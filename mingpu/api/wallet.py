"""Balance and E-cards as JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from mingpu.api.base import LARGEST_PAGE, Body, me, only
from mingpu.wallet.queries import wallet_of
from mingpu.wallet.services import bind

router = Router(tags=["wallet"])
Page = Annotated[int, Query(ge=1, le=100_000)]
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


class CardOut(Schema):
    """A bound E-card; tail: the last characters of its code."""

    id: UUID
    tail: str
    face_fen: int
    balance_fen: int
    bound_at: datetime


class MovementOut(Schema):
    """What came to (+) or went from (-) a balance or card. card: its tail, "" for the balance."""

    at: datetime
    amount_fen: int
    order_no: str
    card: str
    text: str


class Movements(Schema):
    """A page of movements, newest first."""

    total: int
    items: list[MovementOut]
    page: int
    page_size: int


class WalletOut(Schema):
    """My stored value. cards: in the order in which they are used up, before the balance."""

    balance_fen: int
    cards_fen: int
    cards: list[CardOut]
    movements: Movements


class NewCard(Body):
    """The code of an E-card, as it was handed over."""

    code: str = Field(min_length=1, max_length=60)


class Bound(Schema):
    """The card just bound."""

    id: UUID


@router.get("/me/wallet", response=WalletOut, summary="My balance and E-cards")
def my_wallet(request: HttpRequest, page: Page = 1, page_size: Size = 20) -> dict[str, Any]:
    """Return balance, cards and a page of what came and went."""
    only(request, "page", "page_size")
    it = wallet_of(person_id=me(request), page=page, page_size=page_size)
    return {
        "balance_fen": it.balance_fen, "cards_fen": it.cards_fen, "cards": it.cards,
        "movements": {
            "total": it.total, "page": it.page, "page_size": it.page_size,
            "items": [
                {
                    "at": one.at, "amount_fen": one.amount_fen, "order_no": one.order_no, "card": one.card,
                    "text": str(one.text),
                }
                for one in it.movements
            ],
        },
    }  # fmt: skip


@router.post("/me/wallet/cards", response={201: Bound}, summary="Bind an E-card")
def bind_card(request: HttpRequest, new: NewCard) -> Status[dict[str, UUID]]:
    """Put a card into my wallet. 422 `wrong_card_code` for one that is wrong or used, 429 after five of those."""
    return Status(201, {"id": bind(person_id=me(request), code=new.code)})
