"""What merchants are owed, month by month: on the page, and as a file for their books."""

import csv
from io import StringIO
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from mingpu.desk.guards import mall_staff, merchant_staff
from mingpu.desk.pages import show
from mingpu.desk.queries import OnDuty
from mingpu.desk.rules import HEIGHT, WIDTH, Month, bars, kind_label, month_of, months_before
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.queries import merchants as all_merchants
from mingpu.merchants.rules import COURIERS, KINDS, OWN_SHOP, WHOLE, MerchantInfo
from mingpu.wallet.queries import Statement, merchant_statement
from mingpu.wallet.rules import BEIJING

SHOWN: Final = 300  # lines on the page; the file has all
HEADINGS: Final = (
    Text("时间（北京）", "Time (Beijing)"),
    Text("事项", "Event"),
    Text("单号", "Number"),
    Text("应付变动（元）", "Change in what is owed (CNY)"),
    Text("佣金（元）", "Commission (CNY)"),
)


@require_GET
@merchant_staff
def statement(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET a month of the shop's statement."""
    return _page(request, staff, staff.merchant, reverse("desk_statement_file"))


@require_GET
@merchant_staff
def statement_file(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the same as CSV."""
    return _file(request, staff.merchant)


@require_GET
@mall_staff
def merchants(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET all merchants with their terms."""
    rows = [
        {
            "code": it.code,
            "name": it.name,
            "kind": KINDS[it.kind],
            "commission": f"{100 * it.commission / WHOLE:g}",
            "couriers": [COURIERS[courier] for courier in it.couriers],
            "cod": it.cod,
            "active": it.active,
            "own": it.own,
        }
        for it in all_merchants().values()
    ]
    return show(request, staff, "desk/merchants.html", {"rows": rows})


@require_GET
@mall_staff
def merchant_page(request: HttpRequest, staff: OnDuty, code: str) -> HttpResponse:
    """GET a month of one merchant's statement."""
    return _page(request, staff, code, reverse("desk_merchant_file", args=[code]))


@require_GET
@mall_staff
def merchant_file(request: HttpRequest, staff: OnDuty, code: str) -> HttpResponse:  # noqa: ARG001 -- the guard's
    """GET the same as CSV."""
    return _file(request, code)


def _page(request: HttpRequest, staff: OnDuty, code: str, file_url: str) -> HttpResponse:
    month = _month(request)
    facts: dict[str, Any] = {
        "shop": _shop(code),
        "month": month,
        "months": months_before(now()),
        "file_url": f"{file_url}?month={month}",
        "statement": None,
    }
    if code != OWN_SHOP:
        it = _statement(code, month)
        drawn, zero = bars(month, it.lines)
        latest = list(reversed(it.lines))[:SHOWN]
        facts |= {
            "statement": it,
            "bars": drawn,
            "zero": zero,
            "width": WIDTH,
            "height": HEIGHT,
            "earned_fen": sum(bar.fen for bar in drawn),
            "lines": [{"line": line, "label": kind_label(line.kind)} for line in latest],
            "more": len(it.lines) - len(latest),
        }
    return show(request, staff, "desk/statement.html", facts)


def _file(request: HttpRequest, code: str) -> HttpResponse:
    month = _month(request)
    if _shop(code).code == OWN_SHOP:
        raise NotFound
    it, out = _statement(code, month), StringIO()
    table = csv.writer(out)
    table.writerow([str(heading) for heading in HEADINGS])
    table.writerow(["", str(Text("期初应付", "Owed at the start")), "", _yuan(it.opening_fen), ""])
    for line in it.lines:
        at = line.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        money = (_yuan(line.payable_fen), _yuan(line.commission_fen))
        table.writerow([at, str(kind_label(line.kind)), line.reference, *money])
    closing = (_yuan(it.closing_fen), _yuan(it.commission_fen))
    table.writerow(["", str(Text("期末应付", "Owed at the end")), "", *closing])
    name = f"statement-{code}-{month}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    # Spreadsheets know UTF-8 by its mark.
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _statement(code: str, month: Month) -> Statement:
    since, until = month.bounds
    return merchant_statement(merchant=code, since=since, until=until)


def _shop(code: str) -> MerchantInfo:
    found = all_merchants([code]).get(code)
    if found is None:
        raise NotFound
    return found


def _month(request: HttpRequest) -> Month:
    month = month_of(request.GET.get("month", ""), now())
    if month is None:
        raise NotFound
    return month


def _yuan(fen: int) -> str:
    """Write fen the way spreadsheets add up: no thousands."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
