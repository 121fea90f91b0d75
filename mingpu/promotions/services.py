"""Claiming coupons, and making and stopping offers."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction

from mingpu.catalog.queries import skus
from mingpu.catalog.rules import STORED_VALUE
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.merchants.queries import merchants
from mingpu.privacy import decisions
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.standing import agrees
from mingpu.promotions import queries
from mingpu.promotions.errors import CouponGone, CouponLimit, CouponOver, FlashOverlaps, OfferExists
from mingpu.promotions.models import Coupon, Flash, MemberPrice, Offer
from mingpu.promotions.rules import COUPON, FLASH, MEMBER_PRICE
from mingpu.promotions.specs import Spec, read_spec

REMIND_BEFORE = timedelta(days=1)  # of those who agreed to word of offers
KEEP = timedelta(days=180)  # the register's, from the end of coupon and offer
INSERT = """
INSERT INTO promotions_coupon
    (id, person_id, offer_id, ordinal, state, order_no, returned_from, claimed_at, expires_at, keep_until)
VALUES (%s, %s, %s, %s, 'held', '', '[]', %s, %s, %s)
ON CONFLICT (person_id, offer_id, ordinal) DO NOTHING
"""
COUNT = """
UPDATE promotions_offer SET claimed = claimed + 1
WHERE id = %s AND active AND ends_at > %s AND (total IS NULL OR claimed < total)
"""
# One flash sale is made at a time, so that two cannot both find a SKU free.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('promotions.flash'))"
OVERLAPPING = """
SELECT f.sku FROM promotions_flash f JOIN promotions_offer o ON o.id = f.offer_id
WHERE f.sku = ANY(%s::text[]) AND o.active AND o.starts_at < %s AND o.ends_at > %s AND o.id <> %s
ORDER BY f.sku LIMIT 1
"""


def claim(*, person_id: UUID, offer_id: str) -> UUID:
    """Claim a coupon for a signed-in person; returns its id.

    Raises CouponOver outside its time, CouponLimit when the person has as many as one may, CouponGone when all
    are handed out. Asked many times at once, the unique ordinal holds the person's limit and the counter the
    total.
    """
    try:
        return _claim(person_id, offer_id, now())
    except CouponLimit as refused:
        with processing(Purpose.SHOPPING, subject=person_id, reference=offer_id):
            decisions.record(
                person_id, "coupon.limit", "refused", {"limit": refused.facts["limit"]}, reference=offer_id
            )
        raise


def _claim(person_id: UUID, offer_id: str, moment: datetime) -> UUID:
    remind = agrees(person_id, Purpose.MARKETING)
    with processing(Purpose.SHOPPING, subject=person_id, reference=offer_id):
        offer = Offer.objects.filter(id=offer_id, kind=COUPON, active=True).first()
        if offer is None or not offer.starts_at <= moment < offer.ends_at:
            raise CouponOver
        coupon, expires_at = _hand_out(person_id, offer, moment)
        if remind and (at := expires_at - REMIND_BEFORE) > moment:
            enqueue("notices.tell", at=at, person_id=str(person_id), kind="coupon_ending", mark=coupon.hex)
        # Last, as everybody who claims the same coupon waits here until the one before has committed.
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [offer_id, moment])
            if not cursor.rowcount:
                raise CouponGone
    return coupon


def _hand_out(person_id: UUID, offer: Offer, moment: datetime) -> tuple[UUID, datetime]:
    coupon = uuid4()
    expires_at = moment + timedelta(days=offer.valid_days) if offer.valid_days else offer.ends_at
    keep_until = max(expires_at, offer.ends_at) + KEEP
    while True:
        found = Coupon.objects.filter(person_id=person_id, offer_id=offer.id).order_by("-ordinal")
        mine = found.values_list("ordinal", flat=True).first() or 0
        if mine >= offer.per_person:
            raise CouponLimit(limit=offer.per_person)
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [coupon, person_id, offer.id, mine + 1, moment, expires_at, keep_until])
            if cursor.rowcount:
                return coupon, expires_at


@transaction.atomic
def make_offer(given: object) -> str:
    """Make an offer from its JSON shape (docs/offers.md); returns its id. Runs in the worker's zone.

    Raises Invalid for what is wrong in it, an unknown merchant or SKU included; OfferExists; FlashOverlaps.
    """
    spec = read_spec(given)
    it = spec.offer
    if Offer.objects.filter(id=it.id).exists():
        raise OfferExists(id=it.id)
    if it.merchant and it.merchant not in merchants([it.merchant]):
        raise Invalid(field="merchant", problem=Text("没有这个商家", "there is no such merchant"))
    _check_goods(spec)
    if it.kind == FLASH:
        _check_free(list(spec.prices), spec.starts_at, spec.ends_at)
    scope = it.scope
    Offer.objects.create(
        id=it.id, kind=it.kind, title=it.title.zh, title_en=it.title.en, merchant=it.merchant,
        categories=[list(path) for path in scope.categories], brands=list(scope.brands),
        products=list(scope.products), skus=list(scope.skus), form=it.form,
        steps=[[step.threshold_fen, step.off] for step in it.steps], cap_fen=it.cap_fen,
        per_person=spec.per_person, total=spec.total, valid_days=spec.valid_days,
        starts_at=spec.starts_at, ends_at=spec.ends_at,
    )  # fmt: skip
    _write_prices(spec)
    transaction.on_commit(queries.forget)
    return it.id


def stop_offer(offer_id: str) -> None:
    """Stop an offer: no more claims, reductions or prices of it; coupons somebody has stay good.

    Raises NotFound. Runs in the worker's zone.
    """
    if not Offer.objects.filter(id=offer_id).update(active=False):
        raise NotFound
    transaction.on_commit(queries.forget)


@transaction.atomic
def renew_offer(offer_id: str, *, ends_at: datetime) -> None:
    """Let an offer go on until `ends_at`. Raises NotFound, FlashOverlaps. Runs in the worker's zone."""
    offer = Offer.objects.select_for_update().filter(id=offer_id).first()
    if offer is None:
        raise NotFound
    if offer.kind == FLASH:
        codes = list(Flash.objects.filter(offer_id=offer_id).values_list("sku", flat=True))
        _check_free(codes, offer.ends_at, ends_at, but=offer_id)
    Offer.objects.filter(id=offer_id).update(ends_at=ends_at)
    transaction.on_commit(queries.forget)


