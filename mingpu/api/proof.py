"""Proof that it is the person, beyond their token: for what a thief of the token would do."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from mingpu.accounts import proof_rules
from mingpu.accounts.errors import ProofNeeded
from mingpu.accounts.services import confirm_person, step_up
from mingpu.api.base import Body, me, network
from mingpu.lib.requests import MallRequest

router = Router(tags=["accounts"])


class Proof(Body):
    """That it is me, by one of these; who has a second step needs one of that.

    phone_code: one sent with intent `confirm` (or `cancel`); passkey: the device's answer to `POST /passkeys/options`.
    """

    password: str | None = Field(None, max_length=1000)
    phone_code: str | None = Field(None, max_length=300)
    passkey: dict[str, Any] | None = None
    totp_code: str | None = Field(None, max_length=300)
    recovery_code: str | None = Field(None, max_length=300)


class Standing(Schema):
    """How this sign-in stands. recent: what needs proof can be done until `until`; proofs: what I could show, the best first."""

    recent: bool
    until: datetime | None
    proofs: list[str]


@router.get("/me/proofs", response=Standing, summary="Whether I showed of late that it is me")
def standing(request: HttpRequest) -> dict[str, Any]:
    """Return how this sign-in stands. Signing in counts as showing it."""
    it = step_up.standing(person_id=me(request), token=token_of(request))
    until = it.at + proof_rules.RECENT if it.recent and it.at else None
    return {"recent": it.recent, "until": until, "proofs": list(it.ways)}


@router.post("/me/proofs", response=Standing, summary="Show that it is me")
def show(request: HttpRequest, proof: Proof) -> dict[str, Any]:
    """Take a proof; for ten minutes this sign-in may do what needs one. 401, 422 for a wrong one, 429 after many."""
    step_up.prove(person_id=me(request), token=token_of(request), address=network(request), **proof.dict())
    return standing(request)


def prove(request: HttpRequest, proof: Proof | None, act: str, *, always: bool = False) -> None:
    """Make sure that it is the person: by what they send with the call, or by what they showed in this sign-in of late.

    act: of `proof_rules.ACTS`. always: signing in is not enough. Raises ProofNeeded, AccountHeld, and what `confirm_person` raises.
    """
    given = proof.dict(include=set(Proof.model_fields)) if proof is not None else {}
    it = step_up.standing(person_id=me(request), token=token_of(request))
    proof_rules.check_held(it, act)
    if any(given.values()):
        confirm_person(person_id=me(request), address=network(request), **given)
        return
    proof_rules.check(it, act)
    if always and not it.again:
        raise ProofNeeded(act=act, ways=it.ways)


def token_of(request: HttpRequest) -> str:
    """Return the token of the sign-in that asks."""
    return request.token if isinstance(request, MallRequest) else ""
