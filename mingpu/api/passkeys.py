"""Passkeys as JSON: options for the device, its answers, the list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Body as InBody
from ninja import Field, Router, Schema, Status

from mingpu.accounts import services
from mingpu.accounts.passkey_rules import options_to_sign_in
from mingpu.accounts.queries import PasskeyView, passkeys_of
from mingpu.accounts.services import step_up
from mingpu.api.base import Body, me, whole
from mingpu.api.proof import Proof, show, token_of

router = Router(tags=["passkeys"])


class PasskeyIn(Body):
    """What the device made. credential: its answer as WebAuthn's `RegistrationResponseJSON`."""

    credential: dict[str, Any]
    name: str = Field("", max_length=300)


class PasskeyOut(Schema):
    """A passkey of mine."""

    id: UUID
    name: str
    added_at: datetime
    used_at: datetime | None


class PasskeyList(Schema):
    """All of mine, the newest first."""

    total: int
    items: list[PasskeyOut]
    page: int
    page_size: int


class Options(Schema):
    """WebAuthn's options for the device, as `PublicKeyCredential*OptionsJSON`; good for five minutes."""

    options: dict[str, Any]


@router.post("/passkeys/options", auth=None, response=Options, summary="Begin to sign in by passkey")
def begin_sign_in(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001
    """Return the options for signing in; send the device's answer to `POST /sessions` as `passkey`."""
    return {"options": options_to_sign_in()}


@router.get("/me/passkeys", response=PasskeyList, summary="My passkeys")
def passkeys(request: HttpRequest) -> dict[str, Any]:
    """Return my passkeys."""
    return whole(passkeys_of(me(request)))


@router.post("/me/passkeys/options", response=Options, summary="Begin to add a passkey")
def begin(request: HttpRequest, proof: InBody[Proof | None] = None) -> dict[str, Any]:
    """Return the options for making a passkey. 403 `proof_needed`; a proof sent along is remembered, as by `/me/proofs`."""
    if proof is not None and any(proof.dict().values()):
        show(request, proof)
    _require(request)
    return {"options": services.begin_passkey(person_id=me(request))}


@router.post("/me/passkeys", response={201: PasskeyOut}, summary="Add a passkey")
def add(request: HttpRequest, new: PasskeyIn) -> Status[PasskeyView]:
    """Keep a passkey that was made with options of mine. 401 when it does not fit them, 403 `proof_needed`."""
    _require(request)
    pk = services.add_passkey(person_id=me(request), **new.dict())
    return Status(201, next(it for it in passkeys_of(me(request)) if it.id == pk))


@router.delete("/me/passkeys/{uuid:passkey_id}", response={204: None}, summary="Remove a passkey")
def remove(request: HttpRequest, passkey_id: UUID) -> Status[None]:
    """Remove a passkey. 404 for anybody else's, 403 `proof_needed`."""
    _require(request)
    services.remove_passkey(person_id=me(request), passkey_id=passkey_id)
    return Status(204, None)


def _require(request: HttpRequest) -> None:
    step_up.require(person_id=me(request), token=token_of(request), act="passkeys")
