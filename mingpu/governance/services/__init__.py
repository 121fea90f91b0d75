"""The verbs of this room."""

from mingpu.governance.services.exceptions import approve, ask, close, decline, read, tell, withhold
from mingpu.governance.services.incidents import (
    Account,
    amend,
    approve_list,
    ask_list,
    close_incident,
    count_impact,
    list_persons,
    look_at_clock,
    mark_reported,
    open_incident,
)
from mingpu.governance.services.mirroring import ask_mirror, make_mirror
from mingpu.governance.services.noticing import send_notice
from mingpu.governance.services.revealing import approve_look, ask_look, look

__all__ = [
    "Account",
    "amend",
    "approve",
    "approve_list",
    "approve_look",
    "ask",
    "ask_list",
    "ask_look",
    "ask_mirror",
    "close",
    "close_incident",
    "count_impact",
    "decline",
    "list_persons",
    "look",
    "look_at_clock",
    "make_mirror",
    "mark_reported",
    "open_incident",
    "read",
    "send_notice",
    "tell",
    "withhold",
]
