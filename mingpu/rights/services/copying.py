"""Asking for one's copy: the export, and word to every channel that somebody asked."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from mingpu.accounts.queries import signed_in_at
from mingpu.accounts.services import warn
from mingpu.lib.clock import now
from mingpu.lib.text import current_language
from mingpu.privacy import export
from mingpu.privacy.purposes import Purpose, processing

FRESH: Final = timedelta(minutes=15)


def is_fresh(*, person_id: UUID, token: str) -> bool:
    """Tell whether a sign-in is so new that it proves by itself who is there: password or code came just before."""
    at = signed_in_at(person_id, token)
    return at is not None and at > now() - FRESH


def ask_copy(*, person_id: UUID) -> UUID:
    """Have a copy made and every channel of the account told; returns its id. Raises NotFound.

    Whoever calls has made sure that it is the person. One that is being made already is the answer, without a word.
    """
    waiting = {it.id for it in export.exports_of(person_id) if it.state == "waiting"}
    export_id = export.request(person_id)
    if export_id not in waiting:
        with processing(Purpose.RIGHTS, subject=person_id, reference="export"):
            warn(person_id, "notice_export", current_language())
    return export_id
