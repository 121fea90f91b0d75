"""The register and its check: what is left out, changed or added behind its back is named in one line."""

import copy
import re

import pytest

from mingpu.privacy import check, live
from mingpu.privacy.register import REGISTER, Register, load
from tests.privacy.canaries import admin


def test_the_statement_holds_in_the_register_and_the_database():
    with admin() as database:
        database.execute("SET ROLE mingpu_owner")
        assert list(check.register_findings()) == []
        assert list(check.database_findings(database)) == []


def test_every_clause_in_force_is_carried_out_and_tested():
    assert list(check.code_findings()) == []


def test_the_statement_is_in_our_own_words_and_both_languages():
    for clause in REGISTER.clauses.values():
        assert re.search("[\u4e00-\u9fff]", clause.says.zh), clause.id
        assert re.search("[A-Za-z]", clause.says.en), clause.id
        assert not re.search("[\u4e00-\u9fff]", clause.says.en), clause.id


def test_a_clause_in_force_is_used_and_a_later_one_is_not_relied_on_alone():
    named = {clause for it in REGISTER.purposes.values() for clause in it.clauses}
    named |= {c for t in REGISTER.tables.values() for it in t.columns.values() for c in it.clauses}
    named |= {clause for it in REGISTER.recipients.values() for clause in it.clauses}
    named |= {clause for it in REGISTER.permissions.values() for clause in it.clauses}
    assert named <= REGISTER.clauses.keys()


# ---- seeded omissions: each is found ----


def mutated(change):
    """Return the register with something changed in its raw data."""
    raw = copy.deepcopy(dict(REGISTER.raw))
    change(raw)
    return Register(raw, REGISTER.digest)


def drop(*path):
    def change(raw):
        at = raw
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]

    return change


def put(value, *path):
    def change(raw):
        at = raw
        for step in path[:-1]:
            at = at.setdefault(step, {})
        at[path[-1]] = value

    return change


CONTACT = ("tables", "accounts_contact", "columns")
OMISSIONS = [
    (put([], "purposes", "profile", "clauses"), "without-clause", "purpose profile"),
    (put(["9.9"], "purposes", "profile", "clauses"), "clause-unknown", "9.9"),
    (put(["2.4"], "purposes", "profile", "clauses"), "without-clause", "not in force"),
    (put("interest", "purposes", "profile", "basis"), "basis", "profile"),
    (put([], "purposes", "profile", "zones"), "zones", "profile"),
    (put(["moon"], "purposes", "profile", "zones"), "zones", "moon"),
    (drop("purposes", "profile"), "purpose-enum", "profile"),
    (put({**REGISTER.raw["purposes"]["profile"]}, "purposes", "newsletter"), "purpose-enum", "newsletter"),
    (put({}, "recipients", "sf", "fields"), "recipient", "sf has no field list"),
    (put({"x": "F99"}, "recipients", "sf", "fields"), "recipient", "field x"),
    (put([], "recipients", "sf", "clauses"), "without-clause", "recipient sf"),
    (drop(*CONTACT, "phone", "label"), "column-entry", "accounts_contact.phone"),
    (put("F99", *CONTACT, "phone", "category"), "column-entry", "accounts_contact.phone"),
    (put([], *CONTACT, "phone", "clauses"), "without-clause", "accounts_contact.phone"),
    (put("", *CONTACT, "phone", "sealed"), "sensitive-clear", "accounts_contact.phone"),
    (put(["nobody"], *CONTACT, "phone", "only"), "grant-unknown", "nobody"),
    (put("", "tables", "accounts_contact", "retention"), "retention", "accounts_contact"),
    (put("shred", "tables", "accounts_contact", "erase"), "erase", "accounts_contact"),
    (put("whose", "tables", "accounts_contact", "subject"), "column-entry", "whose"),
    (put({"nobody": "s"}, "tables", "accounts_contact", "grants"), "grant-unknown", "nobody"),
    (put({"profile": ["x"]}, "tables", "accounts_contact", "updates"), "grant-unknown", "accounts_contact.x"),
    (drop("tables", "search_search", "expires"), "retention", "search_search is kept for a fixed time"),
    (drop("tables", "orders_line", "of"), "retention", "orders_line is kept for a fixed time"),
    (put("", "tables", "catalog_product", "reason"), "table-reason", "catalog_product"),
    (put({"table": "x", "key": "k", "subject": "s", "zones": []}, "lookups", "new"), "lookup", "new"),
]


@pytest.mark.parametrize(("change", "kind", "word"), OMISSIONS)
def test_an_omission_in_the_register_is_found(change, kind, word):
    found = [it for it in check.register_findings(mutated(change)) if it.kind == kind]
    assert any(word in it.text for it in found), found


