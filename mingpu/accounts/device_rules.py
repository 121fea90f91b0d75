"""What an app may tell of its device, how it is written down, and what becomes of hardware identifiers. Pure.

Identifiers that outlive an app are never kept: each becomes a keyed hash, under a key of its own for each purpose,
so that what one purpose holds fits nothing that another does.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from mingpu.accounts.errors import BadField
from mingpu.lib.text import Text
from mingpu.privacy.fields import blind_index

SAFETY: Final = "accounts_safetymark.mark"  # the places, and with them the keys, of the two purposes
CONTINUITY: Final = "accounts_devicelink.mark"
LONGEST: Final = {
    "name": 100, "model": 100, "os": 40, "os_version": 40, "app_version": 40, "language": 35, "resolution": 11,
    "plmn": 6, "browser": 100,
}  # fmt: skip
# The kinds of identifiers, those first that name an installation rather than a piece of hardware.
HARDWARE: Final[Mapping[str, re.Pattern[str]]] = {
    "guid": re.compile(r"[0-9a-f]{16,64}"),
    "openudid": re.compile(r"[0-9a-f]{40}"),
    "android_id": re.compile(r"[0-9a-f]{15,16}"),
    "idfa": re.compile(r"[0-9a-f]{32}"),
    "imei": re.compile(r"[0-9]{14,16}|[0-9a-f]{14}"),
    "mac": re.compile(r"[0-9a-f]{12}"),
    "imsi": re.compile(r"[0-9]{14,15}"),
}
LABELS: Final = {
    "name": Text("设备名称", "Device name"), "model": Text("设备型号", "Model"), "os": Text("操作系统", "System"),
    "os_version": Text("系统版本", "System version"), "app_version": Text("应用版本", "App version"),
    "language": Text("语言", "Language"), "resolution": Text("分辨率", "Resolution"),
    "plmn": Text("运营商代码", "Operator code"), "browser": Text("浏览器类型", "Browser"),
}  # fmt: skip
_SHAPES: Final = {
    "language": re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*"),
    "resolution": re.compile(r"[1-9][0-9]{1,4}x[1-9][0-9]{1,4}"),
    "plmn": re.compile(r"[0-9]{5,6}"),
}
_SEPARATORS: Final = re.compile(r"[\s:.{}-]")
_LONGEST_IDENTIFIER: Final = 100
# What systems answer in place of an identifier they do not give: it would make strangers' devices one.
_NOBODYS: Final = frozenset({"020000000000", "9774d56d682e549c"})


@dataclass(frozen=True, slots=True)
class Told:
    """What an app told. kept: by name, "" for what it did not tell; hardware: identifiers by kind, written one way."""

    kept: Mapping[str, str]
    hardware: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignInView:
    """A sign-in as its person sees it. name: "" where they call it nothing. device: what its app told of, if any.

    current: it is the one that asks. used_at: the hour of its last use.
    """

    id: UUID
    kind: str
    name: str
    device: UUID | None
    current: bool
    created_at: datetime
    expires_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Screen:
    """What the app of one sign-in told of its screen; "" for what it did not tell. id: of the device."""

    id: UUID
    model: str
    os: str
    os_version: str
    language: str
    resolution: str
    plmn: str
    browser: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device as its person sees it.

    name: "" where it told none. told: what else it told, by name, while it is signed in. linked_at: None for one
    that is not linked.
    """

    id: UUID
    name: str
    told: Mapping[str, str]
    signed_in: bool
    linked_at: datetime | None
    seen_at: datetime


def hour_of(moment: datetime) -> datetime:
    """Return the hour in which a moment lies: no more of a last use is kept."""
    return moment.replace(minute=0, second=0, microsecond=0)


def told(fields: Mapping[str, str | None]) -> Told:
    """Return what an app tells as it is written down; blank and None are not told.

    Raises BadField, which never repeats what was told, and TypeError for a name that is none of ours.
    """
    if unknown := fields.keys() - LONGEST.keys() - HARDWARE.keys():
        raise TypeError(f"no such detail: {sorted(unknown)}")
    kept = {name: _kept(name, fields.get(name) or "") for name in LONGEST}
    hardware = {kind: _identifier(kind, fields.get(kind) or "") for kind in HARDWARE}
    return Told(kept, {kind: value for kind, value in hardware.items() if value})


def sign_in_name(value: str) -> str:
    """Return what a person calls one of their sign-ins, "" for nothing. Raises BadField."""
    return _kept("name", value)


def marks(it: Told, place: str) -> dict[str, bytes]:
    """Return what is kept of each identifier, by kind: 16 bytes, of which nothing can be read. place: the purpose's."""
    return {kind: blind_index(place, f"{kind}|{value}") for kind, value in it.hardware.items()}


def short_side(resolution: str) -> int:
    """Return the shorter side of a resolution, in points; 0 where none was told."""
    return min((int(it) for it in resolution.split("x")), default=0) if resolution else 0


def _kept(name: str, value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if name == "resolution":
        text = re.sub(r"\s*[xX×*]\s*", "x", text)
    if len(text) > LONGEST[name]:
        raise _bad(name, f"最多 {LONGEST[name]} 个字", f"{LONGEST[name]} characters at most")
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in text):
        raise _bad(name, "含有无法使用的字符", "it has characters that cannot be used")
    if text and name in _SHAPES and not _SHAPES[name].fullmatch(text):
        raise _bad(name, "格式不对", "it is not written as it should be")
    return text


def _identifier(kind: str, value: str) -> str:
    """Return an identifier in small letters without separators; "" for one that is nobody's."""
    text = _SEPARATORS.sub("", value[: _LONGEST_IDENTIFIER + 1]).lower()
    if not text:
        return ""
    if len(value) > _LONGEST_IDENTIFIER or not HARDWARE[kind].fullmatch(text):
        raise _bad(kind, "格式不对", "it is not written as it should be")
    return "" if text in _NOBODYS or len(set(text)) == 1 else text


def _bad(name: str, zh: str, en: str) -> BadField:
    return BadField(name, field=LABELS.get(name, Text(name.upper(), name.upper())), problem=Text(zh, en))
