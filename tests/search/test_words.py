"""The operator's words: taught, changed, carried in files, and known to every process within a second."""

import json
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.queries import watch
from mingpu.lib.errors import Invalid, NotFound
from mingpu.search.errors import SynonymTaken
from mingpu.search.models import Synonym
from mingpu.search.queries import barred_words, lexicon, synonym_groups, word_lines
from mingpu.search.services import (
    bar_word,
    drop_synonyms,
    ensure_own_words,
    free_word,
    put_synonyms,
    take_words,
)
from mingpu.search.words import (
    KINDS,
    LONGEST,
    MOST,
    OFFENSIVE,
    OWN_OFFENSIVE,
    SAME,
    STOP,
    Line,
    clean,
    clean_group,
    group_key,
    read_lines,
    word_key,
    write_lines,
)
from tests.support import zone


def new(word="词"):
    """A word nobody taught before."""
    return f"{word}{uuid4().hex[:12]}"


@pytest.fixture(autouse=True)
def _worker():
    with zone("worker"):
        yield


def known():
    """What a process knows once a second has gone by."""
    watch.look_again()
    return lexicon()


# ---- synonyms ----


def test_a_group_is_taught_changed_and_taken_back():
    one, two, three = new("土豆"), new("马铃薯"), new("洋芋")
    group = put_synonyms(words=[one, two])
    assert (one, two) in known().synonyms
    assert put_synonyms(words=[two, three], group_id=group) == group
    assert (two, three) in known().synonyms
    assert (one, two) not in known().synonyms
    assert (group, (two, three)) in synonym_groups(words=two).items
    drop_synonyms(group_id=group)
    assert (two, three) not in known().synonyms
    with pytest.raises(NotFound):
        drop_synonyms(group_id=group)
    with pytest.raises(NotFound):
        put_synonyms(words=[one, two], group_id=uuid4())


def test_the_same_group_again_in_any_order_and_spelling_stands_once():
    one, two = new("tv"), new("電視")
    group = put_synonyms(words=[one, two])
    assert put_synonyms(words=[two.replace("電視", "电视"), one.upper()]) == group
    assert [key for key, _ in synonym_groups(words=one).items] == [group]


def test_groups_come_in_pages_and_are_found_by_any_of_their_words():
    mark = new("页")
    made = [put_synonyms(words=[f"{mark}{n}", new()]) for n in range(5)]
    first, last = (synonym_groups(words=mark.upper(), page=page, page_size=3) for page in (1, 3))
    assert (first.total, len(first.items), last.items) == (5, 3, ())
    assert {key for key, _ in synonym_groups(words=mark).items} == set(made)
    assert synonym_groups(words=new()).total == 0


def test_a_word_stands_in_one_group_alone():
    one, two, three = new(), new(), new()
    put_synonyms(words=[one, two])
    with pytest.raises(SynonymTaken) as refused:
        put_synonyms(words=[f" {two.upper()} ", three])
    assert two in refused.value.message
    other = put_synonyms(words=[three, new()])
    with pytest.raises(SynonymTaken):
        put_synonyms(words=[three, one], group_id=other)


def test_two_groups_of_the_same_words_are_refused_by_the_database_too():
    key = group_key([new(), new()])
    Synonym.objects.create(words=["a", "b"], key=key)
    with pytest.raises(IntegrityError):
        Synonym.objects.create(words=["b", "a"], key=key)


@pytest.mark.parametrize(
    "words", [[], ["一个"], ["同样", " 同样 "], ["好", "…"], ["好", "长" * (LONGEST + 1)], [f"词{n}" for n in range(MOST + 1)]]
)  # fmt: skip
def test_what_is_no_group_is_refused(words):
    with pytest.raises(Invalid):
        put_synonyms(words=words)


# ---- stop and offensive words ----


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_word_is_barred_and_freed(kind):
    word = new()
    bar_word(word=word, kind=kind)
    assert word in getattr(known(), kind)
    assert word in barred_words(kind)
    free_word(word=f" {word.upper()}")
    assert word not in getattr(known(), kind)
    with pytest.raises(NotFound):
        free_word(word=word)


def test_a_word_is_one_of_the_two():
    word = new("包邮")
    bar_word(word=word, kind=STOP)
    bar_word(word=word.upper(), kind=OFFENSIVE)
    assert word not in known().stop
    assert word.upper() in known().offensive


