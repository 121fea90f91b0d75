"""Calls to a service people sign in through: to the configured hosts alone, short, small, without following anybody."""

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.signin import SignInFailed

LARGEST: Final = 256 * 1024  # bytes of an answer


def checked(url: str, hosts: Collection[str] = ()) -> str:
    """Return an address that may be called: TLS, a host by name and listed, where a list is given.

    Plain HTTP is for this very machine alone, where the counterparts are. Raises ValueError.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    here = _here(host)
    if parts.scheme != ("http" if here else "https") or parts.username is not None or parts.fragment:
        raise ValueError(f"not an address to call: {parts.scheme}://{host}")
    if not here and (_is_number(host) or "." not in host):
        raise ValueError(f"not a name on the net: {host}")
    if hosts and parts.netloc not in hosts:
        raise ValueError(f"not a host of this service: {parts.netloc}")
    return url


class Line:
    """The way to one service. hosts: `name[:port]`, all that is ever called. Safe to share between threads."""

    def __init__(self, patience: Patience, hosts: Collection[str]) -> None:
        self._patience = patience
        self._hosts = frozenset(hosts)
        timeout = httpx.Timeout(patience.read, connect=patience.connect)
        self._client = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)

    def get(self, url: str, *, params: Mapping[str, str] | None = None, bearer: str = "") -> tuple[int, Any]:
        """Ask what is safe to ask again; return status and JSON. Raises SignInFailed."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self._again(partial(self._once, "GET", url, params=params, headers=headers))

    def once(self, method: str, url: str, **what: Any) -> tuple[int, Any]:
        """Send what must not be sent twice; return status and JSON. Raises SignInFailed."""
        return self._once(method, url, **what)

    def _again(self, call: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
        return trying(call, attempts=self._patience.attempts, failure=SignInFailed)

    def _once(self, method: str, url: str, **what: Any) -> tuple[int, Any]:
        try:
            checked(url, self._hosts)
        except ValueError:
            raise SignInFailed(permanent=True, code="address_not_allowed") from None
        try:
            with self._client.stream(method, url, **what) as answer:
                status, content = answer.status_code, _read(answer)
        except httpx.HTTPError:
            raise SignInFailed(permanent=False, code="unanswered") from None
        if worth_another_try(status) or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise SignInFailed(permanent=status < HTTPStatus.BAD_REQUEST, code=f"http_{status}")
        try:
            return status, json.loads(content)
        except (ValueError, RecursionError):
            raise SignInFailed(permanent=False, code="unreadable_answer") from None


def _read(answer: httpx.Response) -> bytes:
    content = b""
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > LARGEST:
            raise SignInFailed(permanent=True, code="unreadable_answer")
    return content


def _here(host: str) -> bool:
    return host == "localhost" or (_is_number(host) and ip_address(host).is_loopback)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
