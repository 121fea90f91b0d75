"""The outside world, and a case in hand."""

import pytest

from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.delivery.parcels import article, buy
from tests.service.cases import ask


@pytest.fixture
def sold(outside):
    """A paid order with an open case about it."""
    it = buy({article(stock=9): 3}).pay(outside)
    it.case = ask(it)
    return it
