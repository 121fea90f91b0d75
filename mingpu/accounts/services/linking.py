"""Signing in through another service: rounds there and back, linking and unlinking.

Nobody is linked because a number or a mailbox is the same: only a person who is signed in here, and has just come from
there, links the two. A link is never the only way in: every account has its password and its number. Nothing outside is
called while a transaction is open.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError

from mingpu.accounts import linking_rules, rules
from mingpu.accounts.errors import (
    AlreadyLinked,
    LinkedElsewhere,
    LinkRests,
    OtherAccountCame,
    ProviderDeclined,
    ProviderRefused,
    ProviderUnanswered,
    RoundOver,
)
from mingpu.accounts.linking_rules import Arrival, Ticket
from mingpu.accounts.models import LinkedAccount, SpentChallenge
from mingpu.accounts.queries import find, network_index
from mingpu.accounts.services.guessing import admit, clear_attempts
from mingpu.accounts.services.halfway import HalfIn, enter
from mingpu.accounts.services.notices import warn
from mingpu.accounts.services.sessions import SignedIn
from mingpu.adapters.providers import sign_in_providers
from mingpu.adapters.signin import SignInFailed, SignInProvider
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text, current_language
from mingpu.privacy import consent
from mingpu.privacy.doors import NotAgreed
from mingpu.privacy.forgetting import forget
from mingpu.privacy.models import ConsentEvent
from mingpu.privacy.parties import parties, sources
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.sources import accept
from mingpu.privacy.standing import agrees

PURPOSE: Final = Purpose.THIRD_PARTY_LOGIN
_TRIED: Final = ("attempts_from", rules.FREE_GUESSES_FROM)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Begun:
    """A round under way. address: where the browser goes; ticket: what it keeps until it comes back."""

    address: str
    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CameBack:
    """What became of a round: signed in (or half), an arrival nobody here knows (sealed), or unlinked. onward: where to go on, or ""."""

    onward: str
    signed_in: SignedIn | HalfIn | None = None
    arrival: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class LinkedView:
    """A link as its person sees it; nickname and avatar as told when it was made, "" for none."""

    provider: str
    title: Text
    nickname: str
    avatar: str
    linked_at: datetime
    used_at: datetime | None


def ways_in() -> Mapping[str, SignInProvider]:
    """Return the services one can sign in through now: configured, and a source with a contract in force."""
    known, today = parties(), now().date()
    named = {name for name, it in sources().items() if PURPOSE.value in it.purposes}
    found = {}
    for name, client in sign_in_providers().items():
        contract = known[name].contract if name in named else None
        if contract is not None and not contract.over(today):
            found[name] = client
    return found


def begin_round(
    *,
    provider: str,
    intent: str,
    kind: str,
    inside: bool = False,
    person_id: UUID | None = None,
    onward: str = "",
) -> Begun:
    """Begin a round at a service. intent: login | link | unlink; kind: web | api; inside: in the service's own browser.

    To link and to unlink, the caller made sure that it is the person. Raises NotFound for another service, or for one
    that serves no apps, ProviderUnanswered.
    """
    client = _client(provider)
    redirect = (
        f"{settings.PUBLIC_ADDRESS}/login/by/{provider}/back" if kind == "web" else client.returns_to_apps
    )
    if not redirect:
        raise NotFound
    whose = person_id.hex if person_id and intent != "login" else ""
    it = linking_rules.new_ticket(
        provider=provider,
        intent=intent,
        kind=kind,
        redirect=redirect,
        inside=inside,
        person=whose,
        onward=onward,
    )
    address = _asked(client, lambda: client.address(it.round()))
    return Begun(address, linking_rules.sealed(it))


def come_back(
    *,
    provider: str,
    ticket: str,
    said: Mapping[str, str],
    kind: str,
    address: str,
    marks: str = "",
    person_id: UUID | None = None,
) -> CameBack:
    """Take a service's answer to a round, once. said: state and code, or error; iss where the service names itself.

    address: of the network; marks: what this browser keeps of earlier sign-ins; person_id: who is signed in. To log in
    is half of it, where the person has a second step or was long away. Raises RoundOver, TooMany, ProviderDeclined, ProviderRefused,
    ProviderUnanswered; to log in LinkRests; to link AlreadyLinked, LinkedElsewhere; to unlink OtherAccountCame.
    """
    client = _client(provider)
    it = linking_rules.opened(Ticket, ticket)
    whose = person_id.hex if person_id else ""
    linking_rules.hold(it, provider=provider, kind=kind, state=said.get("state", ""), person=whose)
    tried = _count(it, address)
    code = said.get("code", "")
    if not code:
        raise (
            ProviderDeclined if said.get("error", "access_denied") == "access_denied" else ProviderRefused
        )(service=client.title)
    proven = _asked(client, lambda: client.prove(it.round(), code=code, issuer=said.get("iss", "")))
    mark = linking_rules.mark_of(provider, proven.subject)
    known = find("linked", mark)
    _uncount(*tried)
    if it.intent == "unlink":
        return _unlink(client, it, known)
    if it.intent == "login" and known is not None:
        return CameBack(it.onward, signed_in=_sign_in(known, mark, kind, marks))
    if known is not None:
        raise (AlreadyLinked if known.hex == it.person else LinkedElsewhere)(service=client.title)
    about = _asked(client, lambda: client.about(proven))
    arrival = linking_rules.new_arrival(it, mark=mark, about=about)
    return CameBack(it.onward, arrival=linking_rules.sealed(arrival))


def link(*, person_id: UUID, arrival: str, agreed: bool, language: str, method: str) -> None:
    """Link who came back to the person, with their consent; word goes to every channel of the account.

    The caller made sure that it is the person, unless they set out for it themselves (`set_out`). method: page | api.
    Raises RoundOver, NotAgreed without the consent, AlreadyLinked, LinkedElsewhere, GuardianNeeded, AccountFrozen.
    """
    it = _arrived(arrival, person_id)
    service = _client(it.provider).title
    if not agreed:
        raise NotAgreed(purpose=REGISTER.purposes[PURPOSE.value].title)
    if find("linked", bytes.fromhex(it.mark)) is not None:
        raise LinkedElsewhere(service=service)
    _spend(it.id)
    if not agrees(person_id, PURPOSE):
        consent.give(person_id, PURPOSE.value, True, language, method)
    try:
        _keep(person_id, it, service, language)
    except IntegrityError:  # linked elsewhere this very moment
        raise LinkedElsewhere(service=service) from None


def set_out(arrival: str, person_id: UUID) -> bool:
    """Tell whether this very person set out for an arrival, having shown that it is them. Raises RoundOver."""
    return _arrived(arrival, person_id).person == person_id.hex


def read_arrival(arrival: str) -> Arrival:
    """Return who came back, for their own browser to show. Raises RoundOver, NotFound for a service that is gone."""
    it = linking_rules.opened(Arrival, arrival)
    _client(it.provider)
    return it


def linked_of(person_id: UUID) -> list[LinkedView]:
    """Return a person's links, the newest first; none while they do not agree to any. One query beside."""
    if not agrees(person_id, PURPOSE):
        return []
    with processing(PURPOSE, subject=person_id, reading=True):
        rows = LinkedAccount.objects.filter(person_id=person_id).order_by("-linked_at", "provider")
        kept = list(rows.values_list("provider", "nickname", "avatar", "linked_at", "used_at"))
    names = {name: client.title for name, client in sign_in_providers().items()}
    return [
        LinkedView(name, names.get(name, Text(name, name)), nick or "", picture or "", linked, used)
        for name, nick, picture, linked, used in kept
    ]


