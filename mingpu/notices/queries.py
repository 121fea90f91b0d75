"""What a person was told, and how they want to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.notices import rules
from mingpu.notices.kinds import ALWAYS, CHANNELS, KINDS, Kind
from mingpu.notices.models import Notice, Preference
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER

KEPT_DAYS: Final = int(REGISTER.raw["retention"]["told"]["days"])
MOST_COUNTED: Final = 100  # unread ones; the bell says 99+ from here on
LARGEST_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """One notice. page, about: where it leads, and the number that page goes by ("" for none)."""

    id: UUID
    kind: str
    group: str
    title: Text
    text: Text
    page: str
    about: str
    at: datetime
    read: bool

    @property
    def days_left(self) -> int:
        """How many days until it goes by itself; 0 for the last one."""
        return max(0, (self.at + timedelta(days=KEPT_DAYS) - now()).days)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of notices, the newest first. total: of those asked for; unread: of all, `MOST_COUNTED` at most."""

    total: int
    unread: int
    items: list[Told]
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class Way:
    """One kind by one channel. fixed: it is always on and cannot be switched off."""

    channel: str
    on: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One kind with the channels that may carry it, in the order of `CHANNELS`."""

    kind: Kind
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody wants to be told. quiet_from, quiet_to: minutes since midnight in `zone`; equal: no quiet hours."""

    rows: tuple[Row, ...]
    quiet_from: int
    quiet_to: int
    zone: str
    language: str


def notices_of(person_id: UUID, *, page: int = 1, page_size: int = 20, unread: bool = False) -> Listing:
    """Return a page of what a person was told. unread: only what is not read yet. page_size <= 100. Three queries."""
    page, page_size = max(page, 1), min(max(page_size, 1), LARGEST_PAGE)
    with processing(Purpose.TELLING, subject=person_id, reading=True):
        mine = Notice.objects.filter(person_id=person_id)
        asked = mine.filter(read_at__isnull=True) if unread else mine
        waiting, total, start = _unread(person_id), asked.count(), (page - 1) * page_size
        rows = asked.order_by("-at", "id").values("id", "kind", "about", "at", "read_at")
        found = list(rows[start : start + page_size])
    items = [_told(KINDS[row["kind"]], row) for row in found if row["kind"] in KINDS]
    return Listing(total, waiting, items, page, page_size)


def notice_of(person_id: UUID, notice_id: UUID) -> Told:
    """Return one notice. Raises NotFound for anybody else's."""
    with processing(Purpose.TELLING, subject=person_id, reading=True):
        rows = Notice.objects.filter(person_id=person_id, id=notice_id)
        row = rows.values("id", "kind", "about", "at", "read_at").first()
    if row is None or row["kind"] not in KINDS:
        raise NotFound
    return _told(KINDS[row["kind"]], row)


def unread_of(person_id: UUID) -> int:
    """Return how many notices wait to be read, `MOST_COUNTED` at most. One query over an index of those alone."""
    with processing(Purpose.TELLING, subject=person_id, reading=True):
        return _unread(person_id)


def preferences_of(person_id: UUID) -> Preferences:
    """Return how a person wants to be told; the beginning's where they never said."""
    with processing(Purpose.TELLING, subject=person_id, reading=True):
        it = Preference.objects.filter(person_id=person_id).first() or Preference(person_id=person_id)
    choices = rules.unpack(it.choices)
    rows = tuple(
        Row(
            kind,
            tuple(
                Way(channel, rules.on(kind, channel, choices), kind.ways[channel] == ALWAYS)
                for channel in CHANNELS if channel in kind.ways
            ),
        )
        for kind in KINDS.values()
    )  # fmt: skip
    return Preferences(rows, it.quiet_from, it.quiet_to, it.zone, it.language)


def _unread(person_id: UUID) -> int:
    waiting = Notice.objects.filter(person_id=person_id, read_at__isnull=True)
    return waiting.values("id")[:MOST_COUNTED].count()


def _told(kind: Kind, row: Mapping[str, Any]) -> Told:
    return Told(
        id=row["id"], kind=kind.code, group=kind.group, title=kind.title, text=kind.text, page=kind.page,
        about=row["about"], at=row["at"], read=row["read_at"] is not None,
    )  # fmt: skip
