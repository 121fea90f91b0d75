"""Takings-in of catalogue files, as they go on: nobody's data. Who asked is a member of staff by work name."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.db.models.functions import Now

ADVANCE = """
UPDATE catalog_import SET rows = %s, new = %s, changed = %s, unchanged = %s, counts = %s::jsonb, texts = %s::jsonb
WHERE id = %s AND state = %s AND rows = %s
"""
REMARK = """
INSERT INTO catalog_importremark (import_id, file, line, external_id, code, kind, zh, en)
SELECT %s, r.* FROM jsonb_to_recordset(%s::jsonb)
    AS r (file text, line int, external_id text, code text, kind text, zh text, en text)
"""


class ImportQuerySet(models.QuerySet["Import"]):
    """Verbs on takings-in."""

    def advance(self, values: Sequence[Any]) -> bool:
        """Note what a batch came to; False, and nothing noted, when another was faster or it was called off.

        values: for `ADVANCE`.
        """
        with connection.cursor() as cursor:
            cursor.execute(ADVANCE, values)
            return bool(cursor.rowcount)


class Import(models.Model):
    """One file or folder that is taken in. by: a work name, "" from the command line. state: see `rules`.

    merchant: whose goods alone it may hold, "" for anybody's. rows: read, and what came of them committed. counts:
    what was refused, is not for sale and was noted, each by code; texts: a sentence for each code, zh and en.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField(db_default=Now())
    by = models.TextField(default="")
    merchant = models.TextField(default="")
    name = models.TextField()  # of the file
    size = models.BigIntegerField()  # bytes
    hash = models.TextField()  # SHA-256 of what is in it
    lines = models.IntegerField(default=0)  # about how many rows there are; 0 when unknown
    state = models.TextField()
    rows = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="import_at")]


class ImportRemark(models.Model):
    """One thing said of one row. kind: refused, not_for_sale or note."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(Import, models.CASCADE, related_name="remarks", db_column="import_id")
    file = models.TextField()
    line = models.IntegerField()
    external_id = models.TextField(null=True)
    code = models.TextField()
    kind = models.TextField()
    zh = models.TextField()
    en = models.TextField()
