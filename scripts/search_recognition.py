"""How well brands and product words are recognised in titles that people labelled."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mingpu.search.recognise import Kind, Labelled, Recogniser, Span, train

TARGET = 0.72
KINDS: Mapping[str, Kind] = {"HCCX": "product", "HPPX": "brand"}
EITHER = "together"


def measure_recognition(data: Path, place: Path) -> dict[str, Any]:
    """Learn from the titles of the `train` split, return F1 of exact spans on the others. data: zh_title_ner."""
    learnt, asked = titles(data, learnt=True), titles(data, learnt=False)
    train(learnt, place)
    recogniser = Recogniser(place)
    found = [frozenset(recogniser.spans(it.title)) for it in asked]
    wanted = [frozenset(it.spans) for it in asked]
    scores = {EITHER: scored(wanted, found)}
    for kind in KINDS.values():
        scores[kind] = scored([_of(kind, it) for it in wanted], [_of(kind, it) for it in found])
    return {
        "learnt": len(learnt),
        "asked": len(asked),
        "model_mb": round(sum(file.stat().st_size for file in place.iterdir()) / 1e6, 1),
        "scores": scores,
    }


def titles(data: Path, *, learnt: bool) -> list[Labelled]:
    """Return the labelled titles of the `train` split, or all others."""
    found = []
    for line in (data / "titles.dev.jsonl").read_text(encoding="utf-8").splitlines():
        it = json.loads(line)
        if (it["split"] == "train") == learnt:
            spans = [
                Span(entity["start"], entity["end"], KINDS[entity["type"]])
                for entity in it["entities"]
                if entity["type"] in KINDS
            ]
            found.append(Labelled(it["title"], tuple(spans)))
    return found


def scored(wanted: Sequence[frozenset[Span]], found: Sequence[frozenset[Span]]) -> dict[str, float]:
    """Return precision, recall and F1 over all titles; a span counts when both ends and its kind are right."""
    right = sum(len(one & other) for one, other in zip(wanted, found, strict=True))
    said, there = sum(map(len, found)), sum(map(len, wanted))
    return {
        "spans": there,
        "precision": round(right / max(1, said), 4),
        "recall": round(right / max(1, there), 4),
        "f1": round(2 * right / max(1, said + there), 4),
    }


def recognition_lines(it: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    yield from (
        (
            f"Learnt from {it['learnt']:,} labelled titles, asked {it['asked']:,} others; a span counts when both ends and its "
            f"kind are right. Target: F1 > {TARGET} together. The model takes {it['model_mb']:.1f} MB."
        ),
        "",
        "| kind | spans | precision | recall | F1 |",
        "|---|--:|--:|--:|--:|",
    )
    for kind, score in it["scores"].items():
        yield (
            f"| {kind} | {score['spans']:,} | {score['precision']:.3f} | {score['recall']:.3f} | {score['f1']:.3f} |"
        )


def _of(kind: str, spans: frozenset[Span]) -> frozenset[Span]:
    return frozenset(span for span in spans if span.kind == kind)
