"""Telling one person of an incident: by text message and, where they have one, by mail; recorded like all that leaves."""

import logging
from typing import Any, Final
from uuid import UUID

from mingpu.accounts.models import Contact
from mingpu.adapters.providers import mail_sender, sms_sender
from mingpu.governance.models import Notice
from mingpu.lib.clock import now
from mingpu.lib.payloads import flatten
from mingpu.lib.text import Text
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, processing

log = logging.getLogger(__name__)
SUBJECT: Final = Text("明铺：关于一起安全事件", "Mingpu: about an incident")
SMS, MAIL = "sms_gateway", "mail_gateway"
Calls = list[tuple[str, dict[str, Any]]]


def send_notice(*, person_id: UUID, notice_id: UUID) -> bool:
    """Send a notice; False when it was sent already. Safe to repeat.

    What leaves is recorded once, before the first try. A try that broke off is made again: the mail is then the same
    one to the mail server, a text message may come twice. Raises SmsFailed, MailFailed.
    """
    with processing(Purpose.NOTICE, subject=person_id, reference=notice_id.hex):
        it = Notice.objects.select_for_update().filter(id=notice_id, sent_at=None).first()
        if it is None:
            return False
        to = Contact.objects.filter(person_id=person_id).values("phone", "email").first()
        calls = _calls(it, dict(to or {}))
        if it.trying_at is None:
            _record(person_id, notice_id, calls)
            Notice.objects.filter(id=notice_id).update(trying_at=now())
    for recipient, arguments in calls:
        (sms_sender() if recipient == SMS else mail_sender()).send(**arguments)
    channel = "+".join("sms" if recipient == SMS else "email" for recipient, _ in calls)
    with processing(Purpose.NOTICE, subject=person_id, reference=notice_id.hex):
        Notice.objects.filter(id=notice_id).update(sent_at=now(), channel=channel)
    if not calls:
        log.warning("a notice could not be sent: its person left no phone and no mail")
    return True


def _calls(it: Notice, to: dict[str, Any]) -> Calls:
    """Return what each channel is called with."""
    found: Calls = []
    reference = it.id.hex
    if to.get("phone"):
        found.append(
            (SMS, {"phone": to["phone"], "template": "incident", "parameters": {}, "reference": reference})
        )
    if to.get("email"):
        text = f"{it.text_zh}\n\n{it.text_en}\n"
        subject = f"{SUBJECT.zh} / {SUBJECT.en}"
        found.append((MAIL, {"to": to["email"], "subject": subject, "text": text, "reference": reference}))
    return found


def _record(person_id: UUID, notice_id: UUID, calls: Calls) -> None:
    for recipient, arguments in calls:
        client: Any = sms_sender() if recipient == SMS else mail_sender()
        sharing.record(
            recipient=recipient, purpose=Purpose.NOTICE, person_id=person_id,
            payload=flatten(client.payload_for(**arguments)), reference=notice_id.hex,
        )  # fmt: skip
