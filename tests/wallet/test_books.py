"""The books in the database: once written, never changed, never twice, never half."""

from datetime import timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import InsufficientPrivilege

from mingpu.lib.clock import now
from mingpu.privacy import retention
from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet import books
from mingpu.wallet.books import Move, Share
from mingpu.wallet.errors import DifferentEvent, NoPurse
from mingpu.wallet.models import Transfer
from mingpu.wallet.queries import merchant_statement, trial_balance, verify
from mingpu.wallet.rules import BEIJING, CLEARING
from tests.factories import make_person
from tests.people import from_owner
from tests.privacy.canaries import admin, ago
from tests.support import zone
from tests.wallet.conftest import new_card, number, spend, top_up

PLACES = ["receivable", "deposits", "refunds", "coupon_cost", "sales", *(f"clearing:{it}" for it in CLEARING)]
MOVES = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES), st.integers(1, 10**9))
    .filter(lambda it: it[0] != it[1])
    .map(lambda it: Move(*it)),
    min_size=1,
    max_size=6,
)


def post(person_id: UUID, moves, *, reference: str = "", kind: str = "charged", order_no: str = "") -> bool:
    with processing(Purpose.SETTLEMENT, subject=person_id):
        return Transfer.objects.post(
            person_id=person_id, order_no=order_no or number(), moves=moves, kind=kind,
            reference=reference or number(),
        )  # fmt: skip


def rows(reference: str) -> list[tuple[str, str, int]]:
    found = from_owner(
        "SELECT debit, credit, amount_fen FROM wallet_transfer WHERE reference = %s ORDER BY part",
        [reference],
    )
    return [(debit, credit, fen) for debit, credit, fen in found]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=MOVES, other=MOVES)
def test_an_event_is_written_once_and_whole(moves, other):
    it, reference, order_no = uuid4(), number(), number()
    told = {"reference": reference, "order_no": order_no}
    assert post(it, moves, **told)
    before = rows(reference)
    assert sum(fen for *_, fen in before) == sum(move.amount_fen for move in moves)
    assert not post(it, list(reversed(moves)), **told)  # said again, in whatever order
    if books.merged(other) != books.merged(moves):
        with pytest.raises(DifferentEvent):
            post(it, other, **told)
    with pytest.raises(DifferentEvent):
        post(uuid4(), [Move("receivable", "deposits", 1), *moves], **told)
    assert rows(reference) == before
    with zone("worker"):
        assert trial_balance().balanced


def test_an_event_of_nothing_is_not_written():
    assert not post(uuid4(), books.charged("wechatpay", 0))


@pytest.mark.parametrize(
    ("purpose", "login"),
    [
        (Purpose.SETTLEMENT, "storefront"),
        (Purpose.DELIVERY, "worker"),
        (Purpose.VIRTUAL_GOODS, "worker"),
        (Purpose.RECONCILIATION, "worker"),
    ],
)
def test_who_may_write_may_and_may_say_it_again(purpose, login):
    it = make_person().id
    subject = None if purpose == Purpose.RECONCILIATION else it
    event = {
        "person_id": subject, "order_no": number(), "moves": books.collected_at_door("sf", 500),
        "kind": "charged", "reference": number(),
    }  # fmt: skip
    with zone(login):
        for new in (True, False):
            with processing(purpose, subject=subject):
                assert Transfer.objects.post(**event) is new


def test_nobody_writes_into_another_persons_books():
    with pytest.raises(ProgrammingError), processing(Purpose.SETTLEMENT, subject=uuid4()):
        Transfer.objects.post(
            person_id=uuid4(), order_no="M1", moves=books.charged("sf", 1), kind="charged", reference=number()
        )


def every_purpose() -> list[tuple[str, str]]:
    return from_owner("SELECT rolname, rolname FROM pg_roles WHERE rolname ~ '^(purpose|zone)_'", [])


@pytest.mark.parametrize("attack", ["UPDATE wallet_transfer SET {column} = {column}", "DELETE FROM wallet_transfer", "TRUNCATE wallet_transfer"])  # fmt: skip
def test_no_role_changes_or_takes_out_a_row(attack):
    """But for two: erasure moves rows out of a person's name, retention drops those past their time."""
    columns = ["id", "at", "person_id", "order_no", "merchant", "debit", "credit", "amount_fen", "kind", "reference", "part", "purse_id"]  # fmt: skip
    statements = [attack.format(column=column) for column in columns] if "{" in attack else [attack]
    may = {
        ("purpose_erasure", "UPDATE wallet_transfer SET person_id = person_id"),
        ("purpose_retention", "DELETE FROM wallet_transfer"),
    }
    done = set()
    with admin() as database:
        for (role, _), statement in product(every_purpose(), statements):
            try:
                database.execute(f"DO $$ BEGIN SET LOCAL ROLE {role}; {statement}; END $$")
            except InsufficientPrivilege:
                continue
            done.add((role, statement))
    assert done == ({it for it in may if it[1] in statements})


