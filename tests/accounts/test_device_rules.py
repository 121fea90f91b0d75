"""What an app may tell of its device, and what becomes of what it must not be known by."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mingpu.accounts.device_rules import CONTINUITY, HARDWARE, LONGEST, SAFETY, marks, short_side, told
from mingpu.accounts.errors import BadField
from mingpu.lib.text import speaking

GOOD = {
    "mac": "A4:83:E7:2B:11:09", "imei": "490154203237518", "android_id": "a1b2c3d4e5f60718",
    "idfa": "EA7583CD-A667-48BC-B806-42ECB2B48606", "openudid": "0" * 39 + "1",
    "guid": "{7d444840-9dc0-11d1-b245-5ffdce74fad2}", "imsi": "460001234567890",
}  # fmt: skip


def test_everything_may_be_missing():
    for nothing in ({}, dict.fromkeys([*LONGEST, *HARDWARE]), dict.fromkeys([*LONGEST, *HARDWARE], "  ")):
        it = told(nothing)
        assert set(it.kept.values()) == {""}
        assert it.hardware == {}
        assert marks(it, SAFETY) == {}


@pytest.mark.parametrize(
    ("name", "written", "kept"),
    [
        ("name", " 知夏的手机 ", "知夏的手机"), ("model", "17 Ultra", "17 Ultra"), ("language", "zh-Hans-CN", "zh-Hans-CN"),
        ("language", "pt_BR", "pt_BR"), ("resolution", "1080x2400", "1080x2400"), ("resolution", "1080 × 2400", "1080x2400"),
        ("resolution", "1080*2400", "1080x2400"), ("plmn", "46000", "46000"), ("plmn", "310260", "310260"),
        ("os", "HarmonyOS", "HarmonyOS"), ("os_version", "6.0.1", "6.0.1"), ("browser", "Chrome/141", "Chrome/141"),
    ],
)  # fmt: skip
def test_details_are_written_down_one_way(name, written, kept):
    assert told({name: written}).kept[name] == kept


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("name", "长" * 101), ("name", "a\nb"), ("model", "a\0b"), ("os", "x" * 41), ("language", "<script>"),
        ("language", "zh-Hans-CN-" + "x" * 40), ("resolution", "wide"), ("resolution", "0x10"), ("resolution", "1080x24000000"),
        ("plmn", "4600a"), ("plmn", "4600000"), ("browser", "a\u2028b"), ("mac", "A4:83:E7:2B:11"), ("mac", "zz:83:e7:2b:11:09"),
        ("imei", "49015420323751"[:13]), ("imsi", "46000123456789x"), ("android_id", "not hexadecimal!"), ("idfa", "x" * 32),
        ("openudid", "0" * 41), ("guid", "g" * 32), ("guid", "a" * 101), ("imei", "1" * 5000),
    ],
)  # fmt: skip
def test_what_is_not_written_as_it_should_be_is_refused_without_repeating_it(name, written):
    with pytest.raises(BadField) as refused:
        told({name: written})
    assert refused.value.name == name
    for language in ("zh-hans", "en"):
        with speaking(language):
            assert written not in str(refused.value)


def test_there_is_no_place_for_a_list_of_software():
    for name in ("software", "software_list", "apps", "installed", "token_hash", "person_id"):
        with pytest.raises(TypeError):
            told({name: "com.example"})


@pytest.mark.parametrize(
    ("kind", "nobodys"),
    [
        ("idfa", "00000000-0000-0000-0000-000000000000"), ("mac", "02:00:00:00:00:00"), ("mac", "ff:ff:ff:ff:ff:ff"),
        ("android_id", "9774d56d682e549c"), ("imei", "000000000000000"),
    ],
)  # fmt: skip
def test_what_systems_say_in_place_of_an_identifier_makes_no_two_devices_one(kind, nobodys):
    assert told({kind: nobodys}).hardware == {}


def test_one_identifier_has_one_mark_however_it_is_written():
    for other in ("a483e72b1109", "A4-83-E7-2B-11-09", " a483.e72b.1109 "):
        assert marks(told({"mac": other}), SAFETY) == marks(told({"mac": GOOD["mac"]}), SAFETY)


def test_marks_of_two_purposes_fit_nowhere_and_neither_do_two_kinds():
    it = told(GOOD)
    safety, continuity = marks(it, SAFETY), marks(it, CONTINUITY)
    assert safety.keys() == continuity.keys() == HARDWARE.keys()
    assert len({*safety.values(), *continuity.values()}) == 2 * len(HARDWARE)
    same = told({"imei": "490154203237518", "imsi": "490154203237518"})
    assert len(set(marks(same, SAFETY).values())) == 2


@given(st.sampled_from(["imei", "imsi"]), st.from_regex(r"[1-9][0-9]{13,14}", fullmatch=True))
def test_a_mark_holds_nothing_of_what_it_is_of(kind, value):
    it = told({kind: value})
    assume(it.hardware)
    (mark,) = marks(it, SAFETY).values()
    assert len(mark) == 16
    assert value.encode() not in mark
    assert value not in mark.hex()


def test_identifiers_do_not_show_when_what_was_told_is_printed():
    assert not [value for value in told(GOOD).hardware.values() if value in repr(told(GOOD))]


@pytest.mark.parametrize(
    ("resolution", "side"), [("", 0), ("1080x2400", 1080), ("2400x1080", 1080), ("720x720", 720)]
)
def test_the_shorter_side(resolution, side):
    assert short_side(resolution) == side
