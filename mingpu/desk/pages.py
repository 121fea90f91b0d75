"""What the desk's pages share: the frame they are drawn in, the way back after something was done, page numbers."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from mingpu.desk.queries import OnDuty
from mingpu.lib.text import Text

LAST_PAGE: Final = 10_000
# What can be told after a step; the address carries the key only.
DONE: Final = {
    "ship": Text("已交给配送，稍后可在这里打印面单", "Handed on; the label can be printed here in a moment"),
    "stock": Text("库存已更新", "Stock changed"),
    "sale": Text("已更新，几秒后店面可见", "Changed; the shop shows it in a few seconds"),
    "warehouse": Text("仓库已更新", "Warehouses changed"),
    "words": Text("已更新，搜索在一秒内生效", "Changed; search knows it within a second"),
    "look": Text("已登记，顾客会看到", "Written down; the customer reads it"),
    "waits": Text("已登记，须另一人批准", "Written down; it needs a second person"),
    "noted": Text("已办结并记下", "Settled and written down"),
    "decided": Text("已记下您的决定", "Your decision is noted"),
    "asked": Text("已记下，后台正在办理", "Noted; it is being carried out"),
}


def show(
    request: HttpRequest, staff: OnDuty, template: str, facts: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a page of the desk, with a word about the step before it."""
    word = DONE.get(request.GET.get("done", ""))
    notices = [{"kind": "ok", "text": word}] if word else []
    return render(request, template, {"staff": staff, "notices": notices, **facts}, status=status)


def back(name: str, /, *args: str, done: str = "", **query: str) -> HttpResponse:
    """Answer a step with 303 to a page."""
    words = urlencode({key: value for key, value in {**query, "done": done}.items() if value})
    where = reverse(name, args=args)
    return HttpResponse(status=303, headers={"Location": f"{where}?{words}" if words else where})


def page_number(request: HttpRequest) -> int:
    """Return the page asked for, 1 for nonsense."""
    asked = request.GET.get("page", "")
    return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1  # noqa: PLR2004
