"""Cells of quarters that are over, publications, who let them go, what they took of the budget, what was published."""

import uuid

from django.db import models


class Closing(models.Model):
    """A quarter whose cells were written, by its first day."""

    since = models.DateField(primary_key=True)
    at = models.DateTimeField()


class Cell(models.Model):
    """One cell an analyst may see: how many rows, of how many people; never fewer people than the register's k."""

    since = models.DateField()
    statistic = models.TextField()
    cell = models.TextField()
    n = models.BigIntegerField()
    people = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["since", "statistic", "cell"], name="statistic_cell_once")
        ]


class Publication(models.Model):
    """A statistic of a quarter, proposed for publication; never changed.

    epsilon: what it would take of the budget. bound: rows of one person that count. measures: see `rules.Measures`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    statistic = models.TextField()
    since = models.DateField()
    epsilon = models.DecimalField(max_digits=6, decimal_places=3)
    bound = models.IntegerField()
    mechanism = models.TextField()
    measures = models.JSONField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(epsilon__gt=0, bound__gt=0), name="publication_takes_something"
            )
        ]


class Approval(models.Model):
    """The decision of another member of staff on a publication; there is one, and it stays."""

    publication = models.OneToOneField(Publication, models.PROTECT, primary_key=True)
    granted = models.BooleanField()
    by = models.TextField()
    at = models.DateTimeField()


class Spending(models.Model):
    """What a publication took of the budget; written by the database itself when the counts were drawn."""

    publication = models.OneToOneField(Publication, models.PROTECT, primary_key=True)
    since = models.DateField()
    epsilon = models.DecimalField(max_digits=6, decimal_places=3)
    at = models.DateTimeField()


class Figure(models.Model):
    """One published cell. value: with random error; None where that was below k, so that nothing is shown."""

    publication = models.ForeignKey(Publication, models.PROTECT)
    position = models.SmallIntegerField()
    cell = models.TextField()
    value = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "position"], name="figure_place")]
