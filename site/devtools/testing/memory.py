"""A place in the machine's memory for the databases of test runs, of which nothing has to last.

Each test that commits makes more than a thousand files anew. On a disk that can cost more than the test: a file system
that keeps no journal gives no file the place of one that was removed some seconds ago, and looks for another among
all those of the database before.
"""

from __future__ import annotations

import shutil

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from devtools.places import memory_folder, private_folder
from devtools.postgres import Cluster
from devtools.roles import OWNER

TABLESPACE = "medconsult_memory"


def make_place(connection: Connection, cluster: Cluster) -> None:
    """Offer the place to the owner role, where there is room. A superuser's connection to a server just started."""
    folder = memory_folder(cluster.home)
    place = folder / "databases" if folder else None
    known = connection.execute(
        "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = %s", [TABLESPACE]
    ).fetchone()
    if place and known == (str(place),) and place.exists():
        return
    if known:
        _forget(connection)
    if place:
        # Of a cluster that is gone.
        shutil.rmtree(place, ignore_errors=True)
        private_folder(place, cluster.account)
        tablespace = Identifier(TABLESPACE)
        connection.execute(SQL("CREATE TABLESPACE {} LOCATION {}").format(tablespace, Literal(str(place))))
        connection.execute(SQL("GRANT CREATE ON TABLESPACE {} TO {}").format(tablespace, Identifier(OWNER)))


def known_place(connection: Connection) -> str | None:
    """The tablespace to make a database of a run in; None where the server offers none to this role."""
    found = connection.execute(
        "SELECT spcname FROM pg_tablespace WHERE spcname = %s AND has_tablespace_privilege(oid, 'CREATE')", [TABLESPACE]
    ).fetchone()
    return str(found[0]) if found else None


def _forget(connection: Connection) -> None:
    """The machine has restarted since, or has no room any more: what lay there was of runs that are over."""
    lost = connection.execute(
        "SELECT datname FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE spcname = %s",
        [TABLESPACE],
    ).fetchall()
    for (name,) in lost:
        connection.execute(SQL("DROP DATABASE {}").format(Identifier(name)))
    connection.execute(SQL("DROP TABLESPACE {}").format(Identifier(TABLESPACE)))
