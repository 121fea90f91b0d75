"""Every page, drawn in both languages with the fixtures, held against what a page of ours must be."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.template import Context, TemplateSyntaxError
from django.test import RequestFactory, override_settings

from tests.web import fixtures
from tests.web.goods import goods

fixtures.ensure_django()
LANGUAGES = ("zh-hans", "en")
STATIC = fixtures.TEMPLATES.parent / "static"
VOID = {"br", "hr", "img", "input", "link", "meta"}
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
DATA = "application/ld+json"  # a block of data, which no browser runs
NAMES_ONLY = {"canonical", "alternate", "prev", "next"}  # links that name an address and fetch nothing
CJK = r"[\u4e00-\u9fff]"


class Element:
    """One element with its attributes, parents and text."""

    def __init__(self, name: str, attrs: dict[str, str], parents: tuple["Element", ...]) -> None:
        self.name, self.attrs, self.parents, self.text = name, attrs, parents, ""

    def inside(self, name: str) -> "Element | None":
        return next((it for it in reversed(self.parents) if it.name == name), None)


class Document(HTMLParser):
    """A page as a list of its elements; `open` holds what was never closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        it = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open))
        self.elements.append(it)
        if tag not in VOID:
            self.open.append(it)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name} {self.open[-1].attrs}>"
        self.open.pop()

    def handle_data(self, data):
        for it in self.open:
            it.text += data

    def named(self, *names: str) -> list[Element]:
        return [it for it in self.elements if it.name in names]

    def ids(self) -> list[str]:
        return [it.attrs["id"] for it in self.elements if "id" in it.attrs]


@pytest.fixture(scope="module", autouse=True)
def plain_files():
    """Addresses of static files without a manifest, which only exists once the mall is set up."""
    with override_settings(STORAGES=PLAIN):
        yield


@pytest.fixture(scope="module")
def engine():
    return fixtures.engine()


@pytest.fixture(
    scope="module", params=[(name, it) for name in fixtures.PAGES for it in LANGUAGES], ids="-".join
)
def html(request, engine):
    name, language = request.param
    return fixtures.draw(fixtures.PAGES[name], language, engine)


@pytest.fixture(scope="module")
def page(html):
    return Document(html)


def test_everything_is_closed(page):
    assert page.open == []


def test_nothing_needs_a_looser_policy(page):
    for it in page.elements:
        assert "style" not in it.attrs, it.attrs
        assert it.name != "style"
        assert not [name for name in it.attrs if name.startswith(("on", "hx-on"))], it.attrs
        assert not it.attrs.get("href", "").startswith("javascript:")
        if it.name == "script" and it.attrs.get("type") != DATA:
            assert it.attrs["src"].startswith("/static/")
        if it.name in {"link", "img", "iframe", "use"} and it.attrs.get("rel") not in NAMES_ONLY:
            assert not it.attrs.get("href", it.attrs.get("src", "")).startswith(("http:", "https:", "//"))


def test_words_of_templates_are_never_left_over(html):
    assert "{%" not in html
    assert "{{" not in html
    assert ">None<" not in html
    assert "Text(zh" not in html


def test_ids_are_there_once(page):
    ids = page.ids()
    assert len(ids) == len(set(ids)), [it for it in ids if ids.count(it) > 1]


def test_what_is_pointed_at_exists(page):
    ids = set(page.ids())
    for it in page.elements:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for target in it.attrs.get(name, "").split():
                assert target in ids, (it.name, name, target)
        if (href := it.attrs.get("href", "")).startswith("#") and it.name == "a":
            assert href[1:] in ids or href.startswith("#clause-"), href


def test_every_input_has_a_name_for_people(page):
    labelled = {it.attrs["for"] for it in page.named("label") if "for" in it.attrs}
    for it in page.named("input", "select", "textarea"):
        if it.attrs.get("type") == "hidden":
            continue
        around = it.inside("label")
        named = it.attrs.get("id") in labelled or "aria-label" in it.attrs or (around and around.text.strip())
        assert named, it.attrs


def test_everything_to_tap_says_what_it_does(page):
    for it in page.named("a", "button"):
        if it.attrs.get("aria-hidden") == "true":
            continue
        inner = [img for img in page.named("img") if it in img.parents and img.attrs["alt"]]
        assert it.text.strip() or it.attrs.get("aria-label", "").strip(": ") or inner, it.attrs


def test_pictures_have_words_and_a_size(page):
    for it in page.named("img"):
        assert "alt" in it.attrs
        assert it.attrs["width"].isdigit(), it.attrs
        assert it.attrs["height"].isdigit(), it.attrs


