"""What falls due at the gates."""

from mingpu.governance import services
from mingpu.lib.jobs import job


@job("governance.tell")
def tell(*, exception_no: str) -> None:
    """Let persons read of a use under an exception, once that may be told."""
    services.tell(exception_no=exception_no)
