"""Real-name verification: only with its own consent; the number is sealed, and gone where it does not match.

The question leaves between two short blocks: the first counts the try and records what leaves, the second keeps the
answer. Whatever does not end in a match keeps neither name nor number.
"""

from uuid import UUID

from django.db import IntegrityError, ProgrammingError

from mingpu.accounts import real_name_rules as rules
from mingpu.accounts.errors import (
    RealNameKnown,
    RealNameMismatch,
    RealNameOff,
    RealNameTries,
    RealNameUnanswered,
)
from mingpu.accounts.models import RealName
from mingpu.adapters.identity import Answer, Checked, IdentityCheckFailed, IdentityQuestion
from mingpu.adapters.providers import identity_check
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy import sharing
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.standing import agrees

RECIPIENT = "identity_check"
_SHOWN = (6, 4)  # characters of a number that its record of sharing shows, from the front and from the back


def verify_name(*, person_id: UUID, name: str, number: str) -> None:
    """Have a name and an ID number checked; they are kept, sealed, if they belong together.

    Raises BadField, RealNameOff, RealNameKnown, RealNameTries, RealNameMismatch, RealNameUnanswered.
    """
    question = IdentityQuestion(name=rules.real_name(name), number=rules.id_number(number))
    if not agrees(person_id, Purpose.REAL_NAME):
        raise RealNameOff
    client = identity_check()
    _announce(person_id, question, client.payload_for(question))
    try:
        found = client.check(question)
    except IdentityCheckFailed as failed:
        _forget_question(person_id)
        raise (RealNameTries if failed.code == "no_more_today" else RealNameUnanswered) from None
    _keep(person_id, question, found)
    if found.answer != Answer.MATCH:
        raise RealNameMismatch


def forget_name(*, person_id: UUID) -> None:
    """Delete name, number and answer at once; with or without the consent. Raises NotFound where there are none."""
    with processing(Purpose.RIGHTS, subject=person_id):
        if not forget(RealName.objects.filter(person_id=person_id)):
            raise NotFound


def _announce(person_id: UUID, question: IdentityQuestion, payload: dict[str, str]) -> None:
    """Count the try and record what is about to leave; the record shows of the number its ends."""
    sharing.check(RECIPIENT, payload)
    today, hidden = now().date(), question.number[_SHOWN[0] : -_SHOWN[1]]
    try:
        with processing(Purpose.REAL_NAME, subject=person_id):
            row = RealName.objects.select_for_update().filter(person_id=person_id).first()
            if row and row.state == rules.VERIFIED:
                raise RealNameKnown
            tries = row.tries if row and row.day == today else 0
            if tries >= rules.MOST_TRIES:
                raise RealNameTries
            told = {"state": rules.CHECKING, "at": now(), "tries": tries + 1, "day": today}
            if row:
                RealName.objects.filter(person_id=person_id).update(**told)
            else:
                RealName.objects.create(person_id=person_id, **told)
            sharing.record(
                recipient=RECIPIENT, purpose=Purpose.REAL_NAME, person_id=person_id, payload=payload, reference="",
                secrets={"IdCard": hidden},
            )  # fmt: skip
    except ProgrammingError:  # changed their mind this very moment
        raise RealNameOff from None
    except IntegrityError:  # twice at once: the other is being asked
        raise RealNameUnanswered from None


def _keep(person_id: UUID, question: IdentityQuestion, found: Checked) -> None:
    match = found.answer == Answer.MATCH
    with processing(Purpose.REAL_NAME, subject=person_id):
        RealName.objects.filter(person_id=person_id).update(
            name=question.name if match else None, number=question.number if match else None,
            state=rules.VERIFIED if match else rules.MISMATCH, at=now(), checked_by=rules.CHECKED_BY,
            reference=found.reference,
        )  # fmt: skip


def _forget_question(person_id: UUID) -> None:
    with processing(Purpose.REAL_NAME, subject=person_id):
        RealName.objects.filter(person_id=person_id).update(state=rules.UNANSWERED, at=now())
