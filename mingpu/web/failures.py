"""Pages for what went wrong: plain words, a stable code, a way out; never a person's data."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingpu.lib.errors import MallError
from mingpu.lib.problems import TITLES
from mingpu.lib.text import Text


def page(request: HttpRequest, *, status: int, code: str, detail: object) -> HttpResponse:
    """Render the page for a failure."""
    facts = {
        "status": status,
        "code": code,
        "title": str(TITLES.get(status, TITLES[500])),
        "detail": str(detail),
    }
    template = "desk/error.html" if settings.ZONE == "desk" else "error.html"
    return render(request, template, facts, status=status)


def refused(request: HttpRequest, error: MallError) -> HttpResponse:
    """Answer a request that was understood and refused."""
    return page(request, status=error.status, code=error.code, detail=error.message)


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
