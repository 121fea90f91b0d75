"""Invoices: only with consent, over what was paid in money, followed to the end, cancelled when money goes back."""

import json
import threading

import pytest
from django.conf import settings
from django.test import override_settings

from mingpu.invoices import services
from mingpu.invoices.errors import InvoicingOff, NothingToInvoice, NotIssued, NotStuck, TooManyTitles
from mingpu.invoices.queries import stuck_invoices, titles_of
from mingpu.lib.errors import Invalid, NotFound
from mingpu.privacy.sharing import records_of
from tests.adapters.conftest import until
from tests.factories import make_person
from tests.invoices.desk import (
    TAX_NO,
    TITLE,
    agree,
    applications,
    ask,
    follow,
    invoiceable,
    issued,
    of_number,
    pay_back,
    seen,
    title,
    when,
    work,
)
from tests.jobs import run_jobs, waiting
from tests.payments.trading import deal, fund, paid
from tests.people import from_owner
from tests.support import zone
from tests.virtual.shop import bought


def left_in(table: str, person_id) -> int:
    return from_owner(f"SELECT count(*) FROM {table} WHERE person_id = %s", [person_id])[0][0]


def test_an_invoice_is_issued_and_its_document_streamed(outside):
    it, invoice = issued(outside)
    assert (invoice.total_fen, invoice.title, len(invoice.number)) == (19_800, TITLE, 20)
    assert seen(it).due_fen == 0
    for kind, shape in (("pdf", b"%PDF-"), ("ofd", b"PK")):
        document = services.file(person_id=it.buyer.id, invoice_no=invoice.invoice_no, kind=kind)
        assert document.content.startswith(shape)
        assert document.name == f"{invoice.invoice_no}.{kind}"
    assert [step[2:] for step in it.steps if step[0] == "invoice"] == [
        ("", "requested", "asked"), ("requested", "issuing", "handed_in"), ("issuing", "issued", "issued"),
    ]  # fmt: skip


def test_the_issuer_learns_title_tax_number_amounts_and_a_category_never_a_name(outside):
    it, invoice = issued(outside)
    [sent] = applications(outside, invoice.invoice_no)
    assert sent["buyer_information"] == {"type": "ORGANIZATION", "name": TITLE, "taxpayer_id": TAX_NO}
    [item] = sent["fapiao_information"][0]["items"]
    assert (item["goods_name"], item["total_amount"]) == ("家电", 19_800)
    text = json.dumps(sent, ensure_ascii=False)
    assert it.order.lines[0].title not in text
    assert it.order_no not in text
    assert str(it.buyer.id) not in text
    [shared] = [one for one in records_of(it.buyer.id) if one.recipient == "fapiao"]
    assert json.loads(shared.payload)["buyer_information.taxpayer_id"] == TAX_NO


@pytest.fixture
def webhooks():
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # the server warns about a missing one
    with override_settings(ROOT_URLCONF="mingpu.web.webhooks"):
        yield


def test_a_callback_is_a_reason_to_ask_and_one_altered_is_none(outside, webhooks):
    it = invoiceable(outside)
    number = ask(it).invoice_no
    work(it)

    def callbacks():
        with outside.lock:
            letters = [one for one in outside.letters if one.path == "/webhooks/fapiao"]
        return [one for one in letters if number in json.dumps(outside.said(one))]

    [letter] = until(callbacks)
    before = waiting("invoices.follow", invoice_no=number)
    assert letter.hand_in(body=letter.body.replace(b"ISSUED", b"ISSUEd")).status_code == 401
    assert waiting("invoices.follow", invoice_no=number) == before
    for _ in range(2):
        assert letter.hand_in().status_code == 204
    assert waiting("invoices.follow", invoice_no=number) == before + 1
    run_jobs(names=("invoices.follow",))
    assert of_number(it, number).status == "issued"


