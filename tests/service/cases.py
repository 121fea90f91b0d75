"""What the after-sales tests share: asking, deciding, parcels on their way, clocks turned."""

from datetime import timedelta

from mingpu.delivery.queries import shipments_of
from mingpu.service import queries, services
from tests.delivery import parcels
from tests.jobs import run_jobs
from tests.people import from_owner
from tests.support import zone


def ask(it, pieces=1, *, kind="refund", **more):
    """Open a case about an order's first article."""
    lines = more.pop("lines", None) or {getattr(it, "sku", None) or it.skus[0]: pieces}
    return services.open_case(
        person_id=it.buyer.id, order_no=it.order_no, kind=kind, lines=lines,
        reason=more.pop("reason", "damaged"), **more,
    )  # fmt: skip


def decide(it, case, *, approve=True, **more):
    with zone("desk"):
        return services.decide(
            person_id=it.buyer.id, case_no=case.case_no, approve=approve, staff="kefu", **more
        )


def arbitrate(it, case, *, uphold=True):
    with zone("desk"):
        return services.arbitrate(
            person_id=it.buyer.id, case_no=case.case_no, uphold=uphold, staff="zhongcai", answer="已核实"
        )


def case_of(it, case):
    return queries.case_of(person_id=it.buyer.id, case_no=case.case_no)


def report(outside, it, status, *, case_no="", direction="out"):
    """Let the courier report about the parcels of an order, or of a case."""
    for parcel in shipments_of(person_id=it.buyer.id, order_no=it.order_no):
        mine = (parcel.case_no, parcel.direction) == (case_no, direction)
        if mine and parcel.waybill_no and parcel.status != "cancelled":
            parcels.report(outside, parcel, status)


def late(case):
    """Let the time of a case's state be over."""
    from_owner(
        "UPDATE service_case SET due_at = now() - interval '1 minute' WHERE case_no = %s", [case.case_no]
    )


def due(it, case):
    """Look at a deadline, as the worker does."""
    with zone("worker"):
        services.due(person_id=it.buyer.id, case_no=case.case_no)


def steps(case):
    """The course of a case: (before, after, cause)."""
    return from_owner(
        "SELECT before, after, cause FROM orders_event WHERE machine = 'after_sale' AND reference = %s ORDER BY at",
        [case.case_no],
    )


def sku_of(it):
    return it.skus[0]


def soon(it):
    """Let the worker do what is due within a quarter of an hour."""
    return run_jobs(it.buyer.id, ahead=timedelta(minutes=15))
