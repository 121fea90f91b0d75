"""A parcel's states, forward only."""

from types import MappingProxyType

from mingpu.lib.text import Text

PENDING, LABELLED, PICKED_UP, IN_TRANSIT, OUT, SIGNED, RETURNING = (
    "pending", "label_created", "picked_up", "in_transit", "out_for_delivery", "signed", "returning",
)  # fmt: skip
CANCELLED = "cancelled"
# A report may move a parcel up this ladder, never down: reports come late, repeated and out of order.
RANK = MappingProxyType(
    {PENDING: 0, LABELLED: 1, PICKED_UP: 2, IN_TRANSIT: 3, OUT: 4, RETURNING: 5, SIGNED: 9, CANCELLED: 9}
)
LABELS = MappingProxyType(
    {
        PENDING: Text("正在预约取件", "Booking a pick-up"),
        LABELLED: Text("已通知配送公司取件", "Courier told to pick it up"),
        PICKED_UP: Text("已揽收", "Picked up"),
        IN_TRANSIT: Text("运输中", "On its way"),
        OUT: Text("派送中", "Out for delivery"),
        SIGNED: Text("已签收", "Signed for"),
        RETURNING: Text("退回中", "Being returned"),
        CANCELLED: Text("已取消", "Cancelled"),
    }
)
EVENT_TEXTS = MappingProxyType(
    {
        PICKED_UP: Text("包裹已揽收", "The courier picked the parcel up"),
        IN_TRANSIT: Text("包裹运输中", "The parcel is on its way"),
        OUT: Text("快递员正在派送", "The courier is bringing it to you"),
        SIGNED: Text("包裹已签收", "The parcel was signed for"),
        RETURNING: Text("包裹退回中", "The parcel is being returned"),
        "exception": Text("派送遇到问题，将再次派送", "Delivery did not work; it will be tried again"),
        "other": Text("物流信息更新", "Update from the courier"),
    }
)
COURIERS = MappingProxyType({"sf": Text("顺丰速运", "SF Express")})


def furthest(now: str, reported: list[str]) -> str:
    """Return where a parcel stands after reports, in whatever order they came."""
    return max([now, *(status for status in reported if status in RANK)], key=lambda status: RANK[status])
