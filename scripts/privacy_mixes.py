"""Four mixes of work on personal data, after GDPRbench's customer, controller, processor and regulator.

Every step is one of the mall's own verbs or queries, so both sides run the same code and the same statements; the side
without enforcement has no role, no subject, no log row, no policies and no sealing.
`python -m scripts.privacy_mixes MIX SECONDS SEED [PACE]` runs one client and prints what it did as JSON; PACE: steps a
second at most.
"""

import json
import mmap
import os
import random
import secrets
import sys
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402 -- after setup
from django.db import ProgrammingError, connection  # noqa: E402 -- after setup

from mingpu.accounts.models import Contact, Credential, Person, Profile  # noqa: E402 -- after setup
from mingpu.accounts.queries import addresses_of, profile_of  # noqa: E402 -- after setup
from mingpu.accounts.services.profile import change_profile  # noqa: E402 -- after setup
from mingpu.lib.clock import now  # noqa: E402 -- after setup
from mingpu.personalise.queries import interests_of  # noqa: E402 -- after setup
from mingpu.personalise.services import clear_views, note_view  # noqa: E402 -- after setup
from mingpu.privacy import consent, fields, purposes, rows, uses  # noqa: E402 -- after setup
from mingpu.privacy.fields import blind_index  # noqa: E402 -- after setup
from mingpu.privacy.models import AccessLog, Standing  # noqa: E402 -- after setup
from mingpu.privacy.purposes import Purpose, processing  # noqa: E402 -- after setup
from mingpu.privacy.register import REGISTER  # noqa: E402 -- after setup
from mingpu.search.queries import history_of  # noqa: E402 -- after setup
from mingpu.search.services import clear_history, note_search  # noqa: E402 -- after setup

LOGIN = "privacy_plain"
Step = Callable[[UUID], None]


def enter_plainly(*args: object, **kwargs: object) -> bytes:
    """Begin a transaction and nothing else."""
    del args
    return (
        b"BEGIN; SET LOCAL synchronous_commit = off; SELECT 1"
        if kwargs.get("reading")
        else b"BEGIN; SELECT 1"
    )


def without_enforcement() -> None:
    """Turn this process to the database without policies, as a login that may do everything, without sealing."""
    settings.DATABASES["default"].update(
        NAME="mingpu_plain", USER=LOGIN, PASSWORD=os.environ["PRIVACY_PLAIN_PASSWORD"]
    )
    connection.settings_dict.update(settings.DATABASES["default"])
    purposes._entry = enter_plainly  # noqa: SLF001 -- the one place that enters
    vars(fields).update(seal_value=_as_it_is, unseal_value=_as_it_is)  # as `purposes.seal_value` is called


def _as_it_is(table: str, column: str, value: bytes) -> bytes:
    del table, column
    return value


# ---- customer: one's own data and choices ----


def read_own(person: UUID) -> None:
    """Read profile and addresses."""
    profile_of(person)
    addresses_of(person)


def read_choices(person: UUID) -> None:
    """Read consents, and the newest page of uses."""
    consent.standing_of(person)
    uses.uses_of(person)


def change_own(person: UUID) -> None:
    """Change a nickname."""
    change_profile(person_id=person, nickname=f"顾客{secrets.randbelow(10**6)}")


def flip(person: UUID) -> None:
    """Take a consent back, or give it again."""
    granted = consent.standing_of(person).consents["browsing_history"]
    consent.give(person, "browsing_history", not granted, "zh-hans")


def search_and_forget(person: UUID) -> None:
    """Search once more, and forget it all."""
    note_search(person_id=person, keywords=f"茶 {secrets.randbelow(10**6)}")
    clear_history(person_id=person)


# ---- controller: opening accounts, deleting, changing what is kept about the keeping ----


def register(person: UUID) -> None:
    """Open an account."""
    del person
    it, at = uuid4(), now()
    with processing(Purpose.REGISTRATION, subject=it):
        Person.objects.create(id=it, created_at=at)
        Standing.objects.create(person_id=it)
        Credential.objects.create(
            person_id=it, username=f"new-{it.hex[:12]}", password_hash="!",  # noqa: S106 -- nobody signs in
            username_index=blind_index("accounts_credential.username", it.hex),
        )  # fmt: skip
        Contact.objects.create(
            person_id=it, phone="+8613900000000", phone_index=blind_index("accounts_contact.phone", it.hex)
        )
        Profile.objects.create(person_id=it, nickname="新顾客")


