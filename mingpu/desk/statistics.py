"""Statistics that somebody wants to publish: what was measured, and the word of another."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from mingpu.desk.guards import mall_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.lib.errors import Invalid, MallError
from mingpu.lib.text import Text
from mingpu.statistics.queries import PROPOSED, STATES, Proposal, budget, publications
from mingpu.statistics.rules import ATTACKS, LIMITS
from mingpu.statistics.services import decide

TONES = {"published": "ok", "approved": "ok", "refused": "quiet", "proposed": "warn", "drawn": "quiet"}
LONGEST_LIST = 100


@require_GET
@mall_staff
def statistics(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET what waits for a decision, what was decided, and the budget."""
    return _page(request, staff)


@require_POST
@mall_staff
def statistic_decide(request: HttpRequest, staff: OnDuty, publication_id: UUID) -> HttpResponse:
    """POST decision (yes | no) -> 303 to the list; the page again with the reason where it is not theirs to decide."""
    said = request.POST.get("decision", "")
    try:
        if said not in {"yes", "no"}:
            raise Invalid(field=Text("决定", "decision"), problem=Text("同意或不同意", "yes or no"))
        decide(publication_id, by=staff.name, granted=said == "yes")
    except MallError as refused:
        return _page(request, staff, trouble=refused)
    return back("desk_statistics", done="decided")


def _page(request: HttpRequest, staff: OnDuty, *, trouble: MallError | None = None) -> HttpResponse:
    found = publications()[:LONGEST_LIST]
    facts = {
        "waiting": [_facts(it, staff) for it in reversed(found) if it.state == PROPOSED],
        "decided": [_facts(it, staff) for it in found if it.state != PROPOSED],
        "budget": budget(), "limits": LIMITS, "trouble": trouble.message if trouble else "",
    }  # fmt: skip
    return show(request, staff, "desk/statistics.html", facts, status=trouble.status if trouble else 200)


def _facts(it: Proposal, staff: OnDuty) -> dict[str, Any]:
    return {
        "it": it, "state": STATES[it.state], "tone": TONES[it.state], "epsilon": it.epsilon.normalize(),
        "mine": it.asked_by == staff.name, "t": round(it.measures.t, 2),
        "risks": [
            {"label": ATTACKS[name], "high": round(risk.high, 2)}
            for name, risk in it.measures.risks.items() if name in ATTACKS
        ],
    }  # fmt: skip
