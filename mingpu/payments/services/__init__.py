"""What can be done about paying. Paying back is `refunds`, comparing with bills `reconciliation`."""

from mingpu.payments.services.attempts import Started, close, poll, record_callback, start
from mingpu.payments.services.booking import settle_parts
from mingpu.payments.services.door import (
    carry_out_cod,
    collected,
    confirm_cod,
    decide_cod,
    review_cod,
)
from mingpu.payments.services.settling import nothing_due, refund_piece, settle
from mingpu.payments.services.stored import StoredUse, charge_stored

__all__ = [
    "Started",
    "StoredUse",
    "carry_out_cod",
    "charge_stored",
    "close",
    "collected",
    "confirm_cod",
    "decide_cod",
    "nothing_due",
    "poll",
    "record_callback",
    "refund_piece",
    "review_cod",
    "settle",
    "settle_parts",
    "start",
]
