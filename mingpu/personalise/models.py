"""What a person looked at, kept only while they agree to exactly that."""

import uuid

from django.db import models

from mingpu.privacy.fields import SealedText


class View(models.Model):
    """A product a person looked at; looked at again, its time moves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    product = SealedText()  # its id
    product_index = models.BinaryField()  # blind, per person: finds the same product again
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "product_index"], name="personalise_view_once")
        ]
