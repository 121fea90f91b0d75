"""Codes, accounts, sign-ins, profile, addresses as JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from mingpu.accounts import services
from mingpu.accounts.queries import Address, address_entry, addresses_of, profile_of, read_address
from mingpu.accounts.services import step_up
from mingpu.api.base import Body, me, network, whole
from mingpu.api.proof import token_of
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import current_language
from mingpu.privacy import masks

router = Router(tags=["accounts"])
Typed = Field(max_length=300)
Mark = Field("", max_length=300, description="what the answer to an earlier sign-in of this app held")


class CodeAsked(Body):
    """Where to send a code, and what for."""

    channel: Literal["sms", "email"]
    to: str = Typed
    intent: Literal["register", "login", "reset", "cancel", "confirm"]
    mark: str = Mark


class CodeSent(Schema):
    """Seconds until another code can be asked for; the same whether or not the destination is known."""

    retry_after: int


class NewAccount(Body):
    """Everything an account needs; the e-mail and its code may be missing or blank."""

    username: str = Typed
    password: str = Field(max_length=1000)
    phone: str = Typed
    phone_code: str = Typed
    email: str | None = Field(None, max_length=300)
    email_code: str | None = Field(None, max_length=300)
    agreed_statement: str = Typed


class Opened(Schema):
    """A new account, signed in."""

    person_id: UUID
    token: str
    expires_at: datetime
    mark: str


class ByPassword(Body):
    """Signing in by username, number or e-mail and password."""

    login: str = Typed
    password: str = Field(max_length=1000)
    mark: str = Mark


class ByCode(Body):
    """Signing in by a code that was sent to the number."""

    phone: str = Typed
    phone_code: str = Typed
    mark: str = Mark


class ByPasskey(Body):
    """Signing in by a passkey: the device's answer to `POST /passkeys/options`, as `AuthenticationResponseJSON`."""

    passkey: dict[str, Any]
    mark: str = Mark


class SignIn(Schema):
    """A sign-in: send the token as `Authorization: Bearer …`; keep the mark and show it when signing in again."""

    token: str
    expires_at: datetime
    mark: str


class Half(Schema):
    """Half a sign-in: send `half` and one of `ways` to `POST /sessions/second` before it expires."""

    half: str
    expires_at: datetime
    ways: list[str]


class NewPassword(Body):
    """A new password, by a code sent with intent `reset`. to: the number or e-mail it went to.

    At once it takes a second proof: `also` and `also_code` of the other channel, a recovery code, or a passkey's answer.
    lost_second: the second step is lost too, which takes both channels, and waits.
    """

    to: str = Typed
    code: str = Typed
    password: str = Field(max_length=1000)
    also: str = Field("", max_length=300)
    also_code: str = Field("", max_length=300)
    recovery_code: str = Field("", max_length=300)
    passkey: dict[str, Any] | None = None
    lost_second: bool = False


class ResetOut(Schema):
    """When the new password will hold. Until then any sign-in, or the mail, can stop it."""

    due_at: datetime


class RecoveryOut(Schema):
    """Where my recovery stands: none, waiting, due, stopped or settled.

    lifts: whether the second step goes with it; held_until: until when copies, cancelling and stored value wait.
    """

    state: str
    due_at: datetime | None
    lifts: bool
    held_until: datetime | None


class OwnPassword(Body):
    """Another password."""

    password: str = Field(max_length=1000)


class ProfileOut(Schema):
    """What a person sees of themselves; number and e-mail masked."""

    username: str
    nickname: str
    gender: str | None
    birthday: str | None
    interests: list[str]
    phone: str
    email: str | None


class ProfileChange(Body):
    """Some details; null or blank empties one, what is missing stays."""

    nickname: str | None = Field(None, max_length=300)
    gender: str | None = Field(None, max_length=300)
    birthday: str | None = Field(None, max_length=300)
    interests: list[str] | str | None = None


class EmailChange(Body):
    """The new e-mail with the code that was sent to it (intent `register`); null takes it out."""

    email: str | None = Field(None, max_length=300)
    email_code: str | None = Field(None, max_length=300)


