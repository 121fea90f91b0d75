"""What persons ask of us: requests and their course, transfers, packages brought along, guardians, the dead."""

import uuid

from django.db import models

from mingpu.privacy.fields import SealedText


class Request(models.Model):
    """One asking about a right. about: what it is about, `kind:name`. certain: the calendar knew every holiday."""

    no = models.TextField(primary_key=True)
    person_id = models.UUIDField(db_index=True)
    kind = models.TextField()  # of rules.KINDS
    about = models.TextField(default="")
    words = SealedText(null=True)
    state = models.TextField()  # of rules.LABELS
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    certain = models.BooleanField()
    reminded_at = models.DateTimeField(null=True)
    taken_by = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")  # of rules.REASONS
    answer = SealedText(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="rights_request_due")]


class Step(models.Model):
    """One step of a request, never changed. who: person | staff | system."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    no = models.TextField(db_index=True)
    person_id = models.UUIDField()
    at = models.DateTimeField()
    before = models.TextField()
    after = models.TextField()
    who = models.TextField()
    name = models.TextField(default="")


class Transfer(models.Model):
    """A package for another mall: agreed to, held back until `send_at`, sent, answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    handler = models.TextField()
    state = models.TextField()  # waiting | sending | accepted | refused | stopped
    asked_at = models.DateTimeField()
    send_at = models.DateTimeField()
    agreed_version = models.TextField()
    agreed_hash = models.TextField()
    language = models.TextField()
    sha256 = models.TextField(default="")
    bytes = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    receipt = models.TextField(default="")
    code = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "handler"], name="transfer_one_at_a_time",
                condition=models.Q(state__in=["waiting", "sending"]),
            )
        ]  # fmt: skip


class Intake(models.Model):
    """What a verified package brought along, waiting for its owner to pick. content: JSON of the offers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    source = models.TextField()
    content = SealedText()
    at = models.DateTimeField()


class Wish(models.Model):
    """What a person arranged for after their death. choice: nobody | delete | contact."""

    person_id = models.UUIDField(primary_key=True)
    choice = models.TextField()
    contact = SealedText(null=True)
    set_at = models.DateTimeField()


class Guardianship(models.Model):
    """A child's asking for a guardian. state: asked | confirmed | ended; guardian_id once confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    token_hash = models.BinaryField(unique=True)
    state = models.TextField(default="asked")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    guardian_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)


class Ward(models.Model):
    """A child somebody is guardian of, in the guardian's own rows; the child's row decides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    child_id = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "child_id"], name="ward_once")]


class Approval(models.Model):
    """A member of staff may look at a child's data because another one said so, until then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    staff = models.TextField()
    reference = models.TextField()
    asked_at = models.DateTimeField()
    approved_by = models.TextField(default="")
    approved_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person_id", "staff"], name="approval_of_child")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("staff")), name="approval_by_another"
            )
        ]


class Kin(models.Model):
    """A close relative's request about somebody dead; sealed under the matter's own key. sought: copy | correct | delete."""

    no = models.TextField(primary_key=True)
    case_id = models.UUIDField(default=uuid.uuid4)
    token_hash = models.BinaryField(unique=True)
    state = models.TextField()  # of rules.KIN_LABELS
    sought = models.TextField()
    applicant = SealedText()
    relation = SealedText()
    phone = SealedText()
    about = SealedText()
    account = SealedText(null=True)
    documents = SealedText()
    words = SealedText(null=True)
    address_index = models.BinaryField()  # keyed hash of the asking network address
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_by = models.TextField(default="")
    second_by = models.TextField(default="")
    reason = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    effect_at = models.DateTimeField(null=True)
    export_id = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["address_index", "-opened_at"], name="kin_address")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second_by="") | ~models.Q(first_by=models.F("second_by")),
                name="kin_by_two",
            )
        ]
