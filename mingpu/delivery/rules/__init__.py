"""A parcel's states, forward only. The table that runs is the table the documents are drawn from."""

from collections.abc import Iterable
from types import MappingProxyType

from mingpu.lib.text import Text

PENDING, LABELLED, PICKED_UP, IN_TRANSIT, OUT_FOR_DELIVERY, SIGNED = (
    "pending", "label_created", "picked_up", "in_transit", "out_for_delivery", "signed",
)  # fmt: skip
REFUSED, RETURNING, RETURNED, LOST, CANCELLED = "refused", "returning", "returned", "lost", "cancelled"
OUTWARD, HOMEWARD = "out", "return"  # to the buyer; back to the merchant
ROAD = (LABELLED, PICKED_UP, IN_TRANSIT, OUT_FOR_DELIVERY, REFUSED, RETURNING)
ENDS = (SIGNED, RETURNED, LOST)
FINAL = frozenset({*ENDS, CANCELLED})
WITH_COURIER = frozenset({*ROAD[1:], *ENDS})  # it has left the house, or had
# A report may move a parcel up this ladder, never down: reports come late, repeated and out of order.
RANK = MappingProxyType(
    {state: rank for rank, state in enumerate((PENDING, *ROAD, SIGNED, LOST, RETURNED, CANCELLED))}
)
# before -> after: causes that may move a parcel so. A report may skip states whose reports were lost.
MOVES = MappingProxyType(
    {
        ("", PENDING): ("packed",),
        (PENDING, LABELLED): ("booked",),
        (PENDING, CANCELLED): ("called_off", "not_served"),
        (LABELLED, CANCELLED): ("called_off",),
        **{
            (before, after): ("reported",)
            for place, before in enumerate(ROAD)
            for after in (*ROAD[place + 1 :], *ENDS)
        },
    }
)
LABELS = MappingProxyType(
    {
        PENDING: Text("正在预约取件", "Booking a pick-up"),
        LABELLED: Text("已通知配送公司取件", "Courier told to pick it up"),
        PICKED_UP: Text("已揽收", "Picked up"),
        IN_TRANSIT: Text("运输中", "On its way"),
        OUT_FOR_DELIVERY: Text("派送中", "Out for delivery"),
        SIGNED: Text("已签收", "Signed for"),
        REFUSED: Text("已拒收", "Not accepted at the door"),
        RETURNING: Text("退回中", "Being returned"),
        RETURNED: Text("已退回", "Returned"),
        LOST: Text("已丢失", "Lost"),
        CANCELLED: Text("已取消", "Cancelled"),
    }
)
EVENT_TEXTS = MappingProxyType(
    {
        PICKED_UP: Text("包裹已揽收", "The courier picked the parcel up"),
        IN_TRANSIT: Text("包裹运输中", "The parcel is on its way"),
        OUT_FOR_DELIVERY: Text("快递员正在派送", "The courier is bringing it"),
        SIGNED: Text("包裹已签收", "The parcel was signed for"),
        REFUSED: Text("收件人拒收", "The parcel was not accepted"),
        RETURNING: Text("包裹退回中", "The parcel is being returned"),
        RETURNED: Text("包裹已退回寄件人", "The parcel is back with its sender"),
        LOST: Text("包裹丢失，客服会与您联系", "The parcel was lost; we will get in touch"),
        "exception": Text("派送遇到问题，将再次派送", "Delivery did not work; it will be tried again"),
        "other": Text("物流信息更新", "Update from the courier"),
    }
)


def may_move(before: str, after: str, cause: str) -> bool:
    """Tell whether `cause` may move a parcel from `before` to `after`."""
    return cause in MOVES.get((before, after), ())


def furthest(now: str, reported: Iterable[str]) -> str:
    """Return where a parcel stands after reports, in whatever order they came; one that ended stays there."""
    open_to = [state for state in reported if may_move(now, state, "reported")]
    return max([now, *open_to], key=lambda state: RANK[state])


def choose_courier(*, wished: str, used: Iterable[str], refused: Iterable[str] = ()) -> str:
    """Return the courier: the one wished for where the merchant uses it, else the merchant's first.

    refused: those that do not serve the place. Returns "" when none is left.
    """
    left = [courier for courier in used if courier not in set(refused)]
    return wished if wished in left else next(iter(left), "")
