"""UnionPay's file of a day, as we read the file interface of the protocol.

`fileContent` is base64 of a zlib stream of a zip. In the zip, `INN<yymmdd><2 digits>ZM_<merchant>` holds a
line for each movement: fields of fixed width in GBK bytes, one space between two of them. (The file `ZME_`
beside it holds disputes that people settle; it is not read.) The lines also name cards: nothing of that is kept.
"""

import base64
import binascii
import io
import re
import zipfile
import zlib
from datetime import date
from typing import Final

from mingpu.adapters.payment import BillKind, BillLine, PaymentFailed

# Widths in bytes of the fields of a line; the rest is reserved.
WIDTHS: Final = (
    (3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15)
)  # fmt: skip
AMOUNT, QUERY_ID, ORDER_ID, TXN_TYPE, MERCHANT = 6, 9, 11, 19, 27  # places in it
KINDS: Final = {"01": BillKind.CHARGE, "04": BillKind.REFUND}
_FILE: Final = re.compile(r"INN(\d{6})\d{2}ZM_([0-9A-Za-z]{1,15})")
_LARGEST: Final = 256 * 1024 * 1024  # of the unpacked file: about 500,000 movements


def read_bill(content: str, *, day: date, mer_id: str) -> list[BillLine]:
    """Return the movements in `fileContent`; the file must be ours and of `day`.

    Raises PaymentFailed, not permanent, code `unreadable_bill`: half a bill is worse than none.
    """
    try:
        archive = _inflate(base64.b64decode(content, validate=True))
        return [_line(raw, mer_id) for raw in _file(archive, day, mer_id).splitlines() if raw.strip()]
    except (binascii.Error, zlib.error, zipfile.BadZipFile, KeyError, ValueError):
        raise PaymentFailed(permanent=False, code="unreadable_bill") from None


def _inflate(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    archive = unpacking.decompress(packed, _LARGEST)
    if not unpacking.eof:
        raise ValueError("cut off or too large")
    return archive


def _file(archive: bytes, day: date, mer_id: str) -> bytes:
    """Return the one file of movements in the zip. Raises ValueError."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        found = [(one, named) for one in files.infolist() if (named := _FILE.fullmatch(one.filename))]
        if len(found) != 1:
            raise ValueError("not one file of movements")
        info, named = found[0]
        if (named[1], named[2]) != (f"{day:%y%m%d}", mer_id):
            raise ValueError("another day's or another merchant's")
        if info.file_size > _LARGEST:
            raise ValueError("too large")
        return files.read(info)


def _line(raw: bytes, mer_id: str) -> BillLine:
    """Read one movement. Raises ValueError or KeyError."""
    fields, start = [], 0
    for width in WIDTHS:
        field = raw[start : start + width]
        if len(field) != width:
            raise ValueError("a short line")
        fields.append(field.decode("gbk").strip())
        start += width + 1
    amount = int(fields[AMOUNT])
    if fields[MERCHANT] != mer_id or amount <= 0 or not fields[ORDER_ID] or not fields[QUERY_ID]:
        raise ValueError("not a movement of ours")
    return BillLine(
        kind=KINDS[fields[TXN_TYPE]],
        number=fields[ORDER_ID],
        provider_txn=fields[QUERY_ID],
        amount_fen=amount,
    )
