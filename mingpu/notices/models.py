"""What a person was told, and how they want to be told."""

import uuid

from django.db import models

from mingpu.notices.rules import QUIET, ZONE


class Notice(models.Model):
    """One thing a person was told in the mall. about: a number of theirs; mark: tells two of the same matter apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    kind = models.TextField()  # of `kinds.KINDS`
    about = models.TextField(default="")
    mark = models.TextField(default="")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-at", "id"], name="notice_of_person"),
            models.Index(
                fields=["person_id"], name="notice_unread", condition=models.Q(read_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "kind", "about", "mark"], name="notice_told_once",
                condition=~models.Q(about="", mark=""),
            )
        ]  # fmt: skip


class Preference(models.Model):
    """How a person wants to be told; without a row everything is as the table of kinds begins. Minutes since midnight."""

    person_id = models.UUIDField(primary_key=True)
    choices = models.TextField(default="")  # as `rules.pack` writes them
    quiet_from = models.SmallIntegerField(default=QUIET[0])
    quiet_to = models.SmallIntegerField(default=QUIET[1])
    zone = models.TextField(default=ZONE)
    language = models.TextField(default="zh-hans")
