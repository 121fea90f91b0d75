"""The outside world, which takes mail and text messages."""

from tests.counterparts import _outside  # noqa: F401 -- a fixture
