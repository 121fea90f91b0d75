"""A person's own searches, kept only while they agree."""

import uuid

from django.db import models

from mingpu.privacy.fields import SealedText


class Search(models.Model):
    """One thing a person searched for; asked again, its time moves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    keywords = SealedText()
    keywords_index = models.BinaryField()  # blind, per person: finds the same search again
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "keywords_index"], name="search_once")]
