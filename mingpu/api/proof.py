"""Proof that it is the person, beyond their token: a password or a code, for what a thief of the token would do."""

from django.http import HttpRequest
from ninja import Field

from mingpu.accounts.services import confirm_person
from mingpu.api.base import Body, me, network
from mingpu.lib.requests import MallRequest
from mingpu.rights.errors import ProofNeeded
from mingpu.rights.services import is_fresh


class Proof(Body):
    """That it is me: my password, or a code sent with intent `confirm` (or `cancel`)."""

    password: str | None = Field(None, max_length=1000)
    phone_code: str | None = Field(None, max_length=300)


def prove(request: HttpRequest, proof: Proof | None, *, always: bool = False) -> None:
    """Make sure that it is the person: by what they send, or by a sign-in of the last quarter of an hour.

    always: a new sign-in is not enough. Raises ProofNeeded, and what `confirm_person` raises.
    """
    if proof is not None and (proof.password or proof.phone_code):
        given = {"password": proof.password, "phone_code": proof.phone_code}
        confirm_person(person_id=me(request), address=network(request), **given)
        return
    token = request.token if isinstance(request, MallRequest) else ""
    if always or not is_fresh(person_id=me(request), token=token):
        raise ProofNeeded