@pytest.mark.parametrize(
    ("change", "kind", "word"),
    [
        (put([], "clauses", "1.1.3a", "implemented"), "clause-implementation", "nothing carries it out"),
        (put([], "clauses", "1.1.3a", "tests"), "clause-test", "no test holds it"),
        (put(["mingpu.nowhere:go"], "clauses", "1.1.3a", "implemented"), "clause-implementation", "imported"),
        (
            put(["mingpu.privacy.check:go"], "clauses", "1.1.3a", "implemented"),
            "clause-implementation",
            "exist",
        ),
        (put(["tests/nowhere.py"], "clauses", "1.1.3a", "tests"), "clause-test", "does not exist"),
        (put(["tests/conftest.py::test_no"], "clauses", "1.1.3a", "tests"), "clause-test", "no such test"),
    ],
)
def test_a_clause_without_work_or_test_is_found(change, kind, word):
    found = [it for it in check.code_findings(mutated(change)) if it.kind == kind and "1.1.3a" in it.text]
    assert any(word in it.text for it in found), found


def test_a_clause_that_comes_later_needs_what_refuses_and_a_test_too():
    later = [it.id for it in REGISTER.clauses.values() if it.later]
    assert "2.4" in later
    for name in later:
        found = list(check.code_findings(mutated(put([], "clauses", name, "implemented"))))
        assert [it.kind for it in found] == ["clause-implementation"], name


def test_what_is_not_in_use_has_no_purpose_with_rights():
    """A clause that is not in force is carried out by nothing but purposes without a right to what persons gave."""
    for purpose in REGISTER.purposes.values():
        if all(REGISTER.clauses[clause].later for clause in purpose.clauses):
            assert not purpose.open, purpose.id


# ---- the live database behind the register's back: each change is found and then rolled back ----

REPLACED = (
    "CREATE OR REPLACE FUNCTION mingpu.lookup_order(key text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path = pg_catalog AS 'SELECT person_id FROM public.orders_order LIMIT 1'"
)
BACKDOORS = [
    ("ALTER TABLE accounts_contact ADD COLUMN fax text", "column-entry", "accounts_contact.fax"),
    ("ALTER TABLE catalog_product ADD COLUMN buyer text", "column-entry", "catalog_product.buyer"),
    ("CREATE TABLE shadow (phone text)", "column-entry", "table shadow"),
    ("ALTER TABLE accounts_profile DROP COLUMN gender", "entry-column", "accounts_profile.gender"),
    ("DROP TABLE desk_staffsession", "entry-column", "desk_staffsession"),
    (
        "GRANT SELECT (phone) ON accounts_contact TO purpose_shopping",
        "grant-extra",
        "accounts_contact(phone)",
    ),
    (
        "GRANT SELECT ON accounts_contact TO purpose_shopping",
        "grant-extra",
        "accounts_contact to purpose_shopping",
    ),
    ("GRANT SELECT ON accounts_contact TO PUBLIC", "grant-extra", "PUBLIC"),
    ("GRANT DELETE ON orders_order TO zone_worker", "grant-extra", "DELETE on orders_order"),
    ("GRANT TRUNCATE ON orders_order TO zone_worker", "grant-extra", "TRUNCATE"),
    (
        "GRANT SELECT (email) ON accounts_contact TO purpose_profile WITH GRANT OPTION",
        "grant-extra",
        "grant option",
    ),
    (
        "REVOKE SELECT (email) ON accounts_contact FROM purpose_profile",
        "grant-missing",
        "accounts_contact(email)",
    ),
    ("GRANT CREATE ON SCHEMA public TO zone_worker", "grant-extra", "schema public"),
    (
        "GRANT UPDATE ON SEQUENCE privacy_accesslog_id_seq TO zone_desk",
        "grant-extra",
        "privacy_accesslog_id_seq",
    ),
    ("DROP POLICY profile_s ON accounts_contact", "policy-missing", "profile_s"),
    ("CREATE POLICY open ON accounts_contact USING (true)", "policy-extra", "policy open"),
    ("ALTER POLICY profile_s ON accounts_contact USING (true)", "policy-extra", "using true"),
    ("ALTER POLICY erasure_u ON orders_order WITH CHECK (true)", "policy-extra", "erasure_u"),
    ("ALTER TABLE orders_order NO FORCE ROW LEVEL SECURITY", "row-security", "orders_order"),
    ("ALTER TABLE orders_order DISABLE ROW LEVEL SECURITY", "row-security", "orders_order"),
    ("ALTER ROLE zone_storefront BYPASSRLS", "role-extra", "bypassrls"),
    ("ALTER ROLE zone_storefront SUPERUSER", "role-extra", "superuser"),
    ("ALTER ROLE zone_storefront INHERIT", "role-extra", "inheriting"),
    ("ALTER ROLE purpose_profile LOGIN", "role-extra", "purpose_profile"),
    ("CREATE ROLE zone_moon LOGIN", "role-extra", "zone_moon"),
    ("GRANT purpose_legal TO zone_storefront", "membership-extra", "purpose_legal"),
    ("GRANT purpose_profile TO zone_storefront WITH INHERIT TRUE", "membership-extra", "inherit=true"),
    ("GRANT mingpu_owner TO zone_worker", "membership-extra", "mingpu_owner"),
    ("GRANT pg_read_all_data TO zone_analyst", "membership-extra", "pg_read_all_data"),
    ("REVOKE purpose_legal FROM zone_vault", "membership-missing", "purpose_legal"),
    ("ALTER TABLE cart_line OWNER TO zone_worker", "hazard", "owns"),
    ("CREATE VIEW peek AS SELECT * FROM accounts_contact", "hazard", "peek"),
    ("CREATE MATERIALIZED VIEW peek AS SELECT * FROM accounts_contact", "hazard", "peek"),
    ("GRANT TEMPORARY ON DATABASE CURRENT_DB TO zone_worker", "hazard", "TEMPORARY"),
    ("GRANT CONNECT ON DATABASE CURRENT_DB TO PUBLIC", "hazard", "open to everyone"),
    ("CREATE FUNCTION mingpu.peek() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function-extra", "mingpu.peek"),
    (
        "CREATE FUNCTION peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "function-extra",
        "public.peek",
    ),
    ("ALTER FUNCTION mingpu.enter RESET search_path", "function-extra", "mingpu.enter"),
    ("ALTER FUNCTION mingpu.enter OWNER TO postgres", "function-extra", "owned by postgres"),
    (
        REPLACED,
        "function-extra",
        "mingpu.lookup_order",
    ),
    ("GRANT EXECUTE ON FUNCTION mingpu.lookup_phone TO zone_analyst", "execute-extra", "lookup_phone"),
    ("GRANT EXECUTE ON FUNCTION mingpu.lookup_phone TO PUBLIC", "execute-extra", "PUBLIC"),
    (
        "REVOKE EXECUTE ON FUNCTION mingpu.lookup_phone FROM zone_storefront",
        "execute-missing",
        "lookup_phone",
    ),
    ("ALTER FUNCTION mingpu.consented LEAKPROOF", "hazard", "leakproof"),
    ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO zone_worker", "hazard", "default privileges"),
    ("SELECT lo_from_bytea(0, 'x')", "hazard", "large object"),
    ("CREATE RULE copy AS ON INSERT TO cart_line DO ALSO NOTHING", "hazard", "rewrite rule"),
]


