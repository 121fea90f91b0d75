"""What tests share: acting as another zone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from mingpu.home import secret


@contextmanager
def zone(name: str) -> Iterator[None]:
    """Log in to the database as another zone inside the block, as its own process would; this thread only."""
    before = connection.settings_dict
    connection.close()
    login = {"USER": f"zone_{name}", "PASSWORD": secret(f"zone-{name}", "password")}
    connection.settings_dict = {**before, **login}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before
