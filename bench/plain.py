"""The same application with enforcement taken out, served only by the benchmark from a throw-away mall.

No role, no row policy, no subject and no log row: a plain transaction on a login that may read everything.
Sealing stays, so that both sides do the same work otherwise. The product has no such switch.
"""

import os

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from mingpu.ops.database import connect_admin, database_name
from mingpu.privacy import purposes

LOGIN = "bench_plain"


def make_login(password: str) -> None:
    """Make the login that may do everything to data, in a throw-away mall only."""
    with connect_admin() as admin:
        admin.execute(f"CREATE ROLE {LOGIN} LOGIN BYPASSRLS PASSWORD '{password}'".encode())
        admin.execute(f"GRANT CONNECT ON DATABASE {database_name()} TO {LOGIN}".encode())
    with connect_admin(database_name()) as admin:
        admin.execute(f"GRANT USAGE ON SCHEMA public, mingpu TO {LOGIN}".encode())
        admin.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {LOGIN}".encode())
        admin.execute(f"GRANT ALL ON ALL FUNCTIONS IN SCHEMA mingpu TO {LOGIN}".encode())


def _enter(*args: object, **kwargs: object) -> bytes:
    del args
    return (
        b"BEGIN; SET LOCAL synchronous_commit = off; SELECT 1"
        if kwargs.get("reading")
        else b"BEGIN; SELECT 1"
    )


def make() -> WSGIHandler:
    """Build the application."""
    settings.DATABASES["default"].update(USER=LOGIN, PASSWORD=os.environ["BENCH_PASSWORD"])
    purposes._entry = _enter  # noqa: SLF001 -- the one place that enters
    return get_wsgi_application()


if "BENCH_PASSWORD" in os.environ:
    application = make()
