"""Run the proofs and write what they showed into docs/measurements/proofs.md.

Each line is a command that was run now, with its outcome: the statement against a database made from nothing, the
matrix of purposes and columns, and the tests that live, kill, search and attack.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.mall import mall

REPORT = Path("docs/measurements/proofs.md")
TESTS = {
    "the journey in a real browser": "tests/journey/test_browser.py",
    "canary: every byte kept or sent is searched, a dump after erasure": "tests/journey/test_canary.py",
    "200 buyers for 50 pieces, and payments, under SIGKILL": "tests/journey/test_kill.py",
    "200 buyers at once, one key many times, baskets in opposite order": "tests/checkout/test_crowd.py",
    "money, stock and coupons under random interleavings": "tests/payments/test_books.py",
    "the same from several processes at once": "tests/payments/test_interleavings.py",
    "callbacks of three institutions: every field altered, replayed, swapped, strangers' keys": "tests/payments/test_forgery.py "
    "tests/web/test_webhooks.py tests/adapters/test_wechatpay_callbacks.py tests/adapters/test_unionpay_forgery.py "
    "tests/adapters/test_alipay_callbacks.py",
    "prices: splits add up, an offer more never costs more": "tests/promotions",
    "ledger: balanced, append-only, every order ends at zero": "tests/wallet",
    "merchants: own rows only, by the database": "tests/desk/test_attack.py",
    "an order of 500 lines, an account of 10,000 orders": "tests/api/test_sizes.py",
    "escapes by SQL from every zone": "tests/privacy/test_roles.py",
    "matrix against the register, cell by cell": "tests/privacy/test_matrix.py",
    "consent, erasure, export, certificate": "tests/privacy/test_consent.py tests/privacy/test_erasure.py "
    "tests/privacy/test_export.py tests/privacy/test_certificate.py",
}

LONG = {**os.environ, "MINGPU_TEST_SECONDS": "30"}  # of several processes at once


def main() -> int:
    """Run everything; 1 when something did not hold."""
    lines = [
        "# Proofs",
        "",
        f"By `scripts/measure_proofs.py` at {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}.",
        "",
    ]
    with mall() as it:
        checked = it.command("-m", "mingpu", "statement", "check").strip().splitlines()[-1]
        matrix = json.loads(it.command("-m", "mingpu", "statement", "matrix", "--json"))
    lines += ["| proof | outcome | seconds |", "|---|---|---|", f"| `mingpu statement check` | {checked} | |"]
    lines.append(f"| `mingpu statement matrix` | {_cells(matrix)} | |")
    held = True
    for what, paths in TESTS.items():
        begun = time.monotonic()
        call = [sys.executable, "-m", "pytest", *paths.split()]
        done = subprocess.run(call, check=False, capture_output=True, text=True, env=LONG)
        held &= done.returncode == 0
        told = re.findall(r"\d+ (?:passed|failed|skipped|error)[^\n]*", done.stdout)
        counts = told[-1] if told else f"{done.stdout.count('.')} passed" if not done.returncode else "failed"
        lines.append(f"| {what} | {counts.split(' in ')[0]} | {time.monotonic() - begun:.0f} |")
    REPORT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    return 0 if held else 1


def _cells(matrix: dict[str, Any]) -> str:
    """Say in words what was tried and what differed from the register."""
    cells = matrix["cells"]
    allowed = sum(bool(cell["allowed"]) for cell in cells)
    return (
        f"{len(cells):,} cells tried: {allowed:,} allowed, {len(cells) - allowed:,} refused; "
        f"{len(matrix['becomings'])} changes of role tried; {matrix['differences']} differ from the register"
    )


if __name__ == "__main__":
    sys.exit(main())
