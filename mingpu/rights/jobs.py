"""Rights in the background."""

from uuid import UUID

from mingpu.lib.jobs import job
from mingpu.rights import services


@job("rights.remind")
def remind(*, person_id: str, no: str) -> None:
    """Remind staff of a request that waits."""
    services.remind(person_id=UUID(person_id), no=no)


@job("rights.close_old")
def close_old(*, person_id: str, no: str) -> None:
    """Close an answer that nobody came back to."""
    services.close_old(person_id=UUID(person_id), no=no)


@job("rights.push")
def push(*, person_id: str, transfer_id: str) -> None:
    """Hand a package to another mall."""
    services.push(person_id=UUID(person_id), transfer_id=UUID(transfer_id))


@job("rights.kin_warn")
def kin_warn(*, case_id: str) -> None:
    """Send word to the account that a relative's request is about."""
    services.warn_account(case_id=UUID(case_id))


@job("rights.kin_effect")
def kin_effect(*, case_id: str) -> None:
    """Do what was agreed to about somebody dead."""
    services.take_effect(case_id=UUID(case_id))
