"""The devices a person signs in from: what is kept of each, and taking it back."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from mingpu.accounts.device_rules import LABELS
from mingpu.accounts.queries import DeviceView, devices_of
from mingpu.accounts.services import forget_device
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in
from mingpu.web.pages.consents import matter

REMOVED = Text("已移除，这台设备的信息都删了", "Removed: nothing of that device is left")


@require_GET
@signed_in
def devices(request: MallRequest) -> HttpResponseBase:
    """GET every device of which anything is kept, and whether devices are linked at all."""
    rows = [_row(it) for it in devices_of(me(request))]
    return render(
        request, "privacy/devices.html", {"devices": rows, "linking": matter(me(request), "continuity")}
    )


@require_POST
@signed_in
def device_remove(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 to the list, without it. 404 for what is not theirs."""
    forget_device(person_id=me(request), device_id=pk)
    response = SeeOther(reverse("devices"))
    notify(response, REMOVED)
    return response


def _row(it: DeviceView) -> dict[str, object]:
    told = [{"label": LABELS[name], "value": value} for name, value in it.told.items()]
    return {
        "id": it.id, "name": it.name or it.told.get("model", ""), "told": told, "signed_in": it.signed_in,
        "linked_at": it.linked_at, "seen_at": it.seen_at,
    }  # fmt: skip


urlpatterns = [
    path("privacy/devices", devices, name="devices"),
    path("privacy/devices/<uuid:pk>/remove", device_remove, name="device_remove"),
]
