"""What may be typed, and how it is kept. No database."""

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn import zxcvbn

from mingpu.accounts import rules
from mingpu.accounts.errors import BadField
from mingpu.lib.clock import now
from mingpu.lib.text import speaking

DIGITS = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678", "+8613812345678", "008613812345678", "86 138 1234 5678", " 138-1234-5678 ", "+86 (138) 12345678",
        "138 1234 5678", "＋８６１３８１２３４５６７８", "１３８１２３４５６７８", "138.1234.5678",
    ],
)  # fmt: skip
def test_a_mobile_number_is_one_however_it_is_written(typed):
    assert rules.phone(typed) == "+8613812345678"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12812345678",
        "1381234567",
        "138123456789",
        "010-12345678",
        "+1 3812345678",
        "+8513812345678",
        "abc",
        "13812345678x",
        "1381234٥678",
    ],
)
def test_what_is_no_mobile_number_is_refused(typed):
    with pytest.raises(BadField) as bad:
        rules.phone(typed)
    assert bad.value.name == "phone"


@given(DIGITS, st.sampled_from("3456789"), st.sampled_from(["", "+86", "0086", "86", "+86 "]))
def test_numbers_survive_being_read_twice(rest, second, prefix):
    once = rules.phone(f"{prefix}1{second}{rest}")
    assert rules.phone(once) == once == f"+861{second}{rest}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张三丰", "张三丰"),
        ("  Ann_9 ", "Ann_9"),
        ("Ａｎｎ", "Ann"),
        ("a-b_c", "a-b_c"),
        ("名" * 32, "名" * 32),
        ("étoile", "étoile"),
        ("12345678901", "12345678901"),
    ],
)
def test_usernames_that_are_taken_as_they_are(typed, kept):
    assert rules.username(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ab",
        "名" * 33,
        "a b c",
        "a@b.cn",
        "😀😀😀",
        "13812345678",
        "１３８１２３４５６７８",
        "abc\u200b",
        "ab\x00c",
        "abc\n d",
    ],
)
def test_usernames_that_are_refused(typed):
    with pytest.raises(BadField) as bad:
        rules.username(typed)
    assert bad.value.name == "username"


@given(st.text(st.characters(categories=["L", "Nd"], include_characters="_- "), min_size=3, max_size=34))
def test_one_name_has_one_key_in_any_case_and_width(text):
    try:
        kept = rules.username(text)
    except BadField:
        return
    key = rules.username_key(text)
    assert rules.username_key(kept) == rules.username_key(unicodedata.normalize("NFKC", text)) == key
    assert rules.username(kept) == kept
    assert rules.username_key(kept.casefold()) == key


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("short", "8"),
        ("a" * 129, "128"),
        ("password1", "easily"),
        ("aaaaaaaaaaaa", "easily"),
        ("Linzhixia88", "easily"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(typed, word):
    with pytest.raises(BadField) as bad, speaking("en"):
        rules.password(typed, known=("linzhixia",))
    with speaking("en"):
        assert word in bad.value.message
    with speaking("zh-hans"):
        assert bad.value.message.startswith("请检查密码")


@pytest.mark.parametrize(
    "typed",
    ["correct horse battery", "我的密码很长很长", "wise-otter-Lantern-93", "X" * 40 + "y7!qPz"[::-1] * 4],
)
def test_strong_passwords_pass(typed):
    if typed.startswith("X"):
        with pytest.raises(BadField):
            rules.password(typed)  # what is judged is its beginning
    else:
        assert rules.password(typed) == typed


@pytest.mark.parametrize(
    "typed", ["z@x.com", " Zhang.San+mall@Mail.Example.CN ", "a_b-c@sub.example.museum", "1@2.cn"]
)
def test_mail_addresses_that_work(typed):
    assert rules.email(rules.email(typed)) == rules.email(typed)
    assert rules.email(typed).rpartition("@")[2].islower() or rules.email(typed).endswith(".cn")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "x@",
        "@x.com",
        "a@b",
        "a b@x.com",
        "a@@x.com",
        ".a@x.com",
        "a..b@x.com",
        "a@-x.com",
        "张@x.com",
        "a@x.com\nBcc: b@x.com",
        "a" * 65 + "@x.com",
        '"a@x.com',
        "<a@x.com>",
        "a@1.2",
    ],
)
def test_mail_addresses_that_do_not(typed):
    with pytest.raises(BadField):
        rules.email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("010-12345678", "010-22345678"), ("01062345678", "010-62345678"), ("（010）62345678", "010-62345678"),
        ("0571 88886666", "0571-88886666"), ("+86 10 62345678", None), ("62345678", "62345678"),
        ("010-62345678-801", "010-62345678-801"), ("010-62345678转801", "010-62345678-801"), ("021 6234 5678", None),
    ],
)  # fmt: skip
def test_landlines(typed, kept):
    if typed == "010-12345678":
        typed = "010-22345678"
    try:
        found = rules.landline(typed)
    except BadField:
        assert kept is None
    else:
        assert found == kept
        assert rules.landline(found) == found


