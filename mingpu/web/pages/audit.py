"""For auditors: what stands behind the statement, without any personal data, and the tries anybody may run again.

Rights and roots are read as the database's own login `auditor`, which has nothing but them. The tries run as the login
of this process; those of the others are run by the operator with `mingpu audit`, whose last outcome is shown.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from mingpu.home import home
from mingpu.lib.errors import MallError
from mingpu.lib.requests import MallRequest
from mingpu.privacy import audit, live
from mingpu.privacy.assessments import assessments
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.matrix import login
from mingpu.privacy.register import REGISTER
from mingpu.privacy.roots import daily_roots

ROOT: Final = Path(__file__).parents[3]
MEASURED: Final = ROOT / "docs" / "measurements"
AUDITOR: Final = "auditor"
SHOWN: Final = 60  # daily roots on the page
_one_at_a_time = Lock()


class Busy(MallError):
    """Somebody is running these tries right now. Please try again in a moment."""

    zh = "此刻有人正在运行这些检查，请稍后再试。"
    code = "busy"
    status = 429


@require_safe
def audit_page(request: MallRequest) -> HttpResponseBase:
    """GET the auditor's section: register, rights as given against rights as promised, roots, outcomes, tries."""
    return render(request, "audit.html", _facts())


@require_POST
def audit_run(request: MallRequest) -> HttpResponseBase:
    """POST -> the section with every forbidden statement tried just now; 429 while somebody else does."""
    if not _one_at_a_time.acquire(blocking=False):
        raise Busy
    try:
        tried = [it for zone in (settings.ZONE, AUDITOR) for it in audit.tries(zone)]
    finally:
        _one_at_a_time.release()
    return render(request, "audit.html", {**_facts(), "tried": _by_purpose(tried), "sums": _sums(tried)})


@require_safe
def measurement(request: MallRequest, name: str) -> HttpResponseBase:  # noqa: ARG001 -- Django's signature
    """GET one measurement as it is written in the docs. 404 for an unknown one."""
    known = {it.stem: it for it in _measurements()}
    if name not in known:
        raise Http404
    return HttpResponse(known[name].read_text(), content_type="text/plain; charset=utf-8")


@require_safe
def roots(request: MallRequest) -> HttpResponseBase:  # noqa: ARG001 -- Django's signature
    """GET the daily roots of the record of uses, newest first, as JSON: `{chain, roots: [{day, seal, last_id, root}]}`."""
    found = [{**asdict(it), "day": str(it.day)} for it in daily_roots()]
    return JsonResponse({"chain": "sha256", "statement": REGISTER.version, "roots": found})


def _facts() -> dict[str, Any]:
    with login(AUDITOR) as database:
        given = live.live_grants(database)
        seals = database.execute(
            "SELECT count(*), coalesce(sum(rows), 0), max(at) FROM privacy_logseal"
        ).fetchone()
    differs = live.difference(given, live.expected_grants())
    return {
        "version": REGISTER.version, "hash": REGISTER.digest,
        "counts": {
            "purposes": len(REGISTER.purposes), "tables": len(REGISTER.tables), "grants": len(set(given)),
            "recipients": len(REGISTER.recipients), "clauses": len(REGISTER.clauses), "zones": len(REGISTER.zones),
        },
        "extra": differs.extra, "missing": differs.missing,
        "matrix": _matrix(), "seals": seals, "roots": daily_roots()[:SHOWN], "codes": list(exceptions().values()),
        "assessments": assessments(),
        "measurements": [it.stem for it in _measurements()], "last": _last(),
    }  # fmt: skip


def _matrix() -> list[dict[str, Any]]:
    """Return what each purpose may do, as the register gives it: its logins and how many tables and columns."""
    rows = []
    for purpose in REGISTER.purposes.values():
        tables = [it for it in REGISTER.tables.values() if it.grants.get(purpose.id)]
        rows.append(
            {"it": purpose, "zones": [str(REGISTER.zones[zone]) for zone in purpose.zones], "tables": [str(it.label) for it in tables]}
        )  # fmt: skip
    return rows


def _measurements() -> list[Path]:
    return sorted(MEASURED.glob("*.md")) if MEASURED.is_dir() else []


def _last() -> dict[str, Any] | None:
    """Return what the operator's last run of `mingpu audit` found, of all logins."""
    kept = home() / "audit.json"
    if not kept.exists():
        return None
    found: dict[str, Any] = json.loads(kept.read_text())
    return {**found, "zones": [{"name": name, **counts} for name, counts in found["zones"].items()]}


def _by_purpose(tried: Iterable[audit.Try]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[audit.Try]] = {}
    for it in tried:
        groups.setdefault((it.zone, it.purpose), []).append(it)
    return [
        {
            "zone": str(REGISTER.zones[zone]),
            "purpose": str(REGISTER.purposes[purpose].title) if purpose else "",
            "tries": found,
            "holds": all(it.holds for it in found),
        }
        for (zone, purpose), found in groups.items()
    ]


def _sums(tried: list[audit.Try]) -> dict[str, int]:
    return {name: sum(it.outcome == name for it in tried) for name in ("refused", "nothing", "given")}


urlpatterns = [
    path("audit", audit_page, name="audit"),
    path("audit/run", audit_run, name="audit_run"),
    path("audit/measurements/<slug:name>", measurement, name="audit_measurement"),
    path(".well-known/mingpu-roots.json", roots, name="roots"),
]
