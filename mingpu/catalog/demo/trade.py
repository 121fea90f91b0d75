"""What the mall needs to trade the demo's articles: weight, merchant, kind, face value, from source/trade.toml."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingpu.catalog.rules import GOODS
from mingpu.merchants.rules import OWN_SHOP

FACE = "面值"
_CONTENT = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<unit>kg|g|L|升|ml)\b(?: × (?P<times>\d))?")
_FACE = re.compile(r"(?P<yuan>\d+) 元")
_GRAMS = {"kg": 1000, "g": 1, "L": 1000, "升": 1000, "ml": 1}  # what is poured is counted as water


@dataclass(frozen=True)
class Trade:
    """The tables of trade.toml, by category path with `/` between; weights in grams."""

    grams: Mapping[str, int]
    packing: Mapping[str, int]
    pieces: Mapping[str, int]
    merchants: Mapping[str, str]
    kinds: Mapping[str, str]
    real_name: Mapping[str, bool]

    def merchant(self, path: Sequence[str]) -> str:
        """Return whose goods of this category are, by code."""
        return str(_nearest(self.merchants, path) or OWN_SHOP)

    def kind(self, path: Sequence[str]) -> str:
        """Return what kind of goods a category holds, of `rules.KINDS`."""
        return str(_nearest(self.kinds, path) or GOODS)

    def checked(self, path: Sequence[str]) -> bool:
        """Say whether the taker's identity is checked."""
        return bool(_nearest(self.real_name, path))

    def weight(self, path: Sequence[str], labels: Sequence[str], told: Sequence[str]) -> int:
        """Return what a variant weighs in grams.

        labels: the values of its options. told: texts that name its content where those do not, the first one
        counts. Raises ValueError for a category that has no weight.
        """
        nearest = max(self.grams, self.packing, key=lambda table: _depth(table, path))
        whole = _nearest(nearest, path)
        if whole is None:
            raise ValueError(f"no weight: {'/'.join(path)}")
        content = next(filter(None, map(_content, (*labels, *told))), 0) if nearest is self.packing else 0
        many = max((self.pieces.get(label, 1) for label in labels), default=1)
        return (int(whole) + content) * many


def read_trade(folder: Path) -> Trade:
    """Return the tables of `folder`/trade.toml."""
    return Trade(**tomllib.loads((folder / "trade.toml").read_text(encoding="utf-8")))


def face_fen(options: Mapping[str, str]) -> int:
    """Return what a variant of virtual goods is worth in fen. Raises ValueError when it does not say."""
    found = _FACE.fullmatch(options.get(FACE, ""))
    if found is None:
        raise ValueError(f"no face value: {dict(options)}")
    return int(found["yuan"]) * 100


def _content(text: str) -> int:
    """Return the grams that a text such as `1 kg × 2` names, 0 when none."""
    found = _CONTENT.search(text)
    return round(float(found["number"]) * _GRAMS[found["unit"]]) * int(found["times"] or 1) if found else 0


def _depth(table: Mapping[str, Any], path: Sequence[str]) -> int:
    return next((n for n in range(len(path), 0, -1) if "/".join(path[:n]) in table), 0)


def _nearest(table: Mapping[str, Any], path: Sequence[str]) -> Any:
    return table.get("/".join(path[: _depth(table, path)]))
