"""After-sales: kinds, reasons, states, moves, deadlines and sums. The table that runs is the one the documents are drawn from."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from mingpu.lib.text import Text
from mingpu.orders.rules import COMPLETED, DELIVERED, PAID, PARTLY, SHIPPED

REFUND, RETURN, EXCHANGE, REPAIR = "refund", "return", "exchange", "repair"
TYPES = MappingProxyType(
    {
        REFUND: Text("仅退款", "Refund only"),
        RETURN: Text("退货退款", "Return and refund"),
        EXCHANGE: Text("换货", "Exchange"),
        REPAIR: Text("维修", "Repair"),
    }
)
OFFERED = tuple(TYPES)
# States of an order in which a kind can be asked for; goods that are to come back must have arrived besides.
POSSIBLE = MappingProxyType(
    {
        REFUND: (PAID, PARTLY, SHIPPED, DELIVERED, COMPLETED),
        **dict.fromkeys((RETURN, EXCHANGE, REPAIR), (PARTLY, SHIPPED, DELIVERED, COMPLETED)),
    }
)

SELLER, BUYER = "seller", "buyer"
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
# Nobody asks for these: the parcel came back by itself, or never arrived, or was never sent.
UNDELIVERED, LOST, UNSENT = "undelivered", "lost", "unsent"
REASON_LABELS = MappingProxyType(
    {
        **REASONS,
        UNDELIVERED: Text("未妥投，包裹退回", "The parcel came back"),
        LOST: Text("包裹丢失", "The parcel was lost"),
        UNSENT: Text("商家一直未发货", "Never sent"),
    }
)
# Whose fault it is: that side pays the way back, and the seller's fault brings the delivery fee back too.
FAULT = MappingProxyType(
    {
        "changed_mind": BUYER,
        "not_as_described": SELLER,
        "damaged": SELLER,
        "wrong_item": SELLER,
        "late": SELLER,
        "other": BUYER,
        UNDELIVERED: BUYER,
        LOST: SELLER,
        UNSENT: SELLER,
    }
)
FREIGHT_LABELS = MappingProxyType(
    {
        SELLER: Text("退回运费由商家承担", "The seller pays the way back"),
        BUYER: Text("退回运费由您承担", "You pay the way back"),
    }
)
FREIGHT_OF_DESK = MappingProxyType(
    {SELLER: Text("商家承担", "The seller pays"), BUYER: Text("顾客承担", "The customer pays")}
)

REQUESTED, REVIEWING, REJECTED, ARBITRATION = "requested", "seller_reviewing", "rejected", "arbitration"
AWAITING_RETURN, INSPECTION = "awaiting_return", "awaiting_inspection"
REPLACING, EXCHANGED, REPAIRING, REPAIRED = "replacing", "exchanged", "repairing", "repaired"
REFUNDING, REFUNDED = "refunding", "refunded"
WITHDRAWN, CLOSED, TIMEOUT = "withdrawn", "closed", "closed_timeout"
DECIDING = frozenset({REVIEWING, ARBITRATION})  # what they lead to is a decision the buyer is told of
FINAL = frozenset({EXCHANGED, REPAIRED, REFUNDED, WITHDRAWN, CLOSED, TIMEOUT})
# Cases that hold no pieces and no money: the same pieces can be asked for again.
FREE = frozenset({REJECTED, WITHDRAWN, CLOSED, TIMEOUT, EXCHANGED, REPAIRED})
LABELS = MappingProxyType(
    {
        REQUESTED: Text("已提交", "Sent"),
        REVIEWING: Text("审核中", "Being looked at"),
        REJECTED: Text("未通过", "Declined"),
        ARBITRATION: Text("平台仲裁中", "With the mall to decide"),
        AWAITING_RETURN: Text("待您寄回", "Waiting for you to send it back"),
        INSPECTION: Text("待验收", "Waiting to be inspected"),
        REPLACING: Text("换货处理中", "Being replaced"),
        EXCHANGED: Text("已换货", "Exchanged"),
        REPAIRING: Text("维修中", "Being mended"),
        REPAIRED: Text("已修好寄回", "Mended and sent back"),
        REFUNDING: Text("退款中", "Refund under way"),
        REFUNDED: Text("已退款", "Refunded"),
        WITHDRAWN: Text("已撤销", "Withdrawn"),
        CLOSED: Text("已结束", "Closed"),
        TIMEOUT: Text("逾期未寄回，已关闭", "Closed: nothing was sent back in time"),
    }
)
# before -> after: who may move a case so -> the cause that is logged.
# staff: of the shop that sold it; platform: the mall as arbiter; courier: what a parcel did; system: time and money;
# promise: that goods are sent in time, which was not kept.
MOVES: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(
    {
        ("", REQUESTED): {"buyer": "asked", "courier": "came_back", "promise": "never_sent"},
        (REQUESTED, REVIEWING): {"system": "handed_to_seller"},
        (REQUESTED, REFUNDING): {"system": "goods_are_back", "promise": "not_sent_in_time"},
        (REVIEWING, REJECTED): {"staff": "rejected"},
        (REVIEWING, REFUNDING): {"staff": "approved", "system": "review_overdue"},
        (REVIEWING, AWAITING_RETURN): {"staff": "approved", "system": "review_overdue"},
        (REVIEWING, WITHDRAWN): {"buyer": "withdrawn"},
        (REJECTED, ARBITRATION): {"buyer": "arbitration_asked"},
        (REJECTED, CLOSED): {"system": "arbitration_not_asked"},
        (ARBITRATION, REFUNDING): {"platform": "upheld"},
        (ARBITRATION, AWAITING_RETURN): {"platform": "upheld"},
        (ARBITRATION, REPLACING): {"platform": "upheld"},
        (ARBITRATION, REPAIRING): {"platform": "upheld"},
        (ARBITRATION, CLOSED): {"platform": "dismissed"},
        (AWAITING_RETURN, INSPECTION): {"buyer": "sent_back", "courier": "return_arrived"},
        (AWAITING_RETURN, WITHDRAWN): {"buyer": "withdrawn"},
        (AWAITING_RETURN, TIMEOUT): {"system": "return_not_sent"},
        (INSPECTION, REFUNDING): {"staff": "inspected", "system": "inspection_overdue"},
        (INSPECTION, REPLACING): {"staff": "inspected", "system": "inspection_overdue"},
        (INSPECTION, REPAIRING): {"staff": "inspected", "system": "inspection_overdue"},
        (INSPECTION, REJECTED): {"staff": "inspection_failed"},
        (REPLACING, EXCHANGED): {"system": "sent_again"},
        (REPLACING, REFUNDING): {"system": "out_of_stock"},
        (REPAIRING, REPAIRED): {"staff": "mended"},
        (REPAIRING, REFUNDING): {"staff": "beyond_repair", "system": "repair_overdue"},
        (REFUNDING, REFUNDED): {"system": "money_back"},
    }
)
CAUSES = MappingProxyType(
    {
        "asked": Text("买家提交了申请", "The buyer sent the request"),
        "came_back": Text("包裹未能送达", "The parcel could not be handed over"),
        "never_sent": Text("商家一直未发货", "The seller never sent it"),
        "not_sent_in_time": Text("商家未按时发货，直接退款", "Not sent in time; refunded at once"),
        "handed_to_seller": Text("等待商家审核", "Waiting for the seller"),
        "goods_are_back": Text("无需申请，开始退款", "Refunded without asking"),
        "approved": Text("商家同意", "The seller agreed"),
        "review_overdue": Text("商家逾期未处理，自动同意", "The seller did not answer in time; granted"),
        "rejected": Text("商家未同意", "The seller declined"),
        "withdrawn": Text("买家撤销了申请", "The buyer took the request back"),
        "arbitration_asked": Text("买家申请平台仲裁", "The buyer asked the mall to decide"),
        "arbitration_not_asked": Text("未申请仲裁，售后结束", "The mall was not asked to decide; closed"),
        "upheld": Text("平台支持买家", "The mall decided for the buyer"),
        "dismissed": Text("平台支持商家", "The mall decided for the seller"),
        "sent_back": Text("买家已寄出退货", "The buyer sent the goods back"),
        "return_arrived": Text("退货已送达商家", "The goods arrived at the seller"),
        "return_not_sent": Text("逾期未寄回，售后关闭", "Nothing was sent back in time; closed"),
        "inspected": Text("商家验收通过", "The seller checked the goods"),
        "inspection_failed": Text("商家验收未通过", "The seller did not accept the goods"),
        "inspection_overdue": Text("商家逾期未验收，视为通过", "The seller did not check in time; accepted"),
        "sent_again": Text("换货商品已交配送", "The replacement is on its way"),
        "out_of_stock": Text("已无同款可换，改为退款", "Nothing left to exchange for; refunded instead"),
        "mended": Text("已修好并寄回", "Mended and sent back"),
        "beyond_repair": Text("无法修复，改为退款", "Cannot be mended; refunded instead"),
        "repair_overdue": Text("维修逾期，改为退款", "Not mended in time; refunded instead"),
        "money_back": Text("退款完成", "The money is back"),
    }
)

COURIER, OWN = "courier", "own"
WAYS = MappingProxyType(
    {
        COURIER: Text("快递上门取件", "A courier picks it up"),
        OWN: Text("自行寄回", "I send it myself"),
    }
)
# How long each state may last; what happens then is in `overdue`. Who waits never waits for ever.
WAITS = MappingProxyType(
    {
        REVIEWING: timedelta(hours=48),
        REJECTED: timedelta(days=7),
        ARBITRATION: timedelta(days=5),
        AWAITING_RETURN: timedelta(days=7),
        INSPECTION: timedelta(days=7),
        REPAIRING: timedelta(days=15),
    }
)
ON_THE_ROAD: Final = timedelta(days=7)  # for a parcel whose arrival nobody reports to us


def cause_of(before: str, after: str, who: str) -> str:
    """Return why `who` moves a case from `before` to `after`; "" when they may not."""
    return MOVES.get((before, after), {}).get(who, "")


def may_move(before: str, after: str, who: str) -> bool:
    """Tell whether `who` (buyer, staff, platform, courier, system) may move a case from `before` to `after`."""
    return bool(cause_of(before, after, who))


def approved(kind: str, status: str, *, arrived: bool = False) -> str:
    """Return where a yes leads: goods that are to come back come back first. arrived: they already are."""
    if status == REPAIRING:
        return REPAIRED
    if kind != REFUND and status != INSPECTION and not arrived:
        return AWAITING_RETURN
    return {EXCHANGE: REPLACING, REPAIR: REPAIRING}.get(kind, REFUNDING)


def refused(status: str) -> str:
    """Return where a no leads; what cannot be mended is paid back."""
    return {ARBITRATION: CLOSED, REPAIRING: REFUNDING}.get(status, REJECTED)


def overdue(kind: str, status: str) -> str:
    """Return where a case goes when its time is over; "" where a person has to decide all the same."""
    if status in {REVIEWING, INSPECTION}:
        return approved(kind, status)
    return {REJECTED: CLOSED, AWAITING_RETURN: TIMEOUT, REPAIRING: REFUNDING}.get(status, "")


def due_at(status: str, since: datetime, *, way: str = "") -> datetime | None:
    """Return until when a case may stay in a state, None for as long as it takes.

    way: how goods come back; a courier's reports move the case, goods sent otherwise get time to travel.
    """
    wait = WAITS.get(status)
    if wait is None:
        return None
    travels = (status == AWAITING_RETURN and way == COURIER) or (status == INSPECTION and way == OWN)
    return since + wait + (ON_THE_ROAD if travels else timedelta(0))


def share(payable_fen: int, quantity: int, *, pieces: int, before: int, given_fen: int) -> int:
    """Return what `pieces` of a line of `quantity` cost, in fen, so that all shares add up to `payable_fen`.

    before: pieces that other cases hold, and given_fen what they were given: counted from the first piece on, the
    odd fen falls to a later share, none is lost, and together they never exceed what was paid.
    """
    return max(0, payable_fen * (before + pieces) // quantity - given_fen)