@pytest.mark.parametrize("word", ["", "  ", "！？", "\x00\x07", "长" * (LONGEST + 1)])
def test_what_is_no_word_is_refused(word):
    with pytest.raises(Invalid):
        bar_word(word=word, kind=STOP)


def test_a_mall_begins_with_words_of_its_own_and_only_once():
    for kind in KINDS:
        for word in barred_words(kind):
            free_word(word=word)
    for group_id in Synonym.objects.values_list("id", flat=True):
        drop_synonyms(group_id=group_id)
    ensure_own_words()
    assert ("手机壳", "手机套", "保护壳", "保护套") in known().synonyms
    assert set(OWN_OFFENSIVE) <= known().offensive
    assert "包邮" in known().stop
    free_word(word="包邮")
    ensure_own_words()
    assert "包邮" not in known().stop


# ---- who knows them ----


def test_words_are_kept_in_the_process_and_read_anew_after_a_change_alone():
    known()
    with zone("storefront"), CaptureQueriesContext(connection) as done:
        lexicon()
        lexicon()
    assert len(done) == 0
    bar_word(word=new(), kind=STOP)
    watch.look_again()
    watch.number()
    with CaptureQueriesContext(connection) as done:
        lexicon()
        lexicon()
    assert len(done) == 1


def test_the_desk_may_teach_and_the_shop_may_not():
    word = new()
    with zone("desk"):
        bar_word(word=word, kind=OFFENSIVE)
        put_synonyms(words=[new(), new()])
    with zone("storefront"):
        assert word in known().offensive
        for verb in (lambda: bar_word(word=new(), kind=STOP), lambda: free_word(word=word)):
            with pytest.raises(ProgrammingError, match="permission denied"):
                verb()


# ---- files ----


def test_a_file_of_words_is_taken_and_written_as_it_was():
    lines = [Line(SAME, (new(), new())), Line(STOP, (new(),)), Line(OFFENSIVE, (new(),))]
    text = "\n".join(write_lines(lines))
    assert list(read_lines(text)) == lines
    assert take_words(read_lines(text)) == 3
    assert take_words(read_lines(text)) == 3  # twice is as good as once
    kept = list(word_lines())
    assert [kept.count(it) for it in lines] == [1, 1, 1]


def test_a_file_is_taken_whole_or_not_at_all():
    taken, word = new(), new()
    put_synonyms(words=[taken, new()])
    with pytest.raises(SynonymTaken):
        take_words([Line(STOP, (word,)), Line(SAME, (taken, new()))])
    assert word not in known().stop


@pytest.mark.parametrize(
    "line",
    [
        "包邮", "[]", "{}", '{"kind": "stop"}', '{"kind": "stop", "word": ""}', '{"kind": "stop", "word": 3}',
        '{"kind": "other", "word": "a"}', '{"kind": "same", "words": ["a"]}', '{"kind": "same", "words": "ab"}',
        '{"kind": "stop", "word": "a", "more": 1}', '{"kind": ["stop"], "word": "a"}', "[" * 5000,
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named_and_the_others_go_on(line):
    found = list(read_lines(f'\n{line}\n{{"kind": "stop", "word": "包邮"}}'))
    assert isinstance(found[0], Invalid)
    assert "2" in found[0].message
    assert found[1:] == [Line(STOP, ("包邮",))]


# ---- how words are compared ----


@given(st.text(max_size=60))
def test_any_text_is_a_word_or_refused_and_its_key_stands_still(text):
    key = word_key(text)
    assert word_key(key) == key
    try:
        kept = clean(text)
    except Invalid:
        return
    assert 0 < len(kept) <= LONGEST
    assert kept.isprintable()
    assert clean(kept) == kept
    assert word_key(kept) == key


@given(st.lists(st.text(max_size=12), max_size=6))
def test_a_group_is_the_same_in_any_order(words):
    assert group_key(words) == group_key(reversed(words))
    try:
        kept = clean_group(words)
    except Invalid:
        return
    assert len({word_key(word) for word in kept}) == len(kept) >= 2
    assert json.loads(next(write_lines([Line(SAME, tuple(kept))])))["words"] == kept
