"""The order's states and moves. The table that runs is the table the documents are drawn from."""

from types import MappingProxyType

from mingpu.lib.text import Text

PENDING, PAID, SHIPPED, DELIVERED = "pending_payment", "paid", "shipped", "delivered"
COMPLETED, CANCELLED, EXPIRED, CLOSED = "completed", "cancelled", "expired", "closed"

# before -> after: causes that may move an order so
MOVES = MappingProxyType(
    {
        (PENDING, PAID): ("paid",),
        (PENDING, CANCELLED): ("cancelled_by_buyer",),
        (PENDING, EXPIRED): ("not_paid_in_time",),
        (EXPIRED, PAID): ("paid_late",),
        (CANCELLED, PAID): ("paid_late",),
        (PAID, SHIPPED): ("picked_up",),
        (PAID, DELIVERED): ("signed",),
        (SHIPPED, DELIVERED): ("signed",),
        (SHIPPED, COMPLETED): ("received_by_buyer",),
        (DELIVERED, COMPLETED): ("received_by_buyer", "receipt_due"),
        (PAID, CLOSED): ("refunded_in_full",),
        (SHIPPED, CLOSED): ("refunded_in_full",),
        (DELIVERED, CLOSED): ("refunded_in_full",),
        (COMPLETED, CLOSED): ("refunded_in_full",),
    }
)
FINAL = frozenset({COMPLETED, CANCELLED, EXPIRED, CLOSED})

LABELS = MappingProxyType(
    {
        PENDING: Text("待付款", "To be paid"),
        PAID: Text("待发货", "Being packed"),
        SHIPPED: Text("待收货", "On its way"),
        DELIVERED: Text("已签收", "Delivered"),
        COMPLETED: Text("已完成", "Completed"),
        CANCELLED: Text("已取消", "Cancelled"),
        EXPIRED: Text("超时关闭", "Not paid in time"),
        CLOSED: Text("已退款关闭", "Refunded and closed"),
    }
)
CAUSES = MappingProxyType(
    {
        "placed": Text("订单已提交", "Order placed"),
        "paid": Text("支付成功", "Payment received"),
        "paid_late": Text(
            "逾期付款，库存充足，订单恢复", "Paid late; goods were still there, so the order stands"
        ),
        "cancelled_by_buyer": Text("您取消了订单", "You cancelled the order"),
        "not_paid_in_time": Text("未在时限内付款，订单关闭", "Not paid in time; the order was closed"),
        "picked_up": Text("包裹已由配送公司揽收", "The courier has picked up the parcel"),
        "signed": Text("包裹已签收", "The parcel was signed for"),
        "received_by_buyer": Text("您确认收货", "You confirmed receipt"),
        "receipt_due": Text("签收已满期限，自动确认收货", "Receipt confirmed automatically"),
        "refunded_in_full": Text("全额退款，订单关闭", "Refunded in full; the order was closed"),
    }
)


def may_move(before: str, after: str, cause: str) -> bool:
    """Tell whether `cause` may move an order from `before` to `after`."""
    return cause in MOVES.get((before, after), ())


def sources(after: str, cause: str) -> list[str]:
    """Return the states from which `cause` leads to `after`."""
    return [before for (before, to), causes in MOVES.items() if to == after and cause in causes]


def actions(status: str) -> list[str]:
    """Return what the buyer can do with an order in `status`, in the order of the buttons."""
    return {
        PENDING: ["pay", "cancel"],
        PAID: ["after_sales"],
        SHIPPED: ["receipt", "after_sales"],
        DELIVERED: ["receipt", "after_sales"],
        COMPLETED: ["after_sales"],
    }.get(status, [])
