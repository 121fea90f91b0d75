"""Persons under 14: until when somebody counts as one, and whether a guardian stands for them.

The database goes by it: `mingpu.enter` lets nobody shop for an account without its guardian, and
`mingpu.consented` takes no yes of a child for what the register never allows for one.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import MallError
from mingpu.privacy import models
from mingpu.privacy.purposes import Purpose, processing

AGE = 14


class BirthdayFixed(MallError):
    """Only a guardian, or our staff on request, may change the birthday of somebody under 14."""

    zh = "不满 14 周岁的，生日只能由监护人修改，或提出更正请求由我们处理。"
    code = "birthday_fixed"
    status = 403


@dataclass(frozen=True, slots=True)
class Childhood:
    """Whether somebody counts as under 14, until when, and since when a guardian stands for them."""

    child: bool
    of_age_on: date | None = None
    guarded: bool = False


def of_age_on(birthday: date) -> date:
    """Return from when on somebody counts as 14: the first of the month after, so that the day does not show."""
    years, month = divmod(birthday.month, 12)
    return date(birthday.year + AGE + years, month + 1, 1)


def childhood_of(person_id: UUID) -> Childhood:
    """Return whether somebody counts as under 14 now."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        return _childhood(person_id)


def note_birthday(person_id: UUID, birthday: str | None, *, guardian: bool = False) -> None:
    """Put a birthday in force before it is written down. birthday: YYYY-MM-DD, None when it is taken out.

    guardian: a guardian says so. Raises BirthdayFixed when a child would make itself older.
    """
    until = of_age_on(date.fromisoformat(birthday)) if birthday else None
    with processing(Purpose.RIGHTS, subject=person_id):
        known = _childhood(person_id)
        if known.child and not guardian and (until is None or until < (known.of_age_on or until)):
            raise BirthdayFixed
        young = until if until and until > now().date() else None
        models.Standing.objects.filter(person_id=person_id).update(of_age_on=young)


def _childhood(person_id: UUID) -> Childhood:
    row = models.Standing.objects.filter(person_id=person_id).values_list("of_age_on", "guarded_at").first()
    if row is None or row[0] is None or row[0] <= now().date():
        return Childhood(child=False)
    return Childhood(child=True, of_age_on=row[0], guarded=row[1] is not None)
