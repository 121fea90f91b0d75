"""Deleting one item by itself: the register's list and the verbs are the same list, and nobody deletes another's."""

from uuid import uuid4

import pytest

from mingpu.accounts.proof_rules import ACTS
from mingpu.accounts.queries import addresses_of
from mingpu.lib.errors import MallError, NotFound
from mingpu.privacy import held
from mingpu.privacy.consent import give
from mingpu.privacy.register import REGISTER
from mingpu.rights.errors import NotDeletable, ProofFirst
from mingpu.rights.services import delete_item, needs_proof
from mingpu.rights.services.deleting import PROVEN, VERBS
from mingpu.service.errors import StillNeeded
from tests.factories import make_address
from tests.people import from_owner
from tests.privacy.canaries import count, live

ALONE = [it for it in REGISTER.tables.values() if it.alone]
NOT_ALONE = [it.name for it in REGISTER.tables.values() if it.subject and it.export and not it.alone]


def test_the_registers_list_and_the_verbs_are_the_same():
    assert {it.alone for it in ALONE} == set(VERBS)
    assert all(it.subject for it in ALONE)


def key_of(person_id, table):
    (item,) = held.rows_of(person_id, table).items
    return item.key


def ready(table, **changes):
    """Somebody with one row in every table, consents given and the case over."""
    it = live(**changes)
    for name in ("search_history", "browsing_history", "continuity", "invoicing"):
        give(it.id, name, True, "zh-hans")
    del table
    return it


@pytest.mark.parametrize("table", [it.name for it in ALONE if it.export])
def test_one_item_goes_by_its_own_verb_and_nobody_elses(table):
    it, other = ready(table), ready(table)
    key = key_of(it.id, table)
    with pytest.raises(MallError) as refused:
        delete_item(person_id=other.id, table=table, key=key, proven=True)
    assert refused.value.status == 404
    assert count(table, it.id) == count(table, other.id) == 1
    delete_item(person_id=it.id, table=table, key=key, proven=True)
    if table == "service_case":  # the case is a record of trade: the person's own words go
        (item,) = held.rows_of(it.id, table, revealed=True).items
        assert not {"description", "appeal"} & {cell.column for cell in item.cells}
    else:
        assert count(table, it.id) == 0
        assert count(table, other.id) == 1
        with pytest.raises(NotFound):
            delete_item(person_id=it.id, table=table, key=key, proven=True)


@pytest.mark.parametrize("table", [it.name for it in ALONE if it.alone in PROVEN])
def test_what_opens_the_account_does_not_go_without_a_proof(table):
    it = live()
    with pytest.raises(ProofFirst):
        delete_item(person_id=it.id, table=table, key=key_of(it.id, table))
    assert count(table, it.id) == 1


def test_the_acts_that_are_proven_are_known():
    assert set(PROVEN) <= set(VERBS)
    assert set(PROVEN.values()) <= set(ACTS)
    assert {it.name: needs_proof(it.name) for it in ALONE if it.alone == "passkey"} == {
        "accounts_passkey": "passkeys"
    }


@pytest.mark.parametrize("table", NOT_ALONE)
def test_what_account_order_or_law_keep_does_not_go_alone(table):
    it = live()
    with pytest.raises(NotDeletable) as refused:
        delete_item(person_id=it.id, table=table, key="anything")
    assert str(refused.value.message)
    assert refused.value.facts["why"] == str(REGISTER.retention[REGISTER.tables[table].retention])


@pytest.mark.parametrize(
    "table", ["desk_staff", "rights_kin", "nonsense", "orders_placement", "accounts_address x"]
)
def test_there_is_nothing_else(table):
    with pytest.raises(NotFound):
        delete_item(person_id=live().id, table=table, key=str(uuid4()))


@pytest.mark.parametrize(
    "key", ["", "x", "../1", "0" * 400, str(uuid4())[:-1]], ids=[f"key{n}" for n in range(5)]
)
def test_a_key_that_is_none_finds_nothing(buyer, key):
    make_address(buyer)
    for table in ("accounts_address", "search_search", "cart_line", "cart_favourite", "privacy_export", "accounts_device"):  # fmt: skip
        with pytest.raises(MallError) as refused:
            delete_item(person_id=buyer.id, table=table, key=key)
        assert refused.value.status == 404
    assert len(addresses_of(buyer.id)) == 1


def test_words_and_pictures_of_a_case_that_is_not_over_stay():
    it = live(service_case__status="seller_reviewing")
    for table in ("service_case", "service_evidence"):
        with pytest.raises(StillNeeded):
            delete_item(person_id=it.id, table=table, key=key_of(it.id, table))
    ((left,),) = from_owner("SELECT description IS NOT NULL FROM service_case WHERE person_id = %s", [it.id])
    assert left
