"""Try what must be refused, in every purpose of every login, and say what was not."""

import argparse
import json
from dataclasses import asdict

from mingpu.home import home, secret, write_private
from mingpu.lib.clock import now
from mingpu.privacy import audit
from mingpu.privacy.register import REGISTER


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take how to print."""
    parser.add_argument("--json", action="store_true", help="print every try as JSON")


def run(args: argparse.Namespace) -> int:
    """Try all logins this machine has; 1 when something was given that must be refused."""
    zones = [zone for zone in REGISTER.zones if secret(f"zone-{zone}", "password")]
    tried = [it for zone in zones for it in audit.tries(zone)]
    wrong = [it for it in tried if not it.holds]
    counts = {zone: _counts([it for it in tried if it.zone == zone]) for zone in zones}
    result = {
        "at": now().isoformat(timespec="seconds"), "version": REGISTER.version, "hash": REGISTER.digest,
        "zones": counts,
        "given": [asdict(it) for it in wrong],
    }  # fmt: skip
    write_private(home() / "audit.json", json.dumps(result, ensure_ascii=False))
    if args.json:
        print(json.dumps({**result, "tries": [asdict(it) for it in tried]}, ensure_ascii=False))
        return int(bool(wrong))
    for zone, found in counts.items():
        print(f"login {zone}: {found}")
    for it in wrong:
        print(
            f"given, and must not be: {it.zone} as {it.purpose or 'the login itself'}: {it.statement}: {it.answer}"
        )
    print(f"{len(tried)} statements tried, {len(wrong)} given that must be refused")
    return int(bool(wrong))


def _counts(tried: list[audit.Try]) -> dict[str, int]:
    return {
        outcome: sum(it.outcome == outcome for it in tried)
        for outcome in (audit.REFUSED, audit.NOTHING, audit.GIVEN)
    }