def delete_for_a_purpose(person: UUID) -> None:
    """Delete what one purpose kept of a person."""
    clear_views(person_id=person)
    clear_history(person_id=person)


# ---- processor: work on others' data by key and by purpose ----


def look_at(person: UUID) -> None:
    """Note what a person looks at, as far as they agree."""
    note_view(person_id=person, product_id=uuid4())


def read_for_an_order(person: UUID) -> None:
    """Read the addresses."""
    addresses_of(person, masked=False)


def read_by_consent(person: UUID) -> None:
    """Read searches and interests, as far as the person agrees."""
    history_of(person_id=person)
    try:
        interests_of(person_id=person)
    except ProgrammingError:
        connection.close()


# ---- regulator: whose data was used how, the log, whether somebody is gone ----


def read_uses(person: UUID) -> None:
    """Read a person's record of uses."""
    uses.uses_of(person, page_size=50)


def read_log(person: UUID) -> None:
    """Read a stretch of the whole log."""
    del person
    with processing(Purpose.OVERSIGHT, subject=None, reading=True):
        newest = AccessLog.objects.order_by("-id").values_list("id", flat=True).first() or 1
        at = secrets.randbelow(newest) + 1
        list(AccessLog.objects.filter(id__gte=at).order_by("id").values()[:100])


def verify_deletion(person: UUID) -> None:
    """Look for somebody who is gone, table by table."""
    del person
    gone = uuid4()
    with processing(Purpose.ERASURE, subject=gone, reading=True):
        for table in VERIFIED:
            rows.count(table, gone)


VERIFIED = [REGISTER.tables[name] for name in ("accounts_person", "accounts_contact", "accounts_address", "search_search", "privacy_standing", "privacy_share")]  # fmt: skip
# Mix -> (zone, steps with their share in a hundred), shares as GDPRbench has them where it has the step.
MIXES: dict[str, tuple[str, list[tuple[int, Step]]]] = {
    "customer": (
        "storefront",
        [(20, read_own), (20, read_choices), (20, change_own), (20, flip), (20, search_and_forget)],
    ),
    "controller": ("storefront", [(25, register), (25, delete_for_a_purpose), (50, flip)]),
    "processor": ("storefront", [(60, read_for_an_order), (20, look_at), (20, read_by_consent)]),
    "regulator": ("worker", [(46, read_uses), (31, read_log), (23, verify_deletion)]),
}


# ---- interactive erasure: what a person deletes by a tap ----


def delete_by_a_tap(person: UUID) -> None:
    """Take a consent back with what rests on it, and clear what is left of searches."""
    consent.give(person, "search_history", False, "zh-hans")
    clear_history(person_id=person)


def run(steps: list[tuple[int, Step]], seconds: float, seed: int, pace: float) -> dict[str, object]:
    """Run steps drawn by their shares on people drawn evenly; return how many and how long they took."""
    draw = random.Random(seed)  # noqa: S311 -- a mix
    file = (settings.HOME / "people.bin").open("rb")
    people = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    total = len(people) // 16
    shares, chosen = [share for share, _ in steps], [step for _, step in steps]
    took: list[float] = []
    end = time.monotonic() + seconds
    while (begun := time.monotonic()) < end:
        at = draw.randrange(total) * 16
        draw.choices(chosen, shares)[0](UUID(bytes=people[at : at + 16]))
        took.append(time.monotonic() - begun)
        if pace:
            time.sleep(max(0.0, 1 / pace - took[-1]))
    took.sort()
    return {
        "steps": len(took),
        "per_second": len(took) / seconds,
        "p50_ms": took[len(took) // 2] * 1000,
        "p95_ms": took[int(len(took) * 0.95)] * 1000,
    }


def main() -> None:
    """Run one client."""
    if os.environ.get("PRIVACY_PLAIN_PASSWORD"):
        without_enforcement()
    name, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    pace = float(sys.argv[4]) if sys.argv[4:] else 0.0
    steps: list[tuple[int, Step]] = [(1, delete_by_a_tap)]
    if name != "erasure":
        steps = MIXES[name][1]
    run(steps, 1.0, seed + 1000, pace)  # connections, prepared statements, caches
    print(json.dumps(run(steps, seconds, seed, pace)))


if __name__ == "__main__":
    main()
