"""How personal values are shown: enough to recognise one's own, too little to use somebody else's.

Which mask a column wears is the register's; `mask` finds it by that name. A waybill hides more, because it
lies where anybody can read it.
"""

import re
from collections.abc import Callable, Mapping

STAR = "*"
HIDDEN = "******"
# Surnames of two characters; a name that starts with one keeps both.
_COMPOUND = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容"
    "|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|子车|亓官|司寇|巫马|公西|颛孙|壤驷|公良|漆雕|乐正|宰父|谷梁|拓跋|夹谷|轩辕|令狐"
    "|段干|百里|呼延|东郭|南门|羊舌|微生|公户|公玉|公仪|梁丘|公仲|公上|公门|公山|公坚|左丘|公伯|西门|公祖|第五|公乘|贯丘|公皙"
    "|南荣|东里|东宫|仲长|子书|子桑|即墨|达奚|褚师"
)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_MAINLAND = re.compile(r"(?:\+?86)?(1\d{10})")
_AREA = re.compile(r"(0(?:10|2\d|\d{3}))\D*(\d{7,8})")
_PLACES = "号弄栋幢座楼层室单元院#"
# A house number begins: a digit, or a number in characters before the word for house, block or door.
_HOUSE = re.compile(rf"\d|[〇零一二两三四五六七八九十百千甲乙丙丁]+[{_PLACES}]")
_ROAD = re.compile(r".*(?:大道|路|街|道|巷|胡同|镇|乡|村|里)")
_KEPT = 2  # characters of a street in which nothing is recognised
_SHORT = 7  # a number with fewer digits shows its last two only


def mask(kind: str, value: str | None) -> str:
    """Return `value` as the register's mask `kind` shows it; '' for nothing, all hidden for an unknown kind."""
    if not value:
        return ""
    return _MASKS.get(kind, secret)(value)


def waybill(kind: str, value: str | None) -> str:
    """Return `value` as it may stand on a parcel: six digits of a phone hidden, no number, unit or door."""
    if not value:
        return ""
    if kind in {"phone", "landline"}:
        return _waybill_phone(value)
    return mask(kind, value)


def phone(value: str) -> str:
    """138****1234, with or without the country code."""
    number = _local(value)
    if len(number) < _SHORT:
        return STAR * max(len(number) - 2, 0) + number[-2:]
    return f"{number[:3]}{STAR * 4}{number[-4:]}"


def landline(value: str) -> str:
    """010-****5678; an extension is left out."""
    found = _AREA.search(value)
    if found:
        return f"{found[1]}-{STAR * 4}{found[2][-4:]}"
    digits = re.sub(r"\D", "", value)
    return STAR * 4 + digits[-4:] if len(digits) >= _SHORT else STAR * len(digits)


def name(value: str) -> str:
    """张*, 张**, 欧阳**; a name in letters keeps the first: J***."""
    value = value.strip()
    if len(value) <= 1:
        return STAR * len(value)
    if not _HAN.match(value):
        return value[0] + STAR * 3
    kept = 2 if _COMPOUND.match(value) and len(value) > 2 else 1  # noqa: PLR2004 -- 欧阳 alone is 欧*
    return value[:kept] + STAR * (len(value) - kept)


def email(value: str) -> str:
    """z***@x.com, whatever the length before the at sign."""
    local, at, domain = value.rpartition("@")
    return f"{local[:1]}{STAR * 3}{at}{domain}" if at else HIDDEN


def street(value: str) -> str:
    """Keep district and road, hide number, building, unit and door: 文一西路***."""
    value = value.strip()
    if not _HAN.search(value):
        return (
            re.sub(r"\S*\d\S*", STAR * 3, value) if re.search(r"\d", value) else f"{value[:_KEPT]}{STAR * 3}"
        )
    found = _HOUSE.search(value)
    before = value[: found.start()] if found else value
    road = _ROAD.match(before)
    if road:
        return road[0] + STAR * 3
    return (before if found else before[:_KEPT]) + STAR * 3


def birthday(value: str) -> str:
    """****-05-17: the year, and with it the age, is hidden."""
    found = re.fullmatch(r"\d{4}-(\d\d-\d\d)", value)
    return f"{STAR * 4}-{found[1]}" if found else HIDDEN


def picture(value: str) -> str:
    """Say that there is a picture and how large it is, in KB; nothing of it is shown."""
    return f"*** {max(1, len(value) * 3 // 4 // 1024)} KB"


def secret(value: str) -> str:
    """Hide all of it, its length too."""
    del value
    return HIDDEN


def _local(value: str) -> str:
    digits = re.sub(r"[^\d+]", "", value)
    found = _MAINLAND.fullmatch(digits)
    return found[1] if found else digits.lstrip("+")


def _waybill_phone(value: str) -> str:
    number = _local(value)
    kept = number[:3], number[-2:]
    return f"{kept[0]}{STAR * 6}{kept[1]}" if len(number) >= 11 else STAR * 6 + kept[1]  # noqa: PLR2004


_MASKS: Mapping[str, Callable[[str], str]] = {
    "phone": phone,
    "landline": landline,
    "name": name,
    "email": email,
    "street": street,
    "birthday": birthday,
    "picture": picture,
    "secret": secret,
}
