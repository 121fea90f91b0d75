"""What is kept about the keeping: standing, consents, uses, shares, exports, cancellations, certificates."""

import uuid

from django.db import models

from mingpu.privacy.fields import SealedText


class Standing(models.Model):
    """Where a person stands: account state, a bit for each thing they agreed to (register order), and their being a child.

    of_age_on: until when they count as under 14, the first of a month; guarded_at: since when a guardian stands for them.
    """

    person_id = models.UUIDField(primary_key=True)
    state = models.TextField(default="active")  # active | cooling_off | erasing; frozen for a vault's name
    consents = models.BigIntegerField(default=0)
    switches = models.IntegerField(default=0)  # how often they said yes or no
    told = models.TextField(default="")  # the version of the statement whose changes they have read
    of_age_on = models.DateField(null=True)
    guarded_at = models.DateTimeField(null=True)


class ConsentEvent(models.Model):
    """One yes or no, never changed: for a purpose or a permission, to which text, when, by which way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    name = models.TextField()
    granted = models.BooleanField()
    statement_version = models.TextField()
    statement_hash = models.TextField()
    language = models.TextField()
    notice_hash = models.TextField(default="")  # of the notice that was shown
    method = models.TextField(default="")  # page | api | guardian; "" where it is not known
    at = models.DateTimeField()


class NoticeText(models.Model):
    """A notice as it was shown, kept for whoever agreed to it; it names no one."""

    hash = models.TextField(primary_key=True)
    name = models.TextField()
    version = models.TextField()
    body = models.TextField()  # canonical JSON, both languages


class AccessLog(models.Model):
    """One use of somebody's data; written by the database itself when a purpose is entered."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    subject = models.UUIDField(null=True)
    purpose = models.TextField()
    actor_kind = models.TextField()
    actor = models.TextField()
    reference = models.TextField()

    class Meta:
        # By person alone: lines of one person then share one entry, a fifth of the space of an entry each.
        indexes = [models.Index(fields=["subject"], name="accesslog_person")]


class LogSeal(models.Model):
    """A root over a stretch of the access log and the root before it, so that a missing row shows."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    rows = models.IntegerField()
    first_at = models.DateTimeField()
    root = models.TextField()


class Share(models.Model):
    """What left the house: to whom, which fields, the exact payload (sealed).

    After the person is gone the row stays without person, payload and reference.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True, null=True)
    at = models.DateTimeField()
    recipient = models.TextField()
    purpose = models.TextField()
    items = models.TextField()  # names of the fields, space separated
    payload = SealedText(null=True)
    digest = models.TextField()
    reference = models.TextField(default="")


class Inbound(models.Model):
    """What came in from a source: from whom, on what basis and consent, which items; never the content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    source = models.TextField()
    purpose = models.TextField()
    basis = models.TextField()
    consent_id = models.UUIDField(null=True)
    contract = models.TextField()
    items = models.TextField()  # names of the items, space separated
    digest = models.TextField()  # keyed: without the key a nickname could be guessed from it


class Export(models.Model):
    """A person's copy of their data; the file lies sealed beside the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    state = models.TextField(default="requested")  # requested | ready
    requested_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)


class Cancellation(models.Model):
    """A person leaving: until when they may change their mind, and how far erasing has come."""

    person_id = models.UUIDField(primary_key=True)
    requested_at = models.DateTimeField()
    until = models.DateTimeField()
    certificate_id = models.UUIDField(default=uuid.uuid4)
    vault_id = models.UUIDField(default=uuid.uuid4)  # the name frozen records go on under
    progress = models.JSONField(default=dict)  # table -> rows erased or frozen


class Certificate(models.Model):
    """A signed proof of erasure; it names no one."""

    id = models.UUIDField(primary_key=True)
    issued_at = models.DateTimeField()
    body = models.TextField()  # canonical JSON
    signature = models.TextField()  # Ed25519, base64
    receipts = models.JSONField(default=dict)  # notice -> a recipient's receipt that came later


class DeletionNotice(models.Model):
    """One recipient told to delete what it got of a person, until it has signed that it did.

    After the person is gone the row stays without person; what it names goes with the notice's own key once it is
    answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # also its idempotency key
    person_id = models.UUIDField(db_index=True, null=True)
    certificate_id = models.UUIDField(
        db_index=True, null=True
    )  # of an erasure; none for a consent taken back
    cause = models.TextField()  # erasure | the consent that was taken back
    recipient = models.TextField()
    messages = models.IntegerField()  # that went to the recipient
    body = models.BinaryField(null=True)  # what is sent, under the notice's own key
    digest = models.TextField()  # SHA-256 of what is sent, which the receipt repeats
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()  # after that it waits at the desk
    tries = models.IntegerField(default=0)
    state = models.TextField(default="waiting")  # waiting | accepted | acknowledged | refused | closed
    code = models.TextField(default="")  # why it was not answered, of the last try
    public_key = models.TextField(default="")  # the recipient's, by which its receipt is believed
    receipt = models.TextField(default="")  # as the recipient signed it
    settled_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="")
    note = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="deletion_open",
                condition=models.Q(state__in=["waiting", "accepted", "refused"]),
            )
        ]


class Decision(models.Model):
    """What a rule decided about somebody without a person: which one, on what, with what outcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    rule = models.TextField()  # of decisions.RULES
    outcome = models.TextField()  # refused | granted
    inputs = SealedText()  # JSON: name -> number or text
    reference = models.TextField(default="")


class Clearing(models.Model):
    """One run over what is past its time: rows by table, and the classes that nothing acts on. It names no one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    deleted = models.JSONField(default=dict)  # table -> rows
    unattended = models.JSONField(default=list)  # names of classes of retention
