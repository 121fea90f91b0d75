"""The picture a person shows of themselves: sending one, seeing it, taking it away."""

from django.http import HttpResponse, HttpResponseBase
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.accounts import services
from mingpu.accounts.avatar_rules import TYPE
from mingpu.accounts.errors import AvatarTooLarge, NoAvatar
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in


@require_safe
@signed_in
def avatar(request: MallRequest, size: str) -> HttpResponseBase:
    """GET -> the person's own avatar (small | large); 404 without one. Nobody else has an address for it."""
    _, content = services.avatar_of(me(request), size)
    response = HttpResponse(content, content_type=TYPE)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def avatar_set(request: MallRequest) -> HttpResponseBase:
    """POST file -> 303 to the person's page with it, or there with what is wrong about it; GET -> that page."""
    response = SeeOther(reverse("account"))
    upload = request.FILES.get("file") if request.method == "POST" else None
    if request.method == "POST" and upload is None:
        notify(response, Text("请先选择图片", "Choose a picture first"), kind="error")
    if upload is not None:
        try:
            services.set_avatar(person_id=me(request), content=upload.read())
        except (AvatarTooLarge, NoAvatar) as refused:
            notify(response, Text(refused.message, refused.message), kind="error")
        else:
            notify(response, Text("头像已更新", "Your avatar is set"))
    return response


@require_POST
@signed_in
def avatar_remove(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 to the person's page, without it. 404 without one."""
    services.remove_avatar(person_id=me(request))
    response = SeeOther(reverse("account"))
    notify(response, Text("头像已删除", "Your avatar is deleted"))
    return response


urlpatterns = [
    path("account/avatar", avatar_set, name="avatar_set"),
    path("account/avatar/remove", avatar_remove, name="avatar_remove"),
    path("account/avatar/<str:size>", avatar, name="avatar"),
]
