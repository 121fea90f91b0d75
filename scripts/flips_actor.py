"""`python -m scripts.flips_actor acts | works LOG`: one of the processes of `scripts.flips`, in the mall of MINGPU_HOME.

`acts` reads one operation a line and answers each with what it saw and when (monotonic nanoseconds, the same clock in
every process). `works` is the mall's own worker with four more jobs, which note in LOG what they could do and when.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import django

django.setup()

from django.db import ProgrammingError  # noqa: E402 -- after setup
from django.test import Client  # noqa: E402 -- after setup
from procrastinate.contrib.django import app  # noqa: E402 -- after setup

from mingpu.accounts.models import Profile  # noqa: E402 -- after setup
from mingpu.accounts.queries import token_hash  # noqa: E402 -- after setup
from mingpu.invoices.models import Title  # noqa: E402 -- after setup
from mingpu.invoices.queries import titles_of  # noqa: E402 -- after setup
from mingpu.invoices.services import save_title  # noqa: E402 -- after setup
from mingpu.lib.errors import MallError  # noqa: E402 -- after setup
from mingpu.lib.jobs import enqueue  # noqa: E402 -- after setup
from mingpu.ops.commands import worker  # noqa: E402 -- after setup
from mingpu.personalise.models import View  # noqa: E402 -- after setup
from mingpu.personalise.queries import interests_of, views_of  # noqa: E402 -- after setup
from mingpu.personalise.services import remember_view  # noqa: E402 -- after setup
from mingpu.privacy import cancellation, consent  # noqa: E402 -- after setup
from mingpu.privacy.permits import NotAvailable, Shelf, enter, job_under  # noqa: E402 -- after setup
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing  # noqa: E402 -- after setup
from mingpu.privacy.standing import agrees  # noqa: E402 -- after setup

CAMERA, INTERESTS, VIEWS, TITLES = "camera", "personalisation", "browsing_history", "invoicing"
MATTERS = (CAMERA, INTERESTS, VIEWS, TITLES)
PURPOSES = {
    INTERESTS: Purpose.PERSONALISATION,
    TITLES: Purpose.INVOICING,
    VIEWS: Purpose.BROWSING_HISTORY,
}
WAITED = 0.001  # seconds: an operation's `wait` counts in these


def read(person_id: UUID, matter: str) -> bool:
    """Read under a matter the way the mall does; tell whether anything came of it."""
    try:
        if matter == INTERESTS:
            return bool(interests_of(person_id=person_id))
        if matter == VIEWS:
            return bool(views_of(person_id=person_id))
        if matter == TITLES:
            return bool(titles_of(person_id=person_id))
        enter(person_id, Purpose.SCANNING)
    except NotAvailable:
        return True  # through the door: the switch is on
    except MallError:
        return False
    return False


def read_rows(person_id: UUID, matter: str) -> bool:
    """Read the rows themselves without asking first: what the row policies give."""
    if matter == CAMERA:
        return agrees(person_id, CAMERA)
    try:
        with processing(PURPOSES[matter], subject=person_id, reading=True):
            if matter == INTERESTS:
                own = Profile.objects.filter(person_id=person_id)
                return bool(own.values_list("interests", flat=True).first())
            if matter == VIEWS:
                return View.objects.filter(person_id=person_id).exists()
            return Title.objects.filter(person_id=person_id).exists()
    except AccountFrozen:
        return False


def write(person_id: UUID, matter: str) -> bool:
    """Write under a matter; tell whether it was taken."""
    try:
        if matter == VIEWS:
            remember_view(person_id=person_id, product_id=uuid4())
        elif matter == TITLES:
            save_title(person_id=person_id, kind="person", title="林知夏", tax_no="", is_default=False)
        else:
            return False
    except (MallError, ProgrammingError):
        return False
    return True


class Acts:
    """What one process does: it has a shelf a purpose, as the mall's own would, and may be made careless."""

    def __init__(self, *, careless: bool) -> None:
        self._shelves: dict[str, Shelf[bool]] = {name: Shelf(it) for name, it in PURPOSES.items()}
        self._careless: dict[tuple[UUID, str], bool] | None = {} if careless else None

    def act(self, it: dict[str, Any]) -> dict[str, Any]:
        """Do one operation; return it with when it began and ended, and what it saw."""
        person_id, matter = UUID(it["person"]), it["matter"]
        time.sleep(it["wait"] * WAITED)
        verb: Callable[[UUID, str], Any] = getattr(self, it["kind"])
        start = time.monotonic_ns()
        seen = bool(verb(person_id, matter))
        return {**it, "start": start, "end": time.monotonic_ns(), "seen": seen}

    def prepare(self, person_id: UUID, _: str) -> None:
        """Give the person an interest, which personalisation may read."""
        with processing(Purpose.PROFILE, subject=person_id):
            Profile.objects.filter(person_id=person_id).update(interests="茶")

    def on(self, person_id: UUID, matter: str) -> None:
        """Say yes."""
        consent.give(person_id, matter, True, "en")

    def off(self, person_id: UUID, matter: str) -> None:
        """Say no."""
        consent.give(person_id, matter, False, "en")

    def leave(self, person_id: UUID, _: str) -> None:
        """Cancel the account."""
        cancellation.request(person_id, keep=token_hash(TOKENS[str(person_id)]))

    def stay(self, person_id: UUID, _: str) -> None:
        """Take that back."""
        cancellation.withdraw(person_id)

    def enqueue(self, person_id: UUID, matter: str) -> None:
        """Queue a job that reads."""
        with processing(Purpose.RIGHTS, subject=person_id):
            enqueue(f"flips.{matter}", person_id=str(person_id))

    def read(self, person_id: UUID, matter: str) -> bool:
        """Read as pages do; a careless process remembers what it once saw."""
        if self._careless is not None and self._careless.get((person_id, matter)):
            return True
        seen = read(person_id, matter)
        if self._careless is not None:
            self._careless[(person_id, matter)] = seen
        return seen

    def rows(self, person_id: UUID, matter: str) -> bool:
        """Read the rows."""
        return read_rows(person_id, matter)

    def shelf(self, person_id: UUID, matter: str) -> bool:
        """Read what is kept in this process, or keep it."""
        if matter == CAMERA:
            return read(person_id, matter)
        try:
            return bool(self._shelves[matter].get(person_id, lambda: read_rows(person_id, matter)))
        except AccountFrozen:
            return False

    def write(self, person_id: UUID, matter: str) -> bool:
        """Write."""
        return write(person_id, matter)

    def http(self, person_id: UUID, matter: str) -> bool:
        """Ask over the API, as an app does: the camera's call, or what the consent page says of itself."""
        client = Client(
            SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {TOKENS[str(person_id)]}"}
        )
        if matter == CAMERA:
            return client.post("/api/v1/me/device/scans").status_code == NotAvailable.status
        items = client.get("/api/v1/me/privacy/consents").json().get("items", [])
        return any(it["name"] == matter and it["granted"] for it in items)


