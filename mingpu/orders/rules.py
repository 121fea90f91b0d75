"""The order's states and moves. The table that runs is the table the documents are drawn from."""

from datetime import timedelta
from types import MappingProxyType

from mingpu.lib.text import Text

PENDING, PAID, SHIPPED, DELIVERED = "pending_payment", "paid", "shipped", "delivered"
CONFIRMING, CONFIRMED, PARTLY = "pending_confirmation", "confirmed", "partially_shipped"
COMPLETED, CANCELLED, EXPIRED, CLOSED = "completed", "cancelled", "expired", "closed"
FINAL = frozenset({COMPLETED, CANCELLED, EXPIRED, CLOSED})
OVER = frozenset({CANCELLED, EXPIRED, CLOSED})  # ended, and nothing of it is to be sent
OPEN_TO_PAY = (PENDING,)
TO_SHIP = (PAID, CONFIRMED, PARTLY)
MOVABLE = (PENDING, CONFIRMING, PAID, CONFIRMED)  # nothing has left: where it goes may still be changed
# From when a part is ready: by then a merchant has sent it, and when nobody waits any longer.
SENT_WITHIN, NEVER_SENT = timedelta(hours=48), timedelta(days=15)

# What a state is worked out from, in the database itself: nobody can write a state, only facts.
STATUS_SQL = """
CASE
    WHEN ended = 'closed' OR (total_fen > 0 AND refunded_fen >= total_fen) THEN 'closed'
    WHEN ended <> '' AND paid_at IS NULL THEN ended
    WHEN paid_at IS NULL AND confirmed_at IS NULL THEN
        CASE payment WHEN 'cod' THEN 'pending_confirmation' ELSE 'pending_payment' END
    WHEN completed_at IS NOT NULL THEN 'completed'
    WHEN delivered_at IS NOT NULL THEN 'delivered'
    WHEN pieces_sent >= pieces THEN 'shipped'
    WHEN pieces_sent > 0 THEN 'partially_shipped'
    WHEN paid_at IS NOT NULL THEN 'paid'
    ELSE 'confirmed'
END
"""

