"""Electronic invoices: titles, asking for one, its document. Only while the person agrees to it, asked by itself."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import lazystr
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.invoices.queries import invoices_of, titles_of
from mingpu.invoices.rules import COMPANY, KINDS, LONGEST_TITLE, PERSON
from mingpu.invoices.services import ask, delete_title, file, save_title
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.orders.queries import order_of
from mingpu.privacy.purposes import Purpose
from mingpu.privacy.standing import agrees
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, next_of, signed_in, why
from mingpu.web.pages.account_forms import NEEDED, MallForm
from mingpu.web.pages.consents import matter

page = require_http_methods(["GET", "HEAD", "POST"])
NEW = "new"
REASONS = why(title="invoices_title.title invoicing", tax_no="invoices_title.tax_no invoicing")


class TitleForm(MallForm):
    """Whom an invoice is made out to."""

    kind = forms.ChoiceField(
        label=lazystr(Text("抬头类型", "Made out to")), choices=[(name, lazystr(text)) for name, text in KINDS.items()],
        widget=forms.RadioSelect, error_messages={"required": NEEDED},
    )  # fmt: skip
    title = forms.CharField(
        label=lazystr(Text("发票抬头", "Title")),
        max_length=LONGEST_TITLE,
        error_messages={"required": NEEDED},
    )
    tax_no = forms.CharField(
        label=lazystr(Text("税号", "Tax number")), required=False, max_length=40,
        help_text=lazystr(Text("单位必填，个人不用填", "Needed for a company, blank for a person")),
    )  # fmt: skip
    is_default = forms.BooleanField(label=lazystr(Text("设为默认抬头", "Use as my default")), required=False)


@page
@signed_in
def invoice_titles(request: MallRequest) -> HttpResponseBase:
    """GET -> the titles; POST kind, title, tax_no -> 303 here, or the form again. Without the consent, its question."""
    form = TitleForm(request.POST if request.method == "POST" else None, initial={"kind": PERSON})
    if request.method == "POST" and form.is_valid():
        with form.telling():
            save_title(person_id=me(request), **form.cleaned_data)
            response = SeeOther(reverse("invoice_titles"))
            notify(response, Text("抬头已保存", "Title saved"))
            return response
    facts = {**_common(request), "form": form}
    return render(request, "invoice_titles.html", facts, status=form.status if form.errors else 200)


@require_POST
@signed_in
def invoice_title_delete(request: MallRequest, title_id: UUID) -> HttpResponseBase:
    """POST -> 303 to the titles. 404 for anybody else's."""
    delete_title(person_id=me(request), title_id=title_id)
    response = SeeOther(next_of(request, "invoice_titles"))
    notify(response, Text("抬头已删除", "Title deleted"))
    return response


@page
@signed_in
def invoice_new(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET -> which title; POST title_id (an id or `new` with a title's fields) -> 303 to the order, asked for.

    404 for anybody else's order.
    """
    order = order_of(person_id=me(request), order_no=order_no)
    typed = request.POST if request.method == "POST" else None
    common = _common(request)
    fresh = typed is not None and (typed.get("title_id", NEW) == NEW)
    form = TitleForm(typed if fresh else None, initial={"kind": PERSON})
    if typed is not None and (not fresh or form.is_valid()):
        with form.telling():
            return _asked(request, order_no, form if fresh else None)
    it = invoices_of(person_id=me(request), order_no=order_no)
    facts = {
        **common, "order": order, "form": form, "due_fen": it.due_fen, "items": it.items,
        "title_id": NEW if fresh or not common["titles"] else "",
    }  # fmt: skip
    return render(request, "invoice_new.html", facts, status=form.status if form.errors else 200)


def _asked(request: MallRequest, order_no: str, form: TitleForm | None) -> HttpResponse:
    """Ask for it, with a new title kept first; raises what `ask` raises."""
    if form:
        title_id = save_title(person_id=me(request), **form.cleaned_data)
    else:
        try:
            title_id = UUID(request.POST.get("title_id", ""))
        except ValueError:
            title_id = UUID(int=0)
    ask(person_id=me(request), order_no=order_no, title_id=title_id)
    response = SeeOther(reverse("order", args=[order_no]))
    notify(
        response,
        Text("已申请，开好后在订单里下载", "Asked for; it can be downloaded from the order once issued"),
    )
    return response


@require_safe
@signed_in
def invoice_file(request: MallRequest, invoice_no: str, kind: str) -> HttpResponseBase:
    """GET -> the document, fetched from the issuer now; 404 for anybody else's, 409 before it is issued."""
    it = file(person_id=me(request), invoice_no=invoice_no, kind=kind)
    response = HttpResponse(it.content, content_type=it.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{it.name}"'
    return response


def _common(request: MallRequest) -> dict[str, Any]:
    person_id = me(request)
    agreed = agrees(person_id, Purpose.INVOICING)
    return {
        "agreed": agreed, "titles": titles_of(person_id=person_id) if agreed else (), "why": REASONS,
        "company": COMPANY, "consent": None if agreed else matter(person_id, Purpose.INVOICING),
    }  # fmt: skip


urlpatterns = [
    path("account/invoice-titles", invoice_titles, name="invoice_titles"),
    path("account/invoice-titles/<uuid:title_id>/delete", invoice_title_delete, name="invoice_title_delete"),
    path("orders/<str:order_no>/invoice", invoice_new, name="invoice_new"),
    path("invoices/<str:invoice_no>.<str:kind>", invoice_file, name="invoice_file"),
]
