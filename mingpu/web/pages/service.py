"""After-sales as the buyer lives it: asking, showing what is wrong, sending back, following, having the mall decide."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.catalog.labels import value_label
from mingpu.catalog.queries import product
from mingpu.delivery.queries import shipments_of
from mingpu.lib.errors import MallError
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.orders.queries import LineView, OrderView, order_of
from mingpu.service import rules
from mingpu.service.queries import case_of, left_of, open_evidence
from mingpu.service.services import (
    POSSIBLE,
    add_evidence,
    ask_arbitration,
    choose_return,
    open_case,
    remove_evidence,
    sent_back,
    withdraw,
)
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in, why
from mingpu.web.pages.case_facts import case_facts
from mingpu.web.pages.lines import by_shop, shop_name
from mingpu.web.pages.order_forms import AfterSalesForm
from mingpu.web.policy import SENT_POLICY

REASONS = why(description="service_case.description after_sales")
TYPE_NOTES: Final = {
    rules.REFUND: Text("没收到货，或与商家商量好不用退货", "Not received, or the seller agreed that you keep it"),
    rules.RETURN: Text("寄回商品，验收后退款", "Send it back; refunded once it is checked"),
    rules.EXCHANGE: Text("寄回商品，换同款或同价的其他规格", "Send it back for the same, or another variant at the same price"),
    rules.REPAIR: Text("寄回修理，修好寄给您", "Send it in; it comes back mended"),
}  # fmt: skip
MOST_SWAPS: Final = (
    20  # articles for which other variants are looked up; of more, the same is had in exchange
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def after_sales_new(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET the form; POST -> 303 to the case, or the form again with what was typed. 404 for anybody else's."""
    order = order_of(person_id=me(request), order_no=order_no)
    form = AfterSalesForm(request.POST) if request.method == "POST" else AfterSalesForm()
    if request.method == "POST" and form.is_valid():
        with form.telling():
            typed = form.cleaned_data
            case = open_case(
                person_id=me(request), order_no=order_no, kind=typed["type"], lines=typed["lines"],
                reason=typed["reason"], description=typed["description"], swap=typed["swap"],
            )  # fmt: skip
            response = SeeOther(reverse("case", args=[case.case_no]))
            notify(
                response,
                Text("申请已提交，可以在这里补充照片", "Your request is with us; photos can be added here"),
            )
            return response
    return _form_page(request, order, form)


def _form_page(request: MallRequest, order: OrderView, form: AfterSalesForm) -> HttpResponse:
    left = left_of(person_id=me(request), order_no=order.order_no)
    ticked = set(request.POST.getlist("line")) if request.method == "POST" else set()
    goods = [line for line in order.lines if line.kind == "goods" and left.get(line.sku)]
    facts = {
        "order": order, "form": form, "why": REASONS,
        "types": [_type(kind, label, order, form["type"].value()) for kind, label in rules.TYPES.items()],
        "shops": [
            {
                "name": shop_name(code),
                "lines": [
                    _line(request, line, left[line.sku], ticked, with_swaps=len(goods) <= MOST_SWAPS) for line in lines
                ],
            }
            for code, lines in by_shop(goods)
        ],
    }  # fmt: skip
    return render(request, "after_sales.html", facts, status=form.status if form.errors else 200)


def _type(kind: str, label: Text, order: OrderView, picked: object) -> dict[str, Any]:
    problem: Text | None = None
    if order.status not in POSSIBLE[kind]:
        problem = Text("订单当前状态不能申请", "Not possible for this order now")
    elif order.paid_at is None:
        problem = Text("订单还没有付款", "The order is not paid yet")
    return {
        "value": kind, "label": label, "note": problem or TYPE_NOTES[kind], "checked": picked == kind,
        "available": problem is None,
    }  # fmt: skip


def _line(
    request: MallRequest, line: LineView, left: int, ticked: set[str], *, with_swaps: bool
) -> dict[str, Any]:
    typed = request.POST.get(f"quantity:{line.sku}", "")
    return {
        "sku": line.sku, "title": line.title, "image": line.image, "price_fen": line.price_fen, "max": left,
        "payable_fen": line.payable_fen, "bought": line.quantity, "quantity": typed or left,
        "checked": line.sku in ticked, "swaps": _swaps(line, request.POST.get(f"swap:{line.sku}", "")) if with_swaps else (),
    }  # fmt: skip


def _swaps(line: LineView, picked: str) -> Sequence[Mapping[str, Any]]:
    """Return the variants that an article can be exchanged for besides itself: same product, same price, in stock."""
    it = product(line.product_id)
    own = next((sku for sku in it.skus if sku.sku == line.sku), None) if it else None
    if it is None or own is None:
        return ()
    return [
        {
            "sku": sku.sku,
            "label": " / ".join(value_label(v) for v in sku.options.values()),
            "checked": sku.sku == picked,
        }
        for sku in it.skus
        if sku.sku != own.sku and sku.price_fen == own.price_fen and sku.in_stock
    ]


