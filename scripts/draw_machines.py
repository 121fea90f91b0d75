"""Draw the state machines of trade from the tables that run into docs/machines.md: `python -m scripts.draw_machines`."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from mingpu.delivery import rules as delivery
from mingpu.invoices import rules as invoices
from mingpu.orders import rules as orders
from mingpu.payments import rules as payments
from mingpu.service import rules as service
from mingpu.virtual import rules as virtual

PAGE = Path(__file__).parent.parent / "docs" / "machines.md"
HEAD = """# The machines of trade

Drawn by `python -m scripts.draw_machines` from the tables that run; a test holds this page to them. A word on an arrow is
the cause that the log (`orders_event`) keeps with each transition.
"""
Moves = Mapping[tuple[str, str], Collection[str]]
MACHINES: tuple[tuple[str, str, Moves], ...] = (
    ("Order", "`orders/rules.py`; worked out by the database from facts (decision 0010)", orders.MOVES),
    ("Payment, each attempt", "`payments/rules.py`", payments.PAYMENT_MOVES),
    ("Refund, each path", "`payments/rules.py`", payments.REFUND_MOVES),
    (
        "Parcel",
        "`delivery/rules.py`; reports come late and repeated, a parcel only moves forward",
        delivery.MOVES,
    ),
    ("After-sale", "`service/rules.py`", service.MOVES),
    ("Virtual goods, each piece", "`virtual/rules.py`", virtual.MOVES),
    ("Invoice", "`invoices/rules.py`", invoices.MOVES),
)


def page() -> str:
    """Return the whole page."""
    return "\n".join(
        [HEAD, *(line for name, where, moves in MACHINES for line in _machine(name, where, moves))]
    )


def _machine(name: str, where: str, moves: Moves) -> Iterator[str]:
    yield f"## {name}\n\n{where}\n\n```mermaid\nstateDiagram-v2"
    for (before, after), causes in moves.items():
        words = causes if isinstance(causes, str) else ", ".join(causes)
        yield f"    {before or '[*]'} --> {after}: {words}"
    leads_on = {before for before, _ in moves}
    for last in dict.fromkeys(after for _, after in moves):
        if last not in leads_on:
            yield f"    {last} --> [*]"
    yield "```\n"


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"wrote {PAGE.name}")
