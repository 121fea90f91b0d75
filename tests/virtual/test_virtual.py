"""Top-ups, cards and balance: once each, whatever goes wrong on the way, and paid back where nothing came."""

import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.adapters.topup import TopUpFailed, TopUpStatus
from mingpu.lib.errors import NotFound
from mingpu.privacy.consent import give
from mingpu.privacy.register import REGISTER
from mingpu.privacy.sharing import records_of
from mingpu.virtual import services
from mingpu.virtual.errors import ContactsOff
from mingpu.virtual.queries import handovers_of, reveal
from mingpu.virtual.rules import FINAL, KINDS, LABELS, MOVES, pieces
from mingpu.wallet.services import bind
from tests.adapters.conftest import until
from tests.factories import make_person
from tests.jobs import run_jobs, waiting
from tests.payments.trading import books_agree, paid
from tests.people import from_owner
from tests.support import zone
from tests.virtual.shop import LATER, PHONE, bought, handed, of_books, ordered, states, virtual, work


def settle(it) -> None:
    """Let what follows follow, some days later: refunds, completion, the books."""
    run_jobs(it.buyer.id, names=("payments.refund_piece", "payments.refund"))
    run_jobs(it.buyer.id, ahead=LATER * 3, names=("virtual.receipt_due", "payments.settle_parts"))


def at_supplier(outside, number: str) -> list[dict]:
    """The orders (not queries) the supplier got under a number."""
    return [it for it in outside.side.received("topup", number) if it["path"].endswith("/orders")]


def asked_back(it) -> list[tuple[int, str]]:
    """What is to be paid back: (fen, reason)."""
    rows = from_owner(
        "SELECT args->>'amount_fen', args->>'reason' FROM procrastinate_jobs"
        " WHERE task_name = 'payments.refund_piece' AND args->>'order_no' = %s ORDER BY id",
        [it.order_no],
    )
    return [(int(fen), reason) for fen, reason in rows]


def send(it, number: str) -> None:
    with zone("worker"):
        services.send(person_id=it.buyer.id, delivery_no=number)


def arrive(it, number: str, state: str) -> None:
    """Ask until a top-up stands so."""

    def there() -> bool:
        send(it, number)
        return states(it) == [state]

    until(there)


def test_a_top_up_reaches_the_phone_and_the_order_completes(outside):
    it = bought(outside, "topup")
    assert work(it) == ["virtual.deliver", *["virtual.send"] * 9]
    [piece] = handed(it)
    arrive(it, piece.delivery_no, "done")
    assert handovers_of(person_id=it.buyer.id, order_no=it.order_no).phone == "138****5678"
    assert len(at_supplier(outside, piece.delivery_no)) == 1
    assert it.order.status == "delivered"
    assert [line.sent for line in it.order.lines] == [1]
    assert [part.state for part in it.order.parts] == ["sent"]
    settle(it)
    assert it.order.status == "completed"
    assert it.books_left() == {}
    assert of_books(it, "completed") == [("deposits", "sales", 5000)]
    assert [step[2:] for step in it.steps if step[0] == "handover"] == [
        ("", "pending", "ordered"), ("pending", "sent", "announced"), ("sent", "done", "arrived"),
    ]  # fmt: skip


def test_the_supplier_gets_the_number_the_amount_and_a_delivery_number(outside):
    it = bought(outside, "topup")
    work(it)
    [piece] = handed(it)
    [shared] = [one for one in records_of(it.buyer.id) if one.recipient == "topup_supplier"]
    payload = json.loads(shared.payload)
    assert set(payload) == set(REGISTER.recipients["topup_supplier"].fields)
    assert (payload["phone"], payload["amount_fen"]) == (PHONE, 5000)
    assert json.loads(at_supplier(outside, piece.delivery_no)[0]["body"]) == payload


