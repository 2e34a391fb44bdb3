"""The three database roles of the product (owner, application, read-only) and databases that know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from psycopg import Connection

OWNER = "medconsult_owner"
APPLICATION = "medconsult_app"
READ_ONLY = "medconsult_readonly"
DATABASE = "medconsult"


def ensure_roles(connection: Connection) -> None:
    """Make the roles that are missing. The connection is a superuser's, in autocommit."""
    existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for role in (OWNER, APPLICATION, READ_ONLY):
        if role not in existing:
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(role)))
    connection.execute(SQL("ALTER ROLE {} CREATEDB").format(Identifier(OWNER)))
    # The owner may step down to the others (SET ROLE), which is how tests see what they are allowed.
    connection.execute(SQL("GRANT {}, {} TO {}").format(*map(Identifier, (APPLICATION, READ_ONLY, OWNER))))


def ensure_database(connection: Connection, name: str = DATABASE) -> None:
    """Make the database where it is missing, owned by the owner role. Superuser or owner, in autocommit."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        connection.execute(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(OWNER)))


def set_default_privileges(connection: Connection) -> None:
    """What the connected role makes from now on in this database, the application may use and the reader may read.

    Run as the owner before the first migration; a migration takes single rights back (the audit log's UPDATE).
    """
    for statement, role in (
        ("GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}", APPLICATION),
        ("GRANT USAGE, SELECT ON SEQUENCES TO {}", APPLICATION),
        ("GRANT SELECT ON TABLES TO {}", READ_ONLY),
    ):
        connection.execute(SQL("ALTER DEFAULT PRIVILEGES " + statement).format(Identifier(role)))
