"""Renditions: which there are, how they are made, when they go."""

import os
import secrets
import time
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from mingpu.catalog import jobs, pictures, renditions, services
from mingpu.catalog.services import showing
from tests.catalog.shop import file, item, photo, source, stored, take
from tests.support import zone

SMALL = "image/avif", "image/webp"


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    renditions.make_due(60)


def kept(path: Path, content: bytes) -> str:
    name = pictures.keep(file(path, "picture", content))
    assert name is not None
    return name


def place(name: str) -> Path:
    return settings.MEDIA_ROOT / "catalog" / name


def opened(it: renditions.Rendition) -> Image.Image:
    return Image.open(place(it.name))


def waiting() -> set[str]:
    folder = settings.MEDIA_ROOT / "catalog" / ".waiting"
    return {it.name for it in folder.iterdir()} if folder.is_dir() else set()


def forget(name: str) -> None:
    for it in renditions.renditions(name):
        place(it.name).unlink(missing_ok=True)


# ---- which there are ----


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ("1x1", [1]), ("100x80", [100]), ("160x160", [160]), ("161x90", [160, 161]), ("800x600", [160, 320, 640, 800]),
        ("1280x10", [160, 320, 640, 1280]), ("4000x3000", [160, 320, 640, 1280]),
    ],
)  # fmt: skip
def test_a_picture_has_a_few_widths_and_none_beyond_its_own(size, widths):
    found = renditions.renditions(f"{'a' * 32}-{size}.jpg")
    for kind in (*SMALL, "image/jpeg"):
        assert [it.width for it in found if it.media_type == kind] == widths
    assert len(found) == 3 * len(widths)


@given(st.integers(1, 16_383), st.integers(1, 16_383), st.sampled_from(["jpg", "png", "webp"]))
def test_every_rendition_leads_back_to_its_picture(width, height, kind):
    name = f"{'0' * 32}-{width}x{height}.{kind}"
    found = renditions.renditions(name)
    assert len({it.name for it in found}) == len(found) > 0
    for it in found:
        assert renditions.picture_of(it.name) == name
        assert pictures.NAME.fullmatch(it.name) is None  # never taken for a picture of its own
        assert it.width <= width
        assert abs(it.height - height * it.width / width) <= 1


@pytest.mark.parametrize(
    "name", ["", "a.jpg", f"{'0' * 32}.jpg", f"{'0' * 32}.svg", f"../{'0' * 32}-9x9.jpg"]
)
def test_drawings_and_what_is_no_picture_of_ours_have_none(name):
    assert renditions.renditions(name) == ()


@pytest.mark.parametrize(
    "name",
    [
        "{}-800x600-jpg1w161.avif", "{}-800x600-jpg1w1280.avif", "{}-800x600-jpg2w160.avif", "{}-800x600-gif1w160.avif",
        "{}-800x600-jpg1w160.gif", "{}-800x600-jpg1w160.png", "{}-800x600-jpg1w0160.avif", "{}-jpg1w160.avif",
        "../{}-800x600-jpg1w160.avif", "{}-800x600-jpg1w160.avif\n", "{}-0x5-jpg1w0.jpg",
        "{}-5x0-jpg1w5.jpg",
    ],
)  # fmt: skip
def test_a_name_that_no_picture_gives_is_nothing(name):
    assert renditions.picture_of("{}-800x600-jpg1w160.avif".format("0" * 32))
    assert renditions.picture_of(name.format("0" * 32)) == ""


# ---- how they are made ----


@pytest.mark.parametrize(("kind", "plain"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "JPEG")])
def test_they_are_what_their_names_say(tmp_path, kind, plain):
    name = kept(tmp_path, photo(700, 350, kind=kind, salt=secrets.token_hex()))
    assert renditions.make(name)
    formats = {"image/avif": "AVIF", "image/webp": "WEBP", "image/jpeg": plain, "image/png": plain}
    for it in renditions.renditions(name):
        drawn = opened(it)
        assert (drawn.format, drawn.size) == (formats[it.media_type], (it.width, it.height))


