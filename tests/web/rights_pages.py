"""The pages about rights, as their views give them; drawn with the others by `fixtures`."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms

from mingpu.lib.text import Text
from mingpu.rights import rules
from tests.web.contexts import matter
from tests.web.goods import NOW, ago

STAFF = SimpleNamespace(name="客服 07", merchant="")
ID = UUID("7e1d1c56-7d0f-4c0e-9d0a-1f1a3c5b7a90")


WHO = {
    "person": Text("您", "You"), "staff": Text("工作人员", "Staff"), "system": Text("系统", "The system"),
}  # fmt: skip


def replace(it: SimpleNamespace, **changes: Any) -> SimpleNamespace:
    """Return the same with some values changed."""
    return SimpleNamespace(**{**vars(it), **changes})


def both(zh: str, en: str) -> Any:
    """Return a label in two languages, which Django's forms take as it is."""
    return Text(zh, en)


class Proof(forms.Form):
    password = forms.CharField(label=both("密码", "Password"), widget=forms.PasswordInput)


class Code(forms.Form):
    phone_code = forms.CharField(label=both("短信验证码", "SMS code"))


class Ask(forms.Form):
    about = forms.CharField(widget=forms.HiddenInput, initial="purpose:delivery")
    kind = forms.ChoiceField(label=both("您要求什么", "What you ask"), choices=list(rules.KINDS.items()), widget=forms.RadioSelect)  # fmt: skip
    words = forms.CharField(label=both("说明", "In your words"), required=False, widget=forms.Textarea)


class Transfer(Proof):
    handler = forms.ChoiceField(label=both("交给哪一家", "To whom"), choices=[("n", "邻家商城")], widget=forms.RadioSelect)  # fmt: skip
    agreed = forms.BooleanField(label=both("我单独同意", "I agree to this one"))


class Package(forms.Form):
    file = forms.FileField(label=both("数据包", "The package"))


class Child(Proof):
    code = forms.CharField(label=both("孩子的确认码", "The child's code"))


class Wish(forms.Form):
    choice = forms.ChoiceField(label=both("身后", "After"), choices=list(rules.WISHES.items()), widget=forms.RadioSelect)  # fmt: skip
    contact = forms.CharField(label=both("指定的人", "The person"), required=False)


class Kin(forms.Form):
    wanted = forms.ChoiceField(label=both("您要求", "You ask"), choices=list(rules.WANTED.items()), widget=forms.RadioSelect)  # fmt: skip
    about = forms.CharField(label=both("逝者的手机号", "The dead's phone"))
    applicant = forms.CharField(label=both("您的姓名", "Your name"))
    relation = forms.CharField(label=both("关系", "Relation"))
    phone = forms.CharField(label=both("手机号", "Phone"))
    documents = forms.CharField(label=both("文件", "Documents"), widget=forms.Textarea)
    words = forms.CharField(label=both("说明", "Words"), required=False, widget=forms.Textarea)


class Token(forms.Form):
    token = forms.CharField(label=both("查询码", "Code"))


class Answer(forms.Form):
    reason = forms.ChoiceField(label=both("结果", "Outcome"), choices=[("", "办理"), *rules.REASONS.items()])
    words = forms.CharField(label=both("答复", "Answer"), widget=forms.Textarea)


class Look(forms.Form):
    reference = forms.CharField(label=both("单号", "Number"))


def listing(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "total": len(items), "page": 1, "page_size": 20}


KIND = SimpleNamespace(
    table="accounts_address", label="地址簿", count=2, retention="账户存续期间", law="《个人信息保护法》第 19 条", first_end=None,
    last_end=None, timed=False, on_cancel="delete", alone="address", frozen=False,
)  # fmt: skip
TIMED = replace(
    KIND, table="orders_order", label="订单", alone="", first_end=ago(days=-300), frozen=True, timed=True
)
ITEM = SimpleNamespace(
    key=str(ID), ends=ago(days=-12), days_left=12, share_left=40,
    cells=(SimpleNamespace(label="收货人", text="林**", hidden=True), SimpleNamespace(label="市", text="杭州市", hidden=False)),
)  # fmt: skip


def step(after: str, who: str, name: str = "") -> dict[str, Any]:
    return {"at": ago(hours=3), "after": after, "who": who, "name": name, "text": rules.LABELS[after], "who_label": WHO[who]}  # fmt: skip


