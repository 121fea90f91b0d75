"""The pages about what is opened: at the desk and in the privacy centre, as their views give them."""

from typing import Any
from uuid import UUID

from mingpu.desk.gate_forms import LookForm, RequestForm, StepForm
from mingpu.desk.incidents import IncidentForm
from mingpu.governance.queries import IncidentView, Look, MirrorView, NoticeView, Request, Seen
from mingpu.governance.queries.mirror import LABELS
from mingpu.governance.rules import REASONS
from mingpu.governance.wording import authority_text, person_text, told
from mingpu.lib.text import Text
from mingpu.privacy.assessments import assessments
from mingpu.privacy.audit import NEVER, Try
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.gates import gates
from mingpu.privacy.ledger import KINDS, Explained
from mingpu.privacy.register import REGISTER
from mingpu.privacy.roots import DailyRoot
from mingpu.privacy.sent import Explained as Message
from mingpu.privacy.sent import Field
from mingpu.privacy.uses import Sent, Use
from mingpu.web.pages.looks import summed
from tests.web.contexts import listing, shares_context, uses_context
from tests.web.desk_pages import MALL
from tests.web.goods import ago


def look(n: int = 0, **more: Any) -> Look:
    gate = list(gates().values())[n % 4]
    given = {
        "number": f"V7K2M9XH4T3Q{n}", "item": gate.id, "label": gate.label, "reference": "C7K2M9XH4T3QWBNZC",
        "reason_label": list(REASONS.values())[n], "note": "顾客要求回电" if n else "", "staff": f"客服 0{n + 4}",
        "at": ago(hours=n * 30 + 1), "approved_by": "主管 01" if n == 2 else "", "until": ago(hours=-1),
    }  # fmt: skip
    return Look(**{**given, **more})


def openings() -> dict[str, Any]:
    rows = [
        {"it": look(1, until=None), "mine": False},
        {"it": look(0, until=None, staff="客服 07"), "mine": True},
    ]
    return {"staff": MALL, "rows": rows, "a_day": 10}


def request(**more: Any) -> Request:
    known = exceptions()["3.3"]
    given = {
        "exception_no": "X7K2M9XH4T3QWBNZC", "code": known, "article": "", "case_no": "杭公立字〔2026〕1 号", "authority": "杭州市公安局",
        "order_ref": "调证 88 号", "order_hash": "9f2c" * 16, "reason": "诈骗案", "items": tuple(gates()[it].label for it in known.items[:3]),
        "days": 30, "persons": 2, "requester": "法务 01", "requested_at": ago(hours=9), "approver": "", "decided_at": None,
        "declined": "", "expires_at": None, "closed_at": None, "hidden_until": None, "hidden_by": "",
    }  # fmt: skip
    return Request(**{**given, **more})


OPEN = {
    "approver": "主管 01",
    "decided_at": ago(hours=3),
    "expires_at": ago(days=-27),
    "hidden_until": ago(days=-207),
}


def requests(*, empty: bool = False) -> dict[str, Any]:
    rows = [] if empty else [request(), request(**OPEN), request(declined="文书不全", approver="主管 01")]
    return {"staff": MALL, "codes": list(exceptions().values()), "rows": rows}


def one(it: Request, **more: bool) -> dict[str, Any]:
    doing = {"decides": False, "reads": False, "closes": False, "withholds": False, **more}
    return {"staff": MALL, "it": it, "form": StepForm(), **doing}


def request_new(*, wrong: bool = False) -> dict[str, Any]:
    form = RequestForm(exceptions()["3.11"], {"case_no": "1"} if wrong else None)
    return {"staff": MALL, "code": exceptions()["3.11"], "form": form}


def request_read() -> dict[str, Any]:
    row = [
        {"label": Text("手机号", "Mobile"), "value": "+8613800000042"},
        {"label": Text("邮箱", "E-mail"), "value": ""},
    ]
    found = [
        {"person": 1, "label": gates()["contact_phone"].label, "rows": [row]},
        {"person": 2, "label": gates()["order"].label, "rows": []},
    ]
    return {"staff": MALL, "it": request(**OPEN), "found": found}  # fmt: skip


def case_looks() -> dict[str, Any]:
    return {"look_form": LookForm(), "looks": [look(0), look(1, until=None)]}


def looks(*, empty: bool = False) -> dict[str, Any]:
    found = [] if empty else [look(n) for n in range(3)]
    text = person_text(told(incident()))
    notices = [] if empty else [NoticeView("I7K2M9XH4T3QWBNZC", text, ago(hours=2), "sms", ago(hours=1))]
    return {"looks": found, "month": summed(found), "notices": notices}


