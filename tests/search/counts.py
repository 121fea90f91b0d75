"""Counts of searches for tests, as the worker writes them when a day is over."""

import secrets
from datetime import timedelta

from mingpu.lib.clock import now
from mingpu.search import queries
from mingpu.search.counting import day_of, spoken
from mingpu.search.models import QueryCount
from tests.people import from_owner
from tests.support import zone

LETTERS = str.maketrans("0123456789", "ghijklmnop")


def new(word="词"):
    """A search nobody made before; no digits, which may be a number of somebody's."""
    return word + secrets.token_hex(5).translate(LETTERS)


def counted(counts, *, ago=1):
    """Write down from how many networks each was searched for so many days ago, and have it read anew."""
    with zone("worker"):
        QueryCount.objects.bulk_create(
            [
                QueryCount(
                    day=day_of(now()) - timedelta(days=ago), query=query, sound=spoken(query)[0],
                    initials=spoken(query)[1], people=people, searches=people,
                )
                for query, people in counts.items()
            ],
            ignore_conflicts=True,
        )  # fmt: skip
    read_anew()


def read_anew():
    """Let this process read the counts again."""
    queries._counted_last.forget()
    queries._read_popular.cache_clear()


def nothing_counted():
    """Begin as a mall does in which nothing was counted yet."""
    from_owner("DELETE FROM search_querycount", [])
    read_anew()
