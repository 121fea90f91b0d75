"""Notices in the background. Any room tells one by `notices.tell`, in the transaction that it is about."""

from uuid import UUID

from mingpu.lib.jobs import job
from mingpu.notices import services


@job("notices.tell")
def tell(*, person_id: str, kind: str, about: str = "", mark: str = "", language: str = "") -> None:
    """Tell a person of something."""
    services.tell(person_id=UUID(person_id), kind=kind, about=about, mark=mark, language=language)


@job("notices.send")
def send(*, person_id: str, kind: str, channel: str, language: str, reference: str) -> None:
    """Send word of it by one channel."""
    services.send(
        person_id=UUID(person_id), kind=kind, channel=channel, language=language, reference=reference
    )


@job("notices.news")
def news(*, person_id: str) -> None:
    """Tell a person who signed in of versions of the statement they do not know yet."""
    services.tell_news(person_id=UUID(person_id))
