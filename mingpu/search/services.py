"""Keeping the index in step with the catalogue, a person's searches as they wish, the operator's words; counting."""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import ProgrammingError, connection, transaction

from mingpu.catalog import queries as catalog
from mingpu.catalog.services import announce
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.text import Text
from mingpu.privacy import keys
from mingpu.privacy.fields import blind_index
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from mingpu.privacy.standing import agrees
from mingpu.search.counting import (
    KEY_KIND,
    MOST_TIMES,
    Batch,
    block_of,
    countable,
    day_of,
    key_name,
    marked,
    offends,
    opened,
    spoken,
)
from mingpu.search.errors import SynonymTaken
from mingpu.search.models import Barred, QueryCount, Search, Sketch, Synonym
from mingpu.search.queries import KEPT, index, lexicon
from mingpu.search.recognise import Labelled
from mingpu.search.rules import MAX_QUERY, Document, Verified
from mingpu.search.text import normalise
from mingpu.search.words import SAME, Line, clean, clean_group, group_key, own_lines, word_key

BATCH = 1000  # products read at a time, marks written at a time
FEWEST_LABELLED = 50  # marked titles from which something can be learnt
WRITE_AFTER = 20.0  # seconds that a search waits to be counted, at most
COUNTS_KEPT = timedelta(days=60)
KEYS_LOOKED_FOR = 40  # days back; a key is left only where the worker stopped between two lines
# What enough networks searched for: one of its seals, from how many networks, how often, a network a few times at most.
COMMON = """
SELECT (array_agg(one.query))[1], count(*), sum(one.times) FROM (
    SELECT query_mark, (array_agg(query))[1] AS query, least(sum(times), %s) AS times FROM search_sketch
    WHERE day = %s GROUP BY query_mark, network_mark
) one GROUP BY one.query_mark HAVING count(*) >= %s
"""
log = logging.getLogger(__name__)
_batch = Batch()
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
        done = index.rebuild(_Documents(catalog.changed_since(-1)))
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
        if not forget(Search.objects.filter(person_id=person_id, id=search_id)):
            raise NotFound


def clear_history(*, person_id: UUID) -> int:
    """Delete all of a person's searches, also after they stopped agreeing; return how many there were."""
    with processing(Purpose.RIGHTS, subject=person_id):
        return forget(Search.objects.filter(person_id=person_id))


@transaction.atomic
def put_synonyms(*, words: Sequence[str], group_id: UUID | None = None) -> UUID:
    """Teach search that these words mean the same, or change a group; return its id. Seen within a second.

    The very same group again changes nothing. Raises Invalid, SynonymTaken, and NotFound for no such group.
    """
    kept, key = clean_group(words), group_key(words)
    own = {word_key(word) for word in kept}
    for other_id, taken in Synonym.objects.select_for_update().values_list("id", "words"):
        shared = [word for word in taken if word_key(word) in own]
        if shared and group_key(taken) == key and group_id in {None, other_id}:
            group_id = other_id
        elif shared and other_id != group_id:
            raise SynonymTaken(word=shared[0])
    if group_id is None:
        group_id = Synonym.objects.create(words=kept, key=key).id
    elif not Synonym.objects.filter(id=group_id).update(words=kept, key=key):
        raise NotFound
    announce()
    return group_id


@transaction.atomic
def drop_synonyms(*, group_id: UUID) -> None:
    """Take a group back. Raises NotFound."""
    if not Synonym.objects.filter(id=group_id).delete()[0]:
        raise NotFound
    announce()


@transaction.atomic
def bar_word(*, word: str, kind: str) -> None:
    """Make a word a stop word or an offensive one; it is one of the two. Raises Invalid for the word."""
    kept = clean(word)
    Barred.objects.update_or_create(key=word_key(kept), defaults={"word": kept, "kind": kind})
    announce()


@transaction.atomic
def free_word(*, word: str) -> None:
    """Make a barred word a word like any other. Raises NotFound."""
    if not Barred.objects.filter(key=word_key(word)).delete()[0]:
        raise NotFound
    announce()


@transaction.atomic
def take_words(lines: Iterable[Line]) -> int:
    """Take in the lines of a file of words, all or none; return how many there were. Raises SynonymTaken."""
    count = 0
    for it in lines:
        if it.kind == SAME:
            put_synonyms(words=it.words)
        else:
            bar_word(word=it.words[0], kind=it.kind)
        count += 1
    return count


def ensure_own_words() -> None:
    """Begin with the mall's own words, where nobody has barred a word or said of any that they mean the same."""
    if Barred.objects.exists() or Synonym.objects.exists():
        return
    lines = own_lines()
    with transaction.atomic():
        Synonym.objects.bulk_create(
            Synonym(words=list(it.words), key=group_key(it.words)) for it in lines if it.kind == SAME
        )
        Barred.objects.bulk_create(
            Barred(key=word_key(it.words[0]), word=it.words[0], kind=it.kind)
            for it in lines
            if it.kind != SAME
        )
        announce()