DESK: dict[str, tuple[str, str, Any]] = {
    "desk-openings": ("desk/openings.html", "/privacy", openings),
    "desk-openings-none": ("desk/openings.html", "/privacy", lambda: {**openings(), "rows": []}),
    "desk-look": ("desk/look.html", "/privacy/looks/V1", lambda: {"staff": MALL, "value": "+8613800000042"}),
    "desk-requests": ("desk/requests.html", "/privacy/requests", requests),
    "desk-requests-none": ("desk/requests.html", "/privacy/requests", lambda: requests(empty=True)),
    "desk-request-new": ("desk/request_new.html", "/privacy/requests/new/3.11", request_new),
    "desk-request-wrong": ("desk/request_new.html", "/privacy/requests/new/3.11", lambda: request_new(wrong=True)),
    "desk-request": ("desk/request.html", "/privacy/requests/X1", lambda: one(request(), decides=True, closes=True)),
    "desk-request-open": ("desk/request.html", "/privacy/requests/X1", lambda: one(request(**OPEN), reads=True, closes=True, withholds=True)),
    "desk-request-declined": ("desk/request.html", "/privacy/requests/X1", lambda: one(request(declined="文书不全", approver="主管 01", decided_at=ago(hours=1)))),
    "desk-request-read": ("desk/request_read.html", "/privacy/requests/X1/read", request_read),
}  # fmt: skip


def audit(*, tried: bool = False) -> dict[str, Any]:
    names = list(REGISTER.purposes.values())[:3]
    tries = [
        Try(
            "storefront",
            "profile",
            str(what),
            statement,
            "refused",
            "permission denied for table accounts_contact",
        )
        for what, statement in NEVER[:5]
    ]
    held = {"zone": "店面与接口", "purpose": "账户资料", "tries": tries, "holds": True}
    facts = {
        "version": REGISTER.version, "hash": REGISTER.digest,
        "counts": {"purposes": 51, "tables": 80, "grants": 2900, "recipients": 10, "clauses": 60, "zones": 6},
        "extra": (), "missing": ("SELECT on accounts_contact(phone) to purpose_profile",) if tried else (),
        "matrix": [{"it": it, "zones": ["店面与接口"], "tables": ["账户", "联系方式"]} for it in names],
        "roots": [DailyRoot(ago(days=n).date(), 900 - n, 50_000 - n, "9f2c" * 16) for n in range(3)],
        "codes": list(exceptions().values()), "assessments": assessments(), "measurements": ["bench", "search"] if tried else [],
        "last": {"at": "2026-11-30T01:00:00+00:00", "zones": [{"name": "vault", "refused": 40, "nothing": 3, "given": 0}]} if tried else None,
    }  # fmt: skip
    return {**facts, "tried": [held], "sums": {"refused": 300, "nothing": 20, "given": 0}} if tried else facts


def use_page() -> dict[str, Any]:
    use = Use(
        ago(hours=2),
        "service",
        "客服处理",
        "staff",
        "客服 07",
        ["联系方式"],
        ["基本信息"],
        "contract",
        "履行您要的合同",
        "C7K2M9XH4T3QWBNZC",
    )
    rule = Text(
        "数据库角色 purpose_service，只有“客服台”可以使用。",
        "The database role purpose_service, for the staff desk only.",
    )
    it = Explained(
        51,
        use,
        "客服凭您的售后单查看对应订单。",
        (("1.1.6b", "只有您提出售后，客服才看得到那一个订单。"),),
        str(rule),
        sealed=True,
    )
    return {"it": it, "kind": Text("客服", "Staff"), "onward": "/cases/C7K2M9XH4T3QWBNZC"}


