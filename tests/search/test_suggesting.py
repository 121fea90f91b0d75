"""Ways to go on typing: one's own first, then what many search for, then the goods; and what is on the rise."""

import time

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.queries import watch
from mingpu.privacy.consent import give
from mingpu.search.models import QueryCount
from mingpu.search.popular import FEWEST_TRENDING, TRENDING, Counted, Popular
from mingpu.search.queries import MAX_SUGGESTIONS, OWN_FIRST, history_of, suggested, trending
from mingpu.search.services import bar_word, forget_one, free_word, note_search
from tests.factories import make_person
from tests.people import from_owner
from tests.search.counts import counted, new, nothing_counted, read_anew
from tests.support import zone


@pytest.fixture(autouse=True)
def _nothing_yet():
    nothing_counted()


@pytest.fixture
def person():
    it = make_person()
    give(it.id, "search_history", True, "zh-hans")
    return it


def texts(prefix, kind=None, **more):
    return [it.text for it in suggested(prefix, **more) if kind in {None, it.kind}]


# ---- what many search for ----


@pytest.mark.parametrize("typed", ["琉璃", "琉", "liuli", "liu li", "ll", "LLDP", "琉璃灯", "  琉璃"])
def test_what_many_search_for_is_found_by_characters_pinyin_and_initials(typed):
    counted({"琉璃灯盘": 40, "琉璃灯盘架": 20})
    assert texts(typed, "popular") == ["琉璃灯盘", "琉璃灯盘架"]


def test_what_more_search_for_comes_first_and_days_add_up():
    counted({"绒毛垫": 30, "绒毛毯": 20}, ago=9)
    counted({"绒毛毯": 25}, ago=2)
    assert texts("绒毛", "popular") == ["绒毛毯", "绒毛垫"]


def test_what_is_typed_is_not_offered_again():
    counted({"松木架": 30, "松木架子": 20})
    assert texts("松木架", "popular") == ["松木架子"]


def test_what_the_operator_barred_is_suggested_to_nobody_from_the_next_second_on():
    words = [new("禁词") for _ in range(4)]
    counted(dict.fromkeys(words, 50))
    assert len(texts("禁词", "popular")) == 4
    assert len(trending()) == 4
    with zone("worker"):
        bar_word(word=words[0], kind="offensive")
    watch.look_again()
    assert words[0] not in texts("禁词")
    assert words[0] not in trending()
    with zone("worker"):
        free_word(word=words[0])
    watch.look_again()
    assert words[0] in texts("禁词")


def test_a_new_day_is_seen_within_a_minute_without_reading_everything_each_time():
    counted({"竹篮子": 30}, ago=2)
    assert texts("竹篮", "popular") == ["竹篮子"]
    with CaptureQueriesContext(connection) as done:
        suggested("竹篮")
        suggested("竹")
    assert len(done) == 0
    counted({"竹篮子盖": 30}, ago=1)
    assert texts("竹篮", "popular") == ["竹篮子", "竹篮子盖"]


# ---- one's own ----


def test_ones_own_come_first_and_can_be_forgotten_from_there(person):
    counted({"陶笛入门": 90})
    for words in ("陶笛教程", "毛巾", "陶笛"):
        note_search(person_id=person.id, keywords=words)
    found = suggested("陶笛", person_id=person.id)
    assert [(it.text, it.kind) for it in found[:2]] == [("陶笛教程", "history"), ("陶笛入门", "popular")]
    assert texts("taodi", "history", person_id=person.id) == ["陶笛", "陶笛教程"]
    assert texts("td", "history", person_id=person.id) == ["陶笛", "陶笛教程"]
    forget_one(person_id=person.id, search_id=found[0].id)
    assert texts("陶笛", "history", person_id=person.id) == []
    assert [it.text for it in history_of(person_id=person.id)] == ["陶笛", "毛巾"]


def test_before_anything_is_typed_ones_own_and_what_is_on_the_rise(person):
    rising = [new("潮流") for _ in range(4)]
    counted(dict.fromkeys(rising, 30))
    note_search(person_id=person.id, keywords="毛巾架")
    found = suggested("  ", person_id=person.id)
    assert (found[0].text, found[0].kind) == ("毛巾架", "history")
    assert {it.text for it in found[1:]} == set(rising)
    assert {it.kind for it in suggested("")} == {"popular"}


