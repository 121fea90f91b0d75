"""Avatars: what is taken and what is not, what is left of a file, who sees it, how it goes."""

import io
import struct
import zlib
from base64 import b64decode

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mingpu.accounts.avatar_rules import LARGEST, SIDES, picture_of, squares
from mingpu.accounts.errors import AvatarTooLarge, NoAvatar
from mingpu.accounts.models import Avatar
from mingpu.accounts.services import avatar_mark, avatar_of, remove_avatar, set_avatar
from mingpu.lib.errors import NotFound
from mingpu.privacy import export, held
from mingpu.privacy.purposes import Purpose, processing
from mingpu.rights.services import delete_item
from tests.api.calling import call, refused
from tests.factories import Buyer, make_person
from tests.people import from_owner
from tests.web.reading import to, words

RED, BLUE = (220, 30, 30), (30, 30, 220)


def drawn(kind="JPEG", size=(200, 120), mode="RGB", **more):
    out = io.BytesIO()
    Image.new(mode, size, RED if mode == "RGB" else (*RED, 0)).save(out, format=kind, **more)
    return out.getvalue()


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.fixture
def buyer() -> Buyer:
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    return make_person()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("size", [(200, 120), (16, 16), (31, 900), (2000, 1500)], ids=str)
def test_every_kind_becomes_the_same_two_squares(kind, size):
    made = squares(drawn(kind, size))
    assert set(made) == set(SIDES)
    for name, side in SIDES.items():
        picture = opened(picture_of(made[name]))
        assert (picture.format, picture.size) == ("WEBP", (side, side))
        assert made[name].startswith("data:image/webp;base64,")
        red, green, blue = picture.convert("RGB").getpixel((side // 2, side // 2))
        assert red > 150 > max(green, blue)


def test_the_middle_is_cut_out_and_the_picture_stands_upright():
    wide = Image.new("RGB", (300, 100), BLUE)
    wide.paste(RED, (100, 0, 200, 100))
    out = io.BytesIO()
    wide.save(out, format="PNG")
    square = opened(picture_of(squares(out.getvalue())["large"])).convert("RGB")
    assert all(square.getpixel((x, 160))[0] > 150 for x in (20, 160, 300))
    tall = Image.new("RGB", (100, 100), BLUE)
    tall.paste(RED, (0, 0, 100, 50))  # red above, as it lies in the file
    exif = Image.Exif()
    exif[0x0112] = 3  # held upside down
    tall.save(out := io.BytesIO(), format="JPEG", exif=exif)
    square = opened(picture_of(squares(out.getvalue())["large"])).convert("RGB")
    assert square.getpixel((160, 40))[2] > 150
    assert square.getpixel((160, 280))[0] > 150


def test_nothing_is_left_of_where_and_with_what_it_was_taken():
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "SecretCam", "Model-7"
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)
    content = drawn("JPEG", exif=exif, comment=b"written-beside", icc_profile=b"")
    assert b"SecretCam" in content
    assert b"written-beside" in content
    for kept in squares(content).values():
        left = picture_of(kept)
        for trace in (b"SecretCam", b"Model-7", b"written-beside", b"EXIF", b"Exif", b"XMP ", b"ICCP"):
            assert trace not in left
        assert dict(opened(left).getexif()) == {}


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04evil.zip", b"%PDF-1.7 evil"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_hidden_behind_a_picture_is_gone(kind, tail):
    for kept in squares(drawn(kind) + tail).values():
        assert tail not in picture_of(kept)


def claims(width, height):
    """A PNG that says it is so large and holds next to nothing."""

    def block(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + block(b"IHDR", head)
        + block(b"IDAT", zlib.compress(b"\0" * 64))
        + block(b"IEND", b"")
    )


NOT_TAKEN = {
    "empty": b"", "text": b"hello", "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "svg-xml": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "html": b"<!doctype html><img>",
    "gif": drawn("GIF"), "bmp": drawn("BMP"), "tiff": drawn("TIFF"), "ico": drawn("ICO"), "pdf": b"%PDF-1.7",
    "half": drawn("JPEG", (400, 400))[:200], "png-mark-alone": b"\x89PNG\r\n\x1a\n", "jpeg-mark-alone": b"\xff\xd8\xff",
    "too-small": drawn("PNG", (15, 400)), "a-lie": claims(200, 200),
}  # fmt: skip


@pytest.mark.parametrize("content", list(NOT_TAKEN.values()), ids=list(NOT_TAKEN))
def test_what_is_no_picture_to_show_is_refused(content):
    with pytest.raises(NoAvatar):
        squares(content)


@pytest.mark.parametrize(
    "content",
    [claims(30_000, 30_000), claims(6_000, 6_000), claims(65_535, 65_535), drawn("PNG") + bytes(LARGEST)],
    ids=["bomb", "a-bit-too-large", "largest-side", "bytes"],
)
def test_what_is_too_large_is_refused_before_it_is_drawn(content):
    with pytest.raises(AvatarTooLarge):
        squares(content)


@given(st.binary(max_size=300), st.sampled_from(["JPEG", "PNG", "WEBP", "AVIF"]), st.integers(0, 120))
def test_no_damage_gets_past_or_breaks_anything_else(noise, kind, at):
    whole = drawn(kind, (24, 24))
    try:
        made = squares(whole[:at] + noise + whole[at + len(noise) :])
    except (NoAvatar, AvatarTooLarge):
        return
    assert {opened(picture_of(it)).format for it in made.values()} == {"WEBP"}


# ---- keeping, showing, deleting ----


def test_it_lies_sealed_and_goes_with_its_owner(buyer):
    set_avatar(person_id=buyer.id, content=drawn())
    first = avatar_mark(buyer.id)
    set_avatar(person_id=buyer.id, content=drawn("PNG"))
    assert avatar_mark(buyer.id) not in {None, first}
    [(small, large)] = from_owner("SELECT small, large FROM accounts_avatar WHERE person_id = %s", [buyer.id])
    for kept in (small, large):
        assert b"WEBP" not in bytes(kept)
        assert b"data:image" not in bytes(kept)
    remove_avatar(person_id=buyer.id)
    assert avatar_mark(buyer.id) is None
    with pytest.raises(NotFound):
        remove_avatar(person_id=buyer.id)
    with pytest.raises(NotFound):
        avatar_of(buyer.id, "small")


def test_only_the_owners_profile_reads_it(buyer):
    set_avatar(person_id=buyer.id, content=drawn())
    other = make_person()
    assert avatar_mark(other.id) is None
    with processing(Purpose.PROFILE, subject=other.id):
        assert Avatar.objects.count() == 0
    for purpose in (Purpose.ORDERING, Purpose.PERSONALISATION, Purpose.IDENTITY_CHECK, Purpose.MARKETING):
        with pytest.raises(ProgrammingError), processing(purpose, subject=buyer.id):
            Avatar.objects.count()


def test_it_is_in_the_copy_and_masked_where_it_is_inspected(buyer):
    set_avatar(person_id=buyer.id, content=drawn())
    with processing(Purpose.RIGHTS, subject=buyer.id, reading=True):
        found = export.gather(buyer.id)
    [row] = found["accounts_avatar"]
    assert opened(b64decode(row["large"].partition(",")[2])).size == (320, 320)
    assert '<img src="data:image/webp;base64,' in export.page(found)
    [item] = held.rows_of(buyer.id, "accounts_avatar").items
    shown = {cell.column: cell for cell in item.cells}
    assert shown["large"].hidden
    assert shown["large"].text.endswith(" KB")
    [item] = held.rows_of(buyer.id, "accounts_avatar", revealed=True).items
    assert {cell.text[:11] for cell in item.cells if cell.column != "at"} == {"data:image/"}


def test_it_is_deleted_by_itself_and_nobody_elses(buyer):
    other = make_person()
    for it in (buyer, other):
        set_avatar(person_id=it.id, content=drawn())
    with pytest.raises(NotFound):
        delete_item(person_id=other.id, table="accounts_avatar", key=str(buyer.id))
    delete_item(person_id=buyer.id, table="accounts_avatar", key=str(buyer.id))
    assert avatar_mark(buyer.id) is None
    assert avatar_mark(other.id) is not None


def test_the_page_takes_shows_and_deletes_it(buyer):
    browser = buyer.browser()
    assert "/account/avatar/small" not in browser.get("/account").content.decode()
    assert browser.get("/account/avatar/small").status_code == 404
    named = SimpleUploadedFile("me.exe", drawn("WEBP"), content_type="text/html")  # by what it holds alone
    assert to(browser.post("/account/avatar", {"file": named})) == "/account"
    page = browser.get("/account").content.decode()
    assert "/account/avatar/small?" in page
    answer = browser.get("/account/avatar/small")
    assert answer["Content-Type"] == "image/webp"
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert opened(answer.content).size == (96, 96)
    assert browser.get("/account/avatar/huge").status_code == 404
    assert to(browser.post("/account/avatar/remove")) == "/account"
    assert browser.get("/account/avatar/small").status_code == 404
    assert browser.post("/account/avatar/remove").status_code == 404


def test_the_page_says_what_is_wrong_and_keeps_the_one_before(buyer):
    browser = buyer.browser()
    set_avatar(person_id=buyer.id, content=drawn())
    mark = avatar_mark(buyer.id)
    for content, said in ((b"<svg/>", "不收 SVG"), (claims(9_000, 9_000), "百万像素")):
        assert (
            to(browser.post("/account/avatar", {"file": SimpleUploadedFile("a.png", content)})) == "/account"
        )
        assert said in words(browser.get("/account"))
    assert to(browser.post("/account/avatar")) == "/account"
    assert "请先选择图片" in words(browser.get("/account"))
    assert avatar_mark(buyer.id) == mark


def test_there_is_no_address_for_anothers(buyer):
    set_avatar(person_id=buyer.id, content=drawn())
    assert make_person().browser().get("/account/avatar/large").status_code == 404
    visitor = Client(SERVER_NAME="127.0.0.1")
    assert visitor.get("/account/avatar/large").status_code == 302
    assert visitor.post("/account/avatar", {"file": SimpleUploadedFile("a", drawn())}).status_code == 302
    assert Client(SERVER_NAME="127.0.0.1").get("/api/v1/me/avatar").status_code == 401


def test_the_api_does_the_same(buyer):
    app = buyer.api()
    refused(call(buyer, "GET", "/me/avatar"), 404, "not_found")
    assert app.post("/api/v1/me/avatar", {"file": SimpleUploadedFile("a", drawn("AVIF"))}).status_code == 204
    answer = app.get("/api/v1/me/avatar")
    assert (answer["Content-Type"], opened(answer.content).size) == ("image/webp", (320, 320))
    assert "no-store" in answer["Cache-Control"]
    assert opened(app.get("/api/v1/me/avatar?size=small").content).size == (96, 96)
    assert app.get("/api/v1/me/avatar?size=huge").status_code == 422
    refused(app.post("/api/v1/me/avatar", {"file": SimpleUploadedFile("a.jpg", b"x")}), 422, "no_avatar")
    refused(
        app.post("/api/v1/me/avatar", {"file": SimpleUploadedFile("a", claims(9_000, 9_000))}),
        413,
        "avatar_too_large",
    )
    assert app.post("/api/v1/me/avatar", {}).status_code == 422
    assert app.delete("/api/v1/me/avatar").status_code == 204
    refused(app.delete("/api/v1/me/avatar"), 404, "not_found")
