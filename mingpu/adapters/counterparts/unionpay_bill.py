"""The institution's file of a day, written from its own books."""

import base64
import io
import zipfile
import zlib
from datetime import datetime, timedelta, timezone
from typing import Final

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.unionpay_wire import Fields, Refused

_CHINA: Final = timezone(timedelta(hours=8))
# Widths in bytes of a line, as the interface document lists them.
_WIDTHS: Final = (
    (3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15,
     32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98)
)  # fmt: skip


def asked_day(settle_date: str) -> datetime:
    """Return the start of the last day that is written MMDD so.

    The real day is cut before midnight, here it is the calendar's; the real one has no file of today yet,
    this one a part of it. Raises Refused.
    """
    today = datetime.now(_CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(366):
        if f"{today - timedelta(days=back):%m%d}" == settle_date:
            return today - timedelta(days=back)
    raise Refused("10", "报文格式错误:settleDate")


def file_of(mer_id: str, day: datetime, booked: list[Fields], lie: Fault | None) -> Fields:
    """Return fileName and fileContent. booked: as `Ledger.booked`; lie: a fault of the channel `bill`.

    Raises Refused, 98: nothing happened, or the file is not made yet.
    """
    lines = [_line(mer_id, one) for one in _told(booked, lie)]
    if not lines or (lie and lie.kind == "no_bill"):
        raise Refused("98", "文件不存在")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(f"INN{day:%y%m%d}88ZM_{mer_id}", b"".join(line + b"\r\n" for line in lines))
        files.writestr(f"INN{day:%y%m%d}88ZME_{mer_id}", b"")
    content = base64.b64encode(zlib.compress(packed.getvalue())).decode()
    return {"fileName": f"{mer_id}_{day:%Y%m%d}.zip", "fileContent": content}


def _told(booked: list[Fields], lie: Fault | None) -> list[Fields]:
    """Return the movements as the file tells them: the newest off, left out, or with a stranger's after it."""
    if not booked or lie is None:
        return booked
    rest, last = booked[:-1], booked[-1]
    if lie.kind == "missing_line":
        return rest
    if lie.kind == "wrong_amount":
        return [*rest, last | {"txnAmt": str(int(last["txnAmt"]) + 1)}]
    if lie.kind == "extra_line":
        stranger = last | {"orderId": f"X{last['orderId'][1:]}", "queryId": last["queryId"][:-7] + "0000000"}
        return [*booked, stranger | {"txnType": "01", "txnAmt": "100"}]
    return booked


def _line(mer_id: str, told: Fields) -> bytes:
    """Write one movement: fields padded to their widths, one space between two."""
    places = {
        0: "S22" if told["txnType"] == "01" else "S30", 3: told["traceNo"], 4: told["traceTime"],
        5: told["accNo"], 6: told["txnAmt"].zfill(12), 7: "5311", 8: "07", 9: told["queryId"],
        11: told["orderId"], 12: "01", 16: "D" + told["settleAmt"].zfill(12), 19: told["txnType"],
        20: told["txnSubType"], 21: told["bizType"], 26: told.get("origQryId", ""), 27: mer_id, 30: "明铺",
    }  # fmt: skip
    return b" ".join(places.get(at, "").encode("gbk").ljust(width) for at, width in enumerate(_WIDTHS))
