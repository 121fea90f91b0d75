"""My number, as JSON: putting in another one."""

from django.http import HttpRequest
from ninja import Field, Router, Schema

from mingpu.accounts import services
from mingpu.accounts.queries import profile_of
from mingpu.accounts.services import step_up
from mingpu.api.base import Body, me
from mingpu.api.proof import token_of
from mingpu.privacy import masks

router = Router(tags=["accounts"])


class PhoneChange(Body):
    """Another number, and the code that was sent to it with intent `register`."""

    phone: str = Field(max_length=40)
    phone_code: str = Field(max_length=300)


class PhoneChanged(Schema):
    """My number now, masked, and how many other sign-ins ended."""

    phone: str
    ended: int


@router.put("/me/phone", response=PhoneChanged, summary="Change my number")
def change_phone(request: HttpRequest, change: PhoneChange) -> dict[str, object]:
    """Put another number in; all other sign-ins end. 403 `proof_needed`, 422 for a wrong code or one for a number in use.

    For three days it wins no password back, no code to it is proof, and the e-mail cannot be changed.
    """
    step_up.require(person_id=me(request), token=token_of(request), act="phone")
    ended = services.change_phone(person_id=me(request), token=token_of(request), **change.dict())
    return {"phone": masks.phone(profile_of(me(request)).phone), "ended": ended}
