"""The desk of a merchant's staff: what the mall knows of their shop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingpu.desk.guards import merchant_staff
from mingpu.desk.queries import OnDuty
from mingpu.merchants.queries import merchant, template_of
from mingpu.merchants.rules import COURIERS, WHOLE
from mingpu.merchants.shipping import BASES


@require_GET
@merchant_staff
def shop(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the shop of who asks: names, commission, sender, couriers, terms of delivery."""
    it = merchant(staff.merchant)
    terms = template_of([it.code])[it.code]
    facts = {
        "staff": staff,
        "shop": it,
        "commission": f"{100 * it.commission / WHOLE:g}",
        "couriers": [COURIERS[courier] for courier in it.couriers],
        "terms": terms,
        "basis": BASES[terms.basis],
    }
    return render(request, "desk/shop.html", facts)
