"""Guardians and their children, what happens after one's death, and close relatives of the dead: pages."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import lazystr
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.accounts import rules as accounts_rules
from mingpu.accounts.services import change_profile
from mingpu.lib.errors import Invalid
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text, current_language
from mingpu.privacy import cancellation, held
from mingpu.privacy.minors import childhood_of
from mingpu.privacy.purposes import acting
from mingpu.rights import rules
from mingpu.rights.services import (
    ask_as_kin,
    ask_guardian,
    choose_for_child,
    confirm_child,
    delete_item,
    end_guardianship,
    kin_copy,
    kin_status,
    never_for_children,
    require_guardian,
    set_wish,
    wards_of,
    wish_of,
)
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in
from mingpu.web.pages.account_forms import MallForm, Typed
from mingpu.web.pages.consents import matters
from mingpu.web.pages.proof import ProofForm, by_code
from mingpu.web.pages.stepping import proven

KEPT: Final = Text("已保存", "Saved")
CONFIRMED: Final = Text("已确认，孩子的账户可以使用了", "Confirmed; the child's account can be used")
ENDED: Final = Text("已撤回，孩子的账户已停用", "Withdrawn; the child's account is paused")


class ChildForm(ProofForm):
    """The child's code, and proof that it is the guardian."""

    code = Typed(None, Text("孩子的确认码", "The child's code"), max_length=40)

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.order_fields(["code"])


class WishForm(MallForm):
    """What is to happen after one's death."""

    choice = forms.ChoiceField(
        label=lazystr(Text("身后，我的信息", "After my death, my data")), required=False, widget=forms.RadioSelect,
        choices=[("", Text("不作安排", "No arrangement")), *rules.WISHES.items()],
    )  # fmt: skip
    contact = Typed(None, Text("指定的人（姓名）", "The person (name)"), required=False, max_length=64)