class AddressIn(Body):
    """A new entry of the address book; town, landline and e-mail may be missing or blank."""

    name: str = Typed
    phone: str = Typed
    province: str = Typed
    city: str = Typed
    district: str = Field("", max_length=300)
    town: str | None = Field(None, max_length=300)
    street: str = Field(max_length=600)
    landline: str | None = Field(None, max_length=300)
    email: str | None = Field(None, max_length=300)
    is_default: bool = False


class AddressChange(Body):
    """Some fields of an entry; what is missing stays."""

    name: str | None = Field(None, max_length=300)
    phone: str | None = Field(None, max_length=300)
    province: str | None = Field(None, max_length=300)
    city: str | None = Field(None, max_length=300)
    district: str | None = Field(None, max_length=300)
    town: str | None = Field(None, max_length=300)
    street: str | None = Field(None, max_length=600)
    landline: str | None = Field(None, max_length=300)
    email: str | None = Field(None, max_length=300)
    is_default: bool | None = None


class AddressOut(Schema):
    """An entry of the address book."""

    id: UUID
    name: str
    phone: str
    province: str
    city: str
    district: str
    town: str | None
    street: str
    landline: str | None
    email: str | None
    is_default: bool


class AddressList(Schema):
    """The whole address book, the default entry first."""

    total: int
    items: list[AddressOut]
    page: int
    page_size: int


class Pasted(Body):
    """A name, a number and an address, run together in any order."""

    text: str = Field(max_length=2000)


class AddressRead(Schema):
    """What a line says, "" for what it does not.

    confidence: 0 to 1, of every field that is not blank. written: what of the line names a division, by level; the
    fields hold its full name of today, and levels that follow from the others.
    """

    name: str
    phone: str
    landline: str
    email: str
    postcode: str
    province: str
    city: str
    district: str
    town: str
    street: str
    confidence: dict[str, float]
    written: dict[str, str]


@router.post("/verification-codes", auth=None, response={202: CodeSent}, summary="Ask for a code")
def ask_code(request: HttpRequest, asked: CodeAsked) -> Status[dict[str, int]]:
    """Send a code. One a minute and 8 a day to a destination, 30 an hour from a network address; 429 beyond."""
    wait = services.send_code(
        **asked.dict(exclude={"mark"}),
        marks=asked.mark,
        address=network(request),
        language=current_language(),
    )
    return Status(202, {"retry_after": wait})


@router.post("/accounts", auth=None, response={201: Opened}, summary="Open an account")
def open_account(request: HttpRequest, new: NewAccount) -> Status[Any]:  # noqa: ARG001
    """Open an account and sign in. 409 for a name or number that is taken, 422 for a wrong code."""
    return Status(201, services.register(**new.dict(), language=current_language(), kind="api"))


@router.post("/sessions", auth=None, response={201: SignIn, 202: Half}, summary="Sign in")
def sign_in(request: HttpRequest, who: ByPassword | ByCode | ByPasskey) -> Status[Any]:
    """Sign in by password, code or passkey; 202 is half of it, for who has a second step or was long away. 401 for a wrong password or passkey, 422 for a wrong code, 429 after many tries."""
    if isinstance(who, ByPasskey):
        return Status(201, services.sign_in_by_passkey(credential=who.passkey, kind="api", marks=who.mark))
    given = {**who.dict(exclude={"mark"}), "marks": who.mark, "address": network(request), "kind": "api"}
    by = services.sign_in_by_code if isinstance(who, ByCode) else services.sign_in_by_password
    new = by(**given)
    if isinstance(new, services.HalfIn):
        return Status(202, {"half": new.token, "expires_at": new.expires_at, "ways": list(new.ways)})
    return Status(201, new)


@router.delete("/sessions/current", response={204: None}, summary="Sign out")
def sign_out(request: HttpRequest) -> Status[None]:
    """End this sign-in; others stay."""
    if isinstance(request, MallRequest):
        services.sign_out(token=request.token)
    return Status(204, None)


@router.post("/password-resets", auth=None, response={202: ResetOut, 204: None}, summary="Set a new password")
def reset_password(request: HttpRequest, new: NewPassword) -> Status[Any]:
    """Set a new password by two proofs: 204, at once, and every sign-in ends. By one channel alone: 202, in three days.

    403 `more_proof` for a number alone after so long that it may have changed hands.
    """
    due = services.reset_password(**new.dict(), address=network(request))
    return Status(204, None) if due is None else Status(202, {"due_at": due})


