"""Measure how pasted lines are read, on addresses segmented by hand.

    MINGPU_DATA=/path/to/data python -m scripts.measure_addresses

Needs `address_zh` under MINGPU_DATA (default: ../shared/data beside the checkout). Writes docs/measurements/addresses.*;
no line of the data is in them.
"""

import json
import os
import random
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from mingpu.accounts.address_divisions import LEVELS, find_divisions
from mingpu.accounts.address_lines import read_line
from mingpu.lib.divisions import MUNICIPALITIES, atlas
from scripts.address_lines import STYLES, Line, line
from scripts.search_clock import load, spread

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = Path("docs/measurements")
SEED: Final = 20_261_130
RESAMPLES: Final = 2000
FIELDS: Final = {"province": "prov", "city": "city", "district": "district"}
TARGETS: Final = {"province": 0.99, "city": 0.98, "district": 0.95}
BASELINE: Final = {"province": 0.96, "city": 0.94, "district": 0.86}
HIT: Final = (
    "A hit is the same name as marked at the same level; its rank (省, 市, 区, 县) may be left out on either side. "
    "Inferred levels do not count; the last column says how often a marked level is right in the form, written or "
    "inferred."
)
MADE: Final = (
    "Names and numbers are made up and put before, behind or around the address, under labels, with separators, or "
    "glued. A fifth of the addresses say no division, and glued to one of those a name has no edge."
)
_RANK: Final = re.compile(r"(?<=..)[省市区县]$")
_MUNICIPAL: Final = frozenset(atlas().by_code[code].name for code in MUNICIPALITIES)

Counts = Mapping[str, tuple[int, int, int]]  # field -> hits, wrong, missed of one address


@dataclass(frozen=True)
class Address:
    """An address and what its makers marked, by field; "" where a level is not written."""

    text: str
    marked: Mapping[str, str]