def test_without_consent_nothing_is_kept_or_asked(outside):
    it = deal()
    paid(outside, it)
    with pytest.raises(InvoicingOff):
        title(it.buyer)
    agree(it.buyer)
    kept = title(it.buyer)
    agree(it.buyer, granted=False)
    with pytest.raises(InvoicingOff):
        services.ask(person_id=it.buyer.id, order_no=it.order_no, title_id=kept)
    assert titles_of(person_id=it.buyer.id) == ()
    assert left_in("invoices_title", it.buyer.id) == 0
    assert seen(it).agreed is False


def test_a_withdrawal_drops_what_was_asked_for_and_not_passed_on(outside):
    it = invoiceable(outside)
    number = ask(it).invoice_no
    agree(it.buyer, granted=False)
    assert left_in("invoices_request", it.buyer.id) == 0
    work(it)
    assert applications(outside, number) == []
    agree(it.buyer)
    work(it)
    assert applications(outside, number) == []
    assert seen(it).items == ()
    assert seen(it).due_fen == 19_800


def test_a_withdrawal_stops_what_was_passed_on_and_a_new_consent_goes_on(outside):
    it = invoiceable(outside)
    number = ask(it).invoice_no
    work(it)
    agree(it.buyer, granted=False)
    asked = len(outside.side.received("fapiao", number))
    follow(number)
    assert len(outside.side.received("fapiao", number)) == asked
    assert of_number(it, number).status == "issuing"  # the buyer sees it all the same
    with pytest.raises(InvoicingOff):
        services.file(person_id=it.buyer.id, invoice_no=number, kind="pdf")
    agree(it.buyer)
    assert ask(it).invoice_no == number
    when(it, number, "issued")


