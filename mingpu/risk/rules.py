"""Judging a trade by facts that name nobody."""

from dataclasses import dataclass

MOST_UNPAID = 20
MOST_ORDERS_AN_HOUR = 200


@dataclass(frozen=True, slots=True)
class TradeFacts:
    """What is known about a person's trading: counts only."""

    orders_last_hour: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a trade may go on, and the rule that said no."""

    allowed: bool
    rule: str = ""


def assess(facts: TradeFacts) -> Decision:
    """Refuse somebody who holds stock with many unpaid orders, or orders faster than people do."""
    if facts.unpaid >= MOST_UNPAID:
        return Decision(allowed=False, rule="unpaid")
    if facts.orders_last_hour >= MOST_ORDERS_AN_HOUR:
        return Decision(allowed=False, rule="pace")
    return Decision(allowed=True)