def test_retention_takes_the_books_of_an_order_with_the_order():
    """Whole, though it ended three years ago only by its last row; a younger order's stay, however old a row is."""
    count = "SELECT count(*) FROM wallet_transfer WHERE order_no = %s"
    old, young = an_order(ago(days=366 * 4)), an_order(ago(days=300))
    for order_no in (old, young):
        for reference in (number(), number()):
            post(uuid4(), books.charged("sf", 5), order_no=order_no, reference=reference)
    from_owner("UPDATE wallet_transfer SET at = at - interval '5 years' WHERE order_no = %s", [young])
    with zone("worker"):
        retention.clear()
    assert from_owner(count, [old]) == [(0,)]
    assert from_owner(count, [young]) == [(2,)]


def an_order(at) -> str:
    """An order that was cancelled at once, straight into the table."""
    order_no = number()
    from_owner(
        "INSERT INTO orders_order (order_no, person_id, payment, goods_fen, shipping_fen, total_fen, placed_at, "
        "expires_at, ended) VALUES (%s, gen_random_uuid(), 'cod', 5, 0, 5, %s, %s, 'cancelled')",
        [order_no, at, at],
    )
    return order_no


def test_movements_of_stored_value_stay_while_there_is_a_wallet():
    """Older than three years or not: they prove what a person has. With the wallet gone they go."""
    it = make_person().id
    top_up(it, 500)
    card = new_card(it, 300)
    assert spend(it, 800)
    from_owner("UPDATE wallet_transfer SET at = at - interval '4 years' WHERE person_id = %s", [it])
    count = "SELECT count(*) FROM wallet_transfer WHERE person_id = %s AND purse_id IS NOT NULL"
    with zone("worker"):
        retention.clear()
        assert verify() == []
    assert from_owner(count, [it]) == [(3,)]
    from_owner("DELETE FROM wallet_card WHERE id = %s", [card])
    with zone("worker"):
        retention.clear()
        assert verify() == []  # an empty card that is no more is no difference
    assert from_owner(count, [it]) == [(2,)]
    from_owner("DELETE FROM wallet_balance WHERE person_id = %s", [it])
    with zone("worker"):
        retention.clear()
        assert verify() == []
    assert from_owner(count, [it]) == [(0,)]


@pytest.mark.parametrize(
    "change",
    [
        {"amount_fen": 0},
        {"amount_fen": -5},
        {"credit": "receivable"},
        {"debit": "cash"},
        {"credit": "clearing:paypal"},
        {"credit": "payable:Tea"},
        {"debit": "ecard"},
        {"credit": "balance"},
        {"debit": "ecard", "credit": "balance", "purse_id": UUID(int=1)},
        {"purse_id": UUID(int=1)},
    ],
)
def test_the_database_itself_refuses_what_is_no_transfer(change):
    it = uuid4()
    row = {
        "id": uuid4(), "at": now(), "person_id": it, "debit": "receivable", "credit": "deposits", "amount_fen": 1,
        "kind": "charged", "reference": number(), "part": 1, **change,
    }  # fmt: skip
    with processing(Purpose.SETTLEMENT, subject=it), pytest.raises(IntegrityError), transaction.atomic():
        Transfer(**row).save(force_insert=True)


def test_stored_value_always_says_whose():
    it = make_person().id
    for moves in (books.charged("balance", 5), books.charged("ecard", 5)):
        with pytest.raises(NoPurse):
            post(it, moves)


