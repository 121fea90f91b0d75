"""Word to every channel of an account when something is done with it that a thief would do."""

from typing import Final
from uuid import UUID

from mingpu.lib.jobs import enqueue

# Each is a kind of `mingpu.notices.kinds` without `notice_`, which also holds its words and that it has no switch.
NOTICES: Final = (
    "notice_export", "notice_transfer", "notice_kin", "notice_security", "notice_password", "notice_sign_in",
    "notice_recovery", "notice_linked", "notice_unlinked", "notice_address",
    "notice_phone",
)  # fmt: skip


def warn(person_id: UUID, notice: str, language: str, *, mark: str = "") -> None:
    """Have a person told of something that a thief would do, in the caller's transaction.

    notice: of `NOTICES`; language: zh-hans | en, "" for the one they chose; mark: what happened, so that it is told once.
    Raises ValueError for another notice.
    """
    if notice not in NOTICES:
        raise ValueError(notice)
    kind = notice.removeprefix("notice_")
    enqueue("notices.tell", person_id=str(person_id), kind=kind, mark=mark, language=language)