def test_an_order_has_one_invoice_however_often_it_is_asked_for(outside):
    it = invoiceable(outside)
    to, numbers = title(it.buyer), []

    def once():
        asked = services.ask(person_id=it.buyer.id, order_no=it.order_no, title_id=to)
        numbers.append(asked.invoice_no)

    threads = [threading.Thread(target=once) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 5
    assert len(set(numbers)) == 1
    work(it)
    when(it, numbers[0], "issued")
    assert ask(it) == services.Asked(numbers[0], "issued")
    work(it)
    assert of_number(it, numbers[0]).status == "issued"


def test_money_back_cancels_the_invoice_and_issues_the_rest(outside):
    it, first = issued(outside)
    pay_back(it, 9900)
    work(it)
    when(it, first.invoice_no, "reversed")
    work(it)
    [second] = [one for one in seen(it).items if one.invoice_no != first.invoice_no]
    second = when(it, second.invoice_no, "issued")
    assert (second.total_fen, second.replaces) == (9900, first.invoice_no)
    assert second.title == first.title
    pay_back(it, 9900, "case:rest")
    work(it)
    when(it, second.invoice_no, "reversed")
    assert it.order.status == "closed"
    assert len(seen(it).items) == 2
    assert seen(it).due_fen == 0


def test_money_back_before_it_is_issued_is_seen_when_it_is(outside):
    it = invoiceable(outside)
    number = ask(it).invoice_no
    work(it, names=("invoices.issue",))
    pay_back(it, 5000)
    work(it)
    when(it, number, "reversed")
    [rest] = [one for one in seen(it).items if one.replaces == number]
    assert when(it, rest.invoice_no, "issued").total_fen == 14_800


def test_money_back_before_it_is_passed_on_makes_it_smaller(outside):
    it = invoiceable(outside)
    number = ask(it).invoice_no
    pay_back(it, 5000)
    work(it)
    assert when(it, number, "issued").total_fen == 14_800
    assert len(applications(outside, number)) == 1


def test_a_refused_red_letter_waits_for_staff_and_can_be_tried_again(outside):
    it, invoice = issued(outside)
    number = invoice.invoice_no
    with zone("desk"), pytest.raises(NotStuck):
        services.retry_reversal(invoice_no=number, staff="chen")
    outside.side.fault("fapiao", "not_reversible")
    pay_back(it, 9900)
    work(it)
    assert of_number(it, number).status == "stuck"
    with zone("desk"):
        assert (number, 19_800) in [(one.invoice_no, one.total_fen) for one in stuck_invoices()]
        services.retry_reversal(invoice_no=number, staff="chen")
        with pytest.raises(NotFound):
            services.retry_reversal(invoice_no="F-nobody", staff="chen")
    work(it)
    when(it, number, "reversed")


def test_what_could_not_be_issued_is_told_and_can_be_asked_again(outside):
    it = invoiceable(outside)
    outside.side.fault("fapiao", "issue_failed")
    number = ask(it).invoice_no
    work(it)
    assert when(it, number, "failed").number == ""
    with pytest.raises(NotIssued):
        services.file(person_id=it.buyer.id, invoice_no=number, kind="pdf")
    again = ask(it).invoice_no
    assert again != number
    work(it)
    when(it, again, "issued")


@pytest.mark.parametrize("fault", ["http_500", "forge"])
def test_without_an_answer_the_same_application_is_made_again(outside, fault):
    it = invoiceable(outside)
    number = ask(it).invoice_no
    outside.side.fault("fapiao", fault, times=3)
    work(it)
    when(it, number, "issued")
    assert len({json.dumps(one, sort_keys=True) for one in applications(outside, number)}) == 1


def test_stored_value_is_not_invoiced(outside):
    it = deal(price_fen=10_000)
    fund(it.buyer, balance=4000)
    agree(it.buyer)
    it.stored()
    paid(outside, it)
    assert seen(it).due_fen == 6000
    card = bought(outside, "ecard")
    agree(card.buyer)
    with pytest.raises(NothingToInvoice):
        ask(card)


def test_unpaid_and_other_peoples_orders_have_no_invoice(outside):
    it, other = deal(), make_person()
    agree(it.buyer)
    agree(other)
    with pytest.raises(NothingToInvoice):
        ask(it)
    with pytest.raises(NotFound):
        services.ask(person_id=other.id, order_no=it.order_no, title_id=title(other))
    with pytest.raises(NotFound):
        services.ask(person_id=it.buyer.id, order_no=it.order_no, title_id=title(other))
    done, invoice = issued(outside)
    with pytest.raises(NotFound):
        services.file(person_id=other.id, invoice_no=invoice.invoice_no, kind="pdf")
    with pytest.raises(NotFound):
        services.file(person_id=done.buyer.id, invoice_no=invoice.invoice_no, kind="exe")


def test_titles_are_kept_sealed_one_default_and_not_many():
    it = make_person()
    agree(it)
    first = title(it)
    assert title(it) == first
    second = services.save_title(person_id=it.id, kind="person", title=" 张三 ", is_default=True)
    assert [(one.title, one.is_default) for one in titles_of(person_id=it.id)] == [
        ("张三", True),
        (TITLE, False),
    ]
    services.save_title(person_id=it.id, kind="person", title="张三丰", title_id=second)
    services.delete_title(person_id=it.id, title_id=second)
    [left] = titles_of(person_id=it.id)
    assert (left.id, left.tax_no, left.is_default) == (first, TAX_NO, True)
    [(sealed,)] = from_owner("SELECT tax_no FROM invoices_title WHERE person_id = %s", [it.id])
    assert TAX_NO.encode() not in bytes(sealed)
    for place in range(9):
        services.save_title(person_id=it.id, kind="person", title=f"第 {place} 个")
    with pytest.raises(TooManyTitles):
        services.save_title(person_id=it.id, kind="person", title="太多")
    other = make_person()
    agree(other)
    with pytest.raises(NotFound):
        services.delete_title(person_id=other.id, title_id=first)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "company", "title": "明铺", "tax_no": ""},
        {"kind": "company", "title": "明铺", "tax_no": "123"},
        {"kind": "person", "title": "张三", "tax_no": TAX_NO},
        {"kind": "person", "title": "  "},
        {"kind": "person", "title": "张\n三"},
        {"kind": "person", "title": "三" * 101},
        {"kind": "other", "title": "张三"},
    ],
)
def test_a_wrong_title_is_refused(wrong):
    with pytest.raises(Invalid):
        services.save_title(person_id=make_person().id, **wrong)
