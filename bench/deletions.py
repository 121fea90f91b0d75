"""`python -m bench.deletions`: what a line in the journal of deletions costs, as JSON; in the storefront's zone."""

import json
import os
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402 -- after setup

from bench.people import make  # noqa: E402 -- after setup
from mingpu.accounts.services import delete_address, save_address  # noqa: E402 -- after setup
from mingpu.privacy import forgetting, journal  # noqa: E402 -- after setup

TURNS, THREADS, MARKS = 200, 8, 20_000


def timed(what: Callable[[], object]) -> float:
    """Return how long it took, ms."""
    begun = time.perf_counter()
    what()
    return (time.perf_counter() - begun) * 1000


def deleting() -> float:
    """Return the median of deleting an address by its verb, ms."""
    took = []
    for _ in range(TURNS):
        person_id = UUID(make()[0])
        address_id = save_address(
            person_id=person_id, name="测", phone="13900000000", province="北京市", city="北京市",
            district="东城区", street="一号",
        )  # fmt: skip
        took.append(timed(lambda: delete_address(person_id=person_id, address_id=address_id)))  # noqa: B023 -- called at once
    return statistics.median(took)


def lines(number: int) -> None:
    """Write lines one after the other."""
    for _ in range(number):
        journal.append([journal.Line(journal.GONE, "accounts_address", ("0" * 32,))])


def together() -> float:
    """Return how many lines a second threads write that come at once."""
    threads = [threading.Thread(target=lines, args=(TURNS // 2,)) for _ in range(THREADS)]
    begun = time.perf_counter()
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    return THREADS * (TURNS // 2) / (time.perf_counter() - begun)


def main() -> None:
    """Measure and print."""
    alone = [timed(lambda: lines(1)) for _ in range(TURNS)]
    found = {"line_ms": statistics.median(alone), "lines_a_second": together(), "threads": THREADS}
    found |= {"with_ms": deleting()}
    keys = [uuid4() for _ in range(MARKS)]
    took = timed(lambda: [forgetting.mark("accounts_address", key) for key in keys])
    found |= {"replay_s_a_million": took / 1000 * 1_000_000 / MARKS}
    found |= {"bytes_a_line": journal.position().popitem()[1] / (TURNS * (2 + THREADS // 2))}
    settings.JOURNAL = Path("/dev/shm") / f"mingpu-journal-{os.getpid()}"  # noqa: S108 -- memory: no wait for a disk
    found |= {"without_wait_ms": deleting()}
    for path in settings.JOURNAL.iterdir():
        path.unlink()
    settings.JOURNAL.rmdir()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
