"""Deciding: the seller first, the mall where buyer and seller disagree, and time where nobody does."""

from typing import Any
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.merchants.rules import OWN_SHOP
from mingpu.privacy import decisions
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.errors import WrongCaseState
from mingpu.service.models import Case, Row
from mingpu.service.services.asking import LONGEST_DESCRIPTION
from mingpu.service.services.money import carry_on
from mingpu.service.services.returning import prolong, with_courier


def decide(
    *,
    person_id: UUID,
    case_no: str,
    approve: bool,
    staff: str,
    answer: str = "",
    seen: tuple[str, ...] = (),
    merchant: str = OWN_SHOP,
    arrived: bool = True,
    resale: bool = True,
) -> str:
    """Decide a case for the shop that sold the goods, at the desk; returns its new state.

    A yes to a refund writes the refund and enqueues it in the same transaction; a yes to a return first waits for
    the goods. merchant: for whom staff decide, by code. seen: the states the decision was meant for, when it is not
    to hold for any other. At an inspection, arrived: whether anything came; resale: whether it can be sold again.
    Raises NotFound, also for another merchant's case, WrongCaseState, NothingLeft.
    """
    with processing(Purpose.SERVICE, subject=person_id, reference=case_no):
        case = Case.objects.hold(person_id, case_no)
        if case["merchant"] != merchant:
            raise NotFound
        if seen and case["status"] not in seen:
            raise WrongCaseState(status=rules.LABELS[case["status"]])
        found: dict[str, Any] = {"decided_by": staff, "answer": answer[:LONGEST_DESCRIPTION]}
        if case["status"] == rules.INSPECTION:
            found["resale"] = resale and approve and case["type"] != rules.REPAIR
            found["arrived_at"] = case["arrived_at"] or (now() if arrived or approve else None)
        after = rules.approved(case["type"], case["status"]) if approve else rules.refused(case["status"])
        case = Case.objects.move(case, person_id, after=after, who="staff", **found)
        carry_on(person_id, case)
    return after


def arbitrate(*, person_id: UUID, case_no: str, uphold: bool, staff: str, answer: str) -> str:
    """Decide for the mall between a buyer and the seller who declined; returns the case's new state.

    Only for the mall's own staff, which the desk sees to. uphold: for the buyer; goods that are to come back and have
    not come back first. A no is the last word, and goods that the seller has are sent to the buyer again.
    Raises NotFound, WrongCaseState, NothingLeft.
    """
    with processing(Purpose.SERVICE, subject=person_id, reference=case_no):
        case = Case.objects.hold(person_id, case_no)
        after = rules.refused(rules.ARBITRATION)
        if uphold:
            after = rules.approved(case["type"], case["status"], arrived=case["arrived_at"] is not None)
        case = Case.objects.move(
            case,
            person_id,
            after=after,
            who="platform",
            decided_by=staff,
            answer=answer[:LONGEST_DESCRIPTION],
        )
        carry_on(person_id, case)
    return after


def due(*, person_id: UUID, case_no: str) -> None:
    """Move a case on whose time is over; nothing happens for one that has moved meanwhile. Safe to repeat.

    Arbitration waits for a person all the same; the desk shows it first.
    """
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        case = _late(person_id, case_no)
        if case is None:
            return
        after = rules.overdue(case["type"], case["status"])
        if not after:
            return
        who, road = "system", with_courier(case_no) if case["status"] == rules.AWAITING_RETURN else ""
        if road == "road":
            prolong(person_id, case_no)
            return
        if road == "lost":
            after, who = rules.INSPECTION, "courier"
        if case["status"] == rules.REVIEWING:
            decisions.record(
                person_id,
                "after_sales.silence",
                "granted",
                {"amount_fen": case["amount_fen"]},
                reference=case_no,
            )
        case = Case.objects.move(case, person_id, after=after, who=who)
        carry_on(person_id, case)


def _late(person_id: UUID, case_no: str) -> Row | None:
    """Return a case whose time is over, locked; None for any other."""
    try:
        case = Case.objects.hold(person_id, case_no)
    except NotFound:
        return None
    return case if case["due_at"] is not None and case["due_at"] <= now() else None
