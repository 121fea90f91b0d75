"""What the API says of a product over time."""

from datetime import timedelta

import pytest
from django.test import Client

from mingpu.catalog.rules import product_id
from mingpu.lib.clock import now
from tests.api.calling import call, refused
from tests.catalog.shop import item, look, source, stored, take

HOUR = timedelta(hours=1)


@pytest.fixture
def origin():
    return source()


@pytest.fixture
def anyone():
    return Client(SERVER_NAME="127.0.0.1")


def put(origin, **facts):
    take(item(origin, **facts))
    look()
    return product_id(origin, "1")


def test_what_is_not_published_yet_is_not_there_and_what_is_over_says_so(origin, anyone):
    key = put(origin, published_from=now() + HOUR)
    refused(call(anyone, "GET", f"/products/{key}"), 404, "not_found")
    put(origin, published_until=now() - HOUR)
    assert "细口壶 1" in refused(call(anyone, "GET", f"/products/{key}"), 410, "ended")["detail"]


def test_nothing_is_kept_beyond_an_end(origin, anyone):
    key = put(origin, published_until=now() + timedelta(seconds=1))
    assert call(anyone, "GET", f"/products/{key}").status_code == 200
    while now() < stored(origin).published_until:
        pass
    refused(call(anyone, "GET", f"/products/{key}"), 410, "ended")
