"""The address book: pasting a line, choosing divisions, whether the cart can be delivered there."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.accounts import rules, services
from mingpu.accounts.address_lines import ReadLine
from mingpu.accounts.errors import BadField
from mingpu.accounts.queries import address_entry, addresses_of, read_address
from mingpu.cart.queries import cart_of
from mingpu.checkout.bill import Area
from mingpu.checkout.queries import Undelivered, undelivered
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, asked_next, me, next_of, signed_in, why
from mingpu.web.pages.address_forms import REGION, AddressForm, settled

page = require_http_methods(["GET", "HEAD", "POST"])
READ, CHOSEN = "read", "region"  # steps of the form that save nothing
SURE: Final = 0.7  # what is read less surely is pointed out
REASONS = why(street="accounts_address.street ordering")


@require_safe
@signed_in
def addresses(request: MallRequest) -> HttpResponseBase:
    """GET the address book, masked; with each entry the shops of the cart that do not deliver there."""
    book = addresses_of(me(request))
    shops = _shops(me(request)) if book else ()
    facts = [(it, undelivered(shops, Area(it.province, it.city))) for it in book]
    return render(request, "addresses.html", {"addresses": facts, "most": services.MOST_ADDRESSES})


@sensitive_post_parameters()
@page
@signed_in
def address_new(request: MallRequest) -> HttpResponseBase:
    """GET the form; POST -> 303 to `next` or the book, or the form again; with `step` the form, filled, saves nothing."""
    if "step" in request.POST:
        return _step(request, None)
    form = AddressForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        with form.telling():
            services.save_address(person_id=me(request), **form.cleaned_data)
            return _saved(request)
    return _address_page(request, form, None)


@sensitive_post_parameters()
@page
@signed_in
def address_edit(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """GET the form of one entry; POST -> 303, or the form again. 404 for anybody else's."""
    entry = address_entry(me(request), pk)
    if "step" in request.POST:
        return _step(request, pk)
    form = AddressForm(
        _sent(request), initial={name: getattr(entry, name) for name in (*rules.ENTRY, "is_default")}
    )
    if request.method == "POST" and form.is_valid():
        with form.telling():
            services.change_address(person_id=me(request), address_id=pk, **form.cleaned_data)
            return _saved(request)
    return _address_page(request, form, pk)


@require_POST
@signed_in
def address_delete(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 back to the book. 404 for anybody else's."""
    services.delete_address(person_id=me(request), address_id=pk)
    response = SeeOther(reverse("addresses"))
    notify(response, Text("地址已删除", "Address deleted"))
    return response


@require_POST
@signed_in
def address_default(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 back to the book, whose default it is now. 404 for anybody else's."""
    services.change_address(person_id=me(request), address_id=pk, is_default=True)
    response = SeeOther(reverse("addresses"))
    notify(response, Text("已设为默认地址", "This is your default now"))
    return response


@require_safe
@signed_in
def regions(request: MallRequest) -> HttpResponseBase:
    """GET province, city, district, town as chosen so far -> the four lists, each with what lies below the one above."""
    chosen = settled({name: request.GET.get(name, "") for name in REGION})
    facts = {"form": AddressForm(initial=chosen), "lax": True, **_delivery(request, chosen)}
    return render(request, "parts/region.html", facts)


def _step(request: MallRequest, pk: UUID | None) -> HttpResponse:
    """Fill the form from a pasted line, or with the lists below what was chosen; what else was typed stays."""
    typed: dict[str, str] = {
        name: str(value) for name, value in request.POST.items() if name in {*rules.ENTRY, "is_default"}
    }
    read, trouble = None, None
    if request.POST["step"] == READ:
        try:
            read = read_address(me(request), request.POST.get("pasted", ""))
            typed |= {
                name: getattr(read, name) for name in rules.ENTRY if getattr(read, name) or name in REGION
            }
        except BadField as bad:
            trouble = bad.problem
    else:
        typed |= settled(typed)
    given = {"read": _looked_over(read) if read else None, "trouble": trouble}
    return _address_page(request, AddressForm(initial=typed), pk, **given)


def _looked_over(it: ReadLine) -> dict[str, Any]:
    """Return what was found in a line and what of it to look at again, by their labels."""
    found = [name for name in rules.ENTRY if getattr(it, name)]
    needed = [name for name in ("name", "phone", "province", "city", "street") if name not in found]
    return {
        "found": [rules.LABELS[name] for name in found],
        "unsure": [rules.LABELS[name] for name in found if it.confidence[name] < SURE],
        "missing": [rules.LABELS[name] for name in needed],
    }


def _delivery(request: MallRequest, chosen: QueryDict | dict[str, str]) -> dict[str, tuple[Undelivered, ...]]:
    """Return which shops of the cart do not deliver to what is chosen; nothing is read before a province is."""
    area = Area(chosen.get("province") or "", chosen.get("city") or "")
    return {"undelivered": undelivered(_shops(me(request)), area) if area.province else ()}


def _shops(person_id: UUID) -> tuple[str, ...]:
    return cart_of(owner_id=person_id, member=True).senders


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _saved(request: HttpRequest) -> HttpResponse:
    response = SeeOther(next_of(request, "addresses"))
    notify(response, Text("地址已保存", "Address saved"))
    return response


def _address_page(request: MallRequest, form: AddressForm, pk: UUID | None, **given: Any) -> HttpResponse:
    chosen = {name: str(form[name].value() or "") for name in REGION}
    facts = {
        "form": form, "address_id": pk, "next": asked_next(request), "why": REASONS, **_delivery(request, chosen),
        **given,
    }  # fmt: skip
    wrong = form.errors or given.get("trouble")
    return render(request, "address_form.html", facts, status=form.status if wrong else 200)


urlpatterns = [
    path("account/addresses", addresses, name="addresses"),
    path("account/addresses/new", address_new, name="address_new"),
    path("account/addresses/<uuid:pk>", address_edit, name="address_edit"),
    path("account/addresses/<uuid:pk>/delete", address_delete, name="address_delete"),
    path("account/addresses/<uuid:pk>/default", address_default, name="address_default"),
    path("regions", regions, name="regions"),
]
