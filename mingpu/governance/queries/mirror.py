"""What others would see of a person, as it was made last."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from mingpu.governance.models import Mirror
from mingpu.lib.text import Text
from mingpu.privacy.keys import KeyErased
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER

LABELS: Final = {
    "service": Text("客服", "Service staff"),
    "merchant": Text("卖家", "The seller"),
    "courier": Text("快递公司", "The courier"),
    "label": Text("快递面单", "The label on the parcel"),
    "payment": Text("支付机构一侧", "The payment side"),
    "marketing": Text("营销", "Marketing"),
    "public": Text("公众", "The public"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One reader: what they would see, [(label, value)], and what they are refused, [(label, the database's words)]."""

    id: str
    label: Text
    seen: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]
    empty: int  # columns they may read in which there is nothing of this person


@dataclass(frozen=True, slots=True)
class MirrorView:
    """made_at: None while it is being made. readers: () until then."""

    asked_at: datetime
    made_at: datetime | None
    readers: tuple[Seen, ...]


def mirror_of(person_id: UUID) -> MirrorView | None:
    """Return what was made last for a person; None when nothing was asked for."""
    with processing(Purpose.RIGHTS, subject=person_id, reference="mirror", reading=True):
        rows = Mirror.objects.filter(person_id=person_id)
        try:
            row = rows.values_list("asked_at", "made_at", "shown").first()
        except KeyErased:
            row = None
    if row is None:
        return None
    asked, made, shown = row
    found: dict[str, list[dict[str, Any]]] = json.loads(shown) if shown else {}
    return MirrorView(asked, made, tuple(_seen(name, cells) for name, cells in found.items()))


def _seen(name: str, cells: list[dict[str, Any]]) -> Seen:
    seen = tuple((_label(it), it["value"]) for it in cells if it["outcome"] == "seen")
    refused = tuple((_label(it), it["words"]) for it in cells if it["outcome"] == "refused")
    empty = sum(it["outcome"] == "nothing" for it in cells)
    return Seen(name, LABELS[name], seen, refused, empty)


def _label(cell: dict[str, Any]) -> str:
    table = REGISTER.tables[cell["table"]]
    column = table.columns[cell["column"]]
    return f"{table.label} · {column.label or column.name}"
