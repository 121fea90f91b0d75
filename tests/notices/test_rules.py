"""Which ways a notice goes and when: the whole truth table, quiet hours at any hour of any zone, what a mail says."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.accounts.services.notices import NOTICES
from mingpu.adapters.counterparts.sms_texts import TEXTS
from mingpu.adapters.sms import TEMPLATES
from mingpu.notices import rules
from mingpu.notices.errors import BadChoice
from mingpu.notices.kinds import ALWAYS, APP, CHANNELS, GROUPS, KINDS, MAIL, OFF, ON, SMS

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 11 * 366 * 86_400).map(lambda it: FIRST + timedelta(seconds=it))
MINUTES = st.integers(0, rules.DAY - 1)
ZONES = st.sampled_from(rules.ZONES)
STILL = [
    name for name in rules.ZONES if name.startswith("Asia/") or name == "UTC"
]  # clocks never put forward or back


def test_the_table_is_whole():
    for code, it in KINDS.items():
        assert it.code == code
        assert it.group in GROUPS
        assert set(it.ways) <= set(CHANNELS)
        assert set(it.ways.values()) <= {ALWAYS, ON, OFF}
        assert it.ways[APP] in {ALWAYS, ON}
        assert it.marketing == (it.group == "offers")
        assert not it.marketing or (ALWAYS not in it.ways.values() and SMS not in it.ways)
        assert not it.security or it.ways == dict.fromkeys(
            CHANNELS, ALWAYS
        )  # what a thief would do goes every way and has no switch
        for text in (it.title, it.text):
            assert text.zh
            assert text.en
            assert "{" not in text.zh + text.en  # nothing personal is put into it


def test_every_short_message_has_words_at_the_provider_in_both_languages_and_takes_nothing():
    approved = {(it.name, it.language) for it in TEXTS.values()}
    for it in KINDS.values():
        if SMS in it.ways:
            assert TEMPLATES[it.template] == frozenset()
            assert {(it.template, "zh-hans"), (it.template, "en")} <= approved
        else:
            assert it.template not in TEMPLATES


def test_what_accounts_warn_of_cannot_be_switched_off():
    assert {KINDS[name.removeprefix("notice_")].group for name in NOTICES} == {"security"}


def said(kind, channel):
    return [None] if kind.ways.get(channel) in {None, ALWAYS} else [None, True, False]


TABLE = [
    (kind, channel, chosen, agreed)
    for kind in KINDS.values()
    for channel in CHANNELS
    for chosen, agreed in product(said(kind, channel), (False, True))
]


@pytest.mark.parametrize(
    ("kind", "channel", "chosen", "agreed"),
    TABLE,
    ids=[f"{kind.code}-{channel}-{chosen}-{agreed}" for kind, channel, chosen, agreed in TABLE],
)
def test_kind_by_channel_by_choice_by_consent(kind, channel, chosen, agreed):
    choices = {} if chosen is None else {(kind.code, channel): chosen}
    way = kind.ways.get(channel)
    expected = (
        way is not None
        and (way == ALWAYS or (chosen if chosen is not None else way == ON))
        and (agreed or not kind.marketing)
    )
    assert (channel in rules.ways(kind, choices, agreed=agreed)) is expected


def test_a_choice_that_was_kept_cannot_silence_what_has_no_switch():
    kept = "\n".join(f"{kind}.{channel}=0" for kind in KINDS for channel in CHANNELS)
    for kind in KINDS.values():
        on = rules.ways(kind, rules.unpack(kept), agreed=True)
        assert set(on) == {channel for channel, way in kind.ways.items() if way == ALWAYS}


@given(
    st.dictionaries(
        st.sampled_from([(it.code, channel) for it in KINDS.values() for channel in it.ways]), st.booleans()
    )
)
def test_choices_come_back_as_they_were_kept(choices):
    assert rules.unpack(rules.pack(choices)) == choices


def test_choices_of_kinds_that_are_no_more_are_passed_over():
    assert rules.unpack("gone.app=1\norder_paid.fax=1\n\n=\norder_paid.mail=0") == {
        ("order_paid", MAIL): False
    }


@pytest.mark.parametrize(
    ("kind", "channel"), [("password", APP), ("sign_in", SMS), ("order_paid", SMS), ("nothing", APP)]
)
def test_what_has_no_switch_is_refused(kind, channel):
    with pytest.raises(BadChoice):
        rules.choice(kind, channel)


# ---- quiet hours ----


def minute_in(at, zone):
    local = at.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute


@given(MOMENTS, MINUTES, MINUTES, ZONES)
def test_what_waits_goes_out_soon_and_never_into_quiet_hours(at, begins, ends, zone):
    due = rules.quiet_end(at, begins, ends, zone)
    if due is None:
        return
    assert begins != ends
    assert due.tzinfo is UTC
    assert at < due <= at + timedelta(hours=26)  # a night, and the hours a clock may be put back
    again = rules.quiet_end(due, begins, ends, zone)
    assert again is None or again - due <= timedelta(hours=2)  # only where the clock shows that hour twice


@given(MOMENTS, MINUTES, MINUTES, st.sampled_from(STILL))
def test_it_waits_exactly_while_the_clock_is_inside(at, begins, ends, zone):
    minute, due = minute_in(at, zone), rules.quiet_end(at, begins, ends, zone)
    inside = (begins <= minute < ends) if begins <= ends else (minute >= begins or minute < ends)
    assert (due is not None) is inside
    if due is not None:
        assert minute_in(due, zone) == ends
        assert rules.quiet_end(due, begins, ends, zone) is None
        assert due - at <= timedelta(days=1)
        before = due - timedelta(minutes=1)
        assert rules.quiet_end(before, begins, ends, zone) == due


@pytest.mark.parametrize(
    ("at", "zone", "due"),
    [
        ("2026-11-30T13:59:59", "Asia/Shanghai", None),
        ("2026-11-30T14:00:00", "Asia/Shanghai", "2026-12-01T00:00:00"),
        ("2026-11-30T16:00:00", "Asia/Shanghai", "2026-12-01T00:00:00"),
        ("2026-11-30T23:59:59", "Asia/Shanghai", "2026-12-01T00:00:00"),
        ("2026-12-01T00:00:00", "Asia/Shanghai", None),
        ("2026-11-30T17:00:00", "Asia/Kathmandu", "2026-12-01T02:15:00"),  # 5 h 45 min ahead
        ("2026-11-30T08:00:00", "Pacific/Kiritimati", "2026-11-30T18:00:00"),  # 14 hours ahead
        ("2026-11-30T17:00:00", "Pacific/Honolulu", "2026-11-30T18:00:00"),
        ("2026-03-08T09:30:00", "America/New_York", "2026-03-08T12:00:00"),  # clocks were put forward at two
        ("2026-11-01T05:30:00", "America/New_York", "2026-11-01T13:00:00"),  # and back
    ],
)
def test_ten_to_eight_around_the_world(at, zone, due):
    found = rules.quiet_end(datetime.fromisoformat(at).replace(tzinfo=UTC), *rules.QUIET, zone)
    assert found == (datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None)


def test_an_end_that_the_clock_skips_is_the_first_moment_after():
    at = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)  # half past one in New York; there is no half past two
    due = rules.quiet_end(at, 60, 150, "America/New_York")
    assert due is not None
    assert at < due <= datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@given(MOMENTS, MINUTES, ZONES)
def test_equal_ends_are_no_quiet_hours(at, minute, zone):
    assert rules.quiet_end(at, minute, minute, zone) is None


# ---- words ----


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", list(KINDS))
def test_a_mail_says_what_happened_and_where_to_look(code, language):
    it = KINDS[code]
    subject, text = rules.letter(it, language, place="https://mall.example/account/notices", unsubscribe="")
    chosen = "en" if language == "en" else "zh"
    assert getattr(it.title, chosen) in subject
    assert "\n" not in subject
    assert getattr(it.text, chosen) in text
    assert "https://mall.example/account/notices" in text
    assert (getattr(rules.NO_SWITCH, chosen) in text) is it.security


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_stops_a_recovery_stands_in_its_mail(language):
    link = "https://m/recover/stop?token=x"
    _, text = rules.letter(KINDS["recovery"], language, place="https://m/", stop=link)
    assert text.count(link) == 1
    assert (rules.STOP.en if language == "en" else rules.STOP.zh) in text


def test_the_way_out_stands_in_the_mail():
    _, text = rules.letter(
        KINDS["coupon_ending"], "en", place="https://m/", unsubscribe="https://m/unsubscribe/x"
    )
    assert "https://m/unsubscribe/x" in text
    assert rules.UNSUBSCRIBE.en in text