def test_the_same_stands_once_as_ones_own(person):
    counted({"银手镯盒": 90})
    note_search(person_id=person.id, keywords="銀手镯盒")
    found = suggested("银手镯", person_id=person.id)
    assert [(it.text, it.kind) for it in found] == [("銀手镯盒", "history")]


def test_no_more_than_asked_for_and_few_of_ones_own(person):
    counted({f"石榴{n}号汁": 30 + n for n in range(9)})
    for number in range(6):
        note_search(person_id=person.id, keywords=f"石榴{number}斤")
    found = suggested("石榴", person_id=person.id)
    assert len(found) <= MAX_SUGGESTIONS
    assert sum(it.kind == "history" for it in found) == OWN_FIRST
    assert len(suggested("石榴", person_id=person.id, limit=2)) == 2


def test_without_agreement_a_person_sees_what_a_stranger_sees_and_nothing_is_looked_up(person):
    counted({"铜火锅炉": 30})
    note_search(person_id=person.id, keywords="铜火锅")
    give(person.id, "search_history", False, "zh-hans")
    before = from_owner("SELECT count(*) FROM privacy_accesslog WHERE subject = %s", [person.id])
    assert suggested("铜火", person_id=person.id) == suggested("铜火")
    assert suggested("", person_id=person.id) == suggested("")
    assert from_owner("SELECT count(*) FROM privacy_accesslog WHERE subject = %s", [person.id]) == before


def test_somebody_who_is_leaving_sees_what_a_stranger_sees(person):
    note_search(person_id=person.id, keywords="铁壶")
    from_owner("UPDATE privacy_standing SET state = 'cooling_off' WHERE person_id = %s", [person.id])
    assert suggested("铁", person_id=person.id) == suggested("铁")


def test_another_persons_searches_are_never_suggested(person):
    words = new("私房")
    note_search(person_id=person.id, keywords=words)
    other = make_person()
    give(other.id, "search_history", True, "en")
    assert words not in texts("私房", person_id=other.id)
    assert words not in texts("私房")


# ---- what is on the rise ----


def test_what_rises_stands_before_what_is_always_large():
    steady, rising, small = new("日用"), new("新鲜"), new("小众")
    for ago in range(4, 32):
        counted({steady: 100}, ago=ago)
    for ago in range(1, 4):
        counted({steady: 100, rising: 60, small: 10}, ago=ago)
    assert trending() == (rising, steady, small)


def test_too_little_shows_nothing():
    counted({new("少"): 30 for _ in range(FEWEST_TRENDING - 1)})
    assert trending() == ()
    counted({new("少"): 30})
    assert len(trending()) == FEWEST_TRENDING


def test_what_rose_long_ago_is_no_news():
    counted({new("旧"): 30 for _ in range(5)}, ago=20)
    assert trending() == ()
    assert texts("旧", "popular")  # though still worth suggesting


def test_nothing_counted_is_nothing_shown():
    assert trending() == ()
    assert suggested("") == []
    assert texts("什么", "popular") == []


# ---- the list itself ----


def line(query, recent=10, before=0):
    return Counted(query, "", "", recent, before)


def test_only_so_many_rise():
    assert len(Popular([line(f"词{n}", n + 1) for n in range(40)]).trending) == TRENDING


def test_what_nobody_searched_for_lately_does_not_rise():
    assert Popular([line(f"词{n}", 0, 900) for n in range(10)]).trending == ()


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=6), st.integers(0, 99)), max_size=30), st.text(max_size=4)
)
def test_every_way_on_is_one_that_was_counted_and_begins_so(rows, typed):
    it = Popular([line(query, people) for query, people in rows])
    found = it.complete(typed, 5)
    assert len(found) <= 5
    assert set(found) <= {query for query, _ in rows}
    assert list(dict.fromkeys(found)) == found


def test_ten_thousand_counted_searches_answer_at_once():
    it = Popular([Counted(f"词{n}", f"ci{n}", f"c{n}", n, 0) for n in range(10_000)])
    begun = time.perf_counter()
    for typed in ("词", "c", "ci9", "词99", "zzz"):
        it.complete(typed, 8)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("login", ["storefront", "desk"])
def test_who_serves_reads_the_counts_and_cannot_change_them(login):
    words = new("看得见")
    counted({words: 30})
    with zone(login):
        read_anew()
        assert texts("看得见", "popular") == [words]
        with pytest.raises(ProgrammingError, match="permission denied"):
            QueryCount.objects.all().delete()
