"""Titles a person keeps for invoices; only while they agree to invoicing."""

from uuid import UUID, uuid4

from django.db import connection

from mingpu.invoices.errors import InvoicingOff, TooManyTitles
from mingpu.invoices.models import Title
from mingpu.invoices.rules import MOST_TITLES, checked_title
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.standing import agrees

_LOCKS = 0x1A70  # the invoices' own space of advisory locks


def save_title(
    *,
    person_id: UUID,
    kind: str,
    title: str,
    tax_no: str = "",
    is_default: bool = False,
    title_id: UUID | None = None,
) -> UUID:
    """Keep a title, or change the one with `title_id`; returns its id. The first is the default.

    kind: person | company, which needs a tax number. The same title again is the same title. Raises Invalid,
    InvoicingOff, NotFound, TooManyTitles.
    """
    title, number = checked_title(kind=kind, title=title, tax_no=tax_no)
    require_consent(person_id)
    with processing(Purpose.INVOICING, subject=person_id):
        _one_at_a_time(person_id)
        known = list(Title.objects.filter(person_id=person_id).values("id", "title", "tax_no", "is_default"))
        if title_id is None:
            same = (row["id"] for row in known if (row["title"], row["tax_no"]) == (title, number))
            title_id = next(same, None)
        elif title_id not in {row["id"] for row in known}:
            raise NotFound
        if title_id is None and len(known) >= MOST_TITLES:
            raise TooManyTitles(count=len(known))
        first = not any(row["is_default"] for row in known if row["id"] != title_id)
        if is_default and not first:
            Title.objects.filter(person_id=person_id, is_default=True).update(is_default=False)
        values = {"kind": kind, "title": title, "tax_no": number, "is_default": is_default or first}
        if title_id is not None:
            Title.objects.filter(id=title_id).update(**values)
            return title_id
        it = Title(id=uuid4(), person_id=person_id, created_at=now(), **values)
        it.save(force_insert=True)
        return it.id


def delete_title(*, person_id: UUID, title_id: UUID) -> None:
    """Delete a title; invoices made out to it stay as they are. Raises InvoicingOff, NotFound."""
    require_consent(person_id)
    with processing(Purpose.INVOICING, subject=person_id):
        _one_at_a_time(person_id)
        rows = Title.objects.filter(id=title_id, person_id=person_id)
        was_default = rows.values_list("is_default", flat=True).first()
        if was_default is None:
            raise NotFound
        forget(rows)
        newest = Title.objects.filter(person_id=person_id).order_by("-created_at")
        if was_default and (heir := newest.values_list("id", flat=True).first()):
            Title.objects.filter(id=heir).update(is_default=True)


def require_consent(person_id: UUID) -> None:
    """Raise InvoicingOff unless the person agrees to invoicing right now."""
    if not agrees(person_id, Purpose.INVOICING):
        raise InvoicingOff


def _one_at_a_time(person_id: UUID) -> None:
    half = int.from_bytes(person_id.bytes[:4], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, half])
