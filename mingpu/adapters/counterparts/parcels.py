"""What a courier keeps: parcels, what happened to them, and the money its people took at doors."""

import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final, Self, TypeVar

from mingpu.adapters.counterparts.faults import Faults
from mingpu.adapters.counterparts.store import Store

T = TypeVar("T")
CHINA: Final = timezone(timedelta(hours=8))
_PICKUP_CODE: Final = re.compile(r"[0-9A-Za-z-]{1,16}")
_RECEIPT: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_BEFORE_PICK_UP: Final = frozenset({"accepted", "check", "other"})
_MOST_COD: Final = 2_000_000  # fen; from a public client of one of them
_ENDED: Final = frozenset({"returned", "lost"})


class Refused(Exception):
    """The courier will not: code is unknown, invalid, cancelled or moved; the message says more."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation as the courier's machine writes it. meaning: the name it is asked for by."""

    op_code: str
    meaning: str
    place: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Something that happened to a parcel. operation: the courier's code, or a meaning.

    at: aware, None = now. cod_fen: taken at the door; None = what was asked for, when the parcel is signed.
    real_name: what the certified device said; receipt: the number it keeps that under, made up when empty.
    """

    waybill_no: str
    operation: str
    place: str = ""
    at: datetime | None = None
    pickup_code: str = ""
    cod_fen: int | None = None
    real_name: bool | None = None
    receipt: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> Self:
        """Read `{waybill_no, op_code | status, place?, at?, pickup_code?, cod?, real_name?, receipt?}`.

        cod: fen. With real_name alone, the operation is the check. Raises ValueError.
        """
        at = datetime.fromisoformat(str(asked["at"])) if asked.get("at") else None
        if at is not None and at.tzinfo is None:
            raise ValueError("at: a time zone is needed")
        said = asked.get("real_name")
        if said not in (None, "", True, False, "true", "false"):
            raise ValueError("real_name: true or false")
        real_name = None if said in (None, "") else said in (True, "true")
        operation = str(asked.get("op_code") or asked.get("status") or "")
        return cls(
            waybill_no=str(asked.get("waybill_no", "")),
            operation=operation or ("check" if real_name is not None else ""),
            place=str(asked.get("place") or ""),
            at=at,
            pickup_code=str(asked.get("pickup_code") or ""),
            cod_fen=None if asked.get("cod") in (None, "") else int(asked["cod"]),
            real_name=real_name,
            receipt=str(asked.get("receipt") or ""),
        )


class Parcels:
    """The books of one courier."""

    def __init__(self, store: Store, faults: Faults, party: str, steps: Sequence[Step]) -> None:
        """steps: what the courier's machine knows; the first of a meaning is the one it stands for."""
        self._store = store
        self._faults = faults
        self._party = party
        self._steps = steps

    def take(self, *, parcel_no: str, waybill_no: str, message: Mapping[str, Any], asked: "Asked") -> None:
        """Take a parcel on."""
        self._store.run(
            "INSERT INTO parcel (party, parcel_no, waybill_no, message, cod, real_name, state, at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'open', ?)",
            self._party,
            parcel_no,
            waybill_no,
            json.dumps(message, ensure_ascii=False),
            asked.cod_fen,
            int(asked.real_name),
            time.time(),
        )

    def of_customer(self, parcel_no: str) -> sqlite3.Row | None:
        """Return a parcel by the customer's number."""
        sql = "SELECT * FROM parcel WHERE party = ? AND parcel_no = ?"
        return self._store.one(sql, self._party, parcel_no)

    def of_waybill(self, waybill_no: str) -> sqlite3.Row | None:
        """Return a parcel by the courier's number."""
        sql = "SELECT * FROM parcel WHERE party = ? AND waybill_no = ?"
        return self._store.one(sql, self._party, waybill_no)

    def latest(self) -> list[sqlite3.Row]:
        """Return the latest parcels, newest first."""
        sql = "SELECT * FROM parcel WHERE party = ? ORDER BY at DESC, rowid DESC LIMIT 200"
        return self._store.all(sql, self._party)

    def steps(self, waybill_no: str) -> list[sqlite3.Row]:
        """Return what happened to one parcel, in the order it was reported."""
        sql = "SELECT * FROM parcel_step WHERE party = ? AND waybill_no = ? ORDER BY id"
        return self._store.all(sql, self._party, waybill_no)

    def call_off(self, parcel_no: str) -> None:
        """Cancel before pick-up. Raises Refused: unknown; cancelled, when it was before; moved, too late."""
        row = self.of_customer(parcel_no)
        if row is None:
            raise Refused("unknown")
        if row["state"] == "cancelled":
            raise Refused("cancelled")
        if not {step["meaning"] for step in self.steps(row["waybill_no"])} <= _BEFORE_PICK_UP:
            raise Refused("moved")
        self._store.run("UPDATE parcel SET state = 'cancelled' WHERE waybill_no = ?", row["waybill_no"])

    def report(self, report: Report, tell: Callable[[sqlite3.Row, sqlite3.Row], T]) -> T:
        """Write down what happened, and what `tell(parcel, step)` posts of it, as one change. Raises Refused."""
        parcel = self.of_waybill(report.waybill_no)
        if parcel is None:
            raise Refused("unknown", "no such waybill")
        if parcel["state"] == "cancelled":
            raise Refused("cancelled", "the parcel was called off")
        step = self._step(report.operation)
        when = (report.at or datetime.now(CHINA)).astimezone(CHINA)
        before = {one["meaning"] for one in self.steps(report.waybill_no)}
        real_name, receipt = self._checked(report, parcel, step, before)
        if report.pickup_code and not _PICKUP_CODE.fullmatch(report.pickup_code):
            raise Refused("invalid", "pickup_code")
        with self._store.together():
            cod = self._take_money(report, parcel, step, before, when)
            number = self._store.add(
                "INSERT INTO parcel_step (party, waybill_no, at, place, op_code, meaning, remark, cod,"
                " pickup_code, real_name, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                self._party,
                report.waybill_no,
                when.strftime("%Y-%m-%d %H:%M:%S"),
                report.place or step.place,
                step.op_code,
                step.meaning,
                step.remark,
                cod,
                report.pickup_code,
                real_name,
                receipt,
            )
            found = self._store.one("SELECT * FROM parcel_step WHERE id = ?", number)
            assert found is not None
            return tell(parcel, found)

    def _step(self, operation: str) -> Step:
        for step in self._steps:
            if operation in {step.op_code, step.meaning}:
                return step
        if operation.isdecimal() and len(operation) <= 5:  # noqa: PLR2004 - one its machine writes without words
            return Step(operation, "other", "", "")
        raise Refused("invalid", "op_code or status")

    def _checked(
        self, report: Report, parcel: sqlite3.Row, step: Step, before: set[str]
    ) -> tuple[bool | None, str]:
        """Return what the certified device said, and its receipt. Nothing is handed over without its yes."""
        said = report.real_name
        if not parcel["real_name"]:
            if said is not None or report.receipt:
                raise Refused("invalid", "real_name: no check was asked for with this parcel")
            return None, ""
        if step.meaning == "signed" and "signed" not in before:
            rows = self.steps(report.waybill_no)
            if said is None and not any(one["real_name"] == 1 for one in rows):
                said = True  # the card is read at the door
            if said is False:
                raise Refused("invalid", "real_name: not handed over to someone else")
        if said is None:
            return None, ""
        receipt = report.receipt or f"DR{secrets.randbelow(10**12):012d}"
        if not _RECEIPT.fullmatch(receipt):
            raise Refused("invalid", "receipt")
        return said, receipt

    def _take_money(
        self, report: Report, parcel: sqlite3.Row, step: Step, before: set[str], when: datetime
    ) -> int | None:
        """Collect once, when a parcel is handed over; return how much, None for nothing."""
        due = parcel["cod"] is not None and step.meaning == "signed" and not before & (_ENDED | {"signed"})
        if report.cod_fen is not None and (not due or report.cod_fen < 0):
            raise Refused("invalid", "cod: nothing is collected at this step")
        taken: int = (report.cod_fen if report.cod_fen is not None else parcel["cod"]) if due else 0
        if taken:
            self._store.run(
                "INSERT INTO parcel_money (party, waybill_no, parcel_no, amount, day) VALUES (?, ?, ?, ?, ?)",
                self._party,
                report.waybill_no,
                parcel["parcel_no"],
                taken,
                when.date().isoformat(),
            )
        return taken or None

    def statement(self, day: str) -> list[tuple[str, str, int]]:
        """Return money handed over on `day` (YYYY-MM-DD): (waybill, customer's number, fen), oldest first.

        Money is handed over on the day it was taken. Faults on the channel `bill` change the answer, not the
        books.
        """
        sql = "SELECT * FROM parcel_money WHERE party = ? AND day = ? ORDER BY id"
        lines = [
            (row["waybill_no"], row["parcel_no"], row["amount"])
            for row in self._store.all(sql, self._party, day)
        ]
        fault = self._faults.take(self._party, "bill")
        if fault and fault.kind == "extra_line":
            lines.append((f"XX{secrets.randbelow(10**13):013d}", "unknown", 100))
        elif fault and lines and fault.kind == "missing_line":
            del lines[0]
        elif fault and lines:
            lines[0] = (*lines[0][:2], lines[0][2] + 1)
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be done at the door: money to collect (fen), an identity card to check."""

    cod_fen: int | None = None
    real_name: bool = False


def yuan(fen: int) -> str:
    """Write fen as yuan with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(text: object) -> int:
    """Read yuan with at most two decimals, more than nothing and at most 20,000. Raises Refused."""
    found = re.fullmatch(r"([0-9]{1,5})(?:\.([0-9]{1,2}))?", str(text))
    amount = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < amount <= _MOST_COD:
        raise Refused("invalid", "amount")
    return amount


def extras(step: sqlite3.Row) -> dict[str, str]:
    """Return what a step carries besides time and place, as both couriers write it."""
    found = {}
    if step["cod"] is not None:
        found["codAmount"] = yuan(step["cod"])
    if step["pickup_code"]:
        found["pickupCode"] = step["pickup_code"]
    if step["real_name"] is not None:
        found["realNameResult"] = str(step["real_name"])
        found["deviceReceipt"] = step["receipt"]
    return found


def page_of(
    lines: Sequence[tuple[str, str, int]], number: object, size: object
) -> Sequence[tuple[str, str, int]]:
    """Return one page of a statement; number from 1. Raises Refused for what is no page."""
    if type(number) is not int or type(size) is not int or number < 1 or not 1 <= size <= 500:  # noqa: PLR2004
        raise Refused("invalid", "pageNo, pageSize")
    return lines[(number - 1) * size : number * size]
