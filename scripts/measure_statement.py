"""Read our own statement as a stranger would: which practices it speaks of, and which sentences sound like a risk.

    MINGPU_DATA=/path/to/data python -m scripts.measure_statement [--again]

Two linear models over character n-grams are taught on `privacy_capp130` (sentences of other apps' policies, labelled by
lawyers) and read every Chinese sentence of our statement page. How good they are does not hang on our statement, so that
part is kept from the last time unless it is to be measured --again. Writes docs/measurements/statement.{md,json}. Ends with 1
when a practice is missing, or a sentence rated as a risk has no answer in docs/statement-review.md.
"""

import json
import os
import platform
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_recall_fscore_support
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingpu.settings")
django.setup()

from mingpu.lib.text import speaking  # noqa: E402 -- the statement reads models
from mingpu.privacy.register import REGISTER  # noqa: E402
from mingpu.privacy.statement import statement  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "measurements"
REVIEW = ROOT / "docs" / "statement-review.md"
FOLDS, RESAMPLED, SEED = 5, 2_000, 1
SHORTEST = 6  # characters of a sentence; shorter ones are headings
NAMES = (
    "data collection", "permissions", "sharing and disclosure", "use", "storage", "security", "special groups",
    "control by the person", "contact", "consent to and change of the policy", "end of operation",
)  # fmt: skip
_ENDS = re.compile(r"(?<=[。！？；])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")

Figures = dict[str, Any]


def main() -> None:
    """Measure, write, print; 1 when something is missing."""
    data = Path(os.environ.get("MINGPU_DATA") or ROOT.parent / "shared" / "data") / "privacy_capp130"
    if not data.is_dir():
        sys.exit(f"no measuring data at {data.parent}; set MINGPU_DATA")
    kept = OUT / "statement.json"
    known = (
        json.loads(kept.read_text(encoding="utf-8"))["models"]
        if kept.exists() and "--again" not in sys.argv
        else None
    )
    figures = {"models": known or validate(data), **read(data)}
    (OUT / "statement.json").write_text(
        json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    text = "\n".join(lines(figures)) + "\n"
    (OUT / "statement.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    missing = [it["name"] for it in figures["practices"] if not it["ours"]]
    unanswered = sorted(set(figures["risks"]) - answers(REVIEW.read_text(encoding="utf-8")).keys())
    for it in missing:
        print(f"missing practice: {it}")
    for it in unanswered:
        print(f"no answer: {it}")
    sys.exit(bool(missing or unanswered))


def validate(data: Path) -> Figures:
    """Measure both models on sentences they were not taught."""
    taught, labels = topics(data / "topic.train.txt")
    held, truth = topics(data / "topic.dev.txt")
    found = topic_model().fit(taught, labels).predict(held)
    spoken, risky = risks(data / "risk.dev.txt")
    precision, recall, each, _ = precision_recall_fscore_support(truth, found, average=None, zero_division=0)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "python": platform.python_version(),
        "topic": {
            "taught": len(taught), "held": len(held), "micro_f1": interval(truth, found, "micro"),
            "macro_f1": interval(truth, found, "macro"), "folds": folds(topic_model, taught, labels, "micro"),
        },
        "risk": {"taught": len(spoken), "share": float(np.mean(risky)), "folds": folds(risk_model, spoken, risky, "binary")},
        "practices": [
            {"name": name, "precision": float(precision[n]), "recall": float(recall[n]), "f1": float(each[n])}
            for n, name in enumerate(NAMES)
        ],
    }  # fmt: skip


def read(data: Path) -> Figures:
    """Teach both models on all there is to be taught, and read our statement."""
    sentences = our_sentences()
    ours = topic_model().fit(*topics(data / "topic.train.txt")).predict(sentences)
    rated = np.asarray(risk_model().fit(*risks(data / "risk.dev.txt")).predict(sentences), dtype=bool)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "version": REGISTER.version, "sentences": len(sentences),
        "practices": [
            {"name": name, "ours": [it for it, row in zip(sentences, ours, strict=True) if row[n]]}
            for n, name in enumerate(NAMES)
        ],
        "risks": [it for it, bad in zip(sentences, rated, strict=True) if bad],
    }  # fmt: skip


# ---- the two models ----


def topic_model() -> Pipeline:
    """Return a model that gives each sentence any number of the eleven practices."""
    return make_pipeline(_grams(), OneVsRestClassifier(LinearSVC(C=0.5, random_state=SEED)))


def risk_model() -> Pipeline:
    """Return a model that tells a sentence that sounds like a risk; the few of those weigh as much as the many."""
    return make_pipeline(_grams(), LogisticRegression(C=10, class_weight="balanced", max_iter=1000))


def _grams() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)


