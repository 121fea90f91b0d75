"""Misbehaviour on request: which kinds each party knows, and how many are still to come."""

from dataclasses import dataclass
from typing import Any, Final

from mingpu.adapters.counterparts.store import Store

LATER: Final = frozenset({"duplicate", "delay", "reorder", "drop"})  # once for each message
LIES: Final = frozenset({"forge", "wrong_amount"})  # again at each attempt

# Channel -> kinds. `callback` is what the party sends by itself (a callback, a push, a message to a phone),
# `answer` what it says when called, `key` the party's own key, `bill` its bill of a day; `refund`, `issue`,
# `reverse` and `outcome` are how a refund, an invoice, its red letter, a top-up and a notice of
# deletion end; `back`, `code`, `token` and `description` are steps of signing in at a service.
KINDS: Final[dict[str, dict[str, frozenset[str]]]] = {
    "wechatpay": {
        "callback": LATER | LIES,
        "answer": frozenset({"timeout", "http_500", "delay", "forge", "wrong_amount"}),
        "refund": frozenset({"abnormal"}),
        "bill": frozenset({"no_bill", "wrong_amount", "missing_line", "extra_line"}),
        "key": frozenset({"rotate_key"}),
    },
    "unionpay": {
        "callback": LATER | LIES,
        "answer": frozenset({"timeout", "http_500", "delay", "forge", "wrong_amount"}),
        "refund": frozenset({"abnormal", "refused"}),
        "bill": frozenset({"no_bill", "wrong_amount", "missing_line", "extra_line"}),
    },
    "alipay": {
        "callback": LATER | LIES,
        "answer": frozenset({"timeout", "http_500", "delay", "forge", "wrong_amount"}),
        "refund": frozenset({"not_enough"}),
        "bill": frozenset({"no_bill", "wrong_amount", "missing_line", "extra_line"}),
    },
    "sf": {
        "callback": LATER | {"forge"},
        "answer": frozenset({"timeout", "http_500", "delay"}),
        "bill": frozenset({"wrong_amount", "missing_line", "extra_line"}),
    },
    "yto": {
        "callback": LATER | {"forge"},
        "answer": frozenset({"timeout", "http_500", "delay", "blocked"}),
        "bill": frozenset({"wrong_amount", "missing_line", "extra_line"}),
    },
    "sms": {
        "callback": frozenset({"duplicate", "delay", "drop"}),
        "answer": frozenset({"timeout", "http_500", "limit"}),
    },
    "fapiao": {
        "callback": LATER | {"forge"},
        "answer": frozenset({"timeout", "http_500", "delay", "forge"}),
        "issue": frozenset({"issue_failed"}),
        "reverse": frozenset({"not_reversible"}),
    },
    "topup": {
        "answer": frozenset({"timeout", "http_500", "delay", "forge"}),
        "outcome": frozenset({"failed", "slow"}),
    },
    "identity": {
        "answer": frozenset({"timeout", "http_500", "delay", "limit", "garbled"}),
        "outcome": frozenset({"mismatch", "absent", "trouble", "no_more_today"}),
    },
    "wechat": {
        "answer": frozenset({"timeout", "http_500", "delay", "garbled", "busy"}),
        "outcome": frozenset({"no_unionid", "scope_declined"}),
        "code": frozenset({"expired_code"}),
        "back": frozenset({"other_state"}),
    },
    "openid": {
        "answer": frozenset({"timeout", "http_500", "delay", "garbled"}),
        "token": frozenset(
            {
                "wrong_issuer",
                "wrong_audience",
                "other_party",
                "wrong_nonce",
                "no_nonce",
                "wrong_signature",
                "unsigned",
                "symmetric",
                "expired",
                "not_fresh",
                "no_subject",
            }
        ),
        "outcome": frozenset({"other_person"}),
        "code": frozenset({"expired_code"}),
        "back": frozenset({"other_state", "other_name"}),
        "description": frozenset({"no_description", "other_issuer", "other_host"}),
        "key": frozenset({"rotate_key"}),
    },
    "deletion": {
        "answer": frozenset({"timeout", "http_500", "delay", "forge"}),
        "outcome": frozenset({"later", "refuse", "keep"}),
    },
    "mall": {
        "answer": frozenset({"timeout", "http_500", "delay", "forge"}),
        "outcome": frozenset({"refused"}),
    },
    "embeddings": {
        "answer": frozenset(
            {
                "timeout",
                "http_500",
                "delay",
                "limit",
                "garbled",
                "missing",
                "other_dimensions",
                "no_number",
                "redirect",
            }
        ),
    },
    "mail": {
        "callback": frozenset({"duplicate", "delay", "drop"}),
        "answer": frozenset({"timeout", "http_500"}),
    },
}
MOST: Final = 10_000


class BadFault(ValueError):
    """The party does not know that kind of fault; the text says what it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One misbehaviour to act out. turn: 0 for the first of its request, then 1, ... seconds: None = usual."""

    kind: str
    turn: int
    seconds: float | None


class Faults:
    """Faults asked for and not yet acted out, oldest first; kept across restarts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, *, party: str, kind: str, times: int = 1, on: str | None = None, seconds: float | None = None
    ) -> None:
        """Ask for `times` faults. on: the channel; by default the first that knows `kind`. Raises BadFault."""
        channels = KINDS.get(party)
        if channels is None:
            raise BadFault(f"party: {', '.join(KINDS)}")
        fitting = [name for name, kinds in channels.items() if kind in kinds and on in {None, name}]
        if not fitting:
            known = "; ".join(f"{name}: {', '.join(sorted(kinds))}" for name, kinds in channels.items())
            raise BadFault(f"kinds of {party}: {known}")
        if not 0 < times <= MOST:
            raise BadFault(f"times: 1 to {MOST}")
        self._store.run(
            "INSERT INTO fault (party, kind, channel, remaining, seconds) VALUES (?, ?, ?, ?, ?)",
            party,
            kind,
            fitting[0],
            times,
            seconds,
        )

    def take(self, party: str, channel: str, kinds: frozenset[str] | None = None) -> Fault | None:
        """Use up one fault, of `kinds` only where given; None when the party is to behave."""
        for row in self._store.all(
            "SELECT * FROM fault WHERE party = ? AND channel = ? AND remaining > 0 ORDER BY id",
            party,
            channel,
        ):
            if kinds is None or row["kind"] in kinds:
                self._store.run(
                    "UPDATE fault SET remaining = remaining - 1, used = used + 1 WHERE id = ?", row["id"]
                )
                return Fault(kind=row["kind"], turn=row["used"], seconds=row["seconds"])
        return None

    def waiting(self) -> list[dict[str, Any]]:
        """Return what is still to come: {party, kind, on, remaining}."""
        sql = "SELECT party, kind, channel AS 'on', remaining FROM fault WHERE remaining > 0 ORDER BY id"
        return [dict(row) for row in self._store.all(sql)]

    def clear(self) -> None:
        """Behave from now on."""
        self._store.run("DELETE FROM fault")
