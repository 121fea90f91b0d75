"""The devices a person signs in from: what is kept of each, and taking it back."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from mingpu.accounts.device_rules import LABELS, LONGEST, DeviceView
from mingpu.accounts.queries import devices_of, sessions_of
from mingpu.accounts.services import end_other_sessions, end_session, forget_device, name_session
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
    kept = devices_of(me(request))
    called = {it.id: it.name or it.told.get("model", "") for it in kept}
    sign_ins = [
        (it, called.get(it.device, "") if it.device else "") for it in sessions_of(me(request), request.token)
    ]
    facts = {
        "devices": [_row(it) for it in kept], "linking": matter(me(request), "continuity"), "sign_ins": sign_ins,
        "longest": LONGEST["name"],
    }  # fmt: skip
    return render(request, "privacy/devices.html", facts)


@require_POST
@signed_in
def session_name(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST name -> 303 to the list. 404 for anybody else's, 422 for a name that cannot be."""
    name_session(person_id=me(request), session=pk, name=request.POST.get("name", ""))
    return _to_list(Text("名称已保存", "Saved"))


@require_POST
@signed_in
def session_end(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 to the list, without it. 404 for anybody else's."""
    end_session(person_id=me(request), session=pk)
    return _to_list(Text("已退出该登录", "That sign-in is ended"))


@require_POST
@signed_in
def sessions_end(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 to the list, where only this sign-in is left."""
    ended = end_other_sessions(person_id=me(request), token=request.token)
    return _to_list(Text(f"已退出其他 {ended} 处登录", f"{ended} other sign-ins are ended"))


@require_POST
@signed_in
def device_remove(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 to the list, without it. 404 for what is not theirs."""
    forget_device(person_id=me(request), device_id=pk)
    return _to_list(REMOVED)


def _to_list(word: Text) -> HttpResponseBase:
    response = SeeOther(reverse("devices"))
    notify(response, word)
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
    path("privacy/sign-ins/end-others", sessions_end, name="sessions_end"),
    path("privacy/sign-ins/<uuid:pk>/name", session_name, name="session_name"),
    path("privacy/sign-ins/<uuid:pk>/end", session_end, name="session_end"),
]
