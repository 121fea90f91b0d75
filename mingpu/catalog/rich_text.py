"""Descriptions as rich text: what markup may say here, and nothing else. Every text passes this one door.

The allow-list is the library's work (nh3, which parses as browsers do); what comes out is well formed, has no
scripts, styles, forms, frames or drawings, and shows no picture but our own.
"""

import html
import re
import unicodedata
from typing import Final

import nh3
from django.conf import settings

from mingpu.catalog.pictures import FOLDER, NAME

MAX_WRITTEN: Final = 100_000  # characters of markup that are looked at
TAGS: Final = frozenset(
    {
        "p", "br", "hr", "ul", "ol", "li", "strong", "em", "b", "i", "u", "s", "sub", "sup", "h3", "h4", "blockquote",
        "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "img", "a",
    }
)  # fmt: skip
ATTRIBUTES: Final = {
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "img": {"src", "alt"},
    "a": {"href"},
}
_GONE_WITH_CONTENT: Final = {
    "script",
    "style",
    "template",
    "title",
    "textarea",
    "noscript",
    "iframe",
    "object",
}
_MARKUP = re.compile(r"</?[a-z][^<>]*>|<!--", re.IGNORECASE)
_OPENED = re.compile(r"<(?P<tag>[a-z][a-z0-9:-]*)(?P<rest>[^<>]*)", re.IGNORECASE)
_NAMED = re.compile(r"([a-z][a-z0-9:-]*)\s*=", re.IGNORECASE)
_HEADINGS: Final = frozenset({"h1", "h2", "h5", "h6"})  # brought to the levels the page leaves free
_SPAN = re.compile(r"[1-9]\d?")
_INSIDE = re.compile(r"/(?![/\\])[^\\\s]*")  # an address of the mall itself
_NO_PICTURE = re.compile(r'<img(?: (?!src=)[a-z]+="[^"]*")*>')  # as the library writes attributes
_JOINERS = "\u200c\u200d"  # they shape letters and emoji
_EMPTY = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>")


def is_text(char: str) -> bool:
    """Say whether a character is text: no controls, private or unassigned ones, no direction overrides."""
    return not unicodedata.category(char).startswith("C") or char in _JOINERS or char in "\n\t\r"


def has_markup(text: str) -> bool:
    """Say whether a text is written in markup."""
    return bool(_MARKUP.search(text))


def sanitised(written: str) -> str:
    """Return markup with everything taken out that is not on the allow-list; safe to show as it is.

    Headings become h3 and h4, as the page has its own above them. Links lead within the mall; pictures are those
    of our own media. Cut off markup is closed. No character is left that is no text, also none written as an entity.
    """
    shown = "".join(filter(is_text, _cleaned(_levelled(written[:MAX_WRITTEN]))))
    first = _EMPTY.sub("", _NO_PICTURE.sub("", shown))
    return _cleaned(first).strip()  # the library has the last word


def loses(written: str) -> bool:
    """Say whether markup says something that `sanitised` takes out: a tag or an attribute that is not allowed."""
    for found in _OPENED.finditer(written[:MAX_WRITTEN]):
        tag = found["tag"].lower()
        names = {it.lower() for it in _NAMED.findall(found["rest"])}
        if (tag not in TAGS and tag not in _HEADINGS) or names - ATTRIBUTES.get(tag, set()):
            return True
    return "<!" in written


def paragraphs(text: str) -> str:
    """Return plain text as markup, a paragraph for each line."""
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)


def _cleaned(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        clean_content_tags=_GONE_WITH_CONTENT,
        attribute_filter=_attribute,
        strip_comments=True,
        url_schemes=set(),
        link_rel="nofollow",
    )


def _levelled(written: str) -> str:
    """Bring headings of other levels to those the page leaves free."""
    return re.sub(
        r"<(/?)h([1256])\b", lambda it: f"<{it[1]}h{3 if it[2] in '12' else 4}", written, flags=re.IGNORECASE
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value; None takes the attribute out."""
    if tag == "img" and name == "src":
        base, _, picture = value.rpartition("/")
        return value if base == f"{settings.MEDIA_URL}{FOLDER}" and NAME.fullmatch(picture) else None
    if tag == "a" and name == "href":
        return value if _INSIDE.fullmatch(value) else None
    if name in {"colspan", "rowspan"}:
        return value if _SPAN.fullmatch(value) else None
    if name == "scope":
        return value if value in {"col", "row"} else None
    return value
