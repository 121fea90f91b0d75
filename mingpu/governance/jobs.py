"""What falls due at the gates and after an incident."""

from uuid import UUID

from mingpu.governance import services
from mingpu.lib.jobs import job


@job("governance.tell")
def tell(*, exception_no: str) -> None:
    """Let persons read of a use under an exception, once that may be told."""
    services.tell(exception_no=exception_no)


@job("governance.clock")
def clock(*, incident_no: str) -> None:
    """Say loudly that an incident was not reported in time."""
    services.look_at_clock(incident_no)


@job("governance.list_persons")
def list_persons(*, incident_no: str) -> None:
    """Write the notices of everybody an incident touched."""
    services.list_persons(incident_no)


@job("governance.send_notice")
def send_notice(*, person_id: str, notice_id: str) -> None:
    """Tell one person of an incident."""
    services.send_notice(person_id=UUID(person_id), notice_id=UUID(notice_id))


@job("governance.mirror")
def mirror(*, person_id: str) -> None:
    """Make what others would see of a person, for that person."""
    services.make_mirror(UUID(person_id))