@pytest.mark.parametrize(("backdoor", "kind", "word"), BACKDOORS)
def test_a_change_behind_the_registers_back_is_found(backdoor, kind, word):
    with admin() as database, database.transaction(force_rollback=True):
        name = database.execute("SELECT quote_ident(current_database())").fetchone()[0]
        database.execute(backdoor.replace("CURRENT_DB", name))
        database.execute("SET LOCAL ROLE mingpu_owner")
        found = [it for it in check.database_findings(database) if it.kind == kind]
    assert any(word in it.text for it in found), found


def test_a_trigger_on_persons_rows_is_found():
    with admin() as database, database.transaction(force_rollback=True):
        database.execute(
            "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            "CREATE TRIGGER copy BEFORE INSERT ON cart_line FOR EACH ROW EXECUTE FUNCTION copy()"
        )
        assert ("a trigger on a table of persons' rows", "copy on cart_line") in list(live.hazards(database))


def test_a_register_newer_than_its_migration_is_found():
    changed = mutated(put("siud", "tables", "cart_line", "grants", "ordering"))
    with admin() as database:
        database.execute("SET ROLE mingpu_owner")
        found = {it.kind for it in check.database_findings(database, changed)}
    assert {"migration", "grant-missing", "policy-missing"} <= found


def test_checking_changes_nothing_and_leaves_no_table_behind():
    with admin() as database:
        database.execute("SET ROLE mingpu_owner")
        before = live.columns(database)
        list(check.database_findings(database))
        assert live.columns(database) == before
        left = database.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't'").fetchone()[0]
    assert left == 0


def test_a_name_declared_twice_stops_the_register(tmp_path, monkeypatch):
    (tmp_path / "a.toml").write_text('[zones]\ndesk = { zh = "台", en = "desk" }\n')
    (tmp_path / "b.toml").write_text('[zones]\ndesk = { zh = "台", en = "desk" }\n')
    monkeypatch.setattr("mingpu.privacy.register.FOLDER", tmp_path)
    with pytest.raises(ValueError, match="declared twice"):
        load()
