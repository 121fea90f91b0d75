"""Guardians of people under 14: asked for by the child's account, confirmed from the guardian's own."""

from typing import Final
from uuid import UUID

from django.db import connection

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import public_number
from mingpu.privacy import consent
from mingpu.privacy.fields import blind_index
from mingpu.privacy.forgetting import forget, note_emptied, note_gone
from mingpu.privacy.minors import childhood_of
from mingpu.privacy.models import Standing
from mingpu.privacy.purposes import Purpose, acting, processing
from mingpu.privacy.register import REGISTER
from mingpu.rights import rules
from mingpu.rights.errors import NeverForChildren, NotAChild, NotAGuardian
from mingpu.rights.models import Guardianship, Ward

PLACE: Final = "rights_guardianship.token_hash"
METHOD: Final = "guardian"  # how a yes or no was said, in the child's record of them


def ask_guardian(*, person_id: UUID) -> str:
    """Return the code that the child gives to its guardian, good for three days; an earlier one is good no more.

    Raises NotAChild.
    """
    if not childhood_of(person_id).child:
        raise NotAChild
    code = public_number("G")
    with processing(Purpose.RIGHTS, subject=person_id):
        forget(Guardianship.objects.filter(person_id=person_id, state="asked"))
        Guardianship.objects.create(
            person_id=person_id, token_hash=blind_index(PLACE, code), asked_at=now(),
            expires_at=now() + rules.TOKEN_DAYS,
        )  # fmt: skip
    return code


def confirm_child(*, guardian_id: UUID, code: str) -> UUID:
    """Stand for a child by the code it gave; returns the child's account.

    Whoever calls has made sure that it is the guardian. Raises NotFound for a code that is not good, NotAGuardian for
    a child, also for itself.
    """
    child_id = _child(code.strip().upper())
    if child_id is None:
        raise NotFound
    if child_id == guardian_id or childhood_of(guardian_id).child:
        raise NotAGuardian
    moment = now()
    with processing(Purpose.RIGHTS, subject=guardian_id):  # first: without the child's row it means nothing
        Ward.objects.get_or_create(person_id=guardian_id, child_id=child_id, defaults={"since": moment})
    with processing(Purpose.RIGHTS, subject=child_id, reference="guardian"):
        asked = Guardianship.objects.filter(person_id=child_id, state="asked", expires_at__gt=moment)
        if not asked.update(state="confirmed", guardian_id=guardian_id, decided_at=moment):
            raise NotFound
        Standing.objects.filter(person_id=child_id).update(guarded_at=moment)
    return child_id


def end_guardianship(*, guardian_id: UUID, child_id: UUID) -> None:
    """Withdraw a confirmation: the child's account stops shopping at once. Raises NotFound for another's child."""
    require_guardian(guardian_id=guardian_id, child_id=child_id)
    with processing(Purpose.RIGHTS, subject=child_id, reference="guardian"):
        standing = Guardianship.objects.filter(person_id=child_id, state="confirmed")
        ended = standing.filter(guardian_id=guardian_id)
        # After a restore it is none at all.
        note_gone("rights_guardianship", ended.values_list("id", flat=True))
        ended.update(state="ended", decided_at=now())
        if not standing.exists():
            Standing.objects.filter(person_id=child_id).update(guarded_at=None)
            note_emptied("privacy_standing", child_id, "guarded_at")
    with processing(Purpose.RIGHTS, subject=guardian_id):
        forget(Ward.objects.filter(person_id=guardian_id, child_id=child_id))


def choose_for_child(*, guardian_id: UUID, child_id: UUID, name: str, granted: bool, language: str) -> None:
    """Say yes or no to one consent or permission in the place of one's child, to the notice as it is now.

    Raises NotFound for another's child and for what cannot be agreed to, NeverForChildren for a yes that would be none.
    """
    with acting("guardian"):
        require_guardian(guardian_id=guardian_id, child_id=child_id)
        if granted and never_for_children(name):
            raise NeverForChildren
        consent.give(child_id, name, granted, language, METHOD)


def never_for_children(name: str) -> bool:
    """Tell whether a yes to a matter never counts for somebody under 14."""
    it = REGISTER.purposes.get(name)
    return it is not None and it.minors == "never"


def require_guardian(*, guardian_id: UUID, child_id: UUID) -> None:
    """Raise NotFound unless a guardian stands for this child now; a person who has turned 14 is nobody's child here."""
    if not childhood_of(child_id).child:
        raise NotFound
    with processing(Purpose.RIGHTS, subject=child_id, reading=True, reference="guardian"):
        mine = Guardianship.objects.filter(person_id=child_id, guardian_id=guardian_id, state="confirmed")
        if not mine.exists():
            raise NotFound


def wards_of(guardian_id: UUID) -> list[UUID]:
    """Return the children somebody is guardian of, the first one first."""
    with processing(Purpose.RIGHTS, subject=guardian_id, reading=True):
        rows = Ward.objects.filter(person_id=guardian_id).order_by("since", "id")
        known = list(rows.values_list("child_id", flat=True))
    return [it for it in known if _stands(guardian_id, it)]


def _stands(guardian_id: UUID, child_id: UUID) -> bool:
    try:
        require_guardian(guardian_id=guardian_id, child_id=child_id)
    except NotFound:
        return False
    return True


def _child(code: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_rights_child(%s)", [blind_index(PLACE, code)])
        found: UUID | None = cursor.fetchone()[0]
    return found
