"""What somebody who runs statements in a merchant's queue reaches: that merchant's rows, and no person."""

from contextlib import contextmanager

import psycopg
import pytest
from django.db import ProgrammingError, connection

from mingpu.delivery.services import ship
from mingpu.privacy.grants import granted, readable
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests.desk.shops import mixed
from tests.support import zone

QUEUE = REGISTER.purposes["merchant_queue"]
TABLES = [table for table in REGISTER.tables.values() if table.subject]
OWN = [table for table in TABLES if "s" in granted(table, QUEUE)]
REFUSED = (ProgrammingError, psycopg.errors.InsufficientPrivilege)


@pytest.fixture
def sold(outside):
    it = mixed(outside)
    with zone("desk"):
        ship(part_no=it.part_a, merchant=it.a)
    it.work()
    return it


@contextmanager
def queue_of(merchant):
    with zone("desk"), processing(Purpose.MERCHANT_QUEUE, subject=None, merchant=merchant):
        yield


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_the_queue_is_over_tables_that_name_a_merchant():
    assert {table.name for table in OWN} >= {
        "orders_part",
        "orders_line",
        "delivery_shipment",
        "wallet_transfer",
    }
    for table in OWN:
        assert table.merchant, table.name
        assert table.subject not in readable(table, QUEUE), table.name
        assert not [column for column in readable(table, QUEUE) if table.columns[column].sealed], table.name


def test_every_row_is_the_merchants_own(sold):
    found = set()
    with queue_of(sold.a):
        for table in OWN:
            shown = {row[0] for row in rows(f"SELECT DISTINCT {table.merchant} FROM {table.name}")}
            assert shown <= {sold.a}, table.name
            assert rows(f"SELECT count(*) FROM {table.name} WHERE {table.merchant} = %s", sold.b) == [(0,)]
            found |= {table.name} if shown else set()
    assert found >= {"orders_part", "orders_line", "delivery_shipment", "delivery_parcelline"}
    with queue_of(""):
        for table in OWN:
            assert rows(f"SELECT count(*) FROM {table.name}") == [(0,)], table.name


def test_both_merchants_have_rows_of_their_own(sold):
    for merchant in (sold.a, sold.b):
        with queue_of(merchant):
            assert rows("SELECT count(*) FROM orders_part") == [(1,)]
            assert rows("SELECT merchant FROM orders_line") == [(merchant,)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_column_says_whose_they_are(table):
    with pytest.raises(REFUSED), queue_of("any"):
        rows(f"SELECT {table.subject} FROM {table.name}")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM orders_consignee",
        "SELECT phone FROM accounts_contact",
        "SELECT * FROM orders_part",
        "SELECT status FROM orders_order",
        "SELECT pickup_code FROM delivery_shipment",
        "UPDATE orders_part SET ended_at = now()",
        "UPDATE orders_line SET sent = 0",
        "UPDATE catalog_sku SET price_fen = 1",
        "UPDATE catalog_product SET merchant = 'mine'",
        "DELETE FROM catalog_sku",
        "UPDATE promotions_offer SET active = false",
        "UPDATE merchants_merchant SET commission = 0",
        "INSERT INTO wallet_transfer (debit) VALUES ('x')",
    ],
)
def test_nothing_else_is_read_or_changed(statement):
    with pytest.raises(REFUSED), queue_of("any"):
        rows(statement)


def test_the_desks_login_alone_reads_nobody():
    with zone("desk"):
        for table in OWN:
            with pytest.raises(REFUSED):
                rows(f"SELECT 1 FROM {table.name}")


def test_behind_one_part_only_its_own_merchants_rows_exist(sold):
    """The database itself holds it: a known buyer does not open what they bought elsewhere."""
    buyer = sold.bought.buyer.id
    for merchant, part_no in ((sold.a, sold.part_a), (sold.b, sold.part_b)):
        with zone("desk"), processing(Purpose.MERCHANT_ORDER, subject=buyer, merchant=merchant):
            assert rows("SELECT part_no FROM orders_part") == [(part_no,)]
            assert {row[0] for row in rows("SELECT merchant FROM orders_line")} == {merchant}
            assert rows("SELECT count(*) FROM orders_consignee") == [(1,)]
    with zone("desk"), processing(Purpose.MERCHANT_ORDER, subject=buyer, merchant="somebody-else"):
        for table in TABLES:
            if "s" in granted(table, REGISTER.purposes["merchant_order"]):
                assert rows(f"SELECT count(*) FROM {table.name}") == [(0,)], table.name