@pytest.mark.parametrize("fault", ["http_500", "forge"])  # not done, and done and not believed
def test_without_an_answer_the_supplier_is_asked_before_anything_is_sent_again(outside, fault):
    it = bought(outside, "topup")
    work(it, names=("virtual.deliver",))
    [piece] = handed(it)
    outside.side.fault("topup", fault, times=2)
    with pytest.raises(TopUpFailed):
        send(it, piece.delivery_no)
    assert states(it) == ["sent"]
    known = at_supplier(outside, piece.delivery_no)
    arrive(it, piece.delivery_no, "done")
    again = at_supplier(outside, piece.delivery_no)[len(known) :]
    assert len({json.loads(one["body"])["order_no"] for one in known + again}) == 1
    assert it.order.status == "delivered"
    assert asked_back(it) == []


def test_what_the_supplier_could_not_do_is_paid_back_and_the_rest_stands(outside):
    it = bought(outside, "topup", 3, price_fen=3333)
    outside.side.fault("topup", "failed", times=1)
    work(it)
    until(lambda: work(it, names=("virtual.send",)) or _ask_all(it) or set(states(it)) <= set(FINAL))
    assert sorted(states(it)) == ["done", "done", "refunded"]
    [failed] = [one for one in handed(it) if one.status == "refunded"]
    assert asked_back(it) == [(3333, f"handover:{failed.delivery_no}")]
    assert it.order.status == "delivered"
    assert [line.sent for line in it.order.lines] == [2]
    settle(it)
    assert (it.order.status, it.order.refunded_fen) == ("completed", 3333)
    assert it.books_left() == {}


def _ask_all(it) -> None:
    for piece in handed(it):
        send(it, piece.delivery_no)


def test_a_number_nobody_has_is_refused_at_once_and_paid_back(outside):
    it = bought(outside, "topup", phone="13812340000")
    work(it)
    assert states(it) == ["refunded"]
    assert [fen for fen, _ in asked_back(it)] == [5000]
    assert it.order.status == "paid"  # the refund closes it
    settle(it)
    assert it.order.status == "closed"
    assert it.books_left() == {}
    assert [step[3] for step in it.steps if step[0] == "handover"] == [
        "pending",
        "sent",
        "failed",
        "refunded",
    ]


def test_an_order_paid_back_meanwhile_is_not_topped_up(outside):
    it = bought(outside, "topup")
    work(it, names=("virtual.deliver",))
    it.ask(5000)
    run_jobs(it.buyer.id, names=("payments.refund",))
    assert it.order.status == "closed"
    work(it)
    assert states(it) == ["refunded"]
    assert at_supplier(outside, handed(it)[0].delivery_no) == []
    assert asked_back(it) == []


def test_delivering_twice_and_at_once_hands_over_once(outside):
    it = bought(outside, "ecard", 2)

    def deliver() -> None:
        with zone("worker"):
            services.deliver(person_id=it.buyer.id, order_no=it.order_no)

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(it) == ["done", "done"]
    assert len(of_books(it, "card_sold")) == 2


def test_a_card_is_shown_to_its_buyer_alone_and_can_be_bound(outside):
    it, other = bought(outside, "ecard", price_fen=4800), make_person()
    work(it)
    [piece] = handed(it)
    assert piece.has_code
    assert piece.status == "done"
    code = reveal(person_id=it.buyer.id, delivery_no=piece.delivery_no)
    with pytest.raises(NotFound):
        reveal(person_id=other.id, delivery_no=piece.delivery_no)
    [(sealed,)] = from_owner("SELECT code FROM virtual_handover WHERE order_no = %s", [it.order_no])
    assert code.encode() not in bytes(sealed)
    assert from_owner("SELECT batch FROM wallet_voucher WHERE batch LIKE %s", [f"%{it.order_no}%"]) == []
    assert of_books(it, "card_sold") == [("coupon_cost", "ecard", 200), ("deposits", "ecard", 4800)]
    bind(person_id=other.id, code=code)  # a present
    assert it.order.status == "delivered"
    settle(it)
    assert it.books_left() == {}
    books_agree()


