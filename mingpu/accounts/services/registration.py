"""Opening an account: everything in one transaction, under the id the phone's code was sent for."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError

from mingpu.accounts import rules
from mingpu.accounts.errors import (
    BadField,
    EmailTaken,
    NumberTaken,
    StatementChanged,
    UsernameTaken,
    WrongCode,
)
from mingpu.accounts.models import Contact, Credential, Person, Profile
from mingpu.accounts.queries import email_index, phone_index, username_index
from mingpu.accounts.services.codes import code_subject, redeem
from mingpu.accounts.services.passwords import hash_password
from mingpu.accounts.services.sessions import SignedIn, open_session
from mingpu.lib.clock import now
from mingpu.lib.errors import MallError
from mingpu.lib.text import Text
from mingpu.privacy import sharing
from mingpu.privacy.models import ConsentEvent, Standing
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER

STATEMENT = "statement"  # the name under which agreeing to the statement is recorded
_TAKEN: dict[str, type[MallError]] = {
    "username_index": UsernameTaken,
    "phone_index": NumberTaken,
    "email_index": EmailTaken,
}


@dataclass(frozen=True, slots=True, repr=False)
class _Newcomer:
    """What was typed, as it is kept."""

    username: str
    password: str
    phone: str
    phone_code: str
    email: str | None
    email_code: str | None


@dataclass(frozen=True, slots=True)
class MailProof:
    """A mailbox whose code was right: whom the code was for, and what was sent to it meanwhile."""

    subject: UUID
    to: str
    code: str
    shares: tuple[sharing.Shared, ...]


def register(
    *,
    username: str,
    password: str,
    phone: str,
    phone_code: str,
    email: str | None = None,
    email_code: str | None = None,
    agreed_statement: str,
    language: str,
    kind: str,
) -> SignedIn:
    """Open an account and sign in. e-mail may stay blank; agreed_statement: the version that was read.

    Raises BadField, StatementChanged, WrongCode, UsernameTaken, NumberTaken, EmailTaken; then nothing is
    written and a right code stays good.
    """
    newcomer = _read(
        username=username,
        password=password,
        phone=phone,
        phone_code=phone_code,
        email=email,
        email_code=email_code,
    )
    if agreed_statement != REGISTER.version:
        raise StatementChanged(version=REGISTER.version)
    proof = prove_mailbox(newcomer.email, newcomer.email_code) if newcomer.email else None
    subject = code_subject(newcomer.phone)
    if subject is None:
        raise WrongCode
    try:
        signed_in = _write(subject, newcomer, proof, language, kind)
    except IntegrityError as clash:
        raise taken(clash) from None
    if signed_in is None:
        raise WrongCode
    if proof:
        use_proof(proof)
    return signed_in


def _read(
    *, username: str, password: str, phone: str, phone_code: str, email: str | None, email_code: str | None
) -> _Newcomer:
    """Hold everything typed against the rules; raises BadField or WrongCode."""
    name, number = rules.username(username), rules.phone(phone)
    mailbox = rules.email(email) if email and email.strip() else None
    if mailbox and not (email_code and email_code.strip()):
        raise BadField(
            "email_code",
            field=rules.LABELS["email_code"],
            problem=Text("填了邮箱就需要它", "the e-mail needs it"),
        )
    secret = rules.password(password, known=(name, number, number[3:], mailbox or ""))
    code, mail_code = rules.code(phone_code), rules.code(email_code or "") if mailbox else None
    if code is None or (mailbox and mail_code is None):
        raise WrongCode
    return _Newcomer(name, secret, number, code, mailbox, mail_code)


def _write(
    subject: UUID, it: _Newcomer, proof: MailProof | None, language: str, kind: str
) -> SignedIn | None:
    """Write the account, or use up a try of the code and return None."""
    with processing(Purpose.REGISTRATION, subject=subject):
        if not redeem(intent="register", code=it.phone_code, to=it.phone):
            return None
        moment = now()
        Person.objects.create(id=subject, created_at=moment)
        Standing.objects.create(person_id=subject)
        Credential.objects.create(
            person_id=subject, username=it.username, username_index=username_index(it.username),
            password_hash=hash_password(it.password), signed_in_at=moment,
        )  # fmt: skip
        Contact.objects.create(
            person_id=subject, phone=it.phone, phone_index=phone_index(it.phone), email=it.email,
            email_index=email_index(it.email) if it.email else None,
        )  # fmt: skip
        Profile.objects.create(person_id=subject, nickname=it.username)
        ConsentEvent.objects.create(
            person_id=subject, name=STATEMENT, granted=True, statement_version=REGISTER.version,
            statement_hash=REGISTER.digest, language=language, at=moment,
        )  # fmt: skip
        if proof:
            sharing.adopt(proof.shares, subject)
        return open_session(subject, kind, by="opening", familiar=True)


def prove_mailbox(to: str, code: str | None) -> MailProof:
    """Check the code that was sent to a mailbox or another number, without using it up. to, code: as the rules return them.

    Raises WrongCode.
    """
    subject = code_subject(to)
    if subject is None or code is None:
        raise WrongCode
    with processing(Purpose.IDENTITY_CHECK, subject=subject):
        right = redeem(intent="register", code=code, to=to, keep=True)
    if not right:
        raise WrongCode
    return MailProof(subject, to, code, sharing.records_of(subject))


def use_proof(proof: MailProof) -> None:
    """Use up the code of a mailbox that has its account now."""
    with processing(Purpose.IDENTITY_CHECK, subject=proof.subject):
        redeem(intent="register", code=proof.code, to=proof.to)


def taken(clash: IntegrityError) -> Exception:
    """Return what a unique value that somebody else has means to the reader; the clash itself if unknown."""
    constraint = getattr(getattr(clash.__cause__, "diag", None), "constraint_name", None) or ""
    return next((error() for column, error in _TAKEN.items() if column in constraint), clash)
