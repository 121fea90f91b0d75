"""Incidents as the desk shows them, and what a person was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from mingpu.governance.models import Incident, Notice
from mingpu.governance.rules import LEVELS
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.privacy.purposes import Purpose, processing

MOST: Final = 100
COLUMNS: Final = (
    "incident_no", "noticed_at", "report_due_at", "level", "what", "kinds", "cause", "harm", "measures", "since", "until",
    "purposes", "actor", "opened_by", "impact", "persons", "impact_at", "asked_by", "approved_by", "listed_at",
    "reported_at", "reported_by", "report_ref", "closed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident, without persons. impact: `{purpose, actor_kind, actor, uses, persons}` each."""

    incident_no: str
    noticed_at: datetime
    report_due_at: datetime
    level: str
    what: str
    kinds: str
    cause: str
    harm: str
    measures: str
    since: datetime
    until: datetime
    purposes: str
    actor: str
    opened_by: str
    impact: Sequence[Mapping[str, Any]]
    persons: int | None
    impact_at: datetime | None
    asked_by: str
    approved_by: str
    listed_at: datetime | None
    reported_at: datetime | None
    reported_by: str
    report_ref: str
    closed_at: datetime | None

    @property
    def level_label(self) -> Text:
        """The level in words."""
        return LEVELS[self.level]

    @property
    def left(self) -> timedelta | None:
        """How much of the four hours is left, less than zero when they are over; None once the authority was told."""
        return None if self.reported_at or self.closed_at else self.report_due_at - now()

    @property
    def overdue(self) -> bool:
        """Whether the authority should have been told by now."""
        return self.left is not None and self.left <= timedelta(0)

    @property
    def left_minutes(self) -> int:
        """Whole minutes left, or by how many it is late."""
        return abs(int((self.left or timedelta(0)).total_seconds()) // 60)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What a person was told of an incident."""

    incident_no: str
    text: Text
    at: datetime
    channel: str
    sent_at: datetime | None


def incidents() -> list[IncidentView]:
    """Return the newest incidents, those that run out of time first."""
    with processing(Purpose.IMPACT, subject=None, reference="incidents", reading=True):
        rows = list(Incident.objects.order_by("-noticed_at").values(*COLUMNS)[:MOST])
    found = [IncidentView(**row) for row in rows]
    return sorted(found, key=lambda it: (it.left is None, it.report_due_at if it.left is not None else now()))


def incident_of(incident_no: str) -> IncidentView:
    """Return one incident; raises NotFound."""
    with processing(Purpose.IMPACT, subject=None, reference=incident_no, reading=True):
        row = Incident.objects.filter(incident_no=incident_no).values(*COLUMNS).first()
    if row is None:
        raise NotFound
    return IncidentView(**row)


def notices_told(incident_no: str) -> tuple[int, int]:
    """Return how many notices an incident has and how many were sent."""
    with processing(Purpose.IMPACT, subject=None, reference=incident_no, reading=True):
        rows = Notice.objects.filter(incident_no=incident_no)
        return rows.count(), rows.filter(sent_at__isnull=False).count()


def notices_of(person_id: UUID) -> list[NoticeView]:
    """Return what a person was told of incidents, newest first."""
    columns = ("incident_no", "text_zh", "text_en", "due_at", "channel", "sent_at")
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = list(
            Notice.objects.filter(person_id=person_id).order_by("-due_at").values_list(*columns)[:MOST]
        )
    return [NoticeView(number, Text(zh, en), at, channel, sent) for number, zh, en, at, channel, sent in rows]
