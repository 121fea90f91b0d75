"""Talking with institutions in the background, and what the money of an order does by itself."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from mingpu.lib.jobs import every, job
from mingpu.payments import refunds, services
from mingpu.payments.services import reconciliation

DAYS_BACK: Final = 3


@job("payments.poll")
def poll(*, person_id: str, attempt_id: str) -> None:
    """Ask about an attempt whose callback has not come."""
    services.poll(person_id=UUID(person_id), attempt_id=UUID(attempt_id))


@job("payments.close")
def close(*, person_id: str, order_no: str) -> None:
    """Close the open attempts of an order; what it holds goes back if it ended unpaid."""
    services.close(person_id=UUID(person_id), order_no=order_no)


@job("payments.refund")
def refund(*, person_id: str, out_refund_no: str) -> None:
    """Bring a refund forward."""
    refunds.carry_out(person_id=UUID(person_id), out_refund_no=out_refund_no)


@job("payments.refund_piece")
def refund_piece(*, person_id: str, order_no: str, amount_fen: int, reason: str, sku: str = "") -> None:
    """Pay back what could not be handed over."""
    services.refund_piece(
        person_id=UUID(person_id), order_no=order_no, amount_fen=amount_fen, reason=reason, sku=sku
    )


@job("payments.mend_refund")
def mend_refund(*, person_id: str, out_refund_no: str, way: str) -> None:
    """Do what staff decided about a stuck refund."""
    refunds.mend(person_id=UUID(person_id), out_refund_no=out_refund_no, way=way)


@job("payments.nothing_due")
def nothing_due(*, person_id: str, order_no: str) -> None:
    """Let an order that cost nothing go on."""
    services.nothing_due(person_id=UUID(person_id), order_no=order_no)


@job("payments.review_cod")
def review_cod(*, person_id: str, order_no: str) -> None:
    """Confirm cash on delivery, or leave it to staff."""
    services.review_cod(person_id=UUID(person_id), order_no=order_no)


@job("payments.confirm_cod")
def confirm_cod(*, person_id: str, order_no: str) -> None:
    """Confirm cash on delivery, as staff decided."""
    services.carry_out_cod(person_id=UUID(person_id), order_no=order_no, accept=True)


@job("payments.decline_cod")
def decline_cod(*, person_id: str, order_no: str) -> None:
    """Decline cash on delivery, as staff decided."""
    services.carry_out_cod(person_id=UUID(person_id), order_no=order_no, accept=False)


@job("payments.collected")
def collected(*, person_id: str, order_no: str, courier: str, waybill_no: str, amount_fen: int) -> None:
    """Take it that the courier was paid at the door."""
    services.collected(
        person_id=UUID(person_id), order_no=order_no, courier=courier, waybill_no=waybill_no,
        amount_fen=amount_fen,
    )  # fmt: skip


@job("payments.settle_parts")
def settle_parts(*, person_id: str, order_no: str) -> None:
    """Hand a completed order's money on to its merchants."""
    services.settle_parts(person_id=UUID(person_id), order_no=order_no)


@every("20 2 * * *", "payments.reconcile")  # 10:20 in Beijing: bills of the day before are there by ten
def reconcile() -> None:
    """Have the bills of the last days compared with our books, each party by itself; again is harmless.

    A bill that was not there in time is thereby looked for on the days after.
    """
    for party in reconciliation.parties():
        for back in range(DAYS_BACK):
            reconciliation.plan(party=party, day=reconciliation.yesterday() - timedelta(days=back))


@every("40 * * * *", "payments.sweep_refunds")
def sweep_refunds() -> None:
    """Take up again refunds whose job gave up while the institution did not answer."""
    refunds.sweep()


@job("payments.reconcile_day")
def reconcile_day(*, party: str, day: str) -> None:
    """Compare one party's bill of one day; tried again while it is not there."""
    reconciliation.reconcile(party=party, day=reconciliation.day_of(day))
