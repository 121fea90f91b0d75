"""Ways of paying, and the states and moves of paying and paying back. The tables that run are the ones drawn."""

from types import MappingProxyType
from typing import Final

from mingpu.lib.text import Text

INSTITUTIONS: Final = ("wechatpay", "alipay", "unionpay")
COD, BALANCE, ECARD, WALLET = "cod", "balance", "ecard", "wallet"
STORED: Final = (BALANCE, ECARD)
# As shown to the buyer, in this order; the last two are stored value, used up before anything else is charged.
METHODS = MappingProxyType(
    {
        "wechatpay": Text("微信支付", "WeChat Pay"),
        "alipay": Text("支付宝", "Alipay"),
        "unionpay": Text("云闪付／银联", "UnionPay"),
        COD: Text("货到付款", "Cash on delivery"),
        BALANCE: Text("账户余额", "Balance"),
        ECARD: Text("E 卡", "E-card"),
    }
)
# What an order can be placed with; `wallet` is stored value alone.
CHOICES = MappingProxyType(
    {method: METHODS[method] for method in (*INSTITUTIONS, COD)}
    | {WALLET: Text("余额与 E 卡", "Balance and E-cards")}
)
# Who clears between institution and banks: a label of the money's way, nobody we talk to.
CLEARING = MappingProxyType({"wechatpay": "netsunion", "alipay": "netsunion", "unionpay": "unionpay"})
CLEARING_LABELS = MappingProxyType(
    {"": Text("", ""), "netsunion": Text("网联清算", "NetsUnion"), "unionpay": Text("银联清算", "UnionPay")}
)
QR, PAGE = "qr", "page"
VIAS = MappingProxyType({"wechatpay": (QR,), "alipay": (QR, PAGE), "unionpay": (QR, PAGE)})

# An attempt to pay. `unknown` is resolved by asking the institution, never by guessing.
CREATED, ANNOUNCED, ACTION, SUCCEEDED = "created", "requested", "action_required", "succeeded"
FAILED, ENDED, UNKNOWN = "failed", "closed", "unknown"
OPEN = (CREATED, ANNOUNCED, ACTION, UNKNOWN)
# before -> after: causes that may move an attempt so
PAYMENT_MOVES = MappingProxyType(
    {
        ("", CREATED): ("begun",),
        ("", SUCCEEDED): ("stored_value_used", "collected_at_door"),
        (CREATED, ANNOUNCED): ("announced",),
        (ANNOUNCED, ACTION): ("accepted",),
        (UNKNOWN, ACTION): ("accepted",),
        (ANNOUNCED, UNKNOWN): ("unanswered",),
        (ANNOUNCED, FAILED): ("refused",),
        (UNKNOWN, FAILED): ("refused",),
        (CREATED, ENDED): ("given_up",),
        (ANNOUNCED, ENDED): ("given_up",),
        (ACTION, ENDED): ("given_up",),
        (UNKNOWN, ENDED): ("given_up",),
        **{
            (before, SUCCEEDED): ("paid",) for before in (*OPEN, FAILED, ENDED)
        },  # money outweighs what we thought
        (SUCCEEDED, ENDED): ("released",),  # stored value of an order that was not bought
    }
)
ATTEMPT_LABELS = MappingProxyType(
    {
        CREATED: Text("准备中", "Preparing"),
        ANNOUNCED: Text("准备中", "Preparing"),
        ACTION: Text("待支付", "Waiting for you to pay"),
        SUCCEEDED: Text("已支付", "Paid"),
        FAILED: Text("未成功", "Did not work"),
        ENDED: Text("已关闭", "Closed"),
        UNKNOWN: Text("核对中", "Being checked"),
    }
)

