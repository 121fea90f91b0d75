"""What others would see of me, through their very roles: masked as for them, refused in the database's words."""

import pytest

from mingpu.governance.queries import mirror_of
from mingpu.governance.services import ask_mirror
from mingpu.governance.services.mirroring import ITSELF, READERS, mirrored
from mingpu.privacy.uses import uses_of
from tests.delivery.parcels import article, buy
from tests.factories import TO, make_person
from tests.jobs import run_jobs
from tests.people import from_owner


@pytest.fixture
def made(outside):
    it = buy({article(): 1}).pay(outside)
    ask_mirror(it.buyer.id)
    assert mirror_of(it.buyer.id).made_at is None
    run_jobs(it.buyer.id, names=("governance.mirror",))
    it.readers = {one.id: one for one in mirror_of(it.buyer.id).readers}
    return it


def values(one):
    return " ".join(value for _, value in one.seen)


def test_staff_and_sellers_see_masks(made):
    for name in ("service", "merchant"):
        shown = values(made.readers[name])
        assert "林**" in shown
        assert "138****0042" in shown
        for hidden in (TO.name, TO.phone, "188 号"):
            assert hidden not in shown


def test_the_courier_gets_what_it_delivers_to_and_the_label_hides_more(made):
    assert TO.name in values(made.readers["courier"])
    label = values(made.readers["label"])
    assert "138******42" in label
    assert TO.name not in label


def test_payment_sees_the_order_and_no_address(made):
    shown = values(made.readers["payment"])
    assert made.order_no in shown
    for hidden in (TO.name, TO.phone, TO.street, TO.district):
        assert hidden not in shown


def test_the_public_sees_nothing_at_all_and_marketing_nothing_without_a_yes(made):
    for name, unseen in (("marketing", 1), ("public", 0)):  # marketing may read the mailbox of who agreed
        one = made.readers[name]
        assert one.seen == ()
        assert one.empty == unseen
        assert len(one.refused) == len(mirrored()) - unseen
        assert all("permission denied" in words for _, words in one.refused)


def test_every_try_is_a_line_that_says_the_person_looked_at_themselves(made):
    uses = [it for it in uses_of(made.buyer.id, page_size=100).items if it.reference == ITSELF]
    assert {it.purpose for it in uses} == {str(one.purpose) for one in READERS if one.purpose}
    assert {it.actor_kind for it in uses} <= {"person", "system"}


def test_it_is_the_persons_alone_and_lies_sealed(made):
    other = make_person()
    assert mirror_of(other.id) is None
    [(shown,)] = from_owner("SELECT shown FROM governance_mirror WHERE person_id = %s", [made.buyer.id])
    assert TO.phone.encode() not in bytes(shown)


def test_asking_again_makes_it_anew(made):
    ask_mirror(made.buyer.id)
    assert mirror_of(made.buyer.id).readers == ()
    run_jobs(made.buyer.id, names=("governance.mirror",))
    assert mirror_of(made.buyer.id).readers