def main() -> None:
    """Measure, write the figures and the page, show the page."""
    data = Path(os.environ.get("MINGPU_DATA") or ROOT.parent / "shared" / "data")
    if not (data / "address_zh").is_dir():
        sys.exit(f"no measuring data at {data}; set MINGPU_DATA")
    before = load()
    addresses = read(data / "address_zh" / "dev.jsonl")
    figures = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "seed": SEED, "load_before": before,
        "addresses": divisions(addresses), "lines": lines([it.text for it in addresses]), "load_after": load(),
    }  # fmt: skip
    OUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    (OUT / "addresses.json").write_text(f"{text}\n", encoding="utf-8")
    page = "\n".join(page_lines(figures)) + "\n"
    (OUT / "addresses.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)


def read(path: Path) -> list[Address]:
    """Return the marked addresses of a file; of a level marked twice the first counts."""
    found = []
    for row in path.read_text("utf-8").splitlines():
        it = json.loads(row)
        marked = {unicodedata.normalize("NFKC", kind): part for part, kind in reversed(it["parts"])}
        text = unicodedata.normalize("NFKC", it["text"])
        found.append(Address(text, {field: _plain(marked.get(kind, "")) for field, kind in FIELDS.items()}))
    return found


def divisions(addresses: Sequence[Address]) -> dict[str, Any]:
    """Return precision, recall and F1 by level with intervals, how often what is filled in agrees, and what fails."""
    counts = [counted(it) for it in addresses]
    agreed = {field: [float(agrees(it, field)) for it in addresses if it.marked[field]] for field in FIELDS}
    fails = {field: Counter(one for it in addresses for one in failures(it, field)) for field in FIELDS}
    return {
        "count": len(addresses),
        "f1": {field: _with_interval(counts, partial(f1, field)) for field in FIELDS},
        "precision": {field: round(_share(counts, field, 1), 4) for field in FIELDS},
        "recall": {field: round(_share(counts, field, 2), 4) for field in FIELDS},
        "filled_in": {field: round(sum(them) / len(them), 4) for field, them in agreed.items()},
        "fails": {field: dict(them.most_common()) for field, them in fails.items()},
    }


def counted(it: Address) -> Counts:
    """Return hits, wrong ones and missed ones of an address: the names as written, their rank apart."""
    named = written(it)
    return {field: _compared(it.marked[field], named[field]) for field in FIELDS}


def written(it: Address) -> dict[str, str]:
    """Return what of an address was read as each level. A municipality written once is a city, as its makers have it."""
    found = find_divisions(it.text, atlas())
    named = {**dict.fromkeys(FIELDS, ""), **found.written(it.text)}
    if (
        found.place.province in _MUNICIPAL
        and named["province"]
        and not named["city"]
        and not it.marked["province"]
    ):
        named["province"], named["city"] = "", named["province"]
    return named


def agrees(it: Address, field: str) -> bool:
    """Whether what would stand in the form, inferred or written, is what the makers marked."""
    filled = getattr(find_divisions(it.text, atlas()).place, field)
    return same(it.marked[field], filled) or same(it.marked[field], written(it)[field])


def failures(it: Address, field: str) -> Iterator[str]:
    """Yield what kind of failure an address is at a level, if it is one."""
    marked, named = it.marked[field], written(it)[field]
    level = {name: rank for rank, name in LEVELS.items()}[field]
    if named and not same(marked, named):
        elsewhere = next((other for other in FIELDS if same(it.marked[other], named)), "")
        yield (
            f"read, but marked as {elsewhere}"
            if elsewhere
            else ("another was marked" if marked else "read where none was marked")
        )
    elif marked and not named:
        meant = atlas().names.get(marked, ())
        if not meant:
            yield "missed: not in the table (misspelt, or a zone)"
        elif all(one.it.level != level for one in meant):
            yield "missed: by the table of another level"
        else:
            yield "missed: written in full" if any(one.full for one in meant) else "missed: shortened"


def lines(addresses: Sequence[str]) -> dict[str, Any]:
    """Return how often name, phone and landline come out of lines made of addresses, by style, and the time it takes."""
    chance = random.Random(SEED)  # noqa: S311 -- a measurement
    them = [line(it, chance) for it in addresses]
    read_line(them[0].text)
    taken, hits = [], []
    for it in them:
        began = time.perf_counter()
        got = read_line(it.text)
        taken.append((time.perf_counter() - began) * 1000)
        right = {
            "name": got.name == it.name,
            "phone": got.phone == it.phone,
            "landline": got.landline == it.landline,
        }
        hits.append((it, {**right, "no_wrong_name": got.name in {it.name, ""}}))
    return {
        "count": len(them), "ms": spread(taken),
        "styles": {
            style: {"count": sum(it.style == style for it in them), **_rates([one for one in hits if one[0].style == style])}
            for style in STYLES
        },
        "all": _rates(hits),
    }  # fmt: skip


def _rates(hits: Sequence[tuple[Line, Mapping[str, bool]]]) -> dict[str, Any]:
    return {
        what: _with_interval([one[1][what] for one in hits], lambda them: sum(them) / len(them))
        for what in ("name", "phone", "landline", "no_wrong_name")
    }


def same(marked: str, named: str) -> bool:
    """Whether two names are one but for the rank behind them."""
    return bool(marked) and _RANK.sub("", marked) == _RANK.sub("", named)


def f1(field: str, counts: Sequence[Counts]) -> float:
    """Return F1 of a field over addresses."""
    hits, wrong, missed = (sum(one[field][index] for one in counts) for index in range(3))
    return 2 * hits / (2 * hits + wrong + missed) if hits + wrong + missed else 1.0  # none marked, none read


def _share(counts: Sequence[Counts], field: str, of: int) -> float:
    hits, other = (sum(one[field][index] for one in counts) for index in (0, of))
    return hits / (hits + other)


def _compared(marked: str, named: str) -> tuple[int, int, int]:
    hit = same(marked, named)
    return int(hit), int(bool(named) and not hit), int(bool(marked) and not hit)


def _with_interval(them: Sequence[Any], of: Callable[[Sequence[Any]], float]) -> dict[str, float]:
    chance = random.Random(SEED)  # noqa: S311 -- resampling
    again = sorted(of(chance.choices(them, k=len(them))) for _ in range(RESAMPLES))
    low, high = again[int(RESAMPLES * 0.025)], again[int(RESAMPLES * 0.975)]
    return {"value": round(of(them), 4), "low": round(low, 4), "high": round(high, 4)}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def page_lines(it: Mapping[str, Any]) -> Iterator[str]:
    """Yield the page of Markdown."""
    found, made = it["addresses"], it["lines"]
    yield from (
        "# Pasted addresses, measured", "",
        f"Measured at {it['measured_at']}, load {it['load_before']} before and {it['load_after']} after. Seed {it['seed']}.", "",
        f"## Divisions, on {found['count']:,} addresses segmented by hand", "",
        HIT,
        "", "| level | target | dictionary alone | F1, bootstrap 95 % interval | precision | recall | right in the form |",
        "|---|---|---|---|---|---|---|",
    )  # fmt: skip
    for field in FIELDS:
        yield (
            f"| {field} | {TARGETS[field]:.2f} | {BASELINE[field]:.2f} | {_shown(found['f1'][field])} | "
            f"{found['precision'][field]:.3f} | {found['recall'][field]:.3f} | {found['filled_in'][field]:.3f} |"
        )
    yield from ("", "What fails, in addresses:", "")
    for field, them in found["fails"].items():
        yield f"- {field}: " + "; ".join(f"{what} {count}" for what, count in them.items())
    yield from (
        "", f"## Consignees, in {made['count']:,} lines made of those addresses", "",
        MADE, "",
        "| style | lines | name | phone | landline (or none) | no wrong name |", "|---|---|---|---|---|---|",
    )  # fmt: skip
    for style, them in (*made["styles"].items(), ("all", {"count": made["count"], **made["all"]})):
        yield (
            f"| {style} | {them['count']:,} | "
            + " | ".join(_shown(them[what]) for what in ("name", "phone", "landline", "no_wrong_name"))
            + " |"
        )
    yield from ("", f"Reading a line takes {made['ms']['p50']} ms (p50), {made['ms']['p99']} ms (p99).")


def _shown(it: Mapping[str, float]) -> str:
    return f"{it['value']:.3f} ({it['low']:.3f}–{it['high']:.3f})"


if __name__ == "__main__":
    main()