def view(state: str, *, due: datetime, **more: Any) -> SimpleNamespace:
    able = {"withdraw": rules.WITHDRAWN, "accept": rules.CLOSED}
    return SimpleNamespace(
        no="Q7K2M9XH4T3QWBNZC", kind="object", kind_label=rules.KINDS["object"], about="purpose:delivery", about_label="配送",
        words="不想要", state=state, state_label=rules.LABELS[state], opened_at=ago(days=2), due_at=due, certain=False,
        days_left=13 if state in rules.OPEN else None, overdue=state in rules.OPEN and due < NOW,
        actions=[name for name, after in able.items() if rules.allowed(state, after, "person")], taken_by="kf07", decided_at=None, reason="", reason_label="", answer="",
        closed_at=None, steps=[step("received", "person"), step("in_hand", "staff", "kf07")], **more,
    )  # fmt: skip


OPEN = view("in_hand", due=ago(days=-18))
LATE = replace(view("received", due=ago(days=1)), days_left=-1)
NO = replace(view("refused", due=ago(days=-18)), reason="law_keeps", reason_label=str(rules.REASONS["law_keeps"]), answer="订单依法保留")  # fmt: skip
DECISION = SimpleNamespace(
    id=ID, at=ago(hours=2), rule="trade.unpaid", title="待付款订单过多", outcome_label="没有同意", why="有 20 个订单还没有付款。",
    inputs={"未付款订单数": "20"}, reference="",
)  # fmt: skip


def transfer(state: str, **more: Any) -> SimpleNamespace:
    facts = {"receipt": "", "code": "", "answered_at": None, **more}
    return SimpleNamespace(
        stoppable=state == rules.WAITING,
        id=ID, handler="n", handler_label="邻家商城", state=state, state_label=rules.TRANSFER_LABELS[state], asked_at=ago(hours=1),
        send_at=ago(hours=-23), sha256="", bytes=0, **facts,
    )  # fmt: skip


KIN = {
    "no": "K7K2M9XH4T3QWBNZC", "wanted_label": rules.WANTED["copy"], "state": "approved", "state_label": rules.KIN_LABELS["approved"],
    "opened_at": ago(days=3), "due_at": ago(days=-15), "effect_at": ago(days=-6), "reason_label": "", "has_copy": True,
}  # fmt: skip
DESK_KIN = {
    **KIN, "applicant": "林**", "relation": "女儿", "phone": "138****0042", "about": "1***", "account": True, "documents": "死亡证明、户口簿",
    "words": "想留作纪念", "first_by": "kf07", "second_by": "", "open": True,
}  # fmt: skip
ROW = {
    "no": "Q7K2M9XH4T3QWBNZC", "kin": False, "kind_label": rules.KINDS["complain"], "due_at": ago(days=-3), "days_left": 3,
    "overdue": False, "taken_by": "kf07", "state_label": rules.LABELS["in_hand"],
}  # fmt: skip
OFFERS = [
    {"id": "a:0", "title": "地址簿", "lines": (("收货人", "林**"), ("市", "杭州市")), "problem": ""},
    {"id": "f:0", "title": "收藏", "lines": (), "problem": Text("本店没有这件商品", "Not sold here")},
]
PROOF = {"form": Proof(), "mode": "password"}
CHILDHOOD = SimpleNamespace(child=True, guarded=False)
ADULT = SimpleNamespace(child=False, guarded=False)

