"""The statement, the privacy centre and the certificate of erasure."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from mingpu.accounts.proof_rules import check_held
from mingpu.accounts.queries import token_hash
from mingpu.accounts.services import step_up
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text, current_language
from mingpu.privacy import (
    cancellation,
    certificate,
    deletion,
    deletion_receipts,
    doors,
    export,
    news,
    statement,
    uses,
)
from mingpu.privacy.register import REGISTER
from mingpu.rights.services import ask_copy
from mingpu.web.context import notify
from mingpu.web.head import Head, same
from mingpu.web.pages import SeeOther, me, signed_in
from mingpu.web.pages.proof import ProofForm, by_code

STATES = {"active": "none", "cooling_off": "cooling", "erasing": "erasing"}
PLACES = {  # where an open matter is seen to
    "orders_order": "order", "payments_attempt": "order", "payments_refund": "order", "service_case": "case",
}  # fmt: skip
SEE_TO_IT = Text("去处理", "See to it")
NOTICE_DUE = Text("{name}：通知待送达", "{name}: notice due")
NO_RECEIPT = Text("{name}：已通知，回执未到", "{name}: told, no receipt yet")
SIGNED = Text("{name}：已删除，回执已验签", "{name}: deleted, its signed receipt is genuine")
LOCKED_AWAY = Text(
    "{name}：依 {basis} 封存到 {until}，回执已验签",
    "{name}: locked away until {until} ({basis}), its signed receipt is genuine",
)
_STATEMENT = Text("隐私声明", "Privacy statement")


# ---- for everybody ----


@require_safe
def statement_page(request: MallRequest) -> HttpResponseBase:
    """GET the privacy statement, made of the register."""
    it = statement.spoken(current_language())
    facts = {
        "statement": {"version": it.version, "hash": it.hash, "machine_url": reverse("api:published")},
        "operator": it.operator, "purposes": it.purposes, "tables": it.tables, "recipients": it.recipients,
        "permissions": it.permissions, "clauses": it.everything, "exceptions": it.exceptions,
        "consents": it.consents, "catalogue": it.catalogue, "sources": it.sources, "doors": it.doors, "law": it.law, "head": Head(str(_STATEMENT), same(reverse("statement"))),
    }  # fmt: skip
    return render(request, "statement.html", facts)


@require_safe
def function_page(request: MallRequest, name: str) -> HttpResponseBase:
    """GET -> the consents and permissions once an extra's door is open to the reader; else why it is not."""
    doors.check(name, request.person_id)
    return SeeOther(reverse("consents"))


