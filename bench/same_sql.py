"""The statements of one checkout, taken from the application itself and replayed by pgbench: the database's limit.

The statements are those the application sent, with their values; only the order's number, the caller's key and
row ids are drawn anew each time.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from mingpu.ops.postgres import BINARIES, cluster

UUID = re.compile(r"'[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'(::uuid)?")


def script(statements: list[str], person: str, order_no: str) -> str:
    """Turn logged statements into a pgbench script.

    The person stays; every other random id becomes a fresh one, the order number the session's own.
    """
    lines = ["SELECT set_config('bench.order_no', 'M' || substr(md5(random()::text), 1, 16), false);"]
    for statement in statements:
        text = UUID.sub(lambda it: it[0] if person in it[0] else "gen_random_uuid()", statement)
        text = text.replace(f"'{order_no}'", "current_setting('bench.order_no')")
        text = re.sub(r"'\\\\x[0-9a-f]{64}'(::bytea)?", "sha256(gen_random_uuid()::text::bytea)", text)
        lines.append(" ".join(text.split()).rstrip(";") + ";")
    return "\n".join(lines) + "\n"


def pgbench(
    text: str, *, database: str, login: str, password: str, clients: int = 8, seconds: int = 8
) -> float:
    """Run a script with pgbench; return transactions per second. Raises RuntimeError with what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkout.sql"
        path.write_text(text)
        call = [
            str(BINARIES / "pgbench"), "-n", "-h", str(cluster().socket), "-U", login, "-c", str(clients), "-j", "2",
            "-T", str(seconds), "-f", str(path), database,
        ]  # fmt: skip
        env = {**os.environ, "PGPASSWORD": password}
        done = subprocess.run(call, check=False, capture_output=True, text=True, env=env)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not rate:
        raise RuntimeError(done.stderr[-2000:])
    return float(rate[1])
