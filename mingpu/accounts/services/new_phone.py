"""Another number for an account, by somebody who is signed in and showed that it is them.

For three days the new number wins no password back and proves nothing, and the mailbox stays as it is: whoever took an
account over by an open browser cannot make it theirs at once, while its owner, told at the former number too, comes in by
password, second step or mailbox.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError

from mingpu.accounts import rules
from mingpu.accounts.errors import WrongCode
from mingpu.accounts.models import Code, Contact, Credential, FormerPhone, Recovery, Session
from mingpu.accounts.queries import destination_index, phone_index, token_hash
from mingpu.accounts.services.notices import warn
from mingpu.accounts.services.registration import prove_mailbox, taken, use_proof
from mingpu.adapters.providers import sms_sender
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.lib.text import current_language
from mingpu.privacy import sharing
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing

NEW: Final = timedelta(hours=72)
NOTICE: Final = "notice_phone"


def change_phone(*, person_id: UUID, token: str, phone: str, phone_code: str) -> int:
    """Put another number in by a code sent to it with intent `register`; return how many sign-ins ended.

    A number that somebody has gets no code, so it ends as a wrong one does. Every sign-in but that of `token` ends, a
    recovery that waited is void, codes on their way to the former number are good for nothing, and word goes to both
    numbers and the mailbox. Whoever calls has made sure that it is the person. Raises BadField, WrongCode, NumberTaken.
    """
    to, code = rules.phone(phone), rules.code(phone_code)
    if code is None:
        raise WrongCode
    proof = prove_mailbox(to, code)
    try:
        with processing(Purpose.IDENTITY_CHECK, subject=person_id):
            ended = _change(person_id, token, to)
    except IntegrityError as clash:
        raise taken(clash) from None
    use_proof(proof)
    return ended


def _change(person_id: UUID, token: str, to: str) -> int:
    """Do all of it inside the running block."""
    contact, moment, language = Contact.objects.filter(person_id=person_id), now(), current_language()
    was = contact.values_list("phone", flat=True).first()
    if was is None:
        raise NotFound
    contact.update(phone=to, phone_index=phone_index(to))
    Credential.objects.filter(person_id=person_id).update(number_new_until=moment + NEW)
    Code.objects.filter(subject_id=person_id, to_index=destination_index(was)).delete()
    Recovery.objects.filter(person_id=person_id).delete()
    ended, _ = Session.objects.filter(person_id=person_id).exclude(token_hash=token_hash(token)).delete()
    former = uuid4()
    FormerPhone.objects.create(id=former, person_id=person_id, phone=was, changed_at=moment)
    warn(person_id, NOTICE, language)
    enqueue("accounts.notify_former", person_id=str(person_id), former_id=str(former), language=language)
    return ended


def notify_former(*, person_id: UUID, former_id: UUID, language: str) -> None:
    """Send word to a number that an account had, and forget the number; nothing where that was done.

    Raises CallFailed when it was not taken: the job tries again, until the row is past its time.
    """
    reference = uuid4().hex
    with processing(Purpose.RIGHTS, subject=person_id, reference=reference):
        rows = FormerPhone.objects.filter(person_id=person_id, id=former_id)
        to = rows.values_list("phone", flat=True).first()
        if not to:
            return
        client = sms_sender()
        words = {"template": NOTICE, "parameters": {}, "language": language}
        arguments: dict[str, Any] = {"phone": to, "reference": reference, **words}
        sharing.record(
            recipient="sms_gateway", purpose=Purpose.RIGHTS, person_id=person_id,
            payload=flatten(client.payload_for(**arguments)), reference=reference,
        )  # fmt: skip
    client.send(**arguments)
    with processing(Purpose.RIGHTS, subject=person_id, reference=reference):
        forget(FormerPhone.objects.filter(person_id=person_id, id=former_id))
