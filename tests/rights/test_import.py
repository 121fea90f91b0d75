"""Taking over from another mall: nothing before it is picked, each pick by our own rules, nothing twice."""

from datetime import timedelta

import pytest

from mingpu.accounts.queries import addresses_of, profile_of
from mingpu.cart.queries import favourites_of
from mingpu.lib.errors import NotFound
from mingpu.privacy import export, retention
from mingpu.privacy.purposes import Purpose, processing
from mingpu.rights.errors import PackageRefused
from mingpu.rights.services import bring, offers_of, take_items
from tests.api.calling import product_of
from tests.factories import make_person, make_product
from tests.people import from_owner
from tests.rights.packages import ADDRESS, PROFILE, files_of, pack
from tests.support import zone


def brought(buyer, **tables):
    return bring(person_id=buyer.id, content=pack(files_of(**tables)))


def test_a_preview_takes_nothing_and_masks(buyer):
    it = brought(buyer, accounts_address=[ADDRESS], accounts_profile=[PROFILE])
    source, offers = offers_of(buyer.id, it)
    assert source == "neighbour"
    assert [offer.id for offer in offers] == [
        "accounts_address:0", "accounts_profile:nickname", "accounts_profile:gender", "accounts_profile:birthday",
    ]  # fmt: skip
    shown = dict(offers[0].lines)
    assert "林**" in shown.values()
    assert ADDRESS["phone"] not in str(offers)
    assert addresses_of(buyer.id) == []
    ((raw,),) = from_owner("SELECT content FROM rights_intake WHERE id = %s", [it])
    assert "林".encode() not in bytes(raw)


def test_only_what_is_picked_is_taken_and_the_package_is_gone(buyer):
    sku = make_product()
    product = product_of(sku)
    it = brought(
        buyer, accounts_address=[ADDRESS, {**ADDRESS, "name": "不要我"}], accounts_profile=[PROFILE],
        cart_favourite=[{"product_id": str(product)}, {"product_id": "nonsense"}],
    )  # fmt: skip
    _, offers = offers_of(buyer.id, it)
    assert {offer.id: offer.problem for offer in offers if offer.problem} == {
        "cart_favourite:1": "not_sold_here"
    }
    before = profile_of(buyer.id)
    picks = {
        "accounts_address:0",
        "cart_favourite:0",
        "cart_favourite:1",
        "accounts_profile:nickname",
        "invented:9",
    }
    taken = {one.id: one.code for one in take_items(person_id=buyer.id, intake_id=it, chosen=picks)}
    assert taken == {
        "accounts_address:0": "", "cart_favourite:0": "", "cart_favourite:1": "not_found", "accounts_profile:nickname": "",
    }  # fmt: skip
    (address,) = addresses_of(buyer.id)
    assert address.city == "杭州市"
    assert favourites_of(owner_id=buyer.id).total == 1
    after = profile_of(buyer.id)
    assert (after.nickname, after.gender, after.birthday) == (
        PROFILE["nickname"],
        before.gender,
        before.birthday,
    )
    with pytest.raises(NotFound):
        take_items(person_id=buyer.id, intake_id=it, chosen=picks)
    assert len(addresses_of(buyer.id)) == 1


def test_what_our_own_rules_refuse_is_said_and_not_taken(buyer):
    it = brought(buyer, accounts_address=[{**ADDRESS, "phone": "12"}])
    (offer,) = offers_of(buyer.id, it)[1]
    assert offer.problem == "not_valid_here"
    (taken,) = take_items(person_id=buyer.id, intake_id=it, chosen={offer.id})
    assert taken.code == "invalid"
    assert addresses_of(buyer.id) == []


def test_our_own_copy_can_come_back(buyer):
    with zone("worker"), processing(Purpose.RIGHTS, subject=buyer.id, reading=True):
        found = export.gather(buyer.id)
    other = make_person()
    it = bring(person_id=other.id, content=export.archive(found))
    source, offers = offers_of(other.id, it)
    assert source == "mingpu"
    assert [offer.id for offer in offers] == ["accounts_profile:nickname"]


def test_another_persons_package_is_as_none(buyer):
    it, other = brought(buyer, accounts_address=[ADDRESS]), make_person()
    for act in (lambda: offers_of(other.id, it), lambda: take_items(person_id=other.id, intake_id=it, chosen={"accounts_address:0"})):  # fmt: skip
        with pytest.raises(NotFound):
            act()
    assert len(offers_of(buyer.id, it)[1]) == 1


def test_it_waits_a_day_and_one_at_a_time(buyer):
    first = brought(buyer, accounts_address=[ADDRESS])
    second = brought(buyer, accounts_address=[ADDRESS])
    with pytest.raises(NotFound):
        offers_of(buyer.id, first)
    from_owner("UPDATE rights_intake SET at = at - %s WHERE id = %s", [timedelta(days=1, minutes=1), second])
    with zone("worker"):
        retention.clear()
    with pytest.raises(NotFound):
        offers_of(buyer.id, second)


def test_a_bad_package_leaves_nothing(buyer):
    with pytest.raises(PackageRefused):
        bring(person_id=buyer.id, content=b"nonsense")
    assert from_owner("SELECT count(*) FROM rights_intake WHERE person_id = %s", [buyer.id]) == [(0,)]
