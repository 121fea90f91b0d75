"""The second step as JSON: the second half of signing in, turning it on and off, recovery codes."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from mingpu.accounts import second_step_rules, services
from mingpu.accounts.queries import profile_of
from mingpu.accounts.services import step_up
from mingpu.api.accounts import SignIn
from mingpu.api.base import Body, me, network
from mingpu.api.proof import token_of

router = Router(tags=["second step"])


class SecondHalf(Body):
    """The second half of a sign-in: the token that `POST /sessions` gave with 202, and one of what it asked for."""

    half: str = Field(max_length=300)
    totp_code: str | None = Field(None, max_length=300)
    recovery_code: str | None = Field(None, max_length=300)
    password: str | None = Field(None, max_length=1000)
    passkey: dict[str, Any] | None = None
    mark: str = Field(
        "", max_length=300, description="what the answer to an earlier sign-in of this app held"
    )


class SecondStepOut(Schema):
    """How my second step stands. on_at: null while it is off; left: recovery codes not used yet."""

    on_at: datetime | None
    totp: bool
    passkeys: int
    left: int


class SecretOut(Schema):
    """A secret for an authenticator app, in base32, and as the `otpauth:` address of a QR code. It is shown this once."""

    secret: str
    address: str


class FirstCode(Body):
    """The app's first code."""

    totp_code: str = Field(max_length=300)


class FirstPasskey(Body):
    """A passkey's answer to `POST /passkeys/options`."""

    passkey: dict[str, Any]


class TurnedOn(Schema):
    """The recovery codes, this once; none where there are some from before."""

    recovery_codes: list[str]


@router.post("/sessions/second", auth=None, response={201: SignIn}, summary="Sign in, second half")
def second_half(request: HttpRequest, given: SecondHalf) -> Status[Any]:
    """Take the second half, once. 401 `sign_in_again` when it is used, old or was tried five times; 422 for a wrong code."""
    said = given.dict(exclude={"mark"})
    return Status(201, services.finish(**said, marks=given.mark, address=network(request)))


@router.get("/me/second-step", response=SecondStepOut, summary="My second step")
def second_step(request: HttpRequest) -> Any:
    """Return how it stands."""
    return services.second_step_of(me(request))


@router.post("/me/second-step/app", response=SecretOut, summary="Begin with an authenticator app")
def begin(request: HttpRequest) -> dict[str, Any]:
    """Make a secret; it counts once its first code came. 403 `proof_needed`."""
    _require(request)
    secret = services.begin_totp(person_id=me(request))
    name = profile_of(me(request)).username
    return {"secret": secret, "address": second_step_rules.address_of(secret, name)}


@router.put("/me/second-step/app", response=TurnedOn, summary="Turn it on with an app's first code")
def turn_on(request: HttpRequest, first: FirstCode) -> dict[str, Any]:
    """Turn it on. 422 for a wrong code, 409 `nothing_begun`, 403 `proof_needed`."""
    _require(request)
    made = services.turn_on_totp(person_id=me(request), code=first.totp_code)
    step_up.remember(person_id=me(request), token=token_of(request), by="totp_code")
    return {"recovery_codes": list(made)}


@router.put("/me/second-step/passkeys", response=TurnedOn, summary="Turn it on with a passkey")
def turn_on_passkeys(request: HttpRequest, first: FirstPasskey) -> dict[str, Any]:
    """Turn it on. 401 where the passkey is not one of mine, 403 `proof_needed`."""
    _require(request)
    made = services.turn_on_passkeys(person_id=me(request), passkey=first.passkey)
    step_up.remember(person_id=me(request), token=token_of(request), by="passkey")
    return {"recovery_codes": list(made)}


@router.post("/me/second-step/recovery-codes", response=TurnedOn, summary="New recovery codes")
def renew(request: HttpRequest) -> dict[str, Any]:
    """Make ten new ones in place of all there are. 403 `proof_needed`, 409 `nothing_begun` while it is off."""
    _require(request)
    return {"recovery_codes": list(services.renew_recovery_codes(person_id=me(request)))}


@router.delete("/me/second-step", response={204: None}, summary="Turn it off")
def turn_off(request: HttpRequest) -> Status[None]:
    """Turn it off; that takes the second step itself, of late. 403 `proof_needed`."""
    _require(request)
    services.turn_off(person_id=me(request))
    return Status(204, None)


def _require(request: HttpRequest) -> None:
    step_up.require(person_id=me(request), token=token_of(request), act="second_step")
