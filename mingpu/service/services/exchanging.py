"""Exchanges: other pieces for those that came back, or the money where there are none left."""

from collections.abc import Iterable
from uuid import UUID

from mingpu.catalog.models import Sku
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.models import Case, CaseLine
from mingpu.service.services.goods import settle
from mingpu.service.services.money import carry_on


def replace(*, person_id: UUID, case_no: str) -> None:
    """Take what an exchange is for out of stock and have it sent; what is not there is paid back instead."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        try:
            case = Case.objects.hold(person_id, case_no)
        except NotFound:
            return
        if case["status"] != rules.REPLACING:
            return
        wanted = _wanted(case_no)
        _lock({*wanted, *CaseLine.objects.pieces(case_no)})
        taken = Sku.objects.take(wanted)
        if len(taken) == len(wanted):
            case = Case.objects.move(case, person_id, after=rules.EXCHANGED, who="system")
            settle(person_id, case)
            enqueue(
                "delivery.send_again", person_id=str(person_id), case_no=case_no, order_no=case["order_no"],
                lines=wanted,
            )  # fmt: skip
            return
        Sku.objects.give_back({sku: wanted[sku] for sku in taken})
        case = Case.objects.move(case, person_id, after=rules.REFUNDING, who="system")
        carry_on(person_id, case)


def _lock(codes: Iterable[str]) -> None:
    """Lock what is taken and what came back together, in sorted order: two exchanges may go opposite ways."""
    rows = Sku.objects.select_for_update().filter(code__in=list(codes)).order_by("code")
    list(rows.values_list("code", flat=True))


def _wanted(case_no: str) -> dict[str, int]:
    """Return what a case is exchanged for: SKU -> pieces."""
    found: dict[str, int] = {}
    for sku, swap, pieces in CaseLine.objects.filter(case_no=case_no).values_list("sku", "swap", "quantity"):
        found[swap or sku] = found.get(swap or sku, 0) + pieces
    return found
