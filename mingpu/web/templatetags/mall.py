"""Tags and filters of the pages: two languages, money, time, icons, form fields, addresses of pages."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from zlib import crc32
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template.base import FilterExpression, Parser, Token
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import unescape_string_literal

from mingpu.lib.money import yuan as write_yuan
from mingpu.lib.text import Text, current_language
from mingpu.web.addresses import product_url, short_id

register = template.Library()
BEIJING = ZoneInfo("Asia/Shanghai")
EMPTY: tuple[Any, ...] = (None, "")  # what a template has where there is nothing
_INERT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}  # what could end a block of data
TINTS = 6  # as many .tint-N classes as components.css has
SKU_DATA = (
    "sku",
    "options",
    "price_fen",
    "list_price_fen",
    "in_stock",
    "left",
    "tag",
    "until",
    "was_label",
    "was_struck",
    "lowest",
)
TONES = {
    "pending_payment": "warn", "paid": "brand", "shipped": "brand", "delivered": "ok", "completed": "ok",
    "pending_confirmation": "warn", "confirmed": "brand", "partially_shipped": "brand",
    "seller_reviewing": "warn", "awaiting_return": "brand", "awaiting_inspection": "warn", "arbitration": "warn",
    "replacing": "brand", "repairing": "brand", "refunding": "brand", "refunded": "ok", "exchanged": "ok", "repaired": "ok",
    "label_created": "brand", "picked_up": "brand", "in_transit": "brand", "out_for_delivery": "brand", "signed": "ok",
    "refused": "warn", "returning": "warn", "sent": "brand", "done": "ok", "failed": "warn",
}  # fmt: skip

# What a browser or phone may fill in by itself, and the keyboard it should show, by the name of the field.
FILLING: dict[str, dict[str, str]] = {
    "username": {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    "login": {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    "password": {"autocomplete": "current-password"},
    "new_password": {"autocomplete": "new-password"},
    "proof_password": {"autocomplete": "current-password"},
    "totp_code": {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "6"},
    "recovery_code": {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    "phone": {"autocomplete": "tel", "inputmode": "tel"},
    "phone_code": {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "6"},
    "email_code": {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "6"},
    "email": {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"},
    "name": {"autocomplete": "name"},
    "province": {"autocomplete": "address-level1"},
    "city": {"autocomplete": "address-level2"},
    "district": {"autocomplete": "address-level3"},
    "street": {"autocomplete": "street-address"},
    "landline": {"autocomplete": "off", "inputmode": "tel"},
    "nickname": {"autocomplete": "nickname"},
    "birthday": {"autocomplete": "bday"},
    "gender": {"autocomplete": "sex"},
}


class Words(template.Node):
    """`{% t "中文" "English" name=value … [as var] %}`: the sentence in the reader's language.

    The two sentences are the template's own and may hold mark-up; values are escaped.
    """

    def __init__(self, text: Text, facts: Mapping[str, FilterExpression], name: str) -> None:
        self.text, self.facts, self.name = text, facts, name

    def render(self, context: template.Context) -> str:
        """Return the sentence, or keep it under `name` and return nothing."""
        words = SafeString(self.text)
        if self.facts:
            facts = {key: conditional_escape(it.resolve(context)) for key, it in self.facts.items()}
            words = SafeString(words.format(**facts))
        if not self.name:
            return words
        context[self.name] = words
        return ""


def _literal(bit: str) -> str:
    try:
        return unescape_string_literal(bit)
    except ValueError:
        raise template.TemplateSyntaxError(f"t takes two quoted sentences, not {bit}") from None


@register.tag("t")
def do_words(parser: Parser, token: Token) -> Words:
    """Compile `{% t %}`; see `Words`. Raises TemplateSyntaxError unless both sentences are literals."""
    match token.split_contents():
        case [_, zh, en, *bits, "as", name]:
            pass
        case [_, zh, en, *bits]:
            name = ""
        case _:
            raise template.TemplateSyntaxError("t takes two quoted sentences, Chinese and English")
    facts = {}
    for bit in bits:
        key, equals, value = bit.partition("=")
        if not equals:
            raise template.TemplateSyntaxError(f"t: {bit} is not name=value")
        facts[key] = parser.compile_filter(value)
    return Words(Text(zh=_literal(zh), en=_literal(en)), facts, name)


@register.simple_tag
def language() -> str:
    """Return the reader's language as a document says it: `zh-Hans` or `en`."""
    return "en" if current_language() == "en" else "zh-Hans"


