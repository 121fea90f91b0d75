"""When a product is shown: from a moment on, until another. Pure, no database."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from mingpu.catalog.feed_values import RefusedError
from mingpu.lib.text import Text

SOON, OVER = "soon", "over"
REASONS: Final = {
    SOON: Text("还没有开售", "Not on sale yet"),
    OVER: Text("已经结束销售", "No longer on sale"),
}
BEIJING: Final = timezone(timedelta(hours=8))  # what a moment without a zone means
LONGEST: Final = 40  # characters a moment is written in


def standing(begin: datetime | None, end: datetime | None, at: datetime) -> str:
    """Return where a moment lies: SOON before `begin`, OVER from `end` on, "" in between; None is always."""
    if begin is not None and at < begin:
        return SOON
    return OVER if end is not None and at >= end else ""


def written(moment: datetime | None) -> str:
    """Return a moment as a form's field for date and time holds it, in Beijing time; "" for None."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%dT%H:%M}" if moment else ""


def period(fields: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return `published_from` and `published_until` of a row. Raises RefusedError: `bad_moment`, `ends_before_it_begins`."""
    begin, end = (moment_field(fields.get(name), name) for name in ("published_from", "published_until"))
    if begin and end and end <= begin:
        raise RefusedError("ends_before_it_begins")
    return begin, end


def moment_field(value: Any, name: str) -> datetime | None:
    """Return a moment of a catalogue file; None when absent. Raises RefusedError: `bad_moment`, a guess could sell too early.

    value: ISO 8601, such as `2026-11-11T20:00:00+08:00` or `2026-11-11 20:00`; without a zone it is Beijing time,
    without a clock midnight.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    written = value.strip() if isinstance(value, str) and len(value) <= LONGEST else ""
    try:
        found = datetime.fromisoformat(written)
        return found if found.tzinfo else found.replace(tzinfo=BEIJING)
    except ValueError:
        raise RefusedError("bad_moment", field=name) from None