@require_safe
@signed_in
def case(request: MallRequest, case_no: str) -> HttpResponseBase:
    """GET -> one case; 404 for anybody else's."""
    return _case_page(request, case_no)


@require_POST
@signed_in
def case_withdraw(request: MallRequest, case_no: str) -> HttpResponseBase:
    """POST -> 303 to the case, withdrawn; 409 once money is on its way."""
    withdraw(person_id=me(request), case_no=case_no)
    return _changed(case_no, Text("申请已撤销", "The request is withdrawn"))


@require_POST
@signed_in
def case_sent_back(request: MallRequest, case_no: str) -> HttpResponseBase:
    """POST courier, waybill_no (both may stay blank) -> 303 to the case, waiting for the goods; 409, 422."""
    typed = request.POST
    sent_back(
        person_id=me(request), case_no=case_no, courier=typed.get("courier", ""),
        waybill_no=typed.get("waybill_no", ""),
    )  # fmt: skip
    return _changed(case_no, Text("已记录，收到后尽快处理", "Noted; it is looked at as soon as it is here"))


@require_POST
@signed_in
def case_return(request: MallRequest, case_no: str) -> HttpResponseBase:
    """POST way (courier | own) -> 303 to the case; with `courier` somebody comes for the goods."""
    way = request.POST.get("way", "")
    choose_return(person_id=me(request), case_no=case_no, way=way)
    if way == rules.COURIER:
        return _changed(case_no, Text("已预约上门取件", "A courier will come for it"))
    return _changed(case_no, Text("寄出后请填写运单号", "Please fill in the waybill once it is sent"))


@require_POST
@signed_in
def case_appeal(request: MallRequest, case_no: str) -> HttpResponseBase:
    """POST appeal -> 303 to the case, with the mall to decide; 409 when its time is over."""
    ask_arbitration(person_id=me(request), case_no=case_no, appeal=request.POST.get("appeal", ""))
    return _changed(case_no, Text("已申请平台仲裁", "The mall will decide"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def case_evidence(request: MallRequest, case_no: str) -> HttpResponseBase:
    """POST file, one or more -> the case with them; what cannot be taken is said, the rest is kept. GET -> the case."""
    if request.method != "POST":
        return SeeOther(reverse("case", args=[case_no]))
    refused, status = "", 200
    for upload in request.FILES.getlist("file"):
        try:
            add_evidence(person_id=me(request), case_no=case_no, content=upload.read())
        except MallError as error:
            refused, status = error.message, error.status
    if refused:
        return _case_page(request, case_no, trouble=refused, status=status)
    words = (
        Text("已上传", "Uploaded")
        if request.FILES
        else Text("请先选择照片或视频", "Choose photos or a video first")
    )
    return _changed(case_no, words, kind="ok" if request.FILES else "error")


@require_safe
@signed_in
def evidence(request: MallRequest, case_no: str, number: str) -> HttpResponseBase:
    """GET -> a photo or video, for its owner; 404 for anybody else."""
    media_type, content = open_evidence(person_id=me(request), case_no=case_no, number=number)
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Security-Policy"] = SENT_POLICY
    return response


@require_POST
@signed_in
def evidence_delete(request: MallRequest, case_no: str, number: str) -> HttpResponseBase:
    """POST -> 303 to the case without it; 409 once the case is over."""
    remove_evidence(person_id=me(request), case_no=case_no, number=number)
    return _changed(case_no, Text("已删除", "Deleted"))


def _case_page(request: MallRequest, case_no: str, *, trouble: str = "", status: int = 200) -> HttpResponse:
    it = case_of(person_id=me(request), case_no=case_no)
    order = order_of(person_id=me(request), order_no=it.order_no)
    parcels = [
        parcel
        for parcel in shipments_of(person_id=me(request), order_no=it.order_no)
        if parcel.case_no == case_no
    ]
    facts = {"case": case_facts(it, order, parcels), "trouble": trouble}
    return render(request, "case.html", facts, status=status)


def _changed(case_no: str, words: Text, *, kind: str = "ok") -> HttpResponse:
    response = SeeOther(reverse("case", args=[case_no]))
    notify(response, words, kind=kind)
    return response


urlpatterns = [
    path("orders/<str:order_no>/after-sales", after_sales_new, name="after_sales_new"),
    path("cases/<str:case_no>", case, name="case"),
    path("cases/<str:case_no>/withdraw", case_withdraw, name="case_withdraw"),
    path("cases/<str:case_no>/sent-back", case_sent_back, name="case_sent_back"),
    path("cases/<str:case_no>/return", case_return, name="case_return"),
    path("cases/<str:case_no>/appeal", case_appeal, name="case_appeal"),
    path("cases/<str:case_no>/evidence", case_evidence, name="case_evidence"),
    path("cases/<str:case_no>/evidence/<str:number>", evidence, name="evidence"),
    path("cases/<str:case_no>/evidence/<str:number>/delete", evidence_delete, name="evidence_delete"),
]
