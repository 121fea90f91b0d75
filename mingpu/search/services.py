"""Keeping the index in step with the catalogue, and a person's searches as they wish."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import ProgrammingError

from mingpu.catalog import queries as catalog
from mingpu.catalog.services import announce
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.fields import blind_index
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from mingpu.privacy.standing import agrees
from mingpu.search.models import Search
from mingpu.search.queries import KEPT, index
from mingpu.search.rules import MAX_QUERY, Document
from mingpu.search.text import normalise

BATCH = 1000  # products read at a time
_writing = threading.Lock()  # jobs are threads of one process: none may commit or roll back another's batch


def catch_up() -> int:
    """Bring the index up to the catalogue as it is now; return how many products were laid out anew.

    What changed since the last time is replaced; the whole is written anew where there is no index, where more
    changed than did not, and where the index knows a later catalogue than there is (one restored from a
    backup). Stopped half way it starts over; running twice is harmless. Raises IndexBusy.
    """
    with _writing:
        return _catch_up()


def _catch_up() -> int:
    until, since, held = catalog.number(), _known(), index.count()
    if until == since and held:
        return 0
    changed = catalog.changed_since(since) if since is not None and since <= until and held else None
    if changed is None or len(changed) > held:
        done = index.rebuild(_documents(catalog.changed_since(-1)))
    else:
        done = _replace(changed)
    if done:
        until = _announced(until)
    _remember(until)
    return done


def note_search(*, person_id: UUID, keywords: str) -> None:
    """Note a search if the person agrees to keeping them; nothing happens otherwise.

    Call it after the search was answered: it has a short transaction of its own.
    """
    if agrees(person_id, Purpose.SEARCH_HISTORY):
        with suppress(AccountFrozen, ProgrammingError):  # leaving, or changed their mind this very moment
            remember(person_id=person_id, keywords=keywords)


def remember(*, person_id: UUID, keywords: str) -> None:
    """Note what a person searched for; asked again, its time moves. Only the newest `KEPT` stay.

    Blank keywords are not noted. Without consent the database refuses with ProgrammingError; AccountFrozen
    while the account is being cancelled.
    """
    text = " ".join(keywords[:MAX_QUERY].split())
    if not text:
        return
    place = blind_index("search_search.keywords", f"{person_id}|{' '.join(normalise(text).split())}")
    with processing(Purpose.SEARCH_HISTORY, subject=person_id):
        own = Search.objects.filter(person_id=person_id)
        if not own.filter(keywords_index=place).update(at=now()):
            Search.objects.bulk_create(
                [Search(person_id=person_id, keywords=text, keywords_index=place, at=now())],
                update_conflicts=True, unique_fields=["person_id", "keywords_index"], update_fields=["at"],
            )  # fmt: skip
            newest = list(own.order_by("-at", "id").values_list("id", flat=True)[:KEPT])
            own.exclude(id__in=newest).delete()


def forget_one(*, person_id: UUID, search_id: UUID) -> None:
    """Delete one of a person's searches, also after they stopped agreeing. Raises NotFound."""
    with processing(Purpose.RIGHTS, subject=person_id):
        if not Search.objects.filter(person_id=person_id, id=search_id).delete()[0]:
            raise NotFound


def clear_history(*, person_id: UUID) -> int:
    """Delete all of a person's searches, also after they stopped agreeing; return how many there were."""
    with processing(Purpose.RIGHTS, subject=person_id):
        return Search.objects.filter(person_id=person_id).delete()[0]


def _replace(changed: Sequence[UUID]) -> int:
    """Replace some products in the index, all at once."""
    if not changed:
        return 0
    try:
        done = index.upsert(_documents(changed))
        index.commit()
    except BaseException:
        index.rollback()
        raise
    return done


def _documents(ids: Sequence[UUID]) -> Iterator[Document]:
    for start in range(0, len(ids), BATCH):
        for listing in catalog.listings(ids[start : start + BATCH]):
            yield Document(**asdict(listing))


def _announced(until: int) -> int:
    """Have lists made anew now that the index has caught up to `until`; return what it is level with."""
    number = announce()
    return number if number == until + 1 else until  # else something changed meanwhile: next time


def _known() -> int | None:
    """Return the catalogue number the index is level with; None when that is not known."""
    try:
        return int(_file().read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _remember(number: int) -> None:
    part = _file().with_name(f"LEVEL.{uuid4().hex}")
    part.write_text(str(number), encoding="ascii")
    part.replace(_file())


def _file() -> Path:
    return Path(settings.INDEX_PATH) / "LEVEL"
