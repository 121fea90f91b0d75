"""Each day's bill against our books: what is missing is healed or written down, once, without a person."""

from datetime import date, timedelta

import pytest

from mingpu.adapters.calls import CallFailed
from mingpu.adapters.providers import payment_gateway
from mingpu.lib.clock import now
from mingpu.ops.commands import reconcile as command
from mingpu.payments.models import Difference, Entry
from mingpu.payments.queries import differences
from mingpu.payments.services import reconciliation
from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet.rules import BEIJING
from tests.jobs import run_jobs
from tests.payments.trading import METHODS, deal, paid, scan
from tests.people import from_owner
from tests.support import zone


def today() -> date:
    return now().astimezone(BEIJING).date()


def reconcile(method):
    with zone("worker"):
        return reconciliation.reconcile(party=method, day=today())


def about(report, it):
    return sorted((one.what, one.kind) for one in report.differences if one.number.startswith(it.order_no))


@pytest.mark.parametrize("method", METHODS)
def test_a_day_that_went_well_has_no_differences_for_an_order(outside, method):
    it = deal()
    paid(outside, it, method)
    [refund] = it.ask(4000)
    run_jobs(it.buyer.id, names=("payments.refund",))
    report = reconcile(method)
    assert report.lines >= 2
    assert about(report, it) == []
    assert refund.out_refund_no not in {one.number for one in report.differences}
    with processing(Purpose.ORDER_LOOKUP, subject=it.buyer.id, reading=True):
        assert set(Entry.objects.filter(order_no=it.order_no).values_list("billed_on", flat=True)) == {
            today()
        }


@pytest.mark.parametrize("method", METHODS)
def test_a_payment_we_never_heard_of_is_healed(outside, method):
    outside.side.fault(method, "drop", on="callback")
    it = deal()
    scan(it.start(method))
    assert it.order.status == "pending_payment"
    report = reconcile(method)
    assert report.healed >= 1
    assert about(report, it) == []
    assert (it.order.status, it.paths) == ("paid", [(method, "charge", 9900)])


@pytest.mark.parametrize("method", METHODS)
def test_another_amount_is_written_down_once_and_struck_off_when_it_is_gone(outside, method):
    it = deal()
    paid(outside, it, method)
    number = it.order_no + "01"
    from_owner("UPDATE payments_entry SET amount_fen = 9899 WHERE number = %s", [number])
    for _ in range(2):
        assert about(reconcile(method), it) == [("other_amount", "charge")]
    with zone("worker"), processing(Purpose.RECONCILIATION, subject=None, reading=True):
        rows = list(Difference.objects.filter(number=number).values_list("what", "ours_fen", "theirs_fen"))
    assert rows == [("other_amount", 9899, 9900)]
    from_owner("UPDATE payments_entry SET amount_fen = 9900 WHERE number = %s", [number])
    assert about(reconcile(method), it) == []
    with zone("worker"):
        assert number not in {one.number for one in differences()}


def test_a_second_payment_of_one_number_is_left_to_a_person(outside):
    it = deal()
    paid(outside, it)
    number = it.order_no + "01"
    from_owner("UPDATE payments_entry SET provider_txn = provider_txn || 'X' WHERE number = %s", [number])
    from_owner(
        "UPDATE payments_attempt SET provider_txn = provider_txn || 'X' WHERE out_trade_no = %s", [number]
    )
    assert ("missing_here", "charge") in about(reconcile("wechatpay"), it)
    assert it.entries == [("charge", 9900)]


def test_what_they_do_not_have_is_missing_there(outside):
    it = deal()
    paid(outside, it)
    from_owner(
        "UPDATE payments_entry SET at = at - interval '2 hours', number = number || 'Z', provider_txn = %s "
        "WHERE number = %s",
        [f"42{it.order_no}", it.order_no + "01"],
    )
    from_owner(
        "UPDATE payments_attempt SET out_trade_no = out_trade_no || 'Z' WHERE out_trade_no = %s",
        [it.order_no + "01"],
    )
    report = reconcile("wechatpay")
    assert ("missing_there", "charge") in about(report, it)
    assert ("missing_here", "charge") in about(report, it)


def test_what_waits_for_a_person_is_in_the_report(outside):
    outside.side.fault("wechatpay", "abnormal")
    it = deal()
    paid(outside, it)
    [refund] = it.ask(9900)
    run_jobs(it.buyer.id, names=("payments.refund",))
    found = {(one.what, one.number) for one in reconcile("wechatpay").differences}
    assert ("stuck", refund.out_refund_no) in found


def test_a_bill_that_is_not_there_is_asked_for_again(outside):
    paid(outside, deal(), "wechatpay")
    outside.side.fault("wechatpay", "no_bill", on="bill", times=5)
    with zone("worker"), pytest.raises(CallFailed):
        reconciliation.reconcile(party="wechatpay", day=today())


@pytest.mark.parametrize("method", METHODS)
def test_no_bill_for_a_day_on_which_nothing_moved_is_no_failure(outside, method):
    day = today() - timedelta(days=20)
    outside.side.fault(method, "no_bill", on="bill", times=5)
    with zone("worker"):
        report = reconciliation.reconcile(party=method, day=day)
    assert (report.lines, report.differences) == (0, ())


def test_reconciliation_sees_no_person(outside):
    it = deal()
    paid(outside, it)
    for column in ("person_id", "order_no"):
        with (
            zone("worker"),
            pytest.raises(Exception, match="permission denied"),
            processing(Purpose.RECONCILIATION, subject=None, reading=True),
        ):
            list(Entry.objects.values_list(column, flat=True)[:1])


def test_the_command_prints_both_languages(outside, capsys):
    with zone("worker"):
        command.run(type("Asked", (), {"provider": "unionpay", "day": today()}))
    said = capsys.readouterr().out
    assert "unionpay" in said
    assert "差异" in said
    assert "differences" in said
    assert payment_gateway("unionpay")
