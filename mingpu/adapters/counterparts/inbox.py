"""What reached the people the mall wrote to: short messages and mails."""

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from mingpu.adapters.counterparts.faults import Faults
from mingpu.adapters.counterparts.store import Store

_DELAY: Final = 20.0  # seconds of a `delay` fault that names none, scaled by pace
_MAINLAND: Final = re.compile(r"\+?86(1[3-9]\d{9})")


class Inbox:
    """All messages, found by phone number or address."""

    def __init__(self, store: Store, faults: Faults, *, pace: float) -> None:
        self._store = store
        self._faults = faults
        self._pace = pace

    def deliver(self, *, channel: str, to: Sequence[str], subject: str, text: str) -> None:
        """Bring a message to its recipients, misbehaving where asked to. channel: sms or mail."""
        fault = self._faults.take(channel, "callback")
        kind = fault.kind if fault else ""
        if kind == "drop":
            return
        at = time.time()
        if fault and kind == "delay":
            at += _DELAY * self._pace if fault.seconds is None else fault.seconds
        for recipient in to:
            for _ in range(2 if kind == "duplicate" else 1):
                self._store.run(
                    "INSERT INTO inbox (at, channel, recipient, subject, text) VALUES (?, ?, ?, ?, ?)",
                    at,
                    channel,
                    recipient,
                    subject,
                    text,
                )

    def read(self, to: str | None) -> list[dict[str, Any]]:
        """Return messages that have arrived, oldest first; `to`: one recipient, None = everyone."""
        mainland = _MAINLAND.fullmatch((to or "").strip().replace(" ", "+", 1))
        recipient = mainland[1] if mainland else (to or "").strip()
        rows = self._store.all(
            "SELECT * FROM inbox WHERE at <= ? AND (? = '' OR recipient = ?) ORDER BY at, id",
            time.time(),
            recipient,
            recipient,
        )
        return [
            {
                "at": datetime.fromtimestamp(row["at"], UTC).isoformat(timespec="milliseconds"),
                "channel": row["channel"],
                "to": row["recipient"],
                "subject": row["subject"],
                "text": row["text"],
            }
            for row in rows
        ]
