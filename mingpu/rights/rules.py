"""Rights: kinds of requests, their states and moves, reasons of a refusal. The table that runs is the one that is drawn."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from mingpu.lib.text import Text

CORRECT, DELETE, OBJECT, HUMAN, COMPLAIN, OTHER = "correct", "delete", "object", "human", "complain", "other"
KINDS: Final = MappingProxyType(
    {
        CORRECT: Text("更正或补充", "Correct or complete"),
        DELETE: Text("删除", "Delete"),
        OBJECT: Text("反对一种用途", "Object to a use"),
        HUMAN: Text("请人工重新处理", "Have a person look at it"),
        COMPLAIN: Text("投诉", "Complain"),
        OTHER: Text("其他个人信息请求", "Something else about my data"),
    }
)
# What a request may be about, `kind:name`; the rest is named by the person's own words.
ABOUT: Final = MappingProxyType(
    {
        CORRECT: ("table", "request"),
        DELETE: ("table", "request"),
        OBJECT: ("purpose", "use"),
        HUMAN: ("decision",),
        COMPLAIN: ("request", "purpose", "use", "decision", ""),
        OTHER: ("",),
    }
)
ABOUT_KINDS: Final = frozenset(what for kinds in ABOUT.values() for what in kinds if what)
MOST_OPEN: Final = 20
LONGEST_WORDS: Final = 2000

RECEIVED, IN_HAND, ANSWERED, REFUSED = "received", "in_hand", "answered", "refused"
CLOSED, WITHDRAWN = "closed", "withdrawn"
OPEN: Final = (RECEIVED, IN_HAND)
LABELS: Final = MappingProxyType(
    {
        RECEIVED: Text("已收到", "Received"),
        IN_HAND: Text("处理中", "In hand"),
        ANSWERED: Text("已办理", "Done"),
        REFUSED: Text("未同意", "Refused"),
        CLOSED: Text("已办结", "Closed"),
        WITHDRAWN: Text("已撤回", "Withdrawn"),
    }
)
# before -> after: who may move a request so. Nobody leaves a final state, and nobody but staff decides.
MOVES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = MappingProxyType(
    {
        ("", RECEIVED): ("person",),
        (RECEIVED, IN_HAND): ("staff",),
        (RECEIVED, WITHDRAWN): ("person",),
        (IN_HAND, ANSWERED): ("staff",),
        (IN_HAND, REFUSED): ("staff",),
        (IN_HAND, WITHDRAWN): ("person",),
        (ANSWERED, CLOSED): ("person", "system"),
        (REFUSED, CLOSED): ("person", "system"),
    }
)
FINAL: Final = frozenset(LABELS) - {before for before, _ in MOVES}
REASONS: Final = MappingProxyType(
    {
        "law_keeps": Text("法律要求保留（《个人信息保护法》第 47 条第 2 款）", "The law wants it kept (PIPL, art. 47(2))"),
        "contract_needs": Text("履行您的订单所必需（第 13 条第 1 款第 2 项）", "Your order cannot do without it (PIPL, art. 13(1)2)"),
        "true_as_it_is": Text("核实后原记录无误（第 46 条）", "Checked, and the record is right (PIPL, art. 46)"),
        "others_harmed": Text("会损害他人权益", "It would harm somebody else's rights"),
        "identity": Text("未能核实是您本人", "It could not be made sure that it is you"),
        "not_here": Text("我们没有这项信息", "We do not hold this"),
        "decided_rightly": Text("人工复核后维持原决定（第 24 条）", "A person looked at it and decided the same (PIPL, art. 24)"),
    }
)  # fmt: skip
# How long before a deadline staff are reminded, and how long an answer stays open for the person to accept.
REMIND_BEFORE: Final = (timedelta(days=7), timedelta(days=2), timedelta(0))
OPEN_FOR: Final = timedelta(days=30)

# ---- transfers ----
WAITING, SENDING, ACCEPTED, TURNED_DOWN, STOPPED = "waiting", "sending", "accepted", "refused", "stopped"
TRANSFER_LABELS: Final = MappingProxyType(
    {
        WAITING: Text("等候中，可以叫停", "Waiting; you can stop it"),
        SENDING: Text("正在发出", "On its way"),
        ACCEPTED: Text("对方已接收", "Accepted"),
        TURNED_DOWN: Text("对方未接收", "Not accepted"),
        STOPPED: Text("已叫停", "Stopped"),
    }
)

# ---- after death ----
NOBODY, ERASE, CONTACT = "nobody", "delete", "contact"
WISHES: Final = MappingProxyType(
    {
        NOBODY: Text("不给任何人", "Nobody gets it"),
        ERASE: Text("全部删除", "Delete it all"),
        CONTACT: Text("给我指定的人", "The person I name"),
    }
)
COPY = "copy"
WANTED: Final = MappingProxyType(
    {
        COPY: Text("查阅、复制", "A copy"),
        CORRECT: Text("更正", "A correction"),
        DELETE: Text("删除账户", "Deletion"),
    }
)
ONCE, APPROVED, GRANTED = "approved_once", "approved", "granted"
KIN_LABELS: Final = MappingProxyType(
    {
        RECEIVED: Text("已收到", "Received"),
        ONCE: Text("一名员工已同意，等另一名", "One member of staff agreed, waiting for another"),
        APPROVED: Text("已同意，等候期内", "Agreed; the wait is running"),
        GRANTED: Text("已办理", "Done"),
        REFUSED: Text("未同意", "Refused"),
        CLOSED: Text("已办结", "Closed"),
    }
)
KIN_REASONS: Final = MappingProxyType(
    {
        "arranged_otherwise": Text("逝者生前另有安排（《个人信息保护法》第 49 条）", "The person arranged otherwise (PIPL, art. 49)"),
        "documents": Text("证明文件不足", "The documents do not show it"),
        "not_here": Text("没有可以办理的账户", "There is no account this could be done for"),
        "alive": Text("账户本人提出了异议", "The account's own person objected"),
    }
)  # fmt: skip
KIN_WAIT: Final = timedelta(days=7)  # in which a living person can object
KIN_RESULT_OPEN: Final = timedelta(days=3)

# ---- guardians ----
TOKEN_DAYS: Final = timedelta(days=3)
APPROVAL_LASTS: Final = timedelta(hours=24)


def allowed(before: str, after: str, who: str) -> bool:
    """Tell whether `who` (person | staff | system) may move a request from one state to another."""
    return who in MOVES.get((before, after), ())