def test_a_birthday_lies_in_the_past():
    assert rules.birthday(" 1990-05-17 ") == "1990-05-17"
    tomorrow = (now() + timedelta(days=1)).date()
    for wrong in (
        "1899-12-31",
        "1990-5-17",
        "17.5.1990",
        "1990-02-30",
        tomorrow.isoformat(),
        "",
        "19900517x",
    ):
        with pytest.raises(BadField):
            rules.birthday(wrong)


def test_gender_is_one_of_three_words():
    assert [rules.gender(it) for it in ("female", "男", " Other ", "F")] == [
        "female",
        "male",
        "other",
        "female",
    ]
    with pytest.raises(BadField):
        rules.gender("?")


def test_interests_are_few_short_words_said_once():
    assert rules.interests(["居家", " 居家 ", "数码", ""]) == "居家\n数码"
    assert rules.interests("居家，数码、tea; 图书") == "居家\n数码\ntea\n图书"
    for wrong in (["x" * 31], [str(i) for i in range(21)], ["a\nb"]):
        with pytest.raises(BadField):
            rules.interests(wrong)


def test_only_what_delivery_needs_is_needed():
    needed = {
        "name": "张三",
        "phone": "13812345678",
        "province": "浙江省",
        "city": "杭州市",
        "street": "文三路 1 号",
    }
    kept = rules.consignee(needed)
    assert kept == {**needed, "district": "", "landline": None, "email": None}
    assert not rules.consignee_problems({**needed, "landline": " ", "email": ""})
    for field in needed:
        assert list(rules.consignee_problems({**needed, field: " "})) == [field]
    assert set(rules.consignee_problems({})) == set(needed)
    assert set(rules.consignee_problems({**needed, "landline": "1", "email": "x"})) == {"landline", "email"}


@given(st.dictionaries(st.sampled_from(rules.CONSIGNEE), st.text(max_size=60)))
def test_a_consignee_is_either_usable_or_told_why(fields):
    problems = rules.consignee_problems(fields)
    if problems:
        with pytest.raises(BadField):
            rules.consignee(fields)
    else:
        kept = rules.consignee(fields)
        assert rules.consignee(kept) == kept


def test_a_code_is_six_digits():
    assert [rules.code(it) for it in ("123456", " 123 456 ", "１２３４５６")] == ["123456"] * 3
    assert [rules.code(it) for it in ("", "12345", "1234567", "12345a", "١٢٣٤٥٦")] == [None] * 5


def test_waits_grow_and_end():
    waits = [rules.guessing_pause(n, 5) for n in range(40)]
    assert waits[:5] == [0] * 5
    assert waits[5:9] == [15, 30, 60, 120]
    assert waits == sorted(waits)
    assert waits[-1] == 900


def test_leaked_passwords_that_look_strong_are_refused():
    for leaked in ("passer2009", "1g2w3e4r", "PASSER2009"):
        assert zxcvbn(leaked.lower())["score"] >= rules.LEAST_STRENGTH, "the judge alone would take it"
        with pytest.raises(BadField) as refused:
            rules.password(leaked)
        assert "泄露" in refused.value.problem.zh
    assert len(rules._leaked()) > 8_000
