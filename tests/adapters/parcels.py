"""People and parcels for tests of the couriers, and the steps their counterparts report."""

from typing import Any

from mingpu.adapters.courier import BookingRequest, Contact
from tests.adapters.conftest import Call, Mall, Side, unique, until

SHOP = Contact(
    name="明铺仓库",
    phone="13700000000",
    province="广东省",
    city="深圳市",
    district="南山区",
    street="科技路1号",
)
BUYER = Contact(
    name="王*小~明 & 家人",
    phone="13912345678",
    province="北京市",
    city="北京市",
    district="海淀区",
    street="学院路 5 号 = 100% +1 “乙”",
    landline="010-12345678",
)


def parcel(**more: Any) -> BookingRequest:
    return BookingRequest(parcel_no=unique(), consignee=BUYER, sender=SHOP, **more)


def push(side: Side, party: str, waybill_no: str, operation: str, **more: Any) -> dict[str, Any]:
    """Let the courier report a step; operation: its own code, or a status of the console."""
    answer = side.post(f"/{party}/push", waybill_no=waybill_no, op_code=operation, **more)
    assert answer.status_code == 202, answer.text
    pushed: dict[str, Any] = answer.json()
    return pushed


def path_of(side: Side, party: str) -> str:
    keys = side.keys.sf if party == "sf" else side.keys.yto
    return f"/webhooks/{party}/{keys.push_secret}"


def pushes(side: Side, mall: Mall, party: str, waybill_no: str, count: int = 1) -> list[Call]:
    """The pushes about one parcel, once there are `count`."""

    def found() -> list[Call]:
        return [call for call in mall.at(path_of(side, party)) if waybill_no.encode() in call.body]

    until(lambda: len(found()) >= count)
    return found()
