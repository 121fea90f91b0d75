"""Asking for one's copy: the export, and word to every channel that somebody asked."""

from uuid import UUID

from mingpu.accounts.services import warn
from mingpu.lib.text import current_language
from mingpu.privacy import export
from mingpu.privacy.purposes import Purpose, processing


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
