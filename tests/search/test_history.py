"""A person's searches: kept only while they agree, sealed, and gone when they say so."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection

from mingpu.lib.errors import NotFound
from mingpu.privacy.consent import give
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.standing import agrees
from mingpu.search.models import Search
from mingpu.search.queries import KEPT, history_of
from mingpu.search.services import clear_history, forget_one, note_search, remember
from tests.factories import Buyer, make_person
from tests.people import from_owner


@pytest.fixture
def person() -> Buyer:
    return make_person()


@pytest.fixture
def agreed(person: Buyer) -> Buyer:
    give(person.id, "search_history", True, "zh-hans")
    return person


def texts(it: Buyer) -> list[str]:
    return [past.text for past in history_of(person_id=it.id)]


def uses(it: Buyer) -> list[str]:
    """The purposes that were entered for a person so far."""
    return [
        row[0]
        for row in from_owner("SELECT purpose FROM privacy_accesslog WHERE subject = %s ORDER BY id", [it.id])
    ]


def rows(it: Buyer) -> int:
    return len(from_owner("SELECT 1 FROM search_search WHERE person_id = %s", [it.id]))


def test_without_agreement_nothing_is_kept_and_the_purpose_is_not_even_entered(person):
    note_search(person_id=person.id, keywords="降噪耳机")
    assert rows(person) == 0
    assert "search_history" not in uses(person)


def test_with_agreement_searches_are_kept_newest_first(agreed):
    for words in ("耳机", "音箱"):
        note_search(person_id=agreed.id, keywords=words)
    assert texts(agreed) == ["音箱", "耳机"]
    assert "search_history" in uses(agreed)


def test_the_same_search_moves_up_instead_of_standing_twice(agreed):
    for words in ("耳机", "音箱", "耳机"):
        note_search(person_id=agreed.id, keywords=words)
    assert texts(agreed) == ["耳机", "音箱"]


@pytest.mark.parametrize("again", ["iPhone 壳", "IPHONE  壳", "ｉｐｈｏｎｅ 殼", "  iphone 壳 "])
def test_a_search_spelt_otherwise_is_the_same(agreed, again):
    note_search(person_id=agreed.id, keywords="iphone 壳")
    note_search(person_id=agreed.id, keywords=again)
    assert texts(agreed) == ["iphone 壳"]


@pytest.mark.parametrize("blank", ["", "   ", "\t"])
def test_a_blank_search_is_not_kept(agreed, blank):
    note_search(person_id=agreed.id, keywords=blank)
    assert rows(agreed) == 0


def test_no_more_are_kept_than_are_shown(agreed):
    for place in range(KEPT + 5):
        note_search(person_id=agreed.id, keywords=f"第 {place} 个")
    assert len(texts(agreed)) == rows(agreed) == KEPT
    assert texts(agreed)[0] == f"第 {KEPT + 4} 个"


def test_a_very_long_search_is_cut(agreed):
    note_search(person_id=agreed.id, keywords="长" * 1000)
    assert [len(it) for it in texts(agreed)] == [200]


def test_what_was_searched_lies_sealed_and_its_index_says_nothing(agreed):
    other = make_person()
    give(other.id, "search_history", True, "en")
    for it in (agreed, other):
        note_search(person_id=it.id, keywords="隐形眼镜")
    (mine,), (theirs,) = (
        from_owner("SELECT keywords, keywords_index FROM search_search WHERE person_id = %s", [it.id])
        for it in (agreed, other)
    )
    assert "隐形眼镜".encode() not in bytes(mine[0])
    assert bytes(mine[0]) != bytes(theirs[0])
    assert bytes(mine[1]) != bytes(theirs[1])  # nobody can see that two searched for the same


def test_one_can_be_forgotten(agreed):
    for words in ("耳机", "音箱"):
        note_search(person_id=agreed.id, keywords=words)
    forget_one(person_id=agreed.id, search_id=history_of(person_id=agreed.id)[0].id)
    assert texts(agreed) == ["耳机"]


def test_another_persons_search_is_as_one_that_is_not_there(agreed):
    note_search(person_id=agreed.id, keywords="耳机")
    mine = history_of(person_id=agreed.id)[0].id
    for search_id in (mine, uuid4()):
        with pytest.raises(NotFound):
            forget_one(person_id=make_person().id, search_id=search_id)
    assert texts(agreed) == ["耳机"]


def test_all_can_be_forgotten_and_only_ones_own(agreed):
    other = make_person()
    give(other.id, "search_history", True, "en")
    for it in (agreed, other):
        note_search(person_id=it.id, keywords="耳机")
    assert clear_history(person_id=agreed.id) == 1
    assert (texts(agreed), texts(other)) == ([], ["耳机"])


def test_a_withdrawal_deletes_them_and_stops_keeping_at_once(agreed):
    note_search(person_id=agreed.id, keywords="耳机")
    give(agreed.id, "search_history", False, "zh-hans")
    assert rows(agreed) == 0
    note_search(person_id=agreed.id, keywords="音箱")
    assert rows(agreed) == 0
    assert texts(agreed) == []


def test_clearing_works_without_agreement_too(person):
    assert clear_history(person_id=person.id) == 0


def test_without_agreement_the_database_itself_refuses(person):
    with pytest.raises(ProgrammingError, match="row-level security"):
        remember(person_id=person.id, keywords="耳机")


def test_another_purpose_cannot_read_them(agreed):
    note_search(person_id=agreed.id, keywords="耳机")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        processing(Purpose.SHOPPING, subject=agreed.id),
    ):
        Search.objects.count()


def test_while_an_account_is_being_cancelled_nothing_is_kept_and_nothing_breaks(agreed):
    from_owner("UPDATE privacy_standing SET state = 'cooling_off' WHERE person_id = %s", [agreed.id])
    note_search(person_id=agreed.id, keywords="耳机")
    assert rows(agreed) == 0


# ---- asking whether somebody agrees ----


def test_asking_leaves_no_trace(person):
    before = uses(person)
    assert not agrees(person.id, "search_history")
    give(person.id, "search_history", True, "en")
    assert agrees(person.id, "search_history")
    assert not agrees(person.id, "personalisation")
    assert not agrees(uuid4(), "search_history")
    assert uses(person)[len(before) :] == ["rights"]  # the giving, not the asking
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.subject', true)")
        assert not cursor.fetchone()[0]


def test_a_name_that_cannot_be_agreed_to_is_a_mistake(person):
    with pytest.raises(KeyError):
        agrees(person.id, "ordering")
