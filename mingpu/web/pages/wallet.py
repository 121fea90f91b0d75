"""What a person has with us: balance, E-cards, coupons; and the coupons that everybody can have."""

from typing import Any, Final, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import lazystr
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.promotions.queries import EXPIRED, USABLE, USED, Claimable, CouponView, claimable, coupons_of
from mingpu.promotions.rules import Offer
from mingpu.promotions.services import claim
from mingpu.wallet.queries import wallet_of
from mingpu.wallet.services import bind
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, next_of, page_number, signed_in
from mingpu.web.pages.account_forms import NEEDED, MallForm
from mingpu.web.pages.lines import shop_name

PAGE_SIZE: Final = 20
LONGEST_CODE: Final = 60
STATES: Final = {
    USABLE: Text("可使用", "To use"),
    USED: Text("已使用", "Used"),
    EXPIRED: Text("已过期", "Over"),
}


class CardForm(MallForm):
    """The code of an E-card, as it was handed over."""

    places = {"wrong_card_code": "code", "too_many_codes": "code"}
    code = forms.CharField(
        label=lazystr(Text("卡密", "Card code")), max_length=LONGEST_CODE, error_messages={"required": NEEDED},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=lazystr(Text("16 位字母和数字，空格、横线和大小写都不要紧", "16 letters and digits; blanks, dashes and case do not matter")),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def wallet(request: MallRequest) -> HttpResponseBase:
    """GET ?page= -> balance, cards and movements; POST code -> 303 here with the card, or the form again."""
    form = CardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.telling():
            bind(person_id=me(request), code=form.cleaned_data["code"])
            response = SeeOther(reverse("wallet"))
            notify(response, Text("E 卡已放进钱包", "The card is in your wallet"))
            return response
    it = wallet_of(person_id=me(request), page=page_number(request), page_size=PAGE_SIZE)
    facts = {
        "balance_fen": it.balance_fen, "cards_fen": it.cards_fen, "cards": it.cards, "form": form,
        "listing": {"items": it.movements, "total": it.total, "page": it.page, "page_size": it.page_size},
    }  # fmt: skip
    return render(request, "wallet.html", facts, status=form.status if form.errors else 200)


@require_safe
@signed_in
def my_coupons(request: MallRequest) -> HttpResponseBase:
    """GET ?state= -> a person's coupons, soonest to end first."""
    asked = request.GET.get("state", USABLE)
    state = asked if asked in STATES else USABLE
    everything = coupons_of(person_id=me(request))
    facts = {
        "state": state, "coupons": [_mine(it) for it in everything if it.state == state],
        "tabs": [
            {"state": name, "label": label, "count": sum(it.state == name for it in everything)}
            for name, label in STATES.items()
        ],
    }  # fmt: skip
    return render(request, "my_coupons.html", facts)


@require_safe
def coupons(request: HttpRequest) -> HttpResponse:
    """GET -> the coupons that are handed out now; for who is signed in, with how many of each they have."""
    person_id = cast("MallRequest", request).person_id
    found = claimable(person_id=person_id)
    return render(request, "coupons.html", {"coupons": [_open(it) for it in found]})


@require_POST
@signed_in
def coupon_claim(request: MallRequest, offer_id: str) -> HttpResponseBase:
    """POST -> 303 back with one more coupon; 409 when it is over, gone, or one has as many as one may."""
    claim(person_id=me(request), offer_id=offer_id)
    response = SeeOther(next_of(request, "coupons"))
    notify(
        response, Text("已领取，结算时可用", "It is yours; use it at the checkout"), url=reverse("my_coupons"),
        link=Text("我的券", "My coupons"),
    )  # fmt: skip
    return response


def offer_facts(it: Offer) -> dict[str, Any]:
    """Return an offer as pages show it."""
    return {
        "id": it.id, "title": it.title, "terms": it.terms,
        "whose": shop_name(it.merchant) if it.merchant else Text("全平台", "All shops"),
    }  # fmt: skip


def _mine(it: CouponView) -> dict[str, Any]:
    return {
        **offer_facts(it.offer), "state": it.state, "state_label": STATES[it.state], "order_no": it.order_no,
        "expires_at": it.expires_at,
    }  # fmt: skip


def _open(it: Claimable) -> dict[str, Any]:
    return {
        **offer_facts(it.offer), "left": it.left, "per_person": it.per_person, "mine": it.mine, "open": it.open,
        "valid_days": it.valid_days, "ends_at": it.ends_at,
    }  # fmt: skip


urlpatterns = [
    path("account/wallet", wallet, name="wallet"),
    path("account/coupons", my_coupons, name="my_coupons"),
    path("coupons", coupons, name="coupons"),
    path("coupons/<str:offer_id>/claim", coupon_claim, name="coupon_claim"),
]
