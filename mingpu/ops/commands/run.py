"""Set everything up and run the mall: what `make run` does. Ctrl-C stops all of it."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from types import FrameType

from mingpu.home import home, port
from mingpu.ops import postgres

DEMO_SHOPS = ("qinglan", "beishan")  # of the demo catalogue, besides the mall's own
STOP_WITHIN = 15.0  # seconds given to a part to finish what it is doing


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the number of web processes."""
    parser.add_argument("--workers", type=int, default=2)


def run(args: argparse.Namespace) -> int:
    """Set up, start the parts, tell where to look, and keep them running until stopped."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _interrupt)
    parts: dict[str, list[str]] = {}
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        _set_up()
        if os.environ.get("MINGPU_ENV") != "production":
            parts["counterparts"] = ["counterparts"]
        parts |= {"worker": ["worker"], "web": ["serve", "--workers", str(args.workers)], "desk": ["desk"]}
        for name, call in parts.items():
            running[name] = _start(call)
        _wait_until_ready()
        _tell()
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    print(f"  {name} stopped ({process.returncode}); starting it again", flush=True)
                    running[name] = _start(parts[name])
            time.sleep(1)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    finally:
        _stop(running)
    return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def _set_up() -> None:
    _step("Database and statement", [sys.executable, "-m", "mingpu.ops.fresh"], zone="owner")
    _step("Pages", [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"], zone="pages")
    _step("Demo catalogue", [sys.executable, "-m", "mingpu", "import-catalog", "demo"])
    everybody = ["kefu", *(f"{shop}@{shop}" for shop in DEMO_SHOPS)]
    _step("Staff desk", [sys.executable, "-m", "mingpu", "staff", *everybody])


def _step(what: str, call: list[str], *, zone: str = "") -> None:
    """Run one step of setting up, showing its progress; stops everything when it fails."""
    print(f"  {what} …", flush=True)
    begun = time.monotonic()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mingpu.settings"}
    if zone:
        environment["MINGPU_ZONE"] = zone
    if subprocess.run(call, env=environment, check=False).returncode:
        print(f"{what}: failed; see above")
        raise SystemExit(1)
    print(f"  {what}: ready in {time.monotonic() - begun:.1f} s", flush=True)


def _start(call: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only this process, which stops the parts in order.
    return subprocess.Popen([sys.executable, "-m", "mingpu", *call], start_new_session=True)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 -- our own address
            return bool(answer.status == 200)  # noqa: PLR2004
    except OSError:
        return False


def _wait_until_ready(seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    check: Callable[[], bool] = lambda: _answers(f"http://127.0.0.1:{port()}/readyz")  # noqa: E731
    while not check():
        if time.monotonic() > end:
            print("the mall does not become ready; see the lines above")
            raise SystemExit(1)
        time.sleep(0.2)


def _tell() -> None:
    staff = json.loads((home() / "secrets" / "desk-kefu.json").read_text())
    print(
        f"""
  明铺 Mingpu is open.

    http://127.0.0.1:{port()}       the mall: search, fill a cart, register, order, pay
    http://127.0.0.1:{port() + 1}       the outside world: read the SMS code, scan to pay, move the parcel
    http://127.0.0.1:{port() + 2}       the staff desk: sign in as {staff["name"]}, password in
                                {home()}/secrets/desk-kefu.json
                                The demo's two other shops send their own parcels: sign in as
                                {" or ".join(DEMO_SHOPS)}, passwords beside it

  Then open the privacy centre (我的 → 隐私中心): see who used what, what left the house, and take it with you.
  Ctrl-C stops everything; your data stays in {home()}.
""",
        flush=True,
    )


def _stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Stop the parts, then the database; a part that does not listen is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    end = time.monotonic() + STOP_WITHIN
    for process in running.values():
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    if not os.environ.get("DATABASE_URL"):
        postgres.stop()
