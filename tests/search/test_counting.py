"""Counts of searches that lead to nobody: rare ones leave nothing, one network is one, the day's key is destroyed."""

import os
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.queries import watch
from mingpu.lib.clock import now
from mingpu.ops.postgres import cluster
from mingpu.privacy import keys
from mingpu.search import services
from mingpu.search.counting import (
    KEY_KIND,
    LENGTHS,
    MOST_TIMES,
    Batch,
    block_of,
    countable,
    day_of,
    key_name,
    marked,
    offends,
    opened,
    spoken,
)
from mingpu.search.models import QueryCount, Sketch
from mingpu.search.services import bar_word, close_days, count_search, free_word, write_marks
from tests.people import from_owner
from tests.search.counts import new
from tests.support import zone

K = settings.COUNTED_FROM
TODAY = day_of(now())


@pytest.fixture(autouse=True)
def days(monkeypatch):
    """Marks are written when a test says so; a day can be made to pass."""
    monkeypatch.setattr(sys.modules[__name__], "TODAY", day_of(now()))  # that of the test, not of its import
    monkeypatch.setattr(services, "WRITE_AFTER", 3600.0)
    services._batch.take()
    services._day_key.cache_clear()
    from_owner("DELETE FROM search_sketch", [])

    def pass_by(count: int = 1) -> int:
        monkeypatch.setattr(services, "day_of", lambda moment: day_of(moment) + timedelta(days=count))
        with zone("worker"):
            return close_days()

    yield pass_by
    for timer in timers():
        timer.cancel()
    for back in range(3):
        keys.erase(key_name(TODAY + timedelta(days=back)), (KEY_KIND,))


def searched(words, networks, times=1):
    """Search from so many networks, so often each."""
    for number in range(networks):
        for turn in range(times):
            count_search(words=words, address=f"203.{number // 200}.{number % 200}.{turn % 250}")


def timers():
    return [it for it in threading.enumerate() if isinstance(it, threading.Timer)]


def counts(words=""):
    return {it.query: (it.people, it.searches) for it in QueryCount.objects.filter(query__contains=words)}


# ---- what surfaces ----


def test_what_enough_networks_searched_for_is_counted_when_the_day_is_over(days):
    words = new("保温杯")
    searched(words, K)
    assert write_marks() == K
    assert counts(words) == {}  # nothing before the day is over
    assert days() >= 1
    assert counts(words) == {words: (K, K)}
    it = QueryCount.objects.get(query=words)
    assert it.day == TODAY
    assert it.sound.startswith("baowenbei")
    assert it.initials.startswith("bwb")
    assert days() == 0  # twice changes nothing
    assert counts(words) == {words: (K, K)}


def test_a_rare_search_leaves_nothing(days):
    words = new("罕见")
    searched(words, K - 1, times=50)
    write_marks()
    days()
    assert counts(words) == {}
    assert from_owner("SELECT count(*) FROM search_sketch", []) == [(0,)]


def test_one_network_a_thousand_times_is_one(days):
    words = new("刷屏")
    for turn in range(1000):
        count_search(words=words, address=f"198.51.100.{turn % 256}")
    assert write_marks() == 1
    days()
    assert counts(words) == {}


def test_one_network_cannot_make_a_search_look_large(days):
    words = new("雨伞")
    searched(words, K)
    for _ in range(200):
        count_search(words=words, address="203.0.0.7")
        write_marks()
    days()
    assert counts(words) == {words: (K, K - 1 + MOST_TIMES)}


def test_the_many_spellings_of_a_search_are_one(days):
    words = new("usb線")
    spellings = [words, words.upper(), f"  {words} ", words.replace("線", "线")]
    for number in range(K):
        count_search(words=spellings[number % 4], address=f"203.0.{number}.1")
    write_marks()
    days()
    assert counts(countable(words)) == {countable(words): (K, K)}


