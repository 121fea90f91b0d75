"""After-sales in the background."""

from uuid import UUID

from mingpu.lib.jobs import every, job
from mingpu.service import services


@job("service.refunded")
def refunded(*, person_id: str, case_no: str) -> None:
    """Finish a case whose refund arrived."""
    services.refunded(person_id=UUID(person_id), case_no=case_no)


@job("service.due")
def due(*, person_id: str, case_no: str) -> None:
    """Move a case on whose time is over."""
    services.due(person_id=UUID(person_id), case_no=case_no)


@job("service.keep_back")
def keep_back(*, person_id: str, case_no: str, tries: int = 0) -> None:
    """Keep what is being refunded from being sent."""
    services.keep_back(person_id=UUID(person_id), case_no=case_no, tries=tries)


@job("service.replace")
def replace(*, person_id: str, case_no: str) -> None:
    """Send other pieces for those that came back."""
    services.replace(person_id=UUID(person_id), case_no=case_no)


@job("service.return_arrived")
def return_arrived(*, person_id: str, case_no: str) -> None:
    """Have goods inspected that a courier has brought back."""
    services.return_arrived(person_id=UUID(person_id), case_no=case_no)


@job("service.nobody_comes")
def nobody_comes(*, person_id: str, case_no: str) -> None:
    """Let the buyer choose anew how goods come back."""
    services.nobody_comes(person_id=UUID(person_id), case_no=case_no)


@job("service.came_back")
def came_back(*, person_id: str, order_no: str, parcel_no: str) -> None:
    """Refund a parcel that came back or was lost."""
    services.came_back(person_id=UUID(person_id), order_no=order_no, parcel_no=parcel_no)


@job("service.never_sent")
def never_sent(*, person_id: str, order_no: str) -> None:
    """Refund what nobody has sent."""
    services.never_sent(person_id=UUID(person_id), order_no=order_no)


@every("47 3 * * *", "service.sweep_files")
def sweep_files() -> None:
    """Delete the files of photos and videos that are kept no more, every night after what is past its time is."""
    services.sweep_files()
