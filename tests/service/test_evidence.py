"""Photos and videos: what they tell besides the picture goes, the rest lies sealed for its case alone."""

import struct
import zlib
from contextlib import suppress

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from mingpu.lib.errors import NotFound
from mingpu.lib.stripping import Unreadable, strip
from mingpu.ops.database import connect_admin, database_name
from mingpu.privacy import keys
from mingpu.service import files, queries, services
from mingpu.service.errors import EnoughEvidence, EvidenceTooLarge, NotEvidence, WrongCaseState
from tests.delivery.parcels import article, buy
from tests.factories import make_person
from tests.service.cases import ask, case_of, decide
from tests.support import zone

GPS = b"30.2741N 120.1551E"
PLACE = b"\xa9xyz" + GPS


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation=6):
    """Camera data with a place, and which way up."""
    entries = struct.pack(">HHHIHH", 2, 0x0112, 3, 1, orientation, 0) + struct.pack(
        ">HHII", 0x8825, 4, 1, 0x26
    )
    return segment(0xE1, b"Exif\0\0" + b"MM\0*\0\0\0\x08" + entries + b"\0\0\0\0" + GPS)


def jpeg(*extra, salt=b""):
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56" + salt
    tables = segment(0xDB, bytes(65)) + segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x01") + b"".join(extra) + tables + scan + b"\xff\xd9"


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*extra):
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", bytes(13))
        + b"".join(extra)
        + chunk(b"IDAT", b"x")
        + chunk(b"IEND", b"")
    )


def riff(kind, body):
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp(*extra):
    body = b"WEBP" + riff(b"VP8X", b"\x0c" + bytes(9)) + riff(b"VP8 ", b"pix") + b"".join(extra)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def box(kind, *inner):
    body = b"".join(inner)
    return struct.pack(">I", len(body) + 8) + kind + body


def track(handler, *more):
    return box(
        b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(12)), *more)
    )


def film(*extra, salt=b""):
    head = box(b"mvhd", b"\0\0\0\0" + struct.pack(">II", 3_800_000_000, 3_800_000_000) + bytes(88))
    moov = box(b"moov", head, track(b"vide"), *extra)
    return box(b"ftyp", b"isom\0\0\2\0mp42") + moov + box(b"mdat", b"frames" + salt)


def test_a_photo_loses_its_place_and_keeps_which_way_up():
    photo = jpeg(exif(6), segment(0xFE, b"by " + GPS), segment(0xED, GPS), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + GPS))  # fmt: skip
    it = strip(photo + GPS)  # phones hang a film behind the picture
    assert (it.kind, it.media_type) == ("photo", "image/jpeg")
    assert GPS not in it.content
    assert it.content.startswith(b"\xff\xd8\xff\xe1")
    assert struct.pack("<HHIH", 0x0112, 3, 1, 6) in it.content
    assert it.content.endswith(b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9")
    assert strip(it.content).content == it.content
    assert b"Exif" not in strip(jpeg(exif(1))).content


def test_pictures_of_other_kinds_lose_it_too():
    it = strip(png(chunk(b"eXIf", GPS), chunk(b"tEXt", b"Where\0" + GPS), chunk(b"gAMA", bytes(4))) + GPS)
    assert (it.media_type, it.content) == ("image/png", png(chunk(b"gAMA", bytes(4))))
    it = strip(webp(riff(b"EXIF", GPS), riff(b"XMP ", GPS)) + GPS)
    assert (it.media_type, GPS in it.content) == ("image/webp", False)
    assert it.content == b"RIFF" + struct.pack("<I", len(it.content) - 8) + it.content[8:]
    assert it.content[20] == 0


def test_a_film_loses_place_and_time_and_nothing_moves():
    told = film(box(b"udta", PLACE), box(b"meta", GPS), box(b"uuid", GPS), track(b"meta", box(b"minf", GPS)))
    it = strip(told)
    assert (it.kind, it.media_type, len(it.content)) == ("video", "video/mp4", len(told))
    assert GPS not in it.content
    assert struct.pack(">I", 3_800_000_000) not in it.content
    assert it.content.index(b"mdat") == told.index(b"mdat")
    assert it.content.endswith(b"frames")
    assert b"vide" in it.content


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"GIF89a" + bytes(20), b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04", jpeg()[:-2], jpeg()[:30], png()[:-12], webp()[:20], film()[:40],
        box(b"ftyp", b"isom") + box(b"mdat", b"x"), box(b"ftyp", b"heic") + bytes(9),
    ],
)  # fmt: skip
def test_what_is_no_photo_or_film_or_cut_short_is_refused(content):
    with pytest.raises(Unreadable):
        strip(content)


def nested(count):
    """So many boxes, each in the one before."""
    return b"".join(struct.pack(">I", 8 * size) + b"moov" for size in range(count, 0, -1))


