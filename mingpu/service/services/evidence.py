"""Photos and videos that show what is wrong with goods; they serve their case alone.

A person picks each file in their browser's or app's own dialogue and sees which it is: no page or app of ours looks
into the album or uses the camera for it, so the permissions `album` and `camera`, which are about just that, are not
needed and not asked for.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import connection

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.stripping import PHOTO, VIDEO, Unreadable, strip
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import files, rules
from mingpu.service.errors import EnoughEvidence, EvidenceTooLarge, NotEvidence, WrongCaseState
from mingpu.service.models import Case, Evidence, Row

MB: Final = 1024 * 1024
LARGEST: Final = {PHOTO: 5 * MB, VIDEO: 20 * MB}
MOST: Final = {PHOTO: 9, VIDEO: 1}


def add_evidence(*, person_id: UUID, case_no: str, content: bytes) -> str:
    """Add a photo (JPEG, PNG, WebP; 5 MB) or a video (MP4; 20 MB) to a case that is not over; returns its number.

    Where and with what it was taken is taken out before it is kept. A case holds nine photos and one video; the same
    file again is the one that is there. Raises NotFound, WrongCaseState, NotEvidence, EvidenceTooLarge,
    EnoughEvidence.
    """
    if len(content) > LARGEST[VIDEO]:
        raise _too_large()
    try:
        it = strip(content)
    except Unreadable:
        raise NotEvidence from None
    if len(content) > LARGEST[it.kind]:
        raise _too_large()
    digest, number = sha256(it.content).hexdigest(), public_number("V")
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        _open(person_id, case_no)
        known = Evidence.objects.filter(case_no=case_no)
        same = known.filter(sha256=digest).values_list("number", flat=True).first()
        if same:
            return str(same)
        if known.filter(kind=it.kind).count() >= MOST[it.kind]:
            raise EnoughEvidence(photos=MOST[PHOTO], videos=MOST[VIDEO])
        Evidence.objects.create(
            number=number, case_no=case_no, person_id=person_id, kind=it.kind, media_type=it.media_type,
            sha256=digest, size=len(it.content), added_at=now(),
        )  # fmt: skip
        # Before the row is there for others: a row without its file would be a promise not kept.
        files.write(number, case_no, person_id, it.content)
    return number


def remove_evidence(*, person_id: UUID, case_no: str, number: str) -> None:
    """Take a photo or video back while the case is not over; raises NotFound, WrongCaseState."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        _open(person_id, case_no)
        if not forget(Evidence.objects.filter(number=number, case_no=case_no, person_id=person_id)):
            raise NotFound
    files.remove(number)


def sweep_files() -> int:
    """Delete the files whose rows are gone: erased with their person, past their time, or never written; how many.

    What is erased opens no more from that moment on, its key being gone; this frees the disk. In the worker's zone.
    """
    gone = [number for number in files.settled() if not _kept(number)]
    for number in gone:
        files.remove(number)
    return len(gone)


def _too_large() -> EvidenceTooLarge:
    return EvidenceTooLarge(photo=LARGEST[PHOTO] // MB, video=LARGEST[VIDEO] // MB)


def _open(person_id: UUID, case_no: str) -> Row:
    """Hold a case that is not over."""
    case = Case.objects.hold(person_id, case_no)
    if case["status"] in rules.FINAL:
        raise WrongCaseState(status=rules.LABELS[case["status"]])
    return case


def _kept(number: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_evidence(%s)", [number])
        row = cursor.fetchone()
    return bool(row and row[0])