# name -> (template, address, what the view gives)
PAGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "rights": ("privacy/rights.html", "/privacy/rights", {"open": 1}),
    "data": ("privacy/data.html", "/privacy/data", {"kinds": [KIND, TIMED]}),
    "data-none": ("privacy/data.html", "/privacy/data", {"kinds": []}),
    "items": ("privacy/items.html", "/privacy/data/accounts_address", {**PROOF, "kind": KIND, "listing": listing(ITEM), "revealed": False, "hidden": True, "form_url": "/account/addresses"}),
    "items-code": ("privacy/items.html", "/privacy/data/accounts_address?by=code", {"form": Code(), "mode": "code", "kind": TIMED, "listing": listing(ITEM), "revealed": False, "hidden": True, "form_url": ""}),
    "items-revealed": ("privacy/items.html", "/privacy/data/accounts_address", {**PROOF, "kind": KIND, "listing": listing(), "revealed": True, "hidden": False, "form_url": ""}),
    "retention": ("privacy/retention.html", "/privacy/retention", {"kinds": [{"kind": TIMED, "days_left": 300, "share": 27, "end_label": ""}, {"kind": KIND, "days_left": None, "share": None, "end_label": "账户存续期间"}]}),
    "decisions": ("privacy/decisions.html", "/privacy/decisions", {"listing": listing(DECISION)}),
    "decisions-none": ("privacy/decisions.html", "/privacy/decisions", {"listing": listing()}),
    "requests": ("privacy/requests.html", "/privacy/requests", {"listing": listing(OPEN, LATE, NO), "form": Ask(), "about_label": "配送"}),
    "requests-none": ("privacy/requests.html", "/privacy/requests", {"listing": listing(), "form": Ask(), "about_label": ""}),
    "request": ("privacy/request.html", "/privacy/requests/x", {"it": OPEN}),
    "request-late": ("privacy/request.html", "/privacy/requests/x", {"it": LATE}),
    "request-no": ("privacy/request.html", "/privacy/requests/x", {"it": NO}),
    "transfers": ("privacy/transfers.html", "/privacy/transfers", {"transfers": [transfer("waiting"), transfer("accepted", receipt="N1"), transfer("refused", code="not_our_customer")], "form": Transfer(), "mode": "password", "possible": True}),
    "transfers-none": ("privacy/transfers.html", "/privacy/transfers", {"transfers": [], "form": Transfer(), "mode": "password", "possible": False}),
    "imports": ("privacy/imports.html", "/privacy/imports", {"form": Package()}),
    "import": ("privacy/import.html", "/privacy/imports/x", {"source": Text("邻家商城", "The mall next door"), "offers": OFFERS}),
    "import-none": ("privacy/import.html", "/privacy/imports/x", {"source": "x", "offers": []}),
    "guardian-child": ("privacy/guardian.html", "/privacy/guardian", {"childhood": CHILDHOOD, "children": [], "form": Child(), "mode": "password", "code": "G7K2M9XH4T3QWBNZC"}),
    "guardian": ("privacy/guardian.html", "/privacy/guardian", {"childhood": ADULT, "children": [ID], "form": Child(), "mode": "password", "code": ""}),
    "child": ("privacy/child.html", "/privacy/children/x", {"child_id": ID, "kinds": [KIND], "profile": [ITEM]}),
    "child-choices": ("privacy/child_choices.html", "/privacy/children/x/choices", {"child_id": ID, "choices": [{**matter("location", granted=True), "never": False}, {**matter("search_history"), "never": False}, {**matter("invoicing", granted=False), "never": False}, {**matter("personalisation"), "never": True}]}),
    "after-death": ("privacy/after_death.html", "/privacy/after-death", {"form": Wish()}),
    "relatives": ("relatives.html", "/relatives", {"form": Kin()}),
    "relatives-sent": ("relatives_sent.html", "/relatives", {"no": "K7", "token": "t0ken"}),
    "relatives-status": ("relatives_status.html", "/relatives/status", {"form": Token()}),
    "relatives-found": ("relatives_status.html", "/relatives/status", {"form": Token(), "it": KIN, "token": "t0ken"}),
}  # fmt: skip
DESK: dict[str, tuple[str, str, dict[str, Any]]] = {
    "desk-rights": ("desk/rights.html", "/rights", {"rows": [{**ROW, "overdue": True, "days_left": -2}, ROW, {**ROW, "kin": True, "kind_label": rules.WANTED["copy"]}], "overdue": 1}),
    "desk-rights-none": ("desk/rights.html", "/rights", {"rows": [], "overdue": 0}),
    "desk-right": ("desk/right.html", "/rights/x", {"it": OPEN, "form": Answer()}),
    "desk-right-new": ("desk/right.html", "/rights/x", {"it": LATE, "form": Answer()}),
    "desk-right-done": ("desk/right.html", "/rights/x", {"it": NO, "form": Answer()}),
    "desk-kin": ("desk/kin.html", "/relatives/x", {"it": DESK_KIN, "reasons": rules.KIN_REASONS.items()}),
    "desk-kin-done": ("desk/kin.html", "/relatives/x", {"it": {**DESK_KIN, "open": False, "second_by": "kf08"}, "reasons": ()}),
    "desk-minors": ("desk/minors.html", "/minors", {"rows": [{"id": ID, "staff": "kf07", "reference": "Q7", "asked_at": ago(hours=1), "approved_by": "", "until": None}, {"id": ID, "staff": "kf08", "reference": "Q8", "asked_at": ago(hours=1), "approved_by": "kf07", "until": ago(hours=-23)}], "form": Look(), "me": "kf01"}),
}  # fmt: skip
