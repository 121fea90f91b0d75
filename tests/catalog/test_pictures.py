"""Pictures as they are taken in: told by what they are, without what they tell besides the picture."""

import struct
import zlib
from io import BytesIO

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from mingpu.catalog import pictures, renditions
from tests.catalog.shop import file, photo

GPS = {1: "N", 2: (30.0, 16.0, 27.0), 3: "E", 4: (120.0, 9.0, 18.0), 29: "2026:11:29"}
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><exif:GPSLatitude>30,16.4N</exif:GPSLatitude></x:xmpmeta>"
TELLING = (b"GPS", b"xmpmeta", b"30,16", b"2026:11:29", b"Xiaomi", b"Photoshop", b"remark")


def tagged(orientation: int = 1) -> Image.Exif:
    """Camera data: with what, where, when, and which way up."""
    it = Image.Exif()
    it[0x010F], it[0x0110], it[0x0112] = "Xiaomi", "17 Ultra", orientation
    it.get_ifd(0x8825).update(GPS)
    return it


def kept(name: str) -> bytes:
    return (settings.MEDIA_ROOT / "catalog" / name).read_bytes()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a very large picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(100_000))
    return (
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
    )


# ---- what is taken ----


@pytest.mark.parametrize(
    ("kind", "ending"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp")]
)  # fmt: skip
def test_a_picture_is_what_it_is_whatever_it_is_called(tmp_path, kind, ending):
    name = pictures.keep(file(tmp_path, "picture.svg", photo(64, 48, kind=kind)))
    assert name is not None
    assert name.endswith(f"-64x48{ending}")
    assert pictures.NAME.fullmatch(name)
    assert pictures.name_at(pictures.address(name)) == name
    assert Image.open(BytesIO(kept(name))).format == kind


def test_the_same_picture_has_one_name_whatever_was_said_beside_it(tmp_path):
    plain = pictures.keep(file(tmp_path, "a.jpg", photo(salt="one")))
    assert pictures.keep(file(tmp_path, "b.jpg", photo(salt="one", exif=tagged()))) == plain
    assert pictures.keep(file(tmp_path, "c.jpg", photo(salt="two"))) != plain


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "AVIF", "ICO"])
def test_other_kinds_are_not_taken_whatever_they_are_called(tmp_path, kind):
    assert pictures.keep(file(tmp_path, "a.jpg", photo(32, 32, kind=kind))) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_file_cut_short_is_not_taken(tmp_path, kind, share):
    whole = photo(200, 200, kind=kind)
    assert pictures.keep(file(tmp_path, "a.jpg", whole[: int(len(whole) * share)])) is None


@pytest.mark.parametrize(
    "size", [(5001, 5000), (60_000, 60_000), (16_384, 8), (2**31 - 1, 2**31 - 1), (0, 5)]
)  # fmt: skip
def test_a_picture_far_too_large_or_none_at_all_is_not_taken(tmp_path, size):
    assert pictures.keep(file(tmp_path, "a.png", bomb(*size))) is None


def test_a_large_picture_within_bounds_is_taken(tmp_path):
    assert pictures.keep(file(tmp_path, "a.png", bomb(5000, 5000))) is not None


def test_a_drawing_is_taken_from_our_own_catalogue_alone(tmp_path):
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>'
    assert pictures.keep(file(tmp_path, "a.svg", drawing)) is None


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF____WEBP"])
)
def test_no_bytes_at_all_break_it(tail, head):
    assert pictures.size_of(head + tail) is None or min(pictures.size_of(head + tail) or ()) > 0


# ---- what they tell besides the picture ----


def test_nothing_of_a_place_or_a_camera_is_left_in_a_photo(tmp_path):
    told = photo(320, 240, exif=tagged(), xmp=XMP, comment=b"remark")
    assert all(word in told for word in (b"Xiaomi", b"xmpmeta", b"remark"))
    name = pictures.keep(file(tmp_path, "a.jpg", told))
    assert name is not None
    found = kept(name)
    assert b"\xff\xe1" not in found[: found.index(b"\xff\xda")]  # no APP1 at all before the picture
    assert not [word for word in TELLING if word in found]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_nothing_of_a_place_is_left_in_other_kinds(tmp_path, kind):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "remark of Photoshop")
    said = {"pnginfo": notes} if kind == "PNG" else {"xmp": XMP}
    name = pictures.keep(file(tmp_path, "a", photo(320, 240, kind=kind, exif=tagged(), **said)))
    assert name is not None
    assert not [word for word in TELLING if word in kept(name)]


def test_a_photo_taken_on_its_side_keeps_which_way_up_and_nothing_else(tmp_path):
    name = pictures.keep(file(tmp_path, "a.jpg", photo(320, 240, exif=tagged(orientation=6))))
    assert name is not None
    assert name.endswith("-240x320.jpg")  # as it is shown
    assert dict(Image.open(BytesIO(kept(name))).getexif()) == {0x0112: 6}
    assert not [word for word in TELLING if word in kept(name)]


def test_renditions_tell_nothing_either(tmp_path):
    told = photo(
        700, 500, exif=tagged(orientation=8), xmp=XMP, comment=b"remark", icc_profile=b"GPS of a profile"
    )
    name = pictures.keep(file(tmp_path, "a.jpg", told))
    assert name is not None
    assert renditions.make(name)
    for it in renditions.renditions(name):
        found = kept(it.name)
        assert not [word for word in (*TELLING, b"Exif", b"profile") if word in found]
        assert dict(Image.open(BytesIO(found)).getexif()) == {}
