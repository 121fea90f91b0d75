"""`python -m bench.people N`: make N signed-in persons in the mall of MINGPU_HOME; prints their tokens as JSON.

They are written through the door, as registration does, without the SMS that would take a second each.
"""

import json
import secrets
import sys
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import django

django.setup()

from mingpu.accounts.models import Contact, Credential, Person, Profile, Session  # noqa: E402 -- after setup
from mingpu.lib.clock import now  # noqa: E402 -- after setup
from mingpu.privacy.fields import blind_index  # noqa: E402 -- after setup
from mingpu.privacy.models import Standing  # noqa: E402 -- after setup
from mingpu.privacy.purposes import Purpose, processing  # noqa: E402 -- after setup


def make() -> tuple[str, str]:
    """Make one person; return their id and an API token."""
    person, token = uuid4(), secrets.token_urlsafe(32)
    phone = f"+86139{secrets.randbelow(10**8):08d}"
    with processing(Purpose.REGISTRATION, subject=person):
        Person.objects.create(id=person, created_at=now())
        Standing.objects.create(person_id=person)
        Credential.objects.create(
            person_id=person,
            username=f"load-{person.hex[:12]}",
            username_index=blind_index("accounts_credential.username", person.hex),
            password_hash="!",  # noqa: S106 -- nobody signs in with a password here
        )
        Contact.objects.create(
            person_id=person, phone=phone, phone_index=blind_index("accounts_contact.phone", person.hex)
        )
        Profile.objects.create(person_id=person, nickname="压测")
        for kind in ("api", "web"):
            Session.objects.create(
                token_hash=sha256((token if kind == "api" else f"web-{token}").encode()).digest(),
                person_id=person,
                kind=kind,
                created_at=now(),
                expires_at=now() + timedelta(days=1),
                familiar=True,  # they have paid from here before
            )
    return str(person), token


if __name__ == "__main__":
    json.dump([make() for _ in range(int(sys.argv[1]))], sys.stdout)
