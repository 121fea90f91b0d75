"""Goods in files: sent and checked, taken in after a yes, called off; and written out again. A shop's are its own."""

import tempfile
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from mingpu.catalog.errors import NotACatalogue
from mingpu.catalog.feed_writing import KINDS, csv_lines, json_lines, write_book
from mingpu.catalog.import_rules import MAX_UPLOAD
from mingpu.catalog.queries.exports import Selection, count_items, feed_rows
from mingpu.catalog.queries.imports import import_of, imports_of, remarks_of
from mingpu.catalog.remark_files import KINDS as REMARK_KINDS
from mingpu.catalog.remark_files import remark_lines
from mingpu.catalog.services.imports import agree, call_off, take_upload
from mingpu.catalog.tally import NOTED, OFF_SALE, REFUSED, ImportReport
from mingpu.desk.guards import any_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.lib.clock import now
from mingpu.lib.errors import MallError, NotFound
from mingpu.lib.text import current_language
from mingpu.merchants.queries import merchants as all_merchants

SHOWN: Final = 50  # remarks on the page; the file has all that are kept
LONGEST_CODE: Final = 32
EXCEL_ITEMS: Final = 20_000  # a workbook is made whole before it is sent; more are had as CSV


@require_GET
@any_staff
def imports(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the imports of who asks, a form for another, and what can be written out."""
    return _list(request, staff)


@csrf_exempt  # until the file's way is set; `_send` checks
@require_POST
@any_staff  # before anything of a file is read
def send(request: HttpRequest, staff: OnDuty) -> HttpResponseBase:
    """POST a file (multipart) -> 303 to its import, which is being checked; the page again with what was wrong."""
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _send(request, staff)


@csrf_protect
def _send(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    try:
        upload = request.FILES.get("file")
        if upload is None:
            raise NotACatalogue
        sent = take_upload(
            by=staff.name, merchant=staff.merchant, name=upload.name or "", content=upload.chunks()
        )
    except MallError as refused:
        return _list(request, staff, trouble=refused.message, status=refused.status)
    return back("desk_import", str(sent))


@require_GET
@any_staff
def one(request: HttpRequest, staff: OnDuty, import_id: UUID) -> HttpResponse:
    """GET one import: how far it is, what comes of it, the first things said of its rows."""
    it = import_of(import_id=import_id, merchant=staff.merchant)
    remarks = list(remarks_of(import_id, SHOWN)) if it.said else []
    rows = [{"remark": remark, "kind": REMARK_KINDS[remark.kind]} for remark in remarks]
    facts = {"it": it, "sums": _sums(it.report), "rows": rows, "more": it.said - len(rows)}
    return show(request, staff, "desk/import.html", facts)


@require_POST
@any_staff
def take(request: HttpRequest, staff: OnDuty, import_id: UUID) -> HttpResponse:
    """POST -> 303 to the import, which is being taken in."""
    del request
    agree(import_id=import_id, merchant=staff.merchant)
    return back("desk_import", str(import_id))


@require_POST
@any_staff
def stop(request: HttpRequest, staff: OnDuty, import_id: UUID) -> HttpResponse:
    """POST -> 303 to the import, which is called off."""
    del request
    call_off(import_id=import_id, merchant=staff.merchant)
    return back("desk_import", str(import_id))


@require_GET
@any_staff
def remarks_file(request: HttpRequest, staff: OnDuty, import_id: UUID) -> HttpResponseBase:
    """GET everything said of rows, as CSV in the reader's language."""
    del request
    it = import_of(import_id=import_id, merchant=staff.merchant)
    lines = (line.encode() for line in remark_lines(remarks_of(import_id), current_language()))
    return _file(lines, f"remarks-{it.at:%Y%m%d-%H%M}.csv", KINDS["csv"])


@require_GET
@any_staff
def goods_file(request: HttpRequest, staff: OnDuty, kind: str) -> HttpResponseBase:
    """GET goods in a shape that can be sent again: a shop's own; for the operator all, or one ?merchant=."""
    if kind not in KINDS:
        raise NotFound
    code = staff.merchant or request.GET.get("merchant", "")[:LONGEST_CODE]
    if code and code not in all_merchants([code]):
        raise NotFound
    wanted = Selection(code)
    name = f"{wanted.merchant or 'catalogue'}-{now():%Y%m%d}.{kind}"
    if kind != "xlsx":
        rows = feed_rows(wanted)
        lines = json_lines(rows) if kind == "jsonl" else csv_lines(rows, current_language())
        return _file(lines, name, KINDS[kind])
    if count_items(wanted) > EXCEL_ITEMS:
        raise NotFound
    out = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    write_book(feed_rows(wanted), out, current_language())
    out.seek(0)
    headers = {"Cache-Control": "no-store"}
    return FileResponse(out, as_attachment=True, filename=name, content_type=KINDS[kind], headers=headers)


def _sums(report: ImportReport) -> list[dict[str, object]]:
    """Return what was said of rows as kinds with their sentences, each with how often."""
    found = {REFUSED: report.refused, OFF_SALE: report.not_for_sale, NOTED: report.notes}
    return [
        {
            "label": REMARK_KINDS[kind],
            "counts": [
                {"count": many, "text": report.texts[code]}
                for code, many in sorted(counts.items(), key=lambda it: (-it[1], it[0]))
            ],
        }
        for kind, counts in found.items()
        if counts
    ]


def _file(lines: Iterator[bytes], name: str, kind: str) -> HttpResponseBase:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type=kind, headers=headers)


def _list(request: HttpRequest, staff: OnDuty, *, trouble: str = "", status: int = 200) -> HttpResponse:
    facts = {
        "imports": imports_of(merchant=staff.merchant),
        "trouble": trouble,
        "most_mb": MAX_UPLOAD >> 20,
        "shops": []
        if staff.merchant
        else [{"code": it.code, "name": it.name} for it in all_merchants().values()],
        "excel": count_items(Selection(staff.merchant)) <= EXCEL_ITEMS,
    }
    return show(request, staff, "desk/imports.html", facts, status=status)
