"""Making load and reading the clock."""

import http.client
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second with the latencies seen, in milliseconds."""

    per_second: float
    p50: float
    p99: float
    failed: int


def wrk(address: str, *, seconds: int = 5, connections: int = 8, script: str = "") -> Rate:
    """Load an address with wrk, two threads; script: Lua that makes the requests. Raises RuntimeError without wrk."""
    if not shutil.which("wrk"):
        raise RuntimeError("the benchmark needs wrk (apt-get install wrk)")
    with tempfile.TemporaryDirectory() as folder:
        call = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
        if script:
            path = Path(folder) / "load.lua"
            path.write_text(script)
            call += ["-s", str(path)]
        text = subprocess.run([*call, address], check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    assert rate, text
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return Rate(float(rate[1]), _latency(text, "50"), _latency(text, "99"), int(wrong[1]) if wrong else 0)


def _latency(text: str, percentile: str) -> float:
    found = re.search(rf"\s{percentile}%\s+([\d.]+)(us|ms|s)", text)
    assert found, text
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


class Client:
    """One kept connection that times what it asks."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._port = port
        self._headers = headers or {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, float]:
        """Return status, body and milliseconds."""
        begun = time.perf_counter()
        self._connection.request(method, path, body, {**self._headers, **(headers or {})})
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, content, (time.perf_counter() - begun) * 1000


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` (0–1) of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def paired(first: Client, second: Client, path: str, *, pairs: int = 400) -> tuple[float, float]:
    """Ask two servers in turn for one page; return the medians in ms, so that drift meets both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(pairs + 50):
        for client, seen in zip((first, second), times, strict=True):
            status, _, spent = client.ask("GET", path)
            assert status == 200, (status, path)
            if turn >= 50:  # warm by then
                seen.append(spent)
    return statistics.median(times[0]), statistics.median(times[1])
