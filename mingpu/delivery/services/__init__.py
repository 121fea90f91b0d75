"""What can be done about parcels: packing them, telling the courier, following them, confirming receipt."""

from mingpu.delivery.services.couriers import call_off, new_parcel_no, take_back, tell_courier
from mingpu.delivery.services.packing import (
    book,
    book_return,
    dispatch,
    send_again,
    ship,
)
from mingpu.delivery.services.receipt import confirm_receipt, receipt_due
from mingpu.delivery.services.redirecting import redirect
from mingpu.delivery.services.tracking import follow, look_after, record_steps

__all__ = [
    "book",
    "book_return",
    "call_off",
    "confirm_receipt",
    "dispatch",
    "follow",
    "look_after",
    "new_parcel_no",
    "receipt_due",
    "record_steps",
    "redirect",
    "send_again",
    "ship",
    "take_back",
    "tell_courier",
]