def test_headings_come_in_order(page):
    levels = [int(it.name[1]) for it in page.named("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    steps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
    assert not steps, levels


def test_forms_that_change_something_are_protected(page):
    for form in page.named("form"):
        inputs = [it for it in page.named("input") if form in it.parents]
        token = [it for it in inputs if it.attrs.get("name") == "csrfmiddlewaretoken"]
        # What goes to an institution takes nothing of ours along.
        elsewhere = form.attrs.get("action", "").startswith(("http:", "https:"))
        if form.attrs.get("method", "get").lower() == "post" and not elsewhere:
            assert len(token) == 1, form.attrs
        else:
            assert not token, form.attrs


def test_nobody_nests_what_may_not_nest(page):
    for it in page.elements:
        if it.name in {"a", "button", "form"}:
            assert it.inside(it.name) is None, it.attrs
        if it.name == "a":
            assert it.inside("button") is None
        if it.name == "button":
            assert it.inside("a") is None


def test_landmarks_and_language(page):
    root = page.named("html")[0]
    assert root.attrs["lang"] in {"zh-Hans", "en"}
    main = page.named("main")
    assert len(main) == 1
    assert main[0].attrs["id"] == "main"
    assert page.named("a")[0].attrs["href"] == "#main"
    for nav in page.named("nav"):
        assert nav.attrs.get("aria-label") or nav.attrs.get("aria-labelledby"), nav.attrs
    assert page.named("title")[0].text.strip()


def test_yes_and_no_weigh_the_same(page):
    for group in [it for it in page.elements if it.attrs.get("class") == "yesno"]:
        yes, no = [it for it in page.named("button") if group in it.parents]
        assert (yes.attrs["value"], no.attrs["value"]) == ("true", "false")
        assert {name for name in yes.attrs if name != "value"} == {
            name for name in no.attrs if name != "value"
        }
        assert "class" not in yes.attrs
        assert "class" not in no.attrs
        assert group.attrs["aria-label"]


def test_english_pages_are_english_and_chinese_ones_chinese(engine):
    for name in ("help", "privacy", "cancellation", "permissions", "orders-empty"):
        english = Document(fixtures.draw(fixtures.PAGES[name], "en", engine))
        words = english.named("main")[0].text
        assert not re.findall(f"{CJK}+", words.replace("知夏", "")), name
        chinese = Document(fixtures.draw(fixtures.PAGES[name], "zh-hans", engine))
        assert len(re.findall(CJK, chinese.named("main")[0].text)) > 20


def test_chinese_sentences_have_chinese_punctuation():
    for path in fixtures.TEMPLATES.rglob("*.html"):
        for words in re.findall(r'\{% t "((?:[^"\\]|\\.)*)"', path.read_text()):
            assert not re.findall(rf"{CJK}[,;:?!]|[,;:?!]{CJK}", words), (path.name, words)


def test_nobody_has_agreed_beforehand(engine):
    page = Document(fixtures.draw(fixtures.PAGES["register"], "zh-hans", engine))
    assert not [it for it in page.named("input") if "checked" in it.attrs]
    consents = Document(fixtures.draw(fixtures.PAGES["consents"], "zh-hans", engine))
    never_asked = [it for it in consents.named("button") if "granted" in it.attrs.get("name", "")][:2]
    assert [it.attrs["aria-pressed"] for it in never_asked] == ["false", "false"]


def test_an_error_is_tied_to_its_field(engine):
    page = Document(fixtures.draw(fixtures.PAGES["address-wrong"], "zh-hans", engine))
    phone = next(it for it in page.elements if it.attrs.get("name") == "phone")
    assert phone.attrs["aria-invalid"] == "true"
    assert "id_phone-error" in phone.attrs["aria-describedby"]
    assert phone.attrs["value"] == "12"


def test_optional_fields_say_so_and_required_ones_do_not(engine):
    page = Document(fixtures.draw(fixtures.PAGES["address-new"], "en", engine))
    labels = {it.attrs.get("for"): it.text for it in page.named("label")}
    assert "optional" in labels["id_landline"]
    assert "optional" in labels["id_email"]
    assert "optional" not in labels["id_phone"]


def test_an_address_chosen_from_the_book_asks_nothing_more(engine):
    page = Document(fixtures.draw(fixtures.PAGES["checkout"], "zh-hans", engine))
    asked = {it.attrs["name"] for it in page.named("input", "textarea") if "required" in it.attrs}
    assert asked <= {"payment"}
    key = next(it for it in page.named("input") if it.attrs.get("name") == "key")
    assert key.attrs["type"] == "hidden"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", fixtures.PARTS)
def test_fragments(name, language, engine):
    html = fixtures.draw(fixtures.PARTS[name], language, engine)
    assert "{%" not in html
    if name not in {"manifest", "sw"}:
        page = Document(html)
        assert not page.open
        assert not [it for it in page.elements if "style" in it.attrs or it.name == "script"]


def test_manifest_can_be_read(engine):
    manifest = json.loads(fixtures.draw(fixtures.PARTS["manifest"], "en", engine))
    assert manifest["name"] == "Mingpu"
    assert manifest["start_url"] == "/"
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}


def test_service_worker_keeps_our_own_files_only(engine):
    worker = fixtures.draw(fixtures.PARTS["sw"], "zh-hans", engine)
    ours = re.compile(re.findall(r'const OURS = new RegExp\("(.*)"\);', worker)[0].replace(r"\\b", r"\b"))
    for path in ("/static/css/core.css", "/static/icons.svg", "/static/brand/logo.svg"):
        assert ours.match(path), path
    for path in ("/", "/orders", "/api/v1/me/profile", "/media/x.svg", "/static/pictures/1.svg", "/account"):
        assert not ours.match(path), path
    assert 'credentials: "omit"' in worker


def test_what_people_type_is_never_mark_up(engine):
    source = '{% t "你好 {who}" "Hello {who}" who=name as hello %}<p title="{{ hello }}">{{ hello }}</p>'
    html = engine.from_string(source).render({"name": '<b onclick="x">"&'})
    assert "<b" not in html
    assert '"&' not in html


@pytest.mark.parametrize("source", ['{% t "只有中文" %}', "{% t 你好 Hello %}", '{% t "你" "You" name %}'])
def test_a_sentence_in_one_language_is_a_mistake(engine, source):
    with pytest.raises(TemplateSyntaxError):
        engine.from_string(source)


@pytest.mark.parametrize(
    ("source", "given", "shown"),
    [
        ("{{ it|yuan }}", 129900, "¥1,299.00"),
        ("{{ it|yuan }}", -5, "-¥0.05"),
        ("{{ it|yuan }}", None, ""),
        ("{{ it|plain_yuan }}", 950, "9.5"),
        ("{{ it|plain_yuan }}", 9900, "99"),
        ("{{ it|when }}", "2026-11-20T16:30:00Z", "2026-11-21 00:30"),
        ('{{ it|when:"date" }}', "2026-11-20T16:30:00+00:00", "2026-11-21"),
        ("{{ it|when }}", None, ""),
        ("{{ it|listed }}", ["姓名", "电话"], "姓名、电话"),
        ("{{ it|monogram }}", "《云》", "云"),
        ("{{ it|monogram }}", "", "铺"),
    ],
)
def test_filters(engine, source, given, shown):
    drawn = engine.from_string(source).render({"it": given})
    assert re.sub("<[^>]*>", "", drawn) == shown


def test_query_strings_keep_the_rest(engine):
    template = engine.from_string("{% qs page=2 sort=None %}")
    request = RequestFactory().get("/search", {"q": "茶 & 壶", "sort": "new", "page": "1"})
    assert template.render({}, request) == "?q=%E8%8C%B6+%26+%E5%A3%B6&amp;page=2"


def test_a_card_is_drawn_for_each_language(engine):
    source = engine.from_string("{% cards items %}")
    zh, en = (
        fixtures.draw_with(language, lambda: source.render({"items": goods(1)})) for language in LANGUAGES
    )
    assert zh != en


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", css))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(it * 2 for it in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


WORDS = [
    *[(ink, paper) for ink in ("ink", "ink-2", "ink-3", "brand", "brand-strong", "accent", "danger") for paper in ("paper", "surface")],
    ("ink-2", "sunken"), ("ink-3", "sunken"), ("brand", "sunken"), ("on-brand", "brand"), ("on-accent", "accent"),
    ("brand-strong", "brand-tint"), ("ink-2", "brand-tint"), ("ink-3", "brand-tint"), ("accent-strong", "accent-tint"), ("ink-2", "accent-tint"),
    ("ok", "ok-tint"), ("warn", "warn-tint"), ("danger", "danger-tint"), ("ink", "danger-tint"), ("paper", "ink"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read(scheme):
    light, dark = (STATIC / "css/core.css").read_text().split("@media (prefers-color-scheme:dark)")
    palette = {**colours(light), **(colours(dark) if scheme == "dark" else {})}
    weak = {pair: round(contrast(*(palette[it] for it in pair)), 2) for pair in WORDS}
    assert not {pair: ratio for pair, ratio in weak.items() if ratio < 4.5}
    assert contrast(palette["line-strong"], palette["surface"]) >= 3


def test_what_travels_stays_small():
    assert sum(path.stat().st_size for path in (STATIC / "css").glob("*.css")) <= 48 * 1024
    scripts = {path.name: path.read_text() for path in (STATIC / "js").glob("*.js")}
    loaded, fresh = set(), {"mall.js"}  # what comes with every page; the rest is fetched where it is used
    while fresh:
        loaded |= fresh
        fresh = {it for name in fresh for it in re.findall(r'from "\./([\w-]+\.js)"', scripts[name])} - loaded
    assert len(loaded) > 8
    assert sum(len(scripts[name].encode()) for name in loaded) <= 17 * 1024


def test_every_class_is_styled():
    css = "".join(path.read_text() for path in (STATIC / "css").glob("*.css"))
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", css)) | {"htmx-indicator"}
    for path in fixtures.TEMPLATES.rglob("*.html"):
        source = re.sub(r"[\w-]*\{\{.*?\}\}|\{%.*?%\}", " ", path.read_text())
        for names in re.findall(r'class="([^"]*)"', source):
            assert set(names.split()) <= known, (path.name, set(names.split()) - known)


def test_every_icon_is_drawn(engine):
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    for path in fixtures.TEMPLATES.rglob("*.html"):
        assert set(re.findall(r'\{% icon "([\w-]+)"', path.read_text())) <= sprite, path.name
    assert {"location", "camera", "album", "microphone", "contacts"} <= sprite  # named by the permission
    assert engine.from_string('{% icon "cart" %}').template.render(Context()).count("#cart") == 1
