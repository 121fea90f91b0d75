"""After-sales: the buyer asks and shows, the seller decides, the mall judges, goods and money go back."""

from mingpu.service.rules import POSSIBLE
from mingpu.service.services.asking import (
    LONGEST_DESCRIPTION,
    Opened,
    ask_arbitration,
    came_back,
    never_sent,
    open_case,
    withdraw,
)
from mingpu.service.services.deciding import arbitrate, decide, due
from mingpu.service.services.evidence import add_evidence, remove_evidence, sweep_files
from mingpu.service.services.exchanging import replace
from mingpu.service.services.forgetting import forget_evidence, forget_words
from mingpu.service.services.goods import keep_back
from mingpu.service.services.money import refunded
from mingpu.service.services.returning import choose_return, nobody_comes, return_arrived, sent_back

__all__ = [
    "LONGEST_DESCRIPTION",
    "POSSIBLE",
    "Opened",
    "add_evidence",
    "arbitrate",
    "ask_arbitration",
    "came_back",
    "choose_return",
    "decide",
    "due",
    "forget_evidence",
    "forget_words",
    "keep_back",
    "never_sent",
    "nobody_comes",
    "open_case",
    "refunded",
    "remove_evidence",
    "replace",
    "return_arrived",
    "sent_back",
    "sweep_files",
    "withdraw",
]
