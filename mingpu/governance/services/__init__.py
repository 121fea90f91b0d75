"""The verbs of this room."""

from mingpu.governance.services.exceptions import approve, ask, close, decline, read, tell, withhold
from mingpu.governance.services.revealing import approve_look, ask_look, look

__all__ = [
    "approve",
    "approve_look",
    "ask",
    "ask_look",
    "close",
    "decline",
    "look",
    "read",
    "tell",
    "withhold",
]
