"""Word to every channel of an account when something is done with it that a thief would do."""

from typing import Any, Final
from uuid import UUID, uuid4

from mingpu.accounts.letters import letter
from mingpu.accounts.models import Contact
from mingpu.adapters.providers import mail_sender, sms_sender
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, processing

NOTICES: Final = ("notice_export", "notice_transfer", "notice_kin", "notice_security")
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
        client, arguments = _message(channel, to, notice, reference, language)
        payload = flatten(client.payload_for(**arguments))
        recipient = "mail_gateway" if channel == "email" else "sms_gateway"
        sharing.record(
            recipient=recipient, purpose=Purpose.RIGHTS, person_id=person_id, payload=payload,
            reference=reference,
        )  # fmt: skip
    client.send(**arguments)


def _message(channel: str, to: str, notice: str, reference: str, language: str) -> tuple[Any, dict[str, Any]]:
    if channel == "email":
        subject, text = letter(notice, code=None, language=language)
        return mail_sender(), {"to": to, "subject": subject, "text": text, "reference": reference}
    words = {"template": notice, "parameters": {}, "language": language}
    return sms_sender(), {"phone": to, "reference": reference, **words}