def verify(*, mend: bool = False) -> Verified:
    """Hold the index against the catalogue, product by product; nothing else is read or written.

    mend: bring what differs up to the catalogue at once. Raises IndexBusy.
    """
    ids = catalog.changed_since(-1)
    found = index.compare(_Documents(ids))
    if mend and found.differences:
        with _writing:
            index.delete(found.extra)
            index.upsert(_Documents([UUID(it) for it in (*found.missing, *found.stale)]))
            index.commit()
    return found


def teach(titles: Iterable[Labelled]) -> int:
    """Learn to tell brands and product words in titles; return from how many. Raises Invalid for fewer than some.

    What is learnt shows in suggestions of products laid out from then on; `rebuild` lays out all.
    """
    kept = list(titles)
    if len(kept) < FEWEST_LABELLED:
        raise Invalid(
            field=Text("标题", "titles"),
            problem=Text(f"至少要 {FEWEST_LABELLED} 条", f"at least {FEWEST_LABELLED}"),
        )
    index.teach(kept)
    return len(kept)


def rebuild() -> int:
    """Write the whole index anew from the catalogue, whatever it holds; return how many products it has then."""
    with _writing:
        until = catalog.number()
        done = index.rebuild(_Documents(catalog.changed_since(-1)))
        _remember(_announced(until))
    return done


def count_search(*, words: str, address: str) -> None:
    """Count a search of somebody who is not signed in; who calls sees to that, and that something was found.

    words: as they were searched for. address: of the network; only its block is used, and only as a mark. Nothing
    is written here: marks wait in this process and are written together by a thread of their own.
    """
    text, block = countable(words), block_of(address)
    if not text or not block:
        return
    today = day_of(now())
    if _batch.add(marked(_day_key(today), today, text, block)):
        timer = threading.Timer(WRITE_AFTER, write_marks)
        timer.daemon = True
        timer.start()


def write_marks() -> int:
    """Write the marks that wait; return how many. Where they cannot be written they are lost, and nothing else."""
    waiting = _batch.take()
    try:
        Sketch.objects.bulk_create([Sketch(**asdict(it)) for it in waiting], batch_size=BATCH)
    except DatabaseFailure:
        log.warning("counts of searches were lost: %d", len(waiting))
        return 0
    finally:
        if threading.current_thread() is not threading.main_thread():
            connection.close()
    return len(waiting)


def close_days() -> int:
    """Count the days that are over and destroy their keys; return how many searches were common enough.

    Runs in the worker's zone. Stopped half way it is run again: a day's rows go in the transaction that writes
    its counts, and its key goes after them.
    """
    today, counted = day_of(now()), 0
    for day in Sketch.objects.filter(day__lt=today).values_list("day", flat=True).distinct():
        counted += _close(day)
    for back in range(1, KEYS_LOOKED_FOR):
        name = key_name(today - timedelta(days=back))
        if keys.fetch(name, KEY_KIND):
            keys.erase(name, (KEY_KIND,))
    QueryCount.objects.filter(day__lt=today - COUNTS_KEPT).delete()
    return counted


def _close(day: date) -> int:
    """Turn a day's marks into counts; what came from fewer networks than `COUNTED_FROM` leaves nothing."""
    key = keys.fetch(key_name(day), KEY_KIND)
    offensive = lexicon().offensive
    counts = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COMMON, [MOST_TIMES, day, settings.COUNTED_FROM])
        for sealed, people, searches in cursor.fetchall():
            text = opened(key, day, bytes(sealed))
            if text and not offends(text, offensive):
                sound, initials = spoken(text)
                counts.append(
                    QueryCount(
                        day=day, query=text, sound=sound, initials=initials, people=people, searches=searches
                    )
                )
        QueryCount.objects.bulk_create(counts, ignore_conflicts=True)
        Sketch.objects.filter(day=day).delete()
    return len(counts)


@lru_cache(maxsize=1)
def _day_key(day: date) -> bytes:
    return keys.fetch_or_make(key_name(day), KEY_KIND)


def _replace(changed: Sequence[UUID]) -> int:
    """Replace some products in the index, all at once."""
    if not changed:
        return 0
    try:
        done = index.delete(str(it) for it in changed)  # what is not shown any more does not come back
        index.upsert(_Documents(changed))
        index.commit()
    except BaseException:
        index.rollback()
        raise
    return done


class _Documents(Iterator[Document]):
    """Products as the index sees them, read in batches as they are asked for; what is not shown is left out."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        self._left = len(ids)
        self._every = self._read(ids)

    def __next__(self) -> Document:
        """Return the next one."""
        return next(self._every)

    def __length_hint__(self) -> int:
        """How many are still to be read."""
        return self._left

    def _read(self, ids: Sequence[UUID]) -> Iterator[Document]:
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            self._left -= len(some)
            for listing in catalog.listings(some):
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
