"""Interleavings of switching, reading, queueing, running and cancelling across processes, and the judge over them.

An interleaving is a short random program for one person and one matter, its steps dealt out to processes that run
at the same time. Every step says when it began and ended. The judge then looks for the one thing that must not be:
something seen by a step that began after the answer to an off, with no on that could have come between.
"""

import json
import math
import random
import subprocess
import sys
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from bench.mall import ROOT, Mall

MATTERS: Final = ("camera", "personalisation", "browsing_history", "invoicing")
SEES: Final = ("read", "rows", "shelf", "http", "job", "write")
STEPS: Final = (
    ("on", 6), ("off", 6), ("read", 9), ("rows", 6), ("shelf", 8), ("http", 2), ("write", 5), ("enqueue", 5),
    ("leave", 1), ("stay", 2),
)  # fmt: skip
SHORTEST, LONGEST = 5, 11  # steps of a program
WAITS: Final = (0, 0, 0, 0, 1, 2)  # milliseconds before a step
Step = dict[str, Any]


@dataclass
class Judged:
    """What the judge found. stale: seen after an off; deaf: a read that saw nothing though a yes stood; counts by kind."""

    played: int = 0
    stale: list[tuple[Step, Step]] = field(default_factory=list)
    deaf: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    unseen: Counter[str] = field(default_factory=Counter)
    flips: Counter[str] = field(default_factory=Counter)


