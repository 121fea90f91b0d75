"""What a person agreed may arrange their home page: the interests they picked themselves, nothing else."""

from uuid import UUID

from django.db import ProgrammingError

from mingpu.accounts.models import Profile
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from mingpu.privacy.standing import agrees


def interests_of(*, person_id: UUID) -> tuple[str, ...]:
    """Return a person's interests as they wrote them; () unless they agree to suggestions by interest.

    () too while the account is being cancelled: the person then sees what any visitor sees.
    """
    if not agrees(person_id, Purpose.PERSONALISATION):
        return ()
    try:
        with processing(Purpose.PERSONALISATION, subject=person_id, reading=True):
            said = Profile.objects.filter(person_id=person_id).values_list("interests", flat=True).first()
    except (AccountFrozen, ProgrammingError):
        return ()
    return tuple(filter(None, (line.strip() for line in (said or "").split("\n"))))
