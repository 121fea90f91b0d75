"""Impact assessments (PIPL 55, 56): which purposes need one, and which has one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mingpu.lib.text import Text
from mingpu.privacy.gates import gates_of
from mingpu.privacy.grants import granted, insertable, readable
from mingpu.privacy.register import REGISTER, Purpose, Register

KEPT: Final = timedelta(days=3 * 366)
DECIDING: Final = frozenset(
    {"trade_safety", "device_safety", "personalisation"}
)  # judge or choose by themselves
SENSITIVE, DECIDES, SHARES = "sensitive", "decides", "shares"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment. replaced: when a newer one took its place, None while it is in force."""

    id: str
    title: Text
    on: date
    purposes: tuple[str, ...]
    need: Text
    risk: Text
    measures: Text
    replaced: date | None = None

    @property
    def kept_until(self) -> date | None:
        """Until when it is kept at least; None while it is in force."""
        return self.replaced + KEPT if self.replaced else None


def assessments(register: Register = REGISTER) -> list[Assessment]:
    """Return all that are kept, in the register's order."""
    return [
        Assessment(
            name, Text(**it["title"]), date.fromisoformat(it["date"]), tuple(it["purposes"]), Text(**it["need"]),
            Text(**it["risk"]), Text(**it["measures"]),
            date.fromisoformat(it["replaced"]) if "replaced" in it else None,
        )
        for name, it in register.raw.get("assessments", {}).items()
    ]  # fmt: skip


def needed(purpose: Purpose, register: Register = REGISTER) -> list[str]:
    """Return why a purpose needs an assessment: sensitive | decides | shares; [] when it needs none."""
    touches = any(
        table.columns[name].sensitive
        for table in register.tables.values()
        if table.subject
        for name in {
            *readable(table, purpose),
            *(insertable(table) if "i" in granted(table, purpose) else ()),
        }
    ) or any(
        register.column(gate.table, name).sensitive
        for gate in gates_of(purpose.id, register)
        for name in gate.columns
    )
    shares = any(purpose.id in it.purposes for it in register.recipients.values())
    found = {SENSITIVE: touches, DECIDES: purpose.id in DECIDING, SHARES: shares}
    return [why for why, there in found.items() if there]


def problems(register: Register = REGISTER) -> Iterator[str]:
    """Yield the purposes that need an assessment and have none, and assessments of purposes that do not exist."""
    standing = [it for it in assessments(register) if it.replaced is None]
    covered = {name for it in standing for name in it.purposes}
    for purpose in register.purposes.values():
        why = needed(purpose, register)
        if why and purpose.id not in covered:
            yield f"purpose {purpose.id} ({', '.join(why)}) needs an impact assessment: add it in assessments.toml"
    for name in sorted(covered - register.purposes.keys()):
        yield f"an assessment is of purpose {name}, which does not exist"
