"""The outside world, a browser at the desk, and who sits there."""

import secrets

import pytest
from argon2 import PasswordHasher
from django.conf import settings
from django.test import Client, override_settings

from tests import unique
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.people import from_owner
from tests.support import zone

PASSWORD = "a password of the desk"
HASH = PasswordHasher().hash(PASSWORD)


def hire(merchant=""):
    """Add a member of staff and return their work name."""
    name = f"kf{secrets.token_hex(8)}"
    from_owner(
        "INSERT INTO desk_staff (name, password_hash, duty_signed_at, merchant) VALUES (%s, %s, now(), %s)",
        [name, HASH, merchant],
    )
    return name


def sign_in(desk, name, password=PASSWORD, **more):
    return desk.post("/login", {"username": name, "password": password, **more})


@pytest.fixture
def staff():
    return hire()


@pytest.fixture
def desk():
    """A browser at the desk, whose process is of another zone."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF="mingpu.desk.urls", ZONE="desk"), zone("desk"):
        yield Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=unique.network())
