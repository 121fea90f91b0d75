"""What the tests of pages share: the outside world, somebody with a browser, somebody without a name."""

import pytest
from django.conf import settings
from django.test import Client

from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.factories import make_person


@pytest.fixture(autouse=True)
def _static():
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture
def buyer():
    return make_person()


@pytest.fixture
def visitor():
    return Client(SERVER_NAME="127.0.0.1")