@router.get("/me/recovery", response=RecoveryOut, summary="Whether somebody recovers my password")
def recovery(request: HttpRequest) -> Any:
    """Return where a recovery stands. While one waits, every answer to me has the header `Mingpu-Recovery: waiting`."""
    return services.recovery_of(me(request))


@router.delete("/me/recovery", response={204: None}, summary="It was not me")
def stop_recovery(request: HttpRequest) -> Status[None]:
    """Stop a recovery that waits. 409 `nothing_begun` where none does."""
    services.stop_recovery(person_id=me(request))
    return Status(204, None)


@router.put("/me/password", response={204: None}, summary="Change my password")
def set_password(request: HttpRequest, new: OwnPassword) -> Status[None]:
    """Set another password; all other sign-ins end. 403 `proof_needed`."""
    step_up.require(person_id=me(request), token=token_of(request), act="password")
    services.set_password(person_id=me(request), token=token_of(request), password=new.password)
    return Status(204, None)


@router.get("/me/profile", response=ProfileOut, summary="My profile")
def profile(request: HttpRequest) -> dict[str, Any]:
    """Return what the person said about themselves."""
    return _profile(me(request))


@router.patch("/me/profile", response=ProfileOut, summary="Change my profile")
def change_profile(request: HttpRequest, change: ProfileChange) -> dict[str, Any]:
    """Change some details and return them all."""
    services.change_profile(person_id=me(request), **change.dict(exclude_unset=True))
    return _profile(me(request))


@router.put("/me/email", response=ProfileOut, summary="Change my e-mail")
def change_email(request: HttpRequest, change: EmailChange) -> dict[str, Any]:
    """Set the e-mail by its code, or take it out. 403 `proof_needed`."""
    step_up.require(person_id=me(request), token=token_of(request), act="contact")
    services.change_email(person_id=me(request), **change.dict())
    return _profile(me(request))


@router.get("/me/addresses", response=AddressList, summary="My addresses")
def addresses(request: HttpRequest, masked: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 -- a query parameter
    """Return the address book; `masked=true` for showing it on a screen that others may see."""
    return whole(addresses_of(me(request), masked=masked))


@router.post("/me/addresses", response={201: AddressOut}, summary="Add an address")
def add_address(request: HttpRequest, new: AddressIn) -> Status[Address]:
    """Add an entry; the first one becomes the default."""
    address_id = services.save_address(person_id=me(request), **new.dict())
    return Status(201, address_entry(me(request), address_id))


@router.post("/me/addresses/parse", response=AddressRead, summary="Read a pasted address")
def parse_address(request: HttpRequest, pasted: Pasted) -> dict[str, Any]:
    """Return what a line says, for its owner to look over; nothing of it is kept. 422 for more than 500 characters."""
    found = asdict(read_address(me(request), pasted.text))
    return {**found, "confidence": {name: round(sure, 2) for name, sure in found["confidence"].items()}}


@router.get("/me/addresses/{uuid:address_id}", response=AddressOut, summary="One address")
def address(request: HttpRequest, address_id: UUID) -> Address:
    """Return one entry. 404 for anybody else's."""
    return address_entry(me(request), address_id)


@router.patch("/me/addresses/{uuid:address_id}", response=AddressOut, summary="Change an address")
def change_address(request: HttpRequest, address_id: UUID, change: AddressChange) -> Address:
    """Change some fields and return the entry. 404 for anybody else's."""
    services.change_address(person_id=me(request), address_id=address_id, **change.dict(exclude_unset=True))
    return address_entry(me(request), address_id)


@router.delete("/me/addresses/{uuid:address_id}", response={204: None}, summary="Delete an address")
def delete_address(request: HttpRequest, address_id: UUID) -> Status[None]:
    """Delete an entry; orders already placed are not affected. 404 for anybody else's."""
    services.delete_address(person_id=me(request), address_id=address_id)
    return Status(204, None)


def _profile(person_id: UUID) -> dict[str, Any]:
    it = profile_of(person_id)
    return {
        "username": it.username, "nickname": it.nickname, "gender": it.gender, "birthday": it.birthday,
        "interests": list(it.interests), "phone": masks.phone(it.phone),
        "email": masks.email(it.email) if it.email else None,
    }  # fmt: skip
