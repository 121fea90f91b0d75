"""YTO's credentials for the mall: each interface has its own."""

import secrets
import string
from dataclasses import dataclass, field

from mingpu.adapters.courier.yto_wire import INTERFACES


@dataclass(frozen=True, slots=True, kw_only=True)
class YtoKeys:
    """Our account with YTO. interfaces: method -> {app_key, client_code, secret}.

    push_secret: the part of our push path that only YTO knows.
    """

    interfaces: dict[str, dict[str, str]] = field(repr=False)
    push_secret: str = field(repr=False)


def make_yto() -> YtoKeys:
    """Make an account."""
    letters = string.ascii_letters + string.digits

    def random(alphabet: str, length: int) -> str:
        return "".join(secrets.choice(alphabet) for _ in range(length))

    interfaces = {
        method: {
            "app_key": random(letters, 6),
            "client_code": "K" + random(string.digits, 8),
            "secret": random(letters, 16),
        }
        for method in INTERFACES
    }
    return YtoKeys(interfaces=interfaces, push_secret=secrets.token_urlsafe(24))
