"""Signing in and out, and proving that it is you."""

from uuid import UUID, uuid4

from mingpu.accounts import rules
from mingpu.accounts.errors import WrongCode
from mingpu.accounts.models import Session
from mingpu.accounts.queries import destination_index, find, login_key, network_index, person_of, token_hash
from mingpu.accounts.services.codes import code_subject, redeem
from mingpu.accounts.services.guessing import admit, clear_attempts
from mingpu.accounts.services.halfway import HalfIn, enter
from mingpu.accounts.services.passwords import check_password
from mingpu.accounts.services.sessions import SignedIn
from mingpu.privacy.purposes import Purpose, processing


def sign_in_by_password(
    *, login: str, password: str, address: str, kind: str, marks: str = ""
) -> SignedIn | HalfIn:
    """Sign in by username, number or e-mail and password. kind: web | api; address: of the network.

    marks: what this browser keeps of earlier sign-ins, "" for none. Half, where the person has a second step.

    Raises WrongSignIn, in the same time and words for names that do not exist, and TooMany.
    """
    what, key = login_key(login)
    person_id, counted_as = check_password(
        subject=find(what, key), name=key, password=password, address=address, marks=marks
    )
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        clear_attempts(counted_as)
        return enter(person_id, kind, by="password", marks=marks)


def sign_in_by_code(
    *, phone: str, phone_code: str, address: str, kind: str, marks: str = ""
) -> SignedIn | HalfIn:
    """Sign in by a code sent for it; address: of the network; marks: what this browser keeps of earlier sign-ins.

    Half, where the person has a second step, or has not signed in for so long that the number may be another's by now.
    Raises BadField for what is no number, WrongCode, TooMany.
    """
    to = rules.phone(phone)
    code, subject = rules.code(phone_code), code_subject(to)
    whose, signed_in = subject or uuid4(), None
    with processing(Purpose.IDENTITY_CHECK, subject=whose):
        tried = _count_code(whose, to, address)
        if subject and code and redeem(intent="login", code=code, to=to):
            clear_attempts(tried)
            signed_in = enter(subject, kind, by="phone_code", marks=marks)
    if signed_in is None:
        raise WrongCode
    return signed_in


def sign_out(*, token: str) -> None:
    """End a sign-in; nothing happens for one that has ended."""
    person_id = person_of(token)
    if person_id is not None:
        with processing(Purpose.IDENTITY_CHECK, subject=person_id):
            Session.objects.filter(token_hash=token_hash(token)).delete()


def _count_code(whose: UUID, to: str, address: str) -> bytes:
    """Count a try at a code inside the running block, by network only: each code has five tries anyway.

    Returns the key it counts under. Raises TooMany.
    """
    name, source = destination_index(to), network_index(address)
    limit = ("attempts_from", source, rules.FREE_GUESSES_FROM)
    admit(subject=whose, name=name, source=source, limits=(limit,))
    return name
