"""After-sales: kinds, reasons, states and moves."""

from types import MappingProxyType

from mingpu.lib.text import Text

TYPES = MappingProxyType(
    {
        "refund": Text("仅退款", "Refund only"),
        "return": Text("退货退款", "Return and refund"),
        "exchange": Text("换货", "Exchange"),
    }
)
OFFERED = ("refund", "return")
REASONS = MappingProxyType(
    {
        "changed_mind": Text("不想要了", "Changed my mind"),
        "not_as_described": Text("与描述不符", "Not as described"),
        "damaged": Text("破损或有瑕疵", "Damaged or faulty"),
        "wrong_item": Text("发错或漏发", "Wrong or missing item"),
        "late": Text("迟迟未收到", "Did not arrive in time"),
        "other": Text("其他", "Something else"),
    }
)
REVIEWING, REJECTED, AWAITING_RETURN, INSPECTION = (
    "seller_reviewing", "rejected", "awaiting_return", "awaiting_inspection",
)  # fmt: skip
REFUNDING, REFUNDED, WITHDRAWN = "refunding", "refunded", "withdrawn"
LABELS = MappingProxyType(
    {
        REVIEWING: Text("审核中", "Being looked at"),
        REJECTED: Text("未通过", "Declined"),
        AWAITING_RETURN: Text("待您寄回", "Waiting for you to send it back"),
        INSPECTION: Text("待验收", "Waiting to be inspected"),
        REFUNDING: Text("退款中", "Refund under way"),
        REFUNDED: Text("已退款", "Refunded"),
        WITHDRAWN: Text("已撤销", "Withdrawn"),
    }
)
FINAL = frozenset({REJECTED, REFUNDED, WITHDRAWN})
# before -> after -> who may move it
MOVES = MappingProxyType(
    {
        (REVIEWING, REJECTED): "staff",
        (REVIEWING, REFUNDING): "staff",
        (REVIEWING, AWAITING_RETURN): "staff",
        (AWAITING_RETURN, INSPECTION): "buyer",
        (INSPECTION, REFUNDING): "staff",
        (INSPECTION, REJECTED): "staff",
        (REFUNDING, REFUNDED): "system",
        (REVIEWING, WITHDRAWN): "buyer",
        (AWAITING_RETURN, WITHDRAWN): "buyer",
    }
)


def may_move(before: str, after: str, who: str) -> bool:
    """Tell whether `who` (buyer, staff, system) may move a case from `before` to `after`."""
    return MOVES.get((before, after)) == who


def approved(kind: str, status: str) -> str:
    """Return where a yes of the staff leads: goods that are to come back come back first."""
    return AWAITING_RETURN if kind == "return" and status == REVIEWING else REFUNDING
