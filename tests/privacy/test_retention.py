"""Past its time means gone: each table by its own rule, children with their parents, keys with the last record."""

import copy
from uuid import uuid4

import pytest
from django.conf import settings

from mingpu.privacy import cancellation, erasure, export, files, keys, retention
from mingpu.privacy.register import REGISTER, Register
from tests.privacy.canaries import admin, ago, count, live
from tests.support import zone

LONG_AGO = ago(days=366 * 4)
LIMITED = [it.name for it in REGISTER.tables.values() if it.subject and it.expires]
OPEN_ENDED = [it.name for it in REGISTER.tables.values() if it.subject and not it.expires]


@pytest.fixture
def no_cooling_off(monkeypatch):
    """Leaving takes effect at once."""
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 0)


def cleared():
    with zone("worker"):
        return retention.clear()


def aged(it, at):
    """Move every time of a person's rows to `at`."""
    with admin() as database:
        for table in REGISTER.tables.values():
            if not table.subject:
                continue
            kind = "timestamp with time zone"
            columns = database.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                "AND NOT attisdropped AND format_type(atttypid, NULL) = %s",
                [table.name, kind],
            ).fetchall()
            if columns:
                change = ", ".join(f"{name} = %s" for (name,) in columns)
                database.execute(
                    f"UPDATE {table.name} SET {change} WHERE {table.subject} = %s",
                    [*([at] * len(columns)), it],
                )


def test_what_is_past_its_time_goes_and_nothing_else():
    old, fresh = live(at=LONG_AGO), live(at=ago(seconds=5))
    aged(fresh.id, ago(seconds=-600))  # nothing of it is due
    done = cleared()
    for table in LIMITED:
        if table in old.values:
            assert count(table, old.id) == 0, table
            assert count(table, fresh.id) == 1, table
            assert done[table] >= 1
    for table in OPEN_ENDED:
        if table in old.values:
            assert count(table, old.id) == 1, table
    assert cleared().get("orders_order", 0) == 0


def test_an_order_that_is_not_finished_stays():
    it = live(at=LONG_AGO, orders_order__status="paid", orders_order__completed_at=None)
    cleared()
    for table in (
        "orders_order",
        "orders_line",
        "orders_consignee",
        "service_caseline",
        "delivery_routeevent",
    ):
        assert count(table, it.id) == 1, table


def test_an_order_never_paid_goes_too():
    it = live(at=LONG_AGO, orders_order__status="expired", orders_order__completed_at=None)
    cleared()
    assert count("orders_order", it.id) == 0
    assert count("orders_consignee", it.id) == 0


def test_children_go_before_their_parents():
    order = [table.name for table in retention.in_order()]
    assert sorted(order) == sorted(it.name for it in REGISTER.tables.values() if it.expires)
    for table in REGISTER.tables.values():
        if table.of:
            assert order.index(table.name) < order.index(table.of[1]), table.name


# ---- what the job owes ----


def test_every_class_of_retention_has_something_that_acts_on_it():
    assert retention.unattended() == []


@pytest.mark.parametrize(
    "term", [name for name, it in REGISTER.raw["retention"].items() if it.keys() & {"days", "years"}]
)
def test_a_class_that_nothing_acts_on_fails_loudly_after_everything_else_is_done(term):
    """Seeded omission: every table of the class loses its end, and the run says which class it was."""
    raw = copy.deepcopy(dict(REGISTER.raw))
    for table in raw["tables"].values():
        if table.get("retention") == term:
            table.pop("expires", None)
            table.pop("of", None)
    broken = Register(raw, "seeded")
    old = live(at=LONG_AGO)
    with zone("worker"), pytest.raises(retention.Unattended, match=term):
        retention.clear(broken)
    assert retention.last_clearing().unattended == [term]
    other = "accounts_devicelink" if term != "link" else "cart_line"
    assert count(other, old.id) == 0, "the rest is done all the same"


def test_each_run_leaves_counts_that_name_no_one():
    old = live(at=LONG_AGO)
    done = cleared()
    last = retention.last_clearing()
    assert last.deleted == done
    assert last.unattended == []
    assert last.started_at <= last.finished_at
    assert old.tag not in str(last.deleted)
    assert str(old.id) not in str(last.deleted)


def test_a_table_in_nobodys_name_is_cleared_by_its_own_rule():
    numbers = {age: uuid4() for age in ("4 years", "1 day")}
    with admin() as database:
        for age, number in numbers.items():
            database.execute(
                "INSERT INTO payments_difference (id, day, provider, what, kind, number, provider_txn, found_at) "
                "VALUES (%s, current_date, 'wechatpay', 'stuck', 'charge', %s, '', now() - %s::interval)",
                [number, str(number), age],
            )
    assert cleared()["payments_difference"] >= 1
    with admin() as database:
        left = database.execute(
            "SELECT id FROM payments_difference WHERE id = ANY(%s)", [list(numbers.values())]
        ).fetchall()
    assert left == [(numbers["1 day"],)]


def test_the_vaults_keys_go_with_its_last_record_and_a_living_persons_stay(no_cooling_off):
    gone, living = live(), live(at=LONG_AGO)
    cancellation.request(gone.id)
    with admin() as database:
        query = "SELECT vault_id FROM privacy_cancellation WHERE person_id = %s"
        vault_id = database.execute(query, [gone.id]).fetchone()[0]
    with zone("worker"):
        erasure.erase(gone.id)
    assert keys.fetch(vault_id, "order")
    cleared()
    assert keys.fetch(vault_id, "order"), "three years are not over"
    aged(vault_id, LONG_AGO)
    cleared()
    assert count("orders_consignee", vault_id) == 0
    assert keys.fetch(vault_id, "order") is None
    assert count("privacy_standing", vault_id) == 0
    assert keys.fetch(living.id, "order"), "a living account keeps its key for its next order"


def test_a_vault_with_a_record_left_keeps_its_key(no_cooling_off):
    it = live()
    with admin() as database:
        database.execute(
            "INSERT INTO orders_order (order_no, person_id, payment, goods_fen, shipping_fen, total_fen, placed_at, "
            "expires_at, paid_at, completed_at) SELECT %s, person_id, payment, goods_fen, shipping_fen, total_fen, "
            "now(), expires_at, paid_at, now() FROM orders_order WHERE order_no = %s",
            [f"M{uuid4().hex}", it.order_no],
        )
        database.execute(
            "UPDATE orders_order SET completed_at = %s, placed_at = %s WHERE order_no = %s",
            [LONG_AGO, LONG_AGO, it.order_no],
        )
    cancellation.request(it.id)
    with admin() as database:
        query = "SELECT vault_id FROM privacy_cancellation WHERE person_id = %s"
        vault_id = database.execute(query, [it.id]).fetchone()[0]
    with zone("worker"):
        erasure.erase(it.id)
    cleared()
    assert count("orders_order", vault_id) == 1
    assert keys.fetch(vault_id, "order")


def test_files_of_copies_go_with_their_rows_and_stray_ones_after_them():
    it = live()
    with zone("worker"):
        export.make(it.id, it.export_id)
    with admin() as database:
        database.execute(
            "UPDATE privacy_export SET expires_at = now() - interval '1 second' WHERE id = %s", [it.export_id]
        )
    stray = uuid4()
    files.write(stray, it.id, b"left by a killed process")
    cleared()
    assert not files.path_of(it.export_id).exists()
    assert files.path_of(stray).exists(), "it is not old yet"
    assert files.sweep(0) >= 1
    assert not files.path_of(stray).exists()