@pytest.mark.parametrize(
    "content",
    [
        box(b"ftyp", b"isom" + bytes(4)) + nested(3_000),
        box(b"ftyp", b"isom" + bytes(4)) + box(b"moov", box(b"trak") * 30_000),
        b"\xff\xd8" + segment(0xDA, b"") * 30_000 + b"\xff\xd9",
        b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"") * 30_000 + chunk(b"IEND", b""),
        b"RIFF" + struct.pack("<I", 4 + 8 * 30_000) + b"WEBP" + riff(b"VP8 ", b"") * 30_000,
    ],
    ids=["deep", "film", "jpeg", "png", "webp"],
)
def test_files_that_are_made_to_keep_us_busy_are_refused(content):
    with pytest.raises(Unreadable):
        strip(content)


@given(st.sampled_from([jpeg(exif()), png(), webp(), film(box(b"udta", PLACE))]), st.data())
def test_damaged_files_are_refused_or_stripped_but_never_break(content, data):
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Unreadable):
        strip(bytes(damaged))


@pytest.fixture
def case(outside):
    it = buy({article(): 1}).pay(outside)
    it.case = ask(it)
    return it


def add(it, content):
    return services.add_evidence(person_id=it.buyer.id, case_no=it.case.case_no, content=content)


def test_evidence_lies_sealed_and_opens_for_its_case_alone(case):
    number = add(case, jpeg(exif()))
    who = {"person_id": case.buyer.id, "case_no": case.case.case_no}
    [shown] = queries.evidence_of(**who)
    assert (shown.number, shown.kind, case_of(case, case.case).evidence) == (number, "photo", (shown,))
    media_type, content = queries.open_evidence(**who, number=number)
    assert (media_type, content) == ("image/jpeg", strip(jpeg(exif())).content)
    lies = (settings.HOME / "evidence" / f"{number}.sealed").read_bytes()
    assert b"JFIF" not in lies
    with zone("desk"):
        assert queries.desk_evidence(case_no=case.case.case_no, number=number) == (media_type, content)
        with pytest.raises(NotFound):
            queries.desk_evidence(case_no=case.case.case_no, number=number, merchant="rival")
    for other in ({**who, "person_id": make_person().id}, {**who, "case_no": "CNOBODYHASTHISNO"}):
        with pytest.raises(NotFound):
            queries.open_evidence(**other, number=number)
    with pytest.raises(ValueError, match="moved"):
        files.read(number, "COTHERCASE", case.buyer.id)


def test_so_much_evidence_and_no_more(case):
    numbers = {add(case, jpeg(salt=bytes([n]))) for n in range(1, 10)}
    assert len(numbers) == 9
    assert add(case, jpeg(salt=b"\x01")) in numbers  # the same again is the same
    add(case, film())
    for more in (jpeg(salt=b"\x22"), film(salt=b"2")):
        with pytest.raises(EnoughEvidence):
            add(case, more)
    services.remove_evidence(person_id=case.buyer.id, case_no=case.case.case_no, number=numbers.pop())
    assert len(queries.evidence_of(person_id=case.buyer.id, case_no=case.case.case_no)) == 9
    add(case, jpeg(salt=b"\x22"))


def test_what_is_too_large_or_nothing_to_see_is_refused(case):
    with pytest.raises(EvidenceTooLarge):
        add(case, jpeg(salt=bytes(5 * 1024 * 1024)))
    with pytest.raises(EvidenceTooLarge):
        add(case, bytes(20 * 1024 * 1024 + 1))
    with pytest.raises(NotEvidence):
        add(case, b"GIF89a")
    assert queries.evidence_of(person_id=case.buyer.id, case_no=case.case.case_no) == ()


def test_a_case_that_is_over_takes_no_more_and_anothers_never_did(case):
    with pytest.raises(NotFound):
        services.add_evidence(person_id=make_person().id, case_no=case.case.case_no, content=jpeg())
    decide(case, case.case, approve=False, answer="照片看不清")
    add(case, jpeg())  # for the mall to judge by
    services.ask_arbitration(person_id=case.buyer.id, case_no=case.case.case_no)
    with zone("desk"):
        services.arbitrate(
            person_id=case.buyer.id, case_no=case.case.case_no, uphold=False, staff="z", answer="x"
        )
    with pytest.raises(WrongCaseState):
        add(case, png())


def test_files_without_a_row_go_and_without_a_key_open_no_more(case, monkeypatch):
    kept, gone = add(case, jpeg()), add(case, png())
    monkeypatch.setattr(files, "SETTLED", -1)
    with connect_admin(database_name()) as admin:
        admin.execute("DELETE FROM service_evidence WHERE number = %s", [gone])
    with zone("worker"):
        assert services.sweep_files() >= 1
    assert files.read(kept, case.case.case_no, case.buyer.id)
    with pytest.raises(FileNotFoundError):
        files.read(gone, case.case.case_no, case.buyer.id)
    keys.erase(case.buyer.id, ("order",))
    with pytest.raises(NotFound):
        queries.open_evidence(person_id=case.buyer.id, case_no=case.case.case_no, number=kept)