class Crew:
    """The processes: some that act for people, some that work."""

    def __init__(
        self,
        mall: Mall,
        people: Sequence[tuple[str, str]],
        *,
        actors: int = 3,
        workers: int = 2,
        careless: bool = False,
    ) -> None:
        self._log = mall.home / f"flips-{time.monotonic_ns()}.log"
        self._people = people
        self._actors = [self._start(mall, "careless" if careless else "acts") for _ in range(actors)]
        self._workers = [self._start(mall, "works", zone="worker") for _ in range(workers)]
        for it in self._actors:
            _tell(it, dict(people))

    def _start(self, mall: Mall, what: str, zone: str = "storefront") -> subprocess.Popen[str]:
        call = [sys.executable, "-m", "scripts.flips_actor", what, str(self._log)]
        errors = (mall.home / "flips.errors").open("a")
        return subprocess.Popen(
            call, cwd=ROOT, env={**mall.env, "MINGPU_ZONE": zone}, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=errors,
        )  # fmt: skip

    def play(self, steps: Sequence[Step]) -> list[Step]:
        """Have each process do its steps, all at the same time; return them as they went."""
        shares: list[list[Step]] = [[] for _ in self._actors]
        for step in steps:
            shares[step["by"] % len(shares)].append(step)
        busy = [(it, share) for it, share in zip(self._actors, shares, strict=True) if share]
        for it, share in busy:
            _tell(it, share)
        return [step for it, _ in busy for step in _hear(it)]

    def jobs(self) -> list[Step]:
        """Return what the workers' jobs noted."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def finish(self, expected: int, seconds: float = 120.0) -> list[Step]:
        """Wait until that many jobs ran; end every process; return the jobs."""
        end = time.monotonic() + seconds
        while len(self.jobs()) < expected and time.monotonic() < end:
            time.sleep(0.1)
        for it in (*self._actors, *self._workers):
            it.terminate()
        for it in (*self._actors, *self._workers):
            it.wait(30)
        return self.jobs()


def _tell(it: subprocess.Popen[str], what: object) -> None:
    assert it.stdin is not None
    it.stdin.write(json.dumps(what) + "\n")
    it.stdin.flush()


def _hear(it: subprocess.Popen[str]) -> list[Step]:
    assert it.stdout is not None
    line = it.stdout.readline()
    if not line:
        raise RuntimeError("a process of the crew has ended")
    heard: list[Step] = json.loads(line)
    return heard


def program(rng: random.Random, person: str) -> list[Step]:
    """Return a random program for one person and matter; it begins with a yes, more often than not, and switches off."""
    matter = rng.choice(MATTERS)
    names, weights = zip(*STEPS, strict=True)
    kinds = rng.choices(names, weights, k=rng.randint(SHORTEST, LONGEST))
    if "off" not in kinds:
        kinds[rng.randrange(len(kinds))] = "off"
    begin = ["stay", "on", "write"][: rng.choice((1, 2, 3, 3))]
    first = rng.randrange(64)  # what it begins with is done by one process, one after the other
    return [
        {
            "person": person, "matter": matter, "kind": kind, "wait": rng.choice(WAITS),
            "by": first if place < len(begin) else rng.randrange(64),
        }
        for place, kind in enumerate([*begin, *kinds])
    ]  # fmt: skip


def run(
    mall: Mall,
    count: int,
    seed: int,
    *,
    people: int = 40,
    careless: bool = False,
    seconds: float = math.inf,
) -> tuple[list[Step], Judged]:
    """Play `count` interleavings; return every step as it went, jobs included, and what the judge found.

    careless: the processes remember what they once read. seconds: begin none after these.
    """
    known = mall.people(people)
    rng = random.Random(seed)  # noqa: S311 -- it deals out steps
    crew = Crew(mall, known, careless=careless)
    done: list[Step] = []
    played = 0
    try:
        crew.play([_one(person, "prepare", 0) for person, _ in known])
        end = time.monotonic() + seconds
        for number in range(count):
            if time.monotonic() > end:
                break
            done += crew.play(program(rng, known[number % len(known)][0]))
            played += 1
    finally:
        done += crew.finish(sum(step["kind"] == "enqueue" for step in done))
    return done, replace(judge(done), played=played)


# ---- the judge ----


def judge(steps: Iterable[Step]) -> Judged:
    """Hold every sight against the offs before it, person by person and matter by matter."""
    found = Judged()
    by: dict[tuple[str, str], list[Step]] = defaultdict(list)
    leaving: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if step["kind"] in {"leave", "stay"}:
            leaving[step["person"]].append(step)
        else:
            by[(step["person"], step["matter"])].append(step)
        if step["kind"] not in SEES:
            found.flips[step["kind"]] += 1
    for (person, _), own in by.items():
        switched = _Line([it for it in own if it["kind"] in {"on", "off"}], "off", "on")
        left = _Line(leaving[person], "leave", "stay")
        for step in own:
            if step["kind"] in SEES:
                _sight(found, step, switched, left)
    return found


def _sight(found: Judged, step: Step, switched: "_Line", left: "_Line") -> None:
    # The page of choices answers somebody who is leaving all the same.
    lines = [switched] if step["kind"] == "http" and step["matter"] != "camera" else [switched, left]
    (found.seen if step["seen"] else found.unseen)[step["kind"]] += 1
    if step["seen"]:
        for line in lines:
            if off := line.closed(step):
                found.stale.append((off, step))
    elif step["kind"] == "http" and len(lines) == 1 and switched.open(step):
        found.deaf += 1


class _Line:
    """The offs and ons of one matter in time."""

    def __init__(self, steps: Sequence[Step], off: str, on: str) -> None:
        self._offs = sorted((it for it in steps if it["kind"] == off), key=lambda it: int(it["end"]))
        self._ends = [it["end"] for it in self._offs]
        self._ons = [it for it in steps if it["kind"] == on]

    def closed(self, step: Step) -> Step | None:
        """Return the off that was answered before `step` began, with no on that may have come in between; or None."""
        place = bisect_left(self._ends, step["start"])
        if not place:
            return None
        off = self._offs[place - 1]
        between = any(on["end"] > off["start"] and on["start"] < step["end"] for on in self._ons)
        return None if between else off

    def open(self, step: Step) -> bool:
        """Whether a yes stood for certain all through `step`."""
        before = [on["end"] for on in self._ons if on["end"] < step["start"]]
        if not before:
            return False
        last = max(on["start"] for on in self._ons if on["end"] < step["start"])
        return not any(off["end"] > last and off["start"] < step["end"] for off in self._offs)


# ---- how soon a no counts ----


def effects(mall: Mall, count: int, seed: int) -> list[float]:
    """Return, for each of `count` offs, the milliseconds from saying it to the last read begun that still saw something.

    One process switches, another reads without a pause. 0 where no read saw anything any more.
    """
    [known] = mall.people(1)
    crew, rng, found = Crew(mall, [known], actors=2, workers=0), random.Random(seed), []  # noqa: S311 -- it deals out waits
    try:
        crew.play([_one(known[0], "prepare", 0)])
        for _ in range(count):
            crew.play([_one(known[0], "on", 0)])
            steps = [_one(known[0], "off", 0, wait=rng.choice(range(4)))]
            steps += [_one(known[0], "rows", 1) for _ in range(12)]
            done = crew.play(steps)
            off = next(it for it in done if it["kind"] == "off")
            late = [it["start"] for it in done if it["seen"] and it["start"] >= off["start"]]
            found.append((max(late, default=off["start"]) - off["start"]) / 1e6)
    finally:
        crew.finish(0)
    return found


def _one(person: str, kind: str, by: int, wait: int = 0) -> Step:
    return {"person": person, "matter": "personalisation", "kind": kind, "by": by, "wait": wait}


def answers(steps: Iterable[Mapping[str, Any]], kind: str) -> Iterator[float]:
    """Yield how long each step of a kind took, in milliseconds."""
    return ((it["end"] - it["start"]) / 1e6 for it in steps if it["kind"] == kind)


def errors(mall: Mall) -> str:
    """Return what the processes complained of."""
    path = Path(mall.home / "flips.errors")
    return path.read_text() if path.exists() else ""