def share_page(*, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    gone = Sent(
        UUID(int=7), ago(hours=2), "sf", "顺丰速运", "delivery", "配送", ["name", "orderId"], ["收货信息"], payload, "M7K2M9XH4T3QWBNZC"
    )  # fmt: skip
    fields = (
        Field("name", "收货信息", sent=True),
        Field("orderId", "订单与物流信息", sent=True),
        Field("company", "收货信息", sent=False),
    )
    it = Message(
        gone, "把包裹送到。", "顺丰速运有限公司", "受托处理：只照我方要求处理", "privacy@example.com", "SF-2026-01", fields,
        (("1.1.5a", "快递公司只收到送货需要的几项。"),), "清单允许它收到 12 项。",
    )  # fmt: skip
    return {"it": it, "onward": "/orders/M7K2M9XH4T3QWBNZC"}


def uses_filtered() -> dict[str, Any]:
    given = uses_context()
    kinds = [{"value": name, "label": label, "active": name == "staff"} for name, label in KINDS.items()]
    items = [{"value": name, "label": label, "active": False} for name, label in REGISTER.categories.items()]
    for n, row in enumerate(given["listing"]["items"]):
        row["number"] = 500 - n
    typed = {"reference": "C7K2", "since": "2026-11-01", "until": ""}
    return {
        **given,
        "kinds": kinds,
        "items": items,
        "typed": typed,
        "file_url": "/privacy/uses.csv?actor_kind=staff",
    }


def shares_filtered() -> dict[str, Any]:
    return {**shares_context(), "listing": listing([]), "told": (), "filtered": True}


def mirror(*, made: bool = True) -> dict[str, Any]:
    words = "permission denied for table accounts_contact"
    seen = (("收货信息 · 收货人姓名", "林**"), ("收货信息 · 收货人手机", "138****0042"))
    readers = tuple(
        Seen(name, label, () if name in {"marketing", "public"} else seen, (("联系方式 · 邮箱", words),), 3)
        for name, label in LABELS.items()
    )
    return {"it": MirrorView(ago(minutes=2), ago(minutes=1) if made else None, readers if made else ())}


SHOP: dict[str, tuple[str, str, Any]] = {
    "mirror": ("privacy/mirror.html", "/privacy/mirror", mirror),
    "mirror-making": ("privacy/mirror.html", "/privacy/mirror", lambda: mirror(made=False)),
    "mirror-none": ("privacy/mirror.html", "/privacy/mirror", lambda: {"it": None}),
    "use": ("privacy/use.html", "/privacy/uses/51", use_page),
    "share": (
        "privacy/share.html",
        "/privacy/shares/x",
        lambda: share_page(payload={"name": "林知夏", "orderId": "1"}),
    ),
    "share-gone": ("privacy/share.html", "/privacy/shares/x", share_page),
    "shares-filtered": ("privacy/shares.html", "/privacy/shares", shares_filtered),
    "uses-filtered": ("privacy/uses.html", "/privacy/uses", uses_filtered),
    "audit": ("audit.html", "/audit", audit),
    "audit-tried": ("audit.html", "/audit/run", lambda: audit(tried=True)),
    "looks": ("privacy/looks.html", "/privacy/looks", looks),
    "looks-none": ("privacy/looks.html", "/privacy/looks", lambda: looks(empty=True)),
}


def incident(**more: Any) -> IncidentView:
    given = {
        "incident_no": "I7K2M9XH4T3QWBNZC", "noticed_at": ago(hours=1), "report_due_at": ago(hours=-3), "level": "larger",
        "what": "一名客服越权查看了顾客资料", "kinds": "手机号", "cause": "账号外借", "harm": "可能接到骚扰电话", "measures": "已停用该账号",
        "since": ago(hours=30), "until": ago(hours=1), "purposes": "service", "actor": "", "opened_by": "安全 01",
        "impact": [{"purpose": "service", "actor_kind": "staff", "actor": "客服 09", "uses": 51, "persons": 40}],
        "persons": 40, "impact_at": ago(minutes=20), "asked_by": "安全 01", "approved_by": "", "listed_at": None,
        "reported_at": None, "reported_by": "", "report_ref": "", "closed_at": None,
    }  # fmt: skip
    return IncidentView(**{**given, **more})


def incident_page(it: IncidentView, **more: Any) -> dict[str, Any]:
    impact = [{**row, "label": Text("客服处理", "Staff handling your case")} for row in it.impact]
    given = {
        "staff": MALL, "it": it, "form": IncidentForm(), "trouble": "", "report": authority_text(told(it)), "impact": impact,
        "told": 0, "sent": 0, "mine": False, "open": it.closed_at is None, "amendable": not it.approved_by,
    }  # fmt: skip
    return {**given, **more}


LATE = {
    "noticed_at": ago(hours=6),
    "report_due_at": ago(hours=2),
    "persons": None,
    "impact": [],
    "asked_by": "",
}
DONE = {
    "approved_by": "主管 01",
    "reported_at": ago(minutes=5),
    "reported_by": "安全 01",
    "report_ref": "回执 7",
}
DESK |= {
    "desk-incidents": ("desk/incidents.html", "/privacy/incidents", lambda: {"staff": MALL, "rows": [incident(**LATE), incident(), incident(**DONE)]}),
    "desk-incidents-none": ("desk/incidents.html", "/privacy/incidents", lambda: {"staff": MALL, "rows": []}),
    "desk-incident-new": ("desk/incident_new.html", "/privacy/incidents/new", lambda: {"staff": MALL, "form": IncidentForm()}),
    "desk-incident": ("desk/incident.html", "/privacy/incidents/I1", lambda: incident_page(incident())),
    "desk-incident-late": ("desk/incident.html", "/privacy/incidents/I1", lambda: incident_page(incident(**LATE), trouble="尚未统计")),
    "desk-incident-done": ("desk/incident.html", "/privacy/incidents/I1", lambda: incident_page(incident(**DONE), told=40, sent=38, amendable=False)),
}  # fmt: skip