def test_making_them_again_changes_nothing(tmp_path):
    name = kept(tmp_path, photo(200, 200, salt=secrets.token_hex()))
    renditions.make(name)
    before = {it.name: place(it.name).stat().st_mtime_ns for it in renditions.renditions(name)}
    lost = renditions.renditions(name)[2]
    place(lost.name).unlink()
    assert renditions.make(name)
    after = {it.name: place(it.name).stat().st_mtime_ns for it in renditions.renditions(name)}
    assert after.pop(lost.name) != before.pop(lost.name)
    assert after == before


def test_a_photo_taken_on_its_side_stands_upright(tmp_path):
    held = Image.new("RGB", (400, 200), "red")
    held.paste("blue", (0, 0, 200, 200))  # lies to the left, shows at the top once the photo is turned
    out, turned = BytesIO(), Image.Exif()
    turned[0x0112] = 6
    held.save(out, "JPEG", exif=turned)
    name = kept(tmp_path, out.getvalue())
    renditions.make(name)
    for it in renditions.renditions(name):
        drawn = opened(it).convert("RGB")
        assert drawn.size == (it.width, it.width * 2)
        assert is_near(drawn.getpixel((it.width // 2, it.width // 4)), (0, 0, 255))
        assert is_near(drawn.getpixel((it.width // 2, it.width * 2 - 9)), (255, 0, 0))


def is_near(found: object, meant: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 40 for a, b in zip(found, meant, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_frame_is_taken(tmp_path, kind):
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("lime", "red", "blue")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=40)
    name = kept(tmp_path, out.getvalue())
    assert renditions.make(name)
    for it in renditions.renditions(name):
        drawn = opened(it)
        assert getattr(drawn, "n_frames", 1) == 1
        assert is_near(drawn.convert("RGB").getpixel((50, 50)), (0, 255, 0))


def test_what_is_clear_stays_clear_where_the_format_can_and_is_white_where_not(tmp_path):
    clear = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 100, 200))
    for kind in ("PNG", "WEBP"):
        out = BytesIO()
        clear.save(out, kind)
        name = kept(tmp_path, out.getvalue())
        assert renditions.make(name)
        for it in renditions.renditions(name):
            corner = opened(it).convert("RGBA").getpixel((it.width - 5, 5))
            assert isinstance(corner, tuple)
            assert corner[3] < 20 if it.media_type != "image/jpeg" else min(corner) > 235


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "PA", "I;16"])
def test_every_way_of_writing_colours_can_be_drawn(tmp_path, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = Image.new("L", (200, 100), 128)
    if mode == "I;16":
        made = Image.frombytes("I;16", (200, 100), b"\x00\x80" * 20_000)
    out = BytesIO()
    (made if mode == "I;16" else made.convert(mode.replace("PA", "P"))).save(out, kind)
    name = kept(tmp_path, out.getvalue())
    assert renditions.make(name)
    grey = opened(renditions.renditions(name)[0]).convert("RGB").getpixel((80, 40))
    assert mode == "1" or is_near(grey, (128, 128, 128))


def test_colours_are_as_their_profile_means_them(tmp_path):
    """A profile in which red and green have changed places: who leaves it out shows the wrong colour."""
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = usual.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    for profile, meant in ((usual, (255, 0, 0)), (swapped, (0, 255, 0)), (b"no profile", (255, 0, 0))):
        out = BytesIO()
        Image.new("RGB", (200, 200), "red").save(out, "JPEG", icc_profile=profile, quality=95)
        name = kept(tmp_path, out.getvalue())
        assert renditions.make(name)
        for it in renditions.renditions(name):
            assert is_near(opened(it).convert("RGB").getpixel((80, 80)), meant)


def test_what_cannot_be_drawn_goes_on_being_shown_as_it_is(tmp_path):
    whole = photo(300, 300, kind="PNG", salt=secrets.token_hex())
    at = whole.index(b"IDAT") + 4
    name = kept(tmp_path, whole[:at] + bytes(40) + whole[at + 40 :])
    assert not renditions.make(name)
    assert not any(place(it.name).exists() for it in renditions.renditions(name))
    assert not renditions.make_due(60)
    assert waiting() == set()  # it is not tried for ever
    assert place(name).exists()


def test_avif_is_smaller_than_jpeg_for_real_photos(data):
    found = sorted((data / "zh_catalogue_images").glob("*.jpg"))[:6]
    total = dict.fromkeys(("image/avif", "image/webp", "image/jpeg"), 0)
    for path in found:
        name = pictures.keep(path)
        assert name is not None
        assert renditions.make(name)
        for it in renditions.renditions(name):
            total[it.media_type] += place(it.name).stat().st_size
    assert total["image/avif"] < 0.75 * total["image/jpeg"]
    assert total["image/webp"] < 0.85 * total["image/jpeg"]


# ---- the job ----


def test_a_picture_waits_from_its_import_until_its_renditions_are_there(tmp_path):
    origin = source()
    take(item(origin, images=(file(tmp_path, "a.jpg", photo(200, 200, salt=origin)),)))
    (name,) = stored(origin).images
    assert name in waiting()
    with zone("worker"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'catalog.renditions' AND status = 'todo'"
        )
        assert cursor.fetchone() == (1,)
        jobs.renditions()
    assert waiting() == set()
    assert all(place(it.name).exists() for it in renditions.renditions(name))
    take(item(origin, images=(tmp_path / "a.jpg",)))
    assert waiting() == set()  # an import that brings nothing new asks for nothing


def test_what_takes_longer_than_a_turn_goes_on_in_another_job(tmp_path, monkeypatch):
    names = {kept(tmp_path, photo(20, 20, salt=secrets.token_hex())) for _ in range(3)}
    monkeypatch.setattr(showing, "SECONDS", 0.0)
    asked: list[tuple[str, str | None]] = []
    monkeypatch.setattr(showing, "enqueue", lambda name, *, once: asked.append((name, once)))
    services.make_renditions()
    assert len(waiting() & names) == 2  # one in each turn at least
    services.make_renditions()
    services.make_renditions()
    assert waiting() == set()
    assert asked == [("catalog.renditions", "catalog.renditions")] * 2  # none for the last


def test_the_nightly_round_clears_what_nobody_uses_and_mends_what_is_missing(tmp_path):
    origin = source()
    path = file(tmp_path, "a.jpg", photo(200, 200, salt=origin))
    take(item(origin, images=(path,)))
    (used,) = stored(origin).images
    unused = kept(tmp_path, photo(200, 200, salt=secrets.token_hex()))
    renditions.make_due(60)
    for name in (used, unused):
        for it in renditions.renditions(name):
            os.utime(place(it.name), (time.time() - 2 * 86_400,) * 2)
    former = place(renditions.renditions(used)[0].name.replace("jpg1w", "jpg0w"))
    former.write_bytes(b"of a former recipe")
    os.utime(former, (0, 0))
    lost = place(renditions.renditions(used)[0].name)
    lost.unlink()
    with zone("worker"):
        gone, lacking = services.tend_renditions()
    assert gone >= len(renditions.renditions(unused)) + 1
    assert lacking >= 1
    assert not any(place(it.name).exists() for it in renditions.renditions(unused))
    assert not former.exists()
    assert place(unused).exists()  # an order may show it
    renditions.make_due(60)
    assert lost.exists()


def test_what_is_about_to_be_used_is_not_cleared(tmp_path):
    fresh = kept(tmp_path, photo(200, 200, salt=secrets.token_hex()))
    renditions.make_due(60)
    renditions.sweep(set())
    assert all(place(it.name).exists() for it in renditions.renditions(fresh))
