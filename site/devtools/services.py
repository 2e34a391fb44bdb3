"""The database, Valkey and the virus scanner that a command needs: from the environment, else started here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from devtools import scanner, valkey
from devtools.places import ROOT, service_account, socket_folder
from devtools.postgres import SUPERUSER, Cluster
from devtools.process import Child
from devtools.roles import APPLICATION, DATABASE, OWNER, ensure_database, ensure_roles, set_default_privileges


@dataclass(frozen=True)
class Services:
    """Addresses, and the children that stand behind them (none for what the environment named)."""

    owner_url: str
    application_url: str
    redis_url: str
    clamd_url: str
    children: tuple[Child, ...]
    home: Path | None

    @property
    def environment(self) -> dict[str, str]:
        """The variables under which our programs run as the application role."""
        return {"DATABASE_URL": self.application_url, "REDIS_URL": self.redis_url, "CLAMD_URL": self.clamd_url}


def demo_folder() -> Path:
    """`DEMO_DIR`, or `.dev/` in the checkout."""
    return Path(os.environ.get("DEMO_DIR") or ROOT / ".dev").absolute()


@contextmanager
def running_services(folder: Path) -> Iterator[Services]:
    """Have PostgreSQL, Valkey and a virus scanner up for the length of the block, their data near `folder`.

    `DATABASE_URL`, `REDIS_URL` and `CLAMD_URL` in the environment win. An installation that keeps the roles apart
    names the owner's address in `DATABASE_OWNER_URL`. Raises `PostgresError`, `ValkeyError` or `ScannerError`.
    """
    with ExitStack() as stack:
        children: list[Child] = []
        given = os.environ.get("DATABASE_URL")
        home = None
        if given:
            owner_url, application_url = (os.environ.get("DATABASE_OWNER_URL", given), given)
        else:
            cluster = Cluster.near(folder, service_account())
            home = cluster.home
            children.append(_stopped_with(stack, cluster.start()))
            _prepare(cluster)
            owner_url, application_url = (cluster.server.url(role, DATABASE) for role in (OWNER, APPLICATION))
        redis_url = os.environ.get("REDIS_URL")
        if not redis_url:
            cluster_home = Cluster.near(folder, service_account()).home
            running = valkey.start(cluster_home, service_account())
            children.append(_stopped_with(stack, running.child))
            redis_url = running.url
        clamd_url = os.environ.get("CLAMD_URL")
        if not clamd_url:
            path = socket_folder(folder / "scanner", None) / "scanner.sock"
            children.append(_stopped_with(stack, scanner.start(path, folder / "logs" / "virus-scanner.log")))
            clamd_url = scanner.address(path)
        yield Services(owner_url, application_url, redis_url, clamd_url, tuple(children), home)


def _stopped_with(stack: ExitStack, child: Child) -> Child:
    stack.callback(child.stop)
    return child


def _prepare(cluster: Cluster) -> None:
    with psycopg.connect(cluster.server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        ensure_roles(connection)
        ensure_database(connection)
    with psycopg.connect(cluster.server.url(OWNER, DATABASE), autocommit=True) as connection:
        set_default_privileges(connection)
