"""After-sales as the buyer lives it: asking, following, taking back, sending back."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.orders.queries import LineView, OrderView, order_of
from mingpu.service import rules
from mingpu.service.queries import CaseView, case_of, left_of
from mingpu.service.services import POSSIBLE, open_case, sent_back, withdraw
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in, why
from mingpu.web.pages.order_forms import AfterSalesForm

REASONS = why(description="service_case.description after_sales")
NOTES: Final = {
    rules.REVIEWING: Text("客服会尽快处理。", "Staff will look at it soon."),
    rules.AWAITING_RETURN: Text(
        "请把商品寄回,寄出后点“我已寄出”。收到并检查后退款。",
        "Please send the goods back, then press “I have sent it”. The refund follows once they are checked.",
    ),
    rules.INSPECTION: Text(
        "收到退货并检查后,款项原路退回。", "The money goes back once your parcel is checked."
    ),
    rules.REFUNDING: Text("退款已提交支付机构,原路退回。", "The refund is with the payment institution."),
    rules.REFUNDED: Text("已退款到您的原支付账户。", "The money is back where it came from."),
}
WAYS: Final = {
    "refund": (rules.REVIEWING, rules.REFUNDING, rules.REFUNDED),
    "return": (
        rules.REVIEWING,
        rules.AWAITING_RETURN,
        rules.INSPECTION,
        rules.REFUNDING,
        rules.REFUNDED,
    ),
}


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
                reason=typed["reason"], description=typed["description"],
            )  # fmt: skip
            response = SeeOther(reverse("case", args=[case.case_no]))
            notify(response, Text("申请已提交", "Your request is with us"))
            return response
    return _form_page(request, order, form)


def _form_page(request: MallRequest, order: OrderView, form: AfterSalesForm) -> HttpResponse:
    left = left_of(person_id=me(request), order_no=order.order_no)
    ticked = set(request.POST.getlist("line")) if request.method == "POST" else set()
    picked = form["type"].value()
    facts = {
        "order": order,
        "form": form,
        "types": [_type(kind, label, order.status, picked) for kind, label in rules.TYPES.items()],
        "lines": [_line(request, line, left[line.sku], ticked) for line in order.lines if left.get(line.sku)],
        "why": REASONS,
    }
    return render(request, "after_sales.html", facts, status=form.status if form.errors else 200)


def _type(kind: str, label: Text, status: str, picked: object) -> dict[str, Any]:
    note: Text | None = None
    if kind not in rules.OFFERED:
        note = Text("暂未提供,可退货后重新下单", "Not offered yet: return it and order again")
    elif status not in POSSIBLE[kind]:
        note = Text("订单当前状态不能申请", "Not possible for this order now")
    return {
        "value": kind,
        "label": label,
        "note": note or "",
        "checked": picked == kind,
        "available": note is None,
    }


def _line(request: MallRequest, line: LineView, left: int, ticked: set[str]) -> dict[str, Any]:
    typed = request.POST.get(f"quantity:{line.sku}", "")
    return {
        "sku": line.sku, "title": line.title, "image": line.image, "price_fen": line.price_fen, "max": left,
        "quantity": typed or left, "checked": line.sku in ticked,
    }  # fmt: skip


@require_safe
@signed_in
def case(request: MallRequest, case_no: str) -> HttpResponseBase:
    """GET -> one case; 404 for anybody else's."""
    it = case_of(person_id=me(request), case_no=case_no)
    order = order_of(person_id=me(request), order_no=it.order_no)
    return render(request, "case.html", {"case": case_facts(it, order)})


@require_POST
@signed_in
def case_withdraw(request: MallRequest, case_no: str) -> HttpResponseBase:
    """POST -> 303 to the case, withdrawn; 409 once money is on its way."""
    withdraw(person_id=me(request), case_no=case_no)
    return _changed(case_no, Text("申请已撤销", "The request is withdrawn"))


@require_POST
@signed_in
def case_sent_back(request: MallRequest, case_no: str) -> HttpResponseBase:
    """POST -> 303 to the case, waiting for the goods; 409 when they are not awaited."""
    sent_back(person_id=me(request), case_no=case_no)
    return _changed(case_no, Text("已记录,收到后尽快处理", "Noted; we look at it as soon as it is here"))


def _changed(case_no: str, words: Text) -> HttpResponse:
    response = SeeOther(reverse("case", args=[case_no]))
    notify(response, words)
    return response


def case_facts(it: CaseView, order: OrderView) -> dict[str, Any]:
    """Return a case as `case.html` shows it."""
    asked = dict(it.lines)
    words = [it.answer, str(NOTES.get(it.status, ""))]
    return {
        "case_no": it.case_no,
        "order_no": it.order_no,
        "type_label": it.type_label,
        "status": it.status,
        "status_label": it.status_label,
        "opened_at": it.created_at,
        "refund_fen": it.amount_fen,
        "reason_label": it.reason_label,
        "description": it.description,
        "lines": [_asked(line, asked[line.sku]) for line in order.lines if line.sku in asked],
        "events": [{"at": at, "text": text} for at, text in reversed(it.events)],
        "steps": _steps(it),
        "note": " ".join(word for word in words if word),
        "actions": it.actions,
    }


def _asked(line: LineView, quantity: int) -> dict[str, Any]:
    return {
        "sku": line.sku, "product_id": line.product_id, "title": line.title, "options": line.options,
        "image": line.image, "price_fen": line.price_fen, "quantity": quantity,
        "subtotal_fen": line.price_fen * quantity,
    }  # fmt: skip


def _steps(it: CaseView) -> list[dict[str, Any]]:
    """Return the course of a case that goes well, with how far it has come; [] for one that ended otherwise."""
    way = WAYS.get(it.type, ())
    if it.status not in way:
        return []
    here = way.index(it.status)
    states = ["done" if place < here else "current" if place == here else "todo" for place in range(len(way))]
    return [{"label": rules.LABELS[name], "state": state} for name, state in zip(way, states, strict=True)]


urlpatterns = [
    path("orders/<str:order_no>/after-sales", after_sales_new, name="after_sales_new"),
    path("cases/<str:case_no>", case, name="case"),
    path("cases/<str:case_no>/withdraw", case_withdraw, name="case_withdraw"),
    path("cases/<str:case_no>/sent-back", case_sent_back, name="case_sent_back"),
]
