"""After-sales in the background."""

from uuid import UUID

from mingpu.lib.jobs import job
from mingpu.service import services


@job("service.refunded")
def refunded(*, person_id: str, case_no: str) -> None:
    """Finish a case whose refund arrived."""
    services.refunded(person_id=UUID(person_id), case_no=case_no)
