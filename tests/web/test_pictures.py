"""Pictures on pages: how they are served, what a browser is offered, what the screen has to say in it."""

from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog import pictures, renditions
from mingpu.catalog.rules import product_id
from mingpu.lib.display import Display, Shown, current_display, read_display, showing
from tests.catalog.shop import file, index_now, item, photo, source, take
from tests.factories import make_person

HINTS = {"Sec-CH-DPR": "2.0", "Sec-CH-Viewport-Width": "390", "Save-Data": "on"}


@pytest.fixture
def client() -> Client:
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # the server looks for it when it starts
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def shown(tmp_path) -> str:
    """The name of a picture of 800 by 600 that a product shows; its renditions are made."""
    return offered(tmp_path, source())


def offered(path, origin: str, *, made: bool = True) -> str:
    content = file(path, "a.jpg", photo(800, 600, salt=origin))
    second = file(path, "b.png", photo(100, 100, kind="PNG", salt=origin))
    take(item(origin, title=f"细口壶 {origin}", images=(content, second)))
    name = pictures.keep(content)
    assert name is not None
    if made:
        renditions.make_due(60)
    return name


class Images(HTMLParser):
    """The pictures of a page in order: the attributes of each `img`, and of the sources before it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], list[dict[str, str | None]]]] = []
        self._sources: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "source":
            self._sources.append(dict(attrs))
        if tag == "img":
            self.found.append((dict(attrs), self._sources))
            self._sources = []


def drawn(markup: str, display: Display | None = None) -> tuple[dict, list[dict]]:
    """What a picture tag draws on a screen."""
    with showing(display or Display()):
        return Images(engines["django"].from_string(markup).render({})).found[0]


def widths(srcset: str) -> list[int]:
    return [int(it.rsplit(" ", 1)[1].removesuffix("w")) for it in srcset.split(", ")]


# ---- serving ----


def test_a_picture_is_served_for_good(client, shown):
    answer = client.get(pictures.address(shown))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.content == (pictures.folder() / shown).read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Vary" not in answer.headers
    known = client.get(pictures.address(shown), headers={"if-none-match": answer.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert client.head(pictures.address(shown)).status_code == 200
    assert client.post(pictures.address(shown)).status_code == 405


def test_every_rendition_is_served_for_good_as_what_it_is(client, shown):
    marks = {"image/avif": b"ftypavif", "image/webp": b"WEBPVP8", "image/jpeg": b"\xff\xd8\xff"}
    for it in renditions.renditions(shown):
        answer = client.get(pictures.address(it.name))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, it.media_type)
        assert marks[it.media_type] in answer.content[:20]
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_rendition_that_is_not_made_yet_is_answered_with_the_picture_for_a_minute(client, tmp_path):
    name = offered(tmp_path, source(), made=False)
    first = renditions.renditions(name)[0]
    answer = client.get(pictures.address(first.name))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.content == (pictures.folder() / name).read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    renditions.make_due(60)
    after = client.get(pictures.address(first.name), headers={"if-none-match": answer.headers["ETag"]})
    assert (after.status_code, after.headers["Content-Type"]) == (200, "image/avif")


@pytest.mark.parametrize(
    "name",
    [
        "../../secrets/common.json", "..%2f..%2fsecrets%2fcommon.json", "%2e%2e/x", "a.jpg", f"{'0' * 32}.jpg", f"{'0' * 32}.html",
        f"{'0' * 32}.jpg/", f"{'0' * 32}.svg%00.jpg", "", ".part", f"{'A' * 32}.jpg", ".waiting", f".waiting/{'0' * 32}-9x9.jpg",
        f"{'0' * 32}-9x9.svg", f"{'0' * 32}-9x9-jpg1w9.avif", f"{'0' * 32}-9x9-jpg1w9.avif/..",
    ],
)  # fmt: skip
def test_no_other_file_can_be_had(client, name):
    assert client.get(f"/media/catalog/{name}").status_code in {400, 404}


def test_no_width_can_be_made_up(client, shown):
    stem = shown.removesuffix(".jpg")
    for made_up in ("jpg1w161.avif", "jpg1w1280.avif", "jpg2w160.avif", "jpg1w160.png", "png1w160.avif"):
        assert client.get(pictures.address(f"{stem}-{made_up}")).status_code == 404


def test_a_picture_link_out_of_its_folder_leads_nowhere(client):
    pictures.folder().mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / f"{'1' * 32}.jpg").write_bytes(photo())
    assert client.get(f"/media/catalog/../{'1' * 32}.jpg").status_code in {400, 404}


# ---- what a browser is offered ----


def test_a_product_page_offers_every_rendition_and_fetches_the_first_picture_first(client, tmp_path):
    origin = source()
    name = offered(tmp_path, origin)
    page = client.get(f"/products/{product_id(origin, '1')}", follow=True).content.decode()
    (first, sources), (second, _), *thumbs = [
        it for it in Images(page).found if "/media/" in (it[0]["src"] or "")
    ]
    assert [it["type"] for it in sources] == ["image/avif", "image/webp"]
    named = {it.rsplit(" ", 1)[0] for row in (*sources, first) for it in (row["srcset"] or "").split(", ")}
    assert named == {pictures.address(it.name) for it in renditions.renditions(name)}
    assert all(client.get(address).status_code == 200 for address in named)
    assert first["fetchpriority"] == "high"
    assert "loading" not in first
    assert origin in (first["alt"] or "")
    assert second["loading"] == "lazy"
    assert "fetchpriority" not in second
    assert [it["alt"] for it, _ in thumbs] == ["", ""]  # the links around them say it
    assert all(int(it["width"] or 0) > 0 < int(it["height"] or 0) for it, _ in Images(page).found)


def test_a_list_fetches_its_first_pictures_at_once_and_the_rest_when_they_come_near(client, tmp_path):
    origin = source()
    for number in range(6):
        content = file(tmp_path, f"{number}.jpg", photo(400, 400, salt=f"{origin} {number}"))
        take(item(origin, str(number), title=f"大肚壶 {origin}", brand=origin, images=(content,)))
    index_now()
    page = client.get("/search", {"brand": origin}, follow=True).content.decode()
    found = [it for it, _ in Images(page).found if "/media/" in (it["src"] or "")]
    assert ["loading" in it for it in found] == [False] * 4 + [True] * 2
    assert {it["alt"] for it in found} == {""}  # the title stands beside it


def test_a_drawing_and_a_picture_from_before_are_shown_as_they_are():
    for address in (
        f"/media/catalog/{'0' * 32}.svg",
        f"/media/catalog/{'0' * 32}.jpg",
        "/static/brand/x.svg",
    ):
        image, sources = drawn(f'{{% picture "{address}" 96 alt="<b>" %}}')
        assert (image["src"], image["alt"], sources) == (address, "<b>", [])
        assert "srcset" not in image


# ---- the screen ----


@pytest.mark.parametrize(
    ("display", "width", "fallback", "most"),
    [
        (Display(), 96, 160, 800), (Display(density=2), 96, 320, 800), (Display(), 320, 320, 800),
        (Display(density=2), 320, 640, 800), (Display(density=2), 720, 800, 800), (Display(density=2, narrow=True), 720, 800, 800),
        (Display(narrow=True), 720, 640, 800), (Display(saving=True), 320, 320, 320), (Display(density=2, saving=True), 96, 160, 160),
        (Display(density=2, narrow=True, saving=True), 720, 640, 640),
    ],
)  # fmt: skip
def test_the_screen_decides_which_rendition_stands_first_and_how_large_they_get(
    display, width, fallback, most
):
    image, sources = drawn(f'{{% picture "/media/catalog/{"0" * 32}-800x600.jpg" {width} %}}', display)
    assert f"w{fallback}." in image["src"]
    for row in (image, *sources):
        assert max(widths(row["srcset"])) == most


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({}, Display()), ({"Sec-CH-DPR": "2"}, Display(density=2)), ({"Sec-CH-DPR": "1.25"}, Display(density=2)),
        ({"Sec-CH-DPR": "1"}, Display()), ({"Sec-CH-DPR": "3.5"}, Display(density=2)), ({"Sec-CH-DPR": "-2"}, Display()),
        ({"Sec-CH-DPR": "nan"}, Display()), ({"Sec-CH-DPR": "1e9"}, Display()), ({"Sec-CH-DPR": "9" * 400}, Display()),
        ({"Sec-CH-Viewport-Width": "390"}, Display(narrow=True)), ({"Sec-CH-Viewport-Width": "1280"}, Display()),
        ({"Sec-CH-Viewport-Width": "0"}, Display()), ({"Sec-CH-Viewport-Width": "٣٩٠"}, Display()),
        ({"Save-Data": "on"}, Display(saving=True)), ({"Save-Data": "On "}, Display(saving=True)), ({"Save-Data": "off"}, Display()),
    ],
)  # fmt: skip
def test_what_a_screen_says_is_read_coarsely_and_nonsense_not_at_all(said, read):
    assert read_display(said) == read


@given(st.dictionaries(st.sampled_from(sorted(HINTS)), st.text(max_size=40)))
def test_whatever_is_said_there_are_eight_displays_and_no_more(said):
    it = read_display(said)
    assert it.density in {1, 2}
    assert 0 < it.points(720) <= 1440


def test_outside_a_request_there_is_the_usual_display():
    assert current_display() == Display()
    shown = Shown(Display(density=2))
    assert not shown.used
    assert shown.use() == Display(density=2)
    assert shown.used


# ---- asking for hints ----


def test_pages_ask_for_hints_and_say_when_the_answer_depends_on_them(client, tmp_path):
    origin = source()
    offered(tmp_path, origin)
    page = client.get(f"/products/{product_id(origin, '1')}", follow=True)
    assert page.headers["Accept-CH"] == "Sec-CH-DPR, Sec-CH-Viewport-Width"
    varies = set(page.headers["Vary"].split(", "))
    assert {"Sec-CH-DPR", "Sec-CH-Viewport-Width", "Save-Data", "Accept-Language"} <= varies
    assert "Sec-CH-DPR" not in client.get("/login").headers["Vary"]


def test_programs_are_not_asked_and_get_every_rendition(client, tmp_path):
    origin = source()
    name = offered(tmp_path, origin)
    path = f"/api/v1/products/{product_id(origin, '1')}"
    answer, hinted = client.get(path), client.get(path, headers=HINTS)
    assert "Accept-CH" not in answer.headers
    assert "Sec-CH-DPR" not in answer.headers["Vary"]
    assert answer.content == hinted.content
    found = answer.json()
    assert found["images"][0] == pictures.address(name)
    mine = [it for it in found["renditions"] if it["image"] == found["images"][0]]
    assert {(it["width"], it["type"]) for it in mine} == {
        (width, kind) for width in (160, 320, 640, 800) for kind in ("image/avif", "image/webp", "image/jpeg")
    }
    assert all(client.get(it["url"]).status_code == 200 for it in found["renditions"])
    assert {it["height"] for it in mine if it["width"] == 800} == {600}


def test_who_spares_data_gets_shorter_lists_of_smaller_pictures(client, tmp_path):
    origin = source()
    content = file(tmp_path, "a.jpg", photo(800, 600, salt=origin))
    take(*(item(origin, str(n), title=f"长嘴壶 {n}", brand=origin, images=(content,)) for n in range(14)))
    index_now()
    for headers, count, most in ({}, 14, 800), ({"Save-Data": "on"}, 12, 320), ({"Sec-CH-DPR": "2"}, 14, 800):
        page = client.get("/search", {"brand": origin}, headers=headers, follow=True).content.decode()
        found = [it for it in Images(page).found if "/media/" in (it[0]["src"] or "")]
        assert len(found) == count
        assert {max(widths(it["srcset"] or "")) for it, _ in found} == {most}


def test_one_screen_after_another_shares_nothing(client, tmp_path):
    origin = source()
    offered(tmp_path, origin)
    path = f"/products/{product_id(origin, '1')}"
    for headers, most in (
        ({"Save-Data": "on"}, 160),
        ({}, 800),
        ({"Save-Data": "on"}, 160),
        ({"Sec-CH-DPR": "2"}, 800),
    ):
        page = client.get(path, headers=headers, follow=True).content.decode()
        thumb = next(it for it, _ in Images(page).found if it["width"] == "72")
        assert max(widths(thumb["srcset"] or "")) == most


def test_hints_are_in_no_log(client, tmp_path, caplog):
    caplog.set_level("DEBUG")
    mark = {"Sec-CH-DPR": "2.7182818284", "Sec-CH-Viewport-Width": "31415", "Save-Data": "canary-save"}
    buyer = make_person()
    for headers in (mark, {**mark, "Sec-CH-DPR": "canary-dpr"}):
        assert buyer.browser().get("/", headers=headers).status_code == 200
        assert buyer.browser().get("/nowhere", headers=headers).status_code == 404
    assert not [word for word in ("2.7182818284", "31415", "canary-") if word in caplog.text]
