"""What happened to an order and all that belongs to it, in words: each step as its own machine calls it."""

from collections.abc import Mapping
from types import MappingProxyType

from mingpu.delivery.rules import LABELS as PARCELS
from mingpu.invoices.rules import LABELS as INVOICES
from mingpu.lib.text import Text
from mingpu.orders.queries import EventView
from mingpu.payments.rules import ATTEMPT_LABELS, REFUND_LABELS
from mingpu.service.rules import LABELS as CASES
from mingpu.virtual.rules import LABELS as HANDOVERS

MACHINES = MappingProxyType(
    {
        "order": Text("订单", "Order"),
        "payment": Text("支付", "Payment"),
        "refund": Text("退款", "Refund"),
        "shipment": Text("包裹", "Parcel"),
        "after_sale": Text("售后", "After-sales"),
        "handover": Text("充值与卡券", "Top-up or card"),
        "invoice": Text("发票", "Invoice"),
    }
)
STATES: Mapping[str, Mapping[str, Text]] = MappingProxyType(
    {
        "payment": ATTEMPT_LABELS,
        "refund": REFUND_LABELS,
        "shipment": PARCELS,
        "after_sale": CASES,
        "handover": HANDOVERS,
        "invoice": INVOICES,
    }
)


def in_words(step: EventView) -> Text:
    """Return a step in words: of the order why it was made, of anything else what it came to."""
    if step.machine == "order":
        return step.text
    machine, states = MACHINES.get(step.machine), STATES.get(step.machine, {})
    state = states.get(step.after, Text(step.after, step.after))
    return Text(f"{machine.zh}：{state.zh}", f"{machine.en}: {state.en}") if machine else state