class KinForm(MallForm):
    """A close relative's request; documents are described, not sent."""

    wanted = forms.ChoiceField(
        label=lazystr(Text("您要求", "What you ask")), choices=list(rules.WANTED.items()), widget=forms.RadioSelect
    )  # fmt: skip
    applicant = Typed(None, Text("您的姓名", "Your name"), max_length=64)
    relation = Typed(None, Text("与逝者的关系", "Your relation"), max_length=32)
    phone = Typed(accounts_rules.phone, Text("您的手机号", "Your mobile number"), widget=forms.TextInput(attrs={"type": "tel"}))  # fmt: skip
    about = Typed(None, Text("逝者的手机号或账户名", "The dead's phone or username"), max_length=254)
    documents = forms.CharField(
        label=lazystr(Text("您持有哪些证明文件", "Which documents you hold")), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    words = forms.CharField(
        label=lazystr(Text("说明", "In your words")), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class TokenForm(MallForm):
    """The code a relative was given."""

    token = Typed(None, Text("查询码", "Your code"), max_length=100)


# ---- guardians ----


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def guardian(request: MallRequest) -> HttpResponseBase:
    """GET where the person stands as child or guardian; POST ask -> a code for the guardian; POST code -> confirmed."""
    form = ChildForm(None, request=request, by_code=by_code(request))
    code = ""
    if request.method == "POST" and "ask" in request.POST:
        code = ask_guardian(person_id=me(request))
    elif request.method == "POST":
        form = ChildForm(request.POST, request=request, by_code=by_code(request))
        if form.is_valid():
            with form.telling():
                form.prove(request)
                confirm_child(guardian_id=me(request), code=form.cleaned_data["code"])
                return _told(SeeOther(reverse("guardian")), CONFIRMED)
    facts = {
        "childhood": childhood_of(me(request)), "children": wards_of(me(request)), "form": form, "code": code,
        "mode": "code" if form.by_code else "password",
    }  # fmt: skip
    return render(request, "privacy/guardian.html", facts, status=form.status if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def child(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """GET what is held of one's child; POST act=correct|withdraw|cancel, or a table and key to delete -> 303.

    Cancelling asks for a proof first; withdrawing stays a tap.
    """
    with acting("guardian"):
        require_guardian(guardian_id=me(request), child_id=pk)
    if request.POST.get("act") == "cancel":
        return _cancel(request, pk)
    with acting("guardian"):
        if request.method == "POST":
            return _act(request, pk)
        kinds = [it for it in held.things_of(pk) if it.count]
        profile = held.rows_of(pk, "accounts_profile", revealed=True).items
    return render(request, "privacy/child.html", {"child_id": pk, "kinds": kinds, "profile": profile})


@require_GET
@signed_in
def child_choices(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """GET everything that can be switched for one's child, each by itself. 404 for another's child."""
    with acting("guardian"):
        require_guardian(guardian_id=me(request), child_id=pk)
        found = [{**it, "never": never_for_children(it["name"])} for it in matters(pk)]
    return render(request, "privacy/child_choices.html", {"child_id": pk, "choices": found})


@require_POST
@signed_in
def child_choice_set(request: MallRequest, pk: UUID, name: str) -> HttpResponseBase:
    """POST granted (true | false) -> 303 back to the matter. 404 for another's child or matter, 409 for a yes that cannot be."""
    granted = request.POST.get("granted")
    if granted not in {"true", "false"}:
        raise Invalid(field="granted", problem=Text("应为 true 或 false", "true or false"))
    choose_for_child(
        guardian_id=me(request),
        child_id=pk,
        name=name,
        granted=granted == "true",
        language=current_language(),
    )
    return _told(SeeOther(f"{reverse('child_choices', args=[pk])}#choice-{name}"), KEPT)


@proven("guardian", again=True)
def _cancel(request: MallRequest, child_id: UUID) -> HttpResponseBase:  # noqa: ARG001 -- the guard asks by it
    """POST -> 303, the account in its cooling-off period; the question who it is, where that was not shown of late."""
    with acting("guardian"):
        cancellation.request(child_id)
    return _told(SeeOther(reverse("child", args=[child_id])), KEPT)


def _act(request: MallRequest, child_id: UUID) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "withdraw":
        end_guardianship(guardian_id=me(request), child_id=child_id)
        return _told(SeeOther(reverse("guardian")), ENDED)
    if act == "correct":
        change_profile(person_id=child_id, guardian=True, birthday=request.POST.get("birthday") or None)
    else:
        delete_item(person_id=child_id, table=request.POST.get("table", ""), key=request.POST.get("key", ""))
    still = childhood_of(child_id).child
    return _told(SeeOther(reverse("child", args=[child_id]) if still else reverse("guardian")), KEPT)


# ---- after death ----


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def after_death(request: MallRequest) -> HttpResponseBase:
    """GET what the person arranged; POST -> 303 back, or the form again."""
    choice, contact = wish_of(me(request))
    form = WishForm(
        request.POST if request.method == "POST" else None, initial={"choice": choice, "contact": contact}
    )
    if request.method == "POST" and form.is_valid():
        with form.telling():
            set_wish(
                person_id=me(request),
                choice=form.cleaned_data["choice"],
                contact=form.cleaned_data["contact"] or "",
            )
            return _told(SeeOther(reverse("after_death")), KEPT)
    return render(
        request, "privacy/after_death.html", {"form": form}, status=form.status if form.errors else 200
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def relatives(request: MallRequest) -> HttpResponseBase:
    """GET the form for close relatives; POST -> its number and code, shown this once, or the form again."""
    form = KinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.telling():
            given = {name: value or "" for name, value in form.cleaned_data.items()}
            no, token = ask_as_kin(address=request.address, **given)
            return _private(render(request, "relatives_sent.html", {"no": no, "token": token}))
    return render(request, "relatives.html", {"form": form}, status=form.status if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def relatives_status(request: MallRequest) -> HttpResponseBase:
    """GET the form for the code; POST it -> how far the request is. 404 for a code that is not good."""
    form = TokenForm(request.POST or None)
    facts: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        facts |= {"it": kin_status(form.cleaned_data["token"]), "token": form.cleaned_data["token"]}
    return _private(
        render(request, "relatives_status.html", facts, status=form.status if form.errors else 200)
    )


@sensitive_post_parameters()
@require_POST
def relatives_copy(request: MallRequest) -> HttpResponseBase:
    """POST the code -> the zip that was granted. 404 before and after."""
    response = HttpResponse(kin_copy(request.POST.get("token", "")[:100]), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="mingpu.zip"'
    return _private(response)


def _told(response: HttpResponse, word: Text) -> HttpResponse:
    notify(response, word)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("privacy/guardian", guardian, name="guardian"),
    path("privacy/children/<uuid:pk>", child, name="child"),
    path("privacy/children/<uuid:pk>/choices", child_choices, name="child_choices"),
    path("privacy/children/<uuid:pk>/choices/<str:name>", child_choice_set, name="child_choice_set"),
    path("privacy/after-death", after_death, name="after_death"),
    path("relatives", relatives, name="relatives"),
    path("relatives/status", relatives_status, name="relatives_status"),
    path("relatives/copy", relatives_copy, name="relatives_copy"),
]
