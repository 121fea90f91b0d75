"""Verification codes: sent, counted, redeemed once. Known and unknown destinations are treated alike.

Somebody asking with a number learns nothing about it: the answer, the statements, the keys made and the
message are the same in kind either way. Only the one who holds the phone reads whether it has an account.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F

from mingpu.accounts import rules
from mingpu.accounts.errors import BadField, CodeNotSent, TooMany
from mingpu.accounts.letters import letter
from mingpu.accounts.models import Code, CodeBudget, Person
from mingpu.accounts.queries import destination_index, email_index, find, network_index, phone_index
from mingpu.accounts.services.familiar import attempt_key
from mingpu.accounts.services.guessing import counted, hold, wait_until
from mingpu.adapters.calls import CallFailed
from mingpu.adapters.providers import mail_sender, sms_sender
from mingpu.lib.clock import now
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.lib.text import Text
from mingpu.privacy import keys, sharing
from mingpu.privacy.fields import blind_index
from mingpu.privacy.models import Share
from mingpu.privacy.purposes import Purpose, processing

log = logging.getLogger(__name__)
CHANNELS: Final = ("sms", "email")
INTENTS: Final = ("register", "login", "reset", "cancel", "confirm")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, repr=False)
class _Message:
    """What is about to leave; code None in a message that carries none."""

    channel: str
    to: str
    template: str
    code: str | None
    reference: str
    language: str

    def arguments(self) -> dict[str, Any]:
        """What the client of the channel is called with."""
        if self.channel == "email":
            subject, text = letter(self.template, code=self.code, language=self.language)
            return {"to": self.to, "subject": subject, "text": text, "reference": self.reference}
        parameters = {"code": self.code} if self.code else {}
        words = {"template": self.template, "parameters": parameters, "language": self.language}
        return {"phone": self.to, "reference": self.reference, **words}

    @property
    def recipient(self) -> str:
        """Who carries it, as the register names them."""
        return "mail_gateway" if self.channel == "email" else "sms_gateway"

    @property
    def secrets(self) -> dict[str, str]:
        """Where in the payload the code stands."""
        return {"text" if self.channel == "email" else "TemplateParam": self.code} if self.code else {}

    def client(self) -> Any:
        """Return the configured client of the channel."""
        return mail_sender() if self.channel == "email" else sms_sender()


def send_code(*, channel: str, to: str, intent: str, address: str, language: str, marks: str = "") -> int:
    """Send a code, or word that there can be none, to a phone or mailbox; return the seconds until the next.

    channel: sms | email; to: as typed; intent: register | login | reset | cancel | confirm; address: of the network,
    for counting; language: zh-hans | en; marks: what a browser keeps of earlier sign-ins, "" for none. One a
    minute and 8 a day to a destination, 30 an hour from an address; who shows a mark of this person's gets 4
    more whatever others asked for. Raises BadField, TooMany, CodeNotSent.
    """
    to = _destination(channel, to, intent)
    known = find("email", email_index(to)) if channel == "email" else find("phone", phone_index(to))
    earlier = find("destination", destination_index(to))
    nobody = uuid4()
    subject = known or earlier or nobody
    welcome = (known is None) == (intent == "register")
    row_id = uuid4()
    template = f"verify_{intent}" if welcome else "already_account" if known else "no_account"
    code = f"{secrets.randbelow(10**6):06d}" if welcome else None
    message = _Message(
        channel=channel, to=to, template=template, code=code, reference=row_id.hex, language=language
    )
    payload = flatten(message.client().payload_for(**message.arguments()))
    sharing.check(message.recipient, payload)
    with processing(Purpose.IDENTITY_CHECK, subject=subject):
        keys.fetch_or_make(
            nobody, "share"
        )  # a stranger's message needs a new key; so one is made for everyone's
        _count(
            to=destination_index(to),
            source=network_index(address),
            familiar=attempt_key(marks, subject) is not None,
        )
        _write(message, row_id=row_id, subject=subject, intent=intent, source=network_index(address))
        sharing.record(
            recipient=message.recipient, purpose=Purpose.IDENTITY_CHECK, person_id=subject, payload=payload,
            reference=message.reference, secrets=message.secrets,
        )  # fmt: skip
        enqueue("accounts.forget_unclaimed", at=now() + DAY, person_id=str(nobody))
    _spend(intent)
    _send(message)
    return rules.CODE_PAUSE


def _destination(channel: str, to: str, intent: str) -> str:
    """Return what was typed as it is kept; raises BadField for it, and for a channel or intent that is none."""
    if channel not in CHANNELS:
        raise BadField(
            "channel", field=Text("方式", "Channel"), problem=Text("应为 sms 或 email", "sms or email")
        )
    if intent not in INTENTS:
        raise BadField("intent", field=Text("用途", "Intent"), problem=Text("不认识", "not known"))
    return rules.email(to) if channel == "email" else rules.phone(to)


def redeem(*, intent: str, code: str, to: str | None = None, keep: bool = False) -> bool:
    """Try a code inside the running block of the person it is for; say whether it is right, and use it up.

    code: six digits; to: where it went, None for any place. keep: leave a right one to be used later. A wrong
    one costs one of five tries, which counts only if the block commits: so refuse after it, not inside.
    """
    rows = Code.objects.select_for_update().filter(intent=intent, used_at=None, expires_at__gt=now())
    if to is not None:
        rows = rows.filter(to_index=destination_index(to))
    row = rows.order_by("-created_at").values("id", "code_hash", "tries_left").first()
    if row is None or row["tries_left"] <= 0:
        return False
    if not compare_digest(bytes(row["code_hash"]), _hash(row["id"], code)):
        Code.objects.filter(id=row["id"]).update(tries_left=row["tries_left"] - 1)
        return False
    if not keep:
        Code.objects.filter(id=row["id"]).update(used_at=now())
    return True


def code_subject(to: str) -> UUID | None:
    """Return whom the live code of a destination is for: a person, or the id an account would get."""
    return find("code", destination_index(to))


def forget_unclaimed(*, person_id: UUID) -> None:
    """Forget a destination that asked for codes a day ago and has opened no account since, its key included."""
    with processing(Purpose.ERASURE, subject=person_id):
        if Person.objects.filter(id=person_id).exists():
            return
        if Code.objects.filter(subject_id=person_id, created_at__gt=now() - DAY).exists():
            enqueue("accounts.forget_unclaimed", at=now() + DAY, person_id=str(person_id))
            return
        Code.objects.filter(subject_id=person_id).delete()
        Share.objects.filter(person_id=person_id).update(
            person_id=None, payload=None, digest="", reference=""
        )
    keys.erase(person_id, ("share",))


def _count(*, to: bytes, source: bytes, familiar: bool) -> None:
    """Raise TooMany when destination or source have had their share; a familiar browser has a share of its own."""
    hold(to)
    hold(source)
    moment = now()
    day, first, last = counted("codes_to", to, moment - DAY)
    hour, first_from, _ = counted("codes_from", source, moment - timedelta(hours=1))
    if day >= rules.CODES_A_DAY + rules.CODES_MORE * familiar:
        raise TooMany(retry_after=wait_until(first, DAY))
    if last and last > moment - timedelta(seconds=rules.CODE_PAUSE):
        raise TooMany(retry_after=wait_until(last, timedelta(seconds=rules.CODE_PAUSE)))
    if hour >= rules.CODES_AN_HOUR and not familiar:
        raise TooMany(retry_after=wait_until(first_from, timedelta(hours=1)))


def _write(message: _Message, *, row_id: UUID, subject: UUID, intent: str, source: bytes) -> None:
    """Write the code's row; an earlier one for the same purpose is no longer good.

    A message without a code has a row all the same, with one that nobody can type.
    """
    moment = now()
    index = destination_index(message.to)
    code = message.code or secrets.token_hex(16)
    Code.objects.filter(to_index=index, intent=intent, used_at=None).update(used_at=moment)
    Code.objects.create(
        id=row_id, subject_id=subject, to_index=index, address_index=source, intent=intent,
        code_hash=_hash(row_id, code), created_at=moment,
        expires_at=moment + timedelta(minutes=rules.CODE_MINUTES),
    )  # fmt: skip


def _spend(intent: str) -> None:
    """Take one message out of the day's budget, so that nobody can run up the bill. Raises CodeNotSent.

    Opening accounts and everything else have one each: who asks for codes to numbers of strangers cannot keep
    those who have an account from signing in. Which one depends on the intent alone, so it tells nothing of the number.
    """
    kind, day = ("opening" if intent == "register" else "signing_in"), now().date()
    rows = CodeBudget.objects.filter(day=day, kind=kind)
    for _ in range(2):
        if rows.filter(sent__lt=settings.CODES_A_DAY).update(sent=F("sent") + 1):
            return
        if CodeBudget.objects.bulk_create([CodeBudget(day=day, kind=kind)], ignore_conflicts=True) and (
            rows.filter(sent__gte=settings.CODES_A_DAY).exists()
        ):
            break
    log.error("no more codes today: the budget for %s is spent", kind)
    raise CodeNotSent


def _hash(row_id: UUID, code: str) -> bytes:
    return blind_index("accounts_code.code_hash", f"{row_id.hex}:{code}")


def _send(message: _Message) -> None:
    failure = None
    try:
        message.client().send(**message.arguments())
    except CallFailed as failed:
        failure = failed.code
    if failure is not None:
        log.warning("a code was not sent: %s %s", message.recipient, failure)
        raise CodeNotSent
