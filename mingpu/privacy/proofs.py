"""The last outcome of the tests that clauses, law entries and threats name, and where it is kept.

`make test` leaves its outcome as JUnit XML; `mingpu statement record` takes from it what the register names and
writes docs/measurements/clauses.json: reference -> counts and time. A reference is a file, or file::test.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from mingpu.lib.clock import now

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "measurements" / "clauses.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a reference's tests came out. at: RFC 3339; last_passed: when all of them passed last, '' for never."""

    passed: int
    failed: int
    skipped: int
    at: str
    last_passed: str
    register: str  # the first digits of the register's hash they ran with

    @property
    def holds(self) -> bool:
        """Whether something ran and nothing failed."""
        return self.passed > 0 and not self.failed


@dataclass(frozen=True, slots=True)
class Case:
    """One test of a run. outcome: passed | failed | skipped."""

    file: str
    name: str
    outcome: str


def outcomes(kept: Path = KEPT) -> dict[str, Outcome]:
    """Return what is kept, by reference; empty where nothing was recorded."""
    if not kept.is_file():
        return {}
    return {name: Outcome(**it) for name, it in json.loads(kept.read_text()).items()}


def cases(junit: Path) -> list[Case]:
    """Read a run. Raises ParseError for what is no XML."""
    return [_case(it) for it in ET.parse(junit).getroot().iter("testcase")]  # noqa: S314 -- our own run's file


def _case(it: ET.Element) -> Case:
    outcome = "passed"
    if it.find("failure") is not None or it.find("error") is not None:
        outcome = "failed"
    elif it.find("skipped") is not None:
        outcome = "skipped"
    file = it.get("classname", "").replace(".", "/") + ".py"
    return Case(file, it.get("name", "").partition("[")[0], outcome)


def record(junit: Path, references: Iterable[str], *, register: str, kept: Path = KEPT) -> dict[str, Outcome]:
    """Take a run into what is kept and return what it told: references it did not touch stay as they were."""
    ran, before, at = cases(junit), outcomes(kept), now().strftime("%Y-%m-%dT%H:%M:%SZ")
    wanted = set(references)
    told = {}
    for name in sorted(wanted):
        file, _, test = name.partition("::")
        found = [it.outcome for it in ran if it.file == file and test in ("", it.name)]
        if found:
            told[name] = _outcome(found, at, before.get(name), register)
    whole = {name: it for name, it in {**before, **told}.items() if name in wanted}
    kept.write_text(json.dumps({name: asdict(whole[name]) for name in sorted(whole)}, indent=0) + "\n")
    return told


def _outcome(found: list[str], at: str, before: Outcome | None, register: str) -> Outcome:
    passed, failed, skipped = (found.count(word) for word in ("passed", "failed", "skipped"))
    good = passed > 0 and not failed
    last = at if good else (before.last_passed if before else "")
    return Outcome(passed, failed, skipped, at, last, register[:16])


def broken(references: Iterable[str], known: Mapping[str, Outcome]) -> list[str]:
    """Return the references whose last run failed; one that was never recorded is no failure."""
    return [name for name in references if name in known and known[name].failed]
