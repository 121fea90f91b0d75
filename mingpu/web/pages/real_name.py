"""Real-name verification: asked for by itself, deleted with one tap."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import lazystr
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingpu.accounts import real_name_rules as rules
from mingpu.accounts import services
from mingpu.accounts.queries import name_checked
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.privacy.purposes import Purpose
from mingpu.privacy.standing import agrees
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in, why
from mingpu.web.pages.account_forms import MallForm, Typed
from mingpu.web.pages.consents import matter

REASONS = why(number="accounts_realname.number real_name")


class RealNameForm(MallForm):
    """A name and a number as they stand on the card."""

    real_name = Typed(rules.real_name, rules.LABELS["name"])
    number = Typed(
        rules.id_number, rules.LABELS["number"],
        help_text=lazystr(Text("18 位，最后一位可以是 X", "18 characters, the last may be X")),
    )  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def real_name(request: MallRequest) -> HttpResponseBase:
    """GET -> the question, the form or the answer; POST real_name, number -> 303 here, or the form again."""
    form = RealNameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with form.telling():
            services.verify_name(person_id=me(request), name=typed["real_name"], number=typed["number"])
            response = SeeOther(reverse("real_name"))
            notify(response, Text("实名验证通过", "Your name is verified"))
            return response
    return _page(request, form)


@require_POST
@signed_in
def real_name_delete(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 here, all of it deleted. 404 where there is nothing."""
    services.forget_name(person_id=me(request))
    response = SeeOther(reverse("real_name"))
    notify(response, Text("实名信息已删除", "Name, number and answer are deleted"))
    return response


def _page(request: MallRequest, form: RealNameForm) -> HttpResponse:
    agreed = agrees(me(request), Purpose.REAL_NAME)
    it = name_checked(me(request)) if agreed else None
    facts = {
        "agreed": agreed, "consent": None if agreed else matter(me(request), Purpose.REAL_NAME), "form": form,
        "checked": it, "verified": it is not None and it.state == rules.VERIFIED,
        "label": rules.STATES[it.state] if it else None, "why": REASONS,
    }  # fmt: skip
    return render(request, "real_name.html", facts, status=form.status if form.errors else 200)


urlpatterns = [
    path("account/real-name", real_name, name="real_name"),
    path("account/real-name/delete", real_name_delete, name="real_name_delete"),
]
