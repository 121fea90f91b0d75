"""How the counterparts run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mingpu.adapters.counterparts.keys import CounterpartKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartConfig:
    """Where the counterparts listen, what they remember and how fast their clocks run.

    directory: for their state, one process at a time. sf_push_url, yto_push_url: where the couriers push to,
    secret part included; WeChat Pay is told by each order. yto_allowed: addresses YTO takes calls from. pace: factor on every waiting time of the real parties (retry tables,
    settling of refunds); 1 = as in reality. hold: seconds by which a `timeout` fault delays an answer; must
    exceed the clients' read timeout. sms_limits: (messages, seconds) per number, all apply; the real ones for
    codes are 1 a minute, 5 an hour, 10 a day, wider here because a journey is lived in minutes.
    callback_key: what callbacks of WeChat Pay are signed with.
    """

    directory: Path
    keys: CounterpartKeys
    sf_push_url: str
    yto_push_url: str
    host: str = "127.0.0.1"
    port: int = 8001
    smtp_port: int = 8025
    yto_allowed: tuple[str, ...] = ("127.0.0.1", "::1")
    pace: float = 0.1
    hold: float = 8.0
    sms_limits: tuple[tuple[int, float], ...] = ((10, 60.0), (60, 3600.0), (200, 86400.0))
    callback_key: Literal["certificate", "public_key"] = "certificate"
