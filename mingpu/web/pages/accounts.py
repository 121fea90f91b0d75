"""Registering, logging in and out, the person's own page, language."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingpu.accounts import services
from mingpu.accounts.errors import BadField, CodeNotSent, TooMany
from mingpu.accounts.queries import phone_of, profile_of
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import LANGUAGES, Text, current_language
from mingpu.privacy import masks
from mingpu.privacy.purposes import AccountFrozen
from mingpu.privacy.register import REGISTER
from mingpu.web.addresses import without_language
from mingpu.web.context import (
    BELL_COOKIE,
    DAYS,
    HALF_COOKIE,
    HALF_SECONDS,
    LANGUAGE_COOKIE,
    MARK_COOKIE,
    SESSION_COOKIE,
    VISITOR_COOKIE,
    Notice,
    drop,
    forget_person,
    keep,
    notify,
    remember_name,
)
from mingpu.web.pages import SeeOther, asked_next, consents, me, next_of, signed_in, why
from mingpu.web.pages.account_forms import (
    CodeLoginForm,
    LoginForm,
    MallForm,
    ProfileForm,
    RegisterForm,
)
from mingpu.web.pages.cart import bring_cart

page = require_http_methods(["GET", "HEAD", "POST"])
# What somebody may tick; kept as the word itself, so that another list later changes nothing kept.
INTERESTS: list[tuple[str, Text | str]] = [
    ("居家", Text("居家", "Home")), ("厨房", Text("厨房", "Kitchen")), ("数码", Text("数码", "Digital")),
    ("服饰", Text("服饰", "Clothing")), ("美妆", Text("美妆", "Beauty")), ("食品", Text("食品", "Food")),
    ("母婴", Text("母婴", "Children")), ("户外", Text("户外", "Outdoors")), ("图书", Text("图书", "Books")),
]  # fmt: skip
MAILED = Text(
    "若邮箱填写正确，验证码已发出，10 分钟内有效。",
    "If the address is right, the code is on its way; it is valid for 10 minutes.",
)
CODE_REASONS = why(phone="accounts_contact.phone identity_check")
REGISTER_REASONS = why(
    phone="accounts_contact.phone identity_check",
    username="accounts_credential.username registration",
    email="accounts_contact.email identity_check",
)
PROFILE_REASONS = why(interests="accounts_profile.interests personalisation")


@sensitive_post_parameters()
@page
def register(request: MallRequest) -> HttpResponseBase:
    """GET the form; POST -> 303 signed in, or the form again with what was typed."""
    if request.person_id:
        return SeeOther(next_of(request))
    form = RegisterForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        with form.telling():
            new = services.register(**form.cleaned_data, language=current_language(), kind="web")
            return let_in(request, new)
    return _door(request, "register.html", form)


@sensitive_post_parameters()
@page
def login(request: MallRequest) -> HttpResponseBase:
    """GET the form; POST -> 303 signed in, or the form again."""
    if request.person_id:
        return SeeOther(next_of(request))
    form = LoginForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        with form.telling():
            typed = form.cleaned_data
            new = services.sign_in_by_password(
                login=typed["login"], password=typed["password"], address=request.address, kind="web",
                marks=request.COOKIES.get(MARK_COOKIE, ""),
            )  # fmt: skip
            return let_in(request, new)
    return _door(request, "login.html", form, mode="password")


@sensitive_post_parameters()
@page
def login_code(request: MallRequest) -> HttpResponseBase:
    """GET the form; POST -> 303 signed in, or the form again."""
    if request.person_id:
        return SeeOther(next_of(request))
    form = CodeLoginForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        with form.telling():
            new = services.sign_in_by_code(
                **form.cleaned_data, address=request.address, kind="web", marks=request.COOKIES.get(MARK_COOKIE, ""),
            )  # fmt: skip
            return let_in(request, new)
    return _door(request, "login.html", form, mode="code")


@require_POST
def logout(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 home, signed out here and nowhere else."""
    services.sign_out(token=request.token)
    response = SeeOther(reverse("home"))
    forget_person(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    notify(response, Text("已退出登录", "You are logged out"))
    return response


@sensitive_post_parameters()
@page
def send_code(request: MallRequest) -> HttpResponseBase:
    """POST phone (or email) and intent -> the note beside the button, or the whole form for browsers without scripts.

    A signed-in person who cancels or confirms need not type the number: it is known.
    """
    if request.method != "POST":  # the language was changed on the page a code was asked for from
        return SeeOther(reverse("login_code"))
    intent = request.POST.get("intent", "")
    given: dict[str, Any] = {}
    status = 200
    try:
        given["retry_after"] = _send(request, intent)
    except (BadField, TooMany, CodeNotSent) as refused:
        given["problem"] = refused.problem if isinstance(refused, BadField) else refused.message
        status = 422
    if settings.COUNTERPARTS and "problem" not in given:
        given["outbox_url"] = (
            f"http://{urlsplit(settings.PUBLIC_ADDRESS).hostname}:{settings.COUNTERPARTS_PORT}/inbox"
        )
    if request.headers.get("HX-Request"):
        return render(request, "parts/code_sent.html", given, status=status)
    if intent in {"cancel", "confirm"} and request.person_id:
        onward = f"{reverse('cancellation')}?by=code" if intent == "cancel" else next_of(request, "privacy")
        return SeeOther(onward)
    typed = {name: value for name, value in request.POST.items() if name != "password"}
    if intent == "register" and request.POST.get("channel") == "email":
        word = Notice("error" if status != 200 else "ok", given.get("problem") or MAILED)  # noqa: PLR2004
        return _door(request, "register.html", RegisterForm(initial=typed), notices=[word])
    if intent == "register":
        return _door(request, "register.html", RegisterForm(initial=typed), code_sent=True, **given)
    return _door(request, "login.html", CodeLoginForm(initial=typed), mode="code", code_sent=True, **given)


@sensitive_post_parameters()
@page
@signed_in
def account(request: MallRequest) -> HttpResponseBase:
    """GET the person's page; POST the details -> 303 back, or the form again."""
    person_id = me(request)
    profile = profile_of(person_id)
    choices = INTERESTS + [(it, it) for it in profile.interests if it not in dict(INTERESTS)]
    initial = {
        "nickname": profile.nickname, "birthday": profile.birthday, "gender": profile.gender or "",
        "interests": profile.interests,
    }  # fmt: skip
    form = ProfileForm(_sent(request), initial=initial, interests=choices)
    if request.method == "POST" and form.is_valid():
        with form.telling():
            services.change_profile(person_id=person_id, **form.cleaned_data)
            response = SeeOther(reverse("account"))
            remember_name(response, person_id, form.cleaned_data["nickname"] or profile.username)
            notify(response, Text("资料已保存", "Saved"))
            return response
    facts = {
        "form": form, "why": PROFILE_REASONS, "avatar": services.avatar_mark(person_id),
        "profile": {"username": profile.username, "phone": masks.phone(profile.phone), "email": masks.email(profile.email) if profile.email else ""},
    }  # fmt: skip
    return render(request, "account.html", facts, status=form.status if form.errors else 200)


@require_POST
def language(request: MallRequest) -> HttpResponseBase:
    """POST language (zh-hans | en) -> 303 back, in it, whatever language that address asked for."""
    response = SeeOther(without_language(next_of(request)))
    chosen = request.POST.get("language", "")
    if chosen in LANGUAGES:
        keep(response, LANGUAGE_COOKIE, chosen, 365 * DAYS)
    return response


def _sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with; None where it is only asked for."""
    return request.POST if request.method == "POST" else None


def _send(request: MallRequest, intent: str) -> int:
    """Send a code to what was typed, or to a person's own number; return the seconds until the next."""
    channel = "email" if request.POST.get("channel") == "email" else "sms"
    to = request.POST.get("email" if channel == "email" else "phone", "")
    if not to and request.person_id and intent in {"cancel", "confirm"}:
        to = phone_of(request.person_id)
    return services.send_code(
        channel=channel, to=to, intent=intent, address=request.address, language=current_language(),
        marks=request.COOKIES.get(MARK_COOKIE, ""),
    )  # fmt: skip


def let_in(
    request: MallRequest, new: services.SignedIn | services.HalfIn, *, onward: str = ""
) -> HttpResponse:
    """Give the browser its sign-in, bring the visitor's cart along, go on; half a sign-in goes on to its second half.

    onward: a page of ours, in place of `next`.
    """
    if isinstance(new, services.HalfIn):
        going = onward or asked_next(request)
        query = urlencode({"next": going}) if going else ""
        response = SeeOther(f"{reverse('login_second')}{'?' if query else ''}{query}")
        keep(response, HALF_COOKIE, new.token, HALF_SECONDS)
        return response
    response = SeeOther(onward or next_of(request))
    keep(response, SESSION_COOKIE, new.token, 30 * DAYS)
    if BELL_COOKIE in request.COOKIES:
        drop(response, BELL_COOKIE)  # it may be somebody else's
    marks = services.add_mark(request.COOKIES.get(MARK_COOKIE, ""), new.mark)
    keep(response, MARK_COOKIE, marks, services.MARK_DAYS * DAYS)
    rotate_token(request)
    with suppress(AccountFrozen):  # somebody who is leaving has no cart, and may still change their mind
        bring_cart(request, response, new.person_id)
    if request.visitor_known:
        drop(response, VISITOR_COOKIE)
    return response


def ways() -> list[dict[str, Any]]:
    """Return the services one can sign in through now, as pages show them."""
    return [{"id": name, "title": client.title} for name, client in services.ways_in().items()]


def _door(request: HttpRequest, template: str, form: MallForm, **given: Any) -> HttpResponse:
    facts = {
        "form": form, "next": asked_next(request), "statement_version": REGISTER.version, "ways": ways(),
        "why": REGISTER_REASONS if template == "register.html" else CODE_REASONS, **given,
    }  # fmt: skip
    return render(request, template, facts, status=form.status if form.errors else 200)


urlpatterns = [
    path("register", register, name="register"),
    path("login", login, name="login"),
    path("login/code", login_code, name="login_code"),
    path("logout", logout, name="logout"),
    path("codes", send_code, name="send_code"),
    path("account", account, name="account"),
    path("language", language, name="language"),
    *consents.urlpatterns,
]
