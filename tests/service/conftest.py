"""The outside world, and an order that most cases are about."""

import pytest

from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.delivery.parcels import article, buy
from tests.service.cases import report


@pytest.fixture
def sold(outside):
    """Three pieces of one article, paid and booked."""
    return buy({article(stock=9): 3}).pay(outside)


@pytest.fixture
def had(outside, sold):
    report(outside, sold, "signed")
    return sold
