"""Telling somebody, by every way they left open; and what they do with what they were told."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings

from mingpu.accounts.models import Contact, Recovery
from mingpu.accounts.services.recovering import stop_token
from mingpu.adapters.calls import CallFailed
from mingpu.adapters.providers import mail_sender, sms_sender
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.notices import rules
from mingpu.notices.kinds import APP, KINDS, MAIL, Kind
from mingpu.notices.models import Notice, Preference
from mingpu.notices.unsubscribing import address_of, owner_of
from mingpu.privacy import consent, sharing
from mingpu.privacy.forgetting import forget
from mingpu.privacy.news import news_of
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.standing import agrees

log = logging.getLogger(__name__)
LIST: Final = "/account/notices"  # the page that every mail leads to
RECIPIENTS: Final = {MAIL: ("email", "mail_gateway"), "sms": ("phone", "sms_gateway")}


def tell(*, person_id: UUID, kind: str, about: str = "", mark: str = "", language: str = "") -> None:
    """Tell a person of something: write it into their list and have word sent by the other ways they left open.

    about: a number of theirs the notice leads to; mark: tells two notices about the same matter apart. With either of
    them the same is told once. language: zh-hans | en, "" for the one they chose. What is not about the safety of
    the account waits for the end of their quiet hours. Marketing without its consent leaves nothing.
    """
    it = KINDS[kind]
    agreed = it.marketing and agrees(person_id, Purpose.MARKETING)
    with processing(Purpose.TELLING, subject=person_id, reference=about):
        mine = _preference(person_id)
        channels = rules.ways(it, rules.unpack(mine.choices), agreed=agreed)
        if (about or mark) and _known(person_id, kind, about, mark):
            return
        if APP in channels:
            Notice.objects.create(person_id=person_id, kind=kind, about=about, mark=mark, at=now())
        for channel in channels:
            if channel != APP:
                enqueue(
                    "notices.send", at=_due(it, mine), person_id=str(person_id), kind=kind, channel=channel,
                    language=language or mine.language, reference=uuid4().hex,
                )  # fmt: skip


def tell_news(*, person_id: UUID) -> None:
    """Tell a person once of the statement's version in force, if they know an older one alone."""
    it = news_of(person_id)
    if it.steps:
        tell(person_id=person_id, kind="statement", about=it.version)


def send(*, person_id: UUID, kind: str, channel: str, language: str, reference: str) -> None:
    """Send word of something by mail or text message; nothing happens where there is no address, or not any more.

    reference: names the message, the same at every try. Raises CallFailed when it was not taken and may be later;
    what never will be, as without words approved at the provider, is a line of the log.
    """
    try:
        _send(KINDS[kind], person_id=person_id, channel=channel, language=language, reference=reference)
    except CallFailed as failed:
        if not failed.permanent:
            raise
        log.warning("a notice was not taken: %s %s %s", kind, channel, failed.code)


def _send(it: Kind, *, person_id: UUID, channel: str, language: str, reference: str) -> None:
    message = None
    about: dict[str, Any] = {
        "person_id": person_id, "channel": channel, "language": language, "reference": reference,
    }  # fmt: skip
    with processing(Purpose.TELLING, subject=person_id, reference=reference):
        mine = _preference(person_id)
        if not rules.on(it, channel, rules.unpack(mine.choices)):
            return
        if later := _due(it, mine):
            enqueue("notices.send", at=later, kind=it.code, **{**about, "person_id": str(person_id)})
            return
        if not it.marketing:
            message = _message(Purpose.TELLING, kind=it, **about)
    if it.marketing and agrees(person_id, Purpose.MARKETING):
        with processing(Purpose.MARKETING, subject=person_id, reference=reference):
            message = _message(Purpose.MARKETING, kind=it, **about)
    if message is not None:
        client, arguments = message
        client.send(**arguments)


def read(*, person_id: UUID, notice_id: UUID, read: bool = True) -> None:
    """Mark a notice as read, or as unread again. Raises NotFound for anybody else's."""
    with processing(Purpose.TELLING, subject=person_id):
        mine = Notice.objects.filter(person_id=person_id, id=notice_id)
        if not mine.update(read_at=now() if read else None):
            raise NotFound


def read_all(*, person_id: UUID) -> int:
    """Mark every notice as read; return how many were not."""
    with processing(Purpose.TELLING, subject=person_id):
        return Notice.objects.filter(person_id=person_id, read_at__isnull=True).update(read_at=now())


