"""Another password, by somebody who is signed in and showed that it is them."""

from uuid import UUID

from mingpu.accounts import rules
from mingpu.accounts.models import Credential, Recovery, Session
from mingpu.accounts.queries import profile_of, token_hash
from mingpu.accounts.services.notices import warn
from mingpu.accounts.services.passwords import hash_password
from mingpu.lib.text import current_language
from mingpu.privacy.purposes import Purpose, processing


def set_password(*, person_id: UUID, token: str, password: str) -> int:
    """Set another password, end every sign-in but that of `token`, tell every channel; return how many ended.

    A recovery that waited is void. Whoever calls has made sure that it is the person. Raises BadField.
    """
    it = profile_of(person_id)
    fresh = hash_password(rules.password(password, known=(it.username, it.phone, it.email or "")))
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        Recovery.objects.filter(person_id=person_id).delete()
        Credential.objects.filter(person_id=person_id).update(password_hash=fresh)
        others = Session.objects.filter(person_id=person_id).exclude(token_hash=token_hash(token))
        ended, _ = others.delete()
    with processing(Purpose.RIGHTS, subject=person_id, reference="password"):
        warn(person_id, "notice_password", current_language())
    return ended
