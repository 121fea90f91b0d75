"""The doors of the extras: whether one may be used by this person now, and if not, why, under a stable code.

A function that comes later finds its purpose in the register and its door here; until then the door refuses. The
row policies decide all the same: this says it in words before anything is entered in the record of uses.
"""

from dataclasses import dataclass
from uuid import UUID

from mingpu.lib.errors import MallError, NotFound
from mingpu.lib.text import Text
from mingpu.privacy.register import REGISTER, Register
from mingpu.privacy.standing import agrees


class NotOpenYet(MallError):
    """This function is not open yet; nothing is collected for it."""

    zh = "这项功能尚未开放，我们不为它收集任何信息。"
    code = "function_not_open"
    status = 403


class SignInFirst(MallError):
    """Sign in first: this depends on what you allowed."""

    zh = "请先登录：是否可用取决于您的选择。"
    code = "unauthenticated"
    status = 401


class PermissionIsOff(MallError):
    """The permission for {permission} is off."""

    zh = "{permission}权限已关闭。"
    code = "permission_off"
    status = 403


class NotAgreed(MallError):
    """You have not agreed to this: {purpose}."""

    zh = "您没有同意这一用途：{purpose}。"
    code = "consent_needed"
    status = 403


@dataclass(frozen=True, slots=True)
class Door:
    """One extra: what it is for, whether it is open at all, what it needs of the person."""

    name: str
    title: Text
    why: Text
    clauses: tuple[str, ...]
    open: bool
    permission: str  # "" for none
    consent: bool


def doors(register: Register = REGISTER) -> tuple[Door, ...]:
    """Return every extra: what rests on consent, needs a permission, or is not open yet."""
    return tuple(
        Door(it.id, it.title, it.why, it.clauses, it.open, it.permission, it.basis == "consent")
        for it in register.purposes.values()
        if it.basis == "consent" or it.permission or not it.open
    )


def check(name: str, person_id: UUID | None, *, register: Register = REGISTER) -> None:
    """Return when the extra may be used by this person now.

    Raises NotFound for what is no extra, NotOpenYet, SignInFirst, PermissionIsOff or NotAgreed, in that order.
    """
    door = next((it for it in doors(register) if it.name == name), None)
    if door is None:
        raise NotFound
    if not door.open:
        raise NotOpenYet
    if person_id is None:
        raise SignInFirst
    if door.permission and not agrees(person_id, door.permission):
        raise PermissionIsOff(permission=register.permissions[door.permission].title)
    if door.consent and not agrees(person_id, name):
        raise NotAgreed(purpose=door.title)
