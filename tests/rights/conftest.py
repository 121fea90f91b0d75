"""Persons, the outside world, and staff at the desk."""

import pytest
from django.conf import settings

from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.factories import Buyer, make_person


@pytest.fixture(autouse=True)
def _static():
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture
def buyer() -> Buyer:
    return make_person()
