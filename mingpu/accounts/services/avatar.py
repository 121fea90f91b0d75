"""The picture a person shows of themselves.

They pick the file in their browser's or app's own dialogue and see which it is: nothing of ours looks into the album or
uses the camera for it, so the permissions `album` and `camera`, which are about just that, are not asked for.
"""

from uuid import UUID, uuid4

from mingpu.accounts.avatar_rules import SIDES, picture_of, squares
from mingpu.accounts.models import Avatar
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing


def set_avatar(*, person_id: UUID, content: bytes) -> None:
    """Keep a picture as a person's avatar, in place of the one before. Raises AvatarTooLarge, NoAvatar, AccountFrozen.

    Kept are two small squares drawn anew: where and with what it was taken, and whatever else the file held, is gone.
    """
    made = squares(content)
    with processing(Purpose.PROFILE, subject=person_id):
        facts = {**made, "mark": uuid4(), "at": now()}
        if not Avatar.objects.filter(person_id=person_id).update(**facts):
            Avatar.objects.create(person_id=person_id, **facts)


def remove_avatar(*, person_id: UUID) -> None:
    """Delete a person's avatar. Raises NotFound where there is none."""
    with processing(Purpose.PROFILE, subject=person_id):
        if not forget(Avatar.objects.filter(person_id=person_id)):
            raise NotFound


def avatar_of(person_id: UUID, size: str) -> tuple[UUID, bytes]:
    """Return a person's own avatar, its mark and its WebP. size: of `avatar_rules.SIDES`. Raises NotFound without one."""
    if size not in SIDES:
        raise NotFound
    with processing(Purpose.PROFILE, subject=person_id, reading=True):
        row = Avatar.objects.filter(person_id=person_id).values_list("mark", size).first()
    if row is None:
        raise NotFound
    return row[0], picture_of(row[1])


def avatar_mark(person_id: UUID) -> UUID | None:
    """Return what changes with a person's avatar; None without one."""
    with processing(Purpose.PROFILE, subject=person_id, reading=True):
        return Avatar.objects.filter(person_id=person_id).values_list("mark", flat=True).first()
