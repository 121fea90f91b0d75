"""What is sent past Django's cursors: a connection lost in whatever way is replaced, and stays whole afterwards."""

import os
import socket
from contextlib import suppress

import pytest
from django.db import OperationalError, connection

from mingpu.accounts.models import Profile
from mingpu.accounts.queries import person_of
from mingpu.lib.wire import send
from mingpu.privacy.purposes import Purpose, processing
from tests.factories import make_person
from tests.people import from_owner


def ended_by_the_server() -> None:
    from_owner("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'zone_storefront'", [])


def closed_by_the_driver() -> None:
    connection.connection.close()


def cut_off() -> None:
    """Nothing can be sent any more, and nobody has noticed yet."""
    with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)


LOST = [ended_by_the_server, closed_by_the_driver, cut_off]


@pytest.fixture(params=LOST, ids=[it.__name__ for it in LOST])
def lose(request):
    connection.ensure_connection()
    return request.param


def test_a_purpose_is_entered_on_a_fresh_connection(lose):
    who = make_person().id
    for _ in range(2):
        lose()
        for _ in range(2):
            with processing(Purpose.PROFILE, subject=who):
                assert Profile.objects.filter(person_id=who).count() == 1


def test_a_sign_in_is_found_on_a_fresh_connection(lose):
    person = make_person()
    assert person_of(person.token) == person.id
    lose()
    assert person_of(person.token) == person.id
    assert person_of(person.token) == person.id


def test_lost_twice_is_told_and_the_next_call_is_fresh():
    def cut(it):
        cut_off()
        return it.pgconn.exec_(b"SELECT 1")

    with pytest.raises(OperationalError):
        send(cut)
    with suppress(AttributeError):
        assert connection.connection.closed
    assert send(lambda it: it.pgconn.exec_(b"SELECT 1")).get_value(0, 0) == b"1"
