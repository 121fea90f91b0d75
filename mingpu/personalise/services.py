"""Keeping what a person looked at, while they agree to it, and forgetting it."""

from contextlib import suppress
from uuid import UUID

from django.db import ProgrammingError

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.personalise.models import View
from mingpu.personalise.queries import KEPT
from mingpu.privacy.fields import blind_index
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from mingpu.privacy.standing import agrees


def note_view(*, person_id: UUID, product_id: UUID) -> None:
    """Note that a person looked at a product if they agree to keeping that; nothing happens otherwise.

    Call it after the page was made: it has a short transaction of its own.
    """
    if agrees(person_id, Purpose.BROWSING_HISTORY):
        with suppress(AccountFrozen, ProgrammingError):  # leaving, or changed their mind this very moment
            remember_view(person_id=person_id, product_id=product_id)


def remember_view(*, person_id: UUID, product_id: UUID) -> None:
    """Note what a person looked at; looked at again, its time moves. Only the newest `KEPT` stay.

    Without consent the database refuses with ProgrammingError; AccountFrozen while the account is being cancelled.
    """
    place = blind_index("personalise_view.product", f"{person_id}|{product_id}")
    with processing(Purpose.BROWSING_HISTORY, subject=person_id):
        own = View.objects.filter(person_id=person_id)
        if not own.filter(product_index=place).update(at=now()):
            View.objects.bulk_create(
                [View(person_id=person_id, product=str(product_id), product_index=place, at=now())],
                update_conflicts=True, unique_fields=["person_id", "product_index"], update_fields=["at"],
            )  # fmt: skip
            newest = list(own.order_by("-at", "id").values_list("id", flat=True)[:KEPT])
            own.exclude(id__in=newest).delete()


def forget_view(*, person_id: UUID, view_id: UUID) -> None:
    """Delete one thing a person looked at, also after they stopped agreeing. Raises NotFound."""
    with processing(Purpose.RIGHTS, subject=person_id):
        if not forget(View.objects.filter(person_id=person_id, id=view_id)):
            raise NotFound


def clear_views(*, person_id: UUID) -> int:
    """Delete all a person looked at, also after they stopped agreeing; return how many there were."""
    with processing(Purpose.RIGHTS, subject=person_id):
        return forget(View.objects.filter(person_id=person_id))
