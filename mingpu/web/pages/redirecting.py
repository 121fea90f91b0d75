"""Changing where an order goes, while nothing of it is packed."""

from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mingpu.accounts import rules
from mingpu.accounts.queries import Address, addresses_of
from mingpu.delivery.services import redirect
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.service.queries import OrderInFull, order_in_full
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in, why
from mingpu.web.pages.address_forms import AddressForm, settled
from mingpu.web.pages.basket import read_id
from mingpu.web.pages.stepping import proven

NEW = "new"  # in place of an address' id
REASONS = why(phone="orders_consignee.phone delivery", street="orders_consignee.street delivery")


class WhereForm(AddressForm):
    """Another consignee; the fields count only when a new address is asked for, else they are not looked at."""

    places: ClassVar = {"not_delivered_there": "province"}

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        del self.fields["is_default"]

    def whom(self) -> dict[str, str | None]:
        """Return the consignee that was typed, as the verb takes it."""
        said = {name: self.cleaned_data[name] or "" for name in rules.CONSIGNEE}
        return {**said, "street": rules.street_of(self.cleaned_data["town"], said["street"])}


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven("order_address")
def order_address(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET the form; POST -> 303 to the order, behind a proof, or the form again; 404 for anybody else's order.

    With `step` the form is drawn again with the lists below what was chosen. To the order where nothing can be changed.
    """
    it = order_in_full(person_id=me(request), order_no=order_no)
    book = addresses_of(me(request))
    if not it.movable:
        return _fixed(order_no)
    typed = request.POST
    if request.method != "POST" or "address_id" not in typed:
        return _page(request, it, book, WhereForm(), str(book[0].id) if book else NEW)
    chosen = typed.get("address_id", NEW)
    if "step" in typed:
        kept = {name: str(typed.get(name, "")) for name in rules.ENTRY}
        return _page(request, it, book, WhereForm(initial=kept | settled(kept)), chosen)
    form = WhereForm(typed)
    if chosen != NEW:
        for name in rules.ENTRY:
            form.fields[name].required = False
    if form.is_valid():
        with form.telling():
            whereto = {"to": form.whom()} if chosen == NEW else {"address_id": read_id(chosen)}
            redirect(person_id=me(request), order_no=order_no, **whereto)
            response = SeeOther(reverse("order", args=[order_no]))
            notify(response, Text("收货信息已修改", "The order goes there now"))
            return response
    return _page(request, it, book, form, chosen)


def _fixed(order_no: str) -> HttpResponse:
    response = SeeOther(reverse("order", args=[order_no]))
    notify(
        response,
        Text("收货信息已不能修改：包裹已打包，或订单已结束", "Too late: it is packed, or the order is over"),
        kind="error",
    )
    return response


def _page(
    request: MallRequest, it: OrderInFull, book: list[Address], form: WhereForm, chosen: str
) -> HttpResponse:
    facts = {
        "order": it.order, "form": form, "addresses": book, "why": REASONS,
        "address_id": NEW if chosen == NEW or not book else read_id(chosen),
    }  # fmt: skip
    return render(
        request, "order_address.html", facts, status=form.status if form.is_bound and form.errors else 200
    )


urlpatterns = [path("orders/<str:order_no>/address", order_address, name="order_address")]
