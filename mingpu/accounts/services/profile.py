"""What a person changes about themselves: details, e-mail, address book."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError

from mingpu.accounts import rules
from mingpu.accounts.errors import TooManyAddresses, WrongCode
from mingpu.accounts.models import Address, Contact, Credential, Profile
from mingpu.accounts.proof_rules import check_number
from mingpu.accounts.queries import MOST_ADDRESSES, email_index
from mingpu.accounts.services.registration import prove_mailbox, taken, use_proof
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.forgetting import forget, note_emptied
from mingpu.privacy.minors import note_birthday
from mingpu.privacy.purposes import Purpose, processing

_DETAILS: Final[Mapping[str, Callable[[Any], str]]] = {
    "nickname": rules.nickname,
    "gender": rules.gender,
    "birthday": rules.birthday,
    "interests": rules.interests,
}


def change_profile(*, person_id: UUID, guardian: bool = False, **fields: Any) -> None:
    """Change some of nickname, gender, birthday, interests; what is not named stays as it is.

    None or blank empties a detail; a blank nickname becomes the username again. interests: words or a text.
    A birthday of somebody under 14 is in force before it is written down. guardian: it is their guardian who says it.
    Raises BadField, BirthdayFixed, TypeError for other names, NotFound without an account.
    """
    if unknown := fields.keys() - _DETAILS.keys():
        raise TypeError(f"no such detail: {sorted(unknown)}")
    kept = {name: _detail(name, value) for name, value in fields.items()}
    if not kept:
        return
    if "birthday" in kept:
        note_birthday(person_id, kept["birthday"], guardian=guardian)
    with processing(Purpose.PROFILE, subject=person_id):
        if "nickname" in kept and kept["nickname"] is None:
            names = Credential.objects.filter(person_id=person_id).values_list("username", flat=True)
            kept["nickname"] = names.first()
        if not Profile.objects.filter(person_id=person_id).update(**kept):
            raise NotFound
        note_emptied("accounts_profile", person_id, *_emptied(kept))


def change_email(*, person_id: UUID, email: str | None, email_code: str | None = None) -> None:
    """Set the e-mail by a code sent to it with intent `register`, or take it out with None or blank.

    Raises BadField, WrongCode, EmailTaken, NumberNew for three days after the number was changed.
    """
    to = rules.email(email) if email and email.strip() else None
    proof = None
    if to:
        if not (code := rules.code(email_code or "")):
            raise WrongCode
        proof = prove_mailbox(to, code)
    try:
        with processing(Purpose.PROFILE, subject=person_id):
            mine = Credential.objects.filter(person_id=person_id)
            check_number(mine.values_list("number_new_until", flat=True).first())
            contact = Contact.objects.filter(person_id=person_id)
            contact.update(email=to, email_index=email_index(to) if to else None)
            if not to:
                note_emptied("accounts_contact", person_id, "email", "email_index")
    except IntegrityError as clash:
        raise taken(clash) from None
    if proof:
        use_proof(proof)


def save_address(*, person_id: UUID, is_default: bool = False, **fields: str | None) -> UUID:
    """Add an entry to the address book and return its id; the first one is the default.

    fields: name, phone, province, city, district, street; town, landline and email may be missing or blank.
    Raises BadField, TooManyAddresses, TypeError for other names.
    """
    _check_names(fields)
    kept = rules.entry(fields)
    address_id = uuid4()
    with processing(Purpose.PROFILE, subject=person_id):
        book = Address.objects.filter(person_id=person_id)
        count = book.count()
        if count >= MOST_ADDRESSES:
            raise TooManyAddresses(most=MOST_ADDRESSES)
        first = is_default or not count
        if is_default:
            book.filter(is_default=True).update(is_default=False)
        Address.objects.create(id=address_id, person_id=person_id, is_default=first, created_at=now(), **kept)
    return address_id


def change_address(
    *, person_id: UUID, address_id: UUID, is_default: bool | None = None, **fields: str | None
) -> None:
    """Change some fields of an entry; what is not named stays. Making it the default unmakes the other.

    Raises BadField, NotFound for anybody else's, TypeError for other names.
    """
    _check_names(fields)
    kept: dict[str, Any] = {name: rules.address_field(name, value) for name, value in fields.items()}
    if is_default is not None:
        kept["is_default"] = is_default
    with processing(Purpose.PROFILE, subject=person_id):
        book = Address.objects.filter(person_id=person_id)
        if not book.filter(id=address_id).exists():
            raise NotFound
        if is_default:
            book.filter(is_default=True).exclude(id=address_id).update(is_default=False)
        if kept:
            book.filter(id=address_id).update(**kept)
            note_emptied("accounts_address", address_id, *_emptied(kept))


def delete_address(*, person_id: UUID, address_id: UUID) -> None:
    """Delete an entry; the newest one left becomes the default in its place. Raises NotFound."""
    with processing(Purpose.PROFILE, subject=person_id):
        book = Address.objects.filter(person_id=person_id)
        was = book.filter(id=address_id).values_list("is_default", flat=True).first()
        if was is None:
            raise NotFound
        forget(book.filter(id=address_id))
        heir = book.order_by("-created_at", "id").values_list("id", flat=True).first() if was else None
        if heir:
            book.filter(id=heir).update(is_default=True)


def _detail(name: str, value: Any) -> str | None:
    if value is None or value in ("", [], ()) or (isinstance(value, str) and not value.strip()):
        return None
    return _DETAILS[name](value) or None


def _emptied(kept: Mapping[str, Any]) -> list[str]:
    return [name for name, value in kept.items() if value is None]


def _check_names(fields: Mapping[str, str | None]) -> None:
    if unknown := fields.keys() - set(rules.ENTRY):
        raise TypeError(f"no such field of an address: {sorted(unknown)}")
