"""Persons with a mailbox, who are awake at every hour or not."""

import secrets
from dataclasses import dataclass

from mingpu.accounts.models import Contact
from mingpu.accounts.queries import email_index
from mingpu.notices.models import Notice
from mingpu.privacy.purposes import Purpose, processing
from tests.factories import Buyer, make_person

AWAKE = {"quiet_from": 0, "quiet_to": 0}


@dataclass(frozen=True, slots=True)
class Mailed(Buyer):
    email: str = ""


def with_mail() -> Mailed:
    """A person with a verified mailbox."""
    it, email = make_person(), f"u{secrets.token_hex(6)}@mail.example"
    with processing(Purpose.PROFILE, subject=it.id):
        Contact.objects.filter(person_id=it.id).update(email=email, email_index=email_index(email))
    return Mailed(it.id, it.phone, it.token, email)


def told(buyer: Buyer) -> set[tuple[str, str, str]]:
    """What stands in a person's list: (kind, about, mark)."""
    with processing(Purpose.TELLING, subject=buyer.id, reading=True):
        return set(Notice.objects.values_list("kind", "about", "mark"))
