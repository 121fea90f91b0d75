"""Goods on their way back: fetched by a courier, or sent by the buyer."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID

from mingpu.delivery.models import Shipment
from mingpu.delivery.rules import HOMEWARD, LOST, RETURNED, SIGNED, WITH_COURIER
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.errors import CourierComes, WrongCaseState
from mingpu.service.models import Case, CaseLine, Row

LONGEST_NAME: Final = 20
LONGEST_ROAD: Final = timedelta(days=30)
WAYBILL: Final = re.compile(r"[A-Za-z0-9-]{6,32}")


def choose_return(*, person_id: UUID, case_no: str, way: str, courier: str = "", waybill_no: str = "") -> str:
    """Say how the goods of a case come back; returns the case's state.

    way: `courier`, who is then told to pick them up at the address they were brought to, or `own`; with the courier's
    name and the waybill's number, goods sent so count as handed in. Raises NotFound, WrongCaseState, Invalid, and
    CourierComes once a pick-up is booked.
    """
    if way not in rules.WAYS:
        raise Invalid(field=Text("寄回方式", "way"), problem=Text("请选择一项", "choose one"))
    if way == rules.OWN:
        return _sent(person_id, case_no, courier=courier, waybill_no=waybill_no, only_if_told=True)
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        case = _waiting(person_id, case_no)
        due = rules.due_at(case["status"], now(), way=way)
        Case.objects.filter(case_no=case_no).update(way=way, due_at=due)
        Case.objects.plan(case_no, person_id, due)
        enqueue(
            "delivery.book_return", person_id=str(person_id), case_no=case_no, order_no=case["order_no"],
            lines=CaseLine.objects.pieces(case_no),
        )  # fmt: skip
    return str(case["status"])


def sent_back(*, person_id: UUID, case_no: str, courier: str = "", waybill_no: str = "") -> str:
    """Say that the goods are on their way back; returns the case's state.

    courier, waybill_no: of the parcel, where the buyer tells. Raises NotFound, WrongCaseState, Invalid, CourierComes.
    """
    return _sent(person_id, case_no, courier=courier, waybill_no=waybill_no)


def _sent(person_id: UUID, case_no: str, *, courier: str, waybill_no: str, only_if_told: bool = False) -> str:
    courier, waybill_no = courier.strip(), waybill_no.strip()
    if len(courier) > LONGEST_NAME or not courier.isprintable():
        problem = Text(f"最多 {LONGEST_NAME} 个字", f"{LONGEST_NAME} letters at most")
        raise Invalid(field=Text("快递公司", "courier"), problem=problem)
    if waybill_no and not WAYBILL.fullmatch(waybill_no):
        problem = Text("请填写 6–32 位字母或数字", "6–32 letters or digits, please")
        raise Invalid(field=Text("运单号", "waybill"), problem=problem)
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        case = _waiting(person_id, case_no)
        if only_if_told and not waybill_no:
            Case.objects.filter(case_no=case_no).update(way=rules.OWN)
            return str(case["status"])
        case = Case.objects.move(
            case, person_id, after=rules.INSPECTION, who="buyer", way=rules.OWN, return_courier=courier,
            waybill_no=waybill_no,
        )  # fmt: skip
    return str(case["status"])


def _waiting(person_id: UUID, case_no: str) -> Row:
    """Hold a case whose goods are to come back and nobody fetches yet."""
    case = Case.objects.hold(person_id, case_no)
    if case["status"] != rules.AWAITING_RETURN:
        raise WrongCaseState(status=rules.LABELS[case["status"]])
    if case["way"] == rules.COURIER:
        raise CourierComes
    return case


def return_arrived(*, person_id: UUID, case_no: str) -> None:
    """Have goods inspected that a courier has brought to the seller; safe to repeat."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        try:
            case = Case.objects.hold(person_id, case_no)
        except NotFound:
            return
        if case["status"] == rules.AWAITING_RETURN:
            Case.objects.move(case, person_id, after=rules.INSPECTION, who="courier", arrived_at=now())


def nobody_comes(*, person_id: UUID, case_no: str) -> None:
    """Let the buyer choose anew how goods come back that no courier fetches; safe to repeat."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        try:
            case = Case.objects.hold(person_id, case_no)
        except NotFound:
            return
        if case["status"] == rules.AWAITING_RETURN and case["way"] == rules.COURIER:
            Case.objects.filter(case_no=case_no).update(way="")


def with_courier(case_no: str) -> str:
    """Return how it is with the parcel that brings goods of a case back: road | lost | "" for none or one not fetched.

    What a courier has had for a month counts as lost: the buyer did what there was to do. Inside the caller's block.
    """
    rows = Shipment.objects.filter(case_no=case_no, direction=HOMEWARD, status__in=WITH_COURIER - {SIGNED})
    parcel = rows.values("status", "created_at").first()
    if parcel is None:
        return ""
    gone = parcel["status"] in {LOST, RETURNED} or parcel["created_at"] < now() - LONGEST_ROAD
    return "lost" if gone else "road"


def prolong(person_id: UUID, case_no: str) -> None:
    """Give goods that are on the road the time it takes, inside the block that holds the case."""
    due = now() + rules.ON_THE_ROAD
    Case.objects.filter(case_no=case_no).update(due_at=due)
    Case.objects.plan(case_no, person_id, due)
