"""Pages for what went wrong: plain words, a stable code, a way out; never a person's data."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingpu.catalog.errors import Ended
from mingpu.catalog.labels import category_label
from mingpu.lib.errors import MallError
from mingpu.lib.problems import TITLES
from mingpu.lib.text import Text
from mingpu.search.rules import category_value
from mingpu.web.addresses import category_url


def page(request: HttpRequest, *, status: int, code: str, detail: object, **way: str) -> HttpResponse:
    """Render the page for a failure. way: `way_url` and `way_label`, where it is known how to go on."""
    facts = {
        "status": status,
        "code": code,
        "title": str(TITLES.get(status, TITLES[500])),
        "detail": str(detail),
        **way,
    }
    template = "desk/error.html" if settings.ZONE == "desk" else "error.html"
    return render(request, template, facts, status=status)


def refused(request: HttpRequest, error: MallError) -> HttpResponse:
    """Answer a request that was understood and refused; what has ended leads to its category."""
    way = _to_category(error.facts["category"]) if isinstance(error, Ended) else {}
    return page(request, status=error.status, code=error.code, detail=error.message, **way)


def _to_category(path: Sequence[str]) -> dict[str, str]:
    if not path:
        return {}
    value = category_value(path)
    label = Text(f"看看更多{category_label(value)}", f"More in {category_label(value)}")
    return {"way_url": category_url(value), "way_label": str(label)}


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- the reason is for us, not for the reader
    """Answer a form that did not come from a page of ours, or came too late."""
    detail = Text(
        zh="页面可能已过期。请返回上一页刷新后再提交，您填写的内容不会丢失。",
        en="The page may have expired. Go back, refresh and send it again.",
    )
    return page(request, status=403, code="csrf", detail=detail)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer what cannot be read."""
    return page(
        request,
        status=400,
        code="bad_request",
        detail=Text(zh="请求格式不正确。", en="The request is malformed."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer an address that leads nowhere."""
    detail = Text(zh="这个页面不存在，或者不属于您。", en="This page does not exist, or is not yours.")
    return page(request, status=404, code="not_found", detail=detail)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when we failed."""
    detail = Text(
        zh="请稍后再试。您已完成的操作不会丢失。",
        en="Please try again shortly. Nothing you finished is lost.",
    )
    return page(request, status=500, code="internal", detail=detail)
