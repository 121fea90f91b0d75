"""A person's own searches, kept only while they agree; the operator's words; what was counted of nobody."""

import uuid

from django.contrib.postgres.fields import ArrayField
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


class Synonym(models.Model):
    """A group of words that mean the same to search, as the operator typed them. key: `rules.group_key`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    words = ArrayField(models.TextField())
    key = models.TextField(unique=True)


class Barred(models.Model):
    """A word that says nothing (stop) or is never searched for, suggested or counted (offensive).

    key: the word as it is searched for, so that no spelling of it stands twice.
    """

    key = models.TextField(primary_key=True)
    word = models.TextField()
    kind = models.TextField()  # stop | offensive


class Sketch(models.Model):
    """A search of one network on one day, until that day is counted: marks under the day's key and sealed words.

    Rows are added only; their ids are random, so that no order in time can be read from them. The table is left
    out of the database's log, and the day's key is destroyed when the day is counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    day = models.DateField()
    query_mark = models.BinaryField()
    network_mark = models.IntegerField()  # 16 bits: some hundred networks share each
    query = models.BinaryField()  # sealed under the day's key
    times = models.PositiveIntegerField()


class QueryCount(models.Model):
    """How often one thing was searched for on one day, by how many networks; never fewer than k of them.

    day: in Beijing. query: normalised. sound, initials: its pinyin, "" where it has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    day = models.DateField()
    query = models.TextField()
    sound = models.TextField()
    initials = models.TextField()
    searches = models.PositiveIntegerField()
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "query"], name="search_counted_once_a_day")]