def _client(provider: str) -> SignInProvider:
    client = ways_in().get(provider)
    if client is None:
        raise NotFound
    return client


def _asked(client: SignInProvider, call: Callable[[], T]) -> T:
    """Ask a service; what it refuses, in words of ours."""
    try:
        return call()
    except SignInFailed as failed:
        if failed.code == "declined":
            raise ProviderDeclined(service=client.title) from None
        raise (ProviderRefused if failed.permanent else ProviderUnanswered)(service=client.title) from None


def _count(it: Ticket, address: str) -> tuple[UUID, bytes]:
    """Use a round up, and count the try by its network before anybody outside is asked. Raises RoundOver, TooMany."""
    _spend(it.state)
    name, nobody, source = linking_rules.spent_mark(it.nonce), uuid4(), network_index(address)
    with processing(Purpose.IDENTITY_CHECK, subject=nobody):
        admit(subject=nobody, name=name, source=source, limits=((_TRIED[0], source, _TRIED[1]),))
    return nobody, name


def _uncount(nobody: UUID, name: bytes) -> None:
    with processing(Purpose.IDENTITY_CHECK, subject=nobody):
        clear_attempts(name)


def _spend(what: str) -> None:
    """Use a state or an arrival up. Raises RoundOver for a used one."""
    moment = now()
    SpentChallenge.objects.filter(at__lt=moment - timedelta(seconds=linking_rules.SECONDS)).delete()
    try:
        SpentChallenge.objects.create(mark=linking_rules.spent_mark(what), at=moment)
    except IntegrityError:
        raise RoundOver from None


def _sign_in(whose: UUID, mark: bytes, kind: str, marks: str) -> SignedIn | HalfIn:
    if not agrees(whose, PURPOSE):  # leaving, or agreed to what said less
        raise LinkRests
    with processing(PURPOSE, subject=whose):
        stands = _of(whose).filter(subject_index=mark).update(used_at=now())
    if not stands:
        raise LinkRests
    with processing(Purpose.IDENTITY_CHECK, subject=whose):
        return enter(whose, kind, by="provider", marks=marks)


def _unlink(client: SignInProvider, it: Ticket, known: UUID | None) -> CameBack:
    """Delete a link and what came with it, after rounds on both sides; with or without the consent."""
    whose = UUID(it.person)
    if known != whose:
        raise OtherAccountCame(service=client.title)
    with processing(Purpose.RIGHTS, subject=whose):
        forget(_of(whose).filter(provider=it.provider))
        warn(whose, "notice_unlinked", current_language())
    return CameBack(it.onward)


def _arrived(arrival: str, person_id: UUID) -> Arrival:
    it = linking_rules.opened(Arrival, arrival)
    if it.person not in ("", person_id.hex):
        raise RoundOver
    return it


def _keep(person_id: UUID, it: Arrival, service: Text, language: str) -> None:
    told = {"subject": it.mark, "nickname": it.nickname, "avatar": it.avatar}
    brought = {name: value for name, value in told.items() if value}
    with processing(PURPOSE, subject=person_id):
        if _of(person_id).filter(provider=it.provider).exists():
            raise AlreadyLinked(service=service)
        events = ConsentEvent.objects.filter(person_id=person_id, name=PURPOSE.value)
        yes = events.order_by("-at").values_list("id", flat=True).first()
        accept(it.provider, purpose=PURPOSE, basis="consent", consent_id=yes, payload=brought)
        LinkedAccount.objects.create(
            id=uuid4(), person_id=person_id, provider=it.provider, subject_index=bytes.fromhex(it.mark),
            nickname=it.nickname or None, avatar=it.avatar or None, linked_at=now(),
        )  # fmt: skip
        warn(person_id, "notice_linked", language)


def _of(person_id: UUID) -> Any:
    return LinkedAccount.objects.filter(person_id=person_id)