def _check_goods(spec: Spec) -> None:
    """Raise Invalid for a SKU that is not there, or is another merchant's."""
    named = [*spec.prices, *spec.offer.scope.skus]
    known = skus(named)
    for code in named:
        it = known.get(code)
        if it is None or spec.offer.merchant not in ("", it.merchant):
            raise Invalid(
                field=code, problem=Text("没有这个规格，或属于其他商家", "unknown, or another merchant's")
            )
        if code in spec.prices and it.kind in STORED_VALUE:
            raise Invalid(field=code, problem=Text("余额和 E 卡不打折", "stored value is not reduced"))


def _check_free(codes: list[str], starts_at: datetime, ends_at: datetime, *, but: str = "") -> None:
    """Raise FlashOverlaps for a SKU that another sale than `but` has in that time."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
        cursor.execute(OVERLAPPING, [codes, ends_at, starts_at, but])
        if row := cursor.fetchone():
            raise FlashOverlaps(sku=row[0])


def _write_prices(spec: Spec) -> None:
    key, prices = spec.offer.id, spec.prices.items()
    if spec.offer.kind == FLASH:
        Flash.objects.bulk_create(
            Flash(
                id=f"{key}:{sku}", offer_id=key, sku=sku, price_fen=it.price_fen, stock=it.stock,
                per_person=it.per_person,
            )
            for sku, it in prices
        )  # fmt: skip
    if spec.offer.kind == MEMBER_PRICE:
        MemberPrice.objects.bulk_create(
            MemberPrice(id=f"{key}:{sku}", offer_id=key, sku=sku, price_fen=it.price_fen)
            for sku, it in prices
        )
