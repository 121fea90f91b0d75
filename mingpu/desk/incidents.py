"""Incidents at the desk: written down, counted, listed with a second person, reported within four hours."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.functional import lazystr
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.catalog.publication import written
from mingpu.desk.forms import MomentField
from mingpu.desk.guards import mall_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.governance import services
from mingpu.governance.queries import IncidentView, incident_of, incidents, notices_told
from mingpu.governance.rules import LEVELS
from mingpu.governance.services import Account
from mingpu.governance.wording import authority_text, told
from mingpu.lib.errors import MallError
from mingpu.lib.text import Text
from mingpu.privacy.register import REGISTER
from mingpu.privacy.uses import purpose_label

LONGEST = 500
AREA = {"rows": 2}
STEPS = ("count", "ask", "approve", "report", "close")


class IncidentForm(forms.Form):
    """What is known of an incident; nothing personal in it."""

    noticed_at = MomentField(label=lazystr(Text("发现时间", "Noticed at")))
    what = forms.CharField(
        label=lazystr(Text("发生了什么", "What happened")),
        max_length=LONGEST,
        widget=forms.Textarea(attrs=AREA),
    )
    kinds = forms.CharField(label=lazystr(Text("涉及哪些信息", "Kinds of data")), max_length=LONGEST)
    cause = forms.CharField(label=lazystr(Text("原因", "Cause")), required=False, max_length=LONGEST)
    harm = forms.CharField(label=lazystr(Text("可能的危害", "Harm")), required=False, max_length=LONGEST)
    measures = forms.CharField(
        label=lazystr(Text("已采取的措施和建议", "Measures and advice")), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs=AREA),
    )  # fmt: skip
    since = MomentField(label=lazystr(Text("信息被触及：从", "Data was touched from")))
    until = MomentField(label=lazystr(Text("到", "until")))
    actor = forms.CharField(
        label=lazystr(Text("经手人（不限则留空）", "Member of staff (empty for all)")), required=False, max_length=64
    )  # fmt: skip

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        choices = [(it.id, str(it.title)) for it in REGISTER.purposes.values()]
        self.fields["level"] = forms.ChoiceField(
            label=str(Text("级别", "Level")), choices=[(name, str(label)) for name, label in LEVELS.items()]
        )
        self.fields["purposes"] = forms.MultipleChoiceField(
            label=str(Text("涉及的用途（不限则留空）", "Purposes (empty for all)")), required=False, choices=choices,
            widget=forms.SelectMultiple(attrs={"size": 6}),
        )  # fmt: skip

    @property
    def account(self) -> Account:
        """What was typed, once it is valid."""
        typed = dict(self.cleaned_data)
        typed.pop("noticed_at")
        return Account(**{**typed, "purposes": tuple(typed["purposes"])})

    def clean(self) -> dict[str, object]:
        """Ask for the times."""
        said: dict[str, object] = super().clean() or {}
        for name in ("noticed_at", "since", "until"):
            if said.get(name) is None and name not in self.errors:
                self.add_error(name, str(Text("请填写日期和时间", "A date and time, please")))
        return said


def urgent() -> list[IncidentView]:
    """Return the incidents that were not reported yet, for the first page of the desk."""
    return [it for it in incidents() if it.left is not None]


@require_GET
@mall_staff
def listed(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the incidents, those that run out of time first."""
    return show(request, staff, "desk/incidents.html", {"rows": incidents()})


@require_http_methods(["GET", "POST"])
@mall_staff
def new(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the form; POST it -> 303 to the incident, the clock runs; or the form again."""
    form, status = IncidentForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                noticed = form.cleaned_data["noticed_at"]
                number = services.open_incident(form.account, noticed_at=noticed, by=staff.known_as)
            except MallError as error:
                form.add_error(None, error.message)
            else:
                return back("desk_incident", number)
    return show(request, staff, "desk/incident_new.html", {"form": form}, status=status)


@require_GET
@mall_staff
def one(request: HttpRequest, staff: OnDuty, incident_no: str) -> HttpResponse:
    """GET one incident with its counts, its clock and the text for the authority; 404 for an unknown one."""
    return _page(request, staff, incident_of(incident_no))


@require_POST
@mall_staff
def change(request: HttpRequest, staff: OnDuty, incident_no: str) -> HttpResponse:
    """POST what is known now -> 303 to the incident; its counts are made anew. 422 with what was wrong."""
    it, form = incident_of(incident_no), IncidentForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, it, form=form, status=422)
    services.amend(incident_no, form.account)
    return back("desk_incident", incident_no)


@require_POST
@mall_staff
def step(request: HttpRequest, staff: OnDuty, incident_no: str) -> HttpResponse:
    """POST step=count|ask|approve|report|close -> 303 to the incident, or its page with what was wrong."""
    it, wanted, by = incident_of(incident_no), request.POST.get("step", ""), staff.known_as
    try:
        if wanted == "count":
            services.count_impact(incident_no)
        elif wanted == "ask":
            services.ask_list(incident_no, by=by)
        elif wanted == "approve":
            services.approve_list(incident_no, by=by)
        elif wanted == "report":
            services.mark_reported(incident_no, reference=request.POST.get("reference", ""), by=by)
        elif wanted == "close":
            services.close_incident(incident_no, by=by)
        else:
            return _page(request, staff, it, status=422)
    except MallError as error:
        return _page(request, staff, it, trouble=error.message, status=error.status)
    return back("desk_incident", incident_no, done="asked")


def _page(
    request: HttpRequest, staff: OnDuty, it: IncidentView, *, form: IncidentForm | None = None, trouble: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    made, sent = notices_told(it.incident_no)
    facts = {
        "it": it, "form": form or IncidentForm(initial=_typed(it)), "trouble": trouble, "report": authority_text(told(it)),
        "impact": [{**row, "label": purpose_label(row["purpose"])} for row in it.impact],
        "told": made, "sent": sent, "mine": it.asked_by == staff.known_as,
        "open": it.closed_at is None, "amendable": it.closed_at is None and not it.approved_by,
    }  # fmt: skip
    return show(request, staff, "desk/incident.html", facts, status=status)


def _typed(it: IncidentView) -> dict[str, Any]:
    words = {
        name: getattr(it, name) for name in ("level", "what", "kinds", "cause", "harm", "measures", "actor")
    }
    moments = {name: written(getattr(it, name)) for name in ("noticed_at", "since", "until")}
    return {**words, **moments, "purposes": it.purposes.split()}