def test_days_are_counted_apart(days):
    words = new("围巾")
    searched(words, K - 1)
    write_marks()
    from_owner("UPDATE search_sketch SET day = day - 1", [])  # sealed under another day's key all the same
    searched(words, K - 1)
    write_marks()
    days()
    assert counts(words) == {}


def test_offensive_words_are_never_counted_whenever_they_were_barred(days):
    before, since, harmless = new("脏话"), new("骂人"), new("好话")
    with zone("worker"):
        bar_word(word=before, kind="offensive")
        for words in (f"{before} 周边", since, harmless):
            searched(words, K)
        write_marks_of_the_shop()
        bar_word(word=since, kind="offensive")
        watch.look_again()
        try:
            assert days() == 1
        finally:
            free_word(word=since)
            free_word(word=before)
    assert counts(before) == counts(since) == {}
    assert counts(harmless) == {harmless: (K, K)}


def write_marks_of_the_shop():
    with zone("storefront"):
        write_marks()


# ---- what is left ----


def test_afterwards_no_copy_of_the_database_can_be_read_or_joined(days):
    rare, common = new("独一无二"), new("人人都要")
    searched(rare, K - 1)
    searched(common, K)
    write_marks()
    marks = from_owner("SELECT query_mark, query FROM search_sketch", [])
    key = keys.fetch(key_name(TODAY), KEY_KIND)
    assert sum(opened(key, TODAY, bytes(sealed)) == rare for _, sealed in marks) == K - 1
    days()
    assert keys.fetch(key_name(TODAY), KEY_KIND) is None
    from_owner("CHECKPOINT", [])
    assert not found_on_disk(rare.encode(), key)
    assert found_on_disk(common.encode())  # the look itself works


LOOK = """
import sys
from pathlib import Path
wanted = [bytes.fromhex(it) for it in sys.argv[2:]]
for path in Path(sys.argv[1]).rglob("*"):
    if path.is_file() and any(it in path.read_bytes() for it in wanted):
        print(path)
"""


