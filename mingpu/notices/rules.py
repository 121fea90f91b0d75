"""Which ways a notice goes, when, and what a mail says. Pure: no database, no clock."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mingpu.lib.text import LANGUAGES, Text
from mingpu.notices.errors import BadChoice
from mingpu.notices.kinds import ALWAYS, CHANNELS, KINDS, ON, Kind

DAY: Final = 24 * 60  # minutes
QUIET: Final = (22 * 60, 8 * 60)  # from, to: minutes since midnight where the person is
ZONE: Final = "Asia/Shanghai"
ZONES: Final = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo", "Asia/Bangkok", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dubai",
    "Europe/Moscow", "Europe/Berlin", "Europe/London", "UTC", "America/Sao_Paulo", "America/St_Johns",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Pacific/Honolulu",
    "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati",
)  # fmt: skip
Choices = Mapping[tuple[str, str], bool]  # (kind, channel) -> on or off, where somebody chose


def on(kind: Kind, channel: str, choices: Choices) -> bool:
    """Tell whether a kind goes by a channel: always, never, or as chosen."""
    way = kind.ways.get(channel)
    if way is None or way == ALWAYS:
        return way == ALWAYS
    return choices.get((kind.code, channel), way == ON)


def ways(kind: Kind, choices: Choices, *, agreed: bool) -> tuple[str, ...]:
    """Return the channels a notice goes by, in the table's order. agreed: to marketing, which only that kind asks."""
    if kind.marketing and not agreed:
        return ()
    return tuple(it for it in CHANNELS if on(kind, it, choices))


def pack(choices: Choices) -> str:
    """Return choices as they are kept: `kind.channel=1`, one a line."""
    return "\n".join(f"{kind}.{channel}={int(chosen)}" for (kind, channel), chosen in sorted(choices.items()))


def unpack(kept: str) -> dict[tuple[str, str], bool]:
    """Return choices from how they are kept; those of kinds that are no more are left out."""
    found = {}
    for line in kept.splitlines():
        name, _, chosen = line.partition("=")
        kind, _, channel = name.partition(".")
        if kind in KINDS and channel in KINDS[kind].ways:
            found[kind, channel] = chosen == "1"
    return found


def choice(kind: str, channel: str) -> tuple[str, str]:
    """Return a choice's place. Raises BadChoice for a kind or channel that is not there or cannot be chosen."""
    way = KINDS[kind].ways.get(channel) if kind in KINDS else None
    if way is None or way == ALWAYS:
        raise BadChoice(field=f"{kind}.{channel}"[:60])
    return kind, channel


def minutes(value: int) -> int:
    """Return a moment of the day in minutes since midnight. Raises BadChoice outside 0-1439."""
    if not 0 <= value < DAY:
        raise BadChoice(field="quiet")
    return value


def zone_name(value: str) -> str:
    """Return a time zone of `ZONES`. Raises BadChoice for another."""
    if value not in ZONES:
        raise BadChoice(field="zone")
    return value


def language(value: str) -> str:
    """Return one of the mall's languages. Raises BadChoice for another."""
    if value not in LANGUAGES:
        raise BadChoice(field="language")
    return value


def quiet_end(at: datetime, begins: int, ends: int, zone: str) -> datetime | None:
    """Return when the quiet hours end that `at` lies in, UTC; None outside them.

    at: aware; begins, ends: minutes since midnight by the clock of `zone`, over midnight where begins > ends; no
    quiet hours where they are equal. Where clocks are put forward over that end, it is the first moment after.
    """
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    inside = begins <= minute < ends if begins <= ends else minute >= begins or minute < ends
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if minute >= ends else 0)
    wall = datetime(day.year, day.month, day.day, ends // 60, ends % 60, tzinfo=ZoneInfo(zone))
    end = wall.astimezone(UTC)
    if end <= at:  # an hour that the clock showed twice: its second time
        end = wall.replace(fold=1).astimezone(UTC)
    return end


def letter(
    kind: Kind, language: str, *, place: str, unsubscribe: str = "", stop: str = ""
) -> tuple[str, str]:
    """Return subject and text of a mail.

    place: the address of the list of notices; unsubscribe, stop: of what takes the consent back or stops what was
    begun, "" where none is due.
    """
    english = language == "en"
    words = [_said(kind.text, english), *([f"{_said(STOP, english)}\n{stop}"] if stop else []), place]
    if unsubscribe:
        words.append(f"{_said(UNSUBSCRIBE, english)}\n{unsubscribe}")
    elif kind.security:
        words.append(_said(NO_SWITCH, english))
    name = "Mingpu: " if english else "明铺："
    return f"{name}{_said(kind.title, english)}", "\n\n".join(words) + "\n"


def _said(text: Text, english: bool) -> str:  # noqa: FBT001 -- a language
    return text.en if english else text.zh


UNSUBSCRIBE: Final = Text(
    "不想再收到这类邮件，点开即可退订，不用登录：",
    "To get no more of these, open this and tap once; no sign-in needed:",
)
STOP: Final = Text("打开这里一键叫停，不用登录：", "Stop it here with one tap; no sign-in needed:")
NO_SWITCH: Final = Text(
    "这是账户安全通知，不能关闭。", "This is about the safety of your account and cannot be switched off."
)
