"""Recipients that were told to delete somebody's data and did not answer: to be chased by the mall's staff."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from mingpu.desk.guards import mall_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.privacy import deletion

WHY = {
    "": Text("逾期未答复", "No answer in time"),
    "unanswered": Text("连接不上", "Does not answer"),
    "forged": Text("回执签名不符", "Receipt not by them"),
    "no_account": Text("没有约定电子渠道", "No electronic way agreed"),
    "lost": Text("通知内容已随密钥销毁", "What it named went with its key"),
    "refused": Text("对方拒绝", "Refused"),
}
SHORTEST_NOTE = 4


@require_GET
@mall_staff
def notice_queue(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the notices that are overdue, refused or without a way: recipient, numbers and times, nobody's name."""
    rows = [{"it": it, "why": WHY.get(it.code, it.code)} for it in deletion.queue()]
    return show(request, staff, "desk/notices.html", {"rows": rows})


@require_POST
@mall_staff
def notice_again(request: HttpRequest, staff: OnDuty, notice_id: UUID) -> HttpResponse:  # noqa: ARG001 -- the guard's
    """POST -> 303 to the list; the worker sends it once more. 404 for one that is settled."""
    deletion.again(notice_id)
    return back("desk_notices", done="asked")


@require_POST
@mall_staff
def notice_close(request: HttpRequest, staff: OnDuty, notice_id: UUID) -> HttpResponse:
    """POST note -> 303 to the list: how the recipient confirmed outside the wire. 422 without a word of it."""
    note = request.POST.get("note", "").strip()
    if len(note) < SHORTEST_NOTE:
        raise Invalid(
            field=Text("说明", "note"), problem=Text("请写明对方如何确认", "say how they confirmed")
        )
    deletion.close(notice_id, by=staff.known_as, note=note)
    return back("desk_notices", done="noted")
