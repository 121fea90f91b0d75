"""Members of staff and their sign-ins; they see shoppers' data only through their own purposes."""

import uuid

from django.db import models


class Staff(models.Model):
    """A member of staff, bound to secrecy (clause 1.1.5c). merchant: whose orders they see to; "": the mall's."""

    name = models.TextField(primary_key=True)
    password_hash = models.TextField()
    duty_signed_at = models.DateTimeField()
    merchant = models.TextField(default="", db_default="")


class StaffSession(models.Model):
    """A staff sign-in by hash of its token."""

    token_hash = models.BinaryField(primary_key=True)
    name = models.TextField()
    expires_at = models.DateTimeField()


class StaffTry(models.Model):
    """A sign-in that has not succeeded, by keyed hashes of what was typed as the name and from where."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name_index = models.BinaryField()
    address_index = models.BinaryField()
    at = models.DateTimeField(db_index=True)