def found_on_disk(*wanted: bytes) -> list[str]:
    """Every file of the mall, the database's own and its log included, that holds one of these."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("the database is on another machine")
    assert (cluster().data / "PG_VERSION").is_relative_to(settings.HOME)
    # A process of its own: closing a file of the key store here would drop this process's locks on it.
    call = [sys.executable, "-c", LOOK, str(settings.HOME), *(it.hex() for it in wanted)]
    return subprocess.run(call, check=True, capture_output=True, text=True).stdout.splitlines()


def test_while_the_day_lasts_a_row_shows_neither_words_nor_network(days):
    words = new("私事")
    count_search(words=words, address="203.0.113.77")
    count_search(words=f"{words}二", address="203.0.113.77")
    write_marks()
    rows = from_owner("SELECT query_mark, network_mark, query::text, day FROM search_sketch", [])
    assert len({row[0] for row in rows}) == 2
    assert all(0 <= row[1] < 2**16 for row in rows)
    assert "203.0.113" not in str(rows)
    assert words not in str(rows)
    assert {row[3] for row in rows} == {TODAY}


def test_the_marks_of_one_network_have_nothing_in_common():
    key = b"k" * 32
    words = [f"搜索{n}" for n in range(200)]
    network = [marked(key, TODAY, it, "203.0.113.0/24").network_mark for it in words]
    assert len(set(network)) > 190  # by chance a few are alike
    other = [marked(b"o" * 32, TODAY, it, "203.0.113.0/24").network_mark for it in words]
    assert sum(a == b for a, b in zip(network, other, strict=True)) < 5


@pytest.mark.parametrize("table", ["search_sketch", "search_querycount"])
def test_no_column_holds_a_time_finer_than_a_day_or_a_name_of_anybody(table):
    columns = dict(
        from_owner(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]
        )
    )
    assert columns["day"] == "date"
    assert not any("time" in it or it in {"inet", "cidr"} for it in columns.values())
    assert not {"person_id", "address", "session", "visitor_id", "at"} & columns.keys()


def test_the_counts_of_a_day_are_written_at_once_so_that_their_order_says_nothing(days):
    early, late = new("早上"), new("晚上")
    for words in (early, late):
        searched(words, K)
        write_marks()
    days()
    written = from_owner(
        "SELECT DISTINCT xmin::text FROM search_querycount WHERE query = ANY(%s)", [[early, late]]
    )
    assert len(written) == 1


def test_the_table_is_out_of_the_databases_log():
    assert from_owner("SELECT relpersistence FROM pg_class WHERE relname = 'search_sketch'", []) == [("u",)]


def test_the_shop_can_add_marks_and_see_none(days):
    count_search(words="毛巾架", address="203.0.113.9")
    assert write_marks() == 1
    for ask in (Sketch.objects.count, Sketch.objects.all().delete, lambda: Sketch.objects.update(times=9)):
        with pytest.raises(ProgrammingError, match="permission denied"):
            ask()
    with zone("desk"), pytest.raises(ProgrammingError, match="permission denied"):
        Sketch.objects.count()


# ---- crashes and several processes ----


def test_a_process_that_dies_loses_its_counts_and_nothing_else(days):
    words = new("停电")
    searched(words, K)
    services._batch.take()  # it died
    days()
    assert counts(words) == {}


def test_a_day_stopped_between_its_rows_and_its_key_is_finished_the_next_time(days, monkeypatch):
    words = new("半路")
    searched(words, K)
    write_marks()
    with monkeypatch.context() as broken:
        broken.setattr(services.keys, "erase", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            days()
    assert keys.fetch(key_name(TODAY), KEY_KIND)
    days()
    assert keys.fetch(key_name(TODAY), KEY_KIND) is None
    assert counts(words) == {words: (K, K)}


def test_marks_that_come_after_their_day_was_counted_fall_away(days):
    words = new("迟到")
    searched(words, K)
    days()
    assert write_marks() == K
    days()
    assert counts(words) == {}
    assert from_owner("SELECT count(*) FROM search_sketch", []) == [(0,)]


def test_marks_under_a_key_that_is_not_the_days_fall_away_and_stop_nothing(days):
    lost, words = new("错钥"), new("对钥")
    searched(lost, K)
    write_marks()
    keys.erase(key_name(TODAY), (KEY_KIND,))
    services._day_key.cache_clear()
    searched(words, K)
    write_marks()
    assert days() == 1
    assert (counts(lost), counts(words)) == ({}, {words: (K, K)})


def test_several_processes_count_one_search_together(days):
    words = new("共同")
    for number in range(K):
        count_search(words=words, address=f"203.0.{number}.1")
        services._day_key.cache_clear()  # as another process would, which fetches the key for itself
        write_marks()
    days()
    assert counts(words) == {words: (K, K)}


def test_where_the_database_cannot_be_reached_counts_are_lost_and_nothing_breaks(days):
    count_search(words="雨靴", address="203.0.113.5")
    with zone("vault"):
        assert write_marks() == 0
    assert write_marks() == 0


def test_old_counts_are_cleared(days):
    with zone("worker"):
        QueryCount.objects.create(
            day=TODAY - timedelta(days=100), query=new(), sound="", initials="", people=K, searches=K
        )
    days()
    assert not QueryCount.objects.filter(day__lt=TODAY - services.COUNTS_KEPT).exists()


def test_marks_are_written_by_a_thread_of_their_own(days, monkeypatch):
    monkeypatch.setattr(services, "WRITE_AFTER", 0.05)
    count_search(words="毛线帽", address="203.0.113.4")
    for timer in timers():
        timer.join(60)
    assert len(services._batch) == 0
    assert from_owner("SELECT times FROM search_sketch", []) == [(1,)]


def test_counting_takes_no_statement(days):
    count_search(words="茶杯垫", address="203.0.113.1")
    with CaptureQueriesContext(connection) as done:
        for number in range(50):
            count_search(words=f"茶杯垫{number % 10}", address="203.0.113.1")
    assert len(done) == 0


# ---- what may be counted ----


@pytest.mark.parametrize(
    "words",
    [
        "13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "１３８００１３８０００", "手机壳13800138000",
        "110101199003078888", "11010119900307888x", "6222021234567890123", "幺三八零零幺三八零零零", "一三八零零一三八",
        "lin@example.com", "林知夏 ＠qq.com", "www.example.com", "https://a.b/c", "example.cn", "qq号 12345", "我叫林知夏",
        "我住西湖区", "文三路188号", "文三路 188 号 3 幢 502", "翠苑小区3幢", "浙江省杭州市西湖区", "杭州市西湖区文三路", "3单元502室",
        "SF1390042776185", "a", "", "   ", "长" * 31, "！？…", "身份证号",
    ],
)  # fmt: skip
def test_what_may_be_somebodys_is_never_counted(words):
    assert countable(words) == ""


@pytest.mark.parametrize(
    ("words", "counted"),
    [
        ("手冲咖啡壶", "手冲咖啡壶"), ("iPhone 15 Pro", "iphone 15 pro"), ("四件套 1.8m", "四件套 1.8m"), ("5号电池", "5号电池"),
        ("r50大燈罩", "r50大灯罩"), ("  連衣裙  ", "连衣裙"), ("1000元以内手机", "1000元以内手机"), ("一次性杯子", "一次性杯子"),
        ("三星s24", "三星s24"), ("身份证卡套", "身份证卡套"), ("公路车", "公路车"),
    ],
)  # fmt: skip
def test_what_is_searched_in_a_shop_is_counted(words, counted):
    assert countable(words) == counted


@given(st.text(max_size=300))
def test_whatever_is_counted_is_short_plain_and_counts_the_same_again(text):
    counted = countable(text)
    if counted:
        assert len(counted) in LENGTHS
        assert counted.isprintable()
        assert sum(char.isdigit() and char.isascii() for char in counted) <= 6
        assert countable(counted) == counted


@given(st.from_regex(r"1[3-9]([ -]?[0-9]){9}", fullmatch=True), st.sampled_from(["", "手机 ", "张三"]))
def test_no_phone_is_ever_counted(number, before):
    assert countable(before + number) == ""


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("一句脏话呀", True), ("一句 脏 话", True), ("臟話", True), ("脏", False), ("bad word", True), ("BAD", True),
        ("badminton", False), ("羽毛球badminton", False), ("ｂａｄ", True), ("", False),
    ],
)  # fmt: skip
def test_offensive_words_are_found_in_any_spelling_and_not_inside_others(text, held):
    assert offends(text, frozenset({"脏话", "Bad"})) is held


def test_pinyin_of_what_is_counted():
    assert spoken("连衣裙") == ("lianyiqun", "lyq")
    assert spoken("r50大灯罩")[0] == "r50dadengzhao"
    assert spoken("iphone") == ("", "")


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.77", "203.0.113.0/24"), ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"), ("fe80::1%eth0", "fe80::/48"), ("", ""), ("unix:", ""), ("1.2.3", ""),
    ],
)  # fmt: skip
def test_of_an_address_only_its_block_is_used(address, block):
    assert block_of(address) == block


def test_a_day_is_one_in_beijing():
    assert day_of(now().replace(year=2026, month=3, day=1, hour=15, minute=59)) == date(2026, 3, 1)
    assert day_of(now().replace(year=2026, month=3, day=1, hour=16, minute=0)) == date(2026, 3, 2)


def test_a_batch_is_bounded_and_forgets_the_order(monkeypatch):
    monkeypatch.setattr("mingpu.search.counting.MOST_WAITING", 3)
    batch = Batch()
    made = [marked(b"k" * 32, TODAY, f"词{n}", "203.0.113.0/24") for n in range(5)]
    assert [batch.add(it) for it in made] == [True, False, False, False, False]
    assert len(batch) == 3
    kept = batch.take()
    assert [it.query_mark for it in kept] == sorted(it.query_mark for it in made[:3])
    assert (batch.take(), len(batch)) == ([], 0)
