"""Word to every channel of an account when something is done with it that a thief would do."""

from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings

from mingpu.accounts.letters import letter
from mingpu.accounts.models import Contact, Recovery
from mingpu.accounts.services.recovering import stop_token
from mingpu.adapters.providers import mail_sender, sms_sender
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, processing

NOTICES: Final = (
    "notice_export", "notice_transfer", "notice_kin", "notice_security", "notice_recovery", "notice_linked",
    "notice_unlinked",
)  # fmt: skip
CHANNELS: Final = ("phone", "email")


def warn(person_id: UUID, notice: str, language: str) -> None:
    """Have word sent to every channel of an account, in the caller's transaction: one job a channel.

    notice: of `NOTICES`; language: zh-hans | en. Raises ValueError for another notice.
    """
    if notice not in NOTICES:
        raise ValueError(notice)
    for channel in CHANNELS:
        enqueue(
            "accounts.notify", person_id=str(person_id), notice=notice, channel=channel, language=language
        )


def notify(*, person_id: UUID, notice: str, channel: str, language: str) -> None:
    """Send word to one channel of an account, phone or email; nothing happens where it has none.

    Raises CallFailed when it was not taken: the job tries again.
    """
    reference = uuid4().hex
    with processing(Purpose.RIGHTS, subject=person_id, reference=reference):
        to = Contact.objects.filter(person_id=person_id).values_list(channel, flat=True).first()
        if not to:
            return
        asked_at = Recovery.objects.filter(person_id=person_id).values_list("asked_at", flat=True).first()
        stop = stop_token(person_id, asked_at) if asked_at and notice == "notice_recovery" else ""
        client, arguments = _message(channel, to, notice, reference, language, stop=stop)
        payload = flatten(client.payload_for(**arguments))
        recipient = "mail_gateway" if channel == "email" else "sms_gateway"
        sharing.record(
            recipient=recipient, purpose=Purpose.RIGHTS, person_id=person_id, payload=payload,
            reference=reference, secrets={"text": stop} if stop and channel == "email" else {},
        )  # fmt: skip
    client.send(**arguments)


def _message(
    channel: str, to: str, notice: str, reference: str, language: str, *, stop: str
) -> tuple[Any, dict[str, Any]]:
    if channel == "email":
        link = f"{settings.PUBLIC_ADDRESS}/recover/stop?token={stop}" if stop else ""
        subject, text = letter(notice, code=None, language=language, link=link)
        return mail_sender(), {"to": to, "subject": subject, "text": text, "reference": reference}
    words = {"template": notice, "parameters": {}, "language": language}
    return sms_sender(), {"phone": to, "reference": reference, **words}
