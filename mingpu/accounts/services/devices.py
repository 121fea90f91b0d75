"""The device a person signs in from: told by its app, kept apart by purpose, forgotten when they say so."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import IntegrityError, ProgrammingError

from mingpu.accounts import device_rules
from mingpu.accounts.models import Device, DeviceLink, SafetyMark, Session
from mingpu.accounts.queries import token_hash
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.standing import agrees

TRIES = 2


@dataclass(frozen=True, slots=True)
class Noted:
    """What came of telling about a device.

    known: whether the person used it before, None where it told no identifier. linked: whether it is known again
    at the next sign-in, which takes consent.
    """

    id: UUID
    known: bool | None
    linked: bool


def note_device(*, person_id: UUID, token: str, **fields: str | None) -> Noted:
    """Take what an app tells of its device in place of what it told before; three purposes, three blocks.

    token: of the sign-in it belongs to, and ends with. fields: of `device_rules.LONGEST` and `HARDWARE`; identifiers
    are hashed here and go no further. Raises BadField, NotFound when the sign-in has just ended.
    """
    it = device_rules.told(fields)
    device_id = _keep(person_id, token_hash(token), it)
    return Noted(device_id, _mark(person_id, device_id, it), _link(person_id, device_id, it))


def forget_device(*, person_id: UUID, device_id: UUID) -> None:
    """Forget a device: its details, its marks, its link; and end its sign-in, should it last.

    Raises NotFound for any that is not the person's.
    """
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        its = Device.objects.filter(person_id=person_id, id=device_id).values("token_hash")
        ended, _ = Session.objects.filter(person_id=person_id, token_hash__in=its).delete()
    with processing(Purpose.RIGHTS, subject=person_id):
        marks = forget(SafetyMark.objects.filter(person_id=person_id, device_id=device_id))
        links = forget(DeviceLink.objects.filter(person_id=person_id, device_id=device_id))
    if not ended + marks + links:
        raise NotFound


def _keep(person_id: UUID, key: bytes, it: device_rules.Told) -> UUID:
    values = {**it.kept, "name": it.kept["name"] or None, "seen_at": now()}
    for _ in range(TRIES):
        with suppress(IntegrityError), processing(Purpose.DISPLAY, subject=person_id):
            mine = Device.objects.filter(person_id=person_id, token_hash=key)
            known = mine.values_list("id", flat=True).first()
            if known is None:  # twice at once: the other was first, or the sign-in is no more
                known = uuid4()
                Device.objects.create(id=known, person_id=person_id, token_hash=key, **values)
            else:
                mine.update(**values)
            return known
    raise NotFound


def _mark(person_id: UUID, device_id: UUID, it: device_rules.Told) -> bool | None:
    fresh = device_rules.marks(it, device_rules.SAFETY)
    if not fresh:
        return None
    with processing(Purpose.DEVICE_SAFETY, subject=person_id):
        mine = SafetyMark.objects.filter(person_id=person_id)
        same = mine.filter(mark__in=list(fresh.values()))
        known = same.exists()
        same.delete()
        mine.filter(device_id=device_id).delete()
        SafetyMark.objects.bulk_create(
            SafetyMark(person_id=person_id, device_id=device_id, kind=kind, mark=mark, seen_at=now())
            for kind, mark in fresh.items()
        )
    return known


def _link(person_id: UUID, device_id: UUID, it: device_rules.Told) -> bool:
    """Link a device by its first identifier if the person agrees to it; nothing is entered otherwise."""
    mark = next(iter(device_rules.marks(it, device_rules.CONTINUITY).values()), None)
    if mark is None or not agrees(person_id, Purpose.CONTINUITY):
        return False
    moment = now()
    values = {"device_id": device_id, "name": it.kept["name"] or it.kept["model"] or None, "seen_at": moment}
    try:
        with processing(Purpose.CONTINUITY, subject=person_id):
            mine = DeviceLink.objects.filter(person_id=person_id)
            mine.filter(device_id=device_id).exclude(mark=mark).delete()  # told by another identifier before
            if not mine.filter(mark=mark).update(**values):
                DeviceLink.objects.create(person_id=person_id, mark=mark, linked_at=moment, **values)
    except ProgrammingError:  # changed their mind this very moment
        return False
    except IntegrityError:  # told twice at once: the other has linked it
        pass
    return True
