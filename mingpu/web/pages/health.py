"""Whether this process lives, and whether it can serve."""

from collections.abc import Callable
from typing import Final

import psycopg
from django.conf import settings
from django.db import Error as DatabaseFailed
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

WORKER_SILENT: Final = 60.0  # seconds without a sign of life after which a worker counts as gone


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """GET /healthz -> 200: the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """GET /readyz -> 200, or 503 naming what is missing: database, index, jobs."""
    checks: dict[str, Callable[[], bool]] = {"database": _database, "index": _index, "jobs": _jobs}
    found = {name: _holds(check) for name, check in checks.items()}
    ready = all(found.values())
    said = {name: "ok" if fine else "missing" for name, fine in found.items()}
    return JsonResponse({"status": "ok" if ready else "not ready", **said}, status=200 if ready else 503)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseFailed, psycopg.Error, OSError):
        connection.close()  # a server that comes back is met with a fresh connection
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _index() -> bool:
    return any(settings.INDEX_PATH.iterdir())


def _jobs() -> bool:
    """Tell whether jobs can be added and somebody works them off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.worker_silence()")
        silence = cursor.fetchone()[0]
    return silence is not None and silence < WORKER_SILENT


urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