# before -> after: causes that may move an order so
MOVES = MappingProxyType(
    {
        ("", PENDING): ("placed",),
        ("", CONFIRMING): ("placed",),
        ("", PAID): ("placed",),  # nothing was left to pay
        (PENDING, PAID): ("paid",),
        (PENDING, CANCELLED): ("cancelled_by_buyer",),
        (PENDING, EXPIRED): ("not_paid_in_time",),
        (EXPIRED, PAID): ("paid_late",),
        (CANCELLED, PAID): ("paid_late",),
        (CONFIRMING, CONFIRMED): ("confirmed",),
        (CONFIRMING, CANCELLED): ("cancelled_by_buyer", "declined"),
        (CONFIRMING, EXPIRED): ("not_confirmed_in_time",),
        (CONFIRMED, CANCELLED): ("cancelled_by_buyer", "never_sent"),
        (PAID, PARTLY): ("picked_up",),
        (PAID, SHIPPED): ("picked_up",),
        (CONFIRMED, PARTLY): ("picked_up",),
        (CONFIRMED, SHIPPED): ("picked_up",),
        (PARTLY, SHIPPED): ("picked_up", "taken_out"),
        (PAID, DELIVERED): ("signed", "handed_over"),
        (CONFIRMED, DELIVERED): ("signed",),
        (PARTLY, DELIVERED): ("signed", "taken_out"),
        (SHIPPED, DELIVERED): ("signed", "came_back"),
        (SHIPPED, COMPLETED): ("received_by_buyer",),
        (CANCELLED, DELIVERED): (
            "taken_after_all",
        ),  # cash on delivery: paid for at the door although it was over
        (CLOSED, DELIVERED): ("taken_after_all",),
        (DELIVERED, COMPLETED): ("received_by_buyer", "receipt_due"),
        (CONFIRMED, CLOSED): ("refused_at_door",),
        (PARTLY, CLOSED): ("refused_at_door", "lost_on_the_way", "refunded_in_full"),
        (SHIPPED, CLOSED): ("refused_at_door", "lost_on_the_way", "refunded_in_full"),
        (PAID, CLOSED): ("refunded_in_full", "taken_out"),
        (DELIVERED, CLOSED): ("refunded_in_full",),
        (COMPLETED, CLOSED): ("refunded_in_full",),
    }
)
# Causes that add facts and leave the state as it is -> the states in which they may.
NOTES = MappingProxyType(
    {
        "taken_out": (PAID, PARTLY),  # pieces that were refunded before they were sent
        "refunded_in_part": (PAID, PARTLY, SHIPPED, DELIVERED, COMPLETED, CLOSED),
        "collected": (PARTLY, SHIPPED, DELIVERED, COMPLETED),  # cash on delivery, all of it
    }
)
# States a buyer is told of, each once -> the kind of notice.
TOLD = MappingProxyType(
    {
        PAID: "order_paid",
        PARTLY: "order_shipped",
        SHIPPED: "order_shipped",
        DELIVERED: "order_delivered",
    }
)
LABELS = MappingProxyType(
    {
        PENDING: Text("待付款", "To be paid"),
        CONFIRMING: Text("待确认", "To be confirmed"),
        CONFIRMED: Text("待发货", "Being packed"),
        PAID: Text("待发货", "Being packed"),
        PARTLY: Text("部分发货", "Partly on its way"),
        SHIPPED: Text("待收货", "On its way"),
        DELIVERED: Text("已签收", "Delivered"),
        COMPLETED: Text("已完成", "Completed"),
        CANCELLED: Text("已取消", "Cancelled"),
        EXPIRED: Text("超时关闭", "Not paid in time"),
        CLOSED: Text("已关闭", "Closed"),
    }
)
CAUSES = MappingProxyType(
    {
        "placed": Text("订单已提交", "Order placed"),
        "paid": Text("支付成功", "Payment received"),
        "paid_late": Text(
            "逾期付款，库存充足，订单恢复", "Paid late; goods were still there, so the order stands"
        ),
        "confirmed": Text("货到付款已确认", "Cash on delivery confirmed"),
        "declined": Text("商城未能接受货到付款", "Cash on delivery was declined"),
        "cancelled_by_buyer": Text("您取消了订单", "You cancelled the order"),
        "never_sent": Text("商家一直未发货，订单取消", "Never sent; the order was cancelled"),
        "not_paid_in_time": Text("未在时限内付款，订单关闭", "Not paid in time; the order was closed"),
        "not_confirmed_in_time": Text(
            "未在时限内确认，订单关闭", "Not confirmed in time; the order was closed"
        ),
        "picked_up": Text("包裹已由配送公司揽收", "The courier has picked up the parcel"),
        "signed": Text("包裹已签收", "The parcel was signed for"),
        "taken_after_all": Text(
            "包裹最终被签收并付款，订单恢复",
            "The parcel was taken and paid for after all, so the order stands",
        ),
        "came_back": Text(
            "包裹已退回或丢失，不再有在途包裹", "A parcel came back or was lost; none is on its way"
        ),
        "handed_over": Text("已到账", "Delivered at once"),
        "received_by_buyer": Text("您确认收货", "You confirmed receipt"),
        "receipt_due": Text("签收已满期限，自动确认收货", "Receipt confirmed automatically"),
        "refused_at_door": Text("拒收，订单关闭", "Not accepted at the door; the order was closed"),
        "lost_on_the_way": Text(
            "包裹丢失且未付款，订单关闭", "Lost on the way and not paid for; the order was closed"
        ),
        "refunded_in_full": Text("全额退款，订单关闭", "Refunded in full; the order was closed"),
        "redirected": Text("您修改了收货信息", "You changed where it goes"),
        "taken_out": Text("未发出的商品已退款，不再发货", "What was refunded before it was sent is not sent"),
    }
)
# How the merchant of one part sees it; worked out by the database too.
PART_SQL = """
CASE
    WHEN ended_at IS NOT NULL THEN 'closed'
    WHEN pieces_sent >= pieces THEN 'sent'
    WHEN pieces_sent > 0 THEN 'partly_sent'
    WHEN ready_at IS NOT NULL THEN 'to_ship'
    ELSE 'waiting'
END
"""
PART_LABELS = MappingProxyType(
    {
        "waiting": Text("等待付款", "Waiting for payment"),
        "to_ship": Text("待发货", "To be sent"),
        "partly_sent": Text("部分发货", "Partly sent"),
        "sent": Text("已发货", "Sent"),
        "closed": Text("已关闭", "Closed"),
    }
)


def may_move(before: str, after: str, cause: str) -> bool:
    """Tell whether `cause` may move an order from `before` to `after`."""
    return cause in MOVES.get((before, after), ())


def sources(cause: str) -> list[str]:
    """Return the states from which `cause` leads on, or in which it may be noted."""
    leading = {before for (before, _), causes in MOVES.items() if cause in causes and before}
    return sorted(leading.union(NOTES.get(cause, ())))


def actions(status: str) -> list[str]:
    """Return what the buyer can do with an order in `status`, in the order of the buttons."""
    return {
        PENDING: ["pay", "cancel"],
        CONFIRMING: ["cancel"],
        CONFIRMED: ["cancel"],
        PAID: ["after_sales"],
        PARTLY: ["after_sales"],
        SHIPPED: ["receipt", "after_sales"],
        DELIVERED: ["receipt", "after_sales"],
        COMPLETED: ["after_sales"],
    }.get(status, [])