@register.filter
def yuan(fen: Any) -> str:
    """Write fen as a price: 129900 -> `¥1,299.00`; nothing for None."""
    if fen in EMPTY:
        return ""
    digits = write_yuan(int(fen))
    return f"-¥{digits[1:]}" if digits.startswith("-") else f"¥{digits}"


@register.simple_tag
def money(fen: int | None) -> str:
    """Write fen as a price with small cents, still read as one number; nothing for None."""
    whole, _, cents = yuan(fen).partition(".")
    if not cents:
        return ""
    sign, _, digits = whole.partition("¥")
    return format_html(
        '<span class="money">{}<small>¥</small>{}<small>.{}</small></span>', sign, digits, cents
    )


@register.filter
def plain_yuan(fen: Any) -> str:
    """Write fen the way an amount is typed into a field: 129900 -> `1299`, 950 -> `9.5`."""
    return "" if fen in EMPTY else f"{fen / 100:.2f}".rstrip("0").rstrip(".")


def _moment(value: datetime | str | None) -> datetime | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if value else None
    return value


@register.filter
def when(value: datetime | str | None, only: str = "") -> str:
    """Write a moment in Beijing time as a <time>; `|when:"date"` leaves the clock out. Nothing for None.

    value: aware datetime, or RFC 3339 text.
    """
    moment = _moment(value)
    if moment is None:
        return ""
    local = moment.astimezone(BEIJING)
    if current_language() == "en":
        shown = f"{local.day} {local:%b %Y}" if only == "date" else f"{local.day} {local:%b %Y, %H:%M}"
    else:
        shown = f"{local:%Y-%m-%d}" if only == "date" else f"{local:%Y-%m-%d %H:%M}"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(timespec="seconds"), shown)


@register.filter
def iso(value: datetime | str | None) -> str:
    """Write a moment as RFC 3339, for a `datetime` attribute; nothing for None."""
    moment = _moment(value)
    return "" if moment is None else moment.isoformat(timespec="seconds")


@register.filter
def short(value: UUID | str) -> str:
    """Write a product's id as addresses hold it."""
    return short_id(value if isinstance(value, UUID) else UUID(value))


@register.filter
def tint(value: object) -> int:
    """Return 0…TINTS-1 for a text, always the same for the same text: the colour behind a missing picture."""
    return crc32(str(value).encode()) % TINTS


@register.filter
def monogram(value: object) -> str:
    """Return the first letter or character of a text that says something, for a missing picture."""
    return next((sign for sign in str(value) if sign.isalnum()), "铺").upper()


@register.filter
def lines(value: object) -> list[str]:
    """Split a description into its paragraphs, without empty ones."""
    return [line.strip() for line in str(value or "").splitlines() if line.strip()]


@register.filter
def listed(values: Iterable[object] | str | None) -> str:
    """Join labels as the reader's language does: `姓名、电话` or `name, phone`."""
    if isinstance(values, str):
        return values
    return (", " if current_language() == "en" else "、").join(str(it) for it in values or ())


def _get(it: Any, name: str) -> Any:
    return it.get(name) if isinstance(it, Mapping) else getattr(it, name, None)


@register.filter
def sku_data(skus: Iterable[Any]) -> str:
    """Write what the picker needs of each SKU as JSON for a data- attribute; the template escapes it."""
    rows = [{name: _get(sku, name) for name in SKU_DATA} for sku in skus]
    return json.dumps(rows, ensure_ascii=False, default=str)


@register.filter
def linked_data(graph: Mapping[str, Any]) -> str:
    """Write a JSON-LD document as the block of data it is; nothing for an empty one.

    The browser runs nothing in it, and no text in it can end it: the signs that could are escaped.
    """
    if not graph:
        return ""
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"), default=str).translate(_INERT)
    return SafeString(f'<script type="application/ld+json">{text}</script>')


