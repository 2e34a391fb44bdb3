from __future__ import annotations

import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import pytest_socket
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.db import connection
from wagtail.models import Locale, Page

from devtools.testing import memory
from devtools.testing.database import (
    RUN_PREFIX,
    RunDatabase,
    Template,
    TemplateError,
    databases,
    ensure_template,
    migrated_template,
    run_database,
    with_database,
    youngest_within,
)
from devtools.testing.parallel import Outcome


@pytest.fixture
def server_url(worker_database: RunDatabase) -> str:
    return with_database(worker_database.url, "postgres")


Together = Callable[[Sequence[Callable[[], Any]]], list[Outcome[Any]]]


def test_template_is_made_once_for_a_state_of_the_code(worker_database: RunDatabase) -> None:
    before = databases(worker_database.maintenance, migrated_template().name)

    ensure_template(worker_database.maintenance, worker_database.url, migrated_template())

    assert before == [migrated_template().name]
    assert databases(worker_database.maintenance, migrated_template().name) == before


def test_template_that_cannot_be_made_says_why_and_is_not_kept(worker_database: RunDatabase) -> None:
    broken = Template("medconsult_broken_", "test", ("no_such_command",))

    with pytest.raises(TemplateError, match="no_such_command"):
        ensure_template(worker_database.maintenance, worker_database.url, broken)

    assert databases(worker_database.maintenance, "medconsult_broken_") == []


def test_database_of_a_run_lies_in_memory_where_the_server_offers_it(worker_database: RunDatabase) -> None:
    found = worker_database.maintenance.execute(
        "SELECT spcname FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE datname = %s",
        [worker_database.name],
    ).fetchone()

    assert found == (memory.known_place(worker_database.maintenance) or "pg_default",)


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([{"one": "1"}, {"one": "1", "two": "2"}], 1),
        ([{"one": "1", "two": "2"}, {"one": "1"}], 1),
        ([{"one": "1"}, {"one": "1", "other branch": "3"}], 0),
        ([{"one": "1"}, {"one": "rewritten"}], 0),
        ([{"one": "rewritten"}, {}, None], None),
    ],
)
def test_template_grows_from_the_newest_that_holds_nothing_else(
    worker_database: RunDatabase, notes: list[dict[str, str] | None], expected: int | None
) -> None:
    prefix = f"medconsult_growing_{worker_database.name.removeprefix(RUN_PREFIX)}_"
    grown = Template(prefix, "wanted", ("check",), grows_with={"one": "1", "two": "2", "three": "3"})
    names = [f"{prefix}{number}" for number in range(len(notes))]
    try:
        for name, note in zip(names, notes, strict=True):
            worker_database.maintenance.execute(f"CREATE DATABASE {name}")
            if note is not None:
                worker_database.maintenance.execute(f"COMMENT ON DATABASE {name} IS '{json.dumps(note)}'")
        found = youngest_within(worker_database.maintenance, grown)
    finally:
        for name in names:
            worker_database.maintenance.execute(f"DROP DATABASE IF EXISTS {name}")
    assert found == (None if expected is None else names[expected])


def test_the_template_notes_its_migrations_and_the_next_state_grows_from_it(worker_database: RunDatabase) -> None:
    now = migrated_template()
    later = replace(now, state="later", grows_with={**now.grows_with, "booking/migrations/9999_next.py": "0"})

    assert "accounts/migrations/0001_initial.py" in now.grows_with
    assert youngest_within(worker_database.maintenance, later) == now.name


def test_runs_beside_each_other_have_databases_of_their_own(worker_database: RunDatabase, server_url: str) -> None:
    with run_database(server_url, "beside") as other:
        assert other.name != worker_database.name
        assert {other.name, worker_database.name} <= set(databases(other.maintenance, RUN_PREFIX))

    assert other.name not in databases(worker_database.maintenance, RUN_PREFIX)


def test_database_of_a_dead_run_is_swept_and_that_of_a_living_one_is_not(
    worker_database: RunDatabase, server_url: str
) -> None:
    abandoned = f"{RUN_PREFIX}00000000_dead"
    worker_database.maintenance.execute(f"CREATE DATABASE {abandoned}")

    with run_database(server_url, "sweeper") as sweeper:
        left = databases(sweeper.maintenance, RUN_PREFIX)

    assert abandoned not in left
    assert worker_database.name in left


@pytest.mark.parametrize("_round", range(2))
def test_what_a_test_commits_is_undone_and_what_the_migrations_made_stays(transactional_db: None, _round: int) -> None:
    assert not Group.objects.filter(name="Left behind").exists()
    assert Page.objects.filter(depth=1).exists()
    assert Locale.objects.exists()

    Group.objects.create(name="Left behind")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE wagtailcore_locale CASCADE")
        cursor.execute("DROP TABLE knox_authtoken CASCADE")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["medconsult_app", "medconsult_readonly"])
def test_roles_can_read_what_the_migrations_made(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute("SELECT count(*) FROM wagtailcore_page")
        assert cursor.fetchone() is not None


def test_together_gives_each_client_a_connection_and_hands_back_what_it_raised(together: Together) -> None:
    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def failing() -> int:
        raise ValueError("no")

    *answers, failure = together([backend, backend, backend, failing])

    assert len({answer.value for answer in answers}) == 3
    assert isinstance(failure.error, ValueError)


@pytest.mark.parametrize("_round", range(2))
def test_cache_is_empty_at_the_start_of_a_test(_round: int) -> None:
    assert caches["redis"].get("left-behind") is None

    caches["redis"].set("left-behind", 1)

    assert caches["redis"].get("left-behind") == 1


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_sockets_to_other_hosts_are_refused() -> None:
    with pytest.raises(pytest_socket.SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
