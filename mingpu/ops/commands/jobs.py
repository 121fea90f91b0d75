"""Jobs that gave up: which, and one more try for each, once what kept them from their work is mended."""

import argparse
from collections import Counter

from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job

from mingpu.lib.clock import now


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the two verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("failed", help="count the jobs that gave up, by name")
    again = verbs.add_parser("again", help="have them tried once more")
    again.add_argument("names", nargs="*", help="only these, as `failed` prints them")


def run(args: argparse.Namespace) -> int:
    """Print; 1 when jobs have given up and stay so."""
    if args.verb == "again":
        return _again(_failed(args.names))
    found = Counter(job.task_name for job in _failed([]))
    for name, count in sorted(found.items()):
        print(f"{count:6} {name}")
    return int(bool(found))


def _failed(names: list[str]) -> list[Job]:
    jobs = app.job_manager.list_jobs(status="failed")
    return [job for job in jobs if not names or job.task_name in names]


def _again(jobs: list[Job]) -> int:
    """Put jobs back to be done; one of which a like job waits already is left as it is, for that does its work."""
    left = 0
    for job in jobs:
        try:
            app.job_manager.retry_job_by_id(job.id or 0, retry_at=now())
        except UniqueViolation:
            left += 1
    print(f"{len(jobs) - left} to be done again" + (f", {left} left: a like one waits" if left else ""))
    return int(left > 0)
