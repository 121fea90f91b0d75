"""What comes from institutions and couriers: only the true, once, whatever else arrives."""

import json
import secrets

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from mingpu.adapters.invoice import InvoiceLine, InvoiceRequest
from mingpu.adapters.providers import courier, invoice_issuer
from mingpu.delivery.queries import shipments_of
from tests.adapters.conftest import until
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.jobs import run_jobs, waiting
from tests.payments.trading import deal, paid
from tests.support import zone

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture(autouse=True)
def _static():
    settings.STATIC_ROOT.mkdir(exist_ok=True)


def on_its_way(outside):
    """An order that was just paid, and the callback about it, not yet handed in."""
    it = deal()
    begun = it.start()
    outside.scan(begun.code_url)
    [letter] = outside.callbacks(begun.out_trade_no)
    return it, letter


def untouched(it):
    return (it.order.status, it.entries, it.attempts[0].status) == ("pending_payment", [], "action_required")


def test_a_true_callback_is_taken_with_204(outside):
    it, letter = on_its_way(outside)
    answer = letter.hand_in()
    assert (answer.status_code, answer.content) == (204, b"")
    assert it.order.status == "paid"
    assert letter.hand_in().status_code == 204
    assert it.entries == [("charge", 9900)]


def test_forged_callbacks_of_every_kind_are_refused(outside):
    outside.side.fault("wechatpay", "forge", on="callback", times=4)
    it, _ = on_its_way(outside)
    forged = outside.callbacks(it.order_no, 4)[:4]
    for letter in forged:
        answer = letter.hand_in()
        assert (answer.status_code, answer.json()["code"]) == (401, "FAIL")
        assert answer["Content-Type"] == "application/json"
    assert untouched(it)
    outside.callbacks(it.order_no, 5)[4].hand_in()  # the institution's own, which it sends again
    assert it.order.status == "paid"


def test_an_altered_callback_is_refused_wherever_it_was_altered(outside):
    it, letter = on_its_way(outside)
    body = json.loads(letter.body)
    other = on_its_way(outside)[1]
    altered = [
        letter.body + b" ",
        letter.body.replace(b"TRANSACTION.SUCCESS", b"TRANSACTION.success"),
        json.dumps(body | {"resource": json.loads(other.body)["resource"]}).encode(),
        json.dumps(body | {"id": "another"}).encode(),
        b"",
        b"{}",
    ]
    for changed in altered:
        assert letter.hand_in(body=changed).status_code == 401
    for name in letter.headers:
        if name.lower().startswith("wechatpay-") and name.lower() != "wechatpay-signature-type":
            without = {key: value for key, value in letter.headers.items() if key != name}
            assert letter.hand_in(headers=without).status_code == 401, name
            assert letter.hand_in(headers=letter.headers | {name: "x"}).status_code == 401, name
    assert letter.hand_in(headers={}).status_code == 401
    assert letter.hand_in(headers=other.headers).status_code == 401
    assert untouched(it)


def test_a_callback_of_long_ago_is_refused(outside):
    it, letter = on_its_way(outside)
    stamp = next(name for name in letter.headers if name.lower() == "wechatpay-timestamp")
    old = str(int(letter.headers[stamp]) - 3600)
    assert letter.hand_in(headers=letter.headers | {stamp: old}).status_code == 401
    assert untouched(it)


def test_bytes_that_are_no_callback_are_refused(outside):
    it = deal()
    it.start()
    client = Client(SERVER_NAME="127.0.0.1")
    for body in (b"\x00\xff", b"[" * 5000, "微信".encode("gbk"), secrets.token_bytes(200)):
        answer = client.post("/webhooks/wechatpay", body, content_type="application/json")
        assert answer.status_code in {400, 401}
    assert untouched(it)


def test_a_callback_too_large_is_not_read(outside):
    client = Client(SERVER_NAME="127.0.0.1")
    for path in ("/webhooks/wechatpay", "/webhooks/sf", f"/webhooks/sf/{outside.side.keys.sf.push_secret}"):
        answer = client.post(path, b"x" * 70_000, content_type="application/json")
        assert answer.status_code == 413
        assert client.post(path, b"x" * 300_000, content_type="application/json").status_code == 413


def test_other_methods_are_not_taken():
    client = Client(SERVER_NAME="127.0.0.1")
    for path in ("/webhooks/wechatpay", "/webhooks/sf"):
        assert client.get(path).status_code == 405


def test_callbacks_need_no_cookie_and_set_none(outside):
    _, letter = on_its_way(outside)
    assert not letter.hand_in().cookies


# ---- invoices ----


