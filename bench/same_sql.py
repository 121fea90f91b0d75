"""The statements of one checkout, taken from the application itself and replayed by pgbench: the database's limit.

The statements are those the application sent, with their values; only the person, the numbers of the order and its
parts, the caller's key and row ids are drawn anew each time.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from mingpu.ops.postgres import BINARIES, cluster

UUID = re.compile(r"'[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}'(::uuid)?")
HASH = re.compile(r"'\\x[0-9a-f]{64}'(::bytea)?")
SKU = re.compile(r"'(\{?)B\d{7}\}?'(::text\[\])?")
PERSON = "current_setting('bench.person')::uuid"
JSON = re.compile(r"(E?)'((?:[^'\\]|''|\\.)*)'::jsonb")
PART = re.compile(r"P[2-9A-Z]{16}")
CODE = re.compile(r"B\d{7}")
NEW_PART = "'P' || substr(md5(random()::text), 1, 16)"
ORDER = "current_setting('bench.order_no')"
ANY_SKU = "'B' || lpad(:article::text, 5, '0') || '00'"


def script(statements: list[str], person: str, order_no: str, products: int, *, sku: str = "") -> str:
    """Turn logged statements into a pgbench script.

    Each round is a new person with a new order number and any of `products`, so that clients neither queue for
    one row nor shop for somebody with thousands of orders; every other random id becomes a fresh one. sku: all
    rounds want this one instead.
    """
    plain = person.replace("-", "")
    lines = [
        f"\\set article random(0, {max(0, products - 1)})",
        (
            "SELECT set_config('bench.order_no', 'M' || substr(md5(random()::text), 1, 16), false), "
            "set_config('bench.person', gen_random_uuid()::text, false);"
        ),
    ]
    for statement in statements:
        text = JSON.sub(lambda it: _json(it[1], it[2], person, order_no, any_sku=not sku), statement)
        text = UUID.sub(lambda it: PERSON if plain in it[0].replace("-", "") else "gen_random_uuid()", text)
        text = HASH.sub("sha256(gen_random_uuid()::text::bytea)", text)
        if not sku:
            text = SKU.sub(lambda it: f"ARRAY[{ANY_SKU}]" if it[1] else f"({ANY_SKU})", text)
        text = text.replace(f"'{order_no}'", ORDER)
        parts = " ".join(text.split()).rstrip(";")
        if parts.startswith("BEGIN;"):  # sent as one message, so replayed as one
            parts = parts.replace(";", " \\;")
        lines.append(parts + ";")
    return "\n".join(lines) + "\n"


def _json(mark: str, text: str, person: str, order_no: str, *, any_sku: bool) -> str:
    """Write a JSON value of a statement so that what is drawn anew is drawn anew inside it too."""
    for value, drawn in ((order_no, ORDER), (person, "current_setting('bench.person')")):
        text = text.replace(value, f"' || {drawn} || {mark}'")
    text = PART.sub(f"' || {NEW_PART} || {mark}'", text)
    if any_sku:
        text = CODE.sub(lambda _: f"' || {ANY_SKU} || {mark}'", text)
    return f"({mark}'{text}')::jsonb"


def pgbench(
    text: str,
    *,
    database: str,
    login: str,
    password: str,
    clients: int = 8,
    seconds: int = 8,
    rounds: int = 0,
) -> float:
    """Run a script with pgbench, for `seconds` or so many `rounds` of each client; return rounds per second.

    Raises RuntimeError with what it printed.
    """
    length = ["-t", str(rounds)] if rounds else ["-T", str(seconds)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkout.sql"
        path.write_text(text)
        call = [
            str(BINARIES / "pgbench"), "-n", "-h", str(cluster().socket), "-U", login, "-c", str(clients), "-j", "2",
            *length, "-f", str(path), database,
        ]  # fmt: skip
        env = {**os.environ, "PGPASSWORD": password}
        done = subprocess.run(call, check=False, capture_output=True, text=True, env=env)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not rate:
        raise RuntimeError(done.stderr[-2000:])
    return float(rate[1])
