"""The frame of the counterparts' pages, and the few building blocks they share."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Final

from starlette.responses import HTMLResponse, Response

from mingpu.lib.text import Text, current_language

STYLE: Final = (Path(__file__).parent / "static" / "counterparts.css").read_text(encoding="utf-8")
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HOME: Final = Text("对方世界", "The other side")


def page(title: Text, body: str, *, status: int = 200, theme: str = "") -> HTMLResponse:
    """Return a whole page around `body`, which is HTML; theme: a class that colours it for one party."""
    language = "zh-Hans" if current_language() == "zh-hans" else "en"
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{show(title)} · {show(_HOME)}</title>"
        '<link rel="stylesheet" href="/static/counterparts.css"></head>'
        f'<body class="{theme}"><header><a href="/">{show(_HOME)}</a></header>'
        f"<main><h1>{show(title)}</h1>{body}</main></body></html>"
    )
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return HTMLResponse(text, status, headers)


def style() -> Response:
    """Return the style sheet."""
    return Response(STYLE, media_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=300"})


def show(what: object) -> str:
    """Return text safe to stand anywhere in HTML, attribute values included."""
    return escape(str(what))


def yuan(fen: int) -> str:
    """Write an amount of fen as yuan."""
    return f"¥{fen // 100:,}.{fen % 100:02d}"


def card(*parts: str) -> str:
    """Put HTML into a box."""
    return f'<section class="card">{"".join(parts)}</section>'


def note(text: Text) -> str:
    """Say a sentence that helps."""
    return f'<p class="note">{show(text)}</p>'


def empty(text: Text) -> str:
    """Say that there is nothing yet."""
    return f'<p class="empty">{show(text)}</p>'


def button(action: str, label: Text, values: Iterable[tuple[str, str]], *, strong: bool = False) -> str:
    """Return a form of one button that posts `values`."""
    hidden = "".join(
        f'<input type="hidden" name="{show(name)}" value="{show(value)}">' for name, value in values
    )
    kind = ' class="strong"' if strong else ""
    return f'<form method="post" action="{show(action)}">{hidden}<button{kind}>{show(label)}</button></form>'


def choice(name: str, label: Text, options: Iterable[str]) -> str:
    """Return a labelled list to choose one of."""
    items = "".join(f"<option>{show(option)}</option>" for option in options)
    return f'<label>{show(label)}<select name="{show(name)}">{items}</select></label>'