TOKENS: dict[str, str] = {}


def acts(*, careless: bool) -> None:
    """Answer operations until the other end closes; the first line has the people's tokens."""
    TOKENS.update(json.loads(sys.stdin.readline()))
    it = Acts(careless=careless)
    for line in sys.stdin:
        print(json.dumps([it.act(operation) for operation in json.loads(line)]), flush=True)


def works(log: Path) -> None:
    """Run the mall's worker with a job a matter that notes what it could read."""
    with log.open("a", buffering=1) as notes:
        for matter in MATTERS:
            _add_job(matter, notes.write)
        worker.run(argparse.Namespace(concurrency=4))


def _add_job(matter: str, note: Callable[[str], object]) -> None:
    here = threading.local()

    @job_under(f"flips.{matter}", matter)
    def look(*, person_id: str) -> None:
        """Read what a worker may read under the matter; for most, having got here is something seen already."""
        here.seen = read_rows(UUID(person_id), matter) if matter == TITLES else True

    task = app.tasks[f"flips.{matter}"]
    inner = task.func

    def timed(person_id: str) -> None:
        here.seen, start = False, time.monotonic_ns()
        inner(person_id=person_id)
        it = {"person": person_id, "matter": matter, "kind": "job", "seen": here.seen}
        note(json.dumps({**it, "start": start, "end": time.monotonic_ns()}) + "\n")

    task.func = timed


if __name__ == "__main__":
    if sys.argv[1] == "works":
        works(Path(sys.argv[2]))
    else:
        acts(careless=sys.argv[1] == "careless")
