"""What a person has not been told of yet: the versions of the statement since the one they know.

Silence means no. What is new stays off, what came to use more stays off until it is agreed to anew, and everything
else goes on. Reading is recorded so that the same is not shown twice; it agrees to nothing.
"""

from dataclasses import dataclass
from uuid import UUID

from mingpu.privacy import models, versions
from mingpu.privacy.changes import Step, steps
from mingpu.privacy.consent import STATEMENT, decided
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER


@dataclass(frozen=True, slots=True)
class News:
    """What is new to somebody. known: the version they know; steps: newest first; asks: what waits for a word of theirs.

    outdated: those of `asks` they had agreed to when they used less.
    """

    known: str
    version: str
    steps: tuple[Step, ...]
    asks: tuple[str, ...]
    outdated: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many things there are to read or to decide."""
        return len(self.asks) + sum(len(step.lines) for step in self.steps)


def news_of(person_id: UUID) -> News:
    """Return what is new to a person; nothing for one who knows the version in force and agreed to nothing older."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        decisions = decided(person_id)
        told = models.Standing.objects.filter(person_id=person_id).values_list("told", flat=True).first()
        agreed = models.ConsentEvent.objects.filter(person_id=person_id, name__in=list(STATEMENT)).order_by(
            "-at"
        )
        known = told or agreed.values_list("statement_version", flat=True).first() or REGISTER.version
    before = next((it.flags.keys() for it in versions.kept() if it.version == known), REGISTER.flags().keys())
    outdated = tuple(name for name, it in decisions.items() if it.outdated)
    fresh = [name for name, it in decisions.items() if it.at is None and name not in before]
    since = tuple(step for step in steps() if step.after > known)
    return News(known, REGISTER.version, since, (*outdated, *fresh), outdated)


def read(person_id: UUID) -> None:
    """Note that a person has seen what is new up to the version in force; it agrees to nothing."""
    with processing(Purpose.RIGHTS, subject=person_id):
        models.Standing.objects.filter(person_id=person_id).update(told=REGISTER.version)
