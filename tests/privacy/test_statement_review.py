"""Our statement as a classifier reads it: nothing missing, and no sentence it thinks a risk without an answer."""

import json
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
FIGURES = json.loads((DOCS / "measurements" / "statement.json").read_text(encoding="utf-8"))
PARTS = re.split(r"^### ", (DOCS / "statement-review.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
ANSWERS = {part.partition("\n")[0].strip(): part.partition("\n")[2].strip() for part in PARTS}


def test_all_eleven_practices_are_spoken_of():
    assert len(FIGURES["practices"]) == 11
    assert [it["name"] for it in FIGURES["practices"] if not it["ours"]] == []


def test_no_sentence_rated_as_a_risk_is_without_an_answer():
    assert [it for it in FIGURES["risks"] if len(ANSWERS.get(it, "")) < 40] == []


@pytest.mark.parametrize("which", ["topic", "risk"])
def test_every_figure_has_its_interval(which):
    found = [it for it in FIGURES["models"][which].values() if isinstance(it, dict)]
    assert found
    assert all(it["low"] <= it["f1"] <= it["high"] for it in found)
