"""Getting back in without the password. One channel alone waits and is told everywhere; two proofs do at once.

A number or a mailbox may be in the hands of somebody else. So what one of them alone may do takes three days, is told to
every channel and sign-in, and is stopped by one tap. After any recovery the sign-ins are over, and what a thief would
want is held back for three days more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from mingpu.accounts import proof_rules, rules
from mingpu.accounts.errors import MoreProof, NothingBegun, WrongCode
from mingpu.accounts.models import Credential, Recovery, Session
from mingpu.accounts.queries import destination_index, find, network_index
from mingpu.accounts.services.codes import code_subject, redeem
from mingpu.accounts.services.guessing import admit, clear_attempts
from mingpu.accounts.services.halfway import AWAY
from mingpu.accounts.services.notices import warn
from mingpu.accounts.services.passkeys import check_passkey
from mingpu.accounts.services.passwords import hash_password
from mingpu.accounts.services.recovering import HELD, WAIT, new_until, stop_token
from mingpu.accounts.services.second_step import take
from mingpu.lib.clock import now
from mingpu.lib.text import current_language
from mingpu.privacy.purposes import Purpose, processing


@dataclass(frozen=True, slots=True)
class RecoveryView:
    """Where a person's recovery stands.

    state: none | waiting | due | stopped | settled. due_at: when the new password holds; lifts: whether the second step goes
    with it; held_until: until when exports, cancelling and stored value wait, None for not at all.
    """

    state: str
    due_at: datetime | None
    lifts: bool
    held_until: datetime | None


def reset_password(
    *,
    to: str,
    code: str,
    password: str,
    address: str,
    also: str = "",
    also_code: str = "",
    recovery_code: str = "",
    passkey: Mapping[str, Any] | None = None,
    lost_second: bool = False,
) -> datetime | None:
    """Set a new password by codes sent with intent `reset`; return None where it holds at once, else when it will.

    to: number or e-mail the code went to. At once takes a second proof: `also` and `also_code` of the other channel, a
    recovery code, or a passkey's answer. lost_second: the second step is lost too; it takes both channels, and waits.
    address: of the network. A number that was put in of late is no proof: beside another the new password waits. Raises
    BadField, WrongCode, WrongPasskey, TooMany, MoreProof for a number alone after so long that it may be somebody
    else's, NumberNew for one alone that is new.
    """
    to, other = _channel(to), _channel(also) if also.strip() else ""
    fresh = hash_password(rules.password(password))
    subject = code_subject(to)
    whose = subject or uuid4()
    both = bool(other) and ("@" in other) != ("@" in to)
    if not _codes_right(
        whose if subject else None, whose, address, {to: code, **({other: also_code} if both else {})}
    ):
        raise WrongCode
    things = _thing_shown(whose, address, recovery_code, passkey)
    channels = _channels_that_count(whose, (to, other) if both else (to,), things)
    lost = lost_second and channels == 2  # noqa: PLR2004 -- phone and mailbox
    if channels + things > 1 and (things or not lost):
        _at_once(whose, fresh)
        return None
    return _wait(whose, to, fresh, lifts=lost)


def recovery_of(person_id: UUID) -> RecoveryView:
    """Return where a person's recovery stands."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        row = Recovery.objects.filter(person_id=person_id).values("state", "due_at", "lifts").first()
        held = Credential.objects.filter(person_id=person_id).values_list("held_until", flat=True).first()
    held_until = held if held is not None and held > now() else None
    if row is None:
        return RecoveryView("none", None, lifts=False, held_until=held_until)
    state = "due" if row["state"] == "waiting" and row["due_at"] <= now() else row["state"]
    return RecoveryView(state, row["due_at"], lifts=row["lifts"], held_until=held_until)


def stop_recovery(*, person_id: UUID) -> None:
    """It was not me: the new password never holds. Raises NothingBegun where none waits."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        waiting = Recovery.objects.filter(person_id=person_id, state="waiting", due_at__gt=now())
        if not waiting.update(state="stopped", password_hash=""):
            raise NothingBegun


def recovery_person(token: str) -> UUID:
    """Return whose waiting recovery a link in a mail stops. Raises NothingBegun."""
    person_id = find("recovery", sha256(token[:200].encode("utf-8", "replace")).digest())
    if person_id is None:
        raise NothingBegun
    return person_id


def _channel(typed: str) -> str:
    return rules.email(typed) if "@" in typed else rules.phone(typed)


def _codes_right(known: UUID | None, whose: UUID, address: str, codes: Mapping[str, str]) -> bool:
    """Count the try, look at every code, and use them all up or none. The work is the same for a number nobody has."""
    typed = {to: rules.code(code) for to, code in codes.items()}
    same = all(code_subject(to) == known for to in codes)
    name, source = destination_index(next(iter(codes))), network_index(address)
    with processing(Purpose.IDENTITY_CHECK, subject=whose):
        admit(
            subject=whose,
            name=name,
            source=source,
            limits=(("attempts_from", source, rules.FREE_GUESSES_FROM),),
        )
        right = (
            bool(known)
            and same
            and all(
                code is not None and redeem(intent="reset", code=code, to=to, keep=True)
                for to, code in typed.items()
            )
        )
        if right:
            for to, code in typed.items():
                redeem(intent="reset", code=code or "", to=to)
            clear_attempts(name)
    return right


def _thing_shown(person_id: UUID, address: str, recovery_code: str, passkey: Mapping[str, Any] | None) -> int:
    """Take the proof that is neither phone nor mailbox; return 1 for one, 0 for none. Raises what is wrong with it."""
    if recovery_code:
        take(person_id=person_id, address=address, recovery_code=recovery_code)
    elif passkey is not None:
        check_passkey(person_id=person_id, credential=passkey)
    else:
        return 0
    return 1


def _channels_that_count(person_id: UUID, channels: tuple[str, ...], things: int) -> int:
    """Return how many channels prove something: a new number does not. Raises NumberNew where nothing would be left."""
    count = sum("@" in it for it in channels)
    if count == len(channels):
        return count
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        until = new_until(person_id)
    if not count and not things:
        proof_rules.check_number(until)
    return count + (until is None)


def _at_once(person_id: UUID, fresh: str) -> None:
    """Let the new password hold, end every sign-in, hold back what a thief would want; a recovery that waited is void."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        Recovery.objects.filter(person_id=person_id).delete()
        Credential.objects.filter(person_id=person_id).update(password_hash=fresh, held_until=now() + HELD)
        Session.objects.filter(person_id=person_id).delete()
    _tell(person_id, "notice_password")


def _wait(person_id: UUID, to: str, fresh: str, *, lifts: bool) -> datetime:
    """Keep the new password's hash until its time; one that waits already is replaced, and waits anew."""
    moment = now()
    due = moment + WAIT
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        if "@" not in to and not lifts:
            since = (
                Credential.objects.filter(person_id=person_id).values_list("signed_in_at", flat=True).first()
            )
            if since is not None and since < moment - AWAY:
                raise MoreProof
        Recovery.objects.filter(person_id=person_id).delete()
        token = stop_token(person_id, moment)
        Recovery.objects.create(
            person_id=person_id, state="waiting", stop_hash=sha256(token.encode()).digest(), password_hash=fresh,
            lifts=lifts, asked_at=moment, due_at=due,
        )  # fmt: skip
    _tell(person_id, "notice_recovery")
    return due


def _tell(person_id: UUID, notice: str) -> None:
    with processing(Purpose.RIGHTS, subject=person_id, reference="recovery"):
        warn(person_id, notice, current_language())
