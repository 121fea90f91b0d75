"""A throw-away mall to measure or to test: its own home, its parts as `make run` starts them."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PRODUCTS = 2_000
ROOT = Path(__file__).parent.parent
DEMO = ROOT / "mingpu/catalog/demo/products.jsonl"
PARTS = {
    "counterparts": ["counterparts"],
    "web": ["serve", "--workers", "2"],
    "worker": ["worker"],
    "desk": ["desk"],
}


@dataclass
class Mall:
    """A running mall: where it lives, which ports it has, its processes by part."""

    home: Path
    port: int
    env: dict[str, str]
    pace: float = 0.02  # factor on the waiting times of the outside world
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        """Keep what the parts write, for tests that look into it."""
        self.log = self.home / "parts.log"

    @property
    def address(self) -> str:
        """The storefront."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def outside(self) -> str:
        """The counterparts."""
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def desk(self) -> str:
        """The staff desk."""
        return f"http://127.0.0.1:{self.port + 2}"

    def start(self, *parts: str) -> None:
        """Start parts by name."""
        for part in parts:
            more = ["--pace", str(self.pace)] if part == "counterparts" else []
            with self.log.open("ab") as log:
                self.running[part] = subprocess.Popen(
                    [sys.executable, "-m", "mingpu", *PARTS[part], *more],
                    env=self.env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip

    def kill(self, part: str) -> None:
        """Kill a part and all its processes with SIGKILL, as a power cut would."""
        os.killpg(self.running[part].pid, signal.SIGKILL)
        self.running[part].wait(10)

    def command(self, *call: str, zone: str = "") -> str:
        """Run `python …` against this mall; return what it printed. Raises CalledProcessError."""
        done = self.run(*call, zone=zone)
        done.check_returncode()
        return done.stdout

    def run(self, *call: str, zone: str = "") -> subprocess.CompletedProcess[str]:
        """Run `python …` against this mall, whatever comes of it."""
        env = {**self.env, **({"MINGPU_ZONE": zone} if zone else {})}
        return subprocess.run(
            [sys.executable, *call], check=False, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )

    def people(self, number: int) -> list[tuple[str, str]]:
        """Make signed-in persons; return (person id, API token) each."""
        return [
            (it[0], it[1])
            for it in json.loads(self.command("-m", "bench.people", str(number), zone="storefront"))
        ]


def feed(path: Path, products: int = PRODUCTS, stock: int = 1_000_000) -> None:
    """Write a catalogue of `products` articles: the demo's, each again under other names and codes.

    The eighth is sold out.
    """
    lines = [json.loads(line) for line in DEMO.read_text().splitlines()]
    with path.open("w") as file:
        for number in range(products):
            it = lines[number % len(lines)]
            turn = number // len(lines)
            skus = [
                {
                    "sku": f"B{number:05d}{place:02d}",
                    "options": sku["options"],
                    "price": f"{sku['price_fen'] // 100}.{sku['price_fen'] % 100:02d}",
                    "stock": 0 if number == 7 else stock,
                }
                for place, sku in enumerate(it["skus"])
            ]
            own = {
                name: it[name]
                for name in ("subtitle", "brand", "category_path", "attributes", "sales", "description")
            }
            title = f"{it['title']} 第{turn + 1}款" if turn else it["title"]
            item = {**own, "item_id": f"bench-{number}", "title": title, "skus": skus}
            file.write(json.dumps(item, ensure_ascii=False) + "\n")


@contextmanager
def mall(*parts: str, catalogue: str = "demo", **settings: str) -> Iterator[Mall]:
    """Make a mall with a catalogue (what `import-catalog` takes, or `2000` made-up articles) and start parts.

    settings: further environment. Everything is taken away after, whatever happened.
    """
    home = Path(tempfile.mkdtemp(prefix="mingpu-mall-"))
    port = free_port()
    env = {
        **os.environ,
        "MINGPU_HOME": str(home),
        "MINGPU_PORT": str(port),
        "MINGPU_SMTP_PORT": str(port + 3),
        "DJANGO_SETTINGS_MODULE": "mingpu.settings",
        **settings,
    }
    env.pop("MINGPU_ZONE", None)
    it = Mall(home, port, env)
    try:
        it.command("-m", "mingpu.ops.fresh", zone="owner")
        it.command("manage.py", "collectstatic", "--noinput", "-v", "0", zone="pages")
        if catalogue.isdigit():
            feed(home / "feed.jsonl", int(catalogue))
            catalogue = str(home / "feed.jsonl")
        it.command("-m", "mingpu", "import-catalog", catalogue)
        it.command("-m", "mingpu", "staff", "kefu")
        it.start(*parts)
        if "web" in parts:
            wait_for(f"{it.address}/healthz")
        yield it
    finally:
        for process in it.running.values():
            if process.poll() is None:
                process.terminate()
        for part, process in it.running.items():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                it.kill(part)
        it.command("-c", "from mingpu.ops import postgres; postgres.stop()")
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """Return the first of four ports in a row that are free now.

    Below those that the system gives away by itself: a part that was killed must find its port again.
    """
    while True:
        first = 20_000 + secrets.randbelow(12_000)
        try:
            for number in range(first, first + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        return first


def wait_for(address: str, seconds: float = 60.0) -> None:
    """Wait until an address answers; raises RuntimeError after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 -- our own address
                return
        except OSError:
            if time.monotonic() > end:
                raise RuntimeError(f"{address} does not answer") from None
            time.sleep(0.2)
