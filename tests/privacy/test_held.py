"""Inspecting: every kind of item, every item, masked until revealed, with its end and why; for its person alone."""

from datetime import timedelta
from uuid import uuid4

import pytest

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy import held
from mingpu.privacy.register import REGISTER
from mingpu.privacy.uses import uses_of
from tests.people import from_owner
from tests.privacy.canaries import ago, live

EXPORTED = [it for it in REGISTER.tables.values() if it.subject and it.export]


@pytest.fixture(scope="module")
def it():
    return live(at=ago(days=3))


def test_every_kind_the_register_lets_them_see_is_there_and_counted(it):
    found = {kind.table: kind for kind in held.things_of(it.id)}
    assert found.keys() == {table.name for table in EXPORTED}
    for name in it.values.keys() & found.keys():
        assert found[name].count == 1, name
        assert found[name].law
        assert found[name].retention


def test_every_value_can_be_read_once_revealed_and_sensitive_ones_are_masked_before(it):
    for table in EXPORTED:
        if table.name not in it.values:
            continue
        (plain,) = held.rows_of(it.id, table.name, revealed=True).items
        (shown,) = held.rows_of(it.id, table.name).items
        clear = {cell.column: cell.text for cell in plain.cells}
        for cell in shown.cells:
            column = table.columns[cell.column]
            value = it.values[table.name].get(cell.column)
            if column.sensitive or column.mask:
                assert cell.hidden, (table.name, cell.column)
                assert not isinstance(value, str) or value not in cell.text, (table.name, cell.column)
            if isinstance(value, str):
                assert clear[cell.column] == value, (table.name, cell.column)
        assert not {cell.column for cell in plain.cells} & {
            name for name, column in table.columns.items() if column.index_of or column.mask == "secret" or column.plain
        }  # fmt: skip


def test_each_look_says_whether_it_was_in_clear(it):
    held.rows_of(it.id, "accounts_contact", revealed=True)
    held.rows_of(it.id, "accounts_contact")
    assert {use.reference for use in uses_of(it.id, page_size=3).items} >= {"inspect", "inspect:revealed"}


@pytest.mark.parametrize(
    "name", ["desk_staff", "orders_placement", "nonsense", "accounts_contact; DROP TABLE x", "rights_kin", ""]
)
def test_there_is_nothing_else_to_inspect(it, name):
    with pytest.raises(NotFound):
        held.rows_of(it.id, name)


def test_a_stranger_sees_nothing_of_it(it):
    other = live()
    for table in EXPORTED:
        if table.name in other.values:
            texts = [cell.text for item in held.rows_of(other.id, table.name, revealed=True).items for cell in item.cells]  # fmt: skip
            assert not [text for text in texts if it.tag in text], table.name
    with pytest.raises(NotFound):
        held.things_of(uuid4())
    with pytest.raises(NotFound):
        held.rows_of(uuid4(), "accounts_contact")


def test_pages_do_not_overlap():
    it = live()
    for _ in range(5):
        held.things_of(it.id)  # each look is a line of the record of uses
    pages = [held.rows_of(it.id, "privacy_accesslog", page=n, page_size=2) for n in (1, 2)]
    keys = [item.key for page in pages for item in page.items]
    assert len(keys) == len(set(keys)) == 4


# ---- the clock ----

CLOCK = {  # a class with a fixed length -> the table it is tried on, and how long that is
    "session": ("accounts_session", None), "mark": ("accounts_safetymark", 30), "link": ("accounts_devicelink", 180),
    "cart": ("cart_line", 30), "history": ("search_search", 180), "browsing": ("personalise_view", 90),
    "order": ("orders_order", 1095), "log": ("rights_approval", 1095), "share": ("privacy_share", 1095),
    "decision": ("privacy_decision", 180), "request": ("rights_request", 1095),
}  # fmt: skip


@pytest.mark.parametrize("term", CLOCK)
def test_days_left_are_those_of_the_class(it, term):
    table, days = CLOCK[term]
    (kind,) = [kind for kind in held.things_of(it.id) if kind.table == table]
    assert kind.first_end == kind.last_end
    if days:
        assert abs(kind.first_end - (ago(days=3) + timedelta(days=days))) < timedelta(days=2)
        (item,) = held.rows_of(it.id, table).items
        assert abs(item.days_left - (days - 3)) <= 2
        assert 0 < item.share_left <= 100
    assert kind.law


def test_an_end_is_where_the_register_says_what_is_past_its_time():
    """The moment shown is the very one the nightly job goes by: on one side of it the row stays, on the other it goes."""
    for table in EXPORTED:
        if not table.ends or table.of:
            continue
        rows = from_owner(f"SELECT ({table.ends}) < now(), ({table.expires}) FROM {table.name} LIMIT 200", [])
        for past, expired in rows:
            assert bool(past) == bool(expired), table.name


def test_what_has_no_end_says_so(it):
    kinds = {kind.table: kind for kind in held.things_of(it.id)}
    assert kinds["accounts_profile"].first_end is None
    assert held.end_label(kinds["accounts_profile"]) == "账户存续期间"
    open_order = live(at=now(), orders_order__status="paid", orders_order__completed_at=None)
    order = next(kind for kind in held.things_of(open_order.id) if kind.table == "orders_order")
    assert order.first_end is None
    assert held.end_label(order) == "办结后才开始计时"


def test_frozen_is_said_to_be_frozen_while_leaving():
    it = live(privacy_standing__state="cooling_off")
    kinds = {kind.table: kind for kind in held.things_of(it.id)}
    assert kinds["orders_order"].frozen
    assert not kinds["accounts_profile"].frozen
