"""Coupons as JSON: those that can be had, those one has."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import P, QueryEx, Router, Schema, Status

from mingpu.api.base import me, only, whole
from mingpu.api.shops import MerchantOut, merchant_json
from mingpu.promotions.queries import Claimable, CouponView, claimable, coupons_of
from mingpu.promotions.rules import Offer
from mingpu.promotions.services import claim

router = Router(tags=["coupons"])


class OfferOut(Schema):
    """What a coupon gives. merchant: whose goods it is for, null for the whole mall."""

    offer_id: str
    title: str
    terms: list[str]
    merchant: MerchantOut | None


class CouponOut(OfferOut):
    """One of my coupons. state: usable | used | expired; order_no: where it was used, or ""."""

    id: UUID
    state: str
    order_no: str
    claimed_at: datetime
    expires_at: datetime


class Coupons(Schema):
    """My coupons, those that end soonest first."""

    total: int
    items: list[CouponOut]
    page: int
    page_size: int


class ClaimableOut(OfferOut):
    """A coupon that can be had. left: of all, null for any number; mine: how many I have of it.

    valid_days: how long it lasts from its claim, null until the offer ends.
    """

    left: int | None
    per_person: int
    mine: int
    open: bool
    valid_days: int | None
    ends_at: datetime


class ClaimableList(Schema):
    """Coupons that are handed out now, those that end soonest first."""

    total: int
    items: list[ClaimableOut]
    page: int
    page_size: int


class Claimed(Schema):
    """A coupon just claimed."""

    id: UUID


@router.get("/me/coupons", response=Coupons, summary="My coupons")
def my_coupons(
    request: HttpRequest, state: Literal["usable", "used", "expired"] | None = None
) -> dict[str, Any]:
    """Return the caller's coupons, of one state or all."""
    only(request, "state")
    return whole([_coupon(it) for it in coupons_of(person_id=me(request), state=state or "")])


@router.get("/offers/coupons", response=ClaimableList, summary="Coupons to be had")
def open_coupons(request: HttpRequest, merchant: QueryEx[str, P(max_length=32)] = "") -> dict[str, Any]:
    """Return the coupons that are handed out now; merchant: the mall's and this one's only."""
    only(request, "merchant")
    found = claimable(person_id=me(request), merchants=[merchant] if merchant else None)
    return whole([_claimable(it) for it in found])


@router.post("/offers/{offer_id}/claim", response={201: Claimed}, summary="Claim a coupon")
def claim_coupon(request: HttpRequest, offer_id: str) -> Status[dict[str, UUID]]:
    """Claim one. 409 `coupon_over` outside its time or for none, `coupon_limit` for one too many, `coupon_gone`."""
    return Status(201, {"id": claim(person_id=me(request), offer_id=offer_id)})


def _of(it: Offer) -> dict[str, Any]:
    return {
        "offer_id": it.id,
        "title": str(it.title),
        "terms": [str(one) for one in it.terms],
        "merchant": merchant_json(it.merchant) if it.merchant else None,
    }


def _coupon(it: CouponView) -> dict[str, Any]:
    return {
        **_of(it.offer), "id": it.id, "state": it.state, "order_no": it.order_no, "claimed_at": it.claimed_at,
        "expires_at": it.expires_at,
    }  # fmt: skip


def _claimable(it: Claimable) -> dict[str, Any]:
    return {
        **_of(it.offer), "left": it.left, "per_person": it.per_person, "mine": it.mine, "open": it.open,
        "valid_days": it.valid_days, "ends_at": it.ends_at,
    }  # fmt: skip
