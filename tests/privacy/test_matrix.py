"""The matrix: what the live database allows is what the register says, cell by cell; and differences show."""

from contextlib import contextmanager

from mingpu.privacy import matrix
from mingpu.privacy.register import REGISTER
from tests.privacy.canaries import admin


@contextmanager
def changed(database, change, undo):
    """Change the live database for the length of the block."""
    database.execute(change)
    try:
        yield
    finally:
        database.execute(undo)


def test_every_cell_is_as_the_register_says():
    cells = list(matrix.cells())
    assert [cell for cell in cells if not cell.holds] == []
    pairs = sum(len(purpose.zones) for purpose in REGISTER.purposes.values())
    assert len(cells) == pairs * len(matrix.columns()) * len(matrix.VERBS)
    assert sum(cell.allowed for cell in cells) < len(cells) / 5  # most is refused


def test_no_login_becomes_what_it_is_not():
    tried = list(matrix.becomings())
    assert [it for it in tried if not it.holds] == []
    own = {it.role for it in tried if it.zone == "storefront" and it.allowed}
    assert "purpose_profile" in own
    assert not own & {
        "purpose_legal",
        "purpose_erasure",
        "mingpu_owner",
        "mingpu_lookup",
        "zone_worker",
        "postgres",
    }


def test_a_right_too_many_shows():
    with (
        admin() as database,
        changed(
            database,
            "GRANT SELECT (phone) ON accounts_contact TO purpose_shopping",
            "REVOKE SELECT (phone) ON accounts_contact FROM purpose_shopping",
        ),
    ):
        wrong = [cell for cell in matrix.cells() if not cell.holds]
    assert [(it.purpose, it.table, it.column, it.verb, it.allowed) for it in wrong] == [
        ("shopping", "accounts_contact", "phone", "s", True)
    ]


def test_a_right_too_few_shows():
    with (
        admin() as database,
        changed(
            database,
            "REVOKE UPDATE (nickname) ON accounts_profile FROM purpose_profile",
            "GRANT UPDATE (nickname) ON accounts_profile TO purpose_profile",
        ),
    ):
        wrong = [cell for cell in matrix.cells() if not cell.holds]
    assert {(it.purpose, it.column, it.verb, it.allowed) for it in wrong} == {
        ("profile", "nickname", "u", False)
    }
    assert any(
        line.startswith("accounts_profile.nickname") and ".!" in line for line in matrix.as_table(wrong)
    )


def test_a_membership_too_many_shows():
    with (
        admin() as database,
        changed(
            database, "GRANT purpose_legal TO zone_storefront", "REVOKE purpose_legal FROM zone_storefront"
        ),
    ):
        wrong = [it for it in matrix.becomings() if not it.holds]
    assert [(it.zone, it.role, it.allowed) for it in wrong] == [("storefront", "purpose_legal", True)]


def test_trying_changes_nothing():
    tables = [table.name for table in REGISTER.tables.values() if table.subject]

    def state(database):
        return [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]

    with admin() as database:
        before = state(database)
        list(matrix.cells())
        assert state(database) == before


def test_the_table_has_a_line_a_personal_column():
    lines = list(matrix.as_table(list(matrix.cells())))
    personal = [
        f"{t.name}.{c.name}" for t in REGISTER.tables.values() if t.subject for c in t.personal_columns()
    ]
    assert len(lines) == len(REGISTER.purposes) + 1 + len(personal)
    assert all(any(line.startswith(name) for line in lines) for name in personal)
