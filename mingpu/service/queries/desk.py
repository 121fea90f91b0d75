"""After-sales as the desk sees it: masked, only with a case in hand, and a merchant only its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from mingpu.accounts.models import Contact
from mingpu.delivery.models import Shipment
from mingpu.delivery.rules import LABELS as PARCEL_LABELS
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.rules import COURIERS, OWN_SHOP
from mingpu.orders.models import Consignee, Line, Order
from mingpu.orders.rules import LABELS as ORDER_LABELS
from mingpu.payments.models import Refund
from mingpu.payments.queries import RefundView
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.models import Case
from mingpu.service.queries.buyer import CaseView, content_of, media_type_of, read_case

MOST: Final = 200  # rows of a queue that are shown
QUEUE: Final = ("case_no", "type", "reason", "status", "amount_fen", "created_at", "due_at", "merchant")
# What waits for the shop that sold the goods, and what for the mall itself.
SHOPS: Final = (rules.REVIEWING, rules.INSPECTION, rules.REPAIRING)
MALLS: Final = (rules.ARBITRATION,)


@dataclass(frozen=True, slots=True)
class ParcelGlance:
    """A parcel of an order as the desk sees it: which way, with whom, how far."""

    parcel_no: str
    direction: str
    courier: str
    waybill_no: str | None
    status: str
    case_no: str

    @property
    def courier_label(self) -> Text:
        """The courier's name."""
        return COURIERS[self.courier]

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return PARCEL_LABELS[self.status]


@dataclass(frozen=True, slots=True)
class DeskCase:
    """What staff see of a case: the one order it is about, with the person masked.

    For a merchant's staff, goods, parcels and refunds are their own shop's only, and the total is of their goods.
    """

    case: CaseView
    order_status: Text
    total_fen: int
    placed_at: datetime
    goods: tuple[Mapping[str, Any], ...]
    consignee: str
    phone: str
    address: str
    contact_phone: str
    parcels: tuple[ParcelGlance, ...] = ()
    refunds: tuple[RefundView, ...] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        """What can be decided now: approve | reject, received | missing | reject, mended | give_up, uphold | dismiss."""
        return {
            rules.REVIEWING: ("approve", "reject"),
            rules.INSPECTION: ("received", "reject", "missing"),
            rules.REPAIRING: ("mended", "give_up"),
            rules.ARBITRATION: ("uphold", "dismiss"),
        }.get(self.case.status, ())


def queue(*, merchant: str = "") -> tuple[Mapping[str, Any], ...]:
    """Return the cases that wait for staff: numbers, kinds and sums, no persons; at most 200.

    merchant: by code, the cases that wait for that shop; "" is the mall: those of its own shop, and what all buyers
    ask it to judge. What the mall should have judged by now comes first, then what has least time left.
    """
    if merchant:
        with processing(Purpose.MERCHANT_QUEUE, subject=None, reading=True, merchant=merchant):
            rows = Case.objects.filter(status__in=SHOPS).order_by("due_at", "created_at")
            found = list(rows.values(*QUEUE)[:MOST])
    else:
        with processing(Purpose.CASE_QUEUE, subject=None, reading=True):
            own = Case.objects.filter(status__in=SHOPS, merchant=OWN_SHOP)
            rows = (own | Case.objects.filter(status__in=MALLS)).order_by("due_at", "created_at")
            found = list(rows.values(*QUEUE)[:MOST])
    moment = now()
    told = [_told(row, moment) for row in found]
    return tuple(sorted(told, key=lambda row: not (row["overdue"] and row["status"] in MALLS)))