def delete(*, person_id: UUID, notice_id: UUID) -> None:
    """Delete a notice. Raises NotFound for anybody else's."""
    with processing(Purpose.TELLING, subject=person_id):
        if not forget(Notice.objects.filter(person_id=person_id, id=notice_id)):
            raise NotFound


def choose(
    *,
    person_id: UUID,
    choices: Mapping[tuple[str, str], bool] | None = None,
    quiet_from: int | None = None,
    quiet_to: int | None = None,
    zone: str | None = None,
    language: str | None = None,
) -> None:
    """Change how a person is told; what is not named stays. It counts from the next notice, and for those that wait.

    choices: (kind, channel) -> on or off; quiet_from, quiet_to: minutes since midnight in zone, equal for no quiet
    hours. Raises BadChoice, also for what cannot be switched off.
    """
    given = {rules.choice(*place): chosen for place, chosen in (choices or {}).items()}
    checked = {
        "quiet_from": None if quiet_from is None else rules.minutes(quiet_from),
        "quiet_to": None if quiet_to is None else rules.minutes(quiet_to),
        "zone": None if zone is None else rules.zone_name(zone),
        "language": None if language is None else rules.language(language),
    }
    with processing(Purpose.TELLING, subject=person_id):
        fresh = Preference(person_id=person_id)
        Preference.objects.bulk_create([fresh], ignore_conflicts=True)
        mine = Preference.objects.select_for_update().get(person_id=person_id)
        kept = rules.pack({**rules.unpack(mine.choices), **given})
        facts = {name: value for name, value in checked.items() if value is not None}
        Preference.objects.filter(person_id=person_id).update(choices=kept, **facts)


def unsubscribe(token: str, language: str) -> None:
    """Take the consent to marketing back for whom a mail went to; once is as good as twice.

    token: of the mail's link; it opens this and nothing else. Raises NotFound for one that is not ours.
    """
    consent.give(owner_of(token), Purpose.MARKETING.value, False, language, "page")


def _preference(person_id: UUID) -> Preference:
    return Preference.objects.filter(person_id=person_id).first() or Preference(person_id=person_id)


def _known(person_id: UUID, kind: str, about: str, mark: str) -> bool:
    return Notice.objects.filter(person_id=person_id, kind=kind, about=about, mark=mark).exists()


def _due(kind: Kind, mine: Preference) -> datetime | None:
    """Return until when a notice has to wait; None for at once."""
    return None if kind.security else rules.quiet_end(now(), mine.quiet_from, mine.quiet_to, mine.zone)


def _message(
    purpose: Purpose, *, person_id: UUID, kind: Kind, channel: str, language: str, reference: str
) -> tuple[Any, dict[str, Any]] | None:
    """Return a client and what it is to send, recorded as shared in the running block; None without an address."""
    column, recipient = RECIPIENTS[channel]
    to = Contact.objects.filter(person_id=person_id).values_list(column, flat=True).first()
    if not to:
        return None
    client: Any
    arguments: dict[str, Any]
    secrets: dict[str, str] = {}
    if channel == MAIL:
        stop, mall = _stop(person_id) if kind.code == "recovery" else "", settings.PUBLIC_ADDRESS
        way_out = f"{mall}{address_of(person_id)}" if kind.marketing else ""
        link = f"{mall}/recover/stop?token={stop}" if stop else ""
        subject, text = rules.letter(kind, language, place=f"{mall}{LIST}", unsubscribe=way_out, stop=link)
        client, secrets = mail_sender(), {"text": stop} if stop else {}
        arguments = {"to": to, "subject": subject, "text": text, "unsubscribe": way_out}
    else:
        client = sms_sender()
        arguments = {"phone": to, "template": kind.template, "parameters": {}, "language": language}
    arguments["reference"] = reference
    payload = flatten(client.payload_for(**arguments))
    sharing.record(
        recipient=recipient, purpose=purpose, person_id=person_id, payload=payload, reference=reference,
        secrets=secrets,
    )  # fmt: skip
    return client, arguments


def _stop(person_id: UUID) -> str:
    """Return the words that stop the recovery which waits; "" where none does any more."""
    waiting = Recovery.objects.filter(person_id=person_id, state="waiting")
    asked_at = waiting.values_list("asked_at", flat=True).first()
    return stop_token(person_id, asked_at) if asked_at else ""