def topics(path: Path) -> tuple[list[str], Any]:
    """Read sentences and their eleven marks."""
    rows = [line.rsplit("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    return [text for text, _ in rows], np.array([json.loads(marks) for _, marks in rows])


def risks(path: Path) -> tuple[list[str], Any]:
    """Read sentences and whether lawyers saw a risk in them."""
    rows = [line.rsplit("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    return [text for text, _ in rows], np.array([int(mark) for _, mark in rows])


def folds(model: Any, texts: Sequence[str], truth: Any, average: str) -> Figures:
    """Return F1 over folds of neighbouring sentences, so that a policy is seldom on both sides: mean and 95 % interval."""
    scores = []
    for taught, held in KFold(FOLDS).split(texts):
        it = model().fit([texts[n] for n in taught], truth[taught])
        scores.append(f1_score(truth[held], it.predict([texts[n] for n in held]), average=average))
    mean, spread = float(np.mean(scores)), float(np.std(scores, ddof=1)) / FOLDS**0.5
    student = 2.776  # of four degrees of freedom
    return {"f1": mean, "low": mean - student * spread, "high": mean + student * spread}


def interval(truth: Any, found: Any, average: str) -> Figures:
    """Return F1 and its 95 % interval over sentences drawn again and again."""
    draws = np.random.default_rng(SEED)
    scores = []
    for _ in range(RESAMPLED):
        chosen = draws.integers(0, len(truth), len(truth))
        scores.append(f1_score(truth[chosen], found[chosen], average=average, zero_division=0))
    low, high = np.percentile(scores, [2.5, 97.5])
    return {
        "f1": float(f1_score(truth, found, average=average, zero_division=0)), "low": float(low), "high": float(high),
    }  # fmt: skip


# ---- our statement ----


def our_sentences() -> list[str]:
    """Return every Chinese sentence of our statement page, each once, in the page's order."""
    with speaking("zh-hans"):
        it = statement()
        texts = [*it.operator.values()]
        texts += [part.why for part in it.purposes]
        texts += [f"{part.label}：{part.retention}" for part in it.tables]
        texts += [part.why for part in it.recipients]
        texts += [part["why"] for part in it.permissions]
        texts += [part.says for part in it.everything]
    found = dict.fromkeys(one.strip() for text in texts for one in _ENDS.split(text))
    return [one for one in found if len(one) >= SHORTEST and _CHINESE.search(one)]


def answers(review: str) -> dict[str, str]:
    """Read the review: a sentence as a heading (`### …`), and below it what there is to say to it."""
    found = {}
    for part in re.split(r"^### ", review, flags=re.MULTILINE)[1:]:
        sentence, _, answer = part.partition("\n")
        if answer.strip():
            found[sentence.strip()] = answer.strip()
    return found


# ---- what is written ----


def lines(figures: Figures) -> Iterator[str]:
    """Yield the page of figures."""
    models = figures["models"]
    topic, risk = models["topic"], models["risk"]
    yield "# Our statement, read by a classifier"
    yield ""
    yield (
        f"By `python -m scripts.measure_statement`: our statement of {figures['version']}, {figures['sentences']} Chinese sentences, "
        f"read {figures['at']}; the models measured {models['at']}, Python {models['python']}. Taught on CAPP-130 (130 Chinese app policies): "
        f"{topic['taught']:,} sentences with eleven practices, {risk['taught']:,} with and without a risk."
    )
    yield ""
    yield "| model | measured on | F1 | 95 % interval |"
    yield "|---|---|---|---|"
    for label, place, it in (
        ("practices, micro", f"{topic['held']:,} held-out sentences", topic["micro_f1"]),
        ("practices, macro", f"{topic['held']:,} held-out sentences", topic["macro_f1"]),
        ("practices, micro", f"{FOLDS} folds of neighbours", topic["folds"]),
        (f"risk ({risk['share']:.0%} are)", f"{FOLDS} folds of neighbours", risk["folds"]),
    ):
        yield f"| {label} | {place} | {it['f1']:.3f} | {it['low']:.3f} – {it['high']:.3f} |"
    yield ""
    yield "| practice | precision | recall | F1 | sentences of ours | such as |"
    yield "|---|---|---|---|---|---|"
    for it, found in zip(models["practices"], figures["practices"], strict=True):
        ours = found["ours"]
        yield (
            f"| {it['name']} | {it['precision']:.2f} | {it['recall']:.2f} | {it['f1']:.2f} | {len(ours)} | {max(ours, key=len, default='')} |"
        )
    yield ""
    yield (
        f"{len(figures['risks'])} sentences of ours are rated as a risk; each has an answer in "
        "[the review](../statement-review.md). The risk model is weak: it finds sentences to look at again, and a sentence it "
        "passes is not thereby harmless."
    )


if __name__ == "__main__":
    main()
