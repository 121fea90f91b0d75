"""Look for what is not as it should be: settings, files, database, jobs."""

import argparse
import stat
from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from mingpu.home import ZONES, home
from mingpu.privacy import check, logseal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""
    del parser


def run(args: argparse.Namespace) -> int:
    """Print one line a check; 1 when something needs a hand."""
    del args
    failed = 0
    for what, trouble in checks():
        print(f"  {'!!' if trouble else 'ok'}  {what}{': ' + trouble if trouble else ''}")
        failed += bool(trouble)
    return int(failed > 0)


def checks() -> Iterator[tuple[str, str]]:
    """Yield (what was looked at, what is wrong with it or '')."""
    for path in sorted((home() / "secrets").glob("*.json")):
        mode = stat.S_IMODE(path.stat().st_mode)
        yield f"secret {path.name} is private", "" if mode & 0o077 == 0 else f"mode {mode:o}"
    store = settings.KEY_STORE.parent
    open_to_others = store.exists() and stat.S_IMODE(store.stat().st_mode) & 0o077
    yield (
        "key store is private and apart from the database",
        "others may look into it" if open_to_others else "",
    )
    yield "index is there", "" if any(settings.INDEX_PATH.glob("*")) else "run import-catalog"
    if settings.PRODUCTION:
        yield "public address is https", "" if settings.SECURE else settings.PUBLIC_ADDRESS
        yield "accounts with providers", "" if (home() / "secrets" / "providers.json").exists() else "missing"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        failed = cursor.fetchone()[0]
        yield "no job gave up", "" if failed == 0 else f"{failed} failed; see `mingpu jobs failed`"
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR rolcreaterole)",
            [[f"zone_{zone}" for zone in ZONES]],
        )
        mighty = [row[0] for row in cursor.fetchall()]
        yield "no login is more than its zone", ", ".join(mighty)
    connection.ensure_connection()
    found = list(check.database_findings(connection.connection))
    yield "database as the register says", f"{len(found)} differences: statement check" if found else ""
    yield "record of uses unbroken", "; ".join(logseal.verify())
    yield "home is not world-readable", "" if home().stat().st_mode & 0o004 == 0 else "others may list it"
