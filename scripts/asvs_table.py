"""Write docs/asvs.md from docs/asvs.toml: `python -m scripts.asvs_table`."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

SOURCE: Final = Path("docs/asvs.toml")
TABLE: Final = Path("docs/asvs.md")
CHAPTERS: Final = {
    1: "Encoding and sanitisation", 2: "Validation and business logic", 3: "Web frontend", 6: "Authentication",
    7: "Sessions", 8: "Authorisation", 9: "Self-contained tokens", 10: "OAuth and OpenID Connect", 11: "Cryptography",
    14: "Data protection",
}  # fmt: skip
STATES: Final = {"met": "met", "partly": "**partly**", "not": "**not met**", "none": "not applicable"}
HEAD: Final = """# OWASP ASVS 5.0.0, levels 1 and 2

Made by `python -m scripts.asvs_table` of `docs/asvs.toml`; not edited by hand. Each requirement of ten chapters in our own
short words (the standard's are at https://github.com/OWASP/ASVS), how it is met, and what shows it. Where one is met in part
or not, the third column says what would close it. `tests/security/test_asvs.py` holds that the list is whole and that every
test and module named is there.

"""


def main() -> None:
    """Write the table anew."""
    TABLE.write_text(page(read()))


def read(source: Path = SOURCE) -> dict[str, dict[str, Any]]:
    """Return the requirements by number, in the order of their numbers."""
    found: dict[str, dict[str, Any]] = tomllib.loads(source.read_text())
    return {no: found[no] for no in sorted(found, key=place)}


def place(no: str) -> tuple[int, ...]:
    """Return where a number stands: 6.2.9 before 6.2.10."""
    return tuple(map(int, no.split(".")))


def page(requirements: Mapping[str, Mapping[str, Any]]) -> str:
    """Return docs/asvs.md."""
    counts = Counter(it["state"] for it in requirements.values())
    parts = [
        HEAD,
        (
            f"{len(requirements)} requirements: {counts['met']} met, {counts['partly']} in part, {counts['not']} not, "
            f"{counts['none']} not applicable.\n"
        ),
    ]
    for chapter, title in CHAPTERS.items():
        parts.append(
            f"\n## V{chapter} {title}\n\n| # | level | what it asks | state, how | evidence |\n|---|---|---|---|---|\n"
        )
        parts += [_line(no, it) for no, it in requirements.items() if place(no)[0] == chapter]
    return "".join(parts)


def _line(no: str, it: Mapping[str, Any]) -> str:
    shown = "<br>".join(f"`{one}`" for one in it["evidence"]) or "–"
    return f"| {no} | {it['level']} | {it['asks']} | {STATES[it['state']]}: {it['how']} | {shown} |\n"


if __name__ == "__main__":
    main()
