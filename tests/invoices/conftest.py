"""The outside world."""

from tests.counterparts import _outside  # noqa: F401 -- a fixture
