"""What the privacy centre does in the background."""

from uuid import UUID

from mingpu.lib.jobs import every, job
from mingpu.privacy import consent, export, journal, key_backups, logseal, retention, roots
from mingpu.privacy.register import REGISTER


@job("privacy.export")
def make_export(person_id: str, export_id: str) -> None:
    """Make a person's copy of their data."""
    export.make(UUID(person_id), UUID(export_id))


@job("privacy.consent_withdrawn")
def consent_withdrawn(person_id: str, matter: str) -> None:
    """Delete once more what rested on a consent that was withdrawn."""
    consent.sweep(UUID(person_id), matter)


@every("17 3 * * *", "privacy.retention")
def clear() -> None:
    """Delete what is past its time, every night."""
    retention.clear()


@every("7 2 * * *", "privacy.key_backups")
def back_up_keys() -> None:
    """Copy the key store, and destroy the copies that are past their days, every night."""
    key_backups.make()
    key_backups.expire()


@every("27 2 * * *", "privacy.journal")
def shorten_journal() -> None:
    """Delete the parts of the journal of deletions that no backup needs any more, every night."""
    journal.expire(int(REGISTER.raw["erasure"]["backup_days"]))


@every("*/10 * * * *", "privacy.seal_log")
def seal_log() -> None:
    """Seal the record of uses, every ten minutes."""
    logseal.seal()


@every("7 0 * * *", "privacy.publish_roots")
def publish_roots() -> None:
    """Add the root of the day that is over to the file of roots, every night."""
    roots.publish()
