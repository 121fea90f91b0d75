"""When a row is past its time, as SQL: whether it is, and the moment from which it will be; children go by their parents."""

import re
from collections.abc import Mapping
from typing import Any

_PAST = re.compile(
    r"(?P<at>.+?) < now\(\)(?: - (?P<kept>interval '[^']+'))?(?: AND (?P<only>.+))?", re.DOTALL
)


def expiry(name: str, raw: Mapping[str, Any]) -> str:
    """Return when a row of a table is past its time; a child's row is when its parent's is.

    A child that knows more says so in words of its own, where `{parent}` stands for that.
    """
    it = raw[name]
    if "of" not in it:
        return str(it.get("expires", ""))
    ours, parent, theirs = it["of"]
    above = expiry(parent, raw)
    with_it = f"EXISTS (SELECT FROM {parent} WHERE {parent}.{theirs} = {name}.{ours} AND ({above}))"
    return str(it.get("expires", "{parent}")).replace("{parent}", with_it)


def ending(name: str, raw: Mapping[str, Any]) -> str:
    """Return when a row of a table will be past its time, worked out of what says that it is.

    A child's row ends with its parent's, `{parent}` in `ends`. Where the one does not follow from the other, `ends` says it.
    """
    it = raw[name]
    if "{parent}" not in it.get("ends", "{parent}"):
        return str(it["ends"])
    if "of" in it:
        ours, parent, theirs = it["of"]
        above = ending(parent, raw)
        if not above:
            return ""
        return f"(SELECT {above} FROM {parent} WHERE {parent}.{theirs} = {name}.{ours} LIMIT 1)"  # noqa: S608 -- names are the register's
    found = _PAST.fullmatch(str(it.get("expires", "")))
    if not found:
        return ""
    end = found["at"] + (f" + {found['kept']}" if found["kept"] else "")
    return f"CASE WHEN {found['only']} THEN {end} END" if found["only"] else end