def about_an_invoice(outside):
    """An invoice that was just issued, and the callback about it, not yet handed in."""
    number = f"F{secrets.token_hex(8)}"
    before = sum(it.path == "/webhooks/fapiao" for it in outside.letters)  # of other tests' invoices
    line = InvoiceLine(goods="日用品", quantity=1, amount_fen=100)
    request = InvoiceRequest(invoice_no=number, title="张三", tax_no=None, total_fen=100, lines=(line,))
    invoice_issuer().issue(request)
    return number, until(lambda: [it for it in outside.letters if it.path == "/webhooks/fapiao"][before:])[-1]


def test_a_callback_about_an_invoice_makes_us_ask_once(outside):
    number, letter = about_an_invoice(outside)
    assert letter.hand_in(body=letter.body.replace(b"FAPIAO", b"fapiao")).status_code == 401
    assert letter.hand_in(headers={}).json()["code"] == "FAIL"
    assert waiting("invoices.follow", invoice_no=number) == 0
    for _ in range(2):
        answer = letter.hand_in()
        assert (answer.status_code, answer.content) == (204, b"")
    assert waiting("invoices.follow", invoice_no=number) == 1


# ---- the courier ----


@pytest.fixture
def sent(outside):
    it = deal()
    paid(outside, it)
    run_jobs(it.buyer.id)
    return it


def parcel(it):
    return shipments_of(person_id=it.buyer.id, order_no=it.order_no)[0]


def follow_jobs(waybill_no):
    return waiting("delivery.follow", waybill_no=waybill_no)


def test_a_push_makes_us_ask_and_the_answer_moves_the_parcel(outside, sent):
    number = parcel(sent).waybill_no
    outside.push(number, "50")
    answer = outside.pushes(number)[0].hand_in()
    assert (answer.status_code, answer.json()["return_code"]) == (200, "0000")
    assert parcel(sent).status == "label_created"  # nothing is believed yet
    assert follow_jobs(number) == 1
    run_jobs(sent.buyer.id, names=("delivery.follow",))
    assert (parcel(sent).status, sent.order.status) == ("picked_up", "shipped")


def test_pushes_that_wait_together_are_one_question(outside, sent):
    number = parcel(sent).waybill_no
    for code in ("50", "30", "44"):
        outside.push(number, code)
    letters = outside.pushes(number, 3)
    for letter in (*letters, *letters):
        letter.hand_in()
    assert follow_jobs(number) == 1


def test_a_delivery_that_never_happened_moves_nothing(outside, sent):
    """Even with the right path, a push is only a reason to ask."""
    number = parcel(sent).waybill_no
    outside.side.fault("sf", "forge", on="callback")
    outside.push(number, "50")
    letter = outside.pushes(number)[0]
    assert b'"80"' in letter.body
    assert letter.hand_in().status_code == 200
    run_jobs(sent.buyer.id, names=("delivery.follow",))
    assert (parcel(sent).status, sent.order.status) == ("picked_up", "shipped")


def test_a_stranger_who_does_not_know_the_path_is_refused(outside, sent):
    number = parcel(sent).waybill_no
    outside.push(number, "50")
    letter = outside.pushes(number)[0]
    for path in ("/webhooks/sf", "/webhooks/sf/", f"/webhooks/sf/{secrets.token_urlsafe(24)}"):
        answer = letter.hand_in(path=path)
        assert answer.status_code in {401, 404}
        assert b'"0000"' not in answer.content  # what a courier takes for "got it"
    assert follow_jobs(number) == 0


def test_a_push_that_cannot_be_read_is_refused_in_the_couriers_words(outside):
    client = Client(SERVER_NAME="127.0.0.1")
    path = f"/webhooks/sf/{outside.side.keys.sf.push_secret}"
    for body in (
        b"{",
        b"[]",
        b'{"Body": {"WaybillRoute": [{"mailno": 1}]}}',
        b'{"Body": {"WaybillRoute": {}}}',
    ):
        answer = client.post(path, body, content_type="application/json")
        assert answer.status_code == 401
        assert answer.content == courier("sf").push_reply(ok=False)[1]
    assert client.post(path, b"{}", content_type="text/plain").status_code == 401


# ---- health ----


def ready():
    answer = Client(SERVER_NAME="127.0.0.1").get("/readyz")
    return answer.status_code, answer.json()


def beat(seconds_ago):
    with zone("worker"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_the_process_says_that_it_lives():
    answer = Client(SERVER_NAME="127.0.0.1").get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_means_database_index_and_worker(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "INDEX_PATH", tmp_path)
    beat(1)
    status, said = ready()
    assert (status, said["index"]) == (503, "missing")
    (tmp_path / "segment").touch()
    assert ready() == (200, {"status": "ok", "database": "ok", "index": "ok", "jobs": "ok"})
    beat(120)
    status, said = ready()
    assert (status, said["status"], said["jobs"], said["database"]) == (503, "not ready", "missing", "ok")
