"""One door for whatever a person can switch: endpoints, jobs and what is kept in memory all ask here, at that moment.

What a name needs comes from the register alone: a permission needs itself, a purpose its permission and, where its
basis is consent, a yes. Nothing of the answer is remembered; the row policies ask the same again in every statement.
"""

import functools
import logging
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, Generic, ParamSpec, TypeVar
from uuid import UUID

from mingpu.lib.errors import MallError
from mingpu.lib.jobs import job
from mingpu.privacy.doors import NotAgreed, PermissionIsOff
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Register
from mingpu.privacy.standing import agrees, turn

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
MOST: Final = 1_000  # people of one shelf


class NotAvailable(MallError):
    """This function is not there yet: {title}. Nothing of what you sent was kept."""

    zh = "这项功能还没有：{title}。您发来的内容没有留下。"
    code = "not_available"
    status = 501


def needed(name: str, register: Register = REGISTER) -> tuple[str, ...]:
    """Return what must stand for a permission or purpose: permission first, then consent; () for a contract's purpose.

    Raises KeyError for another name.
    """
    if name in register.permissions:
        return (name,)
    it = register.purposes[name]
    return ((it.permission,) if it.permission else ()) + ((name,) if it.basis == "consent" else ())


def serving(permission: str, register: Register = REGISTER) -> tuple[str, ...]:
    """Return the purposes that a permission opens, those not there yet too."""
    return tuple(it.id for it in register.purposes.values() if it.permission == permission)


def stands(person_id: UUID, name: str) -> bool:
    """Whether everything that a permission or purpose needs stands at this moment."""
    return all(agrees(person_id, it) for it in needed(name))


def enter(person_id: UUID, name: str) -> None:
    """Let an endpoint of a purpose go on. Raises PermissionIsOff, NotAvailable or NotAgreed, in that order.

    Call it before anything of the request's body is read.
    """
    it = REGISTER.purposes[name]
    if it.permission and not agrees(person_id, it.permission):
        raise PermissionIsOff(permission=REGISTER.permissions[it.permission].title)
    if not it.open:
        raise NotAvailable(title=it.title)
    if it.basis == "consent" and not agrees(person_id, name):
        raise NotAgreed(purpose=it.title)


def job_under(name: str, matter: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Register a job (see `lib.jobs.job`) that is dropped when `matter` does not stand as it starts.

    matter: a permission or purpose. The job takes `person_id` by name, as text.
    """

    def register(function: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            if stands(UUID(str(kwargs["person_id"])), matter):
                function(*args, **kwargs)
            else:
                log.info("job dropped, %s is off: %s", matter, name)

        return job(name)(run)

    return register


class Shelf(Generic[T]):
    """What was made for people under a purpose, kept in this process: passed by once it is off, and after it was.

    Each thing is marked with the person's decision it was made under (`standing.turn`), so that nothing made before
    a no is served after the next yes. Serving what is kept is a use like any other and leaves its line.
    """

    def __init__(self, purpose: Purpose) -> None:
        self._purpose = purpose
        self._kept: dict[UUID, tuple[tuple[int, ...], T]] = {}
        self._gate = Lock()

    def get(self, person_id: UUID, make: Callable[[], T]) -> T | None:
        """Return what is kept for a person, or make it (in a block of its own); None while the purpose is off."""
        turns = self._turns(person_id)
        if turns is None:
            self._put(person_id, None)
            return None
        known = self._kept.get(person_id)
        if known and known[0] == turns:
            with processing(self._purpose, subject=person_id, reading=True):
                return known[1]
        made = make()
        self._put(person_id, (turns, made))
        return made

    def _turns(self, person_id: UUID) -> tuple[int, ...] | None:
        found = [turn(person_id, it) for it in needed(self._purpose.value)]
        return None if None in found else tuple(it for it in found if it is not None)

    def _put(self, person_id: UUID, value: tuple[tuple[int, ...], Any] | None) -> None:
        with self._gate:
            self._kept.pop(person_id, None)
            if value is not None:
                if len(self._kept) >= MOST:
                    self._kept.clear()
                self._kept[person_id] = value
