"""What tests share: acting as another zone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from mingpu.home import secret


@contextmanager
def zone(name: str) -> Iterator[None]:
    """Log in to the database as another zone inside the block, as its own process would."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(USER=f"zone_{name}", PASSWORD=secret(f"zone-{name}", "password"))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