def test_balance_is_on_at_once(outside):
    it = bought(outside, "balance", 2, price_fen=10_000, face_fen=10_000)
    work(it)
    assert it.wallet.balance_fen == 20_000
    assert it.order.status == "delivered"
    settle(it)
    assert it.books_left() == {}
    books_agree()


def test_what_is_worth_nothing_is_paid_back(outside):
    it = bought(outside, "ecard", face_fen=200_000)  # more than a card may hold
    work(it)
    assert states(it) == ["refunded"]
    assert [fen for fen, _ in asked_back(it)] == [5000]
    settle(it)
    assert it.order.status == "closed"
    assert it.books_left() == {}


def test_an_order_that_cost_nothing_is_closed_only_when_nothing_arrived(outside):
    lost, half = (
        ordered({virtual("ecard", face_fen=0): 1}),
        ordered({virtual("ecard", face_fen=0): 1, virtual("ecard"): 1}),
    )
    for it in (lost, half):
        from_owner("UPDATE orders_line SET payable_fen = 0 WHERE order_no = %s", [it.order_no])
        from_owner(
            "UPDATE orders_order SET discount_fen = goods_fen, total_fen = 0, paid_at = now() WHERE order_no = %s",
            [it.order_no],
        )
        with zone("worker"):
            services.deliver(person_id=it.buyer.id, order_no=it.order_no)
        settle(it)
    assert (lost.order.status, states(lost)) == ("closed", ["refunded"])
    assert (half.order.status, sorted(states(half))) == ("completed", ["done", "refunded"])


def test_kinds_in_one_order_come_each_in_their_way(outside):
    it = ordered({virtual("topup"): 1, virtual("ecard"): 2, virtual("balance"): 1}, phone=PHONE)
    paid(outside, it)
    work(it)
    until(lambda: _ask_all(it) or set(states(it)) == {"done"})
    assert it.order.status == "delivered"
    assert waiting("virtual.receipt_due", order_no=it.order_no) == 1


def test_an_unpaid_order_gets_nothing(outside):
    it = ordered({virtual("ecard"): 1})
    with zone("worker"):
        services.deliver(person_id=it.buyer.id, order_no=it.order_no)
    assert handed(it) == ()


def test_a_contact_is_picked_only_with_the_permission():
    it = make_person()
    with pytest.raises(ContactsOff):
        services.picked(person_id=it.id)
    give(it.id, "contacts", True, "en")
    services.picked(person_id=it.id)
    give(it.id, "contacts", False, "en")
    with pytest.raises(ContactsOff):
        services.picked(person_id=it.id)


@given(
    quantity=st.integers(1, 200), price=st.integers(1, 100_000), own=st.integers(0, 10**6), other=st.integers(0, 10**6)
)  # fmt: skip
def test_pieces_add_up_to_their_line(quantity, price, own, other):
    goods = quantity * price
    own = min(own, goods)
    other = min(other, goods - own)
    line = {
        "position": 0, "sku": "S", "merchant": "mingpu", "kind": "ecard", "face_fen": 100, "price_fen": price,
        "quantity": quantity, "payable_fen": goods - own - other,
        "reductions": [{"fen": own, "funder": "mingpu"}, {"fen": other, "funder": "platform"}],
    }  # fmt: skip
    found = list(pieces("M1", [line]))
    assert sum(it.payable_fen for it in found) == goods - own - other
    assert sum(it.sold_fen for it in found) == goods - own
    assert len({it.delivery_no for it in found}) == quantity
    assert max(it.payable_fen for it in found) - min(it.payable_fen for it in found) <= 1


def test_every_state_leads_to_an_end():
    ends = set(FINAL)
    for _ in MOVES:
        ends |= {before for (before, after) in MOVES if after in ends}
    assert ends == {"", *LABELS}
    assert not {before for before, _ in MOVES} & set(FINAL)
    assert set(KINDS) == {"topup", "ecard", "balance"}
    assert TopUpStatus.UNKNOWN not in services.ENDS
