"""The judged queries as people also write them: traditional, full-width, in pinyin, mistyped."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import opencc
import pypinyin

from mingpu.search.rules import SearchQuery
from mingpu.search.shapes import _by_shape, mistaken_for, sound_of
from mingpu.search.text import runs
from scripts.search_clock import interval
from scripts.search_data import SEED, Judged, index_at, judged, quality_index, ranks

TURNS = 5  # of typos, each by another seed
DISTANCE = 0.05  # from the clean queries, at most

Mistype = Callable[[str, random.Random], str]
Figures = dict[str, Any]


def measure_variants(data: Path, place: Path) -> Figures:
    """Return MRR@10 of the clean queries and of each variant, with its distance. data: zh_search."""
    names = quality_index(data, place)
    index, queries = index_at(place), judged(data)

    def scores(texts: Iterable[str]) -> list[float]:
        asked = [Judged(text, query.relevant) for text, query in zip(texts, queries, strict=True)]
        return ranks(index, asked, names).mrr()

    clean = [query.text for query in queries]
    known = scores(clean)
    found = {}
    for name, turns in variants(clean).items():
        tried = [scores(texts) for texts in turns]
        per_query = [mean(of_one) for of_one in zip(*tried, strict=True)]
        changed = mean(text != was for texts in turns for text, was in zip(texts, clean, strict=True))
        found[name] = {
            "turns": len(turns),
            "changed": round(changed, 4),
            "mrr10": interval(per_query),
            "distance": interval([was - now for was, now in zip(known, per_query, strict=True)]),
        }
    mended = sum(index.search(SearchQuery(q=text)).corrected_query is not None for text in clean)
    return {"queries": len(clean), "clean": interval(known), "clean_mended": mended, "variants": found}


def variants(texts: Sequence[str]) -> dict[str, list[list[str]]]:
    """Return by kind the texts changed, once for each turn; the same ones every time."""
    once = {"traditional": traditional, "full-width": full_width, "pinyin": in_pinyin}
    mistyped: dict[str, Mistype] = {
        "homophone typo": partial(mistype, choices=homophones),
        "shape typo": partial(mistype, choices=lookalikes),
    }
    found = {name: [[change(text) for text in texts]] for name, change in once.items()}
    for name, change in mistyped.items():
        turns = [random.Random(SEED + turn) for turn in range(TURNS)]  # noqa: S311 - sampling, not secrets
        found[name] = [[change(text, chance) for text in texts] for chance in turns]
    return found


def traditional(text: str) -> str:
    """Return a text in traditional characters."""
    return str(opencc.OpenCC("s2t").convert(text))


def full_width(text: str) -> str:
    """Return a text with its Latin letters, digits and signs as wide as Chinese ones."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def in_pinyin(text: str) -> str:
    """Return a text with its Chinese in toneless pinyin, each run written together."""
    return " ".join("".join(pypinyin.lazy_pinyin(run)) if cjk else run for run, cjk in runs(text))


def mistype(text: str, chance: random.Random, *, choices: Callable[[str], Sequence[str]]) -> str:
    """Return a text with one Chinese character, any, replaced by any that `choices` gives for it.

    Without a character that has some the text stays as it is.
    """
    places = [place for place, char in enumerate(text) if "\u4e00" <= char <= "\u9fff"]
    chance.shuffle(places)
    for place in places:
        others = choices(text[place])
        if others:
            return text[:place] + chance.choice(others) + text[place + 1 :]
    return text


def homophones(char: str) -> list[str]:
    """Return the other common characters of the very same toneless syllable."""
    return [it for it in mistaken_for(char) if sound_of(it) == sound_of(char)]


def lookalikes(char: str) -> list[str]:
    """Return the other common characters that share a telling part."""
    return [it for it in _by_shape(char) if it != char]


def variant_lines(found: Figures) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    yield from (
        (
            f"MRR@10 over the {found['queries']} judged queries, each written otherwise; target: within {DISTANCE} of the clean ones "
            f"({with_interval(found['clean'])}). Distances are of the same queries, with bootstrap 95 % intervals."
        ),
        "",
        "| variant | queries changed | MRR@10 | distance to clean | within the target |",
        "|---|--:|---|---|---|",
    )
    for name, it in found["variants"].items():
        turns = f", mean of {it['turns']} seeds" if it["turns"] > 1 else ""
        verdict = "yes" if it["distance"]["value"] <= DISTANCE else "no"
        yield (
            f"| {name}{turns} | {it['changed']:.0%} | {with_interval(it['mrr10'])} | {with_interval(it['distance'])} "
            f"| {verdict} |"
        )
    yield from (
        "",
        (
            "Traditional is by OpenCC, pinyin is toneless and of the whole query, a typo replaces one character, any, by any "
            "common one of the same syllable or sharing a part. These typos are made from the same tables that mending "
            "looks in, so every one of them could be found; people also make others. Of the clean queries, "
            f"{found['clean_mended']} are answered after mending."
        ),
    )


def with_interval(figure: dict[str, float]) -> str:
    """Return a figure with its interval as text."""
    return f"{figure['value']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"
