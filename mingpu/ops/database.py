"""Making the database ready: roles from the register, the database itself, migrations as its owner."""

import os
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from mingpu.home import ZONES, secret
from mingpu.ops.postgres import cluster
from mingpu.privacy.grants import OWNER, roles_sql


def database_name() -> str:
    """Return the name of the mall's database."""
    url = os.environ.get("DATABASE_URL", "")
    return os.environ.get("MINGPU_DATABASE") or urlsplit(url).path.lstrip("/") or "mingpu"


def connect_admin(database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    """Connect as the server's administrator, who makes roles and databases and touches no data."""
    url = os.environ.get("DATABASE_URL")
    if url:
        return psycopg.connect(url, dbname=database, autocommit=True)
    return psycopg.connect(
        host=str(cluster().socket),
        user="postgres",
        password=secret("admin", "password"),
        dbname=database,
        autocommit=True,
    )


def make_roles_and_database() -> None:
    """Make the roles the register names and the database, where they are missing; safe to repeat."""
    name = database_name()
    with connect_admin() as admin:
        for statement in roles_sql({zone: secret(f"zone-{zone}", "password") for zone in ZONES}):
            admin.execute(statement.encode())
        known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            )
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        for zone in ZONES:
            admin.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(name), sql.Identifier(f"zone_{zone}")
                )
            )