def _told(row: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    return {
        **row,
        "type_label": rules.TYPES[row["type"]],
        "reason_label": rules.REASON_LABELS[row["reason"]],
        "status_label": rules.LABELS[row["status"]],
        "overdue": bool(row["due_at"] and row["due_at"] <= moment),
    }


def person_of_case(case_no: str, *, merchant: str = "") -> UUID:
    """Return whose case it is; raises NotFound, for a merchant also when it is another's.

    That it is the merchant's is what the database says under the merchant's own authority, before anything of the
    person is opened.
    """
    if merchant:
        with processing(Purpose.MERCHANT_QUEUE, subject=None, reading=True, merchant=merchant):
            if not Case.objects.filter(case_no=case_no).exists():
                raise NotFound
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_case(%s)", [case_no])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotFound
    return UUID(str(row[0]))


def desk_case(*, case_no: str, merchant: str = "") -> DeskCase:
    """Return a case for the desk; the look is logged under the case's number and shown to the person.

    merchant: for whom who looks works, by code; "" is the mall. Raises NotFound, also for another merchant's case.
    """
    person_id = person_of_case(case_no, merchant=merchant)
    with processing(Purpose.SERVICE, subject=person_id, reference=case_no, reading=True):
        case = read_case(person_id, case_no)
        order = Order.objects.filter(order_no=case.order_no).values("status", "total_fen", "placed_at").get()
        goods = _goods(case.order_no, merchant)
        whom = _whom(person_id, case.order_no)
        parcels, refunds = _parcels(case, merchant), _refunds(case, merchant)
    return DeskCase(
        case=case,
        order_status=ORDER_LABELS[order["status"]],
        total_fen=sum(line["payable_fen"] for line in goods) if merchant else order["total_fen"],
        placed_at=order["placed_at"],
        goods=goods,
        parcels=parcels,
        refunds=refunds,
        **whom,
    )


def _goods(order_no: str, merchant: str) -> tuple[Mapping[str, Any], ...]:
    rows = Line.objects.filter(order_no=order_no).order_by("position")
    if merchant:
        rows = rows.filter(merchant=merchant)
    return tuple(rows.values("sku", "title", "options", "price_fen", "quantity", "payable_fen", "merchant"))


def _whom(person_id: UUID, order_no: str) -> dict[str, str]:
    """Return the consignee and the buyer's phone, masked; blank where nothing was sent to anybody."""
    to: Mapping[str, Any] = (
        Consignee.objects.filter(order_no=order_no)
        .values("name", "phone", "province", "city", "district", "street")
        .first()
        or {}
    )
    phone = Contact.objects.filter(person_id=person_id).values_list("phone", flat=True).first()
    area = "".join(to.get(name) or "" for name in ("province", "city", "district"))
    return {
        "consignee": mask("name", to.get("name") or ""),
        "phone": mask("phone", to.get("phone") or ""),
        "address": area + mask("street", to.get("street") or ""),
        "contact_phone": mask("phone", phone or ""),
    }


def _parcels(case: CaseView, merchant: str) -> tuple[ParcelGlance, ...]:
    rows = Shipment.objects.filter(order_no=case.order_no).order_by("created_at", "parcel_no")
    if merchant:
        rows = rows.filter(merchant=merchant)
    columns = ("parcel_no", "direction", "courier", "waybill_no", "status", "case_no")
    return tuple(ParcelGlance(**row) for row in rows.values(*columns))


def _refunds(case: CaseView, merchant: str) -> tuple[RefundView, ...]:
    """Return the refunds of a case by path; for the mall's staff those of the whole order."""
    rows = Refund.objects.filter(order_no=case.order_no, replaced_by="").order_by("created_at")
    if merchant:
        rows = rows.filter(reason=f"case:{case.case_no}")
    columns = ("out_refund_no", "amount_fen", "status", "reason", "created_at", "path")
    return tuple(RefundView(**row) for row in rows.values(*columns))


def desk_evidence(*, case_no: str, number: str, merchant: str = "") -> tuple[str, bytes]:
    """Return media type and content of a photo or video for the desk; logged as the case's looks are.

    Raises NotFound, also for another merchant's case.
    """
    person_id = person_of_case(case_no, merchant=merchant)
    with processing(Purpose.SERVICE, subject=person_id, reference=case_no, reading=True):
        media_type = media_type_of(case_no, number)
    return media_type, content_of(person_id, case_no, number)
