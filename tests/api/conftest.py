"""Persons and the outside world."""

from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.people import app, person, web  # noqa: F401 -- fixtures
