"""What a person looked at: kept only while they agree, sealed, bounded in number and time, gone when they say so."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.personalise import queries, services
from mingpu.personalise.models import View
from mingpu.personalise.queries import KEPT_DAYS, Viewed, views_of
from mingpu.personalise.services import clear_views, forget_view, note_view, remember_view
from mingpu.privacy import retention
from mingpu.privacy.consent import give, matters, resting_on
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests.factories import Buyer, make_person
from tests.people import from_owner
from tests.support import zone

ONE, TWO, THREE = uuid4(), uuid4(), uuid4()


@pytest.fixture
def person() -> Buyer:
    return make_person()


@pytest.fixture
def agreed(person: Buyer) -> Buyer:
    give(person.id, "browsing_history", True, "zh-hans")
    return person


def seen(it: Buyer) -> list:
    return [one.product_id for one in views_of(person_id=it.id)]


def look(it: Buyer, *products) -> None:
    for product_id in products:
        note_view(person_id=it.id, product_id=product_id)


def rows(it: Buyer) -> int:
    return len(from_owner("SELECT 1 FROM personalise_view WHERE person_id = %s", [it.id]))


def uses(it: Buyer) -> list[str]:
    return [row[0] for row in from_owner("SELECT purpose FROM privacy_accesslog WHERE subject = %s", [it.id])]


def test_without_agreement_nothing_is_kept_and_the_purpose_is_not_even_entered(person):
    look(person, ONE)
    assert (rows(person), seen(person)) == (0, [])
    assert "browsing_history" not in uses(person)


def test_agreeing_to_keep_searches_is_not_agreeing_to_this(person):
    give(person.id, "search_history", True, "zh-hans")
    give(person.id, "personalisation", True, "zh-hans")
    look(person, ONE)
    assert rows(person) == 0


def test_with_agreement_it_is_kept_newest_first_and_once(agreed):
    look(agreed, ONE, TWO, THREE, ONE)
    assert seen(agreed) == [ONE, THREE, TWO]
    assert rows(agreed) == 3
    assert [it.product_id for it in views_of(person_id=agreed.id, limit=2)] == [ONE, THREE]
    assert "browsing_history" in uses(agreed)


def test_no_more_are_kept_than_promised(agreed, monkeypatch):
    monkeypatch.setattr(services, "KEPT", 5)
    many = [uuid4() for _ in range(8)]
    look(agreed, *many)
    assert seen(agreed) == list(reversed(many[-5:]))
    assert rows(agreed) == 5
    assert str(queries.KEPT) in REGISTER.retention["browsing"].en


def test_what_was_looked_at_lies_sealed_and_its_index_says_nothing(agreed):
    other = make_person()
    give(other.id, "browsing_history", True, "en")
    look(agreed, ONE)
    look(other, ONE)
    (mine,), (theirs,) = (
        from_owner("SELECT product, product_index FROM personalise_view WHERE person_id = %s", [it.id])
        for it in (agreed, other)
    )
    for hidden in (str(ONE).encode(), ONE.bytes):
        assert hidden not in bytes(mine[0]) + bytes(mine[1])
    assert bytes(mine[0]) != bytes(theirs[0])
    assert bytes(mine[1]) != bytes(theirs[1])  # nobody can see that two looked at the same


def test_one_and_all_can_be_forgotten_and_only_ones_own(agreed):
    other = make_person()
    give(other.id, "browsing_history", True, "en")
    look(agreed, ONE, TWO)
    look(other, ONE)
    mine = views_of(person_id=agreed.id)[0].id
    for whose, view_id in ((other, mine), (agreed, uuid4())):
        with pytest.raises(NotFound):
            forget_view(person_id=whose.id, view_id=view_id)
    forget_view(person_id=agreed.id, view_id=mine)
    assert seen(agreed) == [ONE]
    assert clear_views(person_id=agreed.id) == 1
    assert (seen(agreed), seen(other)) == ([], [ONE])
    assert clear_views(person_id=make_person().id) == 0


def test_a_withdrawal_deletes_them_and_stops_keeping_at_once(agreed):
    look(agreed, ONE)
    give(agreed.id, "browsing_history", False, "zh-hans")
    assert rows(agreed) == 0
    look(agreed, TWO)
    assert (rows(agreed), seen(agreed)) == (0, [])
    give(agreed.id, "browsing_history", True, "zh-hans")
    assert seen(agreed) == []  # nothing comes back


def test_each_flip_counts_for_the_very_next_look(agreed):
    for turn in range(6):
        granted = turn % 2 == 0
        give(agreed.id, "browsing_history", granted, "zh-hans")
        look(agreed, ONE)
        assert seen(agreed) == ([ONE] if granted else [])


def test_without_agreement_the_database_itself_refuses(person):
    with pytest.raises(ProgrammingError, match="row-level security"):
        remember_view(person_id=person.id, product_id=ONE)


def test_rows_left_without_agreement_are_not_read(agreed):
    look(agreed, ONE)
    from_owner("UPDATE privacy_standing SET consents = 0 WHERE person_id = %s", [agreed.id])
    assert seen(agreed) == []
    with processing(Purpose.BROWSING_HISTORY, subject=agreed.id):
        assert View.objects.count() == 0


@pytest.mark.parametrize("purpose", [Purpose.SEARCH_HISTORY, Purpose.PERSONALISATION, Purpose.SHOPPING])
def test_another_purpose_cannot_read_them(agreed, purpose):
    look(agreed, ONE)
    with pytest.raises(ProgrammingError, match="permission denied"), processing(purpose, subject=agreed.id):
        View.objects.count()


def test_while_an_account_is_being_cancelled_nothing_is_kept_and_nothing_breaks(agreed):
    look(agreed, ONE)
    from_owner("UPDATE privacy_standing SET state = 'cooling_off' WHERE person_id = %s", [agreed.id])
    look(agreed, TWO)
    assert (rows(agreed), seen(agreed)) == (1, [])


def test_what_is_past_its_time_is_cleared_and_nothing_else(agreed):
    look(agreed, ONE, TWO)
    oldest = min(views_of(person_id=agreed.id), key=lambda it: it.at).id
    from_owner("UPDATE personalise_view SET at = now() - interval '91 days' WHERE id = %s", [oldest])
    with zone("worker"):
        assert retention.clear()["personalise_view"] >= 1
    assert seen(agreed) == [TWO]


def test_it_says_how_many_days_are_left():
    def left(ago: timedelta) -> int:
        return Viewed(uuid4(), ONE, now() - ago).days_left

    assert left(timedelta(minutes=1)) == KEPT_DAYS - 1
    assert left(timedelta(days=KEPT_DAYS - 1, minutes=-1)) == 1
    assert left(timedelta(days=KEPT_DAYS + 5)) == 0


def test_it_is_a_matter_of_its_own_on_the_consent_page():
    matter = next(it for it in matters() if it.name == "browsing_history")
    assert [it.zh for it in matter.items] == ["看过的商品", "时间"]
    assert matter.retention == (REGISTER.retention["browsing"],)
    assert [it.name for it in resting_on("browsing_history")] == ["personalise_view"]
