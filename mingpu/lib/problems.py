"""Refusals as programs read them: application/problem+json (RFC 9457), one shape everywhere."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

from django.http import JsonResponse

from mingpu.lib.errors import MallError
from mingpu.lib.text import Text

MEDIA_TYPE: Final = "application/problem+json"
TITLES: Final = {
    400: Text(zh="请求无法读取", en="That request could not be read"),
    401: Text(zh="请先登录", en="Please log in first"),
    403: Text(zh="不能这样做", en="That is not allowed"),
    404: Text(zh="没有找到", en="Not found"),
    405: Text(zh="这里不能这样请求", en="That cannot be done here"),
    409: Text(zh="没有成功", en="That did not work"),
    410: Text(zh="已经结束", en="It is over"),
    413: Text(zh="内容太大", en="Too large"),
    415: Text(zh="内容格式不对", en="The wrong kind of content"),
    422: Text(zh="请再检查一下", en="Please check again"),
    429: Text(zh="太频繁了", en="Too many tries"),
    500: Text(zh="我们这里出错了", en="Something broke on our side"),
    501: Text(zh="还没有这项功能", en="Not there yet"),
    503: Text(zh="暂时无法服务", en="Not available just now"),
}
CODES: Final = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many",
    501: "not_available",
    503: "unavailable",
}
DETAILS: Final = {
    400: Text(zh="请求格式不正确。", en="The request is malformed."),
    401: Text(zh="请先登录，再试一次。", en="Log in, then try again."),
    403: Text(zh="没有权限。", en="You may not do that."),
    404: Text(zh="它不存在，或者不属于您。", en="It does not exist, or is not yours."),
    405: Text(zh="这个地址不支持这种请求方法。", en="This address does not take that method."),
    413: Text(zh="发送的内容超过了上限。", en="What was sent is larger than we take."),
    429: Text(zh="请稍等一会儿再试。", en="Please wait a little and try again."),
    501: Text(zh="这项功能还没有。", en="This function is not there yet."),
    503: Text(zh="请稍后再试。", en="Please try again shortly."),
}
_BROKEN = Text(
    zh="请稍后再试。您已完成的操作不会丢失。", en="Please try again shortly. Nothing you finished is lost."
)


def problem(
    status: int,
    *,
    code: str = "",
    detail: object = "",
    fields: Iterable[str] = (),
    retry_after: int = 0,
    more: Mapping[str, object] | None = None,
) -> JsonResponse:
    """Return a problem in the reader's language.

    code and detail: those of the status where left out; fields: names of what to look at again, never
    values; retry_after: seconds, 0 for none; more: members of their own, for programs.
    """
    code = code or CODES.get(status, "internal" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused")
    body: dict[str, object] = {
        "type": f"urn:mingpu:problem:{code}",
        "title": str(TITLES.get(status, TITLES[500])),
        "status": status,
        "detail": str(detail or DETAILS.get(status, _BROKEN)),
        "code": code,
    }
    if named := list(fields):
        body["fields"] = named
    body.update(more or {})
    answer = JsonResponse(
        body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def refusal(error: MallError) -> JsonResponse:
    """Return what was understood and refused as a problem."""
    name = getattr(error, "name", "")
    return problem(
        error.status,
        code=error.code,
        detail=error.message,
        fields=[name] if name else [],
        retry_after=error.facts.get("retry_after", 0),
        more=error.more,
    )