@register.filter
def page_count(listing: Any) -> int:
    """Return how many pages a listing has, from its own `pages` or from total and page_size."""
    return int(_get(listing, "pages") or -(-_get(listing, "total") // (_get(listing, "page_size") or 1)))


@register.filter
def pieces(lines: Iterable[Any]) -> int:
    """Return how many pieces the lines of an order hold together."""
    return sum(_get(line, "quantity") for line in lines)


@register.filter
def minus(value: int, other: int) -> int:
    """Subtract."""
    return value - other


@register.filter
def tone(status: str) -> str:
    """Return the colour of a state's label: warn, brand, ok, or quiet for what is over."""
    return TONES.get(status, "quiet")


@register.filter
def pretty(value: object) -> str:
    """Write a payload for reading: JSON over several lines; text stays as it left."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> str:
    """Draw one symbol of static/icons.svg, hidden from readers; `size`: "", "s", "l" or "xl"."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" width="24" height="24"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def qs(context: template.Context, **changes: object) -> str:
    """Return the page's own query string with some values changed; None or "" takes one out.

    Raises nothing: without a request it starts from an empty query.
    """
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"


@lru_cache(maxsize=512)
def _address(urlconf: str | None, prefix: str, name: str) -> str:  # noqa: ARG001 -- parts of the key
    return reverse(name)


@register.simple_tag
def to(name: str) -> str:
    """Return the address of a page without parameters, like `{% url %}`; looked up once, not 30 times a page.

    Raises NoReverseMatch.
    """
    return _address(get_urlconf(), get_script_prefix(), name)


@register.simple_tag
def product_at(product_id: UUID, title: object) -> str:
    """Return the address of a product's page, with the words of its title."""
    return product_url(product_id, str(title))


@register.simple_tag(takes_context=True)
def current(context: template.Context, name: str, *, within: bool = False) -> str:
    """Return ` aria-current="page"` on the page called `name`; with `within=True` also on pages below it."""
    request = context.get("request")
    path = to(name)
    if request is None or not (request.path == path or (within and request.path.startswith(path))):
        return ""
    return SafeString(' aria-current="page"' if request.path == path else ' aria-current="true"')


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if widget.use_fieldset:
        return "choices"
    kind = getattr(widget, "input_type", "")
    return {"checkbox": "check", "hidden": "hidden"}.get(kind, "line")


def _described(bound: BoundField, why: object) -> str:
    parts = [
        (bool(bound.errors), "error"),
        (bool(bound.help_text), "help"),
        (bool(why), "why"),
    ]
    return " ".join(f"{bound.auto_id}-{part}" for there, part in parts if there)


def _input(bound: BoundField, attrs: dict[str, Any], *, lax: bool) -> str:
    form = bound.form
    strict, form.use_required_attribute = form.use_required_attribute, form.use_required_attribute and not lax
    try:
        return bound.as_widget(attrs=attrs)
    finally:
        form.use_required_attribute = strict


@register.inclusion_tag("parts/field.html", takes_context=True)
def field(
    context: template.Context, bound: Any, *, why: object = "", lax: bool = False, **attrs: str
) -> dict[str, Any]:
    """Draw one form field: label, input, what it is for, help, errors, tied together for screen readers.

    bound: a BoundField; a field the form has not draws nothing. why: overrides the page's `why` dict, which
    maps field names to a sentence or to {text, clauses}. lax: never say `required` to the browser (for a
    form that is only sent when another choice is made). attrs: more attributes of the input.
    """
    if not isinstance(bound, BoundField):
        return {}
    reason = why or (context.get("why") or {}).get(bound.name, "")
    kind = _kind(bound)
    given: dict[str, Any] = {**FILLING.get(bound.name, {}), **attrs} if kind == "line" else dict(attrs)
    if described := _described(bound, reason):
        given["aria-describedby"] = described
    if bound.errors:
        given["aria-invalid"] = "true"
    drawn = bound if kind == "choices" else _input(bound, given, lax=lax)
    return {
        "bound": bound,
        "kind": kind,
        "why": reason,
        "clauses": getattr(reason, "clauses", ())
        or (reason.get("clauses", ()) if isinstance(reason, dict) else ()),
        "reason": getattr(reason, "text", None) or (reason["text"] if isinstance(reason, dict) else reason),
        "optional": not bound.field.required,
        "widget": drawn,
    }