def test_reconciliation_sees_sums_and_no_person():
    with (
        zone("worker"),
        pytest.raises(ProgrammingError),
        processing(Purpose.RECONCILIATION, subject=None),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT person_id FROM wallet_transfer LIMIT 1")


@pytest.mark.parametrize(
    "purpose", [Purpose.AFTER_SALES, Purpose.SERVICE, Purpose.ORDERING, Purpose.CASE_QUEUE]
)
def test_others_see_nothing(purpose):
    login = "desk" if purpose in {Purpose.SERVICE, Purpose.CASE_QUEUE} else "storefront"
    with zone(login), pytest.raises(DatabaseError), processing(purpose, subject=uuid4()):
        Transfer.objects.count()


def test_the_trial_balance_of_a_day_is_that_days():
    """Days are Beijing's: what moved at 23:59 there is of another day than at midnight."""
    it, reference, later = uuid4(), number(), number()
    post(it, books.settled("sf", 700), reference=reference)
    post(it, books.settled("sf", 30), reference=later)
    day = (now() - timedelta(days=3000)).astimezone(BEIJING)
    end = day.replace(hour=23, minute=59)
    from_owner("UPDATE wallet_transfer SET at = %s WHERE reference = %s", [end, reference])
    from_owner("UPDATE wallet_transfer SET at = %s WHERE reference = %s", [end + timedelta(minutes=1), later])
    with zone("worker"):
        trial = trial_balance(day.date())
    assert [(it.account, it.debit_fen, it.credit_fen) for it in trial.accounts] == [
        ("clearing:bank", 700, 0), ("clearing:sf", 0, 700),
    ]  # fmt: skip
    assert trial.balanced


def test_a_final_order_that_is_not_even_is_found():
    it, order_no = uuid4(), number()
    share = Share(merchant="chaguan", goods_fen=1000, platform_discount_fen=100, commission_fen=50)
    post(it, books.recognised([share]), order_no=order_no, kind="recognised", reference=order_no)
    post(it, books.charged("alipay", 900), order_no=order_no)
    with zone("worker"):
        found = verify([order_no, number()])
        assert [(one.what, one.reference, one.booked_fen) for one in found] == [("deposits", order_no, -1000)]
    post(it, books.completed([share]), order_no=order_no, kind="completed", reference=number("P"))
    with zone("worker"):
        assert verify([order_no]) == []


def test_stored_value_that_disagrees_with_the_books_is_found():
    it = make_person().id
    top_up(it, 900)
    card = new_card(it, 700)
    with zone("worker"):
        assert verify() == []
    (purse,) = from_owner("SELECT purse_id FROM wallet_balance WHERE person_id = %s", [it])[0]
    from_owner("UPDATE wallet_balance SET balance_fen = 901 WHERE person_id = %s", [it])
    from_owner("UPDATE wallet_card SET balance_fen = 1 WHERE id = %s", [card])
    with zone("worker"):
        found = {(one.what, one.reference, one.expected_fen, one.booked_fen) for one in verify()}
    assert found == {("balance", str(purse), 901, 900), ("ecard", str(card), 1, 700)}
    from_owner("UPDATE wallet_balance SET balance_fen = 900 WHERE person_id = %s", [it])
    from_owner("UPDATE wallet_card SET balance_fen = 700 WHERE id = %s", [card])


def test_a_merchant_reads_its_own_statement_and_no_other():
    mine, theirs = number("m-").lower(), number("m-").lower()
    start = now()
    parts = [
        Share(merchant=mine, goods_fen=10_000, shipping_fen=800, commission_fen=500),
        Share(merchant=theirs, goods_fen=7_000, commission_fen=70),
    ]
    for share in parts:
        post(uuid4(), books.completed([share]), kind="completed", reference=f"P-{share.merchant}")
    back = Share(merchant=mine, goods_fen=1_000, commission_fen=50)
    post(uuid4(), books.reopened([back]), kind="reopened", reference=f"R-{mine}")
    middle = now()
    with zone("worker"), processing(Purpose.RECONCILIATION, subject=None):
        Transfer.objects.post(
            person_id=None,
            order_no="",
            moves=books.paid_out(mine, 9_000),
            kind="paid_out",
            reference=f"B-{mine}",
        )
    with zone("desk"):
        whole = merchant_statement(merchant=mine, since=start, until=now())
        after = merchant_statement(merchant=mine, since=middle, until=now())
        others = merchant_statement(merchant=theirs, since=start, until=now())
    assert [(it.reference, it.payable_fen, it.commission_fen) for it in whole.lines] == [
        (f"P-{mine}", 10_300, 500), (f"R-{mine}", -950, -50), (f"B-{mine}", -9_000, 0),
    ]  # fmt: skip
    assert (whole.opening_fen, whole.closing_fen, whole.paid_out_fen, whole.commission_fen) == (
        0,
        350,
        9_000,
        450,
    )
    assert (after.opening_fen, after.closing_fen, len(after.lines)) == (9_350, 350, 1)
    assert others.closing_fen == 6_930
    with zone("desk"), processing(Purpose.MERCHANT_QUEUE, subject=None, merchant=mine):
        assert not Transfer.objects.filter(merchant=theirs).values_list("reference", flat=True)
    with (
        zone("desk"),
        pytest.raises(ProgrammingError),
        processing(Purpose.MERCHANT_QUEUE, subject=None, merchant=mine),
    ):
        list(Transfer.objects.values_list("person_id", "order_no"))
    with zone("desk"), processing(Purpose.MERCHANT_QUEUE, subject=None):
        assert not Transfer.objects.values_list("reference", flat=True)
