"""What can be done about one's rights. One verb, one short transaction."""

from mingpu.rights.services.approvals import approvals, approve_look, ask_approval
from mingpu.rights.services.bringing import Offer, Taken, bring, offers_of, take_items
from mingpu.rights.services.copying import ask_copy
from mingpu.rights.services.deleting import delete_item, needs_proof
from mingpu.rights.services.guardians import (
    ask_guardian,
    choose_for_child,
    confirm_child,
    end_guardianship,
    never_for_children,
    require_guardian,
    wards_of,
)
from mingpu.rights.services.kin import (
    approve_kin,
    ask_as_kin,
    kin_copy,
    kin_status,
    refuse_kin,
    set_wish,
    take_effect,
    warn_account,
    wish_of,
)
from mingpu.rights.services.requests import accept, answer, ask, close_old, remind, take, withdraw
from mingpu.rights.services.transfer import ask_transfer, push, stop_transfer

__all__ = [
    "Offer",
    "Taken",
    "accept",
    "answer",
    "approvals",
    "approve_kin",
    "approve_look",
    "ask",
    "ask_approval",
    "ask_as_kin",
    "ask_copy",
    "ask_guardian",
    "ask_transfer",
    "bring",
    "choose_for_child",
    "close_old",
    "confirm_child",
    "delete_item",
    "end_guardianship",
    "kin_copy",
    "kin_status",
    "needs_proof",
    "never_for_children",
    "offers_of",
    "push",
    "refuse_kin",
    "remind",
    "require_guardian",
    "set_wish",
    "stop_transfer",
    "take",
    "take_effect",
    "take_items",
    "wards_of",
    "warn_account",
    "wish_of",
    "withdraw",
]  # fmt: skip
