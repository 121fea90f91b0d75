"""Getting back in, stopping somebody else who tries, and changing password, e-mail and number."""

from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import lazystr
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.accounts import proof_rules, rules, services
from mingpu.accounts.errors import BadField, CodeNotSent, NothingBegun, TooMany
from mingpu.accounts.queries import profile_of
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text, current_language
from mingpu.privacy import masks
from mingpu.web.context import MARK_COOKIE, notify
from mingpu.web.pages import SeeOther, me, signed_in, why
from mingpu.web.pages.account_forms import (
    LONGEST_CREDENTIAL,
    NEEDED,
    MallForm,
    Typed,
    read_credential,
)
from mingpu.web.pages.stepping import proven

CHANGED: Final = Text("密码已修改，其他设备已退出", "Password changed; other sign-ins have ended")
RESET: Final = Text("密码已更换，请用新密码登录", "The password is changed; please log in with it")
STOPPED: Final = Text("已叫停，原来的密码仍然有效", "Stopped; the password is as it was")
NUMBER_SAVED: Final = Text("手机号已更换，其他设备已退出", "The number is changed; other sign-ins have ended")
MAIL_SAVED: Final = Text("邮箱已保存", "E-mail saved")
MAIL_GONE: Final = Text("邮箱已移除", "E-mail removed")
REASONS: Final = why(
    phone="accounts_contact.phone identity_check", email="accounts_contact.email identity_check"
)


def _fresh() -> forms.CharField:
    return forms.CharField(
        label=lazystr(Text("新密码", "New password")), strip=False, widget=forms.PasswordInput,
        error_messages={"required": NEEDED},
        help_text=lazystr(Text("至少 8 位，别太容易猜", "8 characters at least, and not easily guessed")),
    )  # fmt: skip


