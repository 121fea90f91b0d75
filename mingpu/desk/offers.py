"""The mall's and the merchants' offers: what goes on, and stopping one."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from mingpu.desk.guards import mall_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.desk.services import ask_to_stop
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.promotions.queries import OfferView, all_offers, ends_of
from mingpu.promotions.rules import KINDS

GOING, PLANNED, STOPPED, OVER = "going", "planned", "stopped", "over"
STATES = {
    GOING: Text("进行中", "Going on"),
    PLANNED: Text("未开始", "Not begun"),
    STOPPED: Text("已停止", "Stopped"),
    OVER: Text("已结束", "Over"),
}
TONES = {GOING: "ok", PLANNED: "warn"}


@require_GET
@mall_staff
def offers(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET every offer, newest end first."""
    rows = [{**_facts(it), "it": it} for it in all_offers()]
    return show(request, staff, "desk/offers.html", {"rows": rows})


@require_POST
@mall_staff
def offer_stop(request: HttpRequest, staff: OnDuty, offer_id: str) -> HttpResponse:  # noqa: ARG001 -- the guard's
    """POST -> 303 to the list; coupons that somebody has stay good."""
    if offer_id not in ends_of([offer_id]):
        raise NotFound
    ask_to_stop(offer_id=offer_id)
    return back("desk_offers", done="asked")


def _facts(it: OfferView) -> dict[str, object]:
    moment = now()
    state = GOING if it.starts_at <= moment < it.ends_at else PLANNED if moment < it.starts_at else OVER
    if not it.active:
        state = STOPPED
    return {
        "kind": KINDS[it.offer.kind],
        "state": STATES[state],
        "tone": TONES.get(state, "quiet"),
        "can_stop": state in {GOING, PLANNED},
    }
