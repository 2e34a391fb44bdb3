from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from devtools import places
from devtools.places import service_account
from devtools.postgres import SUPERUSER, Cluster
from devtools.roles import OWNER, ensure_roles
from devtools.testing import memory


@pytest.fixture
def cluster(open_path: Path, copied: Callable[[Cluster], Cluster], monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster on a machine whose memory is the folder `memory`."""
    monkeypatch.setattr(places, "MEMORY", open_path / "memory")
    monkeypatch.setattr(places, "ROOM_IN_MEMORY", 0)
    (open_path / "memory").mkdir(mode=0o755)
    return copied(Cluster.near(open_path / "demo", service_account()))


def as_superuser(cluster: Cluster) -> psycopg.Connection:
    return psycopg.connect(cluster.server.url(SUPERUSER, "postgres"), autocommit=True)


def start(cluster: Cluster) -> Callable[[], None]:
    """As `shared_server` starts it; what ends it again."""
    child = cluster.start(safe=False)
    with as_superuser(cluster) as connection:
        ensure_roles(connection)
        memory.make_place(connection, cluster)
    return child.stop


def names(cluster: Cluster) -> list[str]:
    with as_superuser(cluster) as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")]


def test_owner_makes_databases_in_memory_which_are_forgotten_when_the_machine_has_restarted(
    cluster: Cluster, open_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = start(cluster)
    with psycopg.connect(cluster.server.url(OWNER, "postgres"), autocommit=True) as owner:
        assert memory.known_place(owner) == memory.TABLESPACE
        owner.execute(f"CREATE DATABASE of_a_run TABLESPACE {memory.TABLESPACE}")
    stop()

    # The next start finds it, as the machine runs on.
    stop = start(cluster)
    assert "of_a_run" in names(cluster)
    stop()

    shutil.rmtree(open_path / "memory")
    (open_path / "memory").mkdir(mode=0o755)
    stop = start(cluster)
    assert "of_a_run" not in names(cluster)
    with psycopg.connect(cluster.server.url(OWNER, "postgres"), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE of_a_run TABLESPACE {memory.TABLESPACE}")
    stop()

    monkeypatch.setattr(places, "ROOM_IN_MEMORY", 1 << 62)
    stop = start(cluster)
    assert "of_a_run" not in names(cluster)
    with psycopg.connect(cluster.server.url(OWNER, "postgres"), autocommit=True) as owner:
        assert memory.known_place(owner) is None
    stop()


def test_folder_of_a_cluster_that_is_gone_is_used_again(cluster: Cluster, open_path: Path) -> None:
    old = places.memory_folder(cluster.home)
    assert old is not None
    (old / "databases" / "PG_of_another").mkdir(parents=True)

    start(cluster)()

    assert not (old / "databases" / "PG_of_another").exists()