class RecoverForm(MallForm):
    """A new password, by one or two proofs."""

    places: ClassVar = {"wrong_code": "phone_code", "more_proof": "email"}
    phone = Typed(
        rules.phone, rules.LABELS["phone"], required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    phone_code = Typed(None, rules.LABELS["phone_code"], required=False, max_length=20)
    email = Typed(rules.email, rules.LABELS["email"], required=False, widget=forms.EmailInput)
    email_code = Typed(None, rules.LABELS["email_code"], required=False, max_length=20)
    recovery_code = Typed(None, proof_rules.LABELS["recovery_code"], required=False, max_length=40)
    lost_second = forms.BooleanField(
        required=False,
        label=lazystr(Text("动态码和恢复码也都丢了", "My authenticator and recovery codes are lost too")),
    )
    credential = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_CREDENTIAL)
    new_password = _fresh()

    def given(self) -> dict[str, Any]:
        """Return what was typed, as the verb takes it; the phone first. Raises WrongPasskey for what is no answer."""
        typed = {name: value or "" for name, value in self.cleaned_data.items()}
        channels = [(typed[name], typed[f"{name}_code"]) for name in ("phone", "email") if typed[name]]
        (to, code), (also, also_code) = (*channels, ("", ""), ("", ""))[:2]
        return {
            "to": to, "code": code, "also": also, "also_code": also_code, "password": typed["new_password"],
            "recovery_code": typed["recovery_code"],
            "passkey": read_credential(typed["credential"]) if typed["credential"] else None, "lost_second": bool(typed["lost_second"]),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """One channel at least."""
        said = super().clean() or self.cleaned_data
        if not self.errors and not (said.get("phone") or said.get("email")):
            self.add_error("phone", str(NEEDED))
        return said


class PasswordChangeForm(MallForm):
    """Another password; that it is the person was shown before."""

    places: ClassVar = {"password": "new_password"}
    new_password = _fresh()


class EmailForm(MallForm):
    """An e-mail with the code that was sent to it; blank takes it out."""

    places: ClassVar = {"wrong_code": "email_code", "email_taken": "email"}
    email = Typed(rules.email, rules.LABELS["email"], required=False, widget=forms.EmailInput)
    email_code = Typed(None, rules.LABELS["email_code"], required=False, max_length=20)


class PhoneForm(MallForm):
    """Another number with the code that was sent to it."""

    places: ClassVar = {"wrong_code": "phone_code", "number_taken": "phone_code"}
    phone = Typed(
        rules.phone,
        Text("新手机号", "New mobile number"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    phone_code = Typed(None, rules.LABELS["phone_code"], max_length=20)


# ---- getting back in ----


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: MallRequest) -> HttpResponseBase:
    """GET the form; POST send=sms|email -> the form with a code on its way; POST it -> 303 to log in, or when it will hold."""
    if channel := request.POST.get("send", ""):
        typed = {name: value for name, value in request.POST.items() if "password" not in name}
        note = _send(request, channel, "reset")
        return render(
            request,
            "recover.html",
            {"form": RecoverForm(initial=typed), "why": REASONS, "sent": channel, **note},
        )
    form = RecoverForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.telling():
            due = services.reset_password(**form.given(), address=request.address)
            if due is not None:
                return render(request, "recover.html", {"due_at": due})
            response = SeeOther(reverse("login"))
            notify(response, RESET)
            return response
    return render(
        request, "recover.html", {"form": form, "why": REASONS}, status=form.status if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: MallRequest) -> HttpResponseBase:
    """GET ?token= from a mail -> one button; POST -> 303 to log in, stopped. 409 where nothing waits any more."""
    token = request.POST.get("token") or request.GET.get("token", "")
    person_id = services.recovery_person(token)
    if request.method != "POST":
        response = render(request, "recover_stop.html", {"token": token})
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    services.stop_recovery(person_id=person_id)
    response = SeeOther(reverse("login"))
    notify(response, STOPPED)
    return response


@require_safe
@signed_in
def recovery(request: MallRequest) -> HttpResponseBase:
    """GET where a recovery of one's own password stands."""
    return render(request, "recovery.html", {"it": services.recovery_of(me(request))})


@require_POST
@signed_in
def recovery_stop(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 back, stopped, or with nothing to stop."""
    response = SeeOther(reverse("recovery"))
    try:
        services.stop_recovery(person_id=me(request))
        notify(response, STOPPED)
    except NothingBegun as nothing:
        notify(response, Text(nothing.zh, str(NothingBegun.__doc__)), kind="error")
    return response


# ---- password, e-mail and number of somebody signed in ----


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven("password", reading=True)
def password(request: MallRequest) -> HttpResponseBase:
    """GET the form, behind a proof; POST -> 303 to the sign-ins, the other ones ended."""
    sent = request.POST if "new_password" in request.POST else None
    form = PasswordChangeForm(sent)
    if form.is_bound and form.is_valid():
        try:
            services.set_password(
                person_id=me(request), token=request.token, password=form.cleaned_data["new_password"]
            )
        except BadField as bad:
            form.add_error("new_password", str(bad.problem))
        else:
            response = SeeOther(reverse("devices"))
            notify(response, CHANGED)
            return response
    return render(request, "password.html", {"form": form}, status=form.status if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven("contact", reading=True)
def email(request: MallRequest) -> HttpResponseBase:
    """GET the e-mail, behind a proof; POST send=email -> a code on its way; POST email and code -> 303 back."""
    note: dict[str, Any] = {}
    form = EmailForm(request.POST if "email" in request.POST and "send" not in request.POST else None)
    if "send" in request.POST:
        form = EmailForm(initial=request.POST.dict())
        note = {"sent": "email", **_send(request, "email", "register")}
    elif form.is_bound and form.is_valid():
        with form.telling():
            typed = form.cleaned_data
            services.change_email(person_id=me(request), email=typed["email"], email_code=typed["email_code"])
            response = SeeOther(reverse("email"))
            notify(response, MAIL_SAVED if typed["email"] else MAIL_GONE)
            return response
    now = profile_of(me(request)).email
    facts = {"form": form, "now": masks.email(now) if now else "", "why": REASONS, **note}
    return render(request, "email.html", facts, status=form.status if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@proven("phone", reading=True)
def phone(request: MallRequest) -> HttpResponseBase:
    """GET the number, behind a proof; POST send=sms -> a code on its way; POST phone and code -> 303 to the sign-ins."""
    note: dict[str, Any] = {}
    form = PhoneForm(request.POST if "phone" in request.POST and "send" not in request.POST else None)
    if "send" in request.POST:
        form = PhoneForm(initial=request.POST.dict())
        note = {"sent": "sms", **_send(request, "sms", "register")}
    elif form.is_bound and form.is_valid():
        with form.telling():
            services.change_phone(person_id=me(request), token=request.token, **form.cleaned_data)
            response = SeeOther(reverse("devices"))
            notify(response, NUMBER_SAVED)
            return response
    facts = {"form": form, "now": masks.phone(profile_of(me(request)).phone), "why": REASONS, **note}
    return render(request, "phone.html", facts, status=form.status if form.errors else 200)


def _send(request: MallRequest, channel: str, intent: str) -> dict[str, Any]:
    """Send a code to what was typed; return the note beside the button."""
    to = request.POST.get("email" if channel == "email" else "phone", "")
    given: dict[str, Any] = {}
    try:
        given["retry_after"] = services.send_code(
            channel="email" if channel == "email" else "sms", to=to, intent=intent, address=request.address,
            language=current_language(), marks=request.COOKIES.get(MARK_COOKIE, ""),
        )  # fmt: skip
    except (BadField, TooMany, CodeNotSent) as refused:
        given["problem"] = refused.problem if isinstance(refused, BadField) else refused.message
    if settings.COUNTERPARTS and "problem" not in given:
        host = urlsplit(settings.PUBLIC_ADDRESS).hostname
        given["outbox_url"] = f"http://{host}:{settings.COUNTERPARTS_PORT}/inbox"
    return given


urlpatterns = [
    path("recover", recover, name="recover"),
    path("recover/stop", stop, name="recover_stop"),
    path("account/recovery", recovery, name="recovery"),
    path("account/recovery/stop", recovery_stop, name="recovery_stop"),
    path("account/password", password, name="password"),
    path("account/email", email, name="email"),
    path("account/phone", phone, name="phone"),
]
