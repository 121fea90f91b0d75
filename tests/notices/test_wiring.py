"""Who tells what: each event of the mall leads to its notice, once, and to nobody else."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from mingpu.accounts.services import (
    register,
    reset_password,
    send_code,
    set_password,
    sign_in_by_code,
    sign_in_by_password,
)
from mingpu.accounts.services.familiar import make_mark
from mingpu.lib.clock import now
from mingpu.notices import services
from mingpu.notices.kinds import KINDS
from mingpu.privacy import cancellation, export
from mingpu.privacy.consent import give
from mingpu.privacy.news import News
from mingpu.promotions.services import claim
from mingpu.rights.services import answer, ask, take
from tests.delivery.parcels import article, buy
from tests.factories import make_person, new_phone
from tests.invoices.desk import issued
from tests.jobs import run_jobs, waiting
from tests.notices.people import told
from tests.people import PASSWORD, code_in, from_owner, messages, name, network
from tests.promotions.shop import made
from tests.service.cases import ask as open_case
from tests.service.cases import decide, report
from tests.support import zone

TELL = ("notices.tell",)


def heard(buyer):
    """What somebody was told once the jobs that tell have run: (kind, about)."""
    run_jobs(buyer.id, names=TELL)
    return sorted((kind, about) for kind, about, _ in told(buyer))


def test_an_order_on_its_way_and_what_comes_after(outside):
    it = buy({article(stock=9): 3}).pay(outside)
    assert heard(it.buyer) == [("order_paid", it.order_no)]
    report(outside, it, "picked_up")
    report(outside, it, "signed")
    assert heard(it.buyer) == [
        ("order_delivered", it.order_no), ("order_paid", it.order_no), ("order_shipped", it.order_no),
    ]  # fmt: skip
    case = open_case(it)
    run_jobs(it.buyer.id)
    decide(it, case)
    run_jobs(it.buyer.id)
    run_jobs(it.buyer.id)
    assert {("case_decided", case.case_no), ("refund_done", it.order_no)} <= set(heard(it.buyer))
    before = heard(it.buyer)
    assert len(before) == len(set(before))


def test_an_invoice_that_is_issued(outside):
    it, invoice = issued(outside)
    assert ("invoice_ready", it.order_no) in heard(it.buyer)
    assert invoice.status == "issued"


def test_a_case_declined_is_told_and_one_withdrawn_is_not(outside):
    it = buy({article(stock=9): 2}).pay(outside)
    report(outside, it, "signed")
    case = open_case(it)
    run_jobs(it.buyer.id)
    assert "case_decided" not in {kind for kind, _ in heard(it.buyer)}
    decide(it, case, approve=False, answer="x")
    assert ("case_decided", case.case_no) in heard(it.buyer)


def test_a_copy_that_is_ready():
    buyer = make_person()
    export_id = export.request(buyer.id)
    with zone("worker"):
        export.make(buyer.id, export_id)
        export.make(buyer.id, export_id)
    assert heard(buyer) == [("export_ready", "")]


def test_leaving_is_told_at_once_and_while_cooling_off():
    buyer = make_person()
    cancellation.request(buyer.id)
    cancellation.request(buyer.id)
    assert heard(buyer) == [("leaving", "")]


def test_a_request_answered_and_one_that_is_late():
    buyer = make_person()
    no = ask(person_id=buyer.id, kind="complain", words="x")
    with zone("desk"):
        take(no=no, staff="kefu")
        answer(no=no, staff="kefu", words="done")
    assert heard(buyer) == [("request_answered", no)]
    other = make_person()
    late = ask(person_id=other.id, kind="complain", words="x")
    from_owner("UPDATE rights_request SET due_at = now() - interval '1 hour' WHERE no = %s", [late])
    run_jobs(other.id, names=("rights.remind",), ahead=timedelta(days=60))
    assert heard(other) == [("request_late", late)]


@pytest.fixture
def signed_up(outside):
    phone, username = new_phone(), name()
    send_code(channel="sms", to=phone, intent="register", address=network(), language="en")
    code = code_in(messages(phone.removeprefix("+86"))[-1])
    new = register(
        username=username, password=PASSWORD, phone=phone, phone_code=code, language="en", kind="web",
        agreed_statement="2026-11-30",
    )  # fmt: skip
    return new, username, phone


class Of:
    def __init__(self, person_id):
        self.id = person_id


def test_a_sign_in_from_where_one_never_was_and_none_from_where_one_was(signed_up):
    new, username, _ = signed_up
    me = Of(new.person_id)
    assert heard(me) == []  # the account's first
    known = {"login": username, "password": PASSWORD, "kind": "web"}
    sign_in_by_password(**known, address=network(), marks=new.mark)
    assert heard(me) == []
    strange = sign_in_by_password(**known, address=network())
    assert heard(me) == [("sign_in", "")]
    sign_in_by_password(**known, address=network(), marks=f"{make_mark_of_another()}.{strange.mark}")
    assert heard(me) == [("sign_in", "")]
    sign_in_by_password(**known, address=network(), marks=make_mark_of_another())
    assert len(heard(me)) == 2


def make_mark_of_another():
    return make_mark(uuid4())


def test_a_sign_in_by_code_and_a_new_password(signed_up):
    new, _, phone = signed_up
    me = Of(new.person_id)
    from_owner("UPDATE accounts_code SET created_at = created_at - interval '2 minutes'", [])
    send_code(channel="sms", to=phone, intent="login", address=network(), language="en")
    code = code_in(messages(phone.removeprefix("+86"), 2)[-1])
    sign_in_by_code(phone=phone, phone_code=code, address=network(), kind="web")
    assert heard(me) == [("sign_in", "")]
    from_owner("UPDATE accounts_code SET created_at = created_at - interval '2 minutes'", [])
    send_code(channel="sms", to=phone, intent="reset", address=network(), language="en")
    code = code_in(messages(phone.removeprefix("+86"), 3)[-1])
    reset_password(to=phone, code=code, password="another-Otter-Lantern-77", address=network())
    assert heard(me) == [("recovery", ""), ("sign_in", "")]
    set_password(person_id=me.id, token=new.token, password="another-Otter-Lantern-78")
    assert heard(me) == [("password", ""), ("recovery", ""), ("sign_in", "")]


def coupon(buyer, days):
    return claim(person_id=buyer.id, offer_id=made("coupon", valid_days=days))


def test_a_coupon_that_ends_is_told_of_a_day_before_to_those_who_agreed():
    silent, keen = make_person(), make_person()
    coupon(silent, 3)
    assert waiting("notices.tell", person_id=str(silent.id)) == 0
    give(keen.id, "marketing", True, "en")
    coupon(keen, 3)
    [(due,)] = from_owner(
        "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'notices.tell' AND args->>'person_id' = %s",
        [str(keen.id)],
    )
    assert timedelta(days=1, hours=23) < due - now() <= timedelta(days=2)
    run_jobs(keen.id, names=TELL, ahead=timedelta(days=3))
    assert [kind for kind, _, _ in told(keen)] == ["coupon_ending"]
    give(keen.id, "marketing", False, "en")


def test_news_of_the_statement_once_a_version(monkeypatch):
    buyer = make_person()
    steps = ()
    monkeypatch.setattr(services, "news_of", lambda _: News("2026-01-01", "2026-11-30", steps, (), ()))
    with zone("worker"):
        services.tell_news(person_id=buyer.id)
    assert told(buyer) == set()
    steps = (object(),)
    with zone("worker"):
        services.tell_news(person_id=buyer.id)
        services.tell_news(person_id=buyer.id)
    assert told(buyer) == {("statement", "2026-11-30", "")}


def test_every_kind_is_told_by_somebody():
    """Each code stands in a room's code besides the table, so that none is offered that never comes."""
    rooms = Path(services.__file__).parents[1]
    text = "".join(
        path.read_text()
        for path in rooms.rglob("*.py")
        if path.name != "kinds.py" and "migrations" not in path.parts
    )
    for code in KINDS:
        assert f'"{code}"' in text or f'"notice_{code}"' in text, code