# A refund, one for each path the money came by. `failed` and `abnormal` wait for a person.
REQUESTED, APPROVED, SUBMITTED, REFUNDED = "requested", "approved", "submitted", "succeeded"
ABNORMAL, REJECTED = "abnormal", "rejected"
UNDER_WAY = (REQUESTED, APPROVED, SUBMITTED)
STUCK = (FAILED, ABNORMAL)
REFUND_MOVES = MappingProxyType(
    {
        ("", APPROVED): ("asked", "late_payment", "another_number", "to_balance"),
        (REQUESTED, APPROVED): ("approved",),  # of earlier versions
        (REQUESTED, REJECTED): ("rejected",),
        (APPROVED, SUBMITTED): ("handed_in",),
        (APPROVED, FAILED): ("refused", "closed_there"),
        (APPROVED, ABNORMAL): ("account_cannot_take_it",),
        (SUBMITTED, FAILED): ("refused", "closed_there"),
        (SUBMITTED, ABNORMAL): ("account_cannot_take_it",),
        (FAILED, APPROVED): ("asked_again",),
        (ABNORMAL, APPROVED): ("asked_again",),
        **{
            (before, REFUNDED): ("paid_back",)
            for before in (REQUESTED, APPROVED, SUBMITTED, FAILED, ABNORMAL)
        },
    }
)
REFUND_LABELS = MappingProxyType(
    {
        REQUESTED: Text("退款处理中", "Refund under way"),
        APPROVED: Text("退款处理中", "Refund under way"),
        SUBMITTED: Text("退款已提交支付机构", "Refund with the institution"),
        REFUNDED: Text("已退款", "Refunded"),
        ABNORMAL: Text("退款异常，客服处理中", "Refund stuck; staff are on it"),
        FAILED: Text("退款未成功，客服处理中", "Refund failed; staff are on it"),
        REJECTED: Text("退款未通过", "Refund declined"),
    }
)
LATE = "late_payment"  # the reason of a refund whose money never was the order's
# In which order money goes back; within one path what was charged last goes first.
WAY_BACK = MappingProxyType({**dict.fromkeys(INSTITUTIONS, 0), COD: 1, BALANCE: 2, ECARD: 3})

# Cash on delivery is confirmed by itself up to this, for somebody who refused nothing at the door lately.
COD_UP_TO_FEN: Final = 200_000
COD_LOOK_BACK_DAYS: Final = 90
LARGE, REFUSED_BEFORE = "large", "refused_before"
REVIEW_LABELS = MappingProxyType(
    {
        LARGE: Text("金额较大", "A large amount"),
        REFUSED_BEFORE: Text("近期有拒收", "Refused at the door lately"),
    }
)
# Seconds after an attempt was started at which the institution is asked, should its callback not come. It is asked about
# what we gave up too: UnionPay cannot close a trade, Alipay has none to close until its code was scanned, and money may
# have been on its way when a trade was closed.
POLL_AFTER = (10, 30, 60, 180, 600, 1200, 1900)

# What a day's bill and our books can disagree about.
MISSING_HERE, MISSING_THERE, OTHER_AMOUNT, STUCK_HERE, CHANGED_BILL = (
    "missing_here", "missing_there", "other_amount", "stuck", "changed_bill",
)  # fmt: skip
DIFFERENCE_LABELS = MappingProxyType(
    {
        MISSING_HERE: Text("我方账上没有", "not in our books"),
        MISSING_THERE: Text("对方账单没有", "not in their bill"),
        OTHER_AMOUNT: Text("金额不一致", "another amount"),
        STUCK_HERE: Text("长时间没有结果", "without an outcome for long"),
        CHANGED_BILL: Text("账单与先前不同", "the bill is not what it was"),
    }
)


def may_pay(before: str, after: str, cause: str) -> bool:
    """Tell whether `cause` may move an attempt from `before` to `after`."""
    return cause in PAYMENT_MOVES.get((before, after), ())


def may_refund(before: str, after: str, cause: str) -> bool:
    """Tell whether `cause` may move a refund from `before` to `after`."""
    return cause in REFUND_MOVES.get((before, after), ())


def method_for(method: str) -> Text:
    """Return where money of an attempt by `method` goes back to, in words: cash cannot, so it goes to the balance."""
    return METHODS[BALANCE if method == COD else method]
