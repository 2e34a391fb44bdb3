"""What the server itself says that transactions took, from its log: the web server's clock counts its own waits too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from devtools.places import service_account
from devtools.postgres import SUPERUSER, Cluster
from devtools.services import Services

# Session and transaction of a line, then how long its statement took, waiting for locks included.
_LINE = re.compile(r"^#([0-9a-f.]+)#(\d+/\d+)# LOG:  duration: ([0-9.]+) ms")


class StatementLog:
    """`slowest_ms` is the longest time that one transaction spent on its statements; 0 without a log to read."""

    slowest_ms = 0.0

    def read(self, path: Path, since: int) -> None:
        taken: defaultdict[tuple[str, str], float] = defaultdict(float)
        with path.open(errors="replace") as log:
            log.seek(since)
            for line in log:
                if found := _LINE.match(line):
                    taken[found[1], found[2]] += float(found[3])
        self.slowest_ms = max(taken.values(), default=0.0)


@contextmanager
def statement_log(services: Services, database: str) -> Iterator[StatementLog]:
    """Have the server of ours log each statement of the database for the length of the block."""
    log = StatementLog()
    if services.home is None:
        yield log
        return
    cluster = Cluster(services.home, service_account())
    since = cluster.log.stat().st_size
    with psycopg.connect(cluster.server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        name = Identifier(database)
        connection.execute("ALTER SYSTEM SET log_line_prefix = '#%c#%v# '")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(SQL("ALTER DATABASE {} SET log_min_duration_statement = 0").format(name))
        try:
            yield log
        finally:
            connection.execute(SQL("ALTER DATABASE {} RESET log_min_duration_statement").format(name))
            connection.execute("ALTER SYSTEM RESET log_line_prefix")
            connection.execute("SELECT pg_reload_conf()")
    log.read(cluster.log, since)
