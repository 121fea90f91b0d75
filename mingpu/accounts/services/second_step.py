"""A second step on signing in: an authenticator app or passkeys, with recovery codes on paper.

Turning it on takes a code or passkey that works; each code works once; taking one is counted before it is looked at.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from mingpu.accounts import rules, second_step_rules
from mingpu.accounts.errors import NothingBegun, WrongCode
from mingpu.accounts.models import Passkey, RecoveryCode, SecondStep
from mingpu.accounts.queries import network_index
from mingpu.accounts.second_step_rules import SecondStepView
from mingpu.accounts.services.familiar import attempt_key
from mingpu.accounts.services.guessing import admit, clear_attempts
from mingpu.accounts.services.notices import warn
from mingpu.accounts.services.passkeys import check_passkey
from mingpu.lib.clock import now
from mingpu.lib.text import current_language
from mingpu.privacy.fields import blind_index
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing

_NAME = "accounts_attempt.second"


def second_step_of(person_id: UUID) -> SecondStepView:
    """Return how a person's second step stands."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        return look(person_id)


def look(person_id: UUID) -> SecondStepView:
    """The same, inside the running block of the person."""
    row = _of(person_id).values("on_at", "secret").first()
    on_at = row["on_at"] if row else None
    return SecondStepView(
        on_at=on_at, totp=bool(on_at and row and row["secret"]),
        passkeys=Passkey.objects.filter(person_id=person_id).count(),
        left=RecoveryCode.objects.filter(person_id=person_id).count(),
    )  # fmt: skip


def begin_totp(*, person_id: UUID) -> str:
    """Make a secret for an authenticator app and return it, in base32; it counts once `turn_on_totp` took a code of it.

    Whoever calls has made sure that it is the person.
    """
    secret = second_step_rules.make_secret()
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        SecondStep.objects.bulk_create([SecondStep(person_id=person_id)], ignore_conflicts=True)
        _of(person_id).update(waiting=secret)
    return secret


def waiting_totp(person_id: UUID) -> str:
    """Return the secret that waits for its first code. Raises NothingBegun."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        secret: str | None = _of(person_id).values_list("waiting", flat=True).first()
    if secret is None:
        raise NothingBegun
    return secret


def turn_on_totp(*, person_id: UUID, code: str) -> tuple[str, ...]:
    """Take the app's first code and turn the step on; an app that was there before counts no more.

    Returns the recovery codes, this once, or none where there are some from before. Raises NothingBegun, WrongCode.
    """
    secret, moment = waiting_totp(person_id), now()
    step = second_step_rules.step_of(secret, code, moment)
    if step is None:
        raise WrongCode
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        if not _of(person_id).filter(waiting__isnull=False).update(secret=secret, waiting=None, counter=step):
            raise NothingBegun
        made = _turn_on(person_id)
    _tell(person_id)
    return made


def turn_on_passkeys(*, person_id: UUID, passkey: Mapping[str, Any]) -> tuple[str, ...]:
    """Take a passkey's answer and turn the step on, as `turn_on_totp` does. Raises WrongPasskey."""
    check_passkey(person_id=person_id, credential=passkey)
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        SecondStep.objects.bulk_create([SecondStep(person_id=person_id)], ignore_conflicts=True)
        made = _turn_on(person_id)
    _tell(person_id)
    return made


def turn_off(*, person_id: UUID) -> None:
    """Take the second step away, its recovery codes too; nothing happens where there is none.

    Whoever calls has made sure that it is the person, by that very step.
    """
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        gone = forget(_of(person_id))
        forget(RecoveryCode.objects.filter(person_id=person_id))
    if gone:
        _tell(person_id)


def renew_recovery_codes(*, person_id: UUID) -> tuple[str, ...]:
    """Make ten new recovery codes in place of all there are, and return them, this once. Raises NothingBegun."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        if not _of(person_id).filter(on_at__isnull=False).exists():
            raise NothingBegun
        return _make_codes(person_id)


def take(
    *,
    person_id: UUID,
    address: str,
    marks: str = "",
    totp_code: str | None = None,
    recovery_code: str | None = None,
) -> str:
    """Take one code of the second step and use it up; return which it was, of `proof_rules.WAYS`.

    address: of the network; marks: what this browser keeps of earlier sign-ins: tries from there are counted apart.
    Raises WrongCode, also for a code that was right before, and TooMany.
    """
    familiar = attempt_key(marks, person_id)
    name = blind_index(_NAME, f"{person_id.hex}:{familiar.hex() if familiar else ''}")
    source = network_index(address)
    limits: tuple[tuple[str, bytes, int], ...] = (("attempts_on", name, rules.FREE_GUESSES),)
    if not familiar:
        limits += (("attempts_from", source, rules.FREE_GUESSES_FROM),)
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        admit(subject=person_id, name=name, source=source, limits=limits)
        right = (
            _use_totp(person_id, totp_code) if totp_code else _use_recovery(person_id, recovery_code or "")
        )
        if right:
            clear_attempts(name)
    if not right:
        raise WrongCode
    if not totp_code:
        _tell(person_id)
    return "totp_code" if totp_code else "recovery_code"


def _use_totp(person_id: UUID, typed: str) -> bool:
    secret = _of(person_id).filter(on_at__isnull=False).values_list("secret", flat=True).first()
    step = second_step_rules.step_of(secret, typed, now()) if secret else None
    return step is not None and bool(_of(person_id).filter(counter__lt=step).update(counter=step))


def _use_recovery(person_id: UUID, typed: str) -> bool:
    """Delete the code: of two who try it at once, one finds it."""
    key = _hash(person_id, second_step_rules.recovery_key(typed))
    return bool(forget(RecoveryCode.objects.filter(person_id=person_id, code_hash=key)))


def _turn_on(person_id: UUID) -> tuple[str, ...]:
    if _of(person_id).filter(on_at=None).update(on_at=now()):
        return _make_codes(person_id)
    return ()


def _make_codes(person_id: UUID) -> tuple[str, ...]:
    made, moment = second_step_rules.make_recovery_codes(), now()
    forget(RecoveryCode.objects.filter(person_id=person_id))
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            id=uuid4(), person_id=person_id, code_hash=_hash(person_id, second_step_rules.recovery_key(it)),
            made_at=moment,
        )
        for it in made
    )  # fmt: skip
    return made


def _tell(person_id: UUID) -> None:
    with processing(Purpose.RIGHTS, subject=person_id, reference="second_step"):
        warn(person_id, "notice_security", current_language())


def _hash(person_id: UUID, code: str) -> bytes:
    return blind_index("accounts_recoverycode.code_hash", f"{person_id.hex}:{code}")


def _of(person_id: UUID) -> Any:
    return SecondStep.objects.filter(person_id=person_id)
