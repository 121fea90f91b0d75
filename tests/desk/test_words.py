"""The operator's words at the desk, and as files."""

import json

import pytest

from mingpu.catalog.queries import watch
from mingpu.search.queries import barred_words, lexicon, synonym_groups
from mingpu.search.words import OWN_STOP
from tests.desk.shops import at_desk
from tests.ops.test_commands import mingpu
from tests.search.counts import counted, new, nothing_counted
from tests.support import zone


def page(desk, **query):
    answer = desk.get("/words", query)
    assert answer.status_code == 200
    return answer.content.decode()


def known():
    """What a process of the shop knows once a second has gone by."""
    with zone("storefront"):
        watch.look_again()
        return lexicon()


@pytest.mark.parametrize("between", ["、", ", ", "，", "\r\n", "; "])
def test_a_group_is_added_changed_and_taken_back(desk, between):
    at_desk(desk)
    one, two, three = new("土豆"), new("马铃薯"), new("洋芋")
    answer = desk.post("/words/groups", {"words": between.join((one, two))})
    assert answer["Location"] == "/words?done=words"
    assert (one, two) in known().synonyms
    assert f"{one}、{two}" in page(desk, q=two, done="words")
    assert "一秒内生效" in page(desk, done="words")
    group = synonym_groups(words=one).items[0][0]
    answer = desk.post(f"/words/groups/{group}", {"words": f"{one}、{three}", "q": one})
    assert answer["Location"].startswith("/words?q=")
    assert (one, three) in known().synonyms
    assert desk.post(f"/words/groups/{group}").status_code == 303
    assert one not in str(known().synonyms)
    assert desk.post(f"/words/groups/{group}").status_code == 404


def test_what_is_wrong_is_said_beside_what_was_typed(desk):
    at_desk(desk)
    lonely = new("孤单")
    answer = desk.post("/words/groups", {"words": lonely})
    assert answer.status_code == 422
    assert f'value="{lonely}"' in answer.content.decode()
    taken = new("已有")
    desk.post("/words/groups", {"words": f"{taken}、{new()}"})
    answer = desk.post("/words/groups", {"words": f"{taken}、{new()}"})
    assert answer.status_code == 409
    assert taken in answer.content.decode()


@pytest.mark.parametrize("kind", ["stop", "offensive"])
def test_a_word_is_barred_and_freed(desk, kind):
    at_desk(desk)
    word = new("<b>词")
    assert desk.post("/words/bar", {"word": word, "kind": kind}).status_code == 303
    assert word in getattr(known(), kind)
    assert "<b>" not in page(desk)
    assert desk.post("/words/free", {"word": word}).status_code == 303
    assert word not in getattr(known(), kind)
    assert desk.post("/words/free", {"word": word}).status_code == 404
    for bad in ({"word": "…", "kind": kind}, {"word": word, "kind": "same"}, {}):
        assert desk.post("/words/bar", bad).status_code == 422


def test_what_rises_can_be_barred_with_one_press(desk):
    at_desk(desk)
    with zone("storefront"):
        nothing_counted()
        rising = [new("热") for _ in range(4)]
        counted(dict.fromkeys(rising, 40))
    assert all(word in page(desk) for word in rising)
    desk.post("/words/bar", {"word": rising[0], "kind": "offensive"})
    watch.look_again()
    shown = page(desk)
    assert shown.count(rising[0]) == 2  # among the barred ones: on its button, and as what the button sends
    assert all(word in shown for word in rising[1:])


# ---- files ----


def test_words_are_written_and_taken_in_again(tmp_path):
    one, two, stop = new(), new(), new()
    lines = [{"kind": "same", "words": [one, two]}, {"kind": "stop", "word": stop}]
    file, out = tmp_path / "words.jsonl", tmp_path / "out.jsonl"
    file.write_text("\n".join(json.dumps(it) for it in lines))
    for _ in range(2):
        status, said = mingpu("words", "import", file)
        assert (status, "2" in said) == (0, True), said
    assert mingpu("words", "export", out)[0] == 0
    written = [json.loads(line) for line in out.read_text().splitlines()]
    assert [written.count(it) for it in lines] == [1, 1]
    assert stop in mingpu("words", "export", "-")[1]
    assert mingpu("words", "import", out)[0] == 0


def test_a_file_with_a_mistake_is_refused_whole_and_says_where(tmp_path):
    word, file = new(), tmp_path / "words.jsonl"
    file.write_text(f'{{"kind": "stop", "word": "{word}"}}\nnonsense\n')
    status, said = mingpu("words", "import", file)
    assert status == 1
    assert "2" in said
    assert word not in barred_words("stop")
    assert mingpu("words", "import", tmp_path / "nowhere.jsonl")[0] == 1
    assert mingpu("words", "export", tmp_path / "no" / "such" / "folder")[0] == 1


def test_the_malls_own_words_can_be_taken_in_at_any_time():
    status, said = mingpu("words", "import", "own")
    assert status == 0, said
    assert set(OWN_STOP) <= set(barred_words("stop"))
