"""Signing in through another service: the port, its values and its errors. Who somebody is there, nothing else."""

from dataclasses import dataclass, field
from typing import Protocol

from mingpu.adapters.calls import CallFailed
from mingpu.lib.text import Text


class SignInFailed(CallFailed):
    """The service did not say who somebody is; see `CallFailed`.

    Codes the callers decide by: `declined` (the person said no there), `code_refused` (used, expired or not theirs),
    `no_unionid`, `other_issuer` (the answer is another service's), `token_…` (what was signed does not hold).
    Any other code is the service's own, or `unanswered`, `http_…`, `unreadable_answer`.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round at a service: what went along, by which its answer is known again.

    state, nonce, verifier: random, of this round alone. redirect: where the browser comes back to. fresh: the person
    is to show there anew that it is them. inside: the browser is the service's own app.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect: str
    fresh: bool = False
    inside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Who came back. subject: what the service calls them, always the same; told: for `about` of the same client."""

    subject: str = field(repr=False)
    told: dict[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The two things asked of a service: a nickname and where the picture lies; "" for none."""

    nickname: str = field(repr=False, default="")
    avatar: str = field(repr=False, default="")


class SignInProvider(Protocol):
    """A service people sign in through. Its id is that of its source in the register."""

    @property
    def title(self) -> Text:
        """What people call it."""
        ...

    @property
    def returns_to_apps(self) -> str:
        """Where an app's round comes back to; "" where apps are not served."""
        ...

    def address(self, it: Round) -> str:
        """Return where the browser goes. May ask the service what it is today. Raises SignInFailed."""
        ...

    def prove(self, it: Round, *, code: str, issuer: str = "") -> Proven:
        """Redeem the code the browser brought back, once. issuer: as the answer names it. Raises SignInFailed."""
        ...

    def about(self, it: Proven) -> About:
        """Return nickname and picture of who came back. Raises SignInFailed."""
        ...
