"""Statements sent as they are on this thread's connection: one message, no cursor; a lost connection is replaced once.

Django replaces a connection when an error passed through its own cursors. What is sent past them has to look after
the connection itself, or a thread whose server was restarted would fail for as long as it lives.
"""

from collections.abc import Callable

import psycopg
from django.db import OperationalError, connection
from psycopg.pq import ConnStatus
from psycopg.pq.abc import PGresult


def send(ask: Callable[[psycopg.Connection], PGresult]) -> PGresult:
    """Return what `ask` got from this thread's connection; asks once more on a fresh one when that was lost.

    Only outside a transaction, and for what may be said twice. Raises OperationalError when both were lost.
    """
    for first in (True, False):
        if not first or (connection.connection is not None and connection.connection.closed):
            connection.close()
        connection.ensure_connection()
        try:
            result = ask(connection.connection)
        except psycopg.OperationalError:  # nothing could be sent, or nothing came back
            continue
        if connection.connection.pgconn.status == ConnStatus.OK:
            return result
    connection.close()
    raise OperationalError("the connection was lost twice")
