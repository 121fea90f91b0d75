"""What is kept of openings and of requests under an exception."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection, models

from mingpu.governance.rules import REVEAL_MINUTES, REVEALS_A_DAY, beginning_of_day
from mingpu.lib.clock import now
from mingpu.privacy.fields import SealedText

LOCK: Final = 0x6D707276  # staff who ask at the same moment are counted one after the other


class OpeningQuerySet(models.QuerySet["Opening"]):
    """Verbs on acts; each runs inside the caller's `processing` of the register of openings."""

    def of_today(self, staff: str) -> int:
        """Count what a member of staff opened or asked for today, alone with the count until the block ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, staff])
        return self.filter(staff=staff, purpose="reveal", at__gte=beginning_of_day(now())).count()

    def put(self, act: "Opening") -> bool:
        """Write a reveal: open at once while few were asked for today, waiting for a second person after that.

        Returns whether it is open.
        """
        at_once = self.of_today(act.staff) < REVEALS_A_DAY
        act.approved_at = act.at if at_once else None
        act.until = act.at + REVEAL_MINUTES if at_once else None
        act.save(force_insert=True)
        return at_once

    def put_all(self, acts: Sequence["Opening"]) -> None:
        """Write the acts of a request, one a person and gate; none is open yet."""
        self.bulk_create(acts)

    def open_all(self, exception_no: str, *, by: str, until: datetime) -> None:
        """Open the acts of a request that was approved."""
        self.filter(exception_no=exception_no).update(approved_by=by, approved_at=now(), until=until)


class Opening(models.Model):
    """An act that opens one gate for one person: a look at the desk, or one item of a request under an exception.

    order_no: the one order it is bound to; "" for all. reason: of `rules.REASONS`, or the clause of an exception.
    approved_by: "" for a look within a day's allowance. hidden_until: when the person may read of it; None at once.
    """

    number = models.TextField(primary_key=True)
    person_id = models.UUIDField(null=True)
    purpose = models.TextField()  # reveal | exception
    exception_no = models.TextField(default="")
    item = models.TextField()
    order_no = models.TextField(default="")
    reference = models.TextField()
    reason = models.TextField()
    note = models.TextField(default="")
    staff = models.TextField()
    at = models.DateTimeField()
    approved_by = models.TextField(default="")
    approved_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    hidden_until = models.DateTimeField(null=True)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-at"], name="opening_of_person"),
            models.Index(fields=["staff", "-at"], name="opening_by_staff"),
            models.Index(fields=["exception_no"], name="opening_of_request"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by="") | ~models.Q(approved_by=models.F("staff")),
                name="opening_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose="reveal", exception_no="")
                | (models.Q(purpose="exception") & ~models.Q(exception_no="")),
                name="opening_of_one_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose="exception")
                | models.Q(until__isnull=True)
                | models.Q(until__lte=models.F("approved_at") + REVEAL_MINUTES),
                name="opening_is_short",
            ),
        ]


class ExceptionRequest(models.Model):
    """A request to read without consent: which case of the law, by whose order, which gates, who asks and approves.

    days: wanted; expires_at: set when it is approved. hidden_until: until when the person is not told; hidden_by: the
    order that forbids it for longer.
    """

    exception_no = models.TextField(primary_key=True)
    code = models.TextField()
    article = models.TextField(default="")
    case_no = models.TextField()
    authority = models.TextField()
    order_ref = models.TextField()
    order_hash = models.TextField()
    reason = models.TextField()
    items = models.TextField()  # ids of gates, space separated
    days = models.IntegerField()
    persons = models.IntegerField()
    requester = models.TextField()
    requested_at = models.DateTimeField()
    approver = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    declined = models.TextField(default="")  # why, when it was
    expires_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="")
    hidden_until = models.DateTimeField(null=True)
    hidden_by = models.TextField(default="")

    class Meta:
        db_table = "governance_exception"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(approver=models.F("requester")), name="exception_two_people"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__isnull=True)
                | (~models.Q(approver="") & models.Q(decided_at__isnull=False) & models.Q(declined="")),
                name="exception_open_only_approved",
            ),
            models.CheckConstraint(
                condition=~models.Q(case_no="")
                & ~models.Q(authority="")
                & ~models.Q(order_ref="")
                & models.Q(order_hash__regex=r"^[0-9a-f]{64}$"),
                name="exception_has_its_order",
            ),
        ]


class Incident(models.Model):
    """Something went wrong with personal data: what, how far, what was done, who was told (PIPL 57).

    since, until, purposes (space separated, "" for all), actor: which uses it touched. impact: counts by purpose and
    actor. asked_by, approved_by: of the list of persons. listed_at: when all their notices had been made.
    """

    incident_no = models.TextField(primary_key=True)
    noticed_at = models.DateTimeField()
    report_due_at = models.DateTimeField()
    level = models.TextField()  # of rules.LEVELS
    what = models.TextField()
    kinds = models.TextField()
    cause = models.TextField(default="")
    harm = models.TextField(default="")
    measures = models.TextField(default="")
    since = models.DateTimeField()
    until = models.DateTimeField()
    purposes = models.TextField(default="")
    actor = models.TextField(default="")
    opened_by = models.TextField()
    impact = models.JSONField(default=list)
    persons = models.IntegerField(null=True)
    impact_at = models.DateTimeField(null=True)
    asked_by = models.TextField(default="")
    approved_by = models.TextField(default="")
    approved_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.TextField(default="")
    report_ref = models.TextField(default="")
    overdue_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by="") | ~models.Q(approved_by=models.F("asked_by")),
                name="incident_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(reported_at__isnull=True)
                | (~models.Q(report_ref="") & ~models.Q(reported_by="")),
                name="incident_report_has_reference",
            ),
        ]


class Notice(models.Model):
    """What one person is told of one incident, once. channel: sms | email | both | "" when nothing could be sent."""

    id = models.UUIDField(primary_key=True)
    person_id = models.UUIDField()
    incident_no = models.TextField()
    text_zh = models.TextField()
    text_en = models.TextField()
    due_at = models.DateTimeField()
    channel = models.TextField(default="")
    trying_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "incident_no"], name="notice_once"),
        ]


class Mirror(models.Model):
    """What others would see of a person, as of a moment; shown: JSON, made by the worker, None until then."""

    person_id = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    shown = SealedText(null=True)
