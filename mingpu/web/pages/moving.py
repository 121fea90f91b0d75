"""Taking one's package to another mall, and bringing one from there: pages."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import lazystr
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingpu.adapters.providers import handlers
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.rights.queries import transfers_of
from mingpu.rights.services import ask_transfer, bring, offers_of, stop_transfer, take_items
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in
from mingpu.web.pages.account_forms import MallForm
from mingpu.web.pages.proof import ProofForm, by_code

STOPPED: Final = Text("已叫停，什么都没有发出", "Stopped; nothing has left")
WAITING: Final = Text("已登记，等候期过后发出", "Noted; it leaves when the wait is over")
TAKEN: Final = Text("已带过来 {n} 项", "{n} taken over")
NOT_OURS: Final = {
    "not_sold_here": Text("本店没有这件商品", "Not sold here"),
    "not_valid_here": Text("填写不完整，本店无法使用", "Not complete enough to be used here"),
}


class TransferForm(ProofForm):
    """Whom to, the consent for this one, and proof."""

    handler = forms.ChoiceField(label=lazystr(Text("交给哪一家", "To whom")), widget=forms.RadioSelect)
    agreed = forms.BooleanField(
        label=lazystr(Text("我单独同意把上述信息提供给所选的商城", "I agree, for this transfer alone, that the data named above goes to the mall I picked")),
        error_messages={"required": lazystr(Text("需要您单独同意", "This needs a yes of its own"))},
    )  # fmt: skip

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        known = [(it.code, f"{it.name} · {it.contact}") for it in handlers().values()]
        self.fields["handler"].choices = known  # type: ignore[attr-defined]
        self.order_fields(["handler", "agreed"])


class PackageForm(MallForm):
    """A package from another mall."""

    file = forms.FileField(
        label=lazystr(Text("数据包（zip，20 MB 以内）", "The package (zip, 20 MB at most)"))
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def transfer(request: MallRequest) -> HttpResponseBase:
    """GET the person's transfers and the form; POST -> 303 back, or the form again."""
    form = TransferForm(request.POST or None, request=request, by_code=by_code(request))
    if request.method == "POST" and form.is_valid():
        with form.telling():
            form.prove(request, "transfer")
            ask_transfer(person_id=me(request), handler=form.cleaned_data["handler"], agreed=True)
            return _told(SeeOther(reverse("transfers")), WAITING)
    facts = {
        "transfers": transfers_of(me(request)), "form": form, "mode": "code" if form.by_code else "password",
        "possible": bool(handlers()),
    }  # fmt: skip
    return render(request, "privacy/transfers.html", facts, status=form.status if form.errors else 200)


@require_POST
@signed_in
def transfer_stop(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """POST -> 303 back, stopped. 404 for another's, 409 once it has left."""
    stop_transfer(person_id=me(request), transfer_id=pk)
    return _told(SeeOther(reverse("transfers")), STOPPED)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def imports(request: MallRequest) -> HttpResponseBase:
    """GET the form; POST a package -> 303 to what it brings, or the form again with what is wrong with it."""
    sent = request.method == "POST"
    form = PackageForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        with form.telling():
            made = bring(person_id=me(request), content=form.cleaned_data["file"].read())
            return SeeOther(reverse("import", args=[made]))
    return render(request, "privacy/imports.html", {"form": form}, status=form.status if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def import_page(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """GET what a package brings, nothing ticked; POST the ticks -> 303 to the rights, with how many were taken."""
    if request.method == "POST":
        taken = take_items(person_id=me(request), intake_id=pk, chosen=set(request.POST.getlist("item")))
        count = sum(not it.code for it in taken)
        return _told(SeeOther(reverse("rights")), Text(TAKEN.zh.format(n=count), TAKEN.en.format(n=count)))
    source, offers = offers_of(me(request), pk)
    known = handlers().get(source)
    shown = [
        {"id": it.id, "title": it.title, "lines": it.lines, "problem": NOT_OURS.get(it.problem, "")} for it in offers
    ]  # fmt: skip
    return render(request, "privacy/import.html", {"source": known.name if known else Text("本店", "this mall"), "offers": shown})  # fmt: skip


def _told(response: HttpResponse, word: Text) -> HttpResponse:
    notify(response, word)
    return response


urlpatterns = [
    path("privacy/transfers", transfer, name="transfers"),
    path("privacy/transfers/<uuid:pk>/stop", transfer_stop, name="transfer_stop"),
    path("privacy/imports", imports, name="imports"),
    path("privacy/imports/<uuid:pk>", import_page, name="import"),
]