@require_safe
def certificate_page(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """GET a certificate of erasure; needs no sign-in. 404 until it is issued."""
    whole = json.loads(cancellation.certificate_file(pk))
    body = whole["certificate"]
    until = datetime.fromisoformat(body["frozen_until"]).replace(tzinfo=UTC) if body["frozen_until"] else None
    facts = {
        "id": body["id"], "issued_at": body["issued_at"], "statement_version": body["statement"]["version"],
        "erased": [_counted(it, body) for it in ({**body["deleted"], **body["detached"]}).items()],
        "frozen": [
            {"label": _table(name), "until": until, "why": str(REGISTER.retention["order"])}
            for name in body["frozen"]
        ],
        "processors": [_processor(it) for it in body.get("recipients", ())]
        + [_told(*it) for it in certificate.acknowledgements(body, whole.get("receipts") or {})],
        "public_key": whole["public_key"], "signature": whole["signature"],
        "json_url": reverse("api:get_certificate", args=[pk]),
    }  # fmt: skip
    return render(request, "certificate.html", {"certificate": facts})


@require_safe
def public_key(request: MallRequest) -> HttpResponseBase:  # noqa: ARG001 -- Django's signature
    """GET the key that certificates are signed with, base64."""
    return HttpResponse(certificate.public_key() + "\n", content_type="text/plain")


def _counted(it: tuple[str, int], body: dict[str, Any]) -> dict[str, Any]:
    return {"label": _table(it[0]), "rows": it[1], "at": body["issued_at"]}


def _table(name: str) -> str:
    known = REGISTER.tables.get(name)
    return str(known.label) if known else name


def _processor(it: dict[str, Any]) -> dict[str, Any]:
    known = REGISTER.recipients.get(it["id"])
    return {"label": str(NOTICE_DUE).format(name=known.title if known else it["id"]), "acknowledged_at": None}


def _told(recipient: str, notice: str, said: deletion_receipts.Receipt | None) -> dict[str, Any]:
    """Return a notice as the certificate's page shows it."""
    known = REGISTER.recipients.get(recipient)
    name = str(known.title) if known else recipient
    if said is None:
        return {"label": str(NO_RECEIPT).format(name=name), "acknowledged_at": None, "notice": notice}
    word = LOCKED_AWAY if said.kept_until else SIGNED
    label = str(word).format(name=name, basis=said.basis, until=said.kept_until)
    return {"label": label, "acknowledged_at": said.at, "notice": notice}


# ---- the privacy centre ----


@require_GET
@signed_in
def hub(request: MallRequest) -> HttpResponseBase:
    """GET the privacy centre at a glance."""
    it = uses.summary_of(me(request))
    permissions = [name for name in it.allowed if name in REGISTER.permissions]
    consents = REGISTER.consents().keys() - REGISTER.permissions.keys()
    summary = {
        "permissions_on": len(permissions), "permissions_total": len(REGISTER.permissions),
        "consents_on": len(it.allowed) - len(permissions), "consents_total": len(consents),
        "uses_recent": it.uses_recent, "shares_total": it.shares_total, "last_export_at": it.last_export_at,
        "cancellation_state": STATES[it.state], "cancellation_until": it.cancellation_until,
        "news": news.news_of(me(request)).count,
    }  # fmt: skip
    return render(request, "privacy/hub.html", {"summary": summary, "statement_version": REGISTER.version})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def exports(request: MallRequest) -> HttpResponseBase:
    """GET the person's copies; POST asks for one -> 303 back. A sign-in that is not new needs a proof with it."""
    it = step_up.standing(person_id=me(request), token=request.token)
    fresh = it.recent
    sent = request.POST if request.method == "POST" else None
    form = None if fresh else ProofForm(sent, request=request, by_code=by_code(request))
    if request.method == "POST" and form is None:
        check_held(it, "export")
        ask_copy(person_id=me(request))
        return SeeOther(reverse("exports"))
    if request.method == "POST" and form is not None and form.is_valid():
        with form.telling():
            form.prove(request, "export")
            ask_copy(person_id=me(request))
            return SeeOther(reverse("exports"))
    found = export.exports_of(me(request))
    facts = {
        "exports": found, "waiting": any(it.state == "waiting" for it in found), "form": form,
        "mode": "code" if form and form.by_code else "password",
    }  # fmt: skip
    return render(request, "privacy/exports.html", facts, status=form.status if form and form.errors else 200)


@require_GET
@signed_in
def export_download(request: MallRequest, pk: UUID) -> HttpResponseBase:
    """GET the zip. 404 for another's or one past its time."""
    response = HttpResponse(export.open_file(me(request), pk), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="mingpu-{pk.hex[:8]}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancellation_page(request: MallRequest) -> HttpResponseBase:
    """GET what leaving means; POST password or phone_code -> 303 back, cooling off, or the form again."""
    form = ProofForm(request.POST or None, request=request, by_code=by_code(request))
    if request.method == "POST" and form.is_valid():
        with form.telling():
            form.prove(request, "cancellation")
            cancellation.request(me(request), keep=token_hash(request.token))
            return SeeOther(reverse("cancellation"))
    return _cancellation(request, form, mode="code" if form.by_code else "password")


def _cancellation(request: MallRequest, form: ProofForm, *, mode: str) -> HttpResponse:
    it = cancellation.state_of(me(request))
    preview = cancellation.preview(me(request))
    blockers = [
        {"label": b.label, "url": reverse(PLACES[b.kind], args=[b.reference]), "action": str(SEE_TO_IT)}
        for b in it.blockers
    ]
    state = {
        "state": "blocked" if blockers else STATES[it.state], "blockers": blockers, "until": it.until,
        "certificate_id": it.certificate_id,
    }  # fmt: skip
    facts = {
        "cancellation": state, "erase": preview.erase, "frozen": preview.frozen, "form": form, "mode": mode,
        "cooling_off_days": settings.COOLING_OFF_DAYS, "told": deletion.recipients_of(me(request)),
    }  # fmt: skip
    return render(request, "privacy/cancellation.html", facts, status=form.status if form.errors else 200)


@require_POST
@signed_in
def cancellation_withdraw(request: MallRequest) -> HttpResponseBase:
    """POST -> 303 to the privacy centre; the account is as before. 409 once erasure has begun."""
    cancellation.withdraw(me(request))
    response = SeeOther(reverse("privacy"))
    notify(response, Text("欢迎留下，一切照旧", "Glad you stay; all is as before"))
    return response


urlpatterns = [
    path("statement", statement_page, name="statement"),
    path("functions/<slug:name>", function_page, name="function"),
    path("certificates/public-key", public_key, name="public_key"),
    path("certificates/<uuid:pk>", certificate_page, name="certificate"),
    path("privacy", hub, name="privacy"),
    path("privacy/exports", exports, name="exports"),
    path("privacy/exports/<uuid:pk>", export_download, name="export_download"),
    path("privacy/cancellation", cancellation_page, name="cancellation"),
    path("privacy/cancellation/withdraw", cancellation_withdraw, name="cancellation_withdraw"),
]
