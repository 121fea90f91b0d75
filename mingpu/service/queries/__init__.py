"""Reading after-sales: for the buyer, and for the desk."""

from mingpu.service.queries.buyer import (
    CaseView,
    EvidenceView,
    OrderInFull,
    case_of,
    cases_of,
    evidence_of,
    left_of,
    open_evidence,
    order_in_full,
)
from mingpu.service.queries.desk import (
    DeskCase,
    ParcelGlance,
    desk_case,
    desk_evidence,
    person_of_case,
    queue,
)

__all__ = [
    "CaseView",
    "DeskCase",
    "EvidenceView",
    "OrderInFull",
    "ParcelGlance",
    "case_of",
    "cases_of",
    "desk_case",
    "desk_evidence",
    "evidence_of",
    "left_of",
    "open_evidence",
    "order_in_full",
    "person_of_case",
    "queue",
]
